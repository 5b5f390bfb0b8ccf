"""What follows from a neighbour's letter. A letter says what is so over there; it is refused only where it makes no sense here."""

from tocsin.facts.aid import (
    AidDeclined,
    AppealEnded,
    AppealHeard,
    LoanTurnedAway,
    RecallHeard,
    StateHeard,
    UnitBorrowed,
    UnitCameBack,
)
from tocsin.kernel import Fact, Refused
from tocsin.rooms.aid.commands import Asked, Declined, Ended, Heard, Lent, Over, Recalled, Told, foreign
from tocsin.rooms.aid.model.state import AskingNow, State


def heard(state: State, command: Heard) -> tuple[Fact, ...]:
    """The facts that a letter leaves here; none where all that it says is known."""
    letter, city = command.letter, command.by_city
    match letter:
        case Asked():
            appeal = foreign(city, letter.aid)
            return () if appeal in state.appeals else (AppealHeard(
                appeal=appeal, by_city=city, aid=letter.aid, place=letter.place, kind=letter.kind, priority=letter.priority, needs=letter.needs, until=letter.until,
                city=letter.city, closed=letter.closed),)
        case Ended():
            now = state.appeals.get(foreign(city, letter.aid))
            if now is None:
                raise _unknown(letter.aid)
            return () if now.over == "ended" else (AppealEnded(appeal=now.appeal, by_city=city),)
        case Declined():
            asking = _asking(state, city, letter.aid)
            return (AidDeclined(aid=asking.aid, of=city, incident=asking.incident, reason=letter.reason),)
        case Lent():
            return _lent(state, command, letter)
        case Recalled():
            asking = _asking(state, city, letter.aid)
            unit, shift = foreign(city, letter.theirs.unit), foreign(city, letter.theirs.loan)
            if f"{unit}@{shift}" not in state.borrowed:
                return ()  # it is on its way home already
            return (RecallHeard(aid=asking.aid, of=city, incident=asking.incident, unit=unit, shift=shift),)
        case Over() | Told():
            return _of_ours(state, city, letter)


def _lent(state: State, command: Heard, letter: Lent) -> tuple[Fact, ...]:
    """A unit comes on duty here, or is turned away at once: a loan is never left hanging between two cities."""
    city = command.by_city
    asking = _asking(state, city, letter.aid)
    unit, shift = foreign(city, letter.theirs.unit), foreign(city, letter.theirs.loan)
    code = "aid_over" if asking.ended else "unit_on_duty" if any(now.unit == unit for now in state.units.values()) else ""
    if code:
        return (LoanTurnedAway(aid=asking.aid, of=city, incident=asking.incident, theirs=letter.theirs, code=code),)
    return (UnitBorrowed(unit=unit, shift=shift, unit_kind=letter.unit_kind, skills=letter.skills, station=letter.station, home=letter.home, crew=letter.crew,
                         month=command.months[0], lender=city, aid=asking.aid, incident=asking.incident, theirs=letter.theirs, eta_s=letter.eta_s),)


def _of_ours(state: State, city: str, letter: Over | Told) -> tuple[Fact, ...]:
    """What another city says of a unit that it has from us."""
    theirs = letter.theirs
    lent = state.lent.get(f"{theirs.unit}@{theirs.shift}")
    if lent is None or (lent.loan, lent.to) != (theirs.loan, city):
        raise Refused("loan_unknown", f"{theirs.unit} is not lent to {city} under {theirs.loan}", f"{theirs.unit} 未以 {theirs.loan} 借给 {city}", field="letter", status=404)
    if isinstance(letter, Told):
        return (StateHeard(appeal=lent.appeal, by_city=city, loan=lent.loan, state=letter.state),)
    now = state.units[f"{theirs.unit}@{theirs.shift}"]
    return (UnitCameBack(unit=lent.unit, shift=lent.shift, state="available", was="lent", loan=lent.loan, appeal=lent.appeal, to=city, code=letter.code,
                         next=now.stacked[0] if now.stacked else ""),)


def _asking(state: State, city: str, number: str) -> AskingNow:
    found = state.askings.get(number)
    if found is None or found.of != city:
        raise _unknown(number)
    return found


def _unknown(number: str) -> Refused:
    return Refused("aid_unknown", f"no help was asked under {number}", f"没有编号为 {number} 的增援请求", field="letter", status=404)
