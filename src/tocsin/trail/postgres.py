"""A trail in PostgreSQL: a partition for each day, and the board's last changes for the nodes that follow.

Only the leader of the latest epoch writes: each transaction of its begins at the one row of `writer`, holds it to its end, and fails where another
epoch stands there. No row of the ledger's is touched, and no NOTIFY is sent, so that nothing here is ever waited for by an emergency.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from psycopg import errors

from tocsin.kernel import Instant
from tocsin.trail.carrying import put_board, put_day, units_of_day
from tocsin.trail.files import by_day
from tocsin.trail.fix import Fix
from tocsin.trail.latest import REIGN, Board, Step
from tocsin.trail.place import Batch, Deposed, PlaceFailed
from tocsin.trail.points import Points, pack
from tocsin.trail.reading import Reads, Seen
from tocsin.trail.schema import MANY
from tocsin.trail.thinning import Thinning, pack_day
from tocsin.trail.writing import Writing, one

READERS = 4
MAX_STEPS = 64
MAX_FLUSHES = 300
"""Flushes of many units in a day before they are packed by unit; a reader looks through all that its hours touch."""
_LOG = logging.getLogger("tocsin.trail")


class PostgresDays:
    """Days and board of the trail beside the ledger of a name, in a schema of their own."""

    flush_s = 0.4
    shared = True

    def __init__(self, address: str, name: str) -> None:
        schema = f"tocsin_{name}_trail"
        self._reads, self._polls, self._writing = Reads(address, schema, READERS), Reads(address, schema, 1), Writing(address, schema)
        self._seen = self._head = self._saved = 0
        """The last flush that was taken in or written, the board's number after it, and the last flush after which the board was kept."""
        self._unsure = False
        self._units: dict[str, int] = {}
        self._flushes: Counter[int] = Counter()
        self._thinning: Thinning | None = None

    def load(self, board: Board) -> None:
        self._seen = -1  # until all of it is here: a part of it is nothing to go on from
        at = 0
        with self._polls.seen() as seen:
            if _there(seen):
                for flush, content in seen.all("SELECT flush, content FROM {s}.board"):
                    board.load(content, exact=True)
                    at = flush
                while steps := _steps(seen, at):
                    for step in steps:
                        board.take(step)
                    at += len(steps)
        self._seen = at

    def catch_up(self) -> Sequence[Step] | None:
        with self._polls.seen() as seen:
            steps = _steps(seen, self._seen) if self._seen or _there(seen) else []
        self._seen += len(steps or ())
        return steps

    def lead(self, epoch: int) -> None:
        writing = self._writing
        writing.prepare()
        with writing.connected() as connection, connection.transaction():
            taken = connection.execute(writing.text("UPDATE {s}.writer SET epoch = %s, flush = flush + 1, head = head + %s WHERE epoch <= %s RETURNING flush, head"),
                                       (epoch, REIGN, epoch)).fetchone()
            if taken is None:
                raise Deposed
            flush, head = taken
            connection.execute(writing.text("INSERT INTO {s}.steps VALUES (%s, %s)"), (flush, msgspec.msgpack.encode(Step(head, head, ()))))
        with writing.connected() as connection:
            self._units = dict(connection.execute(writing.text("SELECT name, id FROM {s}.units")).fetchall())
            self._flushes = Counter(dict(connection.execute(writing.text("SELECT part, count(*) FROM {s}.pieces WHERE unit = 0 GROUP BY part")).fetchall()))
        writing.find()
        writing.epoch, self._head, self._saved, self._thinning, self._unsure = epoch, head, 0, None, False

    def write(self, batch: Batch) -> Batch | None:
        if not batch.fixes and not batch.step.rows:
            return None
        try:
            if not self._unsure or not self._was_kept(batch):
                self._unsure = True
                self._insert(batch)
            self._unsure = False
        except PlaceFailed as error:
            self._writing.close()  # what was prepared in a pipeline that failed is not there
            if isinstance(error.__cause__, errors.ObjectNotInPrerequisiteState):
                self._was_kept(batch)  # raises where another leads
            _LOG.warning("%d positions wait for the database: %s", len(batch.fixes), error)
            return batch
        self._head = batch.step.head
        self._pack()
        return None

    def save(self, board: bytes, head: int) -> None:
        if head != self._head:
            return
        with self._writing.fenced() as connection:
            connection.execute(self._writing.text("INSERT INTO {s}.board VALUES (true, %s, %s) ON CONFLICT (one) DO UPDATE SET flush = EXCLUDED.flush, content = EXCLUDED.content"),
                               (self._seen, board), binary=True)
            connection.execute(self._writing.text("DELETE FROM {s}.steps WHERE flush <= %s"), (self._saved,))
        self._saved = self._seen

    def days(self) -> list[int]:
        with self._reads.seen() as seen:
            return seen.days() if self._seen or _there(seen) else []

    def read(self, day: int, unit: str, since: Instant, until: Instant) -> Points:
        with self._reads.seen() as seen:
            return seen.read(day, unit, since, until)

    def last(self, day: int, wanted: Mapping[str, Instant], at: Instant) -> tuple[dict[str, Points], bool]:
        with self._reads.seen() as seen:
            return seen.last(day, wanted, at)

    def make(self, day: int) -> None:
        self._writing.sweep()
        self._writing.make(day)

    def thin_some(self, day: int, every_us: int) -> bool:
        part = self._writing.parts[day]
        if part % 2:
            return True
        if self._thinning is None or self._thinning.day != day:
            self._thinning = None
            self._writing.find()  # a copy that was not finished is in the way
            if not self._writing.gone(part + 1):
                return False
            self._thinning = Thinning(self._writing, day, self._units.values())
            self._flushes[part] = 0
        try:
            done = self._thinning.some(every_us)
        except PlaceFailed:
            self._thinning = None  # begun again, since nobody knows how far it came
            raise
        if done:
            self._thinning = None
            self._flushes[part + 1] = self._flushes.pop(part, 0)
        return done

    def forget(self, day: int) -> None:
        if self._thinning is not None and self._thinning.day == day:
            self._thinning = None
        self._writing.let_go(day)

    def begin(self) -> None:
        """Lay the schema down, for days that come from another place."""
        self._writing.prepare()

    def begun(self) -> bool:
        """Whether there is a trail here."""
        with self._reads.seen() as seen:
            return _there(seen)

    def hand_over(self, day: int) -> tuple[bool, Iterator[tuple[str, Points]]]:
        """Whether a day is thinned, and each unit with all of its points of it."""
        with self._reads.seen() as seen:
            (part,), = seen.all("SELECT part FROM {s}.days WHERE day = %s", day)
        return bool(part % 2), self._units_of(part)

    def take_over(self, day: int, thinned: bool, units: Iterable[tuple[str, Points]]) -> None:
        """Have a day from another place, all of it or nothing."""
        put_day(self._writing, day, thinned, units)

    def put_board(self, board: Board) -> None:
        """Have the board from another place, unless there is one."""
        put_board(self._writing, board)

    def drop(self) -> None:
        """Take the schema away, with everything in it."""
        with self._writing.connected() as connection:
            connection.execute(self._writing.text("DROP SCHEMA {s} CASCADE"))

    def close(self) -> None:
        for held in (self._writing, self._reads, self._polls):
            held.close()

    def _units_of(self, part: int) -> Iterator[tuple[str, Points]]:
        with self._reads.seen() as seen:
            yield from units_of_day(seen, part)

    def _insert(self, batch: Batch) -> None:
        """One round trip: what is sent before one Sync is one transaction, the fence first. A flush is a row for each day in it."""
        writing = self._writing
        days = by_day(batch.fixes)
        for day, _ in days:
            writing.make(day)
            if day not in writing.parts:
                raise PlaceFailed(f"the partition of day {day} is being dropped")
        fresh = {name: len(self._units) + place for place, name in enumerate(dict.fromkeys(fix.unit for fix in batch.fixes if fix.unit not in self._units), 1)}
        rows = [_row(writing.parts[day], fixes, self._units | fresh if fresh else self._units) for day, fixes in days]
        with writing.connected() as connection, connection.pipeline(), connection.cursor(binary=True) as cursor:
            cursor.execute(writing.text("SELECT {s}.go_on(%s, %s, %s)"), (writing.epoch, self._seen + 1, batch.step.head), prepare=True)
            cursor.execute(writing.text("INSERT INTO {s}.steps VALUES (%s, %s)"), (self._seen + 1, msgspec.msgpack.encode(batch.step)), prepare=True)
            if fresh:
                cursor.execute(writing.text("INSERT INTO {s}.units SELECT * FROM unnest(%s::int4[], %s::text[])"), (list(fresh.values()), list(fresh)), prepare=True)
            for row in rows:
                cursor.execute(writing.text("INSERT INTO {s}.pieces VALUES (%s, %s, %s, %s, %s)"), row, prepare=True)
        self._units |= fresh
        self._flushes.update(row[0] for row in rows)
        self._seen += 1

    def _was_kept(self, batch: Batch) -> bool:
        """Whether a batch whose commit was not answered is there; Deposed where another leads."""
        with self._writing.connected() as connection:
            epoch, flush = one(connection.execute(self._writing.text("SELECT epoch, flush FROM {s}.writer")))
            if epoch != self._writing.epoch:
                raise Deposed
            kept = bool(flush == self._seen + 1)
            if kept:
                self._units = dict(connection.execute(self._writing.text("SELECT name, id FROM {s}.units")).fetchall())
                self._flushes.update(self._writing.parts[day] for day, _ in by_day(batch.fixes))
        self._seen = flush
        return kept

    def _pack(self) -> None:
        """A day that is being thinned is left alone: what comes to it late goes along as it is."""
        for part, flushes in list(self._flushes.items()):
            if flushes >= MAX_FLUSHES and (self._thinning is None or part // 2 != self._thinning.day):
                try:
                    pack_day(self._writing, part)
                    self._flushes[part] = 0
                except PlaceFailed as error:
                    _LOG.warning("a day was not packed, and is with the next flush: %s", error)


def _steps(seen: Seen, after: int) -> list[Step] | None:
    """The next steps after a flush; None where some are not there any more, or the database was set back."""
    (latest,), = seen.all("SELECT flush FROM {s}.writer")
    rows = seen.all("SELECT flush, content FROM {s}.steps WHERE flush > %s ORDER BY flush LIMIT %s", after, MAX_STEPS)
    if not 0 <= after <= latest or [flush for flush, _ in rows] != list(range(after + 1, min(latest, after + MAX_STEPS) + 1)):
        return None
    return [msgspec.msgpack.decode(content, type=Step) for _, content in rows]


def _there(seen: Seen) -> bool:
    """Whether the trail was begun: one that follows may be there before the first that leads."""
    return bool(seen.all("SELECT to_regclass('{s}.writer') IS NOT NULL")[0][0])


def _row(part: int, fixes: Sequence[Fix], units: Mapping[str, int]) -> tuple[Any, ...]:
    points = pack(fixes, [units[fix.unit] for fix in fixes])
    return part, MANY, int(points["device_at"].min()), int(points["device_at"].max()), points.tobytes()
