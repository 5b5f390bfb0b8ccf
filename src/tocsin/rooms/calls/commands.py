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
        own = f"call:{self.call}"
        return (own, f"paper:{self.paper.partition('/')[0]}") if self.paper else (own,)


class GivePaperBlock(Command, frozen=True, kw_only=True):
    """Give this desk a block of blank forms with numbers that nobody else has."""

    forms: Annotated[int, Meta(ge=3, le=99)] = 24
    block: Annotated[str, Meta(max_length=24)] = ""
    """Left empty: the house gives the next."""

    def prepared(self, given: Given) -> Self:
        return self if self.block else msgspec.structs.replace(self, block=given.number("paper"))

    def touches(self) -> tuple[str, ...]:
        return (f"paper:{self.block}",)


class VoidPaperForm(Command, frozen=True, kw_only=True):
    """Say that a form was spoiled or never used."""

    block: Annotated[str, Meta(min_length=1, max_length=24)]
    form: Annotated[str, Meta(min_length=1, max_length=40)]
    reason: Annotated[str, Meta(max_length=200)] = ""

    def touches(self) -> tuple[str, ...]:
        return (f"paper:{self.block}",)


class ReadPaperBlock(Ask, frozen=True, kw_only=True):
    """A block of forms: which numbers were given out, which came back, which are missing."""

    block: Annotated[str, Meta(min_length=1, max_length=24)]


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
