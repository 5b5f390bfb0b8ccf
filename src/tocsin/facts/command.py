"""What is kept of commanding: major incidents and their boards, receiving hospitals, and the tasks that partners were given."""

from tocsin.facts.calls import Place
from tocsin.kernel import Fact, Sealed, fact

STAGING = "staging"
"""Where a unit waits under a major incident until a sector needs it; every other place of a unit is a sector's code."""


class MajorFact(Fact, frozen=True, kw_only=True):
    """A fact in one major incident's history."""

    major: str

    def tags(self) -> tuple[str, ...]:
        return (f"major:{self.major}",)


@fact("command.major-declared")
class MajorDeclared(MajorFact, frozen=True, kw_only=True):
    """Several incidents, or one too large for the usual way, are worked under one command from now on."""

    name: str
    place: Place
    level: str
    plan: str
    table: str
    """The version of the table that levels, roles and plans are named in."""


@fact("command.incident-gathered")
class IncidentGathered(MajorFact, frozen=True, kw_only=True):
    """An incident is worked under this command; it stands in both histories, so that no incident has two commands."""

    incident: str

    def tags(self) -> tuple[str, ...]:
        return (f"major:{self.major}", f"incident:{self.incident}")


@fact("command.incident-released")
class IncidentReleased(MajorFact, frozen=True, kw_only=True):
    """An incident is worked by itself again."""

    incident: str

    def tags(self) -> tuple[str, ...]:
        return (f"major:{self.major}", f"incident:{self.incident}")


@fact("command.level-changed")
class LevelChanged(MajorFact, frozen=True, kw_only=True):
    """The command was raised to another alarm level, or brought down."""

    level: str
    was: str
    reason: str = ""


@fact("command.role-given")
class RoleGiven(MajorFact, frozen=True, kw_only=True):
    """A role of the command has a holder: a desk or a unit, by the name it goes by on the floor."""

    role: str
    holder: str


@fact("command.role-taken-back")
class RoleTakenBack(MajorFact, frozen=True, kw_only=True):
    """A role has no holder any more."""

    role: str
    holder: str


@fact("command.sector-made")
class SectorMade(MajorFact, frozen=True, kw_only=True):
    """A part of the scene, or of the work, with a leader; `shape` is its outline as (lon, lat) where one was drawn."""

    sector: str
    name: str
    place: Place | None = None
    shape: tuple[tuple[float, float], ...] = ()
    leader: str = ""


@fact("command.sector-ended")
class SectorEnded(MajorFact, frozen=True, kw_only=True):
    """A sector is no longer worked."""

    sector: str


@fact("command.objective-set")
class ObjectiveSet(MajorFact, frozen=True, kw_only=True):
    """What the command wants done, by whom, and by when (0: no time was set)."""

    objective: str
    text: str
    text_zh: str = ""
    """The same in Chinese, where a plan gave it in both languages."""
    owner: str = ""
    due: int = 0


@fact("command.objective-met")
class ObjectiveMet(MajorFact, frozen=True, kw_only=True):
    """An objective is reached."""

    objective: str


@fact("command.objective-dropped")
class ObjectiveDropped(MajorFact, frozen=True, kw_only=True):
    """An objective is no longer pursued."""

    objective: str
    reason: str = ""


@fact("command.resource-placed")
class ResourcePlaced(MajorFact, frozen=True, kw_only=True):
    """A unit was given a sector or staging under this command; an empty sector takes it off. What it is doing, fleet says."""

    unit: str
    shift: str
    sector: str


@fact("command.log-noted")
class LogNoted(MajorFact, frozen=True, kw_only=True):
    """An entry of the command log; sealed, since nobody can promise that no person is named in one."""

    entry: Sealed


@fact("command.major-ended")
class MajorEnded(MajorFact, frozen=True, kw_only=True):
    """The command was stood down; its incidents are worked by themselves again."""

    reason: str = ""


@fact("command.capacity-reported")
class CapacityReported(Fact, frozen=True, kw_only=True):
    """How many patients of each category a receiving hospital can take, believed until an instant (0: until the next report)."""

    facility: str
    name: str
    places: dict[str, int]
    until: int = 0
    day: str

    def tags(self) -> tuple[str, ...]:
        return (f"facility:{self.facility}@{self.day}",)


class DiversionFact(Fact, frozen=True, kw_only=True):
    """A fact in the history of one diversion."""

    diversion: str
    facility: str

    def tags(self) -> tuple[str, ...]:
        return (f"diversion:{self.diversion}",)


@fact("command.diversion-begun")
class DiversionBegun(DiversionFact, frozen=True, kw_only=True):
    """A hospital asked not to be sent patients of these categories (none named: of any) until an instant (0: until it says so)."""

    name: str
    reason: str
    categories: tuple[str, ...] = ()
    until: int = 0


@fact("command.diversion-ended")
class DiversionEnded(DiversionFact, frozen=True, kw_only=True):
    """A hospital can be sent patients again."""


@fact("command.patients-sent")
class PatientsSent(Fact, frozen=True, kw_only=True):
    """So many patients of each category went to a hospital: counts and never names; a negative count corrects an earlier one."""

    facility: str
    name: str
    counts: dict[str, int]
    incident: str = ""
    major: str = ""

    def tags(self) -> tuple[str, ...]:
        return _histories("", self.incident, self.major)


class TaskFact(Fact, frozen=True, kw_only=True):
    """A fact in the history of one task of a partner, and of the incident or major incident that it serves."""

    task: str
    agency: str
    incident: str = ""
    major: str = ""

    def tags(self) -> tuple[str, ...]:
        return _histories(self.task, self.incident, self.major)


@fact("command.task-given")
class TaskGiven(TaskFact, frozen=True, kw_only=True):
    """Another agency was asked to do something; what, is sealed. It sees this task and nothing else of the floor."""

    text: Sealed
    place: Place | None = None
    due: int = 0


@fact("command.task-accepted")
class TaskAccepted(TaskFact, frozen=True, kw_only=True):
    """The agency took the task on."""


@fact("command.task-declined")
class TaskDeclined(TaskFact, frozen=True, kw_only=True):
    """The agency cannot do it, or hands it back."""

    reason: Sealed | None = None


@fact("command.task-done")
class TaskDone(TaskFact, frozen=True, kw_only=True):
    """The agency says that the task is done."""

    note: Sealed | None = None


@fact("command.task-noted")
class TaskNoted(TaskFact, frozen=True, kw_only=True):
    """Something was said about a task, by the agency or by the floor."""

    note: Sealed


@fact("command.task-withdrawn")
class TaskWithdrawn(TaskFact, frozen=True, kw_only=True):
    """The floor no longer needs the task done."""

    reason: str = ""


def _histories(task: str, incident: str, major: str) -> tuple[str, ...]:
    named = (("task", task), ("incident", incident), ("major", major))
    return tuple(f"{series}:{number}" for series, number in named if number)


