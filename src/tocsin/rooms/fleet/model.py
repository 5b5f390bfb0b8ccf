"""How the fleet's room decides: one guarded state machine per kind of unit, read from a table, not written in code."""

from collections.abc import Callable

import msgspec

from tocsin.facts.dispatch import UnitAssigned, UnitStoodDown
from tocsin.facts.fleet import ShiftEnded, ShiftStarted, UnitNow, UnitStateChanged, units_after
from tocsin.kernel import Command, Fact, Kept, Refused, Words
from tocsin.rooms.fleet.commands import EndShift, ReportState, StartShift

CLOCKS_US = 5_000_000
"""How far a device's clock, set by this house's, may still be off."""


class UnitKind(msgspec.Struct, frozen=True):
    """A kind of unit as the table gives it."""

    letter: str
    en: str
    zh: str
    machine: str
    skills: tuple[str, ...] = ()


class FleetTable(msgspec.Struct, frozen=True):
    """The city's table of unit kinds, states and moves."""

    states: dict[str, Words]
    machines: dict[str, dict[str, tuple[str, ...]]]
    kinds: dict[str, UnitKind]
    sample: bool = False

    def moves(self, unit_kind: str) -> dict[str, tuple[str, ...]]:
        """For each state of this kind of unit, the states its crew may report next."""
        return self.machines[self.kinds[unit_kind].machine]


def faults(table: FleetTable) -> list[str]:
    """What is wrong with a table, in sentences; empty where it is sound. Every state must lead back to available."""
    found = [f"unit kind {code}: there is no machine {kind.machine}" for code, kind in table.kinds.items()
             if kind.machine not in table.machines]
    for name, moves in table.machines.items():
        named = set(moves) | {after for then in moves.values() for after in then}
        found += [f"machine {name}: state {state} has no words" for state in sorted(named - set(table.states))]
        found += [f"machine {name}: a crew can report assigned" for then in moves.values() if "assigned" in then]
        found += [f"machine {name}: no way from {state} to available" for state in sorted(named - {"available"})
                  if "available" not in moves.get(state, ())]
    return found


class State(msgspec.Struct, frozen=True):
    """What the touched histories say: units by `unit@shift`, and which shifts were ever started."""

    units: dict[str, UnitNow] = {}
    started: frozenset[str] = frozenset()
    sent_at: dict[str, int] = {}
    """Unit at shift -> when it last did something on the incident it is on; forms from paper may not go behind that."""
    spans: dict[str, tuple[tuple[int, int], ...]] = {}
    """Unit at shift -> the times it was on earlier incidents."""


def evolve(state: State, kept: Kept) -> State:
    """The state after one more kept fact."""
    fact = kept.fact
    unit, shift = getattr(fact, "unit", ""), getattr(fact, "shift", "")
    if not unit or not shift:
        return state
    key = f"{unit}@{shift}"
    units = units_after(state.units, fact)
    started = state.started | {key} if isinstance(fact, ShiftStarted) else state.started
    return _times_after(State(units, started, state.sent_at, state.spans), key, kept)


def _times_after(state: State, key: str, kept: Kept) -> State:
    fact, at = kept.fact, kept.entry.happened_at
    if isinstance(fact, UnitAssigned):
        return msgspec.structs.replace(state, sent_at=state.sent_at | {key: at}, spans=state.spans | {key: (*state.spans.get(key, ()), (at, 0))})
    spans = state.spans.get(key, ())
    if not spans or spans[-1][1]:
        return state
    if isinstance(fact, UnitStoodDown) or (isinstance(fact, UnitStateChanged) and fact.state in ("available", "out_of_service")):
        return msgspec.structs.replace(state, spans=state.spans | {key: (*spans[:-1], (spans[-1][0], at))})
    return msgspec.structs.replace(state, sent_at=state.sent_at | {key: max(at, state.sent_at.get(key, 0))})


def _then(state: State, command: ReportState) -> None:
    """Refused where a state from paper came before the one it follows, or where the time till then holds another incident."""
    key, at = f"{command.unit}@{command.shift}", command.happened_at or 0
    spans = state.spans.get(key, ())
    if not spans or spans[-1][1]:
        return
    if at < state.sent_at.get(key, 0):
        raise Refused("time_out_of_order", f"{command.unit} cannot have been {command.state} before what it did last: look at the times",
                      f"{command.unit} 的该时间早于其上一状态，请核对", field="happened_at", status=422)
    if any(since < at and spans[-1][0] < (until or at) for since, until in spans[:-1]):
        raise Refused("unit_elsewhere_then", f"{command.unit} was on another incident within that time: look at its times there",
                      f"{command.unit} 在该时段内正在处置另一警情，请核对时间", field="happened_at", status=422)


def _same_work(state: State, unit: UnitNow, command: ReportState) -> None:
    """Refused where a crew that was out of reach speaks of other work than the unit has by now: it was sent elsewhere, or called off, meanwhile."""
    if command.incident is None:
        return
    if command.incident != unit.incident:
        now_en, now_zh = (f"on incident {unit.incident}", f"正在处置警情 {unit.incident}") if unit.incident else ("on no incident", "未在处置任何警情")
        raise Refused("unit_elsewhere", f"{unit.unit} is {now_en} by now: what was said of {command.incident or 'no incident'} was not taken over",
                      f"{unit.unit} 目前{now_zh}，针对{f'警情 {command.incident}' if command.incident else '空闲时'}的上报未生效", field="incident")
    spans, at = state.spans.get(f"{unit.unit}@{unit.shift}", ()), command.happened_at
    if at is not None and unit.incident and spans and at < spans[-1][0] - CLOCKS_US:
        raise Refused("said_before_sent", f"{unit.unit} was sent to incident {unit.incident} anew after this was said",
                      f"该上报早于 {unit.unit} 再次派往警情 {unit.incident} 的时间", field="happened_at")


def decider(table: FleetTable) -> Callable[[State, Command], tuple[Fact, ...]]:
    """The room's decide, for one city's table."""

    def decide(state: State, command: Command) -> tuple[Fact, ...]:
        match command:
            case StartShift():
                return _start(table, state, command)
            case EndShift():
                unit = _on_duty(state, command.unit, command.shift)
                if unit.lender:
                    raise Refused("unit_borrowed", f"{unit.unit} is {unit.lender}'s: give it back instead", f"{unit.unit} 是 {unit.lender} 的单位：请改为归还", field="unit")
                _ours_now(unit)
                if unit.incident:
                    raise Refused("unit_on_incident", f"{unit.unit} is on incident {unit.incident}: stand it down or let it clear first",
                                  f"{unit.unit} 正在处置警情 {unit.incident}：请先撤回或待其收尾")
                return (ShiftEnded(unit=unit.unit, shift=unit.shift, month=command.months[0]),)
            case ReportState():
                return _report(table, state, command)
        raise AssertionError(f"no decision for {type(command).__name__}")

    return decide


def _start(table: FleetTable, state: State, command: StartShift) -> tuple[Fact, ...]:
    kind = table.kinds.get(command.unit_kind)
    if kind is None:
        raise Refused("unit_kind_unknown", f"there is no kind of unit {command.unit_kind}; there are {', '.join(table.kinds)}",
                      f"没有 {command.unit_kind} 这一单位类型", field="unit_kind", status=422)
    for other in state.units.values():
        if other.unit == command.unit:
            raise Refused("unit_on_duty", f"{command.unit} is already on duty, shift {other.shift}: end that shift first",
                          f"{command.unit} 已在岗(班次 {other.shift}):请先结束该班次")
    if f"{command.unit}@{command.shift}" in state.started:
        raise Refused("shift_used", f"{command.unit} has already worked shift {command.shift}: name the new shift differently",
                      f"{command.unit} 已上过班次 {command.shift}：请换一个班次名", field="shift")
    return (ShiftStarted(unit=command.unit, shift=command.shift, unit_kind=command.unit_kind, skills=command.skills or kind.skills,
                         station=command.station, home=command.home, crew=command.crew, month=command.months[0]),)


def _report(table: FleetTable, state: State, command: ReportState) -> tuple[Fact, ...]:
    unit = _on_duty(state, command.unit, command.shift)
    _ours_now(unit)
    _same_work(state, unit, command)
    allowed = table.moves(unit.unit_kind).get(unit.state, ())
    if command.state not in allowed:
        names = ", ".join(allowed) or "none"
        raise Refused("state_not_next", f"{unit.unit} is {unit.state}; after that it may be: {names}",
                      f"{unit.unit} 当前为“{table.states[unit.state].zh}”，不能转为该状态", field="state")
    due = unit.stacked[0] if command.state == "available" and unit.stacked else ""
    if command.paper:
        _then(state, command)
    return (UnitStateChanged(unit=unit.unit, shift=unit.shift, state=command.state, was=unit.state, incident=unit.incident,
                             reason=command.reason, next=due),)


def _ours_now(unit: UnitNow) -> None:
    """A unit that is lent is another city's to speak of until it is given back."""
    if unit.state == "lent":
        raise Refused("unit_lent", f"{unit.unit} is lent to a neighbouring city: it is ours again when that gives it back", f"{unit.unit} 已借给相邻城市，归还后方可操作", field="unit")


def _on_duty(state: State, unit: str, shift: str) -> UnitNow:
    now = state.units.get(f"{unit}@{shift}")
    if now is None:
        raise Refused("unit_not_on_shift", f"{unit} is not on duty on shift {shift}", f"{unit} 不在班次 {shift} 上", field="shift", status=404)
    return now
