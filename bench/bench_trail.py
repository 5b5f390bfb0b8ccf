"""The trail under 10,000 units that report every five seconds: what it costs, how quickly it answers, and what a million points take on the disk beside plain tables."""

import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import median
from typing import LiteralString, Protocol

import apsw
import psycopg
from tests.postgres import emptied, server

from bench.bench_trail_places import DAY, NOON, SECOND, copied, timed_s
from tocsin.kernel import Instant
from tocsin.trail import Fix, Trail
from tocsin.trail.files import Files
from tocsin.trail.latest import Step
from tocsin.trail.place import Batch, Place
from tocsin.trail.postgres import PostgresDays

UNITS = 10_000
PER_S = 2_000
LASTING_S = 6
PER_FLUSH, FLUSHES, UNPACKED = 1_600, 600, 299
"""Points a flush; flushes in all, of which each 300th packs those before it; and flushes after which all still lie as they came."""
THIN_S = 10
DATA = "960,000 points: 10,000 units every 5 s for 8 min"
Point = tuple[int, int, int, float, float, float, float, float]
Report = Callable[..., None]


class Machine:
    """The machine's own clock."""

    def now(self) -> Instant:
        """Microseconds of UTC."""
        return time.time_ns() // 1_000


def run(report: Report) -> None:
    """Every figure of the trail."""
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as home, \
            Trail.open(Path(home), Machine(), keep_days=7) as trail:
        spent_s = under_load(trail)
        report(name="trail: CPU at 2,000 positions a second", value=100 * spent_s / LASTING_S, unit="% of a core",
               runs=1, data=f"10,000 units, {LASTING_S} s, taking in and writing")
        changes, whole, one = [], [], []
        now = Machine().now()
        for number in range(200):
            at = trail.head()
            trail.report([Fix(f"U{unit}", 24.9, 60.2, now + number, now) for unit in range(500)])
            changes.append(timed_us(partial(trail.since, at)))
            whole.append(timed_us(lambda: trail.since(0)))
        for unit in range(50):
            one.append(timed_us(partial(trail.history, f"U{unit}", 0, now + 1_000)))
        report(name="trail: 500 changed rows since a number", value=median(changes), unit="us", runs=200, data="10,000 units")
        report(name="trail: all rows", value=median(whole), unit="us", runs=200, data="10,000 units")
        report(name="trail: one unit's history", value=median(one), unit="us", runs=50, data="not yet packed")
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as home, server() as address:
        emptied(address)
        files = Files(Path(home) / "trail")
        cost(report, "files", files, partial(in_files, Path(home) / "trail", files), PlainSqlite(Path(home) / "plain.db"))
        cost(report, "PostgreSQL", PostgresDays(address, "bench"), partial(in_partitions, address), PlainPostgres(address))
        emptied(address)


def under_load(trail: Trail) -> float:
    """Seconds of CPU for so many seconds of reports, the making of them taken off."""
    begun, making, told = time.perf_counter(), 0.0, 0
    before = time.process_time()
    while time.perf_counter() - begun < LASTING_S:
        mark = time.thread_time()
        now = Machine().now()
        fixes = [Fix(f"U{(told + place) % UNITS}", 24.9 + place / 1e4, 60.1, now, now, 5.0, 10.0, 90.0)
                 for place in range(PER_S // 10)]
        making += time.thread_time() - mark
        trail.report(fixes)
        told += len(fixes)
        time.sleep(max(0.0, begun + told / PER_S - time.perf_counter()))
    return time.process_time() - before - making


def timed_us(work: Callable[[], object]) -> float:
    """How long one call takes, in microseconds."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1e6


def flush(number: int) -> list[Fix]:
    """What waits at one flush: a part of the units, each every five seconds, wherever they drive."""
    fixes = []
    for place in range(number * PER_FLUSH, (number + 1) * PER_FLUSH):
        unit, turn = place % UNITS, place // UNITS
        at = NOON + turn * 5 * SECOND + unit * 500
        fixes.append(Fix(f"U{unit}", 24.9 + (unit * 7 + turn * 13) % 9_973 / 1e5, 60.1 + (unit * 11 + turn * 17) % 9_941 / 1e5, at, at + 80_000, 4.5,
                         float((turn * 3 + unit) % 25), float((turn + unit) % 360)))
    return fixes


class Plain(Protocol):
    """A table with a row for each point, and an index by unit and time."""

    name: str

    def fill(self, rows: Sequence[Point]) -> None:
        """One flush, in one commit."""

    def thin(self) -> None:
        """Leave one in ten seconds of each unit, and give the room back."""

    def size(self) -> int:
        """Bytes, the index in it."""


class PlainSqlite:
    """In SQLite, with the trail's own settings."""

    name = "a plain table in SQLite"

    def __init__(self, path: Path) -> None:
        self._path, self._file = path, apsw.Connection(str(path))
        self._file.pragma("journal_mode", "wal")
        self._file.pragma("synchronous", "normal")
        self._file.execute("CREATE TABLE plain (unit INTEGER, device_at INTEGER, heard_at INTEGER, lon REAL, lat REAL, accuracy_m REAL, speed_mps REAL, heading_deg REAL) STRICT")
        self._file.execute("CREATE INDEX plain_by_unit ON plain (unit, device_at)")

    def fill(self, rows: Sequence[Point]) -> None:
        with self._file:
            self._file.executemany("INSERT INTO plain VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def thin(self) -> None:
        self._file.execute(f"DELETE FROM plain WHERE rowid NOT IN (SELECT min(rowid) FROM plain GROUP BY unit, device_at / {THIN_S * SECOND})")
        self._file.execute("VACUUM")

    def size(self) -> int:
        self._file.pragma("wal_checkpoint(truncate)")
        return self._path.stat().st_size


class PlainPostgres:
    """In PostgreSQL, filled by COPY."""

    name = "a plain table in PostgreSQL"

    def __init__(self, address: str) -> None:
        self._address, self._connection = address, psycopg.connect(address)
        self._connection.execute("CREATE TABLE plain (unit integer, device_at bigint, heard_at bigint, lon float8, lat float8, accuracy_m real, speed_mps real, heading_deg real)")
        self._connection.execute("CREATE INDEX ON plain (unit, device_at)")
        self._connection.commit()

    def fill(self, rows: Sequence[Point]) -> None:
        copied(self._connection, rows)

    def thin(self) -> None:
        self._connection.execute(f"""DELETE FROM plain USING (SELECT ctid AS at, row_number() OVER (PARTITION BY unit, device_at / {THIN_S * SECOND} ORDER BY device_at) AS place FROM plain) AS one
                                     WHERE plain.ctid = one.at AND one.place > 1""")
        self._connection.commit()
        self._connection.close()
        vacuumed(self._address, "FULL")

    def size(self) -> int:
        return in_database(self._address, "SELECT pg_total_relation_size('plain')")


def cost(report: Report, name: str, place: Place, size: Callable[[], int], peer: Plain) -> None:
    """What a million points take in one place: as they come, packed, thinned, each beside the same rows in a plain table of the same store."""
    place.lead(1)
    place.catch_up()
    points, sizes = FLUSHES * PER_FLUSH, list[float]()
    for upto in (UNPACKED, FLUSHES):
        for number in range(len(sizes) and UNPACKED, upto):
            place.write(Batch(flush(number), Step(number, number + 1, ())))
        sizes.append(size() / (upto * PER_FLUSH))
    thinning_s = timed_s(lambda: thinned(place))
    sizes.append(size() / points)
    place.close()
    for number in range(FLUSHES):
        peer.fill([(int(fix.unit[1:]), fix.device_at, fix.heard_at, fix.lon, fix.lat, fix.accuracy_m or 0.0, fix.speed_mps or 0.0, fix.heading_deg or 0.0) for fix in flush(number)])
    whole = peer.size() / points
    peer_s = timed_s(peer.thin)
    for state, value, beside in (("as they come", sizes[0], whole), ("packed", sizes[1], whole), ("thinned", sizes[2], peer.size() / points)):
        report(name=f"trail in {name}: a million points, {state}", value=value, unit="MB", peer=peer.name, peer_value=beside, runs=1, data=f"{DATA}; indexes in it, free pages not")
    report(name=f"trail in {name}: seconds to thin a million points", value=thinning_s * 1e6 / points, unit="s", peer=peer.name, peer_value=peer_s * 1e6 / points, runs=1,
           data=f"one in {THIN_S} s stays, which is half of them; the peer deletes the others and is vacuumed whole")


def thinned(place: Place) -> None:
    """Thin the day to its end."""
    while not place.thin_some(DAY, THIN_S * SECOND):
        pass


def in_files(folder: Path, place: Files) -> int:
    """Bytes of the day's file, with what waits beside it put into it; without pages that are free, which the next flushes fill."""
    place.close()  # it opens again when it is asked
    found = 0
    for path in folder.glob("*.sqlite"):
        with closing(apsw.Connection(str(path))) as day:
            found += (day.pragma("page_count") - day.pragma("freelist_count")) * day.pragma("page_size")
    return found


def in_partitions(address: str) -> int:
    """Bytes of the days' partitions, flushes and indexes in them, once the database has done its housekeeping."""
    vacuumed(address, "")
    return in_database(address, "SELECT coalesce(sum(pg_total_relation_size(inhrelid)), 0) FROM pg_inherits WHERE inhparent = 'tocsin_bench_trail.pieces'::regclass")


def in_database(address: str, asked: LiteralString) -> int:
    """One number of a database's own."""
    with psycopg.connect(address) as connection:
        return int(connection.execute(asked).fetchone()[0])  # type: ignore[index]  # one row


def vacuumed(address: str, how: LiteralString) -> None:
    """The database's housekeeping, by hand rather than within the hour."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"VACUUM {how}")
