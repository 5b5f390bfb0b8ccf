"""State, evolve and decide of the dispatchers' room: pure, total, every refusal with its code and both languages."""

from collections.abc import Callable

import msgspec

from tocsin.facts.calls import Place
from tocsin.facts.dispatch import (
    IncidentClosed,
    IncidentOpened,
    Need,
    NoteAdded,
    PriorityChanged,
    RoadClosed,
    RoadReopened,
    UnitAssigned,
    UnitStoodDown,
)
from tocsin.facts.fleet import UnitNow, UnitStateChanged, unit_after
from tocsin.kernel import Command, Fact, Kept, Refused, Sealed
from tocsin.rooms.dispatch.commands import (
    AddNote,
    AssignmentCommand,
    AssignUnit,
    ChangePriority,
    CloseIncident,
    CloseRoad,
    OpenIncident,
    RankUnits,
    ReopenRoad,
    StandDown,
    SwapUnits,
)
from tocsin.rooms.dispatch.model.plan import Plan
from tocsin.rooms.dispatch.model.ranking import Ground, offer


class IncidentNow(msgspec.Struct, frozen=True, kw_only=True):
    """An incident as its facts leave it; `units` are `unit@shift` of those on it."""

    incident: str
    place: Place
    kind: str
    priority: int
    needs: tuple[Need, ...]
    units: frozenset[str] = frozenset()
    closed: bool = False
    notes: int = 0


class State(msgspec.Struct, frozen=True):
    """What the touched histories say."""

    incidents: dict[str, IncidentNow] = {}
    units: dict[str, UnitNow] = {}
    closures: dict[str, bool] = {}
    """Closure number -> still closed."""


def evolve(state: State, kept: Kept) -> State:
    """The state after one more kept fact."""
    fact = kept.fact
    if isinstance(fact, RoadClosed | RoadReopened):
        return State(state.incidents, state.units, {**state.closures, fact.closure: isinstance(fact, RoadClosed)})
    units, incidents = state.units, state.incidents
    unit, shift, number = (getattr(fact, name, "") for name in ("unit", "shift", "incident"))
    if unit and shift:
        after = unit_after(units.get(f"{unit}@{shift}"), fact)
        units = {key: now for key, now in units.items() if key != f"{unit}@{shift}"}
        if after is not None:
            units[f"{unit}@{shift}"] = after
    if number:
        now = _incident_after(incidents.get(number), fact)
        if now is not None:
            incidents = {**incidents, number: now}
    return State(incidents, units, state.closures)


def _incident_after(now: IncidentNow | None, fact: Fact) -> IncidentNow | None:
    if isinstance(fact, IncidentOpened):
        return IncidentNow(incident=fact.incident, place=fact.place, kind=fact.kind, priority=fact.priority, needs=fact.needs)
    if now is None:
        return None
    match fact:
        case PriorityChanged():
            return msgspec.structs.replace(now, priority=fact.priority, needs=fact.needs)
        case UnitAssigned():
            return msgspec.structs.replace(now, units=now.units | {f"{fact.unit}@{fact.shift}"})
        case UnitStoodDown():
            return msgspec.structs.replace(now, units=now.units - {f"{fact.unit}@{fact.shift}"})
        case UnitStateChanged(state="available" | "out_of_service"):
            return msgspec.structs.replace(now, units=now.units - {f"{fact.unit}@{fact.shift}"})
        case IncidentClosed():
            return msgspec.structs.replace(now, closed=True)
        case NoteAdded():
            return msgspec.structs.replace(now, notes=now.notes + 1)
    return now


def decider(plan: Plan, ground: Ground) -> Callable[[State, Command], tuple[Fact, ...]]:
    """The room's decide, for one city's plan and roads."""

    def decide(state: State, command: Command) -> tuple[Fact, ...]:
        match command:
            case OpenIncident():
                return _open(plan, state, command)
            case ChangePriority():
                return _reprioritise(plan, state, command)
            case AddNote():
                now = _known(state, command.incident)
                return (NoteAdded(incident=now.incident, note=Sealed(f"incident:{now.incident}", command.note)),)
            case RankUnits():
                now = _open_one(state, command.incident)
                return (offer(ground, command.seen, incident=now.incident, number=command.offer, plan=plan.version,
                              priority=now.priority, needs=now.needs, place=(now.place.lon, now.place.lat),
                              closed=command.closed, at=command.at),)
            case AssignUnit():
                _open_one(state, command.incident)
                _free(state, command.unit, command.shift)
                return (UnitAssigned(incident=command.incident, unit=command.unit, shift=command.shift, offer=command.offer,
                                     eta_s=command.eta_s, override=command.override),)
            case StandDown():
                return (_stood_down(state, command, command.reason),)
            case SwapUnits():
                _open_one(state, command.incident)
                gone = _stood_down(state, command, command.reason)
                _free(state, command.to_unit, command.to_shift)
                return (gone, UnitAssigned(incident=command.incident, unit=command.to_unit, shift=command.to_shift,
                                           offer=command.offer, eta_s=command.eta_s, override=command.reason))
            case CloseIncident():
                return _close(plan, state, command)
            case CloseRoad():
                return _close_road(ground, state, command)
            case ReopenRoad():
                if not state.closures.get(command.closure):
                    raise Refused("closure_unknown", f"no road is shut under {command.closure}", f"没有编号为 {command.closure} 的封路",
                                  field="closure", status=404)
                return (RoadReopened(closure=command.closure),)
        raise AssertionError(f"no decision for {type(command).__name__}")

    return decide


def _open(plan: Plan, state: State, command: OpenIncident) -> tuple[Fact, ...]:
    if command.incident in state.incidents:
        raise Refused("incident_exists", f"incident {command.incident} is already open", f"警情 {command.incident} 已存在")
    return (IncidentOpened(incident=command.incident, place=command.place, kind=command.kind, priority=command.priority,
                           needs=plan.needs(command.kind, command.priority), plan=plan.version, called_at=command.called_at),)


def _reprioritise(plan: Plan, state: State, command: ChangePriority) -> tuple[Fact, ...]:
    now = _open_one(state, command.incident)
    if now.priority == command.priority:
        raise Refused("priority_same", f"incident {now.incident} already has priority {now.priority}",
                      f"警情 {now.incident} 已是 {now.priority} 级", field="priority")
    return (PriorityChanged(incident=now.incident, priority=command.priority, needs=plan.needs(now.kind, command.priority),
                            reason=command.reason),)


def _close(plan: Plan, state: State, command: CloseIncident) -> tuple[Fact, ...]:
    now = _open_one(state, command.incident)
    if command.disposition not in plan.dispositions:
        raise Refused("disposition_unknown", f"there is no disposition {command.disposition}; there are {', '.join(plan.dispositions)}",
                      f"没有“{command.disposition}”这一处警结果", field="disposition", status=422)
    if now.units:
        names = ", ".join(sorted(key.split("@")[0] for key in now.units))
        raise Refused("units_still_on", f"{names} still on incident {now.incident}: stand down or let clear first",
                      f"警情 {now.incident} 仍有 {names} 在处置：请先撤回或待其收尾")
    return (IncidentClosed(incident=now.incident, disposition=command.disposition, reason=command.reason),)


def _close_road(ground: Ground, state: State, command: CloseRoad) -> tuple[Fact, ...]:
    if command.closure in state.closures:
        raise Refused("closure_exists", f"closure {command.closure} was already given", f"封路编号 {command.closure} 已使用", field="closure")
    segments, name = command.segments, ""
    if not segments:
        if command.lon is None or command.lat is None:
            raise Refused("closure_without_place", "say where: a point, or segment numbers", "请指明封路地点：坐标或路段号",
                          field="lon", status=422)
        segments, name = ground.stretch(command.lon, command.lat)
    return (RoadClosed(closure=command.closure, segments=segments, city=ground.city, text=command.text or name,
                       shape=ground.shapes(segments)),)


def _known(state: State, number: str) -> IncidentNow:
    now = state.incidents.get(number)
    if now is None:
        raise Refused("incident_unknown", f"there is no incident {number}", f"没有警情 {number}", field="incident", status=404)
    return now


def _open_one(state: State, number: str) -> IncidentNow:
    now = _known(state, number)
    if now.closed:
        raise Refused("incident_closed", f"incident {number} is closed", f"警情 {number} 已结案", field="incident")
    return now


def _free(state: State, unit: str, shift: str) -> UnitNow:
    now = state.units.get(f"{unit}@{shift}")
    if now is None:
        raise Refused("unit_not_on_shift", f"{unit} is not on duty on shift {shift}", f"{unit} 不在班次 {shift} 上", field="unit", status=404)
    if now.incident:
        raise Refused("unit_busy", f"{unit} is on incident {now.incident}: stand it down there first, or choose another",
                      f"{unit} 正在处置警情 {now.incident}：请先撤回，或改派其他单位", field="unit")
    if now.state != "available":
        raise Refused("unit_not_available", f"{unit} is {now.state}", f"{unit} 当前不可派", field="unit")
    return now


def _stood_down(state: State, command: AssignmentCommand, reason: str) -> UnitStoodDown:
    incident = _known(state, command.incident)
    if f"{command.unit}@{command.shift}" not in incident.units:
        raise Refused("unit_not_on_incident", f"{command.unit} is not on incident {incident.incident}",
                      f"{command.unit} 不在警情 {incident.incident} 上", field="unit")
    return UnitStoodDown(incident=incident.incident, unit=command.unit, shift=command.shift, reason=reason)
