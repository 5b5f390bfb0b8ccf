"""The room's decide: each command's own rule, found by its type; every refusal with its code and both languages."""

from collections.abc import Callable

from tocsin.kernel import Command, Fact
from tocsin.rooms.dispatch.model import (
    assigning,
    checklists,
    files,
    following,
    gaining,
    handling,
    hazards,
    incidents,
    joining,
    roads,
    timers,
)
from tocsin.rooms.dispatch.model.rules import Decision, Rules
from tocsin.rooms.dispatch.model.state import State

DECISIONS: dict[type[Command], Decision] = {
    **incidents.DECISIONS,
    **assigning.DECISIONS,
    **following.DECISIONS,
    **gaining.DECISIONS,
    **joining.DECISIONS,
    **roads.DECISIONS,
    **files.DECISIONS,
    **timers.DECISIONS,
    **handling.DECISIONS,
    **hazards.DECISIONS,
    **checklists.DECISIONS,
}


def decider(rules: Rules) -> Callable[[State, Command], tuple[Fact, ...]]:
    """The room's decide, for all that one city has settled."""

    def decide(state: State, command: Command) -> tuple[Fact, ...]:
        return DECISIONS[type(command)](rules, state, command)

    return decide
