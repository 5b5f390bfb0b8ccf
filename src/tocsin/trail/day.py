"""One day of positions in one file: a log that each flush appends to, packed now and then into pieces by unit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import apsw
import numpy as np

from tocsin.kernel import Instant
from tocsin.trail.fix import AHEAD_US, Fix
from tocsin.trail.place import LOOK_BACK_US, newest_of
from tocsin.trail.points import LOGGED, POINT, Points, merge, pack, split, thin

MAX_LOGS = 300
"""Flushes in the log before it is packed; a reader looks through all of them."""
_TABLES = """
CREATE TABLE IF NOT EXISTS units (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE IF NOT EXISTS log (id INTEGER PRIMARY KEY, points BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS pieces (unit INTEGER NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
    points BLOB NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS pieces_by_unit ON pieces (unit, first_at);
"""
THINNED = 1


def lay_day(file: apsw.Connection) -> None:
    """The tables of a day, where they are not there."""
    file.pragma("auto_vacuum", 2)
    file.execute(_TABLES)


class Day:
    """The writing side of a day's file. A power cut may cost the last seconds, never the file."""

    def __init__(self, path: Path) -> None:
        self._file = apsw.Connection(str(path))
        self._file.set_busy_timeout(5_000)
        lay_day(self._file)
        self._file.pragma("journal_mode", "wal")
        self._file.pragma("synchronous", "normal")
        self._numbers: dict[str, int] = dict(self._file.execute("SELECT name, id FROM units"))
        self._logs = int(self._file.execute("SELECT count(*) FROM log").get)
        self._to_thin: list[int] | None = None

    def write(self, fixes: Sequence[Fix]) -> None:
        """Append the fixes; nothing of them is kept when this raises."""
        fresh = [name for name in dict.fromkeys(fix.unit for fix in fixes) if name not in self._numbers]
        numbers = {name: len(self._numbers) + place for place, name in enumerate(fresh, 1)}
        packed = pack(fixes, [self._numbers.get(fix.unit) or numbers[fix.unit] for fix in fixes])
        with self._file:
            self._file.executemany("INSERT INTO units (name, id) VALUES (?, ?)", numbers.items())
            self._file.execute("INSERT INTO log (points) VALUES (?)", (packed.tobytes(),))
        self._numbers |= numbers
        self._logs += 1
        if self._logs >= MAX_LOGS:
            self.pack_log()

    def pack_log(self) -> None:
        """Move the log into pieces by unit, so that one unit is found without reading the others."""
        logged = _logged(self._file)
        with self._file:
            self._insert(split(logged))
            self._file.execute("DELETE FROM log")
        self._logs = 0

    def thin_some(self, every_us: int, units: int) -> bool:
        """Thin the next few units; True when the whole day is thinned. Begun again after a restart, it does no harm."""
        if self._to_thin is None:
            if self._file.pragma("user_version") == THINNED:
                return True
            if self._logs:
                self.pack_log()
            self._to_thin = list(self._numbers.values())
        now, self._to_thin = self._to_thin[:units], self._to_thin[units:]
        with self._file:
            for unit in now:
                points = merge(_pieces(self._file, unit, -(1 << 62), 1 << 62), -(1 << 62), 1 << 62)
                self._file.execute("DELETE FROM pieces WHERE unit = ?", (unit,))
                self._insert([(unit, thin(points, every_us))])
        self._file.execute("PRAGMA incremental_vacuum").fetchall()
        if not self._to_thin:
            self._file.pragma("user_version", THINNED)
        return not self._to_thin

    def last_logged(self, rows: int) -> tuple[Points, dict[int, str]]:
        """The points of the last few flushes, with the units' names by number."""
        logs = [bytes(row[0]) for row in self._file.execute("SELECT points FROM log ORDER BY id DESC LIMIT ?", (rows,))]
        return np.frombuffer(b"".join(logs), LOGGED), {number: name for name, number in self._numbers.items()}

    def put(self, units: Iterable[tuple[str, Points]], *, thinned: bool) -> None:
        """Fill a day that is empty with each unit's points."""
        with self._file:
            for number, (name, points) in enumerate(units, 1):
                self._file.execute("INSERT INTO units (id, name) VALUES (?, ?)", (number, name))
                self._insert([(number, points)])
        if thinned:
            self._file.pragma("user_version", THINNED)

    def units(self) -> tuple[bool, Iterator[tuple[str, Points]]]:
        """Whether it is thinned, and each unit with all of its points."""
        if self._logs:
            self.pack_log()
        thinned = self._file.pragma("user_version") == THINNED
        return thinned, ((name, merge(_pieces(self._file, number, -(1 << 62), 1 << 62), -(1 << 62), 1 << 62)) for name, number in self._numbers.items())

    def close(self) -> None:
        """Shut the file."""
        self._file.close()

    def _insert(self, pieces: Iterable[tuple[int, Points]]) -> None:
        self._file.executemany("INSERT INTO pieces VALUES (?, ?, ?, ?)", (
            (unit, int(points["device_at"][0]), int(points["device_at"][-1]), points.tobytes())
            for unit, points in pieces if len(points)))


def read_day(path: Path, unit: str, since: Instant, until: Instant) -> Points:
    """One unit's points of a day, `since` <= device time < `until`, in order; from a connection of its own."""
    try:
        file = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    except apsw.CantOpenError:
        return np.empty(0, POINT)  # it expired meanwhile
    try:
        file.set_busy_timeout(5_000)
        with file:  # one transaction: the log may be packed into pieces meanwhile
            number = file.execute("SELECT id FROM units WHERE name = ?", (unit,)).get
            pieces = [] if number is None else _pieces(file, number, since, until)
            logged = _logged(file)
    finally:
        file.close()
    mine = [] if number is None else split(logged[logged["unit"] == number])
    return merge([*pieces, *(points for _, points in mine)], since, until)


def last_of_day(path: Path, wanted: Mapping[str, Instant], at: Instant) -> tuple[dict[str, Points], bool]:
    """Of each wanted unit the newest point that was heard by `at` and is later than the unit's own instant; and whether the day is thinned."""
    try:
        file = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    except apsw.CantOpenError:
        return {}, True  # it expired meanwhile
    try:
        file.set_busy_timeout(5_000)
        with file:
            thinned = file.pragma("user_version") == THINNED
            numbers: dict[str, int] = dict(file.execute("SELECT name, id FROM units"))
            logged = dict(split(_logged(file)))
            found = {}
            for name, after in wanted.items():
                if (number := numbers.get(name)) is not None:
                    point = _newest(file, number, logged.get(number), after, at)
                    if point is not None:
                        found[name] = point
    finally:
        file.close()
    return found, thinned


def _newest(file: apsw.Connection, number: int, logged: Points | None, after: Instant, at: Instant) -> Points | None:
    for back in LOOK_BACK_US:
        since = max(after + 1, at - back)
        parts = [*_pieces(file, number, since, at + AHEAD_US + 1), *([] if logged is None else [logged])]
        point = newest_of(parts, since, at)
        if point is not None or since == after + 1:
            return point
    return None


def _logged(file: apsw.Connection) -> Points:
    return np.frombuffer(b"".join(bytes(row[0]) for row in file.execute("SELECT points FROM log ORDER BY id")), LOGGED)


def _pieces(file: apsw.Connection, unit: int, since: Instant, until: Instant) -> list[Points]:
    rows = file.execute("SELECT points FROM pieces WHERE unit = ? AND first_at < ? AND last_at >= ?",
                        (unit, until, since))
    return [np.frombuffer(bytes(row[0]), POINT) for row in rows]
