"""What the fleet's room knows when it decides: units and who is on them, as the touched histories leave them."""

import msgspec

from tocsin.facts.dispatch import UnitAssigned, UnitStoodDown
from tocsin.facts.field import CheckAnswered, CheckCalled, CheckMissed, HelpCalled, HelpConfirmed, HelpEnded, HelpEscalated
from tocsin.facts.fleet import (
    CrewSignedOff,
    CrewSignedOn,
    ShiftEnded,
    ShiftStarted,
    UnitNow,
    UnitStateChanged,
    crewed_by_others,
    units_after,
)
from tocsin.kernel import Fact, Kept, Refused


class HelpNow(msgspec.Struct, frozen=True):
    """A call for help that is open."""

    confirmed: bool = False
    raised: bool = False


class CheckNow(msgspec.Struct, frozen=True):
    """A spot check of one unit: since when it is asked, and what was heard."""

    called_at: int
    answered: bool = False
    missed: bool = False


class State(msgspec.Struct, frozen=True):
    """What the touched histories say: units by `unit@shift`, and which shifts were ever started."""

    units: dict[str, UnitNow] = {}
    started: frozenset[str] = frozenset()
    sent_at: dict[str, int] = {}
    """Unit at shift -> when it last did something on the incident it is on; forms from paper may not go behind that."""
    spans: dict[str, tuple[tuple[int, int], ...]] = {}
    """Unit at shift -> the times it was on earlier incidents."""
    aboard: dict[str, str] = {}
    """Person -> the `unit@shift` that they are signed on to."""
    help: dict[str, HelpNow] = {}
    """Unit at shift -> its open call for help."""
    checks: dict[str, CheckNow] = {}
    """`unit@shift/check` -> the spot checks of its shift."""


def evolve(state: State, kept: Kept) -> State:
    """The state after one more kept fact."""
    fact = kept.fact
    unit, shift = getattr(fact, "unit", ""), getattr(fact, "shift", "")
    if not unit or not shift:
        return state
    key = f"{unit}@{shift}"
    units = units_after(state.units, fact)
    started = state.started | {key} if isinstance(fact, ShiftStarted) else state.started
    return _times_after(msgspec.structs.replace(state, units=units, started=started, aboard=_aboard_after(state.aboard, key, fact),
                                                help=_help_after(state.help, key, fact), checks=_checks_after(state.checks, f"{key}/", kept)), key, kept)


def _aboard_after(aboard: dict[str, str], key: str, fact: Fact) -> dict[str, str]:
    if isinstance(fact, CrewSignedOn):
        return aboard | {fact.person: key}
    if isinstance(fact, CrewSignedOff) and aboard.get(fact.person) == key:
        return {person: unit for person, unit in aboard.items() if person != fact.person}
    return aboard


def _help_after(calls: dict[str, HelpNow], key: str, fact: Fact) -> dict[str, HelpNow]:
    match fact:
        case HelpCalled():
            return calls | {key: HelpNow()}
        case HelpConfirmed() if key in calls:
            return calls | {key: msgspec.structs.replace(calls[key], confirmed=True)}
        case HelpEscalated() if key in calls:
            return calls | {key: msgspec.structs.replace(calls[key], raised=True)}
        case HelpEnded() | ShiftEnded():
            return {other: now for other, now in calls.items() if other != key}
    return calls


def _checks_after(checks: dict[str, CheckNow], shift: str, kept: Kept) -> dict[str, CheckNow]:
    match kept.fact:
        case CheckCalled() as fact:
            return checks | {shift + fact.check: CheckNow(kept.entry.known_at)}
        case CheckAnswered() as fact if shift + fact.check in checks:
            return checks | {shift + fact.check: msgspec.structs.replace(checks[shift + fact.check], answered=True)}
        case CheckMissed() as fact if shift + fact.check in checks:
            return checks | {shift + fact.check: msgspec.structs.replace(checks[shift + fact.check], missed=True)}
    return checks


def on_duty(state: State, unit: str, shift: str) -> UnitNow:
    """The unit on this shift; refused where it is not on duty."""
    now = state.units.get(f"{unit}@{shift}")
    if now is None:
        raise Refused("unit_not_on_shift", f"{unit} is not on duty on shift {shift}", f"{unit} 不在班次 {shift} 上", field="shift", status=404)
    return now


def ours_now(unit: UnitNow) -> None:
    """A unit that is lent is another city's to speak of until it is given back."""
    if unit.state == "lent":
        raise Refused("unit_lent", f"{unit.unit} is lent to a neighbouring city: it is ours again when that gives it back",
                      f"{unit.unit} 已借给相邻城市，归还后方可操作", field="unit")


def theirs_to_say(unit: UnitNow, by: str, any_unit: bool) -> None:
    """Once somebody has signed on to a unit, a responder who has not does not speak for its crew."""
    if not any_unit and crewed_by_others(unit, by):
        raise Refused("not_your_unit", f"{unit.unit} has its crew signed on, and you are not on it: sign on to it first",
                      f"{unit.unit} 已有人员签到，您不在其中：请先签到", field="unit", status=403)


def _times_after(state: State, key: str, kept: Kept) -> State:
    fact, at = kept.fact, kept.entry.happened_at
    if isinstance(fact, UnitAssigned):
        return msgspec.structs.replace(state, sent_at=state.sent_at | {key: at}, spans=state.spans | {key: (*state.spans.get(key, ()), (at, 0))})
    spans = state.spans.get(key, ())
    if not spans or spans[-1][1]:
        return state
    if isinstance(fact, UnitStoodDown) or (isinstance(fact, UnitStateChanged) and fact.state in ("available", "out_of_service")):
        return msgspec.structs.replace(state, spans=state.spans | {key: (*spans[:-1], (spans[-1][0], at))})
    return msgspec.structs.replace(state, sent_at=state.sent_at | {key: max(at, state.sent_at.get(key, 0))})
