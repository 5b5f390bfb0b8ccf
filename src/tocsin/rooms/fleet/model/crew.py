"""Who is on which unit: one person on one unit at a time, in a seat that it has, with its kit looked at."""

from tocsin.facts.fleet import CrewSignedOff, CrewSignedOn, KitLine, UnitNow
from tocsin.kernel import Command, Fact, Refused
from tocsin.rooms.fleet.commands import SignOff, SignOn
from tocsin.rooms.fleet.model.rules import Decision
from tocsin.rooms.fleet.model.state import State, on_duty
from tocsin.rooms.fleet.model.table import FleetTable, UnitKind


def _sign_on(table: FleetTable, state: State, command: SignOn) -> tuple[Fact, ...]:
    unit = on_duty(state, command.unit, command.shift)
    if unit.lender:
        raise Refused("unit_borrowed", f"{unit.unit} is {unit.lender}'s, and so is its crew", f"{unit.unit} 是 {unit.lender} 的单位，人员亦属对方", field="unit")
    elsewhere = state.aboard.get(command.person, "")
    if elsewhere not in ("", f"{unit.unit}@{unit.shift}"):
        name, _, shift = elsewhere.partition("@")
        raise Refused("signed_on_elsewhere", f"you are signed on to {name} on shift {shift}: sign off there first",
                      f"您已签到 {name}（班次 {shift}）：请先签退")
    kind = table.kinds[unit.unit_kind]
    _has_seat(kind, unit, command)
    named = [line.item for line in command.kit]
    unknown = [item for item in named if item not in kind.kit]
    if unknown:
        raise Refused("kit_unknown", f"{unit.unit} has no {unknown[0]} to look at; it has {', '.join(kind.kit) or 'no list of kit'}",
                      f"{unit.unit} 的装备清单中没有 {unknown[0]}", field="kit", status=422)
    if len(set(named)) < len(named):
        raise Refused("kit_twice", "a piece of kit is named twice: say each once", "同一装备出现两次：请各填一次", field="kit", status=422)
    return (CrewSignedOn(unit=unit.unit, shift=unit.shift, person=command.person, seat=command.seat, month=command.months[0],
                         kit=tuple(KitLine(item=line.item, state=line.state, note=line.note) for line in command.kit)),)


def _has_seat(kind: UnitKind, unit: UnitNow, command: SignOn) -> None:
    if not kind.seats:
        return
    seat = kind.seats.get(command.seat)
    if seat is None:
        raise Refused("seat_unknown", f"{unit.unit} has no seat {command.seat}; it has {', '.join(kind.seats)}",
                      f"{unit.unit} 没有 {command.seat} 这一席位", field="seat", status=422)
    others = [one.person for one in unit.seats if one.seat == command.seat and one.person != command.person]
    if seat.most and len(others) >= seat.most:
        raise Refused("seat_taken", f"{', '.join(others)} has the seat {command.seat} on {unit.unit}: take another, or let them sign off",
                      f"{unit.unit} 的席位“{seat.zh}”已由 {'、'.join(others)} 签到", field="seat")


def _sign_off(table: FleetTable, state: State, command: SignOff) -> tuple[Fact, ...]:
    unit = on_duty(state, command.unit, command.shift)
    if all(one.person != command.person for one in unit.seats):
        raise Refused("not_signed_on", f"you are not signed on to {unit.unit}", f"您未在 {unit.unit} 签到", field="unit")
    return (CrewSignedOff(unit=unit.unit, shift=unit.shift, person=command.person, month=command.months[0]),)


DECISIONS: dict[type[Command], Decision] = {SignOn: _sign_on, SignOff: _sign_off}
