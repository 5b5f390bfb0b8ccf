"""The trail: where units are and were. High-rate, thinned after a day, gone after a while; never in the ledger."""

import logging
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import apsw
import msgspec
import numpy as np

from tocsin.kernel import Clock, Instant, from_instant
from tocsin.trail.day import DAY_US, Day, last_of_day, read_day
from tocsin.trail.fix import AHEAD_US, Fix, Latest, Verdict, fault_of
from tocsin.trail.latest import MAX_UNITS, Board
from tocsin.trail.points import Points, pack, unpack

MAX_PENDING = 200_000
MAX_OPEN = 3
MAX_HISTORY = 20_000
FLUSH_S = 0.8
SNAPSHOT_US = 10_000_000
THIN_US = 10_000_000
THIN_AT_ONCE = 200
_HEAL_FLUSHES = 15
_LOG = logging.getLogger("tocsin.trail")

Held = Literal["whole", "thinned", "expired"]
"""How much of a past day's positions is still there: each one, one in ten seconds, none."""


class Trail:
    """Takes fixes in, keeps the newest of each unit at hand and all of them on the disk, from its own thread."""

    def __init__(self, folder: Path, clock: Clock, keep_days: int) -> None:
        assert keep_days >= 2, "a trail is thinned after a day, so it is kept for two at least"
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._clock, self._keep_us = folder, clock, keep_days * DAY_US
        self.counts: Counter[str] = Counter()
        """How many fixes had each verdict, and under `history-lost` how many the disk had no room for."""
        self._lock = threading.Lock()
        self._pending: list[Fix] = []
        self._in_flight: list[Fix] = []
        self._days: dict[int, Day] = {}
        self._thinned: set[int] = set()
        self._snapshot_at = 0
        self._board = _board(folder / "latest")
        self._heal()
        self._stop = threading.Event()
        self._writing = threading.Lock()
        self._write_board()
        self._thread = threading.Thread(target=self._run, name="tocsin-trail", daemon=True)
        self._thread.start()

    @classmethod
    def open(cls, folder: Path, clock: Clock, *, keep_days: int = 30) -> Self:
        """Open or begin the trail in its folder; days beyond `keep_days` are deleted."""
        return cls(folder, clock, keep_days)

    def report(self, fixes: Iterable[Fix]) -> list[Verdict]:
        """Take fixes in, in any order; one verdict each. A late one goes to its place in history and moves nobody."""
        now = self._clock.now()
        verdicts: list[Verdict] = []
        with self._lock:
            for fix in fixes:
                verdicts.append(fault_of(fix, now, self._keep_us) or self._take(fix))
            self.counts.update(verdicts)
        return verdicts

    def since(self, seq: int) -> list[Latest]:
        """What changed after a number, for the live stream; 0 gives everything. A unit off duty has no fix."""
        with self._lock:
            return self._board.since(seq)

    def head(self) -> int:
        """The number of the newest change; `since` it there is nothing yet."""
        with self._lock:
            return self._board.seq

    def latest(self, unit: str) -> Fix | None:
        """The newest position of a unit; None when it has none or its shift ended."""
        with self._lock:
            row = self._board.rows.get(unit)
        return None if row is None else row.fix

    def end_shift(self, unit: str) -> None:
        """Take the unit off the map. Fixes of before now then only fill its history; one of later puts it back."""
        with self._lock:
            row = self._board.rows.get(unit)
            if row is not None and row.fix is not None:
                self._board.put(unit, None, self._clock.now())
                self._snapshot_at = 0

    def history(self, unit: str, since: Instant, until: Instant, limit: int = MAX_HISTORY) -> list[Fix]:
        """The unit's fixes with `since` <= device time < `until`, oldest first, at most `limit` of them."""
        with self._lock:
            waiting = [fix for fix in (*self._in_flight, *self._pending)
                       if fix.unit == unit and since <= fix.device_at < until]
        found: dict[Instant, Fix] = {}
        for number, path in self._files():
            if (number + 1) * DAY_US > since and number * DAY_US < until and len(found) < limit:
                found |= {fix.device_at: fix for fix in unpack(unit, read_day(path, unit, since, until)[:limit])}
        for fix in unpack(unit, pack(waiting, [0] * len(waiting))):
            found.setdefault(fix.device_at, fix)
        return [found[at] for at in sorted(found)][:min(limit, MAX_HISTORY)]

    def at(self, at: Instant, wanted: Mapping[str, Instant]) -> tuple[dict[str, Fix], Held]:
        """Where units were as far as was heard by `at`: of each the newest fix by its device's time that is later than the instant given
        for it (the end of its last shift); and how much of that day is still held."""
        with self._lock:
            waiting = [fix for fix in (*self._in_flight, *self._pending) if fix.unit in wanted and fix.heard_at <= at and fix.device_at > wanted[fix.unit]]
        found: dict[str, Fix] = {}
        held: Held = "whole" if at > self._clock.now() - self._keep_us else "expired"
        for number, path in reversed(self._files()):
            left = {unit: after for unit, after in wanted.items() if unit not in found and after < (number + 1) * DAY_US}
            if number * DAY_US > at + AHEAD_US or not left:
                continue
            points, thinned = last_of_day(path, left, at)
            if thinned and number == at // DAY_US:
                held = "thinned"
            found |= {unit: unpack(unit, point)[0] for unit, point in points.items()}
            if number * DAY_US < at - 2 * DAY_US:
                break  # a shift of more than two days, or one that never ended: an older position says nothing of then
        for fix in waiting:
            if fix.unit not in found or found[fix.unit].device_at < fix.device_at:
                found[fix.unit] = fix
        return found, held

    def flush(self) -> None:
        """Write what waits; the thread does it each second by itself."""
        with self._writing:
            with self._lock:
                taken = self._in_flight = self._pending
                self._pending = []
            left: list[Fix] = []
            for number, fixes in _by_day(taken):
                try:
                    self._day(number).write(fixes)
                except apsw.Error as error:
                    _LOG.warning("%d positions wait for the disk: %s", len(fixes), error)
                    left += fixes
            with self._lock:
                room = MAX_PENDING - len(self._pending)
                self.counts["history-lost"] += max(0, len(left) - room)
                self._pending = left[:room] + self._pending
                self._in_flight = []

    def tend(self) -> None:
        """Delete days that are too old and thin those a day old, a little at a time; the thread does it alone."""
        now = self._clock.now()
        with self._writing:
            for number, path in self._files():
                if (number + 1) * DAY_US <= now - self._keep_us:
                    self._forget(number, path)
                elif (number + 2) * DAY_US <= now and number not in self._thinned:
                    if self._day(number).thin_some(THIN_US, THIN_AT_ONCE):
                        self._thinned.add(number)
                    break

    def close(self) -> None:
        """Write everything and stop; a second call does nothing."""
        if not self._stop.is_set():
            self._stop.set()
            self._thread.join()
            try:
                self.flush()
                self._write_board()
            except OSError as error:
                _LOG.warning("the last positions were not written: %s", error)
            for day in self._days.values():
                day.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def _take(self, fix: Fix) -> Verdict:
        newest = self._board.newest(fix.unit)
        if newest is None and len(self._board.rows) >= MAX_UNITS:
            return "trail.too-many-units"
        if newest == fix.device_at:
            return "repeated"
        if len(self._pending) < MAX_PENDING:
            self._pending.append(fix)
        else:
            self.counts["history-lost"] += 1
        if newest is not None and fix.device_at < newest:
            return "late"
        self._board.put(fix.unit, fix)
        return "kept"

    def _run(self) -> None:
        while not self._stop.wait(FLUSH_S):
            try:
                self.flush()
                self.tend()
                due = self._board.changed and abs(self._clock.now() - self._snapshot_at) >= SNAPSHOT_US
                if due or self._board.near_ceiling():
                    self._write_board()
            except (apsw.Error, OSError) as error:
                _LOG.warning("the trail could not be written and tries again: %s", error)

    def _write_board(self) -> None:
        with self._lock:
            snapshot = self._board.snapshot()
            self._snapshot_at = self._clock.now()
        self._board.save(snapshot)

    def _heal(self) -> None:
        """After a crash the board's snapshot may be some seconds old; the last flushes make up for it."""
        for number, _ in self._files()[-2:]:
            points, names = self._day(number).last_logged(_HEAL_FLUSHES)
            self._move_to(points, names)

    def _move_to(self, points: Points, names: dict[int, str]) -> None:
        ordered = points[np.argsort(points["device_at"], kind="stable")]
        last = {int(unit): place for place, unit in enumerate(ordered["unit"])}
        for number, place in last.items():
            unit = names[number]
            fix = unpack(unit, ordered[place:place + 1])[0]
            newest = self._board.newest(unit)
            if newest is None or fix.device_at > newest:
                self._board.put(unit, fix)

    def _day(self, number: int) -> Day:
        day = self._days.pop(number, None) or _open_day(self._folder / f"{_date(number)}.sqlite")
        self._days[number] = day
        while len(self._days) > MAX_OPEN:
            self._days.pop(next(iter(self._days))).close()
        return day

    def _files(self) -> list[tuple[int, Path]]:
        """The days on the disk, oldest first, by their number since 1970."""
        days = sorted(self._folder.glob("????-??-??.sqlite"))
        return [(int(np.datetime64(path.stem, "D").astype(int)), path) for path in days]

    def _forget(self, number: int, path: Path) -> None:
        day = self._days.pop(number, None)
        if day is not None:
            day.close()
        for end in ("", "-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)


def _board(path: Path) -> Board:
    """The board from its snapshot, or an empty one when the snapshot cannot be read: it is a cache."""
    try:
        return Board(path)
    except msgspec.DecodeError:
        _LOG.warning("%s could not be read; the board begins empty", path)
        path.replace(path.with_suffix(".bad"))
        return Board(path)


def _open_day(path: Path) -> Day:
    """The day's file; one that is damaged is put aside, since the positions of today matter more than those in it."""
    try:
        return Day(path)
    except (apsw.CorruptError, apsw.NotADBError):
        _LOG.warning("%s is damaged and was put aside", path)
        path.replace(path.with_suffix(".bad"))
        return Day(path)


def _by_day(fixes: list[Fix]) -> list[tuple[int, list[Fix]]]:
    ordered = sorted(fixes, key=lambda fix: fix.device_at // DAY_US)
    edges = [0, *(place for place, (one, two) in enumerate(pairwise(ordered), 1)
                  if one.device_at // DAY_US != two.device_at // DAY_US), len(ordered)]
    return [(ordered[start].device_at // DAY_US, ordered[start:end]) for start, end in pairwise(edges) if end > start]


def _date(number: int) -> str:
    return from_instant(number * DAY_US).date().isoformat()
