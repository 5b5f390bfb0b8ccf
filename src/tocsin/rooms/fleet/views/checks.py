"""Posts and spot checks as rows and as a supervisor reads them: by unit on duty, never by person."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from tocsin.facts.calls import Place
from tocsin.facts.field import CheckAnswered, CheckCalled, CheckMissed, PostReported
from tocsin.facts.fleet import ShiftEnded
from tocsin.kernel import Instant, Kept, Picture, Row, Sight, View
from tocsin.rooms.fleet.commands import ReadChecks, Unanswered

_SECOND = 1_000_000
KEPT = 50
"""How many checks are held to be looked at; the ledger has all."""

Heard = Literal["open", "answered", "late", "missing", "off_duty"]


class PostRow(Row, frozen=True, kw_only=True, tag="post"):
    """Where a unit on duty last said that it stands or has passed, under its callsign."""

    shift: str
    post: str
    note: str
    place: Place | None
    at: int


class Posts(Picture):
    """The latest post of each unit on duty; gone with its shift."""

    name = "post"
    row_type = PostRow

    def fold(self, kept: Kept) -> tuple[str, ...]:
        match kept.fact:
            case PostReported() as fact:
                row = self.rows.get(fact.unit)
                if isinstance(row, PostRow) and row.shift == fact.shift and row.at > kept.entry.happened_at:
                    return ()  # a phone that was offline tells of an earlier hour
                self.rows[fact.unit] = PostRow(id=fact.unit, shift=fact.shift, post=fact.post, note=fact.note, place=fact.place, at=kept.entry.happened_at)
            case ShiftEnded() as fact if fact.unit in self.rows:
                del self.rows[fact.unit]
            case _:
                return ()
        return (fact.unit,)


class CheckedUnit(msgspec.Struct, frozen=True, kw_only=True):
    """What was heard of one unit: `open` while it has time, `missing` once that is over, `late` if it answers then."""

    unit: str
    shift: str
    heard: Heard = "open"
    took_s: int = -1
    place: Place | None = None


class CheckRow(Row, frozen=True, kw_only=True, tag="check"):
    """A spot check and how far it has come."""

    by: str
    words: str
    within_s: int
    called_at: int
    due_at: int
    units: tuple[CheckedUnit, ...]


class Checks(Picture):
    """The latest spot checks by number."""

    name = "check"
    row_type = CheckRow

    def fold(self, kept: Kept) -> tuple[str, ...]:
        match kept.fact:
            case CheckCalled() as fact:
                return self._called(fact, kept)
            case CheckAnswered() as fact:
                row = self.rows.get(fact.check)
                late = isinstance(row, CheckRow) and fact.took_s > row.within_s
                return self._heard(fact.check, fact.unit, fact.shift, heard="late" if late else "answered", took_s=fact.took_s, place=fact.place)
            case CheckMissed() as fact:
                return self._heard(fact.check, fact.unit, fact.shift, heard="missing")
            case ShiftEnded() as fact:
                waiting = [row.id for row in self.rows.values() if isinstance(row, CheckRow) and _waits(row, fact.unit, fact.shift)]
                return tuple(changed for check in waiting for changed in self._heard(check, fact.unit, fact.shift, heard="off_duty"))
        return ()

    def _called(self, fact: CheckCalled, kept: Kept) -> tuple[str, ...]:
        row, one = self.rows.get(fact.check), CheckedUnit(unit=fact.unit, shift=fact.shift)
        if isinstance(row, CheckRow):
            self.rows[fact.check] = msgspec.structs.replace(row, units=(*row.units, one))
            return (fact.check,)
        at = kept.entry.known_at
        self.rows[fact.check] = CheckRow(id=fact.check, by=kept.entry.by, words=fact.words, within_s=fact.within_s, called_at=at,
                                         due_at=at + fact.within_s * _SECOND, units=(one,))
        oldest = [check for check in self.rows if not _open(self.rows[check])][:max(0, len(self.rows) - KEPT)]
        for check in oldest:
            del self.rows[check]
        return (fact.check, *oldest)

    def _heard(self, check: str, unit: str, shift: str, *, heard: Heard, took_s: int = -1, place: Place | None = None) -> tuple[str, ...]:
        row = self.rows.get(check)
        if not isinstance(row, CheckRow):
            return ()
        self.rows[check] = msgspec.structs.replace(row, units=tuple(
            msgspec.structs.replace(one, heard=heard, took_s=took_s, place=place) if (one.unit, one.shift) == (unit, shift) else one for one in row.units))
        return (check,)


def _open(row: Row) -> bool:
    return isinstance(row, CheckRow) and any(one.heard == "open" for one in row.units)


def _waits(row: CheckRow, unit: str, shift: str) -> bool:
    return any((one.unit, one.shift, one.heard) == (unit, shift, "open") for one in row.units)


def unanswered(checks: Mapping[str, Row], now: Instant) -> tuple[Unanswered, ...]:
    """The units whose time to answer is over and that have not been noted as missing yet."""
    return tuple(Unanswered(unit=one.unit, shift=one.shift, check=row.id, due_at=row.due_at) for row in checks.values()
                 if isinstance(row, CheckRow) and row.due_at <= now for one in row.units if one.heard == "open")


def asked_of(checks: Mapping[str, Row], unit: str, shift: str) -> tuple[CheckRow, ...]:
    """The checks that a unit has not answered, missed ones too: a late answer is still one."""
    return tuple(msgspec.structs.replace(row, units=()) for row in checks.values() if isinstance(row, CheckRow)
                 and any((one.unit, one.shift) == (unit, shift) and one.heard in ("open", "missing") for one in row.units))


class CheckLine(View, frozen=True, kw_only=True):
    """A spot check with its units by what was heard of them."""

    check: str
    by: str
    words: str
    within_s: int
    called_at: Instant
    due_at: Instant
    answered: tuple[CheckedUnit, ...]
    late: tuple[CheckedUnit, ...]
    missing: tuple[str, ...]
    open: tuple[str, ...]
    off_duty: tuple[str, ...]


class ChecksView(View, frozen=True, kw_only=True):
    """The latest spot checks, the newest first."""

    checks: tuple[CheckLine, ...]


def read_checks(ask: ReadChecks, sight: Sight) -> ChecksView:
    """Every check that is held."""
    lines = []
    for row in reversed(list(sight.rows("check").values())):
        assert isinstance(row, CheckRow)
        by: dict[Heard, tuple[CheckedUnit, ...]] = {heard: tuple(one for one in row.units if one.heard == heard)
                                                    for heard in ("open", "answered", "late", "missing", "off_duty")}
        names: dict[Heard, tuple[str, ...]] = {heard: tuple(one.unit for one in units) for heard, units in by.items()}
        lines.append(CheckLine(check=row.id, by=row.by, words=row.words, within_s=row.within_s, called_at=row.called_at, due_at=row.due_at,
                               answered=by["answered"], late=by["late"], missing=names["missing"], open=names["open"], off_duty=names["off_duty"]))
    return ChecksView(checks=tuple(lines))
