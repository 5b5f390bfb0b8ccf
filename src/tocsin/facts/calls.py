"""What is kept of calls: a call taken and what was added to it."""

from typing import Annotated

import msgspec
from msgspec import Meta

from tocsin.kernel import Fact, Sealed, fact


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where something is said to be: WGS84 degrees, the words for it, and the radius in metres within which it is believed."""

    lon: Annotated[float, Meta(ge=-180, le=180)]
    lat: Annotated[float, Meta(ge=-90, le=90)]
    text: Annotated[str, Meta(max_length=300)] = ""
    accuracy_m: Annotated[float, Meta(ge=0, le=100_000)] | None = None
    source: Annotated[str, Meta(max_length=40)] = ""
    """How the place was found: `address`, `crossing`, `map`, `network`, `record` …"""


@fact("calls.call-taken")
class CallTaken(Fact, frozen=True, kw_only=True):
    """Somebody asked for help. Who they are and what they said is sealed; where and what kind is needed by everybody."""

    call: str
    channel: str
    place: Place
    kind: str
    priority: int
    number: Sealed | None = None
    caller: Sealed | None = None
    notes: Sealed | None = None
    form: str = ""
    """The paper form it was written on first, `<block>/<number>`."""
    joins: str = ""
    """The open incident that this call is about, where whoever took it said so."""
    likeness: float = -1.0
    """The chance that they were shown for that, -1 where none was."""
    mentions: tuple[str, ...] = ()
    """The families of incident that the notes tell of, as codes; the notes themselves are sealed."""

    def tags(self) -> tuple[str, ...]:
        own = f"call:{self.call}"
        return (own, f"paper:{self.form.partition('/')[0]}") if self.form else (own,)


@fact("calls.paper-block-given")
class PaperBlockGiven(Fact, frozen=True, kw_only=True):
    """A desk was given a block of numbered blank forms, for the time when there is nothing but paper."""

    block: str
    forms: int

    def tags(self) -> tuple[str, ...]:
        return (f"paper:{self.block}",)


@fact("calls.paper-form-voided")
class PaperFormVoided(Fact, frozen=True, kw_only=True):
    """A form was spoiled or not used, so that nobody looks for it."""

    block: str
    form: str
    reason: str = ""

    def tags(self) -> tuple[str, ...]:
        return (f"paper:{self.block}",)
