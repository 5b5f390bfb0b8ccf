"""What lies beside the entries in PostgreSQL: read by every node, written by the one that leads, in transactions that end with its fence.

The fence comes last: it holds the leader's row from then until the commit, so nobody takes over in between, and a long write keeps no
entry waiting. An older leader that wakes up finds another epoch there, and nothing of what it sent is kept.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import perf_counter
from typing import Any, LiteralString, TypeVar

import psycopg
from psycopg import errors, sql

from tocsin.ledger.faults import DiskFailed, LedgerFull, Unreadable
from tocsin.ledger.nodes import Follows
from tocsin.ledger.postgres import PostgresStore

T = TypeVar("T")
_PAUSE_S = 2.0
_FENCE: LiteralString = "SELECT {s}.still_leads(%s)"
_LOG = logging.getLogger("tocsin.ledger")


class Writes:
    """One transaction under way."""

    def __init__(self, cursor: psycopg.Cursor[tuple[Any, ...]], composed: Callable[[LiteralString], sql.Composed]) -> None:
        self._cursor, self._composed = cursor, composed

    def do(self, text: LiteralString, *given: object) -> int:
        """Carry out a statement; how many rows it changed."""
        return self._cursor.execute(self._composed(text), given).rowcount

    def ask(self, text: LiteralString, *given: object) -> list[tuple[Any, ...]]:
        """The rows that a statement gives."""
        return self._cursor.execute(self._composed(text), given).fetchall()


class Side:
    """One connection for one kind of what lies beside the entries. A broken one is made again, once for each question; whatever is written
    can be written twice."""

    def __init__(self, store: PostgresStore, *, patient: bool = True) -> None:
        """One that is not `patient` answers at once that it cannot, while another waits for the database or did so in vain a moment ago."""
        self.store, self._patient, self._failed_s = store, patient, -_PAUSE_S
        self._lock = threading.RLock()
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None
        self._texts: dict[str, sql.Composed] = {}

    def ask(self, text: LiteralString, *given: object) -> list[tuple[Any, ...]]:
        """The rows that a question gives; Unreadable where the database does not answer."""
        def read(connection: psycopg.Connection[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
            return connection.execute(self._composed(text), given, binary=True).fetchall()

        with _reading(), self._turn():
            return self._again(read)

    def write(self, work: Callable[[Writes], T], *, fenced: bool = True) -> T:
        """Do this in one transaction, whole or not at all; Follows where another leads, LedgerFull or DiskFailed where the database fails.
        Only what may be written by any node goes unfenced."""
        def written(connection: psycopg.Connection[tuple[Any, ...]]) -> T:
            with connection.transaction(), connection.cursor(binary=True) as cursor:
                done = work(Writes(cursor, self._composed))
                if fenced:
                    cursor.execute(self._composed(_FENCE), (self.store.led,))
                return done

        return self._written(written, fenced=fenced)

    def send(self, text: LiteralString, *given: object) -> None:
        """One statement of which nothing has to be known, with its fence, in one round trip: what is sent before one Sync is one transaction."""
        def sent(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
            with connection.pipeline(), connection.cursor(binary=True) as cursor:
                cursor.execute(self._composed(text), given)
                cursor.execute(self._composed(_FENCE), (self.store.led,))

        self._written(sent, fenced=True)

    def must_lead(self) -> None:
        """Follows, where this node never led."""
        if not self.store.led:
            raise Follows

    def close(self) -> None:
        """Let the connection go; a later question makes another."""
        with self._lock, suppress(psycopg.Error):
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def _written(self, act: "Callable[[psycopg.Connection[tuple[Any, ...]]], T]", *, fenced: bool) -> T:
        with _writing(), self._turn():
            led = self.store.led
            if fenced and not led:
                raise Follows
            try:
                return self._again(act)
            except errors.ObjectNotInPrerequisiteState:
                if self.store.led == led:
                    raise
                return self._again(act)  # the lead was taken anew meanwhile, by us

    def _again(self, act: "Callable[[psycopg.Connection[tuple[Any, ...]]], T]") -> T:
        if self._connection is None or self._connection.closed:
            self._connection = self._connected()
        try:
            return act(self._connection)
        except psycopg.OperationalError:
            if not self._connection.broken:
                raise
            self._connection.close()
            self._connection = self._connected()
            return act(self._connection)

    def _connected(self) -> psycopg.Connection[tuple[Any, ...]]:
        if not self._patient and perf_counter() - self._failed_s < _PAUSE_S:
            raise psycopg.OperationalError("the database could not be reached a moment ago")
        try:
            return self.store.connect()
        except psycopg.OperationalError:
            self._failed_s = perf_counter()
            raise

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._lock.acquire(timeout=-1 if self._patient else _PAUSE_S / 4):
            raise psycopg.OperationalError("the database does not answer somebody before us")
        try:
            yield
        finally:
            self._lock.release()

    def _composed(self, text: LiteralString) -> sql.Composed:
        composed = self._texts.get(text)
        if composed is None:
            composed = self._texts[text] = sql.SQL(text).format(s=sql.Identifier(self.store.schema))
        return composed


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        _LOG.warning("what lies beside the entries cannot be read: %s", type(error).__name__)
        raise Unreadable from error


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except errors.ObjectNotInPrerequisiteState as error:
        raise Follows from error
    except errors.DiskFull as error:
        raise LedgerFull from error
    except psycopg.Error as error:
        _LOG.warning("what lies beside the entries cannot be written: %s", type(error).__name__)
        raise DiskFailed from error
