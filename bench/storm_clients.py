"""The other side of bench_storm in a process of its own: open consoles, reporting units, and desks that work calls at a set rate."""

import asyncio
import json
import re
import sys
import time
from collections import Counter
from functools import partial
from typing import Any

EVERY_S = 5.0
_REPORTERS = 8
_ROW = re.compile(rb'"row":"incident","id":"([^"]+)"')
_LENGTH = re.compile(rb"(?i)content-length: (\d+)")
_TAIL = 64


class Console(asyncio.Protocol):
    """One open stream: when each incident's row first came by. A connection that ends before the bench does is counted."""

    def __init__(self, cookie: str, seen: dict[str, float]) -> None:
        self.cookie, self.seen, self.frames, self.got, self.ended, self._rest = cookie, seen, 0, 0, False, b""
        self.open: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"GET /api/live HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nCookie: tocsin_session=%b\r\n\r\n" % self.cookie.encode())

    def data_received(self, data: bytes) -> None:
        """Note the rows in a piece of the stream; one cut by the piece's edge is found with the next."""
        at = time.perf_counter()
        if not self.open.done():
            self.open.set_result(None)
        self.got += len(data)
        piece = self._rest + data
        self.frames += data.count(b"event: frame")
        for found in _ROW.findall(piece):
            self.seen.setdefault(found.decode(), at)
        self._rest = piece[-_TAIL:]

    def connection_lost(self, exc: Exception | None) -> None:
        """The server cut this console off."""
        self.ended = True
        if not self.open.done():
            self.open.set_result(None)


class Desk:
    """One connection that asks and waits for the answer."""

    def __init__(self, port: int, words: bytes) -> None:
        self.port, self.words = port, words
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: dict[str, Any] | None) -> tuple[int, dict[str, Any]]:
        """The status and answer of one POST, or of a GET where there is no body."""
        status, content = await self.ask(path, body)
        return status, json.loads(content) if content else {}

    async def ask(self, path: str, body: dict[str, Any] | None) -> tuple[int, bytes]:
        """The same with the answer as its bytes."""
        if self._streams is None or self._streams[0].at_eof():  # the server closes a connection that was idle for half a minute
            self._streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._streams
        said = json.dumps(body).encode() if body is not None else b""
        writer.write(b"%b %b HTTP/1.1\r\nHost: localhost\r\nX-Tocsin: 1\r\nUser-Agent: bench\r\n%b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                     % (b"GET" if body is None else b"POST", path.encode(), self.words, len(said), said))
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        content = await reader.readexactly(int(length[1]) if length else 0)
        return int(head[9:12]), content


class Storm:
    """Everything the clients hold and count."""

    def __init__(self, said: dict[str, Any]) -> None:
        self.port, self.key, self.cookies = int(said["port"]), str(said["key"]), list(said["cookies"])
        self.units, self.consoles, self.batch = int(said["units"]), int(said["consoles"]), int(said.get("batch", 1))
        self.seen: list[dict[str, float]] = [{} for _ in range(self.consoles)]
        self.posted: dict[str, float] = {}
        self.took: dict[str, list[float]] = {}
        self.refused: Counter[str] = Counter()
        self.free: asyncio.Queue[str] = asyncio.Queue()
        self.desks: list[Desk] = []
        self.late = self.opened = 0

    async def said(self, what: str, path: str, body: dict[str, Any] | None) -> dict[str, Any] | None:
        """One command over a connection that is free, or a new one; None where it was refused, which is counted."""
        begun = time.perf_counter()
        desk = self.desks.pop() if self.desks else Desk(self.port, b"Cookie: tocsin_session=" + self.cookies[self.opened % len(self.cookies)].encode())
        self.opened += not self.desks
        status, answer = await desk.post(path, body)
        self.desks.append(desk)
        self.took.setdefault(what, []).append(time.perf_counter() - begun)
        if status != 200:
            self.refused[f"{what} {status} {answer.get('code', '')}"] += 1
            return None
        return answer

    async def life(self, number: int, *, worked: bool, stay_s: float) -> None:
        """One call: taken; where it is worked also ranked and read, the nearest free unit sent, its three states, and the incident closed."""
        begun = time.perf_counter()
        place = {"lon": 24.9 + number % 400 / 1e4, "lat": 60.15 + number % 19 / 1e3, "text": f"{number} Storm Street"}
        taken = await self.said("call", "/api/calls", {"place": place, "kind": "medical", "priority": 2 + number % 3, "notes": "a storm call"})
        if taken is None:
            return
        incident = str(taken["subject"]).removeprefix("call:")
        self.posted[incident] = begun
        if not worked:
            return
        one = f"/api/incidents/{incident}"
        offered = await self.said("offer", f"{one}/offers", {})
        if offered is not None:
            await self.said("reading the offer", f"/api/offers/{str(offered['subject']).removeprefix('offer:')}", None)
        unit = await self.free.get()
        sent = await self.said("assign", f"{one}/assign", {"unit": unit, "shift": "bench", "eta_s": 240})
        for state in ("en_route", "at_scene", "available") if sent is not None else ():
            await asyncio.sleep(stay_s)
            await self.said("state", f"/api/units/{unit}/state", {"shift": "bench", "state": state})
        self.free.put_nowait(unit)
        await self.said("close", f"{one}/close", {"disposition": "treated"})

    async def reports(self, line: int) -> None:
        """The positions of an eighth of the units, so many a request (one, where none are gathered), spread evenly over the five seconds."""
        desk = Desk(self.port, b"Authorization: Bearer " + self.key.encode())
        turn, gap_s = 0, EVERY_S * _REPORTERS * self.batch / self.units
        due = time.perf_counter() + gap_s * line / _REPORTERS
        while True:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            due += gap_s
            first, now = (turn * _REPORTERS + line) * self.batch, time.time_ns() // 1000
            fixes = [{"unit": f"U{(first + one) % self.units}", "lon": 24.9 + (turn + one) % 97 / 1e4, "lat": 60.15, "device_at": now, "speed_mps": 9.5,
                      "heading_deg": 90.0} for one in range(self.batch)]
            begun = time.perf_counter()
            status, _ = await desk.post("/api/positions", {"fixes": fixes})
            self.took.setdefault("position", []).append(time.perf_counter() - begun)
            if status != 200:
                self.refused[f"position {status}"] += 1
            turn += 1

    def ended(self, life: asyncio.Task[None]) -> None:
        """Count a life that broke off."""
        if not life.cancelled() and (error := life.exception()):
            self.refused[f"life broke off: {error!r}"] += 1

    async def blow(self, per_s: float, for_s: float, worked_per_s: float, stay_s: float) -> None:
        """Calls at a steady rate whatever the answers take (an open loop), of which so many a second are worked whole."""
        lives: set[asyncio.Task[None]] = set()
        begun, owed = time.perf_counter(), 0.0
        for number in range(round(per_s * for_s)):
            due = begun + number / per_s
            self.late += time.perf_counter() - due > 0.1
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            owed += worked_per_s / per_s
            worked = owed >= 1.0
            owed -= worked
            lives.add(task := asyncio.create_task(self.life(number, worked=worked, stay_s=stay_s)))
            task.add_done_callback(lives.discard)
            task.add_done_callback(self.ended)
        _, left = await asyncio.wait(tuple(lives), timeout=3 * stay_s + 30) if lives else ((), ())
        self.refused["lives not ended"] += len(left)
        for task in left:
            task.cancel()


async def _run(said: dict[str, Any]) -> None:
    storm, loop = Storm(said), asyncio.get_running_loop()
    opened = [await loop.create_connection(partial(Console, storm.cookies[n % len(storm.cookies)], storm.seen[n]), "127.0.0.1", storm.port)
              for n in range(storm.consoles)]
    consoles = [console for _, console in opened]
    await asyncio.gather(*(console.open for console in consoles))
    for n in range(storm.units):
        storm.free.put_nowait(f"U{n}")
    reporting = [asyncio.create_task(storm.reports(line)) for line in range(_REPORTERS)]
    await asyncio.sleep(1.0)
    print("open", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        order = json.loads(line)
        storm.took.clear()
        storm.posted.clear()
        storm.refused.clear()
        storm.late = 0
        frames, got = sum(one.frames for one in consoles), sum(one.got for one in consoles)
        await storm.blow(**order)
        await asyncio.sleep(1.0)
        waits = [max(one.get(incident, float("inf")) for one in storm.seen) - begun for incident, begun in storm.posted.items()]
        missing = sum(wait == float("inf") for wait in waits)
        print(json.dumps({
            "waits_s": sorted(wait for wait in waits if wait != float("inf")), "missing": missing, "late": storm.late,
            "took_s": {what: sorted(took) for what, took in storm.took.items()}, "refused": dict(+storm.refused),
            "cut_off": sum(one.ended for one in consoles), "frames": sum(one.frames for one in consoles) - frames,
            "bytes": sum(one.got for one in consoles) - got}), flush=True)
        for task in reporting:
            if task.done():
                task.result()
    for task in reporting:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(_run(json.loads(sys.argv[1])))
