"""Lanes: emergency work never waits behind anything. Each has its own threads and queue, and the last one is refused first."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from contextvars import copy_context
from math import ceil
from time import perf_counter
from typing import TypeVar

import msgspec

from tocsin.kernel import Door, Pace, Refused
from tocsin.ledger import Spread

T = TypeVar("T")


class Lane(msgspec.Struct, frozen=True):
    """So many threads, and so many that may be in it at once, waiting ones included."""

    threads: int
    most: int


LANES: dict[Pace, Lane] = {"quick": Lane(12, 2_000), "weighty": Lane(2, 500), "look": Lane(4, 64), "later": Lane(1, 4)}
"""Few threads on purpose: all of one process share Python's one lock, and a crowd that computes would starve the loop that answers.

`quick` is a command of the response; `weighty` one that ranks a whole fleet; `look` a question of the response; `later` all the
rest: reports, exports, replays, packs. They are not made nice to the operating system: a thread that holds the lock and is put off
holds up everybody. What can be is done in a process of its own, and that one is nice.
"""
FIRST = frozenset({"response", "duty"})
"""The purposes that are emergency work."""


LATELY_S = 300.0
_REMEMBERED = 4_000
"""Of the last minutes, at most so many answers a lane: under a storm the newest say enough."""


class Taken:
    """How long what was asked in a lane took, waiting included, and how much was turned away. Only the event loop writes here."""

    def __init__(self) -> None:
        self.spread, self.refused, self._refused_s = Spread(), 0, -LATELY_S
        self._lately: deque[tuple[float, float]] = deque(maxlen=_REMEMBERED)

    def add(self, begun_s: float) -> None:
        """It began then and is done."""
        now_s = perf_counter()
        self.spread.add(now_s - begun_s)
        self._lately.append((now_s, now_s - begun_s))

    def turn_away(self) -> None:
        """One more was refused because the lane is full."""
        self.refused += 1
        self._refused_s = perf_counter()

    def refused_within(self, within_s: float) -> bool:
        """Whether anything was turned away lately."""
        return perf_counter() - self._refused_s < within_s

    def took_s(self, *percents: int, within_s: float = LATELY_S) -> list[float | None]:
        """Exact percentiles (nearest rank) of what was done lately; None where nothing was."""
        since_s = perf_counter() - within_s
        ordered = sorted(took for at, took in list(self._lately) if at >= since_s)
        return [ordered[ceil(percent * len(ordered) / 100) - 1] if ordered else None for percent in percents]


class Lanes:
    """Runs what is asked in its lane, off the event loop; an over-full lane says so at once."""

    def __init__(self) -> None:
        self._pools = {pace: ThreadPoolExecutor(lane.threads, thread_name_prefix=f"house-{pace}") for pace, lane in LANES.items()}
        self.inside: dict[Pace, int] = dict.fromkeys(LANES, 0)
        """How many are in each lane now; changed on the event loop alone."""
        self.taken: dict[Pace, Taken] = {pace: Taken() for pace in LANES}
        self.spanned: Callable[[str], AbstractContextManager[object]] = nullcontext
        """What stands round each piece of work, in its own thread, where somebody traces what is done."""

    async def run(self, pace: Pace, work: Callable[..., T], *words: object) -> T:
        """What `work` gives, done in the lane of this pace; refused with `overloaded`, or `later_please` in the last lane."""
        if self.inside[pace] >= LANES[pace].most:
            self.taken[pace].turn_away()
            raise _full(pace)
        self.inside[pace] += 1
        begun_s = perf_counter()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pools[pace], copy_context().run, self._done, pace, work, *words)
        finally:
            self.inside[pace] -= 1
            self.taken[pace].add(begun_s)

    def _done(self, pace: Pace, work: Callable[..., T], *words: object) -> T:
        with self.spanned(f"lane {pace}"):
            return work(*words)

    def close(self) -> None:
        """Finish what was begun."""
        for pool in self._pools.values():
            pool.shutdown()


def pace_of(door: Door) -> Pace:
    """The lane of a door: what it says itself, else by its purpose and verb."""
    if door.pace is not None:
        return door.pace
    if door.purpose not in FIRST:
        return "later"
    return "quick" if door.verb == "POST" else "look"


def _full(pace: Pace) -> Refused:
    if pace == "later":
        return Refused("later_please", "Reports and exports wait while the floor works; nothing was done. Try again in a moment.",
                       "接处警优先，报表与导出暂缓，本次未执行，请稍后重试。", status=503)
    return Refused("overloaded", "Too much at once; try again in a moment.", "当前过于繁忙，请稍后再试。", status=503)
