"""What may be asked of the call-takers' room."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from tocsin.facts.calls import Place
from tocsin.kernel import Ask, Command, Given

Short = Annotated[str, Meta(max_length=200)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]


class TakeCall(Command, frozen=True, kw_only=True):
    """Write a call down; dispatch opens an incident for it under the same number."""

    place: Place
    kind: Annotated[str, Meta(min_length=1, max_length=40)]
    priority: Annotated[int, Meta(ge=0, le=4)] = 0
    """1 the most pressing … 4; 0 takes the usual priority of the kind."""
    channel: Annotated[str, Meta(max_length=20)] = "voice"
    number: Annotated[str, Meta(max_length=32)] = ""
    caller: Short = ""
    notes: Annotated[str, Meta(max_length=4000)] = ""
    joins: Annotated[str, Meta(max_length=40)] = ""
    """The open incident that this call is about, where the call-taker says so; dispatch joins the two as it opens this one."""
    likeness: Annotated[float, Meta(ge=-1, le=1)] = -1.0
    """The chance that was shown for that; -1 where none was."""
    call: Annotated[str, Meta(max_length=24)] = ""
    """Left empty: the house gives the next number of the day."""

    def prepared(self, given: Given) -> Self:
        return self if self.call else msgspec.structs.replace(self, call=given.number("call"))

    def touches(self) -> tuple[str, ...]:
        return (f"call:{self.call}",)


class FindPlaces(Ask, frozen=True, kw_only=True):
    """What the words so far may mean, best first; `lon` and `lat` say near where."""

    q: Annotated[str, Meta(max_length=200)]
    limit: Annotated[int, Meta(ge=1, le=20)] = 8
    lon: Longitude | None = None
    lat: Latitude | None = None


class NamePoint(Ask, frozen=True, kw_only=True):
    """The nearest address and cross street of a point on the map."""

    lon: Longitude
    lat: Latitude
