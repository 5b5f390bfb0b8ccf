"""From the HTTP post of a call to its row on 50 open consoles, while 1,000 units report every 5 s, each one by its own request."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from tests.floor import small_city
from tests.shared import ROOT

from bench.live_clients import CONSOLES

_CALLS = 240
_GAP_S = 0.1
_WARM = 20
_LIMIT_MS = 100.0


@contextmanager
def _process(module: str, *words: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-m", f"bench.{module}", *words], cwd=ROOT, text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def _cpu_s(pid: int) -> float:
    """Processor seconds of a process so far (proc(5): utime and stime, fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _measure(pid: int, port: int, key: str, cookies: list[str], post: Callable[[int], str]) -> tuple[list[float], float]:
    """Milliseconds from each post to its row on the last console, sorted; and the server's share of one core meanwhile."""
    with _process("live_clients", str(port), key, ",".join(cookies)) as clients:
        assert _line(clients) == "open"
        begun_at: dict[str, float] = {}
        for n in range(_WARM + _CALLS):
            if n == _WARM:
                cpu_s, wall_s = _cpu_s(pid), time.perf_counter()
            begun = time.perf_counter()
            name = post(n)
            if n >= _WARM:
                begun_at[name] = begun
            time.sleep(max(0.0, _GAP_S - (time.perf_counter() - begun)))
        share = (_cpu_s(pid) - cpu_s) / (time.perf_counter() - wall_s)
        time.sleep(0.5)
        assert clients.stdin is not None
        clients.stdin.write("done\n")
        clients.stdin.flush()
        seen: list[dict[str, float]] = json.loads(_line(clients))
    assert len(seen) == CONSOLES
    return sorted(1e3 * (max(console[name] for console in seen) - begun) for name, begun in begun_at.items()), share


def signed_in(desk: httpx.Client, times: int, names: Sequence[str] = ("desk",)) -> list[str]:
    """The cookies of so many sessions, of these people in turn; the client is left in the last of them."""
    cookies = []
    for number in range(times):
        desk.cookies.clear()  # in a session of one's own, signing in proves that one anew and gives no other
        said = {"name": names[number % len(names)], "password": "bench bench"}
        cookies.append(desk.post("/api/sign-in", json=said).raise_for_status().cookies["tocsin_session"])
    return cookies


def _house() -> tuple[list[float], float]:
    with tempfile.TemporaryDirectory() as folder, _process("live_house", "house", folder, str(small_city().path)) as server:
        port, key = _line(server).split()
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"x-tocsin": "1", "user-agent": "bench"}, trust_env=False, timeout=30) as desk:
            cookies = signed_in(desk, 7)

            def post(n: int) -> str:
                answer = desk.post("/api/calls", json={"place": {"lon": 24.9 + n / 1e4, "lat": 60.15}, "kind": "medical"})
                return str(answer.raise_for_status().json()["subject"]).removeprefix("call:")

            return _measure(server.pid, int(port), key, cookies, post)


def _echo() -> tuple[list[float], float]:
    with _process("live_house", "echo") as server:
        port, key = _line(server).split()
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as desk:

            def post(n: int) -> str:
                desk.post("/api/calls", content=b'{"row":"incident","id":"echo-%d"}' % n).raise_for_status()
                return f"echo-{n}"

            return _measure(server.pid, int(port), key, ["-"], post)


def run(report: Callable[..., Any]) -> None:
    """Measure the house, then the bare echo under the same load."""
    (house, house_share), (echo, echo_share) = _house(), _echo()
    peer, data = "bare ASGI echo on uvicorn", f"{CONSOLES} consoles, 1,000 units every 5 s, last console counts"
    report(name="live: call posted to row on every console, p50", value=statistics.median(house), unit="ms", peer=peer,
           peer_value=statistics.median(echo), runs=_CALLS, data=data)
    report(name="live: call posted to row on every console, p99", value=house[int(len(house) * 0.99)], unit="ms", peer=peer,
           peer_value=echo[int(len(echo) * 0.99)], limit=_LIMIT_MS, runs=_CALLS, data=data)
    report(name="live: share of one core that the server takes", value=house_share, unit="cores", peer=peer, peer_value=echo_share,
           runs=_CALLS, data=data)
