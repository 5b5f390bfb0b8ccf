"""The trail in files and in PostgreSQL beside a plain table with a row for each fix in the same database: writing, reading, thinning, letting go."""

import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median

import psycopg
from tests.postgres import emptied, server

from bench.bench_ledger import BODY, Machine, Report
from tocsin.kernel import Entry
from tocsin.ledger import Ledger
from tocsin.trail import Fix, Trail
from tocsin.trail.files import Files
from tocsin.trail.latest import Step
from tocsin.trail.place import DAY_US, Batch, Place
from tocsin.trail.postgres import PostgresDays

UNITS, EVERY_S, FLUSH_S = 10_000, 5, 0.4
PER_FLUSH = int(UNITS / EVERY_S * FLUSH_S)
HOUR_FLUSHES = int(3_600 / FLUSH_S)
READS = 50
DAY = 20_000
NOON = DAY * DAY_US + DAY_US // 2
SECOND = 1_000_000


def flush_of(number: int) -> list[Fix]:
    """The fixes that wait at one flush: a part of the units, each every five seconds."""
    at = NOON + int(number * FLUSH_S * SECOND)
    first = number * PER_FLUSH
    return [Fix(f"U{(first + place) % UNITS}", 24.9 + number / 1e5, 60.1 + place / 1e5, at + place * 400, at + place * 400 + 50_000, 5.0, 10.0, float(place % 360))
            for place in range(PER_FLUSH)]


def timed_s(work: Callable[[], object]) -> float:
    """How long one call takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def places(report: Report, folder: Path, address: str) -> None:
    """An hour of 10,000 units in each place."""
    for name, place, size in (("files", Files(folder), partial(in_folder, folder)), ("PostgreSQL", PostgresDays(address, "bench"), partial(in_table, address, "tocsin_bench_trail.day_20000"))):
        filled(report, name, place, size)
        place.close()


def filled(report: Report, name: str, place: Place, size: Callable[[], int]) -> None:
    """One place's figures."""
    place.lead(1)
    place.catch_up()
    took = []
    for number in range(HOUR_FLUSHES):
        batch = Batch(flush_of(number), Step(number, number + 1, ()))
        took.append(timed_s(partial(place.write, batch)))
    data = f"{HOUR_FLUSHES:,} flushes of {PER_FLUSH}, an hour of {UNITS:,} units"
    report(name=f"trail in {name}: fixes written", value=HOUR_FLUSHES * PER_FLUSH / sum(took), unit="/s", limit=UNITS / EVERY_S, runs=1, data=data)
    report(name=f"trail in {name}: a flush", value=1e3 * median(took), unit="ms", runs=HOUR_FLUSHES, data=data)
    report(name=f"trail in {name}: the longest flush (it packs)", value=1e3 * max(took), unit="ms", runs=HOUR_FLUSHES, data=data)
    report(name=f"trail in {name}: a fix kept", value=size() / (HOUR_FLUSHES * PER_FLUSH), unit="bytes", runs=1, data=f"{data}; indexes in it, packed flushes not")
    hours = [timed_s(partial(place.read, DAY, f"U{unit * 97}", NOON, NOON + 3_600 * SECOND)) for unit in range(READS)]
    report(name=f"trail in {name}: one unit's hour read", value=1e3 * median(hours), unit="ms", runs=READS, data="720 fixes of 7.2 million")
    everybody = {f"U{unit}": 0 for unit in range(UNITS)}
    report(name=f"trail in {name}: everybody's place at a past second", value=timed_s(partial(place.last, DAY, everybody, NOON + 1_800 * SECOND)), unit="s", runs=1, data=f"{UNITS:,} units")
    thinned(report, name, place)
    report(name=f"trail in {name}: a day let go", value=1e3 * timed_s(partial(place.forget, DAY)), unit="ms", runs=1, data="the thinned hour")


def thinned(report: Report, name: str, place: Place) -> None:
    """Thinning, while others read."""
    stop, waits, bits = threading.Event(), [0.0], []

    def read() -> None:
        while not stop.is_set():
            waits.append(timed_s(partial(place.read, DAY, "U970", NOON, NOON + 3_600 * SECOND)))

    reader = threading.Thread(target=read)
    reader.start()
    done = False
    while not done:
        begun = time.perf_counter()
        done = place.thin_some(DAY, 10 * SECOND)
        bits.append(time.perf_counter() - begun)
    stop.set()
    reader.join()
    report(name=f"trail in {name}: thinning an hour", value=sum(bits), unit="s", runs=1, data=f"in {len(bits)} bits, the longest {1e3 * max(bits):.0f} ms; one reads all the while")
    report(name=f"trail in {name}: the longest reading meanwhile", value=1e3 * max(waits), unit="ms", runs=len(waits) - 1, data="one unit's hour")


def rows(report: Report, address: str) -> None:
    """The peer: a table with a row for each fix, filled by INSERT and by COPY, both with one commit for each flush."""
    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE plain (unit integer, device_at bigint, heard_at bigint, lon float8, lat float8, accuracy_m real, speed_mps real, heading_deg real)")
        connection.execute("CREATE INDEX ON plain (unit, device_at)")
        connection.commit()
        for how, flushes in (("INSERT", 200), ("COPY", HOUR_FLUSHES)):
            took = []
            for number in range(flushes):
                given = [(int(fix.unit[1:]), fix.device_at, fix.heard_at, fix.lon, fix.lat, fix.accuracy_m, fix.speed_mps, fix.heading_deg) for fix in flush_of(number)]
                took.append(timed_s(partial(inserted if how == "INSERT" else copied, connection, given)))
            report(name=f"trail, peer: rows by {how}, fixes written", value=flushes * PER_FLUSH / sum(took), unit="/s", runs=1, data=f"{flushes:,} flushes of {PER_FLUSH}")
            report(name=f"trail, peer: rows by {how}, a flush", value=1e3 * median(took), unit="ms", runs=flushes, data=f"flushes of {PER_FLUSH}")
            if how == "INSERT":
                connection.execute("TRUNCATE plain")
                connection.commit()
        report(name="trail, peer: rows, a fix kept", value=in_table(address, "plain") / (HOUR_FLUSHES * PER_FLUSH), unit="bytes", runs=1, data="an hour, its index in it")
        hours = [timed_s(partial(hour_of, connection, unit * 97)) for unit in range(READS)]
        report(name="trail, peer: rows, one unit's hour read", value=1e3 * median(hours), unit="ms", runs=READS, data="720 fixes of 7.2 million")
        begun = time.perf_counter()
        connection.execute("DELETE FROM plain")
        connection.commit()
        report(name="trail, peer: rows, a day deleted", value=1e3 * (time.perf_counter() - begun), unit="ms", runs=1, data="an hour's rows; the room is not free before VACUUM")
        connection.execute("DROP TABLE plain")


def inserted(connection: "psycopg.Connection[object]", given: Sequence[tuple[object, ...]]) -> None:
    """One flush as rows."""
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO plain VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", given)
    connection.commit()


def copied(connection: "psycopg.Connection[object]", given: Sequence[tuple[object, ...]]) -> None:
    """One flush as rows through COPY."""
    with connection.cursor().copy("COPY plain FROM STDIN (FORMAT BINARY)") as copying:
        copying.set_types(["int4", "int8", "int8", "float8", "float8", "float4", "float4", "float4"])
        for row in given:
            copying.write_row(row)
    connection.commit()


def hour_of(connection: "psycopg.Connection[object]", unit: int) -> None:
    """One unit's hour out of the rows."""
    found = connection.execute("SELECT * FROM plain WHERE unit = %s AND device_at >= %s AND device_at < %s ORDER BY device_at", (unit, NOON, NOON + 3_600 * SECOND), binary=True)
    assert len(found.fetchall()) == 3_600 // EVERY_S


def in_folder(folder: Path) -> int:
    """Bytes of the day's file."""
    return sum(path.stat().st_size for path in folder.glob("*.sqlite*"))


def in_table(address: str, table: str) -> int:
    """Bytes of a table with its indexes. Flushes lie beside them (they are long) until they are packed, and their room is used again then."""
    with psycopg.connect(address) as connection:
        return int(connection.execute("SELECT pg_relation_size(t) + pg_indexes_size(t) FROM (SELECT %s::regclass AS t)", (table,)).fetchone()[0])  # type: ignore[index]  # one row


def beside(report: Report, address: str) -> None:
    """What an append to the ledger takes while 2,000 positions a second are written to the same database, and while none are."""
    for told in (0, UNITS // EVERY_S):
        with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as home, Ledger.open(Path(home), Machine(), name=f"beside{told}", database=address) as ledger, \
                Trail.open(Path(home), Machine(), database=address, name=f"beside{told}") as trail:
            trail.lead(1)
            stop = threading.Event()
            thread = threading.Thread(target=telling, args=(trail, told, stop))
            thread.start()
            took = []
            for number in range(1_500):
                kept = Entry(kind="bench.kept", body=BODY, tags=(f"t:{number}",), happened_at=1, known_at=1, by="bench", purpose="bench")
                took.append(timed_s(partial(ledger.append, [kept])))
                time.sleep(0.005)
            stop.set()
            thread.join()
        took.sort()
        data = f"beside {told:,} positions a second in the same database"
        report(name=f"ledger in PostgreSQL: an append beside {told:,} positions/s", value=1e3 * median(took), unit="ms", runs=len(took), data=data)
        report(name=f"ledger in PostgreSQL: 99 of 100 appends beside {told:,}", value=1e3 * took[int(0.99 * len(took))], unit="ms", runs=len(took), data=data)


def telling(trail: Trail, per_s: int, stop: threading.Event) -> None:
    """Positions at a rate, from now on."""
    told = 0
    while not stop.wait(0.1):
        now = Machine().now()
        trail.report([Fix(f"U{(told + place) % UNITS}", 24.9 + place / 1e4, 60.1, now, now, 5.0, 10.0, 90.0) for place in range(per_s // 10)])
        told += per_s // 10


def run(report: Report) -> None:
    """Every figure of both places."""
    with server() as address, tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder:
        places(report, Path(folder), address)
        rows(report, address)
        beside(report, address)
        emptied(address)
