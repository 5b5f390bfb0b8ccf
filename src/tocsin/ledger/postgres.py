"""The ledger's rows in PostgreSQL: the one leader that writes, and how it is read; `postgres_schema.py` has the tables.

The leader holds a session advisory lock. What it writes is fenced besides: each batch moves the row of `leader` on from the epoch and head that
the leader knows, in the batch's own transaction. One that lost the lock without noticing (frozen, cut off) finds another epoch there, and
keeps nothing. A batch wakes its readers with one NOTIFY that carries the new head.
"""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, LiteralString, cast
from urllib.parse import urlsplit

import psycopg
from psycopg import errors, sql

from tocsin.kernel import Instant
from tocsin.ledger.faults import LedgerFault
from tocsin.ledger.nodes import ALONE, Leader, Node
from tocsin.ledger.postgres_schema import VERSION, Told, lay, raise_to
from tocsin.ledger.store import ALL, Rows, StoreFailed, StoreFull

_Connection = psycopg.Connection[tuple[Any, ...]]
SCHEMES = ("postgresql://", "postgres://")
_PATIENCE, _PAUSE_S = 20, 0.1
"""How often a lock that our own lost connection may still hold is tried again."""
_SESSION: dict[str, Any] = {
    "application_name": "tocsin", "connect_timeout": "5", "keepalives_idle": "5", "keepalives_interval": "2", "keepalives_count": "3",
    "tcp_user_timeout": "10000",
    "options": "-c synchronous_commit=on -c lock_timeout=5s -c statement_timeout=60s -c idle_in_transaction_session_timeout=10s -c timezone=UTC",
}
_UNSEAT: LiteralString = """SELECT pg_terminate_backend(pid) FROM pg_locks, hashtextextended(%s, 7) AS key WHERE locktype = 'advisory' AND granted AND objsubid = 1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND (classid::bigint << 32 | objid::bigint) = key"""
"""pg_locks shows a lock's 64 bits as two halves (PostgreSQL, 'pg_locks')."""
_LOCK: LiteralString = "SELECT pg_try_advisory_lock(hashtextextended(%s, 7))"


def is_address(database: str) -> bool:
    """Whether this names a PostgreSQL database."""
    return database.startswith(SCHEMES)


class PostgresStore:
    """A ledger's rows in a schema of its own, named after the ledger."""

    apart = True

    def __init__(self, address: str, name: str, node: Node = ALONE) -> None:
        self._address, self.schema, self.node = address, f"tocsin_{name}", node
        self._led: tuple[int, int] | None = None
        """Our last epoch and the number of the server's process that had it for us."""

    def __getstate__(self) -> dict[str, Any]:
        return {"_address": self._address, "schema": self.schema, "node": self.node, "_led": None}

    @property
    def led(self) -> int:
        """The number of the lead that was last taken here; 0 where none ever was. Whether it stands, the fence says."""
        return self._led[0] if self._led else 0

    def follow(self) -> None:
        """The lead that was taken here is another's now."""
        self._led = None

    @property
    def words(self) -> str:
        parts = urlsplit(self._address)
        return f"PostgreSQL {parts.hostname or 'here'}{parts.path}, schema {self.schema}"

    def exists(self) -> bool:
        with _faults(), self.connect() as connection:
            return _row(connection.execute("SELECT to_regclass(%s)", (f"{sql.Identifier(self.schema).as_string()}.meta",))) != (None,)

    def prepare(self, name: str) -> None:
        with _faults(), self.connect() as connection:
            if not self._begin(connection, name):
                self._check(connection, name)

    def signed_by(self, verifier: str, former: Collection[str]) -> bool:
        with _faults(), self.connect() as connection, connection.transaction():
            schema = sql.Identifier(self.schema)
            connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 8))", (self.schema,))
            held = [value for (value,) in connection.execute(sql.SQL("SELECT value FROM {s}.meta WHERE name LIKE 'verifier %' ORDER BY name").format(s=schema)).fetchall()]
            if not held or held[-1] in former:
                connection.execute(sql.SQL("INSERT INTO {s}.meta VALUES (%s, %s)").format(s=schema), (f"verifier {len(held) + 1:04d}", verifier))
                return True
            return bool(held[-1] == verifier)

    def reading(self) -> "PostgresReading":
        with _faults():
            return PostgresReading(self.connect, self.schema)

    def writing(self) -> "PostgresWriting":
        with _faults():
            connection = self.connect()
        try:
            with _faults():
                self._take_lock(connection)
                return self._lead(connection)
        except BaseException:
            connection.close()
            raise

    def news(self) -> "PostgresNews":
        with _faults():
            return PostgresNews(self.connect, self.schema, self._lead)

    def connect(self) -> _Connection:
        """A connection of its own for whoever asks, which they close."""
        return psycopg.connect(self._address, autocommit=True, **_SESSION)

    def _begin(self, connection: _Connection, name: str) -> bool:
        """Lay down the schema, unless it is there; of two who begin at once one does."""
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 8))", (self.schema,))
            if _row(connection.execute("SELECT count(*) FROM pg_namespace WHERE nspname = %s", (self.schema,))) == (1,):
                return False
            lay(connection, self.schema, name)
        return True

    def _check(self, connection: _Connection, name: str) -> None:
        try:
            meta: dict[str, str] = dict(connection.execute(sql.SQL("SELECT name, value FROM {s}.meta").format(s=sql.Identifier(self.schema))).fetchall())
        except errors.UndefinedTable as error:
            raise LedgerFault("ledger.not-a-ledger", f"{self.words} is something else's; give the ledger another name.") from error
        version = meta.get("version", "")
        if version.isdecimal() and int(version) < VERSION:
            raise LedgerFault("ledger.old-schema", f"{self.words} is of schema version {version}, this program writes version {VERSION}; stop every house on it and run "
                              "`tocsin ledger migrate` (`--rehearse` first).")
        if version != str(VERSION):
            raise LedgerFault("ledger.other-version", f"{self.words} is of ledger version {version}, this program writes version {VERSION}; open it "
                              "with the release that made it, or a newer one.")
        if meta.get("name") != name:
            raise LedgerFault("ledger.other-name", f"{self.words} is the ledger {meta.get('name')!r}, not {name!r}; open it by its own name.")

    def migrate(self, *, rehearse: bool, told: Told) -> tuple[int, int]:
        """Bring an older schema up to this program's version, all of it or nothing; from which version to which. A rehearsal does the same and
        takes it back. LedgerFault where a house leads it or it is no ledger."""
        if not self.exists():
            raise LedgerFault("ledger.not-a-ledger", f"there is no ledger in {self.words}.")
        with _faults(), self.connect() as connection, connection.transaction(force_rollback=rehearse):
            connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 8))", (self.schema,))
            if _row(connection.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 7))", (self.schema,))) != (True,):
                raise LedgerFault("ledger.in-use", f"{self.words} is led by another process; stop that one first.")
            (held,) = _row(connection.execute(sql.SQL("SELECT value FROM {s}.meta WHERE name = 'version'").format(s=sql.Identifier(self.schema))))
            if int(held) > VERSION:
                raise LedgerFault("ledger.other-version", f"{self.words} is of ledger version {held}, this program writes version {VERSION}; it was migrated by a newer release.")
            raise_to(connection, self.schema, int(held), told)
            return int(held), VERSION

    def _take_lock(self, connection: _Connection) -> None:
        """The leader's lock. Where a connection of our own that broke may still hold it, that one is ended: then what it was about to commit
        is either kept or gone, and stays so."""
        for left in reversed(range(_PATIENCE)):
            if _row(connection.execute(_LOCK, (self.schema,))) == (True,):
                return
            leader = _row(connection.execute(sql.SQL("SELECT epoch, pid FROM {s}.leader").format(s=sql.Identifier(self.schema))))
            if not left or leader != self._led:
                break
            connection.execute("SELECT pg_terminate_backend(%s)", (leader[1],))
            threading.Event().wait(_PAUSE_S)
        raise LedgerFault("ledger.in-use", f"{self.words} is led by another process; stop that one first.")

    def _lead(self, connection: _Connection) -> "PostgresWriting":
        names = {"s": sql.Identifier(self.schema)}
        epoch, head, pid = _row(connection.execute(sql.SQL(
            "UPDATE {s}.leader SET epoch = epoch + 1, pid = pg_backend_pid(), beat = clock_timestamp(), node = %s, address = %s, program = %s "
            "RETURNING epoch, head, pid").format(**names), (self.node.name, self.node.address, self.node.program)))
        writing = PostgresWriting(lambda: connection, self.schema, epoch)
        if writing.head() != head:
            raise LedgerFault("ledger.damaged", f"{self.words} holds {writing.head():,} entries, and its leader's row says {head:,}; restore a copy.")
        self._led = (epoch, pid)
        return writing


class PostgresReading:
    """One connection that reads. One that broke while it lay idle is made again, once for each question."""

    again = True

    def __init__(self, connect: Callable[[], _Connection], schema: str) -> None:
        self._connect, self._schema = connect, schema
        self._connection = connect()
        self._texts: dict[str, sql.Composed] = {}

    def head(self) -> int:
        return int(self._all("SELECT coalesce(max(position), 0) FROM {s}.entries")[0][0])

    def nodes(self, positions: Collection[int]) -> Mapping[int, bytes]:
        return dict(self._all("SELECT position, nodes FROM {s}.entries WHERE position = ANY(%s)", list(positions)))

    def lines(self, after: int, limit: int) -> list[bytes]:
        found = self._all("SELECT line FROM {s}.entries WHERE position > %s ORDER BY position LIMIT %s", after, None if limit == ALL else limit)
        return [row[0] for row in found]

    def tagged(self, tags: Sequence[str], after: int, limit: int) -> list[bytes]:
        found = self._all("SELECT line FROM {s}.entries WHERE position IN (SELECT position FROM {s}.marks JOIN {s}.tags ON tag = id WHERE name = ANY(%s) "
                          "AND position > %s) ORDER BY position LIMIT %s", list(tags), after, limit)
        return [row[0] for row in found]

    def keys(self, keys: Sequence[str]) -> dict[str, tuple[int, int]]:
        found = self._all("SELECT key, first, last FROM {s}.keys WHERE key = ANY(%s)", list(keys)) if keys else []
        return {key: (first, last) for key, first, last in found}

    def instant(self) -> Instant | None:
        return int(self._all("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")[0][0])

    def close(self) -> None:
        with suppress(psycopg.Error):
            self._connection.close()

    def _all(self, text: LiteralString, *given: object) -> list[Any]:
        composed = self._texts.get(text)
        if composed is None:
            composed = self._texts[text] = sql.SQL(text).format(s=sql.Identifier(self._schema))
        with _faults():
            try:
                return self._connection.execute(composed, given, prepare=True, binary=True).fetchall()
            except psycopg.OperationalError:
                if not self.again or not self._connection.broken:
                    raise
                self._connection = self._connect()
                return self._connection.execute(composed, given, prepare=True, binary=True).fetchall()


class PostgresWriting(PostgresReading):
    """The leader's connection. The lock is the connection's, so a broken one is the end of it."""

    again = False

    def __init__(self, connect: Callable[[], _Connection], schema: str, epoch: int) -> None:
        super().__init__(connect, schema)
        self.epoch = epoch
        names = {"s": sql.Identifier(schema)}
        self._beat = sql.SQL("UPDATE {s}.leader SET beat = clock_timestamp() WHERE epoch = %s").format(**names)
        self._go_on = sql.SQL("SELECT {s}.go_on(%s, %s, %s, %s)").format(**names)
        self._inserts = [sql.SQL(text).format(**names) for text in (
            "INSERT INTO {s}.entries SELECT * FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[])", "INSERT INTO {s}.tags SELECT * FROM unnest(%s::text[], %s::bigint[])",
            "INSERT INTO {s}.marks SELECT * FROM unnest(%s::bigint[], %s::bigint[])", "INSERT INTO {s}.keys SELECT * FROM unnest(%s::text[], %s::bigint[], %s::bigint[])")]

    def beat(self) -> None:
        with _faults():
            if self._connection.execute(self._beat, (self.epoch,), prepare=True).rowcount != 1:
                raise StoreFailed("another leads this ledger")

    def close(self) -> None:
        """Let the lead go before the connection: the server sees its end only later, and until then nobody else could take it."""
        with suppress(psycopg.Error):
            self._connection.execute("SELECT pg_advisory_unlock_all()")
        super().close()

    def tags(self, names: Sequence[str]) -> dict[str, tuple[int, int]]:
        found = self._all("SELECT name, id, (SELECT max(position) FROM {s}.marks WHERE tag = id) FROM {s}.tags WHERE name = ANY(%s)", list(names))
        return {name: (number, last or 0) for name, number, last in found}

    def last_tag(self) -> int:
        return int(self._all("SELECT coalesce(max(id), 0) FROM {s}.tags")[0][0])

    def keep(self, rows: Rows) -> None:
        """One round trip: what is sent before one Sync is one transaction (PostgreSQL, 'Message Flow', 'Pipelining'); the fence first, so that
        one who leads by another epoch meanwhile makes it fail whole."""
        first, last = rows.entries[0][0], rows.entries[-1][0]
        columns = list(map(_columns, (rows.entries, rows.tags, rows.marks, rows.keys)))
        with _faults(), self._connection.pipeline(), self._connection.cursor(binary=True) as cursor:
            cursor.execute(self._go_on, (self.epoch, first - 1, last, self._schema), prepare=True)
            for insert, given in zip(self._inserts, columns, strict=True):
                if given:
                    cursor.execute(insert, given, prepare=True)


class PostgresNews(PostgresReading):
    """A follower's connection: it is woken by each batch's NOTIFY, and becomes the leader's where the lock is free."""

    again = False

    def __init__(self, connect: Callable[[], _Connection], schema: str, lead: Callable[[_Connection], PostgresWriting]) -> None:
        super().__init__(connect, schema)
        self._become = lead
        self._connection.execute(sql.SQL("LISTEN {s}").format(s=sql.Identifier(schema)))

    def wait(self, most_s: float) -> None:
        with _faults():
            for _ in self._connection.notifies(timeout=most_s, stop_after=1):
                pass

    def leader(self) -> Leader | None:
        node, address, program, epoch, head, silent_s = self._all(
            "SELECT node, address, program, epoch, head, extract(epoch FROM clock_timestamp() - beat)::float8 FROM {s}.leader")[0]
        return Leader(Node(node, address, program), epoch, head, silent_s) if epoch else None

    def unseat(self) -> None:
        self._all(_UNSEAT, self._schema)

    def take(self) -> PostgresWriting | None:
        with _faults():
            if _row(self._connection.execute(_LOCK, (self._schema,))) != (True,):
                return None
            self._connection.execute("UNLISTEN *")
            return self._become(self._connection)


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _row(cursor: psycopg.Cursor[tuple[Any, ...]]) -> tuple[Any, ...]:
    return cast(tuple[Any, ...], cursor.fetchone())


@contextmanager
def _faults() -> Iterator[None]:
    """Turn what PostgreSQL says into what the ledger knows of any store."""
    try:
        yield
    except errors.DiskFull as error:
        raise StoreFull(str(error)) from error
    except psycopg.Error as error:
        raise StoreFailed(str(error)) from error
