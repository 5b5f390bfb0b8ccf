"""Posts and spot checks: only on duty, of units and never of a person, each answered once."""

from tocsin.facts.calls import Place
from tocsin.facts.field import CheckAnswered, CheckCalled, CheckMissed, PostReported
from tocsin.kernel import Command, Fact, Refused
from tocsin.rooms.fleet.commands import AnswerSpotCheck, CallSpotCheck, MissChecks, ReportPost
from tocsin.rooms.fleet.model.rules import Decision
from tocsin.rooms.fleet.model.state import State, on_duty, ours_now, theirs_to_say
from tocsin.rooms.fleet.model.table import FleetTable

_SECOND = 1_000_000


def _report(table: FleetTable, state: State, command: ReportPost) -> tuple[Fact, ...]:
    unit = on_duty(state, command.unit, command.shift)
    ours_now(unit)
    theirs_to_say(unit, command.by, command.any_unit)
    return (PostReported(unit=unit.unit, shift=unit.shift, post=command.post, note=command.note, place=by_device(command.lon, command.lat)),)


def _call(table: FleetTable, state: State, command: CallSpotCheck) -> tuple[Fact, ...]:
    facts = []
    for name, shift in zip(command.units, command.shifts, strict=True):
        if not shift:
            raise Refused("unit_off_duty", f"{name} is not on duty: nobody is checked off duty", f"{name} 不在岗：不在岗不查勤", field="units")
        unit = on_duty(state, name, shift)
        ours_now(unit)
        if unit.lender:
            raise Refused("unit_borrowed", f"{name} is {unit.lender}'s: its crew is not ours to check", f"{name} 是 {unit.lender} 的单位，不由我方查勤", field="units")
        facts.append(CheckCalled(unit=name, shift=shift, check=command.check, within_s=command.within_s, words=command.words))
    return tuple(facts)


def _answer(table: FleetTable, state: State, command: AnswerSpotCheck) -> tuple[Fact, ...]:
    unit = on_duty(state, command.unit, command.shift)
    theirs_to_say(unit, command.by, command.any_unit)
    now = state.checks.get(f"{unit.unit}@{unit.shift}/{command.check}")
    if now is None:
        raise Refused("check_unknown", f"{unit.unit} was not asked by a check {command.check}", f"{unit.unit} 没有查勤 {command.check}", field="check", status=404)
    if now.answered:
        raise Refused("check_answered", f"{unit.unit} has answered this check already", f"{unit.unit} 已应答该次查勤")
    return (CheckAnswered(unit=unit.unit, shift=unit.shift, check=command.check, took_s=max(0, (command.at - now.called_at) // _SECOND),
                          place=by_device(command.lon, command.lat)),)


def _miss(table: FleetTable, state: State, command: MissChecks) -> tuple[Fact, ...]:
    still = [(one, state.checks.get(f"{one.unit}@{one.shift}/{one.check}")) for one in command.due]
    return tuple(CheckMissed(unit=one.unit, shift=one.shift, check=one.check, due_at=one.due_at)
                 for one, now in still if now is not None and not now.answered and not now.missed and f"{one.unit}@{one.shift}" in state.units)


def by_device(lon: float | None, lat: float | None) -> Place | None:
    """Where a crew's own device says it is; None where it does not say both."""
    return None if lon is None or lat is None else Place(lon=lon, lat=lat, text="", source="device")


DECISIONS: dict[type[Command], Decision] = {ReportPost: _report, CallSpotCheck: _call, AnswerSpotCheck: _answer, MissChecks: _miss}
