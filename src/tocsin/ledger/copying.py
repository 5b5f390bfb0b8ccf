"""A ledger copied from one store to another: each line hashed again and written as the ledger writes it, so that the root stays the same.
What lies beside the entries moves with them; an auditor's copy has none of it."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import groupby, islice
from pathlib import Path

import apsw
import msgspec

from tocsin.ledger.batch import Tags
from tocsin.ledger.carrying import set_aside, to_database, to_folder
from tocsin.ledger.checkpoints import FORMER, SIGNED
from tocsin.ledger.faults import LedgerFault
from tocsin.ledger.keys import sync_folder
from tocsin.ledger.line import MAX_ENTRIES, read_line
from tocsin.ledger.place import NAMED, note, store_of
from tocsin.ledger.postgres import PostgresStore
from tocsin.ledger.sqlite import FILE, SqliteStore, faults
from tocsin.ledger.store import Rows, Store, StoreFailed, with_nodes
from tocsin.ledger.tree import Growth, hash_leaf, root_at

_PAGE = 5 * MAX_ENTRIES
"""Lines at once; more than one submission can have, so that the entries of one key are never parted."""
Told = Callable[[int, int], None]
"""Is told how many entries are over there, and of how many."""


def copy(source: Store, target: Store, name: str, told: Told) -> tuple[int, bytes]:
    """Bring the target up to the source, from wherever an earlier copy broke off; the size and the root of both. LedgerFault where they differ."""
    target.prepare(name)
    with closing(source.reading()) as reading, closing(target.writing()) as writing:
        head, done = reading.head(), writing.head()
        if done > head or with_nodes(writing, lambda node: root_at(done, node)) != with_nodes(reading, lambda node: root_at(done, node)):
            raise LedgerFault("ledger.not-a-copy", f"{target.words} holds {done:,} entries that are not the beginning of {source.words}; give an empty place.")
        growth, tags = with_nodes(writing, lambda node: Growth.resume(done, node)), Tags(writing)
        while growth.size < head:
            lines = reading.lines(growth.size, min(_PAGE, head - growth.size))
            writing.keep(rows_of(lines, growth, tags, whole=growth.size + len(lines) == head))
            tags.trim()
            told(growth.size, head)
        if growth.root() != with_nodes(reading, lambda node: root_at(head, node)):
            raise LedgerFault("ledger.damaged", f"the entries of {source.words} are not those of its tree; run `tocsin audit verify`, or restore a copy.")
        return head, growth.root()


def lay(lines: Iterable[bytes], size: int, target: Store, name: str) -> bytes:
    """Lay so many lines into an empty store; their root. LedgerFault where there are fewer, or one is not in its place."""
    target.prepare(name)
    with closing(target.writing()) as writing:
        growth, tags, source, left = Growth(), Tags(writing), iter(lines), list[bytes]()
        while growth.size < size:
            left += islice(source, _PAGE - len(left) + 1)
            before = growth.size
            writing.keep(rows_of(left[:size - growth.size], growth, tags, whole=growth.size + len(left) >= size))
            tags.trim()
            if growth.size == before:
                raise LedgerFault("ledger.damaged", f"there are {growth.size:,} entries, and {size:,} should be.")
            del left[:growth.size - before]
        return growth.root()


def rows_of(lines: list[bytes], growth: Growth, tags: Tags, *, whole: bool) -> Rows:
    """The rows of a page. Where more is to come, its last key's entries are left for the next, since more of them may come there."""
    read = [(line, read_line(line)) for line in lines]
    tags.know(tag for _, said in read for tag in said.tags)
    runs = [(key, list(run)) for key, run in groupby(read, key=lambda one: one[1].key)]
    if not whole and len(runs) > 1 and runs[-1][0]:
        runs.pop()
    entries, new, marks, keys = [], [], [], []
    for key, run in runs:
        if key:
            keys.append((key, growth.size + 1, growth.size + len(run)))
        for line, said in run:
            position = growth.size + 1
            if said.position != position:
                raise LedgerFault("ledger.damaged", f"where entry {position:,} should be stands {said.position:,}; run `tocsin audit verify`.")
            entries.append((position, growth.add(hash_leaf(line)), line))
            for tag in dict.fromkeys(said.tags):
                number, first = tags.mark(tag, position)
                if first:
                    new.append((tag, number))
                marks.append((number, position))
    return Rows(entries, new, marks, keys)


def move(folder: Path, name: str, database: str, told: Told) -> tuple[int, bytes, str]:
    """Move the ledger of a folder into a database, or with an empty address back into the folder; what it was in stays, set aside, and is
    named last. The house must not run. Cut off anywhere it can be done again."""
    with alone(folder), _readable():
        if database:
            return _into(folder, name, database, told)
        source = store_of(folder, name)
        if isinstance(source, SqliteStore) and not source.exists() and (folder / f"{FILE}.new").exists():
            _take_place(folder)  # broken off at the very end
            with closing(source.reading()) as reading:
                return reading.head(), with_nodes(reading, lambda node: root_at(reading.head(), node)), "the database before"
        if isinstance(source, SqliteStore):
            raise LedgerFault("ledger.here-already", f"the ledger of {folder} lies in {source.words} already.")
        size, root = copy(source, SqliteStore(folder / f"{FILE}.new"), name, told)
        assert isinstance(source, PostgresStore), "there are two places"
        to_folder(source, folder)
        (folder / NAMED).unlink()  # all is here now; doing it again goes on from here
        _take_place(folder)
        return size, root, source.words


def _take_place(folder: Path) -> None:
    (folder / f"{FILE}.new").replace(folder / FILE)
    sync_folder(folder)


def _into(folder: Path, name: str, database: str, told: Told) -> tuple[int, bytes, str]:
    source, target = SqliteStore(folder / FILE), PostgresStore(database, name)
    if not source.exists():
        raise LedgerFault("ledger.no-file", f"{source.words} is not there; nothing can be copied from it.")
    size, root = copy(source, target, name, told)
    to_database(folder, target)
    note(folder, database)
    aside = folder / f"{FILE}.copied"
    source.path.replace(aside)
    for ending in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            source.path.with_name(source.path.name + ending).unlink()
    set_aside(folder)
    return size, root, str(aside)


def for_auditor(folder: Path, name: str, into: Path, told: Told) -> tuple[int, bytes]:
    """Lay a copy of entries and checkpoints, and no key, into a folder of its own, for `tocsin audit`; the house may run."""
    into.mkdir(parents=True, exist_ok=True)
    with _readable():
        for one in SIGNED:  # before the entries, so that none signs more than there is
            if (folder / one).exists():
                shutil.copyfile(folder / one, into / one)
        if (folder / FORMER).exists():
            shutil.copytree(folder / FORMER, into / FORMER, dirs_exist_ok=True)
        source = store_of(folder, name)
        if isinstance(source, SqliteStore):
            return _as_it_is(source, into / FILE, told)
        return copy(source, SqliteStore(into / FILE), name, told)


def _as_it_is(source: SqliteStore, into: Path, told: Told) -> tuple[int, bytes]:
    """The file page by page, with all that is wrong in it: what an auditor is to find must not be mended, or refused, by whoever copies."""
    if not source.exists():
        raise LedgerFault("ledger.no-file", f"{source.words} is not there; nothing can be copied from it.")
    with faults(), closing(apsw.Connection(str(source.path), flags=apsw.SQLITE_OPEN_READWRITE)) as connection, closing(apsw.Connection(str(into))) as target:
        connection.set_busy_timeout(5_000)
        with target.backup("main", connection, "main") as backup:
            backup.step()
    with closing(SqliteStore(into).reading()) as reading:
        head = reading.head()
        told(head, head)
        return head, with_nodes(reading, lambda node: root_at(head, node))


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """The folder's lock, which a running house holds."""
    lock = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise LedgerFault("ledger.in-use", f"{folder} is open in another process; stop that one first.") from error
    finally:
        os.close(lock)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except StoreFailed as error:
        raise LedgerFault("ledger.unreadable", f"a store failed ({error}); what was copied so far stays, do it again.") from error
    except msgspec.DecodeError as error:
        raise LedgerFault("ledger.damaged", f"an entry cannot be read ({error}); run `tocsin audit verify`.") from error
