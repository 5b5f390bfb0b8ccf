"""What may be asked about units for an incident: rank them, send one, call it off, send another in its place."""

from typing import Annotated

import msgspec
from msgspec import Meta

from tocsin.kernel import Command, Given
from tocsin.rooms.dispatch.commands.incidents import Id, IncidentCommand, Reason

Seconds = Annotated[int, Meta(ge=-1, le=86_400)]
GainS = Annotated[int, Meta(ge=0, le=86_400)]
OfferNumber = Annotated[str, Meta(max_length=24)]


class AssignmentCommand(IncidentCommand, frozen=True, kw_only=True):
    """A command about one incident and one unit on its present shift; both histories guard it."""

    unit: Id
    shift: Id

    def touches(self) -> tuple[str, ...]:
        return (f"incident:{self.incident}", f"unit:{self.unit}@{self.shift}")


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A unit on duty as the house saw it when candidates were asked for: its row and its latest position.

    `heading_deg` is None unless it is driving; `age_s` the age of the position; `at_home` whether it stands at its station;
    `since` when it took up its state, `incident` the one it is on, and `lender` the neighbouring city whose unit it is.
    """

    unit: str
    shift: str
    unit_kind: str
    skills: tuple[str, ...]
    state: str
    station: str = ""
    lon: float = 0.0
    lat: float = 0.0
    heading_deg: float | None = None
    age_s: int = 0
    at_home: bool = False
    since: int = 0
    incident: str = ""
    lender: str = ""


class OfferCandidates(IncidentCommand, frozen=True, kw_only=True):
    """Rank every unit on duty for an incident and keep what was shown; the kept offer can be recomputed."""

    def prepared(self, given: Given) -> Command:
        return RankUnits(key=self.key, happened_at=self.happened_at, incident=self.incident, offer=given.number("offer"),
                         at=given.now, seen=given.look("units"), closed=given.look("closed"))


class RankUnits(IncidentCommand, frozen=True, kw_only=True):
    """What `OfferCandidates` becomes with what the house could see; it has no door."""

    offer: str
    at: int
    seen: tuple[Seen, ...]
    closed: tuple[int, ...]


class AssignUnit(AssignmentCommand, frozen=True, kw_only=True):
    """Send a unit. `override` says why, when it is not the one proposed: a code of the plan, or words."""

    offer: OfferNumber = ""
    eta_s: Seconds = -1
    override: Reason = ""


class StandDown(AssignmentCommand, frozen=True, kw_only=True):
    """Call a unit off; it is available at once."""

    reason: Reason = ""


class SwapUnits(AssignmentCommand, frozen=True, kw_only=True):
    """Send another unit (`to_unit` on `to_shift`) in this one's place, in one step: both happen or neither."""

    to_unit: Id
    to_shift: Id
    offer: OfferNumber = ""
    eta_s: Seconds = -1
    reason: Reason = ""
    gain_s: GainS = 0

    def touches(self) -> tuple[str, ...]:
        return (*super().touches(), f"unit:{self.to_unit}@{self.to_shift}")
