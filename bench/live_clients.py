"""The other side of bench_live in a process of its own: fifty open consoles, and a thousand units that report every five seconds."""

import asyncio
import json
import re
import sys
import time

CONSOLES = 50
UNITS = 1_000
EVERY_S = 5.0
_LINES = 8
_ROW = re.compile(rb'"row":"incident","id":"([^"]+)"')


async def _console(port: int, cookie: str, seen: list[tuple[str, float]], open_: asyncio.Semaphore) -> None:
    """Read one stream to its end, noting when each incident's row came by."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=16 * 1024 * 1024)
    writer.write(b"GET /api/live HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nCookie: tocsin_session=%b\r\n\r\n" % cookie.encode())
    await reader.readuntil(b"\r\n\r\n")
    open_.release()
    while line := await reader.readline():
        if line.startswith(b"data: "):
            at = time.perf_counter()
            seen.extend((found.decode(), at) for found in _ROW.findall(line))


async def _reports(port: int, key: str, line: int) -> None:
    """Report the positions of every eighth unit, one request each, spread evenly over the five seconds."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    turn, gap_s = 0, EVERY_S * _LINES / UNITS
    due = time.perf_counter() + gap_s * line / _LINES
    while True:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        due += gap_s
        fix = {"unit": f"U{(turn * _LINES + line) % UNITS}", "lon": 24.9 + turn % 97 / 1e4, "lat": 60.15, "device_at": time.time_ns() // 1000,
               "speed_mps": 9.5, "heading_deg": 90.0}
        body = json.dumps({"fixes": [fix]}).encode()
        writer.write(b"POST /api/positions HTTP/1.1\r\nHost: localhost\r\nX-Tocsin: 1\r\nAuthorization: Bearer %b\r\n"
                     b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (key.encode(), len(body), body))
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        await reader.readexactly(int(re.search(rb"(?i)content-length: (\d+)", head)[1]))  # type: ignore[index]  # the server says it
        turn += 1


async def _run(port: int, cookies: list[str], key: str) -> None:
    seen: list[list[tuple[str, float]]] = [[] for _ in range(CONSOLES)]
    open_ = asyncio.Semaphore(0)
    tasks = [asyncio.create_task(_console(port, cookies[n % len(cookies)], seen[n], open_)) for n in range(CONSOLES)]
    for _ in range(CONSOLES):
        await open_.acquire()
    tasks += [asyncio.create_task(_reports(port, key, line)) for line in range(_LINES)]
    print("open", flush=True)
    told = asyncio.create_task(asyncio.to_thread(sys.stdin.readline))
    done, _ = await asyncio.wait((told, *tasks), return_when=asyncio.FIRST_COMPLETED)
    for task in done - {told}:
        task.result()
    for task in tasks:
        task.cancel()
    first = [dict(reversed(one)) for one in seen]
    print(json.dumps(first), flush=True)


if __name__ == "__main__":
    asyncio.run(_run(int(sys.argv[1]), sys.argv[3].split(","), sys.argv[2]))
