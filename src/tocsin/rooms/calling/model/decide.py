"""The room's decide: nobody is called who is not signed on to the unit at this moment, or whose callout is over; each sending is kept once."""

import msgspec

from tocsin.facts.calling import Called, CallFailed, Carried, GaveUp, callout
from tocsin.facts.dispatch import UnitAssigned
from tocsin.facts.fleet import UnitNow, unit_after
from tocsin.facts.messages import MessageRead, MessageSent
from tocsin.facts.timers import AssignmentAcknowledged, MovementSeen
from tocsin.kernel import Command, Fact, Kept
from tocsin.rooms.calling.commands import Call, CalloutCommand, GiveUp, NoteOutcome


class State(msgspec.Struct, frozen=True):
    """What is known of a unit on its shift, what it acknowledged, and what was sent to whom."""

    unit: UnitNow | None = None
    acknowledged: str = ""
    """The incident that the crew said it has heard of, or has left for."""
    read_by: frozenset[str] = frozenset()
    sent: frozenset[tuple[str, int]] = frozenset()
    """Callouts by name with the numbers of their sendings."""
    told: frozenset[tuple[str, int]] = frozenset()
    """Those of which the outcome is known."""
    over: frozenset[str] = frozenset()
    """Callouts that were given up."""


def evolve(state: State, kept: Kept) -> State:
    """The state after one more kept fact."""
    fact = kept.fact
    match fact:
        case Called():
            return msgspec.structs.replace(state, sent=state.sent | {(fact.callout, fact.number)})
        case Carried() | CallFailed():
            return msgspec.structs.replace(state, told=state.told | {(fact.callout, fact.number)})
        case GaveUp():
            return msgspec.structs.replace(state, over=state.over | {fact.callout})
        case MessageRead():
            return msgspec.structs.replace(state, read_by=state.read_by | {fact.recipient})
        case MessageSent():
            return msgspec.structs.replace(state, read_by=state.read_by | {fact.answered_as}) if fact.answered_as else state
        case AssignmentAcknowledged() | MovementSeen():
            return msgspec.structs.replace(state, acknowledged=fact.incident)
        case UnitAssigned():
            state = msgspec.structs.replace(state, acknowledged="")
    return msgspec.structs.replace(state, unit=unit_after(state.unit, fact))


def decide(state: State, command: Command) -> tuple[Fact, ...]:
    """The facts that follow; none where there is nothing (any more) to call for."""
    assert isinstance(command, CalloutCommand), f"no decision for {type(command).__name__}"
    name = callout(command.unit, command.person, command.because)
    said = {"unit": command.unit, "shift": command.shift, "person": command.person, "about": command.about, "of": command.of}
    match command:
        case Call():
            if not _wanted(state, command) or name in state.over or (name, command.number) in state.sent:
                return ()
            return (Called(**said, because=command.because, means=command.means, number=command.number),)
        case NoteOutcome():
            one = (name, command.number)
            if one not in state.sent or one in state.told:
                return ()
            if command.code:
                return (CallFailed(**said, because=command.because, means=command.means, number=command.number, code=command.code, lasting=command.lasting),)
            return (Carried(**said, because=command.because, means=command.means, number=command.number),)
        case GiveUp():
            return (GaveUp(**said, because=command.because, code=command.code, tried=command.tried),) if _wanted(state, command) and name not in state.over else ()
    raise AssertionError(f"no decision for {type(command).__name__}")


def _wanted(state: State, command: CalloutCommand) -> bool:
    """Whether this person is on the unit now and what they are called for still waits for an answer."""
    unit = state.unit
    if unit is None or all(one.person != command.person for one in unit.seats):
        return False
    if command.about == "assigned":
        return unit.state == "assigned" and unit.incident == command.of and state.acknowledged != command.of
    return command.about != "message" or f"unit:{command.unit}" not in state.read_by
