"""The other side of bench_plain in a process of its own: the same callers for both houses, each working one incident after another."""

import asyncio
import json
import sys
import time
from collections import Counter
from typing import Any

from bench.storm_clients import Desk

OPENING = {"plain": "/api/incidents", "tocsin": "/api/calls"}
"""The only path that differs: there a call becomes an incident, here an incident is written down."""
_MOST_S = 60.0
"""How long the slowest answer of a round may take before the round is given up."""


class Callers:
    """One house with its free units, and what was counted of it."""

    def __init__(self, house: str, said: dict[str, Any]) -> None:
        self.house, self.port, self.cookies = house, int(said["port"]), list(said["cookies"])
        self.free: asyncio.Queue[str] = asyncio.Queue()
        for n in range(int(said["units"])):
            self.free.put_nowait(f"U{n}")
        self.desks: list[Desk] = []
        self.took: dict[str, list[float]] = {}
        self.refused: Counter[str] = Counter()
        self.opened = self.asked = 0
        self.until = 0.0

    def words(self) -> bytes:
        """A session's cookie, the next of those there are, so that nobody's allowance is spent; empty where there are none."""
        self.asked += 1
        return b"Cookie: tocsin_session=" + self.cookies[self.asked % len(self.cookies)].encode() if self.cookies else b"X-None: 1"

    async def command(self, desk: Desk, what: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """One command and how long its answer took."""
        desk.words, begun = self.words(), time.perf_counter()
        status, answer = await desk.post(path, body)
        self.took.setdefault(what, []).append(time.perf_counter() - begun)
        if status not in (200, 201):
            self.refused[f"{what} {status} {answer}"] += 1
        return status, answer

    async def open(self, desk: Desk) -> str:
        """The number of one more open incident."""
        self.opened += 1
        number = self.opened
        place = {"lon": 24.9 + number % 400 / 1e4, "lat": 60.15 + number % 19 / 1e3, "text": f"{number} Plain Street"}
        _, answer = await self.command(desk, "open", OPENING[self.house],
                                       {"place": place, "kind": "medical", "priority": 2 + number % 3, "notes": "a made call, 二层, smoke"})
        return str(answer["id"] if "id" in answer else answer["subject"].removeprefix("call:"))

    async def lives(self, desk: Desk) -> None:
        """Incidents one after the other until the time is over: opened, a unit sent, the unit called off, closed."""
        while time.perf_counter() < self.until:
            one = f"/api/incidents/{await self.open(desk)}"
            unit = await self.free.get()
            said = {"unit": unit, "shift": "bench"}
            await self.command(desk, "assign", f"{one}/assign", said | {"eta_s": 240})
            await self.command(desk, "stand down", f"{one}/stand-down", said)
            self.free.put_nowait(unit)
            await self.command(desk, "close", f"{one}/close", {"disposition": "treated"})

    async def lists(self, desk: Desk) -> None:
        """The board, again and again, its bytes read and not decoded."""
        while time.perf_counter() < self.until:
            desk.words, begun = self.words(), time.perf_counter()
            status, content = await desk.ask("/api/board", None)
            self.took.setdefault("board", []).append(time.perf_counter() - begun)
            self.took.setdefault("bytes", []).append(len(content))
            if status != 200:
                self.refused[f"board {status}"] += 1

    async def race(self, callers: int) -> int:
        """How many of so many that send one and the same unit at once are told that it goes."""
        self.connect(callers)
        numbers = [await self.open(desk) for desk in self.desks[:callers]]
        unit = await self.free.get()
        answers = await asyncio.gather(*(desk.post(f"/api/incidents/{number}/assign", {"unit": unit, "shift": "bench", "eta_s": 240})
                                         for desk, number in zip(self.desks, numbers, strict=False)))
        won = [number for number, (status, _) in zip(numbers, answers, strict=True) if status in (200, 201)]
        for number in won:
            await self.command(self.desks[0], "stand down", f"/api/incidents/{number}/stand-down", {"unit": unit, "shift": "bench"})
        for number in numbers:
            await self.command(self.desks[0], "close", f"/api/incidents/{number}/close", {"disposition": "treated"})
        self.free.put_nowait(unit)
        return len(won)

    def connect(self, callers: int) -> None:
        """As many connections as callers, each with a cookie."""
        while len(self.desks) < callers:
            self.desks.append(Desk(self.port, self.words()))

    async def round(self, order: dict[str, Any]) -> dict[str, Any]:
        """What so many callers saw in so many seconds of one kind of work."""
        self.took, self.refused, callers = {}, Counter(), int(order["callers"])
        self.connect(callers)
        if order["work"] == "race":
            return {"won": await self.race(callers), "refused": dict(self.refused)}
        if order["work"] == "fill":
            for _ in range(int(order["count"])):
                await self.open(self.desks[0])
            return {"refused": dict(self.refused)}
        begun = time.perf_counter()
        self.until = begun + float(order["for_s"])
        work = self.lists if order["work"] == "board" else self.lives
        await asyncio.wait_for(asyncio.gather(*(work(desk) for desk in self.desks[:callers])), float(order["for_s"]) + _MOST_S)
        return {"wall_s": time.perf_counter() - begun, "took": self.took, "refused": dict(self.refused)}


async def _run(said: dict[str, Any]) -> None:
    houses = {house: Callers(house, one) for house, one in said.items()}
    print("open", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        order = json.loads(line)
        print(json.dumps(await houses[order["house"]].round(order)), flush=True)


if __name__ == "__main__":
    asyncio.run(_run(json.loads(sys.argv[1])))
