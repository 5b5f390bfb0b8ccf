"""The leader's own connection to a trail in PostgreSQL, and the fence that each of its transactions begins at."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import perf_counter
from typing import Any, LiteralString, cast

import psycopg
from psycopg import errors, sql

from tocsin.trail.place import Deposed, PlaceFailed
from tocsin.trail.reading import Connection, connect, failing
from tocsin.trail.schema import SCHEMA, VERSION, part_of, table_of

_STATEMENT_S = 5
_DROP_WITHIN: LiteralString = "SET LOCAL lock_timeout = '100ms'"
"""A table can only be dropped while nobody reads: whoever comes meanwhile waits for that long, and then it is tried again later."""
_AGAIN_S = (5.0, 600.0)
_LOG = logging.getLogger("tocsin.trail")


class Writing:
    """One connection, made when it is needed and made again after it failed. Used by one thread at a time."""

    def __init__(self, address: str, schema: str) -> None:
        self._address, self._schema = address, schema
        self._connection: Connection | None = None
        self.epoch = 0
        self.parts: dict[int, int] = {}
        """Of each day the partition that is read."""
        self._dead: dict[int, tuple[float, float]] = {}
        """Partitions to be dropped: when next, and how long after that."""

    def text(self, text: LiteralString, **names: sql.Composable) -> sql.Composed:
        """A statement with the schema's name, and others', in it."""
        return sql.SQL(text).format(s=sql.Identifier(self._schema), **names)

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """The connection; it is dropped where it fails, since nobody knows then in which state it is."""
        with failing():
            if self._connection is None:
                self._connection = connect(self._address, _STATEMENT_S)
            try:
                yield self._connection
            except psycopg.Error:
                if self._connection.broken or self._connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
                    self.close()
                raise

    @contextmanager
    def fenced(self) -> Iterator[Connection]:
        """A transaction that only the leader of the latest epoch comes through; Deposed."""
        with self.connected() as connection, connection.transaction():
            if one(connection.execute(self.text("SELECT epoch FROM {s}.writer FOR UPDATE")))[0] != self.epoch:
                raise Deposed
            yield connection

    def prepare(self) -> None:
        """Lay down the schema, unless it is there; of two who begin at once one does."""
        with self.connected() as connection, connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 8))", (self._schema,))
            if one(connection.execute("SELECT count(*) FROM pg_namespace WHERE nspname = %s", (self._schema,))) == (0,):
                connection.execute(self.text("CREATE SCHEMA {s}"))
                for statement in SCHEMA:
                    connection.execute(self.text(statement))
            version = one(connection.execute(self.text("SELECT version FROM {s}.writer")))[0]
            if version != VERSION:
                raise PlaceFailed(f"schema {self._schema} is of version {version}, this program writes version {VERSION}")

    def find(self) -> None:
        """What is there when one begins to lead: the days, and partitions that nobody reads any more."""
        with self.connected() as connection:
            self.parts = dict(connection.execute(self.text("SELECT day, part FROM {s}.days")).fetchall())
            tables = connection.execute("SELECT c.relname FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = to_regclass(%s)",
                                        (self.text("{s}.pieces").as_string(),)).fetchall()
        read = {table_of(part).as_string().strip('"') for part in self.parts.values()}
        self._dead = {part_of(int(name.split("_")[1]), thinned=name.endswith("_thinned")): (0.0, _AGAIN_S[0]) for (name,) in tables if name not in read}

    def make(self, day: int) -> None:
        """Have a day's partition. Attached rather than created in its place: that waits for no reader, and no reader for it."""
        if day not in self.parts:
            part = part_of(day, thinned=False)
            if self.gone(part):
                with self.fenced() as connection:
                    self.attach(connection, part)
                    connection.execute(self.text("INSERT INTO {s}.days VALUES (%s, %s)"), (day, part))
                self.parts[day] = part

    def attach(self, connection: Connection, part: int) -> None:
        """A new partition, empty."""
        table = table_of(part)
        connection.execute(self.text("CREATE TABLE {s}.{t} (LIKE {s}.pieces INCLUDING ALL)", t=table))
        connection.execute(self.text("ALTER TABLE {s}.pieces ATTACH PARTITION {s}.{t} FOR VALUES IN ({part})", t=table, part=sql.Literal(part)))

    def let_go(self, day: int) -> None:
        """Nobody sees the day from now on; its partition is dropped as soon as nobody stands in it."""
        with self.fenced() as connection:
            connection.execute(self.text("DELETE FROM {s}.days WHERE day = %s"), (day,))
        self.bury(self.parts.pop(day))

    def bury(self, part: int) -> None:
        """Drop a partition that nobody finds any more, now or later."""
        self._dead[part] = (0.0, _AGAIN_S[0])
        self.gone(part)

    def gone(self, part: int) -> bool:
        """Whether a partition is dropped, or never was."""
        if part in self._dead:
            due, again_s = self._dead[part]
            if perf_counter() < due:
                return False
            try:
                with self.fenced() as connection:
                    connection.execute(_DROP_WITHIN)
                    connection.execute(self.text("DROP TABLE {s}.{t}", t=table_of(part)))
            except PlaceFailed as error:
                if not isinstance(error.__cause__, errors.LockNotAvailable):
                    raise
                self._dead[part] = (perf_counter() + again_s, min(2 * again_s, _AGAIN_S[1]))
                _LOG.warning("%s is read, and is dropped in %d s", table_of(part).as_string(), again_s)
                return False
            del self._dead[part]
        return True

    def sweep(self) -> None:
        """Drop what could not be dropped before."""
        for part in list(self._dead):
            self.gone(part)

    def close(self) -> None:
        """Let the connection go, whatever state it is in."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None


def one(cursor: psycopg.Cursor[tuple[Any, ...]]) -> tuple[Any, ...]:
    """The one row of an answer that has one."""
    return cast(tuple[Any, ...], cursor.fetchone())
