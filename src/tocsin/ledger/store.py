"""What a ledger asks of the place where its rows lie, and the pool of readers over any such place: SQLite beside it, or PostgreSQL."""

import logging
import queue
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeVar

import msgspec

from tocsin.kernel import Entry, Instant
from tocsin.ledger.faults import LedgerClosed, LedgerFault, Overloaded, Unreadable
from tocsin.ledger.line import decode
from tocsin.ledger.tree import EMPTY_ROOT, HASH, Node, place_of

T = TypeVar("T")
_LOG = logging.getLogger("tocsin.ledger")
READERS = 8
PAGE = 1_000
"""Rows read with one borrowed connection; between pages it is given back, so a slow reader holds nothing."""
ALL = -1


class StoreFailed(Exception):
    """The store did not do what was asked. After a failed `keep` nobody knows whether it was kept, until it is opened and read again."""


class StoreFull(StoreFailed):
    """The store has no room: certainly nothing was kept."""


class Rows(msgspec.Struct, frozen=True):
    """What one batch adds: entries as (position, nodes, line), new tags as (name, id), marks as (tag id, position), keys as (key, first, last)."""

    entries: Sequence[tuple[int, bytes, bytes]]
    tags: Sequence[tuple[str, int]]
    marks: Sequence[tuple[int, int]]
    keys: Sequence[tuple[str, int, int]]


class Reading(Protocol):
    """One connection that reads, used by one thread at a time. Everything may raise StoreFailed."""

    def head(self) -> int:
        """The last position kept, 0 when there is none."""

    def nodes(self, positions: Collection[int]) -> Mapping[int, bytes]:
        """The hashes that are stored with these entries."""

    def lines(self, after: int, limit: int) -> list[bytes]:
        """The lines after a position in order, at most so many, or ALL."""

    def tagged(self, tags: Sequence[str], after: int, limit: int) -> list[bytes]:
        """The lines after a position that carry any of the tags, each once, in order."""

    def keys(self, keys: Sequence[str]) -> Mapping[str, tuple[int, int]]:
        """Of these idempotency keys, those under which anything was kept: the first and last position of each."""

    def instant(self) -> Instant | None:
        """What the store's own clock says; None where it has only this machine's. Asked also to learn whether it answers at all."""

    def close(self) -> None:
        """Let it go, whatever state it is in."""


class Writing(Reading, Protocol):
    """The one connection that writes. It was opened with the log settled: what it reads is kept and stays kept."""

    @property
    def epoch(self) -> int:
        """The number of this lead, one higher than the one before; 0 where only one house can ever write."""

    def beat(self) -> None:
        """Say that whoever writes is alive; StoreFailed where another does meanwhile."""

    def tags(self, names: Sequence[str]) -> Mapping[str, tuple[int, int]]:
        """Of these tags, those that anything carries: the id of each, and the last position."""

    def last_tag(self) -> int:
        """The highest id of a tag, 0 when there is none."""

    def keep(self, rows: Rows) -> None:
        """Keep a batch, all of it or nothing; when it returns the rows are durable."""


class Store(Protocol):
    """Where the rows of one ledger lie. It can be sent to another process."""

    apart: bool
    """Whether it is a program of its own, which can be away while this one runs."""

    @property
    def words(self) -> str:
        """What it is called in messages; no password."""

    def exists(self) -> bool:
        """Whether a ledger was begun in it."""

    def prepare(self, name: str) -> None:
        """Begin the ledger of this name, or make sure that it is this one and of this version; LedgerFault."""

    def signed_by(self, verifier: str, former: Collection[str]) -> bool:
        """Whether this is the key that signs this ledger: the first that asked, or one that took the place of a `former` one since."""

    def reading(self) -> Reading:
        """A connection that reads."""

    def writing(self) -> Writing:
        """The connection that writes; LedgerFault where another process has it."""


def with_nodes(reading: Reading, work: Callable[[Node], T]) -> T:
    """Do what needs stored tree nodes, with one query for all of them.

    The work is run twice: which nodes it asks for depends on sizes alone, so the first run only notes their places.
    """
    wanted: set[int] = set()

    def note(level: int, index: int) -> bytes:
        wanted.add(place_of(level, index))
        return EMPTY_ROOT

    work(note)
    found = reading.nodes(wanted)

    def node(level: int, index: int) -> bytes:
        held = bytes(found.get(place_of(level, index), b""))[HASH * level:HASH * (level + 1)]
        if len(held) != HASH:
            raise LedgerFault("ledger.damaged", f"the tree's node {level}/{index} is missing; run `tocsin audit verify`.")
        return held

    return work(node)


class Readers:
    """A bounded pool of reading connections, each used by one thread at a time; one that failed is not used again."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._idle: queue.LifoQueue[Reading | None] = queue.LifoQueue()
        for _ in range(READERS):
            self._idle.put(None)
        self._closed = threading.Event()

    @contextmanager
    def borrow(self) -> Iterator[Reading]:
        """One connection for a short read; Overloaded when none comes free within ten seconds, Unreadable where the store fails."""
        if self._closed.is_set():
            raise LedgerClosed
        try:
            reading = self._idle.get(timeout=10)
        except queue.Empty:
            raise Overloaded from None
        try:
            if reading is None:
                reading = self._store.reading()
            yield reading
        except StoreFailed as error:
            _LOG.exception("the ledger cannot be read")
            if reading is not None:
                reading.close()
                reading = None
            raise Unreadable from error
        finally:
            if self._closed.is_set() and reading is not None:
                reading.close()
                reading = None
            self._idle.put(reading)

    def close(self) -> None:
        """Close the idle connections; one that is out closes when it comes back."""
        self._closed.set()
        for _ in range(READERS):
            try:
                reading = self._idle.get_nowait()
            except queue.Empty:
                return
            if reading is not None:
                reading.close()

    def lines(self, after: int, limit: int | None) -> Iterator[tuple[int, Entry]]:
        """The entries after a position in order, at most `limit` of them, to the end as it is when it is reached."""
        left = limit
        while left is None or left > 0:
            with self.borrow() as reading:
                page = reading.lines(after, PAGE if left is None else min(left, PAGE))
            for line in page:
                yield decode(line)
            if len(page) < PAGE:
                return
            after, left = after + len(page), None if left is None else left - len(page)

    def tagged(self, tags: Sequence[str], after: int) -> Iterator[tuple[int, Entry]]:
        """The entries after a position that carry any of the tags, each once, in order."""
        while True:
            with self.borrow() as reading:
                page = reading.tagged(tags, after, PAGE)
            for line in page:
                after, entry = decode(line)
                yield after, entry
            if len(page) < PAGE:
                return
