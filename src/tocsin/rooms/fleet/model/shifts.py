"""Shifts and states: one guarded state machine per kind of unit, read from a table, not written in code."""

from tocsin.facts.fleet import CrewSignedOff, ShiftEnded, ShiftStarted, UnitNow, UnitStateChanged
from tocsin.kernel import Command, Fact, Refused
from tocsin.rooms.fleet.commands import EndShift, ReportState, StartShift
from tocsin.rooms.fleet.model.rules import Decision
from tocsin.rooms.fleet.model.state import State, on_duty, ours_now, theirs_to_say
from tocsin.rooms.fleet.model.table import FleetTable

CLOCKS_US = 5_000_000
"""How far a device's clock, set by this house's, may still be off."""


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


def _end(table: FleetTable, state: State, command: EndShift) -> tuple[Fact, ...]:
    unit = on_duty(state, command.unit, command.shift)
    if unit.lender:
        raise Refused("unit_borrowed", f"{unit.unit} is {unit.lender}'s: give it back instead", f"{unit.unit} 是 {unit.lender} 的单位：请改为归还", field="unit")
    ours_now(unit)
    theirs_to_say(unit, command.by, command.any_unit)
    if unit.incident:
        raise Refused("unit_on_incident", f"{unit.unit} is on incident {unit.incident}: stand it down or let it clear first",
                      f"{unit.unit} 正在处置警情 {unit.incident}：请先撤回或待其收尾")
    if f"{unit.unit}@{unit.shift}" in state.help:
        raise Refused("help_open", f"{unit.unit} has called for help: that is ended first", f"{unit.unit} 的求助尚未结束：请先结束求助")
    month = command.months[0]
    return (*(CrewSignedOff(unit=unit.unit, shift=unit.shift, person=one.person, month=month) for one in unit.seats),
            ShiftEnded(unit=unit.unit, shift=unit.shift, month=month))


def _report(table: FleetTable, state: State, command: ReportState) -> tuple[Fact, ...]:
    unit = on_duty(state, command.unit, command.shift)
    ours_now(unit)
    theirs_to_say(unit, command.by, command.any_unit)
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


DECISIONS: dict[type[Command], Decision] = {StartShift: _start, EndShift: _end, ReportState: _report}
