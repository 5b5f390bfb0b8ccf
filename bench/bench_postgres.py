"""The ledger in PostgreSQL beside the same in SQLite and beside bare psycopg with one commit a batch, each on this machine's disk."""

import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import psycopg
from tests.postgres import emptied, server

from bench.bench_ledger import BODY, CALLERS, Machine, Report, entry
from tocsin.ledger import Ledger

SECONDS, ROUNDS, BATCH = 3.0, 3, 1_000


def _together(work: Callable[[int], int]) -> float:
    """What so many callers do a second, each one after the other."""
    done: list[int] = []

    def run(caller: int) -> None:
        done.append(work(caller))

    threads = [threading.Thread(target=run, args=(caller,)) for caller in range(CALLERS)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - begun)


def _one_by_one(ledger: Ledger) -> float:
    until = time.perf_counter() + SECONDS

    def work(caller: int) -> int:
        count = 0
        while time.perf_counter() < until:
            ledger.append([entry(caller)], guard=[f"desk:{caller}"], after=ledger.head())
            count += 1
        return count

    return _together(work)


def _in_thousands(ledger: Ledger) -> float:
    begun = time.perf_counter()
    answers = [ledger.submit([entry(one) for one in range(first, first + BATCH)]) for first in range(0, 30_000, BATCH)]
    answers[-1].result()
    return 30_000 / (time.perf_counter() - begun)


def _bare(address: str) -> float:
    """Rows of the same size, one statement and one commit for each thousand."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bare (position bigserial PRIMARY KEY, line bytea NOT NULL)")
        rows = [BODY + b"x" * 90] * BATCH
        begun = time.perf_counter()
        for _ in range(30):
            connection.execute("INSERT INTO bare (line) SELECT * FROM unnest(%s::bytea[])", (rows,), binary=True)
        rate = 30_000 / (time.perf_counter() - begun)
        connection.execute("DROP TABLE bare")
        return rate


def run(report: Report) -> None:
    """Rates of both stores in turn."""
    ones: dict[str, list[float]] = {"postgres": [], "sqlite": []}
    many: dict[str, list[float]] = {"postgres": [], "sqlite": []}
    bare = []
    with server() as address:
        for number in range(ROUNDS):
            for store, database in (("postgres", address), ("sqlite", "")):
                with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder, Ledger.open(Path(folder), Machine(), name=f"bench{number}", database=database) as ledger:
                    ones[store].append(_one_by_one(ledger))
                    many[store].append(_in_thousands(ledger))
            bare.append(_bare(address))
            emptied(address)
    data = f"guarded, two tags each; {CALLERS} callers, one after the other"
    report(name="postgres: facts kept, one an append", value=median(ones["postgres"]), unit="/s", peer="the same in SQLite", peer_value=median(ones["sqlite"]),
           runs=ROUNDS, data=data)
    report(name="postgres: facts kept, a thousand an append", value=median(many["postgres"]), unit="/s", peer="bare psycopg, rows alone", peer_value=median(bare),
           runs=ROUNDS, data="two tags each; the peer has no tags, keys or tree")
    report(name="postgres: facts kept, a thousand an append, beside SQLite", value=median(many["postgres"]), unit="/s", peer="the same in SQLite",
           peer_value=median(many["sqlite"]), runs=ROUNDS, data="two tags each")
