"""The room's decide: each command's own rule, found by its type; every refusal with its code and both languages."""

from collections.abc import Callable

from tocsin.engines.likeness import Likeness
from tocsin.kernel import Command, Fact
from tocsin.rooms.dispatch.model import assigning, files, incidents, joining, roads
from tocsin.rooms.dispatch.model.plan import Plan
from tocsin.rooms.dispatch.model.ranking import Ground
from tocsin.rooms.dispatch.model.rules import Decision, Rules
from tocsin.rooms.dispatch.model.state import State

DECISIONS: dict[type[Command], Decision] = {**incidents.DECISIONS, **assigning.DECISIONS, **joining.DECISIONS, **roads.DECISIONS, **files.DECISIONS}


def decider(plan: Plan, ground: Ground, likeness: Likeness | None = None) -> Callable[[State, Command], tuple[Fact, ...]]:
    """The room's decide, for one city's plan and roads, and its tables of kinds that go together."""
    rules = Rules(plan, ground, likeness or Likeness())

    def decide(state: State, command: Command) -> tuple[Fact, ...]:
        return DECISIONS[type(command)](rules, state, command)

    return decide
