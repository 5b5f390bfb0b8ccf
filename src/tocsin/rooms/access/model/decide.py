"""The room's decide: each command's own rule, found by its type."""

from tocsin.kernel import Command, Fact
from tocsin.rooms.access.model import findings, forgetting, glass, outflow, people, samples, trail
from tocsin.rooms.access.model.rules import Decision
from tocsin.rooms.access.model.state import State

DECISIONS: dict[type[Command], Decision] = {**glass.DECISIONS, **findings.DECISIONS, **outflow.DECISIONS, **people.DECISIONS, **forgetting.DECISIONS,
                                            **trail.DECISIONS, **samples.DECISIONS}


def decide(state: State, command: Command) -> tuple[Fact, ...]:
    """The facts that follow, or Refused."""
    return DECISIONS[type(command)](state, command)
