"""The trail: where units are and were. High-rate, thinned after a day, gone after a while; never in the ledger."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from tocsin.kernel import Clock, Instant, Refused
from tocsin.trail.doubting import Doubting
from tocsin.trail.files import Files
from tocsin.trail.fix import AHEAD_US, Fix, Latest, Verdict, fault_of
from tocsin.trail.latest import MAX_UNITS, REIGN, Board
from tocsin.trail.place import DAY_US, Batch, Deposed, Place, PlaceFailed
from tocsin.trail.points import pack, unpack
from tocsin.trail.postgres import PostgresDays

MAX_PENDING = 200_000
MAX_HISTORY = 20_000
SNAPSHOT_US = 10_000_000
THIN_US = 10_000_000
FOLLOW_S = 0.2
_REMEMBERED_US = 600_000_000
_AHEAD = 8 * REIGN
"""How far a reader may stand ahead of a follower that has not heard of some changes of the lead yet."""
_LOG = logging.getLogger("tocsin.trail")

Held = Literal["whole", "thinned", "expired"]
"""How much of a past day's positions is still there: each one, one in ten seconds, none."""


class Unreadable(Refused):
    """The place of the trail did not answer a reading."""

    def __init__(self) -> None:
        super().__init__("trail.unreadable", "Past positions cannot be read at this moment. Try again; if it goes on, their disk or database needs help.",
                         "暂时无法读取历史位置，请重试；如持续出现，请检查磁盘或数据库。", status=503)


class Elsewhere(Refused):
    """Positions were told to a node that follows."""

    def __init__(self) -> None:
        super().__init__("trail.follows", "Another node takes positions in. Send them again in a moment.", "位置由另一节点接收，请稍后重新发送。", status=503)


class Trail:
    """Takes fixes in, keeps the newest of each unit at hand and all of them in their place, from its own thread; or follows the one that does."""

    def __init__(self, place: Place, clock: Clock, keep_days: int, every_s: float = 0.0) -> None:
        assert keep_days >= 2, "a trail is thinned after a day, so it is kept for two at least"
        self._place, self._clock, self._keep_us, self._every_s = place, clock, keep_days * DAY_US, every_s
        self.counts: Counter[str] = Counter()
        """How many fixes had each verdict, under `jumped` how many of the kept were marked so, and under `history-lost` how many there was no room for."""
        self._lock, self._writing, self._stop = threading.Lock(), threading.Lock(), threading.Event()
        self._pending: list[Fix] = []
        self._left: Batch | None = None
        """What is being written, or could not be."""
        self._thinned: set[int] = set()
        self._ended: dict[str, Instant] = {}
        """Shifts that ended while another led, in case it did not live to write that."""
        self._heard: Callable[[], None] = lambda: None
        self._told = self._snapshot_at = 0
        self._epoch: int | None = None
        self._failing = False
        self.follows = place.shared
        """Whether another node writes and this one shows what it wrote."""
        self._board, self._doubting = Board(), Doubting()
        if self.follows:
            with suppress(PlaceFailed):  # it is found when it answers again
                place.load(self._board)
        else:
            place.load(self._board)
            self._write_board()
        self._thread = threading.Thread(target=self._run, name="tocsin-trail", daemon=True)
        self._thread.start()

    @classmethod
    def open(cls, folder: Path, clock: Clock, *, keep_days: int = 30, database: str = "", name: str = "floor") -> Self:
        """Open or begin the trail in its folder, or beside the ledger `name` in a database; days beyond `keep_days` are deleted.

        One in a folder leads. One in a database follows until it is told to `lead`.
        """
        return cls(PostgresDays(database, name) if database else Files(folder), clock, keep_days)

    def report(self, fixes: Iterable[Fix]) -> list[Verdict]:
        """Take fixes in, in any order; one verdict each. A late one goes to its place in history and moves nobody."""
        now = self._clock.now()
        verdicts: list[Verdict] = []
        with self._lock:
            if self.follows:
                raise Elsewhere
            for fix in fixes:
                verdicts.append(fault_of(fix, now, self._keep_us) or self._take(fix))
            self.counts.update(verdicts)
        return verdicts

    def listen(self, heard: Callable[[], None]) -> None:
        """Call this, in the trail's thread, after changes came from the node that leads."""
        self._heard = heard

    def since(self, seq: int) -> list[Latest]:
        """What changed after a number, for the live stream; 0 gives everything. A unit off duty has no fix."""
        with self._lock:
            return self._board.since(seq)

    def head(self) -> int:
        """The number of the newest change; `since` it there is nothing yet."""
        with self._lock:
            return self._board.seq

    @property
    def waiting(self) -> int:
        """How many positions wait to be written."""
        return len(self._pending)

    def stand(self, seen: int) -> tuple[int, bool]:
        """Where a reader who saw everything up to a number stands next, and whether that number says what it saw: one that is made up, or
        of changes that a leader did not live to write, does not. One who comes from a node that is further stays where it is until this
        one is there too."""
        with self._lock:
            ahead = self.follows and self._board.seq < seen < self._board.seq + _AHEAD
            return max(self._board.seq, seen) if ahead else self._board.seq, ahead or self._board.stands(seen)

    def latest(self, unit: str) -> Fix | None:
        """The newest position of a unit; None when it has none or its shift ended."""
        with self._lock:
            row = self._board.rows.get(unit)
        return None if row is None else row.fix

    def end_shift(self, unit: str) -> None:
        """Take the unit off the map. Fixes of before now then only fill its history; one of later puts it back."""
        with self._lock:
            now = self._clock.now()
            if self.follows:
                self._ended = {one: at for one, at in self._ended.items() if at > now - _REMEMBERED_US} | {unit: now}
            else:
                self._end(unit, now)

    def history(self, unit: str, since: Instant, until: Instant, limit: int = MAX_HISTORY) -> list[Fix]:
        """The unit's fixes with `since` <= device time < `until`, oldest first, at most `limit` of them."""
        with self._lock:
            waiting = [fix for fix in self._waiting() if fix.unit == unit and since <= fix.device_at < until]
        found: dict[Instant, Fix] = {}
        try:
            for day in self._place.days():
                if (day + 1) * DAY_US > since and day * DAY_US < until and len(found) < limit:
                    found |= {fix.device_at: fix for fix in unpack(unit, self._place.read(day, unit, since, until)[:limit])}
        except PlaceFailed as error:
            raise Unreadable from error
        for fix in unpack(unit, pack(waiting, [0] * len(waiting))):
            found.setdefault(fix.device_at, fix)
        return [found[at] for at in sorted(found)][:min(limit, MAX_HISTORY)]

    def at(self, at: Instant, wanted: Mapping[str, Instant]) -> tuple[dict[str, Fix], Held]:
        """Where units were as far as was heard by `at`: of each the newest fix by its device's time that is later than the instant given
        for it (the end of its last shift); and how much of that day is still held."""
        with self._lock:
            waiting = [fix for fix in self._waiting() if fix.unit in wanted and fix.heard_at <= at and fix.device_at > wanted[fix.unit]]
        try:
            found, held = self._found(at, wanted)
        except PlaceFailed as error:
            raise Unreadable from error
        for fix in waiting:
            if fix.unit not in found or found[fix.unit].device_at < fix.device_at:
                found[fix.unit] = fix
        return found, held

    def lead(self, epoch: int) -> None:
        """Take positions in from now on, as the leader of this epoch; whoever led before writes nothing any more. It goes on from all that
        the one before wrote, with numbers above any that it may have given. Where the place does not answer, the thread tries again."""
        with self._writing:
            if self.follows:
                self._epoch = epoch
                try:
                    self._take_lead()
                except PlaceFailed as error:
                    _LOG.warning("the lead of the trail is not taken yet: %s", error)

    def catch_up(self) -> None:
        """Take in what the leader wrote since; the thread of one that follows does it by itself, and takes the lead where that failed before."""
        with self._writing:
            if self.follows and self._epoch is not None:
                self._take_lead()
            elif self.follows and self._follow():
                self._heard()

    def flush(self) -> None:
        """Write what waits; the thread does it by itself."""
        with self._writing:
            while not self.follows:
                tried = self._left is not None
                with self._lock:
                    if self._left is None:
                        self._left, self._pending = Batch(self._pending, self._board.step(self._told if self._place.shared else self._board.seq)), []
                    batch = self._left
                    due = self._board.near_ceiling() or (self._board.changed and abs(self._clock.now() - self._snapshot_at) >= SNAPSHOT_US)
                    board = self._board.snapshot() if due and not tried else None
                left = self._place.write(batch)
                with self._lock:
                    self._left = left
                    self._board.changed |= left is not None
                if left is not None:
                    break
                self._told = batch.step.head
                if board is not None:
                    self._place.save(board, batch.step.head)
                    self._snapshot_at = self._clock.now()
                if not tried:
                    break

    def tend(self) -> None:
        """Delete days that are too old and thin those a day old, a little at a time; the thread does it alone."""
        now = self._clock.now()
        with self._writing:
            if self.follows:
                return
            self._place.make(now // DAY_US + 1)
            for day in self._place.days():
                if (day + 1) * DAY_US <= now - self._keep_us:
                    self._place.forget(day)
                elif (day + 2) * DAY_US <= now and day not in self._thinned:
                    if self._place.thin_some(day, THIN_US):
                        self._thinned.add(day)
                    break

    def close(self) -> None:
        """Write everything and stop; a second call does nothing."""
        if not self._stop.is_set():
            self._stop.set()
            self._thread.join()
            try:
                self.flush()
                if not self.follows and self._left is None:
                    self._write_board()
            except (PlaceFailed, Deposed) as error:
                _LOG.warning("the last positions were not written: %s", error)
            self._place.close()

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
        if len(self._pending) + (len(self._left.fixes) if self._left else 0) < MAX_PENDING:
            self._pending.append(fix)
        else:
            self.counts["history-lost"] += 1
        if newest is not None and fix.device_at < newest:
            return "late"
        row = self._board.rows.get(fix.unit)
        fix = self._doubting.looked(fix, None if row is None else row.fix)
        self.counts["jumped"] += fix.jumped
        self._board.put(fix.unit, fix)
        return "kept"

    def _waiting(self) -> list[Fix]:
        return [*(self._left.fixes if self._left else ()), *self._pending]

    def _end(self, unit: str, at: Instant) -> None:
        row = self._board.rows.get(unit)
        if row is not None and row.fix is not None:
            self._board.put(unit, None, at)
            self._doubting.forget(unit)
            self._snapshot_at = 0

    def _found(self, at: Instant, wanted: Mapping[str, Instant]) -> tuple[dict[str, Fix], Held]:
        found: dict[str, Fix] = {}
        held: Held = "whole" if at > self._clock.now() - self._keep_us else "expired"
        for day in reversed(self._place.days()):
            left = {unit: after for unit, after in wanted.items() if unit not in found and after < (day + 1) * DAY_US}
            if day * DAY_US > at + AHEAD_US or not left:
                continue
            points, thinned = self._place.last(day, left, at)
            if thinned and day == at // DAY_US:
                held = "thinned"
            found |= {unit: unpack(unit, point)[0] for unit, point in points.items()}
            if day * DAY_US < at - 2 * DAY_US:
                break  # a shift of more than two days, or one that never ended: an older position says nothing of then
        return found, held

    def _run(self) -> None:
        while not self._stop.wait(self._every_s or (FOLLOW_S if self.follows else self._place.flush_s)):
            self._run_once()

    def _run_once(self) -> None:
        try:
            if self.follows:
                self.catch_up()
            else:
                self.flush()
                self.tend()
        except PlaceFailed as error:
            if not self._failing:
                _LOG.warning("the trail's place does not do what is asked, and is asked again: %s", error)
            self._failing = True
        except Deposed:
            self.follow()
        else:
            self._failing = False

    def _follow(self) -> bool:
        """Whether there was anything new."""
        steps = self._place.catch_up()
        if steps is None:
            self._load()
            return True
        with self._lock:
            for step in steps:
                self._board.take(step)
        return bool(steps)

    def _load(self) -> None:
        board = Board()
        self._place.load(board)
        with self._lock:
            self._board = board

    def _take_lead(self) -> None:
        assert self._epoch is not None, "who takes the lead was told to"
        epoch = self._epoch
        try:
            self._place.lead(epoch)
        except Deposed:
            self._epoch = None
            _LOG.warning("the trail is led by a later leader than epoch %d", epoch)
            return
        while self._follow():
            pass
        with self._lock:
            self.follows, self._epoch, self._told = False, None, self._board.seq
            for unit, at in self._ended.items():
                row = self._board.rows.get(unit)
                if row is not None and row.fix is not None and row.fix.heard_at <= at:
                    self._end(unit, at)
            self._ended.clear()
        self._thinned.clear()
        self._heard()

    def follow(self) -> None:
        """Another leads: follow it. What was not written yet would be a second truth beside its own."""
        with self._writing, self._lock:
            if self.follows:
                return
            lost = len(self._waiting())
            self.follows, self._left, self._pending = True, None, []
            self.counts["history-lost"] += lost
        _LOG.warning("another node leads the trail now; this one follows, and %d positions that it had not written are lost", lost)
        with suppress(PlaceFailed), self._writing:
            self._load()
            self._heard()

    def _write_board(self) -> None:
        with self._lock:
            board, head = self._board.snapshot(), self._board.seq
        self._place.save(board, head)
        self._snapshot_at = self._clock.now()
