"""What may be asked about roads: shut a stretch, open it again."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from tocsin.kernel import Command, Given
from tocsin.rooms.dispatch.commands.incidents import Id


class CloseRoad(Command, frozen=True, kw_only=True):
    """Shut the stretch of road nearest to a point, or several by their segment numbers in the city folder."""

    lon: Annotated[float, Meta(ge=-180, le=180)] | None = None
    lat: Annotated[float, Meta(ge=-90, le=90)] | None = None
    segments: Annotated[tuple[int, ...], Meta(max_length=500)] = ()
    text: Annotated[str, Meta(max_length=200)] = ""
    closure: Annotated[str, Meta(max_length=24)] = ""

    def prepared(self, given: Given) -> Self:
        return self if self.closure else msgspec.structs.replace(self, closure=given.number("closure"))

    def touches(self) -> tuple[str, ...]:
        return (f"closure:{self.closure}",)


class ReopenRoad(Command, frozen=True, kw_only=True):
    """End a closure."""

    closure: Id

    def touches(self) -> tuple[str, ...]:
        return (f"closure:{self.closure}",)
