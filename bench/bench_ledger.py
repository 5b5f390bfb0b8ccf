"""The ledger beside raw SQLite with one sync a batch on the same disk; its proofs, audit and opening at a million."""

import asyncio
import random
import tempfile
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from statistics import median

import apsw

from tocsin.kernel import Entry, Instant
from tocsin.ledger import Ledger, audit
from tocsin.ledger.proof import includes
from tocsin.ledger.sqlite import FILE, SqliteStore
from tocsin.ledger.tree import hash_leaf

CALLERS = 64
ROUNDS = 7
MILLION = 1_000_000
BODY = b'{"place":"12 Main Street","number":"0401234567","priority":2,"notes":"smoke from the roof, two floors"}'
Report = Callable[..., None]


class Machine:
    """The machine's own clock."""

    def now(self) -> Instant:
        """Microseconds of UTC."""
        return time.time_ns() // 1_000


def entry(number: int) -> Entry:
    """A call's fact as the house keeps it: about 190 bytes, one tag of an incident and one of a unit's shift."""
    return Entry(kind="calls.call-taken", body=BODY,
                 tags=(f"incident:{number // 4}", f"unit:A{number % 100}@2026-11-23N"),
                 happened_at=1_763_900_000_000_000 + number, known_at=1_763_900_000_100_000 + number,
                 by="dispatcher 4", purpose="dispatch", cause=number // 2)


class Raw:
    """SQLite and nothing else: rows of the same size, one transaction and one sync for each batch."""

    def __init__(self, path: Path) -> None:
        self.file = apsw.Connection(str(path))
        self.file.pragma("journal_mode", "wal")
        self.file.pragma("synchronous", "full")
        self.file.execute("CREATE TABLE t (position INTEGER PRIMARY KEY, line BLOB NOT NULL)")

    def rate(self, batches: int, size: int) -> float:
        """Rows a second."""
        rows = [(b"x" * 190,)] * size
        begun = time.perf_counter()
        for _ in range(batches):
            with self.file:
                self.file.executemany("INSERT INTO t (line) VALUES (?)", rows)
        return batches * size / (time.perf_counter() - begun)


def threads_rate(ledger: Ledger, callers: int, each: int) -> float:
    """Appends a second with so many threads, each waiting for its answer before it appends again."""
    def work(caller: int) -> None:
        for number in range(each):
            ledger.append([entry(caller * each + number)])

    threads = [threading.Thread(target=work, args=(caller,)) for caller in range(callers)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return callers * each / (time.perf_counter() - begun)


def tasks_rate(ledger: Ledger, callers: int, each: int) -> float:
    """The same with tasks of one event loop, which is how the web edge calls."""
    async def work(caller: int) -> None:
        for number in range(each):
            await asyncio.wrap_future(ledger.submit([entry(caller * each + number)]))

    async def all_of_them() -> None:
        await asyncio.gather(*(work(caller) for caller in range(callers)))

    begun = time.perf_counter()
    asyncio.run(all_of_them())
    return callers * each / (time.perf_counter() - begun)


def side_by_side(ours: Callable[[], float], peer: Callable[[], float]) -> tuple[float, float]:
    """The medians of both, taken in turn, since the disk is shared and drifts."""
    pairs = [(ours(), peer()) for _ in range(ROUNDS)]
    return median(one for one, _ in pairs), median(two for _, two in pairs)


def appends(report: Report, folder: Path) -> None:
    """Durable appends, alone and with 64 callers."""
    raw = Raw(folder / "raw.sqlite")
    with Ledger.open(folder / "ledger", Machine(), name="bench") as ledger:
        ours, peer = side_by_side(lambda: threads_rate(ledger, 1, 60), lambda: raw.rate(60, 1))
        report(name="durable appends, one caller", value=ours, unit="/s", peer="raw SQLite, a sync each",
               peer_value=peer, runs=ROUNDS, data="60 facts a run")
        ours, peer = side_by_side(lambda: threads_rate(ledger, CALLERS, 15), lambda: raw.rate(15, CALLERS))
        report(name="durable appends, 64 threads", value=ours, unit="/s", peer="raw SQLite, a sync for 64",
               peer_value=peer, runs=ROUNDS, data="960 facts a run")
        ours, peer = side_by_side(lambda: tasks_rate(ledger, CALLERS, 15), lambda: raw.rate(15, CALLERS))
        report(name="durable appends, 64 tasks of one loop", value=ours, unit="/s",
               peer="raw SQLite, a sync for 64", peer_value=peer, runs=ROUNDS, data="960 facts a run")
    raw.file.close()


def million(report: Report, folder: Path) -> None:
    """A million facts: kept, read, opened, proved and audited."""
    with Ledger.open(folder, Machine(), name="bench") as ledger:
        begun = time.perf_counter()
        for start in range(0, MILLION, 20_000):
            answers = [ledger.submit([entry(number) for number in range(first, first + 1_000)])
                       for first in range(start, start + 20_000, 1_000)]
            assert answers[-1].result().last == start + 20_000
        report(name="facts kept, a thousand an append", value=MILLION / (time.perf_counter() - begun), unit="/s",
               data="1,000,000 facts")
    openings = []
    for _ in range(5):
        begun = time.perf_counter()
        Ledger.open(folder, Machine(), name="bench").close()
        openings.append((time.perf_counter() - begun) * 1_000)
    report(name="ledger opened and closed at 1,000,000 facts", value=median(openings), unit="ms", limit=3_000, runs=5,
           data="1,000,000 facts")
    with Ledger.open(folder, Machine(), name="bench") as ledger:
        reading(report, ledger, folder)
        proofs(report, ledger)
    auditing(report, folder)


def reading(report: Report, ledger: Ledger, folder: Path) -> None:
    """Facts read back and decoded, beside SQLite's rows alone."""
    rates = []
    for _ in range(3):
        begun = time.perf_counter()
        count = sum(1 for _ in ledger.read())
        rates.append(count / (time.perf_counter() - begun))
    file = apsw.Connection(str(folder / "ledger.sqlite"), flags=apsw.SQLITE_OPEN_READWRITE)
    begun = time.perf_counter()
    rows = sum(1 for _ in file.execute("SELECT line FROM entries ORDER BY position"))
    peer = rows / (time.perf_counter() - begun)
    file.close()
    report(name="facts read back and decoded", value=median(rates), unit="/s", peer="raw SQLite rows", peer_value=peer,
           limit=150_000, runs=3, data="1,000,000 facts")
    chance, times = random.Random(1), []
    for _ in range(1_000):
        tag = f"incident:{chance.randrange(MILLION // 4)}"
        begun = time.perf_counter()
        assert len(list(ledger.read_tags([tag]))) == 4
        times.append((time.perf_counter() - begun) * 1e6)
    report(name="one incident's history read by tag", value=median(times), unit="us", runs=1_000,
           data="4 facts of 1,000,000")


def proofs(report: Report, ledger: Ledger) -> None:
    """Inclusion and consistency proofs, made and checked."""
    chance, root = random.Random(2), ledger.root()
    made, checked, sizes, extended = [], [], [], []
    for _ in range(1_000):
        position = chance.randrange(1, MILLION + 1)
        begun = time.perf_counter()
        path = ledger.inclusion(position)
        made.append((time.perf_counter() - begun) * 1e6)
        begun = time.perf_counter()
        ledger.consistency(position)
        extended.append((time.perf_counter() - begun) * 1e6)
        sizes.append(32 * len(path))
        leaf = hash_leaf(ledger.lines(position - 1, 1)[0])
        begun = time.perf_counter()
        assert includes(root, MILLION, position, leaf, path)
        checked.append((time.perf_counter() - begun) * 1e6)
    data = "1,000,000 facts, 1,000 at random"
    report(name="inclusion proof made", value=median(made), unit="us", runs=1_000, data=data)
    report(name="inclusion proof checked", value=median(checked), unit="us", runs=1_000, data=data)
    report(name="inclusion proof's size, most", value=max(sizes), unit="bytes", runs=1_000, data=data)
    report(name="consistency proof made", value=median(extended), unit="us", runs=1_000, data=data)


def auditing(report: Report, folder: Path) -> None:
    """The whole audit, beside hashing the same lines once with nothing around it."""
    file = SqliteStore(folder / FILE).reading()
    begun = time.perf_counter()
    for line in file.lines(0, MILLION):
        sha256(b"\0" + line).digest()
    plain = MILLION / (time.perf_counter() - begun)
    file.close()
    begun = time.perf_counter()
    found = audit.verify(folder, (folder / "verifier").read_text())
    taken = time.perf_counter() - begun
    assert found.sound, found.sentences()
    assert found.size == MILLION
    report(name="facts audited: tree, indexes, signatures", value=MILLION / taken, unit="/s",
           peer="reading and hashing alone", peer_value=plain, data="1,000,000 facts")


def run(report: Report) -> None:
    """Every figure of the ledger."""
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as home:
        appends(report, Path(home))
        million(report, Path(home) / "million")
