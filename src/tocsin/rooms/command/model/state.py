"""What the command room knows when it decides: majors, incidents, units, tasks and diversions as the touched histories leave them."""

import msgspec

from tocsin.facts.calls import Place
from tocsin.facts.command import (
    DiversionBegun,
    DiversionEnded,
    IncidentGathered,
    IncidentReleased,
    PatientsSent,
    TaskFact,
)
from tocsin.facts.dispatch import IncidentClosed, IncidentOpened
from tocsin.facts.fleet import UnitNow, units_after
from tocsin.kernel import Fact, Kept, Refused
from tocsin.rooms.command.model.board import MajorNow, major_after
from tocsin.rooms.command.model.tasking import TaskNow, task_after


class IncidentNow(msgspec.Struct, frozen=True):
    """Of an incident: where it is, whether it is closed, and under which command it is worked."""

    place: Place
    closed: bool = False
    major: str = ""


class State(msgspec.Struct, frozen=True):
    """What the touched histories say. `sent` is the sum of patients by (incident or major, facility, category)."""

    majors: dict[str, MajorNow] = {}
    incidents: dict[str, IncidentNow] = {}
    units: dict[str, UnitNow] = {}
    tasks: dict[str, TaskNow] = {}
    diversions: dict[str, DiversionBegun | None] = {}
    """Diversion number -> as it was begun; None once it ended."""
    sent: dict[str, int] = {}


def evolve(state: State, kept: Kept) -> State:
    """The state after one more kept fact."""
    fact = kept.fact
    match fact:
        case TaskFact():
            after = task_after(state.tasks.get(fact.task), kept)
            return state if after is None else msgspec.structs.replace(state, tasks={**state.tasks, fact.task: after})
        case DiversionBegun():
            return msgspec.structs.replace(state, diversions={**state.diversions, fact.diversion: fact})
        case DiversionEnded():
            return msgspec.structs.replace(state, diversions={**state.diversions, fact.diversion: None})
        case PatientsSent():
            sums = dict(state.sent)
            for category, count in fact.counts.items():
                key = sum_key(fact.incident, fact.major, fact.facility, category)
                sums[key] = sums.get(key, 0) + count
            return msgspec.structs.replace(state, sent=sums)
    state = _incidents(_majors(state, kept), fact)
    return msgspec.structs.replace(state, units=units_after(state.units, fact))


def sum_key(incident: str, major: str, facility: str, category: str) -> str:
    """Under which name patients of one incident, hospital and category are counted together."""
    return f"{incident}|{major}|{facility}|{category}"


def _majors(state: State, kept: Kept) -> State:
    number = getattr(kept.fact, "major", "")
    if not number:
        return state
    after = major_after(state.majors.get(number), kept)
    return state if after is None else msgspec.structs.replace(state, majors={**state.majors, number: after})


def _incidents(state: State, fact: Fact) -> State:
    number = getattr(fact, "incident", "")
    was = state.incidents.get(number)
    match fact:
        case IncidentOpened():
            now = IncidentNow(fact.place)
        case IncidentClosed() if was is not None:
            now = msgspec.structs.replace(was, closed=True)
        case IncidentGathered() if was is not None:
            now = msgspec.structs.replace(was, major=fact.major)
        case IncidentReleased() if was is not None:
            now = msgspec.structs.replace(was, major="")
        case _:
            return state
    return msgspec.structs.replace(state, incidents={**state.incidents, number: now})


def open_major(state: State, number: str) -> MajorNow:
    """The major incident of this number; refused where it was ended or never declared."""
    now = state.majors.get(number)
    if now is None:
        raise Refused("major_unknown", f"there is no major incident {number}", f"没有重大警情 {number}", field="major", status=404)
    if now.ended:
        raise Refused("major_ended", f"major incident {number} has ended", f"重大警情 {number} 已结束", field="major")
    return now


def open_incident(state: State, number: str) -> IncidentNow:
    """The incident of this number; refused where it is closed or was never opened."""
    now = state.incidents.get(number)
    if now is None:
        raise Refused("incident_unknown", f"there is no incident {number}", f"没有警情 {number}", field="incident", status=404)
    if now.closed:
        raise Refused("incident_closed", f"incident {number} is closed", f"警情 {number} 已结案", field="incident")
    return now
