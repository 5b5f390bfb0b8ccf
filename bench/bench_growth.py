"""What a command, a start, a proof, a fact on disk and the memory cost after 100,000 facts and after ten times as many, in SQLite and in PostgreSQL."""

import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from tests.floor import CHIEF, DESK, StillClock, corner, small_city, small_house
from tests.shared import ROOT

from bench.growth_lives import UNITS, History, start_shift
from bench.growth_start import NEVER
from bench.stores import stores
from tocsin.house import House
from tocsin.kernel import Command
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AssignUnit, CloseIncident, StandDown
from tocsin.rooms.fleet.commands import EndShift

SIZES = (100_000, 1_000_000)
FURTHER = int(os.environ.get("TOCSIN_BENCH_GROWTH", "0"))
"""One size more, beyond the two that every run measures; ten million take most of an hour."""
ALONE, TOGETHER, EACH, PROOFS, STARTS = 240, 16, 24, 500, 3
"""Lives by one caller; callers, and lives of each, at once; proofs of each sort; starts with the snapshot."""
Figures = dict[str, tuple[float, str, int]]
"""What was measured at one size: value, unit, runs."""


def lives(house: House, units: Sequence[str], shift: str, count: int, took: dict[str, list[float]]) -> None:
    """So many lives decided by the house, one after the other, the units in turn; calls and sendings are timed."""

    def timed(what: str, command: Command) -> str:
        begun = time.perf_counter()
        subject = house.do(command, DESK).subject
        took[what].append(time.perf_counter() - begun)
        return subject

    for number in range(count):
        unit = units[number % len(units)]
        call = timed("call", TakeCall(place=corner(number % 6, number // 6 % 6), kind="medical", notes="fell, speaks")).removeprefix("call:")
        timed("assignment", AssignUnit(incident=call, unit=unit, shift=shift, eta_s=240))
        house.do(StandDown(incident=call, unit=unit, shift=shift), DESK)
        house.do(CloseIncident(incident=call, disposition="resolved"), DESK)


def commands(house: House, shift: str) -> Figures:
    """What a call and an assignment cost one caller, and several at once."""
    units, found = [f"M{number}" for number in range(UNITS)], {}
    for unit in units:
        start_shift(house, unit, shift)
    lives(house, units, shift, UNITS, {"call": [], "assignment": []})  # settles what the filling left behind
    for callers, count in ((1, ALONE), (TOGETHER, EACH)):
        took: list[dict[str, list[float]]] = [{"call": [], "assignment": []} for _ in range(callers)]
        threads = [threading.Thread(target=lives, args=(house, units[caller::callers], shift, count, took[caller])) for caller in range(callers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for what, words in (("call", "a call taken and opened"), ("assignment", "a unit sent")):
            every = sorted(one for each in took for one in each[what])
            assert len(every) == callers * count, "a caller broke off"
            for share, part in ((0.5, "p50"), (0.99, "p99")):
                found[f"{words}, {callers} caller{'s' * (callers > 1)}, {part}"] = 1e3 * every[int(len(every) * share)], "ms", len(every)
    for unit in units:
        house.do(EndShift(unit=unit, shift=shift), CHIEF)
    return found


def proofs(house: House) -> Figures:
    """Paths that prove an entry's place, and that the log of before is the beginning of that of now."""
    chance, size, found = random.Random(5), house.ledger.head(), {}
    for words, make in (("inclusion", house.ledger.inclusion), ("consistency", house.ledger.consistency)):
        took = []
        for _ in range(PROOFS):
            position = chance.randrange(1, size + 1)
            begun = time.perf_counter()
            make(position)
            took.append(time.perf_counter() - begun)
        for share, part in ((0.5, "p50"), (0.99, "p99")):
            found[f"a proof of {words}, {part}"] = 1e3 * sorted(took)[int(PROOFS * share)], "ms", PROOFS
    return found


def starts(folder: Path, at: int, database: str) -> Figures:
    """From opening to the first answer in a new process, with the snapshot (the best of some) and without, and the memory then."""

    def start() -> dict[str, Any]:
        done = subprocess.run([sys.executable, "-m", "bench.growth_start", str(folder), str(small_city().path), str(at), database],
                              cwd=ROOT, text=True, capture_output=True, check=True)
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    start()  # the first one reads what the machine has not in memory
    held = [start() for _ in range(STARTS)]
    snapshot = folder / "ledger" / "cache" / "pictures.cache"
    size = snapshot.stat().st_size
    snapshot.unlink()
    whole = start()
    assert whole["rows"] == held[0]["rows"], "the board with and without the snapshot differ"
    return {"a start from the snapshot": (min(one["took_s"] for one in held), "s", STARTS), "a start without the snapshot": (whole["took_s"], "s", 1),
            "resident memory after a start from the snapshot": (held[-1]["resident_mb"], "MB", 1),
            "resident memory after a start without it": (whole["resident_mb"], "MB", 1), "the snapshot": (size / 1e3, "kB", 1)}


def on_disk(folder: Path, database: str, facts: int) -> Figures:
    """All that the records take for each fact: entries, tree, tags, keys, vault; caches left out, since losing them loses nothing."""
    ledger = folder / "ledger"
    size = sum(file.stat().st_size for file in ledger.rglob("*") if file.is_file() and ledger / "cache" not in file.parents)
    if database:
        with psycopg.connect(database) as connection:
            rows = connection.execute("SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                                      "WHERE n.nspname LIKE 'tocsin\\_%' AND c.relkind = 'r'").fetchall()
        size += int(rows[0][0])
    return {"bytes on disk for each fact": (size / facts, "bytes", 1)}


def grown(folder: Path, database: str, sizes: Sequence[int]) -> Iterator[tuple[int, float, Figures]]:
    """One history at each size: its days, and everything measured there."""
    clock = StillClock()
    open_ = partial(small_house, folder, clock, keyframe_every=NEVER, database=database)
    with open_() as house:
        history = History(house, clock)
    for size in sizes:
        with open_() as house:
            begun = time.perf_counter()
            before = house.ledger.head()
            history.grow(house, size)
            rate = (house.ledger.head() - before) / (time.perf_counter() - begun)
        with open_() as house:  # as after a night: what the filling held in memory is gone
            found = commands(house, f"at {size}") | proofs(house)
            facts = house.ledger.head()
        found |= starts(folder, clock.now(), database) | on_disk(folder, database, facts)
        found["facts filled in a second, as it grew"] = rate, "/s", 1
        yield size, history.days, found


def run(report: Callable[..., Any], sizes: Sequence[int] = (*SIZES, *((FURTHER,) if SIZES[-1] < FURTHER else ()))) -> None:
    """Each figure at each size beside the same at the smallest: what does not grow with history has a ratio of about one."""
    with stores() as both:
        for store, database in both:
            first: Figures = {}
            with tempfile.TemporaryDirectory(prefix="tocsin-bench-growth-") as folder:
                for size, days, found in grown(Path(folder), database, sizes):
                    data = (f"{days:,.0f} days of 432 calls in shifts that end, twelve facts a call with its offer over {UNITS} units, kept and sealed by the house "
                            "but decided by nobody; the commands measured are decided; no keyframes")
                    for words, (value, unit, runs) in found.items():
                        beside = {"peer": f"at {sizes[0]:,} facts", "peer_value": first[words][0]} if first else {}
                        report(name=f"growth, {store}, {size:,} facts: {words}", value=value, unit=unit, runs=runs, data=data, **beside)
                    first = first or found
