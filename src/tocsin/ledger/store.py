"""The ledger's SQLite file: its schema, which refuses edits, how it is opened, and how it is read."""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar, cast

import apsw

from tocsin.kernel import Entry
from tocsin.ledger.faults import LedgerClosed, LedgerFault, Overloaded
from tocsin.ledger.line import decode
from tocsin.ledger.tree import EMPTY_ROOT, HASH, Node, place_of

T = TypeVar("T")
APPLICATION = 0x746F6373  # 'tocs', so that `file` and every other program can tell what this is
VERSION = 1
READERS = 8
PAGE = 1_000
"""Rows read with one borrowed connection; between pages it is given back, so a slow reader holds nothing."""

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


def prepare(connection: apsw.Connection, name: str, path: Path) -> None:
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


def head(connection: apsw.Connection) -> int:
    """The last position kept, 0 when there is none."""
    return int(connection.execute("SELECT coalesce(max(position), 0) FROM entries").get)


def with_nodes(connection: apsw.Connection, work: Callable[[Node], T]) -> T:
    """Do what needs stored tree nodes, with one query for all of them.

    The work is run twice: which nodes it asks for depends on sizes alone, so the first run only notes their places.
    """
    wanted: set[int] = set()

    def note(level: int, index: int) -> bytes:
        wanted.add(place_of(level, index))
        return EMPTY_ROOT

    work(note)
    found = dict(connection.execute(_NODES.format(positions=",".join("?" * len(wanted))), tuple(wanted)))

    def node(level: int, index: int) -> bytes:
        held = bytes(found.get(place_of(level, index), b""))[HASH * level:HASH * (level + 1)]
        if len(held) != HASH:
            raise LedgerFault("ledger.damaged", f"the tree's node {level}/{index} is missing; run `tocsin audit verify`.")
        return held

    return work(node)


def lines(connection: apsw.Connection, select: str, *bindings: str | int) -> list[bytes]:
    """The lines that a query for one column of lines gives."""
    return [cast(bytes, row[0]) for row in connection.execute(select, bindings)]


_NODES = "SELECT position, nodes FROM entries WHERE position IN ({positions})"
AFTER = "SELECT line FROM entries WHERE position > ? ORDER BY position LIMIT ?"
_ALL_TAGGED = """
    SELECT line FROM entries WHERE position IN (
        SELECT position FROM marks WHERE tag IN (SELECT id FROM tags WHERE name IN ({names})) AND position > ?)
    ORDER BY position"""
_TAGGED = f"{_ALL_TAGGED} LIMIT {{page}}"


def tagged(connection: apsw.Connection, tags: Sequence[str], after: int) -> Iterator[tuple[int, Entry]]:
    """The entries after a position that carry any of the tags, each once, in order, on a connection of one's own."""
    for (line,) in connection.execute(_ALL_TAGGED.format(names=",".join("?" * len(tags))), (*tags, after)):
        yield decode(line)


class Readers:
    """A bounded pool of reading connections, each used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: queue.LifoQueue[apsw.Connection | None] = queue.LifoQueue()
        for _ in range(READERS):
            self._idle.put(None)
        self._closed = threading.Event()

    @contextmanager
    def borrow(self) -> Iterator[apsw.Connection]:
        """One connection for a short read; Overloaded when none comes free within ten seconds."""
        if self._closed.is_set():
            raise LedgerClosed
        try:
            connection = self._idle.get(timeout=10)
        except queue.Empty:
            raise Overloaded from None
        try:
            if connection is None:
                connection = connect(self._path, writing=False)
            yield connection
        finally:
            if self._closed.is_set() and connection is not None:
                connection.close()
                connection = None
            self._idle.put(connection)

    def close(self) -> None:
        """Close the idle connections; one that is out closes when it comes back."""
        self._closed.set()
        for _ in range(READERS):
            try:
                connection = self._idle.get_nowait()
            except queue.Empty:
                return
            if connection is not None:
                connection.close()

    def lines(self, after: int, limit: int | None) -> Iterator[tuple[int, Entry]]:
        """The entries after a position in order, at most `limit` of them, to the end as it is when it is reached."""
        left = limit
        while left is None or left > 0:
            with self.borrow() as connection:
                page = lines(connection, AFTER, after, PAGE if left is None else min(left, PAGE))
            for line in page:
                yield decode(line)
            if len(page) < PAGE:
                return
            after, left = after + len(page), None if left is None else left - len(page)

    def tagged(self, tags: Sequence[str], after: int) -> Iterator[tuple[int, Entry]]:
        """The entries after a position that carry any of the tags, each once, in order."""
        select = _TAGGED.format(names=",".join("?" * len(tags)), page=PAGE)
        while True:
            with self.borrow() as connection:
                page = lines(connection, select, *tags, after)
            for line in page:
                after, entry = decode(line)
                yield after, entry
            if len(page) < PAGE:
                return


def insert(connection: apsw.Connection, entries: Iterable[tuple[int, bytes, bytes]], tags: Iterable[tuple[str, int]],
           marks: Iterable[tuple[int, int]], keys: Iterable[tuple[str, int, int]]) -> None:
    """Write one batch's rows, inside the caller's transaction."""
    connection.executemany("INSERT INTO entries VALUES (?, ?, ?)", entries)
    connection.executemany("INSERT INTO tags VALUES (?, ?)", tags)
    connection.executemany("INSERT INTO marks VALUES (?, ?)", marks)
    connection.executemany("INSERT INTO keys VALUES (?, ?, ?)", keys)
