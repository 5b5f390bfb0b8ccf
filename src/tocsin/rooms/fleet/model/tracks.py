"""A look at a unit's track is kept of any shift that there was, of one that has ended too."""

from tocsin.facts.field import TrackShown
from tocsin.kernel import Command, Fact, Refused
from tocsin.rooms.fleet.commands import KeepTrackShown
from tocsin.rooms.fleet.model.rules import Decision
from tocsin.rooms.fleet.model.state import State
from tocsin.rooms.fleet.model.table import FleetTable


def _shown(table: FleetTable, state: State, command: KeepTrackShown) -> tuple[Fact, ...]:
    if f"{command.unit}@{command.shift}" not in state.started:
        raise Refused("shift_unknown", f"{command.unit} never worked a shift {command.shift}", f"{command.unit} 没有班次 {command.shift}", field="shift", status=404)
    return (TrackShown(unit=command.unit, shift=command.shift, since=command.since, until=command.until, roles=command.roles),)


DECISIONS: dict[type[Command], Decision] = {KeepTrackShown: _shown}
