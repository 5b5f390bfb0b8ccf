"""The two servers that bench_trackers measures, each in its own process: a real floor with a tracker bound to each unit, and a bare application that only reads and answers."""

import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import uvicorn
from tests.floor import CHIEF

from bench.live_house import DESKS, _staffed
from tocsin.city import City
from tocsin.cli.settings import SystemClock
from tocsin.edges.gateways.trackers.lines import PROTOCOL, Lines
from tocsin.edges.gateways.trackers.listening import Listening
from tocsin.edges.web.app import app
from tocsin.edges.web.credentials import Kept
from tocsin.edges.web.keys import MOST_DAYS, given, new_key
from tocsin.edges.web.people import PEOPLE, People
from tocsin.edges.web.private import write_privately
from tocsin.edges.web.serving import listen, serve
from tocsin.house import Asker
from tocsin.rooms.access.commands import KeepSignIn
from tocsin.rooms.fleet.commands import BindTracker

Message = dict[str, Any]


def floor(data: Path, city: Path, units: int) -> None:
    """Serve so many units on duty, each with a tracker of its own; say the port, and where receivers are heard, on one line. `trackers` in
    the folder holds a number and a key for each."""
    opened, clock = City.open(city), SystemClock()
    staffed = _staffed(data / "house", opened, units, "")
    made = [new_key(f"tracker {n}", ("device",), (), MOST_DAYS, clock.now()) for n in range(units)]
    write_privately(data / PEOPLE, msgspec.json.encode(Kept(devices=tuple(device for device, _ in made))))
    people = People(data, clock, staffed.ledger.papers)
    for name in DESKS:
        people.add(name, ("dispatcher",), "bench bench", alone=True)

    def bind(n: int) -> None:
        staffed.keep_own(KeepSignIn(facts=(given(made[n][0]),)), Asker("bench", frozenset()), "access", "")
        staffed.do(BindTracker(tracker=made[n][0].number, unit=f"U{n}"), CHIEF)

    with ThreadPoolExecutor(32) as hands:
        list(hands.map(bind, range(units)))
    (data / "trackers").write_text("\n".join(f"{device.number} {key}" for device, key in made))
    web = app(staffed, people=people, console=None, city_folder=opened.path, demo=False)
    with listen("127.0.0.1", 0) as free:
        receivers_at = free.getsockname()[1]
    receivers = Listening(PROTOCOL, "127.0.0.1", receivers_at, web.taking, Lines(web.taking).talk, most=units)
    web.listens(receivers.start, receivers.stop)
    serve(web, "127.0.0.1", 0, ready=lambda port: print(port, receivers_at, flush=True), kept=units)


def bare() -> None:
    """Serve nothing but: what a tracker sends is read as its form says, and answered. No gate, no key, no keeping."""

    async def answered(scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]) -> None:
        if scope["type"] != "http":
            return
        body = (await receive())["body"]
        if scope["query_string"]:
            dict(parse_qsl(scope["query_string"].decode()))
        else:
            msgspec.json.decode(body)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain"), (b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    listener = listen("127.0.0.1", 0)
    print(listener.getsockname()[1], "-", flush=True)
    uvicorn.Server(uvicorn.Config(answered, http="h11", ws="none", log_config=None, log_level="critical", access_log=False, server_header=False, lifespan="off",
                                  timeout_keep_alive=30, timeout_graceful_shutdown=1)).run([listener])


if __name__ == "__main__":
    if sys.argv[1] == "bare":
        bare()
    else:
        floor(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
