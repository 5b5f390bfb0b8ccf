"""The board: open incidents and shut roads as rows, none of which carries a personal field."""

import msgspec

from tocsin.facts.calls import Place
from tocsin.facts.dispatch import (
    AlarmRaised,
    IncidentClosed,
    IncidentOpened,
    IncidentStacked,
    IncidentUnstacked,
    Need,
    NoteAdded,
    PriorityChanged,
    RoadClosed,
    RoadReopened,
    UnitAssigned,
    UnitStoodDown,
)
from tocsin.facts.fleet import ShiftEnded, ShiftStarted, UnitStateChanged
from tocsin.kernel import Kept, Picture, Row
from tocsin.rooms.dispatch.model.filling import left_open


class IncidentRow(Row, frozen=True, kw_only=True, tag="incident"):
    """An open incident on the board. It carries no personal field. A closed one leaves the board."""

    place: Place
    kind: str
    priority: int
    needs: tuple[Need, ...]
    unmet: tuple[Need, ...]
    units: tuple[str, ...]
    called_at: int
    opened_at: int
    first_sent_at: int = 0
    first_there_at: int = 0
    notes: int = 0
    area: str = ""
    alarm: int = 1
    stacked: tuple[str, ...] = ()
    """The busy units that it waits for."""


class ClosureRow(Row, frozen=True, kw_only=True, tag="closure"):
    """A stretch of road that is shut."""

    text: str
    segments: tuple[int, ...]
    shape: tuple[tuple[tuple[float, float], ...], ...]
    since: int


class Incidents(Picture):
    """Open incidents by number. `memo` holds the skills of units on duty, and of those done on an incident: by them the unmet needs are told."""

    name = "incident"
    row_type = IncidentRow

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact, at = kept.fact, kept.entry.happened_at
        match fact:
            case ShiftStarted():
                self.memo[fact.unit] = list(fact.skills)
                return ()
            case ShiftEnded():
                self.memo.pop(fact.unit, None)
                return self._waits_no_more(fact.unit)
            case IncidentOpened():
                self.rows[fact.incident] = IncidentRow(
                    id=fact.incident, place=fact.place, kind=fact.kind, priority=fact.priority, needs=fact.needs, unmet=fact.needs,
                    units=(), called_at=fact.called_at, opened_at=at, area=fact.area, alarm=fact.alarm)
                return (fact.incident,)
        number = getattr(fact, "incident", "")
        row = self.rows.get(number)
        if not isinstance(row, IncidentRow):
            return ()
        if isinstance(fact, IncidentClosed):
            del self.rows[number]
            self.memo.pop(f"done:{number}", None)
            return (number,)
        changed = self._changed(row, kept)
        if changed is row:
            return ()
        self.rows[number] = changed
        return (number,)

    def _changed(self, row: IncidentRow, kept: Kept) -> IncidentRow:
        fact, at = kept.fact, kept.entry.happened_at
        match fact:
            case UnitAssigned():
                row = msgspec.structs.replace(row, units=(*row.units, fact.unit), first_sent_at=row.first_sent_at or at,
                                              stacked=_without(row.stacked, fact.unit))
            case UnitStoodDown():
                row = msgspec.structs.replace(row, units=_without(row.units, fact.unit))
            case UnitStateChanged(state="available" | "out_of_service"):
                row = msgspec.structs.replace(row, units=_without(row.units, fact.unit))
                if fact.was not in ("assigned", "en_route"):  # its work is done: a need it has filled is not open again
                    self.memo.setdefault(f"done:{row.id}", []).append(self.memo.get(fact.unit, []))
            case UnitStateChanged(state="at_scene"):
                return msgspec.structs.replace(row, first_there_at=row.first_there_at or at)
            case PriorityChanged():
                row = msgspec.structs.replace(row, priority=fact.priority, needs=fact.needs)
            case AlarmRaised():
                row = msgspec.structs.replace(row, alarm=fact.alarm, needs=fact.needs)
            case IncidentStacked():
                return msgspec.structs.replace(row, stacked=(*_without(row.stacked, fact.unit), fact.unit))
            case IncidentUnstacked():
                return msgspec.structs.replace(row, stacked=_without(row.stacked, fact.unit))
            case NoteAdded():
                return msgspec.structs.replace(row, notes=row.notes + 1)
            case _:
                return row
        skills = [self.memo.get(unit, ()) for unit in row.units] + self.memo.get(f"done:{row.id}", [])
        return msgspec.structs.replace(row, unmet=left_open(row.needs, [tuple(own) for own in skills]))

    def _waits_no_more(self, unit: str) -> tuple[str, ...]:
        """A unit that went off duty will not come: what was stacked behind it waits for it no longer."""
        changed = [row for row in self.rows.values() if isinstance(row, IncidentRow) and unit in row.stacked]
        for row in changed:
            self.rows[row.id] = msgspec.structs.replace(row, stacked=_without(row.stacked, unit))
        return tuple(row.id for row in changed)


def _without(units: tuple[str, ...], gone: str) -> tuple[str, ...]:
    return tuple(unit for unit in units if unit != gone)


class Closures(Picture):
    """Roads shut at present, by closure number."""

    name = "closure"
    row_type = ClosureRow

    def fold(self, kept: Kept) -> tuple[str, ...]:
        match kept.fact:
            case RoadClosed() as fact:
                self.rows[fact.closure] = ClosureRow(id=fact.closure, text=fact.text, segments=fact.segments, shape=fact.shape,
                                                     since=kept.entry.happened_at)
                return (fact.closure,)
            case RoadReopened() as fact if self.rows.pop(fact.closure, None) is not None:
                return (fact.closure,)
        return ()
