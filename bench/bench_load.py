"""160,000 calls a day with 10,000 units reporting and 200 consoles open, then 50 a second, then ever more until something breaks; over both stores."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from tests.floor import DESK, asker, corner, small_city
from tests.postgres import emptied

from bench.bench_storm import DAY, STORM, _blow, _part, weather
from bench.live_house import _staffed
from bench.stores import stores
from tocsin.ledger.line import MAX_BODY
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import OfferCandidates
from tocsin.trail import Fix

CONSOLES, UNITS, BATCH = 200, 10_000, 200
WHOLE = (2.0, 3.0, 5.0, 10.0, 20.0, 40.0, 60.0, 80.0)
TAKEN = (10.0, 20.0, 40.0, 60.0, 80.0, 120.0, 160.0, 200.0)
STEP = {"for_s": 20.0, "stay_s": 2.0}
"""The two ramps, in calls a second: every call worked whole, as of the day; and every call taken and opened, but ranked for nobody."""
OFFERS, REST_S = 10, 60.0
P99_S, LATE = 1.0, 0.02
Orders = Sequence[tuple[str, dict[str, float]]]
DAY_AND_STORM: Orders = (("160,000 calls a day", DAY), ("50 calls a second", STORM))


class Setting(msgspec.Struct, frozen=True):
    """How much is open and reports, over which store."""

    store: str
    database: str
    consoles: int
    units: int
    batch: int

    @property
    def words(self) -> str:
        """For the reader of a figure."""
        requests = self.units // self.batch
        return (f"{self.consoles} consoles, {self.units:,} units every 5 s as {requests} requests of {self.batch}; on {os.cpu_count()} cores "
                "that server, clients" + (" and database share" if self.database else " share"))


class Blown(msgspec.Struct, frozen=True):
    """What was seen under one order: the clients' word, the server's cores, those of the whole machine, and the server's memory after."""

    seen: dict[str, Any]
    cores: float
    machine: float
    resident_mb: float
    load: float


def _busy_s() -> float:
    """Processor seconds that all of the machine has worked (proc(5): user, nice, system, irq, softirq of the first line)."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    return sum(int(fields[place]) for place in (0, 1, 2, 5, 6)) / os.sysconf("SC_CLK_TCK")


def blow(clients: subprocess.Popen[str], order: dict[str, float], pid: int) -> Blown:
    """Carry out one order."""
    load, busy_s = os.getloadavg()[0], _busy_s()
    seen, cores, took_s, resident_mb = _blow(clients, order, pid)
    return Blown(seen, cores, (_busy_s() - busy_s) / took_s, resident_mb, load)


def tell(report: Callable[..., Any], setting: Setting, name: str, order: dict[str, float], blown: Blown) -> None:
    """Every figure of one order."""
    seen, prefix = blown.seen, f"load, {setting.store}, {name}"
    waits = seen["waits_s"]
    data = (f"{order['per_s']:.2f} calls a second for {order['for_s']:.0f} s, {order['worked_per_s']:.2f} of them worked whole; {setting.words}, "
            f"load average before {blown.load:.1f}")
    for share, part in ((0.5, "p50"), (0.99, "p99")):
        if waits:
            report(name=f"{prefix}: call posted to row on every console, {part}", value=1e3 * _part(waits, share), unit="ms", runs=len(waits), data=data)
        for what, took in sorted(seen["took_s"].items()):
            report(name=f"{prefix}: answer to {what}, {part}", value=1e3 * _part(took, share), unit="ms", runs=len(took), data=data)
    report(name=f"{prefix}: share of one core that the server takes", value=blown.cores, unit="cores", data=data)
    report(name=f"{prefix}: cores that work on the whole machine", value=blown.machine, unit="cores", limit=os.cpu_count(), data=data)
    report(name=f"{prefix}: resident memory of the server after", value=blown.resident_mb, unit="MB", data=data)
    report(name=f"{prefix}: rows that some console never saw", value=seen["missing"], unit="rows", data=data)
    report(name=f"{prefix}: refused or unfinished", value=sum(seen["refused"].values()), unit="commands",
           data=json.dumps(seen["refused"]) + f"; consoles cut off {seen['cut_off']}, calls posted late {seen['late']}, {seen['bytes'] / 1e6:.0f} MB streamed; {data}")


def broken(seen: dict[str, Any], calls: float) -> str:
    """What first was not as it should be, in words with its figure; empty where all was."""
    slow = {what: _part(took, 0.99) for what, took in seen["took_s"].items() if _part(took, 0.99) > P99_S}
    if slow:
        what = max(slow, key=lambda one: slow[one])
        return f"p99 of the answer to {what} {slow[what]:.1f} s"
    if seen["refused"]:
        return "refused or unfinished: " + json.dumps(seen["refused"])
    if seen["cut_off"]:
        return f"{seen['cut_off']} consoles cut off"
    if seen["missing"]:
        return f"{seen['missing']} rows that some console did not see in time"
    if seen["waits_s"] and _part(seen["waits_s"], 0.99) > P99_S:
        return f"p99 from post to row {_part(seen['waits_s'], 0.99):.1f} s"
    if seen["late"] > LATE * calls:
        return f"the clients themselves: {seen['late']} calls posted late"
    return ""


def ramp(report: Callable[..., Any], setting: Setting, clients: subprocess.Popen[str], pid: int, rates: Sequence[float], step: dict[str, float], *,
         whole: bool) -> None:
    """More calls a second step by step, all of them worked whole or none, until something breaks; what, and at which load."""
    held, why = 0.0, "nothing broke"
    for per_s in rates:
        blown = blow(clients, step | {"per_s": per_s, "worked_per_s": per_s if whole else 0.0}, pid)
        if found := broken(blown.seen, per_s * step["for_s"]):
            why = f"at {per_s:g} a second broke first: {found}; the server took {blown.cores:.2f} cores, the machine {blown.machine:.2f}"
            break
        held = per_s
    words = "all worked whole" if whole else "taken and opened alone"
    report(name=f"load, {setting.store}, ramp: calls a second, {words}, before the first limit", value=held, unit="/s", runs=1,
           data=f"{why}; steps of {step['for_s']:.0f} s; a limit is an answer's p99 over {P99_S:g} s, a refusal, a console cut off or a row over {P99_S:g} s late; {setting.words}")


def offers(report: Callable[..., Any], units: int) -> None:
    """What one ranking over so many units costs with nothing else going on, and what it keeps; an entry's body has a limit."""
    waits, sizes = [], []
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder, _staffed(Path(folder), small_city(), units, "") as house:
        now = house.clock.now()
        for first in range(0, units, 1_000):
            house.report([Fix(f"U{n}", 24.9 + n % 97 / 1e4, 60.15, now, now, None, 9.5, 90.0) for n in range(first, min(units, first + 1_000))],
                         asker("trackers", "device"))
        for number in range(OFFERS + 1):
            call = house.do(TakeCall(place=corner(number % 6, 1), kind="medical"), DESK).subject.removeprefix("call:")
            begun = time.perf_counter()
            position = house.do(OfferCandidates(incident=call), DESK).position
            waits.append(time.perf_counter() - begun)
            sizes += [len(entry.body) for _, entry in house.ledger.read(position - 1, 1)]
    report(name=f"load: a ranking over {units:,} units, alone", value=1e3 * sorted(waits[1:])[OFFERS // 2], unit="ms", runs=OFFERS, data="the house without the web edge")
    report(name=f"load: bytes that a ranking over {units:,} units keeps, most", value=max(sizes), unit="bytes", limit=MAX_BODY, runs=OFFERS,
           data=f"short names of units, stations and shifts; one for each of 160,000 calls would be {max(sizes) * 160_000 / 1e9:.0f} GB a day")


def run(report: Callable[..., Any], *, orders: Orders = DAY_AND_STORM, whole: Sequence[float] = WHOLE, taken: Sequence[float] = TAKEN,
        step: dict[str, float] = STEP, consoles: int = CONSOLES, units: int = UNITS, batch: int = BATCH) -> None:
    """On each store a day's rate, the storm on what that left behind, and the first ramp on both; the second ramp on a new house."""
    offers(report, units)
    with stores() as both:
        for store, database in both:
            setting = Setting(store, database, consoles, units, batch)
            with weather(consoles=consoles, units=units, batch=batch, database=database) as (house, clients):
                for name, order in orders:
                    tell(report, setting, name, order, blow(clients, order, house.pid))
                blow(clients, DAY | {"for_s": REST_S}, house.pid)  # what the storm left waiting is worked off before anything is measured again
                ramp(report, setting, clients, house.pid, whole, step, whole=True)
            if database:
                emptied(database)
            with weather(consoles=consoles, units=units, batch=batch, database=database) as (house, clients):
                ramp(report, setting, clients, house.pid, taken, step, whole=False)
