"""The board: open incidents and shut roads as rows, none of which carries a personal field."""

from collections.abc import Callable

import msgspec

from tocsin.facts.calls import Place
from tocsin.facts.dispatch import (
    AlarmRaised,
    DifferenceLookedAt,
    DifferenceTold,
    FileAttached,
    IncidentClosed,
    IncidentJoined,
    IncidentOpened,
    IncidentSeparated,
    IncidentsLinked,
    IncidentStacked,
    IncidentsUnlinked,
    IncidentUnstacked,
    KindChanged,
    Need,
    NoteAdded,
    PriorityChanged,
    RoadClosed,
    RoadReopened,
    UnitAssigned,
    UnitsAlerted,
    UnitStoodDown,
)
from tocsin.facts.fleet import ShiftEnded, ShiftStarted, UnitStateChanged
from tocsin.kernel import Fact, Kept, Picture, Row
from tocsin.rooms.dispatch.model.filling import left_open


class JoinedCall(msgspec.Struct, frozen=True, kw_only=True):
    """An incident that was joined into another: what it was called for and where, so that a different emergency stays in sight.

    `differs` names what it tells of that the main one does not, until somebody has looked.
    """

    incident: str
    kind: str
    priority: int
    place: Place
    called_at: int
    notes: int = 0
    differs: tuple[str, ...] = ()


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
    files: int = 0
    paper: bool = False
    """Whether any of it was done on paper and entered afterwards, with its true times."""
    calls: int = 1
    """How many calls are about it: its own and those joined."""
    joined: tuple[JoinedCall, ...] = ()
    linked: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()
    """What a later note on it tells of that it was not opened for, until somebody has looked; only where calls were joined."""
    alerted: tuple[str, ...] = ()
    """Units that were warned before the questions ended and are not sent yet; they are available all the same."""


class ClosureRow(Row, frozen=True, kw_only=True, tag="closure"):
    """A stretch of road that is shut."""

    text: str
    segments: tuple[int, ...]
    shape: tuple[tuple[tuple[float, float], ...], ...]
    since: int


class Incidents(Picture):
    """Open incidents by number. `memo` holds the skills of units on duty, and of those done on an incident: by them the unmet needs
    are told; and each joined incident's row as it stood."""

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
                    units=(), called_at=fact.called_at, opened_at=at, area=fact.area, alarm=fact.alarm, paper=kept.entry.from_paper)
                return (fact.incident,)
        paired = self._paired(fact)
        if paired is not None:
            return paired
        number = getattr(fact, "incident", "")
        row = self.rows.get(number)
        if not isinstance(row, IncidentRow):
            if isinstance(fact, IncidentClosed):
                self.memo.pop(f"joined:{number}", None)
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

    def _paired(self, fact: Fact) -> tuple[str, ...] | None:
        """What a fact about two incidents changes; None where it is about one alone.

        A joined incident leaves the board and is kept as it stood, so that it comes back with all it had; what concerns it
        meanwhile is told on the row of the one it was joined into.
        """
        match fact:
            case IncidentJoined():
                row, main = self.rows.pop(fact.incident, None), self.rows.get(fact.into)
                if not isinstance(row, IncidentRow) or not isinstance(main, IncidentRow):
                    return ()
                self.memo[f"joined:{fact.incident}"] = {"into": fact.into, "row": msgspec.to_builtins(row)}
                call = JoinedCall(incident=row.id, kind=row.kind, priority=row.priority, place=row.place, called_at=row.called_at,
                                  notes=row.notes, differs=fact.differs)
                self.rows[fact.into] = msgspec.structs.replace(main, joined=(*main.joined, call), calls=main.calls + 1, files=main.files + row.files)
                return fact.incident, fact.into
            case IncidentSeparated():
                held = self.memo.pop(f"joined:{fact.incident}", None)
                if held is not None:
                    row = self.rows[fact.incident] = msgspec.convert(held["row"], IncidentRow)
                    self._on_main(fact.out_of, lambda main: msgspec.structs.replace(
                        main, calls=main.calls - 1, files=main.files - row.files, joined=tuple(one for one in main.joined if one.incident != fact.incident),
                        differs=main.differs if main.calls > 2 else ()))
                return fact.incident, fact.out_of
            case IncidentsLinked() | IncidentsUnlinked():
                for one, other in ((fact.incident, fact.to), (fact.to, fact.incident)):
                    self._link(one, other, isinstance(fact, IncidentsLinked))
                return fact.incident, fact.to
            case DifferenceLookedAt() if fact.joined == fact.incident:
                self._on_main(fact.incident, lambda main: msgspec.structs.replace(main, differs=()))
                return (fact.incident,)
            case DifferenceLookedAt():
                self._on_call(fact.incident, fact.joined, lambda call: msgspec.structs.replace(call, differs=()))
                return (fact.incident,)
            case DifferenceTold():
                self._on_call(fact.into, fact.incident, lambda call: msgspec.structs.replace(call, differs=tuple(dict.fromkeys((*call.differs, *fact.differs)))))
                return (fact.into,)
            case KindChanged() | PriorityChanged() if f"joined:{fact.incident}" in self.memo:
                held = self.memo[f"joined:{fact.incident}"]
                own = msgspec.convert(held["row"], IncidentRow)
                kind = fact.kind if isinstance(fact, KindChanged) else own.kind
                held["row"] = msgspec.to_builtins(self._left_open(msgspec.structs.replace(own, kind=kind, priority=fact.priority, needs=fact.needs)))
                self._on_call(held["into"], fact.incident, lambda call: msgspec.structs.replace(call, kind=kind, priority=fact.priority))
                return (held["into"],)
            case FileAttached() if f"joined:{fact.incident}" in self.memo:
                held = self.memo[f"joined:{fact.incident}"]
                held["row"]["files"] = held["row"].get("files", 0) + 1
                self._on_main(held["into"], lambda main: msgspec.structs.replace(main, files=main.files + 1))
                return (held["into"],)
            case NoteAdded() if fact.into and f"joined:{fact.incident}" in self.memo:  # it may have ended since
                held = self.memo[f"joined:{fact.incident}"]
                held["row"]["notes"] = held["row"].get("notes", 0) + 1
                self._on_call(fact.into, fact.incident, lambda call: msgspec.structs.replace(
                    call, notes=call.notes + 1, differs=tuple(dict.fromkeys((*call.differs, *fact.differs)))))
                return (fact.into,)
        return None

    def _on_main(self, number: str, change: Callable[[IncidentRow], IncidentRow]) -> None:
        row = self.rows.get(number)
        if isinstance(row, IncidentRow):
            self.rows[number] = change(row)

    def _on_call(self, number: str, joined: str, change: Callable[[JoinedCall], JoinedCall]) -> None:
        self._on_main(number, lambda main: msgspec.structs.replace(
            main, joined=tuple(change(call) if call.incident == joined else call for call in main.joined)))

    def _link(self, number: str, other: str, linked: bool) -> None:
        def change(row: IncidentRow) -> IncidentRow:
            rest = tuple(one for one in row.linked if one != other)
            return msgspec.structs.replace(row, linked=(*rest, other) if linked else rest)

        self._on_main(number, change)
        held = self.memo.get(f"joined:{number}")
        if held is not None:
            held["row"] = msgspec.to_builtins(change(msgspec.convert(held["row"], IncidentRow)))

    def _changed(self, row: IncidentRow, kept: Kept) -> IncidentRow:
        fact, at = kept.fact, kept.entry.happened_at
        match fact:
            case UnitAssigned():
                row = msgspec.structs.replace(row, units=(*row.units, fact.unit), first_sent_at=row.first_sent_at or at,
                                              stacked=_without(row.stacked, fact.unit), alerted=_without(row.alerted, fact.unit))
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
            case KindChanged():
                row = msgspec.structs.replace(row, kind=fact.kind, priority=fact.priority, needs=fact.needs)
            case UnitsAlerted():
                return msgspec.structs.replace(row, alerted=fact.units)
            case NoteAdded():
                return msgspec.structs.replace(row, notes=row.notes + 1, differs=tuple(dict.fromkeys((*row.differs, *fact.differs))))
            case FileAttached():
                return msgspec.structs.replace(row, files=row.files + 1)
            case _:
                return row
        return self._left_open(row)

    def _left_open(self, row: IncidentRow) -> IncidentRow:
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
