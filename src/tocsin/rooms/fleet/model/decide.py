"""The room's decide: each command's own rule, found by its type; every refusal with its code and both languages."""

from collections.abc import Callable

from tocsin.kernel import Command, Fact
from tocsin.rooms.fleet.model import checks, crew, help, shifts, tracks
from tocsin.rooms.fleet.model.rules import Decision
from tocsin.rooms.fleet.model.state import State
from tocsin.rooms.fleet.model.table import FleetTable

DECISIONS: dict[type[Command], Decision] = {**shifts.DECISIONS, **crew.DECISIONS, **help.DECISIONS, **checks.DECISIONS, **tracks.DECISIONS}


def decider(table: FleetTable) -> Callable[[State, Command], tuple[Fact, ...]]:
    """The room's decide, for one city's table."""

    def decide(state: State, command: Command) -> tuple[Fact, ...]:
        decision = DECISIONS.get(type(command))
        assert decision is not None, f"no decision for {type(command).__name__}"
        return decision(table, state, command)

    return decide
