"""Help that is asked for and given, as rows: ours and the neighbours', and each unit that is lent or borrowed, with what it does."""

from typing import Literal

import msgspec

from tocsin.facts.aid import (
    AidAsked,
    AidDeclined,
    AidEnded,
    AidFact,
    AppealDeclined,
    AppealEnded,
    AppealFact,
    AppealHeard,
    RecallAsked,
    RecallHeard,
    StateHeard,
    UnitBorrowed,
    UnitCameBack,
    UnitGivenBack,
    UnitLent,
)
from tocsin.facts.calls import Place
from tocsin.facts.dispatch import IncidentClosed, Need, UnitAssigned, UnitStoodDown
from tocsin.facts.fleet import UnitStateChanged
from tocsin.kernel import Fact, Kept, Picture, Row

Standing = Literal["open", "declined", "ended"]


class AidRow(Row, frozen=True, kw_only=True, tag="aid"):
    """An asking of ours (`ours`), or what a neighbour asks of us. It leaves when it is over and no unit is out for it."""

    ours: bool
    city: str
    incident: str
    """Ours, that it is for; empty where a neighbour asks."""
    place: Place
    kind: str
    priority: int
    needs: tuple[Need, ...]
    since: int
    until: int
    state: Standing = "open"
    reason: str = ""
    loans: tuple[str, ...] = ()
    incident_closed: bool = False


class LoanRow(Row, frozen=True, kw_only=True, tag="loan"):
    """A unit of ours that is lent, or a neighbour's that is borrowed, by the loan's number; `state` is what it does where it works."""

    borrowed: bool
    city: str
    unit: str
    shift: str
    aid: str
    incident: str
    state: str
    since: int
    eta_s: int
    recalled: bool = False


class Aids(Picture):
    """Help asked for, both ways."""

    name = "aid"
    row_type = AidRow

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact, at = kept.fact, kept.entry.happened_at
        match fact:
            case AidAsked():
                self.rows[fact.aid] = AidRow(id=fact.aid, ours=True, city=fact.of, incident=fact.incident, place=fact.place, kind=fact.kind,
                                             priority=fact.priority, needs=fact.needs, since=at, until=fact.until)
                return (fact.aid,)
            case AppealHeard():
                self.rows[fact.appeal] = AidRow(id=fact.appeal, ours=False, city=fact.by_city, incident="", place=fact.place, kind=fact.kind,
                                                 priority=fact.priority, needs=fact.needs, since=at, until=fact.until)
                return (fact.appeal,)
            case IncidentClosed():
                over = [row for row in self.rows.values() if isinstance(row, AidRow) and row.incident == fact.incident]
                return tuple(key for row in over for key in self._now(msgspec.structs.replace(row, incident_closed=True)))
        row = self.rows.get(_number(fact))
        return self._now(_aid_after(row, fact)) if isinstance(row, AidRow) else ()

    def _now(self, row: AidRow) -> tuple[str, ...]:
        if row == self.rows.get(row.id):
            return ()
        # One of ours that was declined stays until it is ended: whoever asked has to see it.
        if not row.loans and (row.state == "ended" or (row.state == "declined" and not row.ours)):
            del self.rows[row.id]
        else:
            self.rows[row.id] = row
        return (row.id,)


def _number(fact: Fact) -> str:
    match fact:
        case AidFact() | UnitBorrowed() | UnitGivenBack():
            return fact.aid
        case AppealFact() | UnitLent() | UnitCameBack():
            return fact.appeal
    return ""


def _aid_after(row: AidRow, fact: Fact) -> AidRow:
    match fact:
        case AidDeclined() | AppealDeclined():
            return msgspec.structs.replace(row, state=row.state if row.state == "ended" else "declined", reason=fact.reason)
        case AidEnded() | AppealEnded():
            return msgspec.structs.replace(row, state="ended")
        case UnitBorrowed():
            return msgspec.structs.replace(row, loans=(*row.loans, fact.shift))
        case UnitLent():
            return msgspec.structs.replace(row, loans=(*row.loans, fact.loan))
        case UnitGivenBack():
            return msgspec.structs.replace(row, loans=tuple(one for one in row.loans if one != fact.shift))
        case UnitCameBack():
            return msgspec.structs.replace(row, loans=tuple(one for one in row.loans if one != fact.loan))
    return row


class Loans(Picture):
    """Units lent and borrowed. A borrowed unit's shift here is the loan's number with its city's name before it."""

    name = "loan"
    row_type = LoanRow

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact, at = kept.fact, kept.entry.happened_at
        match fact:
            case UnitLent():
                self.rows[fact.loan] = LoanRow(id=fact.loan, borrowed=False, city=fact.to, unit=fact.unit, shift=fact.shift, aid=fact.appeal, incident="",
                                               state="lent", since=at, eta_s=fact.eta_s)
                return (fact.loan,)
            case UnitBorrowed():
                self.rows[fact.shift] = LoanRow(id=fact.shift, borrowed=True, city=fact.lender, unit=fact.unit, shift=fact.shift, aid=fact.aid,
                                                incident=fact.incident, state="available", since=at, eta_s=fact.eta_s)
                return (fact.shift,)
            case UnitCameBack():
                return self._without(fact.loan)
            case UnitGivenBack():
                return self._without(fact.shift)
            case StateHeard():
                return self._changed(fact.loan, state=fact.state, since=at)
            case RecallAsked():
                return self._changed(fact.loan, recalled=True)
            case RecallHeard():
                return self._changed(fact.shift, recalled=True)
            case UnitAssigned():
                return self._changed(fact.shift, state="assigned", since=at)
            case UnitStoodDown():
                return self._changed(fact.shift, state="available", since=at)
            case UnitStateChanged():
                return self._changed(fact.shift, state=fact.state, since=at)
        return ()

    def _without(self, loan: str) -> tuple[str, ...]:
        return (loan,) if self.rows.pop(loan, None) is not None else ()

    def _changed(self, loan: str, **fields: object) -> tuple[str, ...]:
        row = self.rows.get(loan)
        if not isinstance(row, LoanRow):
            return ()
        self.rows[loan] = msgspec.structs.replace(row, **fields)
        return (loan,)
