"""Proof at size: a path in a log of ten million, the audit of a million beside hashing them, whole histories, and what the tree costs an append."""

import random
import resource
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from statistics import median

import msgspec

from bench.bench_ledger import Machine, Report, entry
from tocsin.house.proving import Proof, Proving, check
from tocsin.kernel import Entry
from tocsin.ledger import Ledger, audit, batch, sqlite
from tocsin.ledger.grown import Grown
from tocsin.ledger.line import encode
from tocsin.ledger.proof import includes
from tocsin.ledger.store import Rows
from tocsin.ledger.tree import HASH, Growth, hash_leaf, levels_over

MANY, MILLION = 10_000_000, 1_000_000
BLOCK = 1 << 14
PROOFS = 1_000


def lay(folder: Path, count: int, given: Callable[[int], Entry]) -> None:
    """A ledger of so many entries without tags, its rows written as the ledger writes them, a block at a time."""
    Ledger.open(folder, Machine(), name="bench").close()
    connection = sqlite.connect(folder / "ledger.sqlite", writing=True)
    growth, salts = Growth(), random.Random(3)
    for start in range(0, count, BLOCK):
        lines = [encode(number + 1, given(number), salts.randbytes(16)) for number in range(start, min(start + BLOCK, count))]
        leaves = list(map(hash_leaf, lines))
        done = growth.add_block(levels_over(leaves)) if len(leaves) == BLOCK else list(map(growth.add, leaves))
        with connection:
            sqlite.insert(connection, Rows(list(zip(range(start + 1, start + BLOCK + 1), done, lines, strict=False)), (), (), ()))
    connection.close()


def small(number: int) -> Entry:
    """A small fact."""
    return Entry(kind="calls.call-taken", body=b"{}", tags=(), happened_at=number, known_at=number, by="desk 4")


def paths(report: Report, folder: Path) -> None:
    """Inclusion proofs from a log of ten million."""
    lay(folder, MANY, small)
    with Ledger.open(folder, Machine(), name="bench") as ledger:
        root, chance = ledger.root(), random.Random(2)
        made, hashed, sizes = [], [], []
        for _ in range(PROOFS):
            position = chance.randrange(1, MANY + 1)
            begun = time.perf_counter()
            path = ledger.inclusion(position)
            made.append((time.perf_counter() - begun) * 1e3)
            leaf = hash_leaf(ledger.lines(position - 1, 1)[0])
            begun = time.perf_counter()
            assert includes(root, MANY, position, leaf, path)
            hashed.append((time.perf_counter() - begun) * 1e3)
            sizes.append(HASH * len(path))
    data = f"{MANY:,} entries, {PROOFS:,} at random"
    report(name="proof: path in a log of ten million, p99", value=sorted(made)[PROOFS * 99 // 100], unit="ms", limit=5, peer="checking it, median",
           peer_value=median(hashed), runs=PROOFS, data=data)
    report(name="proof: path in a log of ten million, hashes, most", value=max(sizes), unit="bytes", limit=1_000, runs=PROOFS, data=data)


def auditing(report: Report, folder: Path) -> None:
    """The whole audit of a million beside reading and hashing the same lines once; both in processor time too, since the audit takes two cores."""
    with Ledger.open(folder, Machine(), name="bench") as ledger:
        for start in range(0, MILLION, 20_000):
            answers = [ledger.submit([entry(number) for number in range(first, first + 1_000)]) for first in range(start, start + 20_000, 1_000)]
            answers[-1].result()
    walls, works, plain_walls, plain_works = [], [], [], []
    for _ in range(3):
        begun, worked = time.perf_counter(), _work_s()
        file = sqlite.connect(folder / "ledger.sqlite", writing=False)
        for (line,) in file.execute("SELECT line FROM entries ORDER BY position"):
            sha256(b"\0" + line).digest()
        file.close()
        plain_walls.append(time.perf_counter() - begun)
        plain_works.append(_work_s() - worked)
        begun, worked = time.perf_counter(), _work_s()
        found = audit.verify(folder, (folder / "verifier").read_text())
        walls.append(time.perf_counter() - begun)
        works.append(_work_s() - worked)
        assert found.sound and found.size == MILLION, found.sentences()
    data = f"{MILLION:,} entries, two tags each"
    report(name="proof: a million entries audited", value=median(walls), unit="s", peer="reading and hashing them once", peer_value=median(plain_walls),
           limit=3 * median(plain_walls), runs=3, data=data)
    report(name="proof: a million entries audited, processor time", value=median(works), unit="s", peer="reading and hashing them once",
           peer_value=median(plain_works), runs=3, data=data)


def _work_s() -> float:
    """Processor seconds of this process and of those it waited for."""
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def histories(report: Report, folder: Path) -> None:
    """Whole histories of one tag in a million entries with 250,100 tags."""
    with Ledger.open(folder, Machine(), name="bench") as ledger:
        proving = Proving(ledger, Machine())
        with _waits() as alone:
            time.sleep(3.0)
        with _waits() as beside:
            begun = time.perf_counter()
            proving.proof_of(["incident:7"])
            first_s = time.perf_counter() - begun
        here = Grown(sqlite.SqliteStore(folder / sqlite.FILE), short=2 * MILLION)
        with _waits() as within:
            here.prove(MILLION, ["incident:7"])
        report(name="proof: histories of a million entries, the first time", value=first_s, unit="s", data="250,100 tags, in a process of its own")
        report(name="proof: another thread's wait meanwhile, 99 of 100", value=_high(beside), unit="ms", peer="grown in the house's own process",
               peer_value=_high(within), runs=len(beside), data=f"asked for 1 ms; with nothing else going on {_high(alone):.2f} ms")
        chance, made, checked, sizes, steps = random.Random(4), [], [], [], []
        for _ in range(200):
            begun = time.perf_counter()
            proof = proving.proof_of([f"incident:{chance.randrange(MILLION // 4)}"])
            made.append((time.perf_counter() - begun) * 1e3)
            document = msgspec.json.encode(proof)
            sizes.append(len(document))
            steps.append(HASH * len(proof.histories[0].path.steps))
            begun = time.perf_counter()
            assert not check(msgspec.json.decode(document, type=Proof), ledger.verifier)[0].untold
            checked.append((time.perf_counter() - begun) * 1e3)
        proving.close()
    report(name="proof: a whole history, made", value=median(made), unit="ms", peer="checking it", peer_value=median(checked), runs=200, data="4 entries of 1,000,000")
    report(name="proof: a whole history, the document, most", value=max(sizes), unit="bytes", peer="fetching all entries to see for oneself",
           peer_value=float((folder / "ledger.sqlite").stat().st_size), runs=200, data="4 entries of 1,000,000")
    report(name="proof: a whole history, hashes to the tag's place, most", value=max(steps), unit="bytes", runs=200, data="250,100 tags")


@contextmanager
def _waits() -> Iterator[list[float]]:
    """How much longer than asked a thread that sleeps for a millisecond waits for its next turn, in milliseconds, until the block ends."""
    late: list[float] = []
    over = threading.Event()

    def go_on() -> None:
        while not over.is_set():
            begun = time.perf_counter()
            time.sleep(0.001)
            late.append((time.perf_counter() - begun) * 1e3 - 1)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield late
    finally:
        over.set()
        thread.join()


def _high(late: list[float]) -> float:
    return sorted(late)[len(late) * 99 // 100]


def appending(report: Report, folder: Path) -> None:
    """Facts kept a second with the tree and without it, in turn."""
    rates: dict[bool, list[float]] = {True: [], False: []}
    for number in range(10):
        tree = number % 2 == 0
        with (_with_tree() if tree else _without_tree()), Ledger.open(folder / str(number), Machine(), name="bench") as ledger:
            begun = time.perf_counter()
            answers = [ledger.submit([entry(one) for one in range(first, first + 1_000)]) for first in range(0, 60_000, 1_000)]
            answers[-1].result()
            rates[tree].append(60_000 / (time.perf_counter() - begun))
    report(name="proof: facts kept, a thousand an append", value=median(rates[True]), unit="/s", peer="the same without the tree",
           peer_value=median(rates[False]), runs=5, data="60,000 facts a run")


@contextmanager
def _with_tree() -> Iterator[None]:
    yield


@contextmanager
def _without_tree() -> Iterator[None]:
    def count(growth: Growth, leaf: bytes) -> bytes:
        growth.size += 1
        growth._edge = [leaf] * growth.size.bit_count()
        return leaf

    places: tuple[tuple[object, str, object, object], ...] = (
        (Growth, "add", count, Growth.add), (batch, "hash_leaf", lambda line: bytes(HASH), hash_leaf))
    for where, name, without, _ in places:
        setattr(where, name, without)
    try:
        yield
    finally:
        for where, name, _, usual in places:
            setattr(where, name, usual)


def run(report: Report) -> None:
    """Every figure of proof."""
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as home:
        appending(report, Path(home) / "appends")
        auditing(report, Path(home) / "million")
        histories(report, Path(home) / "million")
        paths(report, Path(home) / "many")
