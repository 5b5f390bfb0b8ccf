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
    area: str = ""
    """The area of the plan that the place lies in; empty where it lies in none."""
    alarm: int = 1


@fact("dispatch.alarm-raised")
class AlarmRaised(IncidentFact, frozen=True, kw_only=True):
    """More must go than the first alarm sent: `needs` is all that the plan gives at this alarm, what went before included."""

    alarm: int
    needs: tuple[Need, ...]
    plan: str
    reason: str = ""


@fact("dispatch.priority-changed")
class PriorityChanged(IncidentFact, frozen=True, kw_only=True):
    """The incident is more or less pressing than it was thought; its needs follow the plan again."""

    priority: int
    needs: tuple[Need, ...]
    reason: str = ""


@fact("dispatch.kind-changed")
class KindChanged(IncidentFact, frozen=True, kw_only=True):
    """The incident is of another kind than was thought, and as pressing as that makes it; its needs follow the plan again."""

    kind: str
    priority: int
    needs: tuple[Need, ...]
    plan: str


@fact("dispatch.units-alerted")
class UnitsAlerted(IncidentFact, frozen=True, kw_only=True):
    """These units were warned before the questions ended, by the offer named. A warning is no assignment: they stay available."""

    offer: str
    units: tuple[str, ...]
    shifts: tuple[str, ...]


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


@fact("dispatch.file-attached")
class FileAttached(IncidentFact, frozen=True, kw_only=True):
    """A picture, recording, document or text was attached; what is kept of it was written, sealed, before this was said.

    `sha256` is that of the sealed bytes as they lie beside the vault, so that they can be shown whole even when nobody may open
    them; `original` is the SHA-256 of what was sent, sealed, since a short text could be guessed from it. `size` is that of the
    clear bytes kept, and `stripped` names what stood beside a picture's pixels or a recording's sound and is gone.
    `length_ms` is how long a recording is heard.
    """

    file: str
    sha256: str
    media: str
    size: int
    width: int = 0
    height: int = 0
    stripped: tuple[str, ...] = ()
    name: Sealed | None = None
    original: Sealed | None = None
    length_ms: int = 0

    def tags(self) -> tuple[str, ...]:
        return (f"file:{self.file}", f"incident:{self.incident}")


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
    still: tuple[Need, ...] | None = None
    """What of the needs was still open and is filled by `chosen`; None, in offers from before it was told: all of them."""
    weight: float = 0.0
    """Seconds of arrival that one second of the city's cover was worth."""
    most_s: int = 0
    """The most that cover weighed against one unit, in seconds of arrival."""
    cover_s: tuple[float, ...] = ()
    """What each unit's leaving alone costs: mean seconds until the next with its most missed skill, over the city's roads."""
    cover_of: tuple[str, ...] = ()
    """The skill that each unit's leaving takes most from; empty where it takes nothing."""
    on: tuple[str, ...] = ()
    """The incident that each unit was on; empty where it was on none."""
    further: int = 0
    """How many units more were on duty, further away, and not ranked."""
    further_m: int = 0
    """Straight metres to the nearest of those that might have gone; 0 where none might."""

    def tags(self) -> tuple[str, ...]:
        return (f"offer:{self.offer}", f"offers:{self.incident}")  # not the incident's: its decisions do not turn on offers


@fact("dispatch.unit-assigned")
class UnitAssigned(AssignmentFact, frozen=True, kw_only=True):
    """A unit was sent. `offer` names what the sender saw; `override` says why another than the proposed one was taken.

    `how` is empty for a plain sending, else `divert`, `preempt`, `swap` or `stacked`; `gain_s` is what that was said to save.
    """

    offer: str = ""
    eta_s: int = -1
    override: str = ""
    how: str = ""
    gain_s: int = 0


@fact("dispatch.unit-stood-down")
class UnitStoodDown(AssignmentFact, frozen=True, kw_only=True):
    """A unit was called off before it was done; `next` is the incident stacked behind it that it is due to go to."""

    reason: str = ""
    next: str = ""


@fact("dispatch.incident-stacked")
class IncidentStacked(AssignmentFact, frozen=True, kw_only=True):
    """An incident waits for a unit that is busy: it is sent there as soon as it is available, those stacked earlier first."""

    gain_s: int = 0


@fact("dispatch.incident-unstacked")
class IncidentUnstacked(AssignmentFact, frozen=True, kw_only=True):
    """An incident no longer waits for that unit."""

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


@fact("dispatch.difference-told")
class DifferenceTold(IncidentFact, frozen=True, kw_only=True):
    """The answers of a joined incident's call now tell of something that its main one does not: another kind of emergency, or a more
    pressing one. The board says so until somebody has looked."""

    into: str
    differs: tuple[str, ...]
    """Families of incident, or `priority`."""

    def tags(self) -> tuple[str, ...]:
        return (f"incident:{self.incident}", f"incident:{self.into}")


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
