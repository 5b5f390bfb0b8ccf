"""Packing a day by unit, and thinning one into a copy that takes its place: what the leader does to partitions in PostgreSQL, a bounded bit at a time."""

from collections.abc import Iterable

import numpy as np

from tocsin.trail.points import POINT, Points, merge, split, thin
from tocsin.trail.reading import Connection, joined
from tocsin.trail.schema import MANY, part_of, table_of
from tocsin.trail.writing import Writing

PIECE = 720
"""Points in a piece of a thinned day: two hours, which one who reads an hour reads whole."""
UNITS_AT_ONCE = 50
LONG = "SET LOCAL statement_timeout = '60s'"
_ALL = (-(1 << 62), 1 << 62)
Piece = tuple[int, Points]


def pack_day(writing: Writing, part: int) -> None:
    """Turn the flushes of a partition, of many units each, into pieces by unit, so that one unit is found without reading the others."""
    with writing.fenced() as connection:
        connection.execute(LONG)
        rows = connection.execute(writing.text("DELETE FROM {s}.{t} WHERE unit = 0 RETURNING points", t=table_of(part)), binary=True).fetchall()
        copy_in(writing, connection, part, split(joined([row[0] for row in rows])))


def copy_in(writing: Writing, connection: Connection, part: int, pieces: Iterable[Piece]) -> None:
    """Put pieces into a partition with one COPY."""
    with connection.cursor().copy(writing.text("COPY {s}.{t} FROM STDIN (FORMAT BINARY)", t=table_of(part))) as copying:
        copying.set_types(["int4", "int4", "int8", "int8", "bytea"])
        for unit, points in pieces:
            if len(points):
                copying.write_row((part, unit, int(points["device_at"].min()), int(points["device_at"].max()), points.tobytes()))


class Thinning:
    """One day on its way. Readers see the whole day until the copy is complete, and the copy from then on; nobody waits for the other."""

    def __init__(self, writing: Writing, day: int, units: Iterable[int]) -> None:
        self.day, self._writing = day, writing
        self._whole, self._copy = part_of(day, thinned=False), part_of(day, thinned=True)
        self._left = list(units)
        pack_day(writing, self._whole)
        with writing.fenced() as connection:
            writing.attach(connection, self._copy)

    def some(self, every_us: int) -> bool:
        """Copy a few units; True once the copy has taken the day's place."""
        now = self._left[:UNITS_AT_ONCE]
        with self._writing.fenced() as connection:
            connection.execute(LONG)
            pieces = self._thinned(connection, now, every_us)
            copy_in(self._writing, connection, self._copy, pieces)
            if len(now) == len(self._left):
                self._take_place(connection)
        self._left = self._left[UNITS_AT_ONCE:]
        if self._left:
            return False
        self._writing.parts[self.day] = self._copy
        self._writing.bury(self._whole)
        return True

    def _thinned(self, connection: Connection, units: list[int], every_us: int) -> list[Piece]:
        rows = connection.execute(self._writing.text("SELECT unit, points FROM {s}.{t} WHERE unit = ANY(%s)", t=table_of(self._whole)), (units,), binary=True).fetchall()
        by_unit: dict[int, list[Points]] = {}
        for unit, points in rows:
            by_unit.setdefault(unit, []).append(np.frombuffer(points, POINT))
        thinned = [(unit, thin(merge(parts, *_ALL), every_us)) for unit, parts in by_unit.items()]
        return [(unit, kept[start:start + PIECE]) for unit, kept in thinned for start in range(0, len(kept), PIECE)]

    def _take_place(self, connection: Connection) -> None:
        """What came late while the copy was made goes along as it is."""
        connection.execute(self._writing.text("INSERT INTO {s}.{t} SELECT %s, unit, first_at, last_at, points FROM {s}.{whole} WHERE unit = %s",
                                              t=table_of(self._copy), whole=table_of(self._whole)), (self._copy, MANY))
        connection.execute(self._writing.text("UPDATE {s}.days SET part = %s WHERE day = %s"), (self._copy, self.day))
