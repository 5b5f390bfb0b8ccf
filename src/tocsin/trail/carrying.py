"""Whole days in and out of PostgreSQL, for a trail that moves with its ledger. Nobody leads it meanwhile."""

from collections.abc import Iterable, Iterator

import numpy as np

from tocsin.trail.latest import Board
from tocsin.trail.points import POINT, Points, merge, split
from tocsin.trail.reading import Seen, joined
from tocsin.trail.schema import MANY, part_of
from tocsin.trail.thinning import LONG, PIECE, UNITS_AT_ONCE, copy_in
from tocsin.trail.writing import Writing, one

_ALL = (-(1 << 62), 1 << 62)
_PACKED = 24
"""Points in a piece of a day that is not thinned: two minutes, as they are packed while they come."""


def put_day(writing: Writing, day: int, thinned: bool, units: Iterable[tuple[str, Points]]) -> None:
    """A day with each unit's points, in one transaction."""
    part, size = part_of(day, thinned=thinned), PIECE if thinned else _PACKED
    with writing.connected() as connection, connection.transaction():
        connection.execute(LONG)
        connection.execute(writing.text("SELECT FROM {s}.writer FOR UPDATE"))
        numbers: dict[str, int] = dict(connection.execute(writing.text("SELECT name, id FROM {s}.units")).fetchall())
        known = len(numbers)
        writing.attach(connection, part)

        def pieces() -> Iterator[tuple[int, Points]]:
            for name, points in units:
                number = numbers.setdefault(name, len(numbers) + 1)
                for start in range(0, len(points), size):
                    yield number, points[start:start + size]

        copy_in(writing, connection, part, pieces())
        fresh = list(numbers.items())[known:]
        connection.execute(writing.text("INSERT INTO {s}.units SELECT * FROM unnest(%s::int4[], %s::text[])"), ([number for _, number in fresh], [name for name, _ in fresh]))
        connection.execute(writing.text("INSERT INTO {s}.days VALUES (%s, %s)"), (day, part))


def units_of_day(seen: Seen, part: int) -> Iterator[tuple[str, Points]]:
    """Each unit of a partition with all of its points."""
    many = dict(split(joined([row[0] for row in seen.all("SELECT points FROM {s}.pieces WHERE part = %s AND unit = %s", part, MANY)])))
    units = seen.all("SELECT id, name FROM {s}.units ORDER BY id")
    for start in range(0, len(units), UNITS_AT_ONCE):
        now = dict(units[start:start + UNITS_AT_ONCE])
        parts = {number: [many[number]] if number in many else [] for number in now}
        for number, points in seen.all("SELECT unit, points FROM {s}.pieces WHERE part = %s AND unit = ANY(%s)", part, list(now)):
            parts[number].append(np.frombuffer(points, POINT))
        for number, name in now.items():
            if parts[number]:
                yield name, merge(parts[number], *_ALL)


def put_board(writing: Writing, board: Board) -> None:
    """Where everybody stood when the trail moved; numbers go on above those that were given then. One that stood here meanwhile is newer."""
    with writing.connected() as connection, connection.transaction():
        flush, head = one(connection.execute(writing.text("SELECT flush, head FROM {s}.writer FOR UPDATE")))
        if not flush:
            connection.execute(writing.text("UPDATE {s}.writer SET flush = 1, head = %s"), (max(head, board.seq),))
            connection.execute(writing.text("INSERT INTO {s}.board VALUES (true, 1, %s)"), (board.snapshot(),), binary=True)
