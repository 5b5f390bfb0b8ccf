"""Reading a trail in PostgreSQL: a few connections that only read, each used by one thread at a time."""

import queue
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, LiteralString

import numpy as np
import psycopg
from psycopg import IsolationLevel, sql

from tocsin.kernel import Instant
from tocsin.trail.fix import AHEAD_US
from tocsin.trail.place import LOOK_BACK_US, PlaceFailed, newest_of
from tocsin.trail.points import LOGGED, POINT, Points, merge, split
from tocsin.trail.schema import MANY

Connection = psycopg.Connection[tuple[Any, ...]]
_SESSION: dict[str, Any] = {
    "application_name": "tocsin", "connect_timeout": "5", "keepalives_idle": "5", "keepalives_interval": "2", "keepalives_count": "3", "tcp_user_timeout": "10000"}
_OPTIONS = "-c statement_timeout={}s -c lock_timeout=2s -c idle_in_transaction_session_timeout=10s -c timezone=UTC"
_WAIT_S = 10


def connect(address: str, statement_s: int) -> Connection:
    """A connection of the trail's own, with times of its own after which it gives up."""
    return psycopg.connect(address, autocommit=True, options=_OPTIONS.format(statement_s), **_SESSION)


@contextmanager
def failing() -> Iterator[None]:
    """Turn what PostgreSQL says into what a trail knows of any place."""
    try:
        yield
    except psycopg.Error as error:
        raise PlaceFailed(str(error)) from error


class Reads:
    """So many connections that read, made when they are needed; one that broke while it lay idle is made again once for each question."""

    def __init__(self, address: str, schema: str, most: int) -> None:
        self._address, self._schema = address, sql.Identifier(schema)
        self._idle: queue.LifoQueue[Connection | None] = queue.LifoQueue()
        self._texts: dict[str, sql.Composed] = {}
        self._closed = threading.Event()
        self._most = most
        for _ in range(most):
            self._idle.put(None)

    @contextmanager
    def seen(self) -> Iterator["Seen"]:
        """Several questions about one moment."""
        try:
            connection = self._idle.get(timeout=_WAIT_S)
        except queue.Empty:
            raise PlaceFailed("too many read it at once") from None
        try:
            with failing():
                connection = self._living(connection)
                with connection.transaction():
                    yield Seen(connection, self._text)
        finally:
            if connection is not None and (self._closed.is_set() or connection.broken):
                connection.close()
                connection = None
            self._idle.put(connection)

    def close(self) -> None:
        """Close those that are idle; one that is out closes when it comes back."""
        self._closed.set()
        with suppress(queue.Empty):
            for _ in range(self._most):
                connection = self._idle.get_nowait()
                if connection is not None:
                    connection.close()

    def _living(self, connection: Connection | None) -> Connection:
        if connection is not None:
            try:
                connection.execute("SELECT")
            except psycopg.OperationalError:
                connection.close()
            else:
                return connection
        connection = connect(self._address, _WAIT_S)
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        return connection

    def _text(self, text: LiteralString) -> sql.Composed:
        composed = self._texts.get(text)
        if composed is None:
            composed = self._texts[text] = sql.SQL(text).format(s=self._schema)
        return composed


class Seen:
    """A trail as it is at one moment."""

    def __init__(self, connection: Connection, text: Any) -> None:
        self._connection, self._text = connection, text

    def all(self, text: LiteralString, *given: object) -> list[Any]:
        """The rows that a question is answered with."""
        return self._connection.execute(self._text(text), given, prepare=True, binary=True).fetchall()

    def days(self) -> list[int]:
        """The days that there are, oldest first."""
        return [row[0] for row in self.all("SELECT day FROM {s}.days ORDER BY day")]

    def read(self, day: int, unit: str, since: Instant, until: Instant) -> Points:
        """One unit's points of a day."""
        rows = self.all("SELECT unit, points FROM {s}.pieces WHERE part = (SELECT part FROM {s}.days WHERE day = %s) "
                        "AND unit IN (0, (SELECT id FROM {s}.units WHERE name = %s)) AND first_at < %s AND last_at >= %s", day, unit, until, since)
        number = next((row[0] for row in self.all("SELECT id FROM {s}.units WHERE name = %s", unit)), None)
        many = joined([points for one, points in rows if one == MANY])
        return merge([*(np.frombuffer(points, POINT) for one, points in rows if one != MANY), *(points for _, points in split(many[many["unit"] == number]))], since, until)

    def last(self, day: int, wanted: Mapping[str, Instant], at: Instant) -> tuple[dict[str, Points], bool]:
        """Of each wanted unit the newest point that was heard by `at`; and whether the day is thinned."""
        part = next((row[0] for row in self.all("SELECT part FROM {s}.days WHERE day = %s", day)), 1)  # one that expired meanwhile is as if thinned
        numbers = dict(self.all("SELECT id, name FROM {s}.units WHERE name = ANY(%s)", list(wanted)))
        ahead = at + AHEAD_US + 1
        many = dict(split(joined([row[0] for row in self.all("SELECT points FROM {s}.pieces WHERE part = %s AND unit = 0 AND first_at < %s", part, ahead)])))
        found: dict[str, Points] = {}
        left = dict(numbers)
        for back in LOOK_BACK_US:
            pieces: dict[int, list[Points]] = {number: [many[number]] if number in many else [] for number in left}
            for number, points in self.all("SELECT unit, points FROM {s}.pieces WHERE part = %s AND unit = ANY(%s) AND first_at < %s AND last_at >= %s",
                                           part, list(left), ahead, at - back):
                pieces[number].append(np.frombuffer(points, POINT))
            for number, parts in pieces.items():
                after = wanted[left[number]]
                point = newest_of(parts, max(after + 1, at - back), at)
                if point is not None:
                    found[left[number]] = point
                if point is not None or after + 1 >= at - back:
                    del left[number]
            if not left:
                break
        return found, bool(part % 2)


def joined(rows: list[bytes]) -> Points:
    """The points of rows that each hold those of many units."""
    return np.frombuffer(b"".join(rows), LOGGED)
