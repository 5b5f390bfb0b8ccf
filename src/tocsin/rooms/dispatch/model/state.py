"""What the dispatchers' room knows when it decides: incidents, units and closures as the touched histories leave them."""

import msgspec

from tocsin.facts.calls import Place
from tocsin.facts.dispatch import (
    AlarmRaised,
    DifferenceLookedAt,
    DifferenceTold,
    FileAttached,
    IncidentClosed,
    IncidentJoined,
    IncidentOpened,
    IncidentSeparated,
    IncidentsLinked,
    IncidentStacked,
    IncidentsUnlinked,
    IncidentUnstacked,
    KindChanged,
    Need,
    NoteAdded,
    PriorityChanged,
    RoadClosed,
    RoadReopened,
    UnitAssigned,
    UnitsAlerted,
    UnitStoodDown,
)
from tocsin.facts.fleet import UnitNow, UnitStateChanged, units_after
from tocsin.facts.handling import HandlingKept
from tocsin.facts.hazards import ItemTicked, ItemUnticked
from tocsin.facts.messages import MessageSent
from tocsin.facts.timers import AssignmentAcknowledged, TimerEscalated
from tocsin.kernel import Fact, Kept, Refused
from tocsin.rooms.dispatch.commands.checklists import ItemCommand
from tocsin.rooms.dispatch.model.warned import HazardNow, hazards_after

_DONE = (IncidentOpened, PriorityChanged, AlarmRaised, UnitAssigned, UnitStoodDown, UnitStateChanged)


class IncidentNow(msgspec.Struct, frozen=True, kw_only=True):
    """An incident as its facts leave it; `units` are `unit@shift` of those on it, `done` of those whose work on it is done,
    and `stacked` of those it waits for."""

    incident: str
    place: Place
    kind: str
    priority: int
    needs: tuple[Need, ...]
    units: frozenset[str] = frozenset()
    closed: bool = False
    notes: int = 0
    area: str = ""
    alarm: int = 1
    done: frozenset[str] = frozenset()
    stacked: frozenset[str] = frozenset()
    files: int = 0
    called_at: int = 0
    last_at: int = 0
    """When the latest thing was done on it: by a person or a crew, not by a clock, and no mere word."""
    into: str = ""
    """The incident that this one was joined into; empty where it stands by itself."""
    into_kind: str = ""
    joined: tuple[str, ...] = ()
    """The incidents joined into this one, in order."""
    unseen: frozenset[str] = frozenset()
    """Those of them, or this one itself, that told something different which nobody has looked at."""
    linked: frozenset[str] = frozenset()
    alerted: frozenset[str] = frozenset()
    """Callsigns of the units that were warned and not sent yet."""
    sent: frozenset[str] = frozenset()
    """`unit@shift` of all that were ever sent to it."""
    handled: dict[str, int] = msgspec.field(default_factory=dict)
    """`unit@shift` -> how many handling records it has kept, corrections included."""
    ticked: frozenset[str] = frozenset()
    """Items of checklists that stand ticked, each with the unit that did."""


class State(msgspec.Struct, frozen=True):
    """What the touched histories say."""

    incidents: dict[str, IncidentNow] = {}
    units: dict[str, UnitNow] = {}
    closures: dict[str, bool] = {}
    """Closure number -> still closed."""
    spans: dict[str, tuple[tuple[int, int], ...]] = {}
    """Unit at shift -> when it was on incidents, from being sent to being free; the last has end 0 while it lasts."""
    raised: frozenset[str] = frozenset()
    """Steps of timers that were taken, as `timer/due_at`."""
    heard: frozenset[str] = frozenset()
    """Assignments that their crews acknowledged, as `incident/unit@shift`, until the unit is sent anew."""
    waiting: dict[str, frozenset[str]] = {}
    """Messages that want an answer -> those of their recipients who have not given one."""
    hazards: dict[str, HazardNow] = {}


def evolve(state: State, kept: Kept) -> State:
    """The state after one more kept fact."""
    fact = kept.fact
    if isinstance(fact, RoadClosed | RoadReopened):
        return msgspec.structs.replace(state, closures={**state.closures, fact.closure: isinstance(fact, RoadClosed)})
    state = _timed(state, fact)
    hazards = hazards_after(state.hazards, kept)
    if hazards is not state.hazards:
        state = msgspec.structs.replace(state, hazards=hazards)
    unit, shift, number = (getattr(fact, name, "") for name in ("unit", "shift", "incident"))
    if unit and shift:
        state = _spans_after(state, f"{unit}@{shift}", fact, kept.entry.happened_at)
        state = msgspec.structs.replace(state, units=units_after(state.units, fact))
    if number:
        now = _incident_after(state.incidents.get(number), fact)
        if now is not None:
            if isinstance(fact, _DONE):
                now = msgspec.structs.replace(now, last_at=max(now.last_at, kept.entry.happened_at))
            state = msgspec.structs.replace(state, incidents={**state.incidents, number: now})
    for about in _pair(fact):
        one = state.incidents.get(about)
        if one is not None:
            state = msgspec.structs.replace(state, incidents={**state.incidents, about: _paired_after(one, fact)})
    return state


def _timed(state: State, fact: Fact) -> State:
    """What the timers' decisions turn on beside incidents and units."""
    match fact:
        case TimerEscalated():
            return msgspec.structs.replace(state, raised=state.raised | {f"{fact.timer}/{fact.due_at}"})
        case AssignmentAcknowledged():
            return msgspec.structs.replace(state, heard=state.heard | {f"{fact.incident}/{fact.unit}@{fact.shift}"})
        case UnitAssigned():
            return msgspec.structs.replace(state, heard=state.heard - {f"{fact.incident}/{fact.unit}@{fact.shift}"})
        case MessageSent() if fact.answer_by_s or fact.answers in state.waiting:
            waiting = dict(state.waiting)
            if fact.answer_by_s:
                waiting[fact.message] = frozenset(fact.recipients)
            if fact.answers in waiting:
                waiting[fact.answers] -= {fact.answered_as}
            return msgspec.structs.replace(state, waiting=waiting)
    return state


def _incident_after(now: IncidentNow | None, fact: Fact) -> IncidentNow | None:
    if isinstance(fact, IncidentOpened):
        return IncidentNow(incident=fact.incident, place=fact.place, kind=fact.kind, priority=fact.priority, needs=fact.needs,
                           area=fact.area, alarm=fact.alarm, called_at=fact.called_at)
    if now is None:
        return None
    key = {f"{getattr(fact, 'unit', '')}@{getattr(fact, 'shift', '')}"}
    match fact:
        case PriorityChanged():
            return msgspec.structs.replace(now, priority=fact.priority, needs=fact.needs)
        case AlarmRaised():
            return msgspec.structs.replace(now, alarm=fact.alarm, needs=fact.needs)
        case KindChanged():
            return msgspec.structs.replace(now, kind=fact.kind, priority=fact.priority, needs=fact.needs)
        case UnitsAlerted():
            return msgspec.structs.replace(now, alerted=frozenset(fact.units))
        case UnitAssigned():
            return msgspec.structs.replace(now, units=now.units | key, sent=now.sent | key, stacked=now.stacked - key, alerted=now.alerted - {fact.unit})
        case UnitStoodDown():
            return msgspec.structs.replace(now, units=now.units - key)
        case UnitStateChanged(state="available" | "out_of_service"):
            done = key if fact.was not in ("assigned", "en_route") else set()
            return msgspec.structs.replace(now, units=now.units - key, done=now.done | done)
        case IncidentStacked():
            return msgspec.structs.replace(now, stacked=now.stacked | key)
        case IncidentUnstacked():
            return msgspec.structs.replace(now, stacked=now.stacked - key)
        case IncidentClosed():
            return msgspec.structs.replace(now, closed=True)
    return _told_of(now, fact)


def _told_of(now: IncidentNow, fact: Fact) -> IncidentNow:
    """What was written or shown of an incident, which changes nothing of what is being done about it."""
    match fact:
        case NoteAdded():
            return msgspec.structs.replace(now, notes=now.notes + 1)
        case FileAttached():
            return msgspec.structs.replace(now, files=now.files + 1)
        case HandlingKept():
            return msgspec.structs.replace(now, handled=now.handled | {f"{fact.unit}@{fact.shift}": fact.number})
        case ItemTicked():
            return msgspec.structs.replace(now, ticked=now.ticked | {tick(fact)})
        case ItemUnticked():
            return msgspec.structs.replace(now, ticked=now.ticked - {tick(fact)})
    return now


def tick(of: ItemTicked | ItemUnticked | ItemCommand) -> str:
    """One unit's tick of one item, by its name."""
    return f"{of.unit}@{of.shift}/{of.list}/{of.item}"


def _spans_after(state: State, key: str, fact: Fact, at: int) -> State:
    spans = state.spans.get(key, ())
    if isinstance(fact, UnitAssigned):
        spans = (*spans, (at, 0))
    elif spans and spans[-1][1] == 0 and (isinstance(fact, UnitStoodDown) or (
            isinstance(fact, UnitStateChanged) and fact.state in ("available", "out_of_service"))):
        spans = (*spans[:-1], (spans[-1][0], at))
    return msgspec.structs.replace(state, spans={**state.spans, key: spans})


def _pair(fact: Fact) -> tuple[str, ...]:
    """The incidents whose standing to one another a fact changes."""
    match fact:
        case IncidentJoined():
            return fact.incident, fact.into
        case IncidentSeparated():
            return fact.incident, fact.out_of
        case IncidentsLinked() | IncidentsUnlinked():
            return fact.incident, fact.to
        case DifferenceTold():
            return (fact.into,)
        case DifferenceLookedAt():
            return (fact.incident,)
        case NoteAdded() if fact.differs:
            return (fact.into or fact.incident,)
    return ()


def _paired_after(now: IncidentNow, fact: Fact) -> IncidentNow:
    match fact:
        case IncidentJoined() if fact.incident == now.incident:
            return msgspec.structs.replace(now, into=fact.into, into_kind=fact.into_kind)
        case IncidentJoined():
            unseen = now.unseen | {fact.incident} if fact.differs else now.unseen
            return msgspec.structs.replace(now, joined=(*now.joined, fact.incident), unseen=unseen)
        case IncidentSeparated() if fact.incident == now.incident:
            return msgspec.structs.replace(now, into="", into_kind="")
        case IncidentSeparated():
            joined = tuple(one for one in now.joined if one != fact.incident)
            return msgspec.structs.replace(now, joined=joined, unseen=frozenset(one for one in now.unseen if joined and one != fact.incident))
        case NoteAdded() | DifferenceTold():
            return msgspec.structs.replace(now, unseen=now.unseen | {fact.incident})
        case DifferenceLookedAt():
            return msgspec.structs.replace(now, unseen=now.unseen - {fact.joined})
        case IncidentsLinked():
            return msgspec.structs.replace(now, linked=now.linked | {fact.to if fact.incident == now.incident else fact.incident})
        case IncidentsUnlinked():
            return msgspec.structs.replace(now, linked=now.linked - {fact.incident, fact.to})
    return now


def known(state: State, number: str) -> IncidentNow:
    """The incident of this number, open or closed; refused where there is none."""
    now = state.incidents.get(number)
    if now is None:
        raise Refused("incident_unknown", f"there is no incident {number}", f"没有警情 {number}", field="incident", status=404)
    return now


def open_one(state: State, number: str) -> IncidentNow:
    """The incident of this number, refused where it is closed or was never opened."""
    now = known(state, number)
    if now.closed:
        raise Refused("incident_closed", f"incident {number} is closed", f"警情 {number} 已结案", field="incident")
    return now


def main_one(state: State, number: str) -> IncidentNow:
    """An open incident that stands by itself: refused where it was joined into another, which is where it is worked."""
    now = open_one(state, number)
    if now.into:
        raise Refused("incident_joined", f"incident {number} was joined into {now.into}: work there, or separate it first",
                      f"警情 {number} 已并入 {now.into}：请在该警情处置，或先拆案", field="incident")
    return now


def free(state: State, unit: str, shift: str) -> UnitNow:
    """A unit that may be sent on this shift; refused with what keeps it."""
    now = state.units.get(f"{unit}@{shift}")
    if now is None:
        raise Refused("unit_not_on_shift", f"{unit} is not on duty on shift {shift}", f"{unit} 不在班次 {shift} 上", field="unit", status=404)
    if now.incident:
        raise Refused("unit_busy", f"{unit} is on incident {now.incident}: stand it down there first, or choose another",
                      f"{unit} 正在处置警情 {now.incident}：请先撤回，或改派其他单位", field="unit")
    if now.state != "available":
        raise Refused("unit_not_available", f"{unit} is {now.state}", f"{unit} 当前不可派", field="unit")
    return now
