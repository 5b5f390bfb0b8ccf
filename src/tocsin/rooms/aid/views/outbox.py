"""Letters that are due: each follows from a kept fact, and stands here until it is kept that the other city has taken it in."""

import msgspec

from tocsin.facts.aid import (
    AidAsked,
    AidEnded,
    AppealDeclined,
    Borrowed,
    LetterTaken,
    LoanTurnedAway,
    RecallAsked,
    UnitBorrowed,
    UnitGivenBack,
    UnitLent,
)
from tocsin.facts.dispatch import UnitAssigned, UnitStoodDown
from tocsin.facts.fleet import UnitStateChanged
from tocsin.kernel import Fact, Kept, Picture, Row
from tocsin.rooms.aid.commands import AnyLetter, Asked, Declined, Ended, Lent, Over, Recalled, Told, foreign

_MOST_REFUSED = 50


class LetterRow(Row, frozen=True, kw_only=True, tag="letter"):
    """A letter to a neighbour that is not known to have arrived. One with a `code` was refused for good and is not sent again."""

    to: str
    letter: AnyLetter
    since: int
    code: str = ""


class Letters(Picture):
    """The outbox, in the order in which things came to be so; each neighbour is sent its letters in that order, one at a time.

    Of what a borrowed unit does only the newest is worth telling. `memo` holds whose borrowed units are.
    """

    name = "letter"
    row_type = LetterRow

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact = kept.fact
        if isinstance(fact, LetterTaken):
            return self._taken(fact)
        if isinstance(fact, UnitBorrowed):
            self.memo[fact.shift] = [fact.lender, msgspec.to_builtins(fact.theirs)]
            return ()
        if isinstance(fact, UnitAssigned | UnitStoodDown | UnitStateChanged) and fact.shift in self.memo:
            return self._told(fact, kept)
        written = _written(fact)
        if written is None:
            return ()
        number, to, letter = written
        gone: tuple[str, ...] = ()
        if isinstance(fact, UnitGivenBack):
            self.memo.pop(fact.shift, None)
            gone = self._forget_told(fact.shift)
        self.rows[number] = LetterRow(id=number, to=to, letter=letter, since=kept.entry.known_at)
        return (*gone, number)

    def _told(self, fact: UnitAssigned | UnitStoodDown | UnitStateChanged, kept: Kept) -> tuple[str, ...]:
        state = fact.state if isinstance(fact, UnitStateChanged) else "assigned" if isinstance(fact, UnitAssigned) else "available"
        to, theirs = self.memo[fact.shift]
        gone = self._forget_told(fact.shift)
        number = f"told/{fact.shift}/{kept.position}"
        self.rows[number] = LetterRow(id=number, to=to, letter=Told(theirs=msgspec.convert(theirs, Borrowed), state=state), since=kept.entry.known_at)
        return (*gone, number)

    def _forget_told(self, loan: str) -> tuple[str, ...]:
        old = tuple(key for key in self.rows if key.startswith(f"told/{loan}/"))
        for key in old:
            del self.rows[key]
        return old

    def _taken(self, fact: LetterTaken) -> tuple[str, ...]:
        row = self.rows.pop(fact.letter, None)
        if not isinstance(row, LetterRow):
            return ()
        if not fact.code:
            return (fact.letter,)
        self.rows[fact.letter] = msgspec.structs.replace(row, code=fact.code)
        refused = [key for key, one in self.rows.items() if isinstance(one, LetterRow) and one.code]
        if len(refused) > _MOST_REFUSED:
            del self.rows[refused[0]]
            return (refused[0], fact.letter)
        return (fact.letter,)


def _written(fact: Fact) -> tuple[str, str, AnyLetter] | None:
    """The letter that a fact asks for: its number, to whom, and what it says."""
    match fact:
        case AidAsked():
            return f"asked/{fact.aid}", fact.of, Asked(aid=fact.aid, place=fact.place, kind=fact.kind, priority=fact.priority, needs=fact.needs, until=fact.until,
                                                       city=fact.city, closed=fact.closed)
        case AidEnded():
            return f"ended/{fact.aid}", fact.of, Ended(aid=fact.aid)
        case AppealDeclined():
            return f"declined/{fact.appeal}", fact.by_city, Declined(aid=_own(fact.appeal, fact.by_city), reason=fact.reason)
        case UnitLent():
            return f"lent/{fact.loan}", fact.to, Lent(
                aid=_own(fact.appeal, fact.to), theirs=Borrowed(loan=fact.loan, unit=fact.unit, shift=fact.shift), unit_kind=fact.unit_kind, skills=fact.skills,
                station=fact.station, home=fact.home, crew=fact.crew, eta_s=fact.eta_s)
        case RecallAsked():
            return f"recalled/{fact.loan}", fact.by_city, Recalled(
                aid=_own(fact.appeal, fact.by_city), theirs=Borrowed(loan=fact.loan, unit=fact.of_unit, shift=fact.of_shift))
        case UnitGivenBack():
            return f"over/{fact.shift}", fact.lender, Over(theirs=fact.theirs)
        case LoanTurnedAway():
            return f"over/{foreign(fact.of, fact.theirs.loan)}", fact.of, Over(theirs=fact.theirs, code=fact.code)
    return None


def _own(number: str, city: str) -> str:
    """The number as its own city gave it."""
    return number.removeprefix(f"{city}.")
