"""What is kept of dispatching: incidents, what was offered, who was sent, how it ended, and which roads were shut."""

import msgspec

from tocsin.facts.calls import Place
from tocsin.kernel import Fact, Sealed, fact


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """So many units with this skill."""

    skill: str
    count: int = 1


class IncidentFact(Fact, frozen=True, kw_only=True):
    """A fact in one incident's history."""

    incident: str

    def tags(self) -> tuple[str, ...]:
        return (f"incident:{self.incident}",)


class AssignmentFact(IncidentFact, frozen=True, kw_only=True):
    """A fact in one incident's and in one unit's shift's history, so that both guard it."""

    unit: str
    shift: str

    def tags(self) -> tuple[str, ...]:
        return (f"incident:{self.incident}", f"unit:{self.unit}@{self.shift}")


@fact("dispatch.incident-opened")
class IncidentOpened(IncidentFact, frozen=True, kw_only=True):
    """A call became an incident, under the number of the call that opened it, with the needs its response plan gave."""

    place: Place
    kind: str
    priority: int
    needs: tuple[Need, ...]
    plan: str
    called_at: int


@fact("dispatch.priority-changed")
class PriorityChanged(IncidentFact, frozen=True, kw_only=True):
    """The incident is more or less pressing than it was thought; its needs follow the plan again."""

    priority: int
    needs: tuple[Need, ...]
    reason: str = ""


@fact("dispatch.note-added")
class NoteAdded(IncidentFact, frozen=True, kw_only=True):
    """Somebody wrote something down. Notes are sealed: nobody can promise that no person is named in one."""

    note: Sealed
    into: str = ""
    """The incident that this one was joined into, whose history the note then belongs to as well."""
    differs: tuple[str, ...] = ()
    """Families of incident that the note tells of and the incident did not, where several calls were joined."""

    def tags(self) -> tuple[str, ...]:
        return (*super().tags(), f"incident:{self.into}") if self.into else super().tags()


@fact("dispatch.candidates-offered")
class CandidatesOffered(IncidentFact, frozen=True, kw_only=True):
    """What a person was shown when they chose, with all that is needed to compute it again to the same answer.

    The columns run in parallel, one entry a unit on duty, nearest first; `eta_s` is -1 where a unit cannot get there.
    """

    offer: str
    city: str
    calibration: str
    plan: str
    priority: int
    needs: tuple[Need, ...]
    closed: tuple[int, ...]
    hour: int
    target_arc: int
    target_along: float
    units: tuple[str, ...]
    shifts: tuple[str, ...]
    kinds: tuple[str, ...]
    states: tuple[str, ...]
    skills: tuple[tuple[str, ...], ...]
    stations: tuple[str, ...]
    arcs: tuple[int, ...]
    alongs: tuple[float, ...]
    directed: tuple[bool, ...]
    ages_s: tuple[int, ...]
    at_home: tuple[bool, ...]
    eta_s: tuple[int, ...]
    lacks: tuple[str, ...]
    chosen: tuple[str, ...]

    def tags(self) -> tuple[str, ...]:
        return (f"offer:{self.offer}", f"offers:{self.incident}")  # not the incident's: its decisions do not turn on offers


@fact("dispatch.unit-assigned")
class UnitAssigned(AssignmentFact, frozen=True, kw_only=True):
    """A unit was sent. `offer` names what the sender saw; `override` says why another than the proposed one was taken."""

    offer: str = ""
    eta_s: int = -1
    override: str = ""


@fact("dispatch.unit-stood-down")
class UnitStoodDown(AssignmentFact, frozen=True, kw_only=True):
    """A unit was called off before it was done."""

    reason: str = ""


@fact("dispatch.incident-closed")
class IncidentClosed(IncidentFact, frozen=True, kw_only=True):
    """The incident ended with a disposition."""

    disposition: str
    reason: str = ""
    closed_with: str = ""
    """The incident that this one was joined into and with which it ended; empty where it ended by itself."""


@fact("dispatch.incident-joined")
class IncidentJoined(IncidentFact, frozen=True, kw_only=True):
    """Somebody said that this incident is the same as another: it is worked under that one's number, and keeps its own story."""

    into: str
    score: float = -1.0
    """The chance that they were shown, 0 … 1; -1 where none was."""
    asked_by: str = ""
    """Whoever asked for it with the call, which the house then joined; empty where the envelope names them."""
    into_kind: str = ""
    """The other's kind at that time, which later notes on this one are held against."""
    differs: tuple[str, ...] = ()
    """Families of incident that this one tells of and the other does not, or `priority` where it is more pressing; the board says
    so until somebody has looked."""

    def tags(self) -> tuple[str, ...]:
        return (f"incident:{self.incident}", f"incident:{self.into}")


@fact("dispatch.incident-separated")
class IncidentSeparated(IncidentFact, frozen=True, kw_only=True):
    """The joining was undone: the incident stands on the board again with all its history."""

    out_of: str
    reason: str = ""

    def tags(self) -> tuple[str, ...]:
        return (f"incident:{self.incident}", f"incident:{self.out_of}")


@fact("dispatch.difference-looked-at")
class DifferenceLookedAt(IncidentFact, frozen=True, kw_only=True):
    """Somebody looked at what a joined incident tells that its main one does not, and left it joined."""

    joined: str


@fact("dispatch.incidents-linked")
class IncidentsLinked(IncidentFact, frozen=True, kw_only=True):
    """Two incidents have to do with one another; both stay as they are."""

    to: str

    def tags(self) -> tuple[str, ...]:
        return (f"incident:{self.incident}", f"incident:{self.to}")


@fact("dispatch.incidents-unlinked")
class IncidentsUnlinked(IncidentFact, frozen=True, kw_only=True):
    """They have nothing to do with one another after all."""

    to: str
    reason: str = ""

    def tags(self) -> tuple[str, ...]:
        return (f"incident:{self.incident}", f"incident:{self.to}")


@fact("dispatch.road-closed")
class RoadClosed(Fact, frozen=True, kw_only=True):
    """Stretches of road that nobody can drive until they are reopened; routes and times go round them at once."""

    closure: str
    segments: tuple[int, ...]
    city: str
    text: str
    shape: tuple[tuple[tuple[float, float], ...], ...] = ()
    """The stretches as lines of (lon, lat), so that a map can draw them without the city folder."""

    def tags(self) -> tuple[str, ...]:
        return (f"closure:{self.closure}",)


@fact("dispatch.road-reopened")
class RoadReopened(Fact, frozen=True, kw_only=True):
    """A closure ended."""

    closure: str

    def tags(self) -> tuple[str, ...]:
        return (f"closure:{self.closure}",)
