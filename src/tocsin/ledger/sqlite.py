"""The ledger's SQLite file: its schema, which refuses edits, how it is opened, and how it is read."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import cast

import apsw

from tocsin.kernel import Instant
from tocsin.ledger.faults import LedgerFault
from tocsin.ledger.store import Rows, StoreFailed, StoreFull

APPLICATION = 0x746F6373  # 'tocs', so that `file` and every other program can tell what this is
VERSION = 1
FILE = "ledger.sqlite"

TABLES = {
    "meta": "name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "entries": "position INTEGER PRIMARY KEY, nodes BLOB NOT NULL, line BLOB NOT NULL) STRICT",
    "tags": "name TEXT PRIMARY KEY, id INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "marks": "tag INTEGER NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (tag, position)) STRICT, WITHOUT ROWID",
    "keys": "key TEXT PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL) STRICT, WITHOUT ROWID",
}
SCHEMA = {name: f"CREATE TABLE {name} ({columns}" for name, columns in TABLES.items()} | {
    f"{name}_no_{verb.lower()}": f"CREATE TRIGGER {name}_no_{verb.lower()} BEFORE {verb} ON {name} "
    "BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END"
    for name in TABLES for verb in ("UPDATE", "DELETE")
} | {
    "entries_no_gap": "CREATE TRIGGER entries_no_gap BEFORE INSERT ON entries WHEN NEW.position <> "
    "(SELECT coalesce(max(position), 0) + 1 FROM entries) BEGIN SELECT RAISE(ABORT, 'the ledger has no gaps'); END"
}
"""Every object of the schema by name, as SQLite keeps it, so that the audit can tell a missing trigger."""


def connect(path: Path, *, writing: bool) -> apsw.Connection:
    """A connection to the ledger's file; a commit on the writing one returns only when the disk has it."""
    connection = apsw.Connection(
        str(path), flags=apsw.SQLITE_OPEN_READWRITE | (apsw.SQLITE_OPEN_CREATE if writing else 0))
    connection.set_busy_timeout(5_000)
    if writing:
        connection.pragma("journal_mode", "wal")
        connection.pragma("synchronous", "full")
        connection.pragma("wal_autocheckpoint", 4_000)
        connection.pragma("cache_size", -32_000)
    else:
        connection.pragma("query_only", True)
        connection.pragma("cache_size", -8_000)
    return connection


def _lay(connection: apsw.Connection, name: str, path: Path) -> None:
    """Lay down the schema in a new file, or check that the old one is this ledger and of this version."""
    version, application = connection.pragma("user_version"), connection.pragma("application_id")
    if version == 0 and application == 0 and not connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall():
        with connection:
            for statement in SCHEMA.values():
                connection.execute(statement)
            connection.execute("INSERT INTO meta VALUES ('name', ?)", (name,))
            connection.pragma("application_id", APPLICATION)
            connection.pragma("user_version", VERSION)
        return
    if application != APPLICATION:
        raise LedgerFault("ledger.not-a-ledger", f"{path} is another program's file; give a folder of its own.")
    if version != VERSION:
        raise LedgerFault("ledger.other-version", f"{path} is of ledger version {version}, this program writes version "
                          f"{VERSION}; open it with the release that made it, or migrate it.")
    kept = connection.execute("SELECT value FROM meta WHERE name = 'name'").get
    if kept != name:
        raise LedgerFault("ledger.other-name", f"{path} is the ledger {kept!r}, not {name!r}; open it by its own name.")


class SqliteStore:
    """A ledger's rows in one file beside it."""

    apart = False

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def words(self) -> str:
        return str(self.path)

    def exists(self) -> bool:
        return self.path.exists()

    def prepare(self, name: str) -> None:
        with faults(), closing(connect(self.path, writing=True)) as connection:
            _lay(connection, name, self.path)

    def signed_by(self, verifier: str, former: Collection[str]) -> bool:
        """A file goes with the keys beside it; another's checkpoint over it is what finds a mix-up."""
        return True

    def reading(self) -> "SqliteReading":
        with faults():
            return SqliteReading(connect(self.path, writing=False))

    def writing(self) -> "SqliteWriting":
        """Opens it with an empty write-ahead log. Emptying it either makes a commit whose sync failed durable or wipes it out; left in the
        log, it could come back after a crash although its caller was told that it was not kept."""
        with faults():
            connection = connect(self.path, writing=True)
            try:
                if connection.execute("PRAGMA wal_checkpoint(truncate)").fetchall()[0][0]:
                    raise apsw.BusyError("the log could not be settled")
            except BaseException:
                connection.close(True)
                raise
            return SqliteWriting(connection)


class SqliteReading:
    """One connection to the file."""

    def __init__(self, connection: apsw.Connection) -> None:
        self.connection = connection

    def head(self) -> int:
        with faults():
            return int(self.connection.execute("SELECT coalesce(max(position), 0) FROM entries").get)

    def nodes(self, positions: Collection[int]) -> Mapping[int, bytes]:
        with faults():
            return dict(self.connection.execute(_NODES.format(positions=",".join("?" * len(positions))), tuple(positions)))

    def lines(self, after: int, limit: int) -> list[bytes]:
        return self._lines(_AFTER, after, limit)

    def tagged(self, tags: Sequence[str], after: int, limit: int) -> list[bytes]:
        return self._lines(_TAGGED.format(names=",".join("?" * len(tags))), *tags, after, limit)

    def every(self, after: int, limit: int | None) -> Iterator[bytes]:
        """`lines` one at a time, for whoever has a connection of their own."""
        for (line,) in self.connection.execute(_AFTER, (after, -1 if limit is None else limit)):
            yield line

    def every_tagged(self, tags: Sequence[str], after: int) -> Iterator[bytes]:
        """`tagged`, likewise."""
        for (line,) in self.connection.execute(_TAGGED.format(names=",".join("?" * len(tags))), (*tags, after, -1)):
            yield line

    def keys(self, keys: Sequence[str]) -> dict[str, tuple[int, int]]:
        found = {}
        with faults():
            for key in keys:
                row = self.connection.execute("SELECT first, last FROM keys WHERE key = ?", (key,)).get
                if row is not None:
                    found[key] = (row[0], row[1])
        return found

    def instant(self) -> Instant | None:
        self.head()
        return None

    def close(self) -> None:
        self.connection.close(True)

    def _lines(self, select: str, *bindings: str | int) -> list[bytes]:
        with faults():
            return [cast(bytes, row[0]) for row in self.connection.execute(select, bindings)]


class SqliteWriting(SqliteReading):
    """The one connection that writes."""

    epoch = 0

    def beat(self) -> None:
        """Nobody else can ever write: the folder's lock sees to that."""

    def tags(self, names: Sequence[str]) -> dict[str, tuple[int, int]]:
        found = {}
        with faults():
            for name in names:
                row = self.connection.execute("SELECT id, (SELECT max(position) FROM marks WHERE tag = id) FROM tags WHERE name = ?", (name,)).get
                if row is not None:
                    found[name] = (row[0], row[1] or 0)
        return found

    def last_tag(self) -> int:
        with faults():
            return int(self.connection.execute("SELECT coalesce(max(id), 0) FROM tags").get)

    def keep(self, rows: Rows) -> None:
        with faults(), self.connection:
            insert(self.connection, rows)


_NODES = "SELECT position, nodes FROM entries WHERE position IN ({positions})"
_AFTER = "SELECT line FROM entries WHERE position > ? ORDER BY position LIMIT ?"
_TAGGED = """
    SELECT line FROM entries WHERE position IN (
        SELECT position FROM marks WHERE tag IN (SELECT id FROM tags WHERE name IN ({names})) AND position > ?)
    ORDER BY position LIMIT ?"""


def insert(connection: apsw.Connection, rows: Rows) -> None:
    """Write one batch's rows, inside the caller's transaction."""
    connection.executemany("INSERT INTO entries VALUES (?, ?, ?)", rows.entries)
    connection.executemany("INSERT INTO tags VALUES (?, ?)", rows.tags)
    connection.executemany("INSERT INTO marks VALUES (?, ?)", rows.marks)
    connection.executemany("INSERT INTO keys VALUES (?, ?, ?)", rows.keys)


@contextmanager
def faults() -> Iterator[None]:
    """Turn what SQLite says into what the ledger knows of any store."""
    try:
        yield
    except apsw.FullError as error:
        raise StoreFull(str(error)) from error
    except apsw.Error as error:
        raise StoreFailed(str(error)) from error
