"""Lanes: emergency work never waits behind anything. Each has its own threads and queue, and the last one is refused first."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import msgspec

from tocsin.kernel import Door, Pace, Refused

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


class Lanes:
    """Runs what is asked in its lane, off the event loop; an over-full lane says so at once."""

    def __init__(self) -> None:
        self._pools = {pace: ThreadPoolExecutor(lane.threads, thread_name_prefix=f"house-{pace}") for pace, lane in LANES.items()}
        self.inside: dict[Pace, int] = dict.fromkeys(LANES, 0)
        """How many are in each lane now; changed on the event loop alone."""

    async def run(self, pace: Pace, work: Callable[..., T], *words: object) -> T:
        """What `work` gives, done in the lane of this pace; refused with `overloaded`, or `later_please` in the last lane."""
        if self.inside[pace] >= LANES[pace].most:
            raise _full(pace)
        self.inside[pace] += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pools[pace], work, *words)
        finally:
            self.inside[pace] -= 1

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
