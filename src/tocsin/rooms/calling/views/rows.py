"""Callouts as rows: each begins with what somebody signed on is called for, and is gone when it is acknowledged or they are off duty."""

from typing import Any, Literal

import msgspec

from tocsin.facts.calling import Called, CallFailed, CalloutFact, Carried, GaveUp, callout
from tocsin.facts.dispatch import IncidentClosed, UnitAssigned, UnitStoodDown
from tocsin.facts.field import HelpCalled, HelpConfirmed, HelpEnded
from tocsin.facts.fleet import CrewSignedOff, CrewSignedOn, ShiftEnded, ShiftStarted, UnitStateChanged
from tocsin.facts.messages import MessageRead, MessageSent
from tocsin.facts.timers import AssignmentAcknowledged, MovementSeen
from tocsin.kernel import Fact, Kept, Picture, Row

MOST = 1_000
"""How many wait at once; what comes above it is given up at once and said so, so that nothing waits unseen."""


class CalloutRow(Row, frozen=True, kw_only=True, tag="callout"):
    """One person to be called for one thing, until it is acknowledged; with `over` it was given up, and stands there as a dead letter."""

    unit: str
    shift: str
    person: str
    about: str
    of: str
    because: int
    since: int
    stage: Literal["", "sending", "carried", "failed"] = ""
    means: str = ""
    number: int = 0
    times: int = 0
    """How often the present means was tried."""
    means_since: int = 0
    at: int = 0
    """When its stage began."""
    lasting: bool = False
    code: str = ""
    tried: tuple[str, ...] = ()
    over: bool = False


class Callouts(Picture):
    """Open callouts by name. `memo` holds each unit's shift, station, incident and who is signed on to it."""

    name = "callout"
    row_type = CalloutRow
    inner = True

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact, at = kept.fact, kept.entry.known_at
        if isinstance(fact, CalloutFact):
            return self._done(fact, at)
        gone = self._ended(fact)
        self._crewed(fact)
        if kept.entry.from_paper:  # it was over long before this house heard of it
            return gone
        return (*gone, *self._begun(kept))

    def _done(self, fact: CalloutFact, at: int) -> tuple[str, ...]:
        row = self.rows.get(fact.callout)
        if not isinstance(row, CalloutRow):
            return ()
        match fact:
            case Called():
                same = row.means == fact.means
                row = msgspec.structs.replace(row, stage="sending", means=fact.means, number=fact.number, times=row.times + 1 if same else 1, at=at, code="", lasting=False,
                                              means_since=row.means_since if same else at, tried=row.tried if same else (*row.tried, fact.means))
            case Carried() if fact.number == row.number:
                row = msgspec.structs.replace(row, stage="carried", at=at)
            case CallFailed() if fact.number == row.number:
                row = msgspec.structs.replace(row, stage="failed", at=at, code=fact.code, lasting=fact.lasting)
            case GaveUp():
                row = msgspec.structs.replace(row, over=True, code=fact.code, at=at)
        self.rows[fact.callout] = row
        return (fact.callout,)

    def _begun(self, kept: Kept) -> tuple[str, ...]:
        """Everybody who is signed on, at this moment, to the units that this is about."""
        fact, at = kept.fact, kept.entry.known_at
        match fact:
            case UnitAssigned():
                units, about, of = [fact.unit], "assigned", fact.incident
            case MessageSent() if fact.urgent:
                units, about, of = [one.removeprefix("unit:") for one in fact.recipients if one.startswith("unit:")], "message", fact.message
            case HelpCalled():
                units, about, of = self._near(fact.unit), "help", fact.unit
            case _:
                return ()
        made: list[str] = []
        waiting = sum(isinstance(row, CalloutRow) and not row.over for row in self.rows.values())
        for unit in units:
            for person in self.memo.get(unit, {}).get("seats", ()):
                name = callout(unit, person, kept.position)
                self.rows[name] = CalloutRow(id=name, unit=unit, shift=self.memo[unit]["shift"], person=person, about=about, of=of, because=kept.position, since=at,
                                             code="too_many" if waiting + len(made) >= MOST else "")
                made.append(name)
        return tuple(made)

    def _near(self, unit: str) -> list[str]:
        """The units that are on the same incident as this one, or of its station."""
        own = self.memo.get(unit, {})
        return [other for other, held in self.memo.items() if other != unit and own
                and (held["station"] == own["station"] or (own["incident"] and held["incident"] == own["incident"]))]

    def _crewed(self, fact: Fact) -> None:
        """Who is signed on to what, from the facts of shifts."""
        unit, shift = getattr(fact, "unit", ""), getattr(fact, "shift", "")
        if isinstance(fact, ShiftStarted):
            self.memo[unit] = {"shift": shift, "station": fact.station, "incident": "", "seats": []}
            return
        held: dict[str, Any] | None = self.memo.get(unit)
        if held is None or held["shift"] != shift:
            return
        match fact:
            case ShiftEnded():
                del self.memo[unit]
            case CrewSignedOn():
                held["seats"] = [*(one for one in held["seats"] if one != fact.person), fact.person]
            case CrewSignedOff():
                held["seats"] = [one for one in held["seats"] if one != fact.person]
            case UnitAssigned():
                held["incident"] = fact.incident
            case UnitStoodDown():
                held["incident"] = ""
            case UnitStateChanged() if fact.state in ("available", "out_of_service"):
                held["incident"] = ""

    def _ended(self, fact: Fact) -> tuple[str, ...]:
        gone = tuple(name for name, row in self.rows.items() if isinstance(row, CalloutRow) and _ends(row, fact)) if isinstance(fact, ENDING) else ()
        for name in gone:
            del self.rows[name]
        return gone


ENDING = (AssignmentAcknowledged, MovementSeen, UnitStateChanged, UnitStoodDown, UnitAssigned, IncidentClosed, MessageRead, MessageSent, HelpConfirmed, HelpEnded, CrewSignedOff,
           ShiftEnded)


def _ends(row: CalloutRow, fact: Fact) -> bool:
    """Whether what somebody is called for is answered, over, or no business of theirs any more."""
    own = getattr(fact, "unit", "") == row.unit and getattr(fact, "shift", "") == row.shift
    match fact:
        case CrewSignedOff():
            return own and row.person == fact.person
        case ShiftEnded():
            return own or (row.about == "help" and row.of == fact.unit)
        case AssignmentAcknowledged() | MovementSeen():
            return own and row.about == "assigned" and row.of == fact.incident
        case UnitStateChanged() | UnitStoodDown() | UnitAssigned():
            return own and row.about == "assigned"
        case IncidentClosed():
            return row.about == "assigned" and row.of == fact.incident
        case MessageRead():
            return row.about == "message" and row.of == fact.message and fact.recipient == f"unit:{row.unit}"
        case MessageSent():
            return row.about == "message" and row.of == fact.answers and fact.answered_as == f"unit:{row.unit}"
        case HelpConfirmed() | HelpEnded():
            return row.about == "help" and row.of == fact.unit
    return False
