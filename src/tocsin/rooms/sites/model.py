"""How conflicts are decided: raised once, settled once."""

import msgspec

from tocsin.facts.sites import ConflictClosed, ConflictRaised
from tocsin.kernel import Command, Fact, Kept, Refused, Sealed
from tocsin.rooms.sites.commands import CloseConflict, RaiseConflict


class State(msgspec.Struct, frozen=True):
    """What is known of the touched conflict."""

    raised: bool = False
    closed: bool = False


def evolve(state: State, kept: Kept) -> State:
    """The state after one more kept fact."""
    match kept.fact:
        case ConflictRaised():
            return State(raised=True, closed=state.closed)
        case ConflictClosed():
            return State(raised=state.raised, closed=True)
    return state


def decide(state: State, command: Command) -> tuple[Fact, ...]:
    """The facts that follow, or Refused."""
    match command:
        case RaiseConflict():
            return () if state.raised else (_raised(command),)
        case CloseConflict():
            if not state.raised:
                raise Refused("conflict_unknown", f"there is no conflict {command.conflict}", f"没有冲突 {command.conflict}", field="conflict", status=404)
            if state.closed:
                raise Refused("conflict_closed", f"conflict {command.conflict} is settled already", f"冲突 {command.conflict} 已处理", field="conflict")
            return (ConflictClosed(conflict=command.conflict, how=Sealed(f"conflict:{command.conflict}", command.how)),)
    raise AssertionError(f"no decision for {type(command).__name__}")


def _raised(command: RaiseConflict) -> ConflictRaised:
    return ConflictRaised(conflict=command.conflict, site=command.site, person=command.person, door=command.door, done_at=command.done_at, code=command.code,
                          says=command.says, incident=command.incident, unit=command.unit, command=Sealed(f"conflict:{command.conflict}", command.command))
