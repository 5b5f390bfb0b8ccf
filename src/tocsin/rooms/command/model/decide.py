"""The room's decide: each command's own rule, found by its type; what an agency may ask too comes wrapped with whose it is."""

from collections.abc import Callable

from tocsin.kernel import Command, Fact
from tocsin.rooms.command.commands import ForAgency
from tocsin.rooms.command.model import facilities, majors, tasks
from tocsin.rooms.command.model.rules import AgencyDecision, Decision, Rules
from tocsin.rooms.command.model.state import State
from tocsin.rooms.command.model.table import CommandTable

DECISIONS: dict[type[Command], Decision] = {**majors.DECISIONS, **facilities.DECISIONS, **tasks.DECISIONS}
FOR_AGENCIES: dict[type[Command], AgencyDecision] = {**facilities.FOR_AGENCIES, **tasks.FOR_AGENCIES}


def decider(table: CommandTable) -> Callable[[State, Command], tuple[Fact, ...]]:
    """The room's decide, for one city's table with its hospitals."""
    rules = Rules(table)

    def decide(state: State, command: Command) -> tuple[Fact, ...]:
        if isinstance(command, ForAgency):
            return FOR_AGENCIES[type(command.said)](rules, state, command.said, command.agency)
        return DECISIONS[type(command)](rules, state, command)

    return decide
