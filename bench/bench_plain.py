"""Tocsin over PostgreSQL beside a plain SQLAlchemy and FastAPI house over the same database: incidents opened, units sent, the board listed."""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
import psycopg
from tests.floor import small_city
from tests.postgres import emptied, server
from tests.shared import ROOT

from bench.bench_live import _cpu_s, _line, _process, signed_in
from bench.live_house import DESKS

CALLERS, UNITS, OPEN, ROUNDS = (1, 16, 64), 100, 200, 3
LIVES_S, BOARD_S = 5.0, 3.0
SESSIONS, RACING = 24, 16
HOUSES = ("plain", "tocsin")
PEER = "plain SQLAlchemy 2 and FastAPI"
LACKS = "the peer has no proof, no history, no sealed fields, no reactions, no rights, no retries by key, no live board"
Ask = Callable[..., dict[str, Any]]
Seen = dict[tuple[str, str, int], list[dict[str, Any]]]
"""What each house did in the rounds of one kind of work with so many callers."""


@contextmanager
def houses() -> Iterator[tuple[Ask, dict[str, int], str]]:
    """Both houses over one new database and the callers of both, who do what they are asked; the servers' processes; how the database keeps."""
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder, server() as address:
        emptied(address)
        with psycopg.connect(address) as connection:
            kept = ", ".join(f"{name} {connection.execute(f'SHOW {name}').fetchall()[0][0]}" for name in ("fsync", "synchronous_commit"))
        try:
            with _process("plain_house", address, str(UNITS)) as one, \
                    _process("live_house", "house", folder, str(small_city().path), str(UNITS), address) as two:
                (plain_port, _), (port, _) = _line(one).split(), _line(two).split()
                with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"x-tocsin": "1", "user-agent": "bench"}, trust_env=False, timeout=30) as desk:
                    cookies = signed_in(desk, SESSIONS, DESKS)
                said = {"plain": {"port": plain_port, "cookies": [], "units": UNITS}, "tocsin": {"port": port, "cookies": cookies, "units": UNITS}}
                with _callers(said) as ask:
                    yield ask, {"plain": one.pid, "tocsin": two.pid}, kept
        finally:
            emptied(address)


@contextmanager
def _callers(said: dict[str, Any]) -> Iterator[Ask]:
    clients = subprocess.Popen([sys.executable, "-m", "bench.plain_clients", json.dumps(said)], cwd=ROOT, text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(**order: Any) -> dict[str, Any]:
        assert clients.stdin is not None
        clients.stdin.write(json.dumps(order) + "\n")
        clients.stdin.flush()
        seen: dict[str, Any] = json.loads(_line(clients))
        assert not seen["refused"], seen["refused"]
        return seen

    try:
        assert _line(clients) == "open"
        yield ask
    finally:
        clients.terminate()
        clients.communicate(timeout=30)


def in_turn(ask: Ask, pids: dict[str, int], work: str, for_s: float, rounds: int) -> Seen:
    """The rounds of one kind of work, the houses in turn, so that whatever else the machine does falls on both."""
    seen: Seen = {}
    for callers in CALLERS:
        for _ in range(rounds):
            for house in HOUSES:
                before = _cpu_s(pids[house])
                one = ask(house=house, work=work, callers=callers, for_s=for_s)
                one["cpu_s"] = _cpu_s(pids[house]) - before
                seen.setdefault((house, work, callers), []).append(one)
    return seen


def _part(waits: Sequence[float], share: float) -> float:
    return sorted(waits)[min(len(waits) - 1, int(len(waits) * share))]


def _all(rounds: Sequence[dict[str, Any]], what: Sequence[str]) -> list[float]:
    return [took for one in rounds for each in what for took in one["took"].get(each, ())]


def _told(report: Callable[..., Any], seen: Seen, work: str, kinds: Sequence[tuple[str, tuple[str, ...]]], data: str) -> None:
    """Rates and waits of one kind of work: ours, and beside it the peer's."""
    every = kinds[0][1]
    for callers in CALLERS:
        peer, ours = (seen[house, work, callers] for house in HOUSES)
        words = f"{callers} caller{'s' * (callers > 1)}"
        rates = [statistics.median(len(_all([one], every)) / one["wall_s"] for one in each) for each in (ours, peer)]
        report(name=f"plain: {kinds[0][0]} a second, {words}", value=rates[0], unit="/s", peer=PEER, peer_value=rates[1], runs=len(ours), data=data)
        for what, which in kinds:
            waits = _all(ours, which), _all(peer, which)
            for share, part in ((0.5, "p50"), (0.99, "p99")):
                report(name=f"plain: answer to {what}, {words}, {part}", value=1e3 * _part(waits[0], share), unit="ms", peer=PEER,
                       peer_value=1e3 * _part(waits[1], share), runs=len(waits[0]), data=data)
        works = [1e3 * sum(one["cpu_s"] for one in each) / max(1, len(_all(each, every))) for each in (ours, peer)]
        report(name=f"plain: processor time of the server for each of the {kinds[0][0]}, {words}", value=works[0], unit="ms", peer=PEER, peer_value=works[1],
               runs=len(ours), data=f"{data}; without the database's own")


def run(report: Callable[..., Any], *, lives_s: float = LIVES_S, board_s: float = BOARD_S, rounds: int = ROUNDS, open_: int = OPEN) -> None:
    """Commands of both houses in turn, then both boards with as many incidents open."""
    with houses() as (ask, pids, kept):
        for house in HOUSES:
            ask(house=house, work="lives", callers=max(CALLERS), for_s=min(2.0, lives_s))  # what is made at first use is made now
            won = ask(house=house, work="race", callers=RACING)["won"]
            assert won == 1, f"{house} sent one unit {won} times"
        seen = in_turn(ask, pids, "lives", lives_s, rounds)
        for house in HOUSES:
            ask(house=house, work="fill", callers=1, count=open_)
        seen |= in_turn(ask, pids, "board", board_s, rounds)
        size = {house: _all(seen[house, "board", CALLERS[0]], ("bytes",))[-1] / 1e3 for house in HOUSES}
    both = f"PostgreSQL with {kept}; each one process on asyncio's own loop and h11; {LACKS}"
    commands = ("open", "assign", "stand down", "close")
    _told(report, seen, "lives", (("commands", commands), ("an incident opened", ("open",)), ("a unit sent", ("assign",))),
          f"incidents opened, a unit sent and called off, closed, {UNITS} units; an opening keeps two facts one after the other; "
          f"each of {RACING} sent the same unit at once, and one was told that it goes, in both; {both}")
    _told(report, seen, "board", (("boards", ("board",)),),
          f"{open_} open incidents and {UNITS} units, {size['tocsin']:.0f} kB and {size['plain']:.0f} kB; ours from memory, theirs from the tables; {both}")
