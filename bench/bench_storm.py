"""Fifty calls a second for a minute, all of them worked whole for half of one, then 160,000 a day, on a served house with 50 consoles open and 1,000 units reporting."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from tests.floor import small_city
from tests.shared import ROOT

from bench.bench_live import _cpu_s, _line, _process, signed_in
from bench.live_house import DESKS

CONSOLES, UNITS = 50, 1_000
STORM = {"per_s": 50.0, "for_s": 60.0, "worked_per_s": 10.0, "stay_s": 2.0}
"""Every call is taken and becomes an incident. Ten a second (one for each desk every five seconds, more cannot be decided by people)
are worked whole: ranked over all units, the ranking read, a unit sent, en route, at scene, available, closed."""
FLOOD = STORM | {"for_s": 30.0, "worked_per_s": 50.0}
"""Every call of the storm worked whole, as fast as answers come: what breaks first. Nothing is promised for it."""
DAY = {"per_s": 160_000 / 86_400, "for_s": 180.0, "worked_per_s": 160_000 / 86_400, "stay_s": 20.0}
"""Every call with its whole life, its unit a minute out."""
P95_MS, MOST_MS = 300.0, 2_000.0


def _part(sorted_: Sequence[float], share: float) -> float:
    return sorted_[min(len(sorted_) - 1, int(len(sorted_) * share))]


def _resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _blow(clients: subprocess.Popen[str], order: dict[str, float], pid: int) -> tuple[dict[str, Any], float, float, float]:
    """What the clients saw under one order, the server's cores meanwhile, the seconds it took, and the server's memory after."""
    assert clients.stdin is not None
    cpu_s, wall_s = _cpu_s(pid), os.times().elapsed
    clients.stdin.write(json.dumps(order) + "\n")
    clients.stdin.flush()
    seen: dict[str, Any] = json.loads(_line(clients))
    took_s = os.times().elapsed - wall_s
    return seen, (_cpu_s(pid) - cpu_s) / took_s, took_s, _resident_mb(pid)


def _tell(report: Callable[..., Any], name: str, seen: dict[str, Any], cores: float, wall_s: float, resident_mb: float, load: float) -> None:
    waits = seen["waits_s"]
    data = f"{CONSOLES} consoles, {UNITS:,} units every 5 s, load average before {load:.1f}"
    p95, most, refused = (None, None, None) if name == "flood" else (P95_MS, MOST_MS, 0)
    for share, words, limit in ((0.5, "p50", None), (0.95, "p95", p95), (0.99, "p99", None), (1.0, "max", most)):
        report(name=f"{name}: call posted to row on every console, {words}", value=1e3 * _part(waits, share), unit="ms", limit=limit,
               runs=len(waits), data=data)
    for what, took in sorted(seen["took_s"].items()):
        for share, words in ((0.5, "p50"), (0.95, "p95")):
            report(name=f"{name}: answer to {what}, {words}", value=1e3 * _part(took, share), unit="ms", runs=len(took), data=data)
    report(name=f"{name}: processor time of the server for each call", value=1e3 * cores * wall_s / max(1, len(waits)), unit="ms", data=data)
    report(name=f"{name}: share of one core that the server takes", value=cores, unit="cores", data=data)
    report(name=f"{name}: resident memory of the server after", value=resident_mb, unit="MB", data=data)
    report(name=f"{name}: rows that some console never saw", value=seen["missing"], unit="rows", limit=0, data=data)
    report(name=f"{name}: refused or unfinished", value=sum(seen["refused"].values()), unit="commands", limit=refused,
           data=json.dumps(seen["refused"]) + f"; consoles cut off {seen['cut_off']}, clients late {seen['late']}, "
           f"frames {seen['frames']}, {seen['bytes'] / 1e6:.0f} MB streamed")


@contextmanager
def weather(*, consoles: int, units: int, batch: int = 1, database: str = "") -> Iterator[tuple[subprocess.Popen[str], subprocess.Popen[str]]]:
    """A served house with so many units on duty, and its clients: consoles open, units reporting, desks that wait for orders. Warm already."""
    with tempfile.TemporaryDirectory() as folder, _process("live_house", "house", folder, str(small_city().path), str(units), database) as server:
        port, key = _line(server).split()
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"x-tocsin": "1", "user-agent": "bench"}, trust_env=False, timeout=30) as desk:
            cookies = signed_in(desk, -(-consoles // 8) + consoles // 100, DESKS)
        said = {"port": port, "key": key, "cookies": cookies, "units": units, "consoles": consoles, "batch": batch}
        clients = subprocess.Popen([sys.executable, "-m", "bench.storm_clients", json.dumps(said)], cwd=ROOT, text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            assert _line(clients) == "open"
            _blow(clients, {"per_s": 5.0, "for_s": 4.0, "worked_per_s": 5.0, "stay_s": 0.1}, server.pid)  # the road engine's first ways are slower
            yield server, clients
        finally:
            clients.terminate()
            clients.communicate(timeout=30)


def run(report: Callable[..., Any], orders: Sequence[tuple[str, dict[str, float]]] = (("storm", STORM), ("flood", FLOOD), ("day", DAY))) -> None:
    """One after the other on one house, so that each shows what the one before has left behind."""
    with weather(consoles=CONSOLES, units=UNITS) as (server, clients):
        for name, order in orders:
            load = os.getloadavg()[0]
            _tell(report, name, *_blow(clients, order, server.pid), load)
