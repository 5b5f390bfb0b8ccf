"""The board: open incidents and shut roads as rows, none of which carries a personal field."""

import msgspec

from tocsin.facts.calls import Place
from tocsin.facts.dispatch import (
    IncidentClosed,
    IncidentOpened,
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
    paper: bool = False
    """Whether any of it was done on paper and entered afterwards, with its true times."""


class ClosureRow(Row, frozen=True, kw_only=True, tag="closure"):
    """A stretch of road that is shut."""

    text: str
    segments: tuple[int, ...]
    shape: tuple[tuple[tuple[float, float], ...], ...]
    since: int


def unmet(needs: tuple[Need, ...], skills: list[tuple[str, ...]]) -> tuple[Need, ...]:
    """What of the needs these units leave open: each unit fills one slot, the one that fewest of the others could fill."""
    open_slots = [need.skill for need in needs for _ in range(need.count)]
    for own in sorted(skills, key=len):
        fits = [slot for slot in open_slots if slot in own]
        if fits:
            open_slots.remove(min(fits, key=lambda slot: sum(slot in other for other in skills)))
    return tuple(Need(skill=skill, count=open_slots.count(skill)) for skill in dict.fromkeys(open_slots))


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
                return ()
            case IncidentOpened():
                self.rows[fact.incident] = IncidentRow(
                    id=fact.incident, place=fact.place, kind=fact.kind, priority=fact.priority, needs=fact.needs, unmet=fact.needs,
                    units=(), called_at=fact.called_at, opened_at=at, paper=kept.entry.from_paper)
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
        if kept.entry.from_paper and not changed.paper:
            changed = msgspec.structs.replace(changed, paper=True)
        if changed is row:
            return ()
        self.rows[number] = changed
        return (number,)

    def _changed(self, row: IncidentRow, kept: Kept) -> IncidentRow:
        fact, at = kept.fact, kept.entry.happened_at
        match fact:
            case UnitAssigned():
                row = msgspec.structs.replace(row, units=(*row.units, fact.unit), first_sent_at=row.first_sent_at or at)
            case UnitStoodDown():
                row = msgspec.structs.replace(row, units=tuple(unit for unit in row.units if unit != fact.unit))
            case UnitStateChanged(state="available" | "out_of_service"):
                row = msgspec.structs.replace(row, units=tuple(unit for unit in row.units if unit != fact.unit))
                if fact.was not in ("assigned", "en_route"):  # its work is done: a need it has filled is not open again
                    self.memo.setdefault(f"done:{row.id}", []).append(self.memo.get(fact.unit, []))
            case UnitStateChanged(state="at_scene"):
                return msgspec.structs.replace(row, first_there_at=row.first_there_at or at)
            case PriorityChanged():
                row = msgspec.structs.replace(row, priority=fact.priority, needs=fact.needs)
            case NoteAdded():
                return msgspec.structs.replace(row, notes=row.notes + 1)
            case _:
                return row
        skills = [self.memo.get(unit, ()) for unit in row.units] + self.memo.get(f"done:{row.id}", [])
        return msgspec.structs.replace(row, unmet=unmet(row.needs, [tuple(own) for own in skills]))


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
