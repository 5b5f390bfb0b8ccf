"""Days of a trail in PostgreSQL written as the files that a trail beside a ledger has: for a backup, which comes back into files."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import apsw
import msgspec
from psycopg import IsolationLevel, sql

from tocsin.kernel import from_instant
from tocsin.trail.day import THINNED, lay_day
from tocsin.trail.place import DAY_US
from tocsin.trail.reading import Connection, connect, failing
from tocsin.trail.schema import MANY

_STATEMENT_S, _AT_ONCE = 600, 200


class DayThere(msgspec.Struct, frozen=True):
    """A day that is held: the name of its file, its partition, and a mark that is another once anything came to it or went."""

    name: str
    part: int
    mark: str


class SavedDays:
    """The days of one trail as they were at one moment. PlaceFailed where the database does not answer."""

    def __init__(self, connection: Connection, schema: str) -> None:
        self._connection, self._schema = connection, sql.Identifier(schema)

    @classmethod
    @contextmanager
    def opened(cls, address: str, name: str) -> Iterator["SavedDays | None"]:
        """The trail beside the ledger of this name; None where none was begun."""
        with failing(), closing(connect(address, _STATEMENT_S)) as connection:
            connection.isolation_level, connection.read_only = IsolationLevel.REPEATABLE_READ, True
            schema = f"tocsin_{name}_trail"
            with connection.transaction():
                found = connection.execute("SELECT to_regclass(%s) IS NOT NULL", (f"{schema}.writer",)).fetchone()
                yield cls(connection, schema) if found and found[0] else None

    def board(self) -> bytes | None:
        """Where every unit was, as it was last kept."""
        found = self._connection.execute(sql.SQL("SELECT content FROM {s}.board").format(s=self._schema)).fetchone()
        return bytes(found[0]) if found else None

    def days(self) -> Sequence[DayThere]:
        """Every day that something is in, oldest first."""
        rows = self._connection.execute(sql.SQL(
            "SELECT d.day, d.part, count(p.part), coalesce(sum(length(p.points)), 0), coalesce(max(p.last_at), 0) FROM {s}.days d LEFT JOIN {s}.pieces p ON p.part = d.part "
            "GROUP BY d.day, d.part HAVING count(p.part) > 0 ORDER BY d.day").format(s=self._schema)).fetchall()
        return [DayThere(f"{from_instant(day * DAY_US).date().isoformat()}.sqlite", part, f"{part} {count} {size} {last}") for day, part, count, size, last in rows]

    def write(self, day: DayThere, path: Path) -> None:
        """Write a day's file, row by row."""
        names = self._connection.execute(sql.SQL("SELECT id, name FROM {s}.units ORDER BY id").format(s=self._schema)).fetchall()
        file = apsw.Connection(str(path))
        try:
            lay_day(file)
            with file, self._connection.cursor("saved", binary=True) as cursor:
                file.executemany("INSERT INTO units (id, name) VALUES (?, ?)", names)
                cursor.itersize = _AT_ONCE
                cursor.execute(sql.SQL("SELECT unit, first_at, last_at, points FROM {s}.pieces WHERE part = %s ORDER BY unit, first_at, last_at").format(s=self._schema), (day.part,))
                for unit, first, last, points in cursor:
                    if unit == MANY:
                        file.execute("INSERT INTO log (points) VALUES (?)", (points,))
                    else:
                        file.execute("INSERT INTO pieces VALUES (?, ?, ?, ?)", (unit, first, last, points))
            if day.part % 2:
                file.pragma("user_version", THINNED)
        finally:
            file.close()
