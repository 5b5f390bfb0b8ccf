"""The other side of bench_trackers in a process of its own: trackers that report at a set rate whatever the answers take, and one console that sees their rows."""

import asyncio
import json
import re
import sys
import time
from base64 import b64encode
from collections import Counter, deque
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from os import times
from pathlib import Path
from typing import Any

_TURN_S = 0.002
_SETTLES_S = 2.0
_ROW = re.compile(rb'"row":"position","id":"U(\d+)","lon":[^,]+,"lat":[^,]+,"device_at":(\d+)')
_TAIL = 200
_LENGTH = re.compile(rb"(?i)content-length: (\d+)")
_S = 1_000_000


class Tracker:
    """What one device knows: its number, its key, and in which of three forms its app speaks."""

    __slots__ = ("basic", "key", "unit")

    def __init__(self, unit: int, number: str, key: str) -> None:
        self.unit, self.key = unit, key.encode()
        self.basic = b64encode(f"{number}:{key}".encode())

    def report(self, at: int, *, fresh: bool) -> tuple[bytes, int]:
        """One request, and the instant that its row will tell. A third each: Traccar Client before 9 (a query), since 9 (JSON), OwnTracks (JSON, whole seconds)."""
        lon, lat, more = 24.9 + self.unit % 97 / 1e4, 60.15 + self.unit % 89 / 1e4, b"Connection: close\r\n" if fresh else b""
        if self.unit % 3 == 0:
            at -= at % 1_000
            query = b"id=%b&timestamp=%d&lat=%.5f&lon=%.5f&speed=18.4&bearing=90.0&altitude=12.0&accuracy=4.5&batt=87.0" % (self.key, at // 1_000, lat, lon)
            return b"POST /trackers/osmand?%b HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\n%bContent-Length: 0\r\n\r\n" % (query, more), at
        if self.unit % 3 == 1:
            at -= at % 1_000
            when = datetime.fromtimestamp(at / _S, UTC).isoformat(timespec="milliseconds").removesuffix("+00:00").encode() + b"Z"
            body = (b'{"location":{"timestamp":"%b","coords":{"latitude":%.5f,"longitude":%.5f,"accuracy":5,"speed":9.5,"heading":90,"altitude":5},"is_moving":true,'
                    b'"odometer":0,"event":"motionchange","battery":{"level":1,"is_charging":false},"activity":{"type":"in_vehicle"},"extras":{}},"device_id":"%b"}' % (when, lat, lon, self.key))
            return b"POST /trackers/osmand HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nContent-Type: application/json\r\n%bContent-Length: %d\r\n\r\n%b" % (more, len(body), body), at
        at -= at % _S
        body = b'{"_type":"location","acc":15,"batt":46,"lat":%.5f,"lon":%.5f,"t":"u","tid":"5t","tst":%d,"vel":36,"cog":90}' % (lat, lon, at // _S)
        return (b"POST /trackers/owntracks HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nAuthorization: Basic %b\r\nContent-Type: application/json\r\n%bContent-Length: %d\r\n\r\n%b"
                % (self.basic, more, len(body), body), at)


class Seen:
    """What came of one order."""

    def __init__(self) -> None:
        self.rows_s: list[float] = []
        self.answers_s: list[float] = []
        self.codes: Counter[str] = Counter()
        self.posted = self.superseded = self.reopened = self.late = 0


class Console(asyncio.Protocol):
    """One open stream: each position's row is told to the fleet as it comes by."""

    def __init__(self, fleet: "Fleet", cookie: str) -> None:
        self._fleet, self._cookie, self._rest = fleet, cookie, b""
        self.open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.ended, self.got = False, 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"GET /api/live HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nCookie: tocsin_session=%b\r\n\r\n" % self._cookie.encode())

    def data_received(self, data: bytes) -> None:
        """Tell the rows in a piece of the stream; one cut by the piece's edge is found with the next."""
        at = time.perf_counter()
        if not self.open.done():
            self.open.set_result(None)
        self.got += len(data)
        piece = self._rest + data
        for unit, device_at in _ROW.findall(piece):
            self._fleet.row(int(unit), int(device_at), at)
        self._rest = piece[-_TAIL:]

    def connection_lost(self, exc: Exception | None) -> None:
        """The server cut this console off."""
        self.ended = True


class Line(asyncio.Protocol):
    """A tracker's connection: one request at a time, the next one waits for the answer as it does in the apps."""

    def __init__(self, fleet: "Fleet", *, fresh: bool) -> None:
        self._fleet, self.fresh = fleet, fresh
        self._due: deque[tuple[bytes, float]] = deque()
        self._asked = False
        self._answer = b""
        self._transport: asyncio.Transport | None = None
        self.closed = False

    def post(self, request: bytes, due: float) -> None:
        """Send it, now or after what is asked already."""
        self._due.append((request, due))
        self._next()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        """The answer, once it is whole."""
        self._answer += data
        head, end, body = self._answer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head) if end else None
        if end and self._asked and len(body) >= (int(length[1]) if length else 0):
            self._answer, self._asked = b"", False
            self._fleet.answered(head, body, self._due.popleft()[1])
            self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        """The other end hung up: what waits is sent over another connection, as the apps do."""
        self.closed = True
        self._fleet.lost(self, list(self._due))
        self._due.clear()

    def _next(self) -> None:
        if self._transport is not None and self._due and not self._asked:
            self._asked = True
            self._transport.write(self._due[0][0])


class Fleet:
    """All trackers, their connections, and what is waited for."""

    def __init__(self, port: int, trackers: Sequence[Tracker]) -> None:
        self.port, self.trackers = port, trackers
        self._lines: dict[int, Line] = {}
        self._waiting: list[deque[tuple[int, float]]] = [deque() for _ in trackers]
        self._opening: set[asyncio.Task[Any]] = set()
        self._turn = 0
        self.seen = Seen()

    def row(self, unit: int, device_at: int, at: float) -> None:
        """A row came by on the console: of everything that its unit posted up to it, one has arrived."""
        waiting = self._waiting[unit]
        while waiting and waiting[0][0] <= device_at:
            told, due = waiting.popleft()
            if told == device_at:
                self.seen.rows_s.append(at - due)
            else:
                self.seen.superseded += 1

    def answered(self, head: bytes, body: bytes, due: float) -> None:
        """An answer came."""
        code = head[9:12].decode()
        if code != "200" and body.startswith(b"{"):
            code += f" {json.loads(body).get('code', '')}"
        self.seen.codes[code] += 1
        self.seen.answers_s.append(time.perf_counter() - due)

    def lost(self, line: Line, left: list[tuple[bytes, float]]) -> None:
        """A connection ended; what it owed goes over a new one."""
        self.seen.reopened += not line.fresh
        for request, due in left:
            self.seen.codes["hung up"] += 1
            self._open(Line(self, fresh=True)).post(request, due)

    def post(self, number: int, due: float, *, fresh: bool) -> None:
        """One tracker's report, over its own connection or a new one."""
        request, told = self.trackers[number].report(time.time_ns() // 1_000, fresh=fresh)
        self._waiting[number].append((told, due))
        self.seen.posted += 1
        self.seen.late += time.perf_counter() - due > 0.05
        if fresh:
            self._open(Line(self, fresh=True)).post(request, due)
            return
        line = self._lines.get(number)
        if line is None or line.closed:
            line = self._lines[number] = self._open(Line(self, fresh=False))
        line.post(request, due)

    async def blow(self, per_s: float, for_s: float, *, fresh: bool) -> Seen:
        """So many reports a second, one tracker after the other, each at its own time."""
        self.seen = Seen()
        for waiting in self._waiting:
            waiting.clear()
        begun, done = time.perf_counter(), 0
        while done < round(per_s * for_s):
            now = time.perf_counter()
            while done < round(per_s * for_s) and (due := begun + done / per_s) <= now:
                self.post(self._turn, due, fresh=fresh)
                self._turn, done = (self._turn + 1) % len(self.trackers), done + 1
            await asyncio.sleep(_TURN_S)
        until = time.perf_counter() + _SETTLES_S
        while time.perf_counter() < until and (len(self.seen.answers_s) < self.seen.posted or any(self._waiting)):
            await asyncio.sleep(0.05)
        return self.seen

    def _open(self, line: Line) -> Line:
        task = asyncio.ensure_future(self._connected(line))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)
        return line

    async def _connected(self, line: Line) -> None:
        try:
            await asyncio.get_running_loop().create_connection(lambda: line, "127.0.0.1", self.port)
        except OSError as error:
            self.seen.codes[f"not connected: {error.errno}"] += 1
            line.closed = True


def told(seen: Seen, cpu_s: float, wall_s: float) -> dict[str, Any]:
    """What came of an order, in a line."""
    def part(waits: list[float], share: float) -> float:
        return waits[min(len(waits) - 1, int(len(waits) * share))] if waits else float("inf")

    seen.rows_s.sort()
    seen.answers_s.sort()
    return {"posted": seen.posted, "codes": dict(seen.codes), "rows": len(seen.rows_s), "superseded": seen.superseded, "reopened": seen.reopened, "late": seen.late,
            "row_s": [part(seen.rows_s, share) for share in (0.5, 0.99, 0.999, 1.0)], "answer_s": [part(seen.answers_s, share) for share in (0.5, 0.99, 0.999, 1.0)],
            "cores": cpu_s / wall_s, "wall_s": wall_s}


async def plugged(port: int, trackers: Sequence[Tracker]) -> list[asyncio.StreamWriter]:
    """Receivers that have shown their keys, and wait."""
    writers = []
    for tracker in trackers:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(tracker.key + b"\r\n")
        writers.append(writer)
    await asyncio.sleep(_SETTLES_S)
    return writers


async def _run(said: dict[str, Any]) -> None:
    trackers = [Tracker(unit, *line.split()) for unit, line in enumerate(Path(said["trackers"]).read_text().splitlines())]
    fleet, console = Fleet(int(said["port"]), trackers), None
    if said["cookie"]:
        _, console = await asyncio.get_running_loop().create_connection(partial(Console, fleet, said["cookie"]), "127.0.0.1", fleet.port)
        await console.open
    print("open", flush=True)
    held: list[asyncio.StreamWriter] = []
    while line := await asyncio.to_thread(sys.stdin.readline):
        order = json.loads(line)
        match order.pop("do"):
            case "plug":
                held += await plugged(order["port"], trackers[:order["count"]])
                answer: dict[str, Any] = {"open": len(held)}
            case _:
                before, begun = times(), time.perf_counter()
                seen = await fleet.blow(**order)
                after = times()
                answer = told(seen, after.user + after.system - before.user - before.system, time.perf_counter() - begun)
                answer |= {"cut_off": console is not None and console.ended}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(_run(json.loads(sys.argv[1])))
