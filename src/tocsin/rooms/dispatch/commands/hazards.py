"""What may be asked about hazards: mark one at a place or an incident, give it a new end, take it back, and show those of an incident."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from tocsin.facts.calls import Place
from tocsin.kernel import Ask, Command, Given, Instant
from tocsin.rooms.dispatch.commands.incidents import Id

Code = Annotated[str, Meta(min_length=1, max_length=40)]
Lasts = Annotated[int, Meta(ge=60, le=366 * 86_400)]
MOST_RADIUS_M = 5_000
_FLOOR = frozenset({"call_taker", "dispatcher", "supervisor"})


class MarkHazard(Command, frozen=True, kw_only=True):
    """Warn of something dangerous for so many seconds, at an incident alone, or with a radius at a place, whichever incident is there.

    A place that is left out is the incident's own. A crew says so for its unit, at an incident that it was sent to.
    """

    kind: Code
    source: Code
    lasts_s: Lasts
    incident: Annotated[str, Meta(max_length=40)] = ""
    place: Place | None = None
    radius_m: Annotated[int, Meta(ge=0, le=MOST_RADIUS_M)] = 0
    words: Annotated[str, Meta(max_length=500)] = ""
    unit: Annotated[str, Meta(max_length=40)] = ""
    shift: Annotated[str, Meta(max_length=40)] = ""
    hazard: Annotated[str, Meta(max_length=24)] = ""
    at: Instant = 0
    by: str = ""
    floor: bool = False

    def prepared(self, given: Given) -> Self:
        at = given.now if self.happened_at is None else self.happened_at
        return msgspec.structs.replace(self, hazard=given.number("hazard"), at=at, by=given.by, floor=not given.roles or bool(given.roles & _FLOOR))

    def touches(self) -> tuple[str, ...]:
        return (f"hazard:{self.hazard}", *((f"incident:{self.incident}",) if self.incident else ()), *((f"unit:{self.unit}@{self.shift}",) if self.unit else ()))


class HazardCommand(Command, frozen=True, kw_only=True):
    """A command about one hazard that was marked; who asks, when, and whether they review those of places, the house says."""

    hazard: Id
    at: Instant = 0
    by: str = ""
    reviews: bool = False

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, at=given.now, by=given.by, reviews=not given.roles or "supervisor" in given.roles)

    def touches(self) -> tuple[str, ...]:
        return (f"hazard:{self.hazard}",)


class RenewHazard(HazardCommand, frozen=True, kw_only=True):
    """Look at a hazard that is still shown and give it a new end, so many seconds from now. One of a place is the supervisor's to renew."""

    lasts_s: Lasts


class WithdrawHazard(HazardCommand, frozen=True, kw_only=True):
    """Take a hazard back before its end. One of a place is the supervisor's, or whose it is that marked it."""

    reason: Annotated[str, Meta(min_length=1, max_length=300)]


class ReadHazards(Ask, frozen=True, kw_only=True):
    """The hazards that are shown on an incident now, with their words; the reading is kept."""

    incident: Id


class ReadHazardKinds(Ask, frozen=True, kw_only=True):
    """The kinds of hazard, how long each may stand, and how one is known."""
