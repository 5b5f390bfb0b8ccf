"""The two servers that bench_live measures, each in its own process: a real house, and a bare echo as the transport's floor."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import uvicorn
from tests.floor import CHIEF, PLAN, TABLE, corner

from tocsin.city import City
from tocsin.city.calibration import Calibration
from tocsin.cli.settings import SystemClock
from tocsin.edges.web.app import app
from tocsin.edges.web.people import People
from tocsin.edges.web.serving import listen, serve
from tocsin.house import House, build
from tocsin.rooms.fleet.commands import StartShift

UNITS = 1_000
DESKS = ("desk", "desk 2", "desk 3")
"""Who may sign in: a person has few sessions, and a session few streams."""
Message = dict[str, Any]


def _staffed(data: Path, city: City, units: int, database: str) -> House:
    house = build(data, city, Calibration.default(), PLAN, TABLE, SystemClock(), database=database)

    def start(n: int) -> None:
        house.do(StartShift(unit=f"U{n}", shift="bench", unit_kind="engine", station="S", home=corner(n % 6, n // 6 % 6), crew=3), CHIEF)

    with ThreadPoolExecutor(32) as hands:
        list(hands.map(start, range(units)))
    return house


def house(data: Path, city: Path, units: int = UNITS, database: str = "") -> None:
    """Serve a house with so many units on duty; say the port and a device's key on one line. Its rows lie in a database where one is named."""
    opened = City.open(city)
    staffed = _staffed(data / "house", opened, units, database)
    people = People(data, SystemClock(), staffed.ledger.papers)
    for name in DESKS:
        people.add(name, ("dispatcher",), "bench bench", alone=True)
    key = people.add_device("trackers")
    served = app(staffed, people=people, console=None, city_folder=opened.path, demo=False)
    serve(served, "127.0.0.1", 0, ready=lambda port: print(port, key, flush=True))


def echo() -> None:
    """Serve nothing but: a POST's body goes into every open stream. No routing, no reading, no keeping."""
    queues: set[asyncio.Queue[bytes]] = set()

    async def bare(scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]) -> None:
        if scope["type"] != "http":
            return
        if scope["method"] == "GET":
            queue: asyncio.Queue[bytes] = asyncio.Queue()
            queues.add(queue)
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
            while True:
                await send({"type": "http.response.body", "body": b"data: %b\n\n" % await queue.get(), "more_body": True})
        body = (await receive())["body"]
        if scope["path"] == "/api/calls":
            for queue in queues:
                queue.put_nowait(body)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"{}"})

    listener = listen("127.0.0.1", 0)
    print(listener.getsockname()[1], "-", flush=True)
    uvicorn.Server(uvicorn.Config(bare, log_config=None, log_level="critical", lifespan="off", timeout_graceful_shutdown=1)).run([listener])


if __name__ == "__main__":
    if sys.argv[1] == "echo":
        echo()
    else:
        house(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else UNITS, sys.argv[5] if len(sys.argv) > 5 else "")
