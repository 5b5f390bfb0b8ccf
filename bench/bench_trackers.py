"""Ten thousand trackers that report every five seconds, each point a request of its own as their apps send it, to the row on a console; and how many a second are too many."""

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
import msgspec
from tests.floor import small_city
from tests.shared import ROOT

from bench.bench_live import _cpu_s, _line, _process, signed_in
from bench.bench_storm import _resident_mb
from bench.live_house import DESKS

UNITS, PER_S = 10_000, 2_000.0
FOR_S, STEP_S, WARM_S = 20.0, 6.0, 5.0
STEPS = (1_000.0, 1_500.0, 2_500.0, 3_000.0, 4_000.0)
"""Rates tried beside 2,000, upwards until one is not sustained."""
PLUGGED = 3_000
P99_S = 1.0
PEER = "a bare ASGI application on the same server"
Report = Callable[..., Any]


class Blown(msgspec.Struct, frozen=True):
    """What came of one order: the clients' word, the server's cores, its memory after, and the machine's load before."""

    seen: dict[str, Any]
    cores: float
    resident_mb: float
    load: float

    @property
    def sustained(self) -> bool:
        """Whether all was answered well and in time."""
        seen = self.seen
        return bool(seen["codes"].get("200", 0) == seen["posted"] and seen["answer_s"][1] <= P99_S and seen["late"] < 0.02 * seen["posted"])

    @property
    def cpu_us(self) -> float:
        """The server's processor time for each request."""
        return 1e6 * self.cores * float(self.seen["wall_s"]) / int(self.seen["posted"])


class Side(msgspec.Struct, frozen=True):
    """A server, and the clients that report to it."""

    server: subprocess.Popen[str]
    clients: subprocess.Popen[str]
    receivers_at: int

    def ask(self, **order: Any) -> dict[str, Any]:
        """Give the clients one order; their word."""
        assert self.clients.stdin is not None
        self.clients.stdin.write(json.dumps(order) + "\n")
        self.clients.stdin.flush()
        found: dict[str, Any] = json.loads(_line(self.clients))
        return found

    def blow(self, per_s: float, for_s: float, *, fresh: bool) -> Blown:
        """Reports at one rate."""
        load, cpu_s = os.getloadavg()[0], _cpu_s(self.server.pid)
        seen = self.ask(do="blow", per_s=per_s, for_s=for_s, fresh=fresh)
        return Blown(seen, (_cpu_s(self.server.pid) - cpu_s) / seen["wall_s"], _resident_mb(self.server.pid), load)


@contextmanager
def _clients(said: dict[str, Any]) -> Iterator[subprocess.Popen[str]]:
    clients = subprocess.Popen([sys.executable, "-m", "bench.trackers_clients", json.dumps(said)], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert _line(clients) == "open"
        yield clients
    finally:
        clients.terminate()
        clients.communicate(timeout=30)


@contextmanager
def sides(units: int) -> Iterator[tuple[Side, Callable[[], Any]]]:
    """The floor with its clients and console, and a way to begin the bare application with its own; the floor is gone by then."""
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder:
        listed = str(Path(folder) / "trackers")

        @contextmanager
        def bare() -> Iterator[Side]:
            with _process("trackers_house", "bare") as server, _clients({"port": _line(server).split()[0], "trackers": listed, "cookie": ""}) as clients:
                yield Side(server, clients, 0)

        with _process("trackers_house", "floor", folder, str(small_city().path), str(units)) as server:
            port, receivers_at = _line(server).split()
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"x-tocsin": "1", "user-agent": "bench"}, trust_env=False, timeout=30) as desk:
                cookie = signed_in(desk, 1, DESKS)[0]
            with _clients({"port": port, "trackers": listed, "cookie": cookie}) as clients:
                yield Side(server, clients, int(receivers_at)), bare


def at_rate(side: Side, per_s: float, for_s: float, *, fresh: bool) -> Blown:
    """One rate, measured once everything is warm: each tracker has reported once, and (where connections are kept) has its own."""
    side.blow(per_s, WARM_S, fresh=fresh)
    return side.blow(per_s, for_s, fresh=fresh)


def most(side: Side, first: Blown, steps: Sequence[float], *, fresh: bool) -> tuple[float, str]:
    """The highest rate that is sustained, and what broke at the next."""
    held, tried = 0.0, [rate for rate in steps if (rate > PER_S) == first.sustained]
    if first.sustained:
        held = PER_S
    for rate in tried:
        blown = at_rate(side, rate, STEP_S, fresh=fresh)  # what an overload left behind is worked off first
        if not blown.sustained:
            return held, f"at {rate:,.0f}: {why(blown)}"
        held = rate
    return held, f"at {PER_S:,.0f}: {why(first)}" if not first.sustained else "nothing broke"


def why(blown: Blown) -> str:
    """What was seen where a rate was not sustained."""
    seen = blown.seen
    return f"{json.dumps(seen['codes'])} of {seen['posted']:,}, answer p99 {1e3 * seen['answer_s'][1]:,.0f} ms, {seen['late']:,} posted late, server {blown.cores:.2f} cores, clients {seen['cores']:.2f}"


def tell(report: Report, how: str, ours: Blown, peer: Blown, ramp: tuple[float, str], peer_ramp: tuple[float, str]) -> None:
    """Every figure of one way to connect."""
    seen, name = ours.seen, f"trackers, {how}"
    data = (f"{UNITS:,} units every 5 s, a request each, one console open; three apps' forms, a third each; {os.cpu_count()} cores that server and clients share, "
            f"load average before {ours.load:.1f}")
    for place, part in enumerate(("p50", "p99", "p99.9")):
        report(name=f"{name}: post to the row on a console, {part}", value=1e3 * seen["row_s"][place], unit="ms", runs=seen["rows"], data=data)
    for place, part in enumerate(("p50", "p99", "p99.9")):
        report(name=f"{name}: post to answer, {part}", value=1e3 * seen["answer_s"][place], unit="ms", peer=PEER, peer_value=1e3 * peer.seen["answer_s"][place],
               runs=seen["posted"], data=data)
    report(name=f"{name}: answered 200", value=100 * seen["codes"].get("200", 0) / seen["posted"], unit="%", runs=seen["posted"], data=data)
    report(name=f"{name}: refused, hung up or not answered", value=seen["posted"] - seen["codes"].get("200", 0), unit="requests", limit=0, runs=seen["posted"],
           data=f"{json.dumps(seen['codes'])}; {seen['reopened']:,} connections opened again, {seen['late']:,} posted late; {data}")
    report(name=f"{name}: rows that the console never saw", value=seen["posted"] - seen["rows"] - seen["superseded"], unit="rows", limit=0, runs=seen["posted"],
           data=f"{seen['superseded']:,} more were overtaken by the same unit's next; {data}")
    report(name=f"{name}: processor time of the server for each request", value=ours.cpu_us, unit="us", peer=PEER, peer_value=peer.cpu_us, runs=seen["posted"], data=data)
    report(name=f"{name}: share of one core that the server takes", value=ours.cores, unit="cores", peer=PEER, peer_value=peer.cores, runs=1, data=data)
    report(name=f"{name}: share of one core that the clients take", value=seen["cores"], unit="cores", runs=1, data=data)
    report(name=f"{name}: resident memory of the server after", value=ours.resident_mb, unit="MB", runs=1, data=data)
    report(name=f"{name}: reports a second that are sustained", value=ramp[0], unit="/s", peer=PEER, peer_value=peer_ramp[0], runs=1,
           data=f"{ramp[1]}; peer {peer_ramp[1]}; tried {', '.join(f'{rate:,.0f}' for rate in sorted((*STEPS, PER_S)))}, {STEP_S:.0f} s each; "
                f"sustained is all answered 200 with a p99 of at most {P99_S:g} s")


def run(report: Report) -> None:
    """The floor: receivers over TCP that stay, reports over new connections, and over kept ones, so that each kind's memory is seen apart; then the bare application."""
    ours, peers, ramps, peer_ramps = {}, {}, {}, {}
    ways = ((True, "a new connection each"), (False, "connections kept"))
    with sides(UNITS) as (floor, bare):
        before_mb = _resident_mb(floor.server.pid)
        floor.ask(do="plug", port=floor.receivers_at, count=PLUGGED)
        plugged_mb = _resident_mb(floor.server.pid) - before_mb
        for fresh, how in ways:
            before_mb = _resident_mb(floor.server.pid)
            floor.blow(PER_S, WARM_S, fresh=fresh)
            held_mb = _resident_mb(floor.server.pid) - before_mb
            ours[how] = floor.blow(PER_S, FOR_S, fresh=fresh)
            ramps[how] = most(floor, ours[how], STEPS, fresh=fresh)
        floor.server.terminate()
        floor.server.wait(120)
        with bare() as side:
            for fresh, how in ways:
                peers[how] = at_rate(side, PER_S, STEP_S, fresh=fresh)
                peer_ramps[how] = most(side, peers[how], STEPS, fresh=fresh)
    for _, how in ways:
        tell(report, how, ours[how], peers[how], ramps[how], peer_ramps[how])
    report(name="trackers: memory of the server for each kept connection over HTTP", value=1e3 * held_mb / UNITS, unit="KB", runs=1, data=f"{UNITS:,} connections, resident memory before and after")
    report(name="trackers: memory of the server for each receiver over TCP", value=1e3 * plugged_mb / PLUGGED, unit="KB", runs=1,
           data=f"{PLUGGED:,} connections from one address that have shown their keys")
