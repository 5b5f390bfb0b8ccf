"""Coming in: what the edge proved is kept as it was said; there is nothing left to decide about it here."""

from tocsin.kernel import Command, Fact
from tocsin.rooms.access.commands.people import KeepSignIn
from tocsin.rooms.access.model.rules import Decision
from tocsin.rooms.access.model.state import State

MOST = 40


def _keep(state: State, command: KeepSignIn) -> tuple[Fact, ...]:
    assert 0 < len(command.facts) <= MOST, "a few facts at a time"
    return command.facts


DECISIONS: dict[type[Command], Decision] = {KeepSignIn: _keep}
