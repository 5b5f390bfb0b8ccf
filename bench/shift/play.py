"""Play a shift: start the stage, sit down at the browser, work every call as it comes, kill the house in the middle, count.

The calls are those of the record. Injected into them, because a record of incidents holds none: every 20th call is told a second time, by
another caller some metres away; the first fire gets a second alarm; every 40th call, one from across the bay is taken and handed over.
"""

import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser
from tests.console.desk import picture, sign_in, watch
from tests.shared import ROOT

from bench.shift import record as past
from bench.shift.hands import Hands, Tally
from bench.shift.proof import Proof, proved
from tocsin.city.record import PastCall
from tocsin.kernel import Instant

_SECOND = 1_000_000
_RETRY: Instant = 240 * _SECOND
_AGAIN, _ACROSS = 20, 40
_AWAY_DEG = 0.0004
_OAKLAND = "37.80440, -122.27080"
_FIRES = ("fire",)
_TAIL_S = 900
"""House seconds that the desk goes on working after the last call."""


@dataclass
class Stage:
    """The served house as a process that can be killed."""

    data: Path
    city: Path
    port: int
    begin: Instant
    speed: float
    hours: tuple[int, int]
    wall: float = 0.0
    process: subprocess.Popen[str] | None = None
    kills: int = 0

    def start(self) -> float:
        """Start it, or start it again; the seconds until it was ready."""
        began = time.monotonic()
        self.wall = self.wall or time.time() + 20.0
        words = [sys.executable, "-m", "bench.shift.stage", "--data", str(self.data), "--city", str(self.city), "--port", str(self.port),
                 "--begin", str(self.begin), "--wall", str(self.wall), "--speed", str(self.speed), "--hours", *map(str, self.hours)]
        self.process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == "ready", "the stage did not start"
        return time.monotonic() - began

    def kill(self) -> None:
        """As a power cut would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self._gone(10)
        self.kills += 1

    def stop(self) -> None:
        """Let it finish."""
        if self.process is not None:
            self.process.terminate()
            self._gone(30)

    def _gone(self, within_s: float) -> None:
        assert self.process is not None and self.process.stdout is not None
        self.process.wait(within_s)
        self.process.stdout.close()
        self.process = None

    def now(self) -> Instant:
        """House time, by the wall clock that both processes share."""
        return self.begin + int((time.time() - self.wall) * self.speed * _SECOND)


@dataclass
class Shift:
    """What a desk has in hand."""

    stage: Stage
    hands: Hands
    calls: list[PastCall]
    chance: random.Random
    incident_of: dict[str, str] = field(default_factory=dict)
    tried: dict[str, Instant] = field(default_factory=dict)
    waits: dict[str, Instant] = field(default_factory=dict)
    lags_s: list[float] = field(default_factory=list)
    closed: int = 0
    told_again: int = 0
    joined: int = 0
    diverted: int = 0
    handed_over: int = 0
    alarms: int = 0

    def work(self, *, crash_at: Instant | None = None) -> Iterator[str]:
        """Work every call as it comes, however late on a busy machine, and go on for a while; yields `crash` once where the house is to be
        killed, and `minute` now and then."""
        queue, until = list(self.calls), 0
        while queue or self.stage.now() < until:
            now = self.stage.now()
            if crash_at is not None and now >= crash_at:
                crash_at = None
                yield "crash"
            if queue and queue[0].received_at <= now:
                self._call(queue.pop(0))
                until = self.stage.now() + _TAIL_S * _SECOND
            elif not self._tend(now):
                self.hands.page.wait_for_timeout(150)
            yield "minute"

    def _call(self, call: PastCall) -> None:
        self.lags_s.append((self.stage.now() - call.received_at) / _SECOND)
        number = self.hands.take(f"{call.lat:.5f}, {call.lon:.5f}", call.kind, max(call.priority, 1))
        if number:
            self.incident_of[call.call] = number
            if call.priority <= 2 and self.hands.divert():
                self.diverted += 1
            if not self.hands.send():
                self.tried[number] = self.stage.now()
            if call.kind in _FIRES and not self.alarms:
                self.alarms += self.hands.say(f"alarm {_short(number)} 2", "is at alarm 2", "alarm")
        self._injected(call, len(self.incident_of))

    def _injected(self, call: PastCall, nth: int) -> None:
        if nth % _AGAIN == _AGAIN // 2:
            self.told_again += 1
            assert call.lat is not None, "calls without a place are not played"
            away = self.chance.uniform(-_AWAY_DEG, _AWAY_DEG)
            before = len(self.hands.tally.took_s.get("join", ()))
            self.hands.take(f"{call.lat + away:.5f}, {call.lon:.5f}", call.kind, max(call.priority, 1), join=True)
            self.joined += len(self.hands.tally.took_s.get("join", ())) - before
        if nth % _ACROSS == _ACROSS // 4:
            number = self.hands.take(_OAKLAND, call.kind, 2)
            if number:
                self.handed_over += self.hands.say(f"hand over {_short(number)} neighbour", "Handed over", "hand over")

    def _tend(self, now: Instant) -> bool:
        """One thing that is due on the board: close what is done, send for what still waits. Whether there was any."""
        for number, row in self.hands.board().items():
            if not row["units"] and row.get("first_there_at"):
                if self.hands.say(f"close {_short(number)} treated", re.compile(rf"\b{_short(number)} closed"), "close"):
                    self.closed += 1
                    return True
            elif row["unmet"] and now - self.tried.get(number, 0) > _RETRY:
                self.tried[number] = now
                if self.hands.select(number):
                    self.hands.key("r")
                    self.hands.send()
                return True
        return False


def _short(number: str) -> str:
    return str(int(number.rsplit("-", 1)[1]))


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as spare:
        spare.bind(("127.0.0.1", 0))
        return int(spare.getsockname()[1])


@contextmanager
def staged(hours: tuple[int, int], speed: float, city: Path) -> Iterator[tuple[Stage, list[PastCall]]]:
    """The stage of these hours of the busiest day, started; stopped and thrown away at the end."""
    record = past.read()
    calls = past.hours(past.busiest(record), record.zone, *hours)
    folder = Path(tempfile.mkdtemp(prefix="tocsin-shift-"))
    stage = Stage(folder, city, free_port(), past.begins(calls), speed, hours)
    try:
        stage.start()
        yield stage, calls
    finally:
        stage.stop()
        shutil.rmtree(folder, ignore_errors=True)


def seat(browser: Browser, stage: Stage) -> Hands:
    """A desk signed in at the stage's console."""
    page = watch(browser, f"http://localhost:{stage.port}", width=1680, height=1000).page
    sign_in(page, "dispatcher")
    return Hands(page, Tally())


@dataclass
class Outcome:
    """What one shift came to: the desk's account, the restarts, and the proof."""

    shift: Shift
    calls: int
    took_s: float
    restarts_s: list[float]
    proof: Proof


def play(browser: Browser, hours: tuple[int, int], speed: float, city: Path, *, most: int = 0) -> Outcome:
    """Work these hours of the busiest day, or their first `most` calls, with a power cut at the middle call; then prove what is left."""
    with staged(hours, speed, city) as (stage, calls):
        calls = calls[:most] if most else calls
        hands = seat(browser, stage)
        shift = Shift(stage, hands, calls, random.Random(hours[0]))
        began, restarts = time.monotonic(), []
        for what in shift.work(crash_at=calls[len(calls) // 2].received_at):
            if what == "crash":
                stage.kill()
                restarts.append(stage.start())
        took = time.monotonic() - began
        picture(hands.page, "shift")
        stage.stop()
        return Outcome(shift, len(calls), took, restarts, proved(stage.data / "records", stage.data))
