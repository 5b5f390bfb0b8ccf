"""Calls for help: one open at a time for a unit, never refused on duty, ended only once somebody on the floor has confirmed it."""

from tocsin.facts.field import HelpCalled, HelpConfirmed, HelpEnded, HelpEscalated
from tocsin.kernel import Command, Fact, Refused
from tocsin.rooms.fleet.commands import CallForHelp, ConfirmHelp, EndHelp, RaiseHelp
from tocsin.rooms.fleet.model.checks import by_device
from tocsin.rooms.fleet.model.rules import Decision
from tocsin.rooms.fleet.model.state import HelpNow, State, on_duty
from tocsin.rooms.fleet.model.table import FleetTable

TO = "supervisor"
"""To whom a call for help is raised that nobody confirmed."""


def _call(table: FleetTable, state: State, command: CallForHelp) -> tuple[Fact, ...]:
    unit = on_duty(state, command.unit, command.shift)
    if f"{unit.unit}@{unit.shift}" in state.help:
        return ()
    return (HelpCalled(unit=unit.unit, shift=unit.shift, person=command.person, place=by_device(command.lon, command.lat)),)


def _confirm(table: FleetTable, state: State, command: ConfirmHelp) -> tuple[Fact, ...]:
    if _open(state, command).confirmed:
        raise Refused("help_confirmed", f"{command.unit}'s call for help is confirmed already", f"{command.unit} 的求助已有人确认")
    return (HelpConfirmed(unit=command.unit, shift=command.shift),)


def _end(table: FleetTable, state: State, command: EndHelp) -> tuple[Fact, ...]:
    if not _open(state, command).confirmed:
        raise Refused("help_not_confirmed", f"nobody has confirmed {command.unit}'s call for help yet: confirm it, and speak with the crew first",
                      f"{command.unit} 的求助尚无人确认：请先确认并联系该车组")
    return (HelpEnded(unit=command.unit, shift=command.shift, outcome=command.outcome, note=command.note),)


def _raise(table: FleetTable, state: State, command: RaiseHelp) -> tuple[Fact, ...]:
    still = [(one, state.help.get(f"{one.unit}@{one.shift}")) for one in command.due]
    return tuple(HelpEscalated(unit=one.unit, shift=one.shift, to=TO, due_at=one.due_at)
                 for one, now in still if now is not None and not now.confirmed and not now.raised)


def _open(state: State, command: ConfirmHelp | EndHelp) -> HelpNow:
    on_duty(state, command.unit, command.shift)
    now = state.help.get(f"{command.unit}@{command.shift}")
    if now is None:
        raise Refused("help_not_called", f"{command.unit} has not called for help", f"{command.unit} 没有求助", field="unit", status=404)
    return now


DECISIONS: dict[type[Command], Decision] = {CallForHelp: _call, ConfirmHelp: _confirm, EndHelp: _end, RaiseHelp: _raise}
