"""What may be asked of the dispatchers' room."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from tocsin.facts.calls import Place
from tocsin.kernel import Ask, Command, Given

Id = Annotated[str, Meta(min_length=1, max_length=40)]
Reason = Annotated[str, Meta(max_length=500)]
Priority = Annotated[int, Meta(ge=1, le=4)]


class IncidentCommand(Command, frozen=True, kw_only=True):
    """A command about one incident."""

    incident: Id

    def touches(self) -> tuple[str, ...]:
        return (f"incident:{self.incident}",)


class AssignmentCommand(IncidentCommand, frozen=True, kw_only=True):
    """A command about one incident and one unit on its present shift; both histories guard it."""

    unit: Id
    shift: Id

    def touches(self) -> tuple[str, ...]:
        return (f"incident:{self.incident}", f"unit:{self.unit}@{self.shift}")


class OpenIncident(IncidentCommand, frozen=True, kw_only=True):
    """Open an incident for a call; given by the reaction to the call, never at a door."""

    place: Place
    kind: str
    priority: int
    called_at: int


class ChangePriority(IncidentCommand, frozen=True, kw_only=True):
    """Say that an incident is more or less pressing; its needs follow the response plan again."""

    priority: Priority
    reason: Reason = ""


class AddNote(IncidentCommand, frozen=True, kw_only=True):
    """Write something down on an incident."""

    note: Annotated[str, Meta(min_length=1, max_length=4000)]


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A unit on duty as the house saw it when candidates were asked for: its row and its latest position.

    `heading_deg` is None unless it is driving; `age_s` the age of the position; `at_home` whether it stands at its station.
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
    """Send a unit. `override` says why, when it is not the one proposed."""

    offer: Annotated[str, Meta(max_length=24)] = ""
    eta_s: Annotated[int, Meta(ge=-1, le=86_400)] = -1
    override: Reason = ""


class StandDown(AssignmentCommand, frozen=True, kw_only=True):
    """Call a unit off; it is available at once."""

    reason: Reason = ""


class SwapUnits(AssignmentCommand, frozen=True, kw_only=True):
    """Send another unit (`to_unit` on `to_shift`) in this one's place, in one step: both happen or neither."""

    to_unit: Id
    to_shift: Id
    offer: Annotated[str, Meta(max_length=24)] = ""
    eta_s: Annotated[int, Meta(ge=-1, le=86_400)] = -1
    reason: Reason = ""

    def touches(self) -> tuple[str, ...]:
        return (*super().touches(), f"unit:{self.to_unit}@{self.to_shift}")


class CloseIncident(IncidentCommand, frozen=True, kw_only=True):
    """End an incident with a disposition, once no unit is on it any more."""

    disposition: Annotated[str, Meta(min_length=1, max_length=40)]
    reason: Reason = ""


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


class ReadStory(Ask, frozen=True, kw_only=True):
    """One incident's whole story, its caller and notes included; the reading is kept."""

    incident: Id


class ReadOffer(Ask, frozen=True, kw_only=True):
    """An offer as it was kept: every unit on duty, ranked, with what speaks for and against it."""

    offer: Id


class ReadRoute(Ask, frozen=True, kw_only=True):
    """The way a unit would take to an incident now."""

    incident: Id
    unit: Id


class ReadPlan(Ask, frozen=True, kw_only=True):
    """The kinds of incident, their usual priority, what each needs, and the dispositions."""
