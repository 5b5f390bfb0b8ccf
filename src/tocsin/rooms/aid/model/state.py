"""What the room of aid knows when it decides: askings, appeals, units, loans and incidents as the touched histories leave them."""

import msgspec

from tocsin.facts.aid import (
    AidAsked,
    AidDeclined,
    AidEnded,
    AppealDeclined,
    AppealEnded,
    AppealHeard,
    Borrowed,
    LetterTaken,
    Out,
    RecallAsked,
    UnitBorrowed,
    UnitCameBack,
    UnitGivenBack,
    UnitLent,
)
from tocsin.facts.calls import Place
from tocsin.facts.dispatch import IncidentClosed, IncidentOpened, KindChanged, Need, PriorityChanged
from tocsin.facts.fleet import UnitNow, units_after
from tocsin.kernel import Fact, Kept


class AskingNow(msgspec.Struct, frozen=True, kw_only=True):
    """An asking of ours: of whom, for which incident, whether it is over, and the borrowed units that are still here."""

    aid: str
    of: str
    incident: str
    ended: bool = False
    declined: bool = False
    loans: tuple[Out, ...] = ()


class AppealNow(msgspec.Struct, frozen=True, kw_only=True):
    """What a neighbour asks of us."""

    appeal: str
    by_city: str
    aid: str
    needs: tuple[Need, ...]
    over: str = ""
    """`ended` or `declined`; empty while it is open."""


class IncidentNow(msgspec.Struct, frozen=True, kw_only=True):
    """Of an incident: what a neighbour is told when it is asked for help."""

    place: Place
    kind: str
    priority: int
    closed: bool = False


class State(msgspec.Struct, frozen=True):
    """What the touched histories say. `loans` are those of our units that are lent, `borrowed` those of others, by unit@shift."""

    askings: dict[str, AskingNow] = {}
    appeals: dict[str, AppealNow] = {}
    incidents: dict[str, IncidentNow] = {}
    units: dict[str, UnitNow] = {}
    lent: dict[str, UnitLent] = {}
    borrowed: dict[str, UnitBorrowed] = {}
    recalled: frozenset[str] = frozenset()
    letters: frozenset[str] = frozenset()


def evolve(state: State, kept: Kept) -> State:
    """The state after one more kept fact."""
    return _units(_incidents(_appeals(_askings(state, kept.fact), kept.fact), kept.fact), kept.fact)


def theirs_of(state: State, unit: str, shift: str) -> Borrowed | None:
    """How the lender names a borrowed unit; None where it is none."""
    found = state.borrowed.get(f"{unit}@{shift}")
    return None if found is None else found.theirs


def _askings(state: State, fact: Fact) -> State:
    number = getattr(fact, "aid", "")
    now = state.askings.get(number)
    match fact:
        case AidAsked():
            now = AskingNow(aid=fact.aid, of=fact.of, incident=fact.incident)
        case AidEnded() if now is not None:
            now = msgspec.structs.replace(now, ended=True)
        case AidDeclined() if now is not None:
            now = msgspec.structs.replace(now, declined=True)
        case UnitBorrowed() if now is not None:
            now = msgspec.structs.replace(now, loans=(*now.loans, Out(unit=fact.unit, shift=fact.shift)))
        case UnitGivenBack() if now is not None:
            now = msgspec.structs.replace(now, loans=tuple(one for one in now.loans if (one.unit, one.shift) != (fact.unit, fact.shift)))
        case _:
            return state
    return msgspec.structs.replace(state, askings={**state.askings, number: now})


def _appeals(state: State, fact: Fact) -> State:
    number = getattr(fact, "appeal", "")
    now = state.appeals.get(number)
    match fact:
        case AppealHeard():
            now = AppealNow(appeal=fact.appeal, by_city=fact.by_city, aid=fact.aid, needs=fact.needs)
        case AppealEnded() if now is not None:
            now = msgspec.structs.replace(now, over="ended")
        case AppealDeclined() if now is not None:
            now = msgspec.structs.replace(now, over=now.over or "declined")
        case RecallAsked():
            return msgspec.structs.replace(state, recalled=state.recalled | {fact.loan})
        case LetterTaken():
            return msgspec.structs.replace(state, letters=state.letters | {fact.letter})
        case _:
            return state
    return msgspec.structs.replace(state, appeals={**state.appeals, number: now})


def _incidents(state: State, fact: Fact) -> State:
    number = getattr(fact, "incident", "")
    now = state.incidents.get(number)
    match fact:
        case IncidentOpened():
            now = IncidentNow(place=fact.place, kind=fact.kind, priority=fact.priority)
        case PriorityChanged() if now is not None:
            now = msgspec.structs.replace(now, priority=fact.priority)
        case KindChanged() if now is not None:
            now = msgspec.structs.replace(now, kind=fact.kind, priority=fact.priority)
        case IncidentClosed() if now is not None:
            now = msgspec.structs.replace(now, closed=True)
        case _:
            return state
    return msgspec.structs.replace(state, incidents={**state.incidents, number: now})


def _units(state: State, fact: Fact) -> State:
    unit, shift = getattr(fact, "unit", ""), getattr(fact, "shift", "")
    if not unit or not shift:
        return state
    key = f"{unit}@{shift}"
    state = msgspec.structs.replace(state, units=units_after(state.units, fact))
    match fact:
        case UnitLent():
            return msgspec.structs.replace(state, lent={**state.lent, key: fact})
        case UnitCameBack():
            return msgspec.structs.replace(state, lent={other: one for other, one in state.lent.items() if other != key})
        case UnitBorrowed():
            return msgspec.structs.replace(state, borrowed={**state.borrowed, key: fact})
        case UnitGivenBack():
            return msgspec.structs.replace(state, borrowed={other: one for other, one in state.borrowed.items() if other != key})
    return state
