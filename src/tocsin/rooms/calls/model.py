"""How the call-takers' room decides: a call of a known kind, once under its number."""

from collections.abc import Callable, Mapping

import msgspec

from tocsin.facts.calls import CallTaken
from tocsin.kernel import Command, Fact, Kept, Refused, Sealed
from tocsin.rooms.calls.commands import TakeCall


class State(msgspec.Struct, frozen=True):
    """The numbers under which calls were taken, among those touched."""

    taken: frozenset[str] = frozenset()


def evolve(state: State, kept: Kept) -> State:
    """The state after one more kept fact."""
    return State(state.taken | {kept.fact.call}) if isinstance(kept.fact, CallTaken) else state


def no_mentions(text: str) -> tuple[str, ...]:
    """Nothing is told of, where no words are known to tell."""
    return ()


def decider(kinds: Mapping[str, int], mentions: Callable[[str], tuple[str, ...]] = no_mentions) -> Callable[[State, Command], tuple[Fact, ...]]:
    """The room's decide, for a city's kinds of incident and their usual priorities; `mentions` gives what notes tell of, as codes."""

    def decide(state: State, command: Command) -> tuple[Fact, ...]:
        assert isinstance(command, TakeCall), type(command)
        if command.call in state.taken:
            raise Refused("call_taken", f"call {command.call} was already taken", f"报警 {command.call} 已登记", field="call")
        if command.kind not in kinds:
            raise Refused("kind_unknown", f"there is no kind of incident {command.kind}; there are {', '.join(kinds)}",
                          f"没有“{command.kind}”这一警情类型", field="kind", status=422)

        def sealed(text: str) -> Sealed | None:
            return Sealed(f"call:{command.call}", text) if text else None

        return (CallTaken(call=command.call, channel=command.channel, place=command.place, kind=command.kind,
                          priority=command.priority or kinds[command.kind], number=sealed(command.number),
                          caller=sealed(command.caller), notes=sealed(command.notes), joins=command.joins,
                          likeness=command.likeness if command.joins else -1.0, mentions=mentions(command.notes) if command.joins else ()),)

    return decide
