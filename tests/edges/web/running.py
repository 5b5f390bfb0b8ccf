"""A real house served on loopback by a thread, and plain clients for it: one signed in per role, one device, nobody."""

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx

from tests.accounts import PARTNER, let_in, staff
from tests.floor import JumpingClock, StillClock, small_city, small_house
from tocsin.edges.traces import Tracing
from tocsin.edges.web.app import Web, app
from tocsin.edges.web.handbook import HandbookPage
from tocsin.edges.web.oidc import OidcTable
from tocsin.edges.web.people import People
from tocsin.edges.web.posts import Post, PostTable
from tocsin.edges.web.serving import listen, server
from tocsin.house import House, Witnesses
from tocsin.kernel import Role
from tocsin.rooms.aid.model import AidTable, Neighbour
from tocsin.rooms.calling.model import NOBODY, CallingTable
from tocsin.rooms.dispatch.model import NO_TIMERS, TimerTable

ROLES: tuple[Role, ...] = ("call_taker", "dispatcher", "supervisor", "responder", "planner", "auditor", "admin")
AGENT = "the tests"
HEADERS = {"x-tocsin": "1", "user-agent": AGENT}


@dataclass
class Running:
    """The house, its web edge and where it listens."""

    house: House
    clock: StillClock
    people: People
    web: Web
    port: int
    data: Path
    device_key: str
    _clients: dict[str, httpx.Client] = field(default_factory=dict)

    def client(self, *, cookie: str = "", bearer: str = "") -> httpx.Client:
        """A client with a session's cookie or a device's key, or with nothing."""
        headers = HEADERS | ({"cookie": f"tocsin_session={cookie}"} if cookie else {})
        headers |= {"authorization": f"Bearer {bearer}"} if bearer else {}
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", headers=headers, trust_env=False, timeout=60)

    def cookie(self, name: str) -> str:
        """A fresh session's cookie value, by a real sign-in."""
        with self.client() as nobody:
            answer = nobody.post("/api/sign-in", json={"name": name, "password": f"pass word {name}"})
        assert answer.status_code == 200, answer.text
        return answer.cookies["tocsin_session"]

    def as_(self, name: str) -> httpx.Client:
        """The client of a role (an account named after it), of the `device`, or of `nobody`."""
        held = self._clients.get(name)
        cookie = held.headers.get("cookie", "").partition("=")[2] if held is not None else ""
        if cookie and self.web._gate._sessions.believe(cookie, AGENT) is None:
            self._clients.pop(name).close()  # a person has twelve sessions at most, and other tests took newer ones
        if name not in self._clients:
            self._clients[name] = (self.client() if name == "nobody" else self.client(bearer=self.device_key) if name == "device"
                                   else self.client(cookie=self.cookie(name)))
        return self._clients[name]


NEAR = AidTable(neighbours={"N": Neighbour(en="Northern city", zh="北邻市", address="http://127.0.0.1:9", key="none")})
DESKS = PostTable(posts=(Post(code="desk", en="Desk", zh="席位", roles=("call_taker",), hours=2), Post(code="lead", en="Lead", zh="值班长", roles=("supervisor",))))


@contextmanager
def running(data: Path, console: Path | None = None, *, city_sign_in: OidcTable | None = None, witnesses: Witnesses | None = None, timers: TimerTable = NO_TIMERS,
            tracing: Tracing | None = None, beside: Callable[[Web], None] = lambda web: None, calling: CallingTable = NOBODY, pages: tuple[HandbookPage, ...] = ()) -> Iterator[Running]:
    """Serve a small house, with what is `beside` its edge, until the block ends, and close both."""
    clock = StillClock()
    house = small_house(data / "house", clock, witnesses=witnesses, timers=timers, aid=NEAR)
    people = let_in(data, JumpingClock(), (*staff(ROLES), PARTNER))
    key = people.add_device("tracker 1")
    web = app(house, people=people, console=console, city_folder=small_city().path, demo=False, posts=DESKS, city_sign_in=city_sign_in, tracing=tracing, calling=calling, loopback=True, pages=pages)
    beside(web)
    server_, listener = server(web), listen("127.0.0.1", 0)
    thread = threading.Thread(target=server_.run, kwargs={"sockets": [listener]})
    thread.start()
    floor = Running(house, clock, people, web, listener.getsockname()[1], data, key)
    try:
        while not server_.started and thread.is_alive():
            time.sleep(0.01)
        yield floor
    finally:
        for client in floor._clients.values():
            client.close()
        server_.should_exit = True
        thread.join(20)
        listener.close()
        assert not thread.is_alive()


@dataclass
class Heard:
    """One server-sent event."""

    event: str
    id: str
    data: dict[str, Any]


class Listener:
    """A reader of the live stream over a real socket, one event at a time."""

    def __init__(self, port: int, cookie: str, since: str = "", *, receive_bytes: int = 0) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
        if receive_bytes:
            self._connection.connect()
            self._connection.sock.setsockopt(1, 8, receive_bytes)  # SOL_SOCKET, SO_RCVBUF
        headers = {"cookie": f"tocsin_session={cookie}", "user-agent": AGENT} | ({"last-event-id": since} if since else {})
        self._connection.request("GET", "/api/live", headers=headers)
        self.answer = self._connection.getresponse()

    def hear(self) -> Heard | None:
        """The next event, or None when the stream has ended."""
        heard = Heard("message", "", {})
        while True:
            try:
                line = self.answer.readline().decode()
            except http.client.IncompleteRead:
                return None
            if not line:
                return None
            name, _, value = line.rstrip("\n").partition(": ")
            if name == "data":
                heard.data = json.loads(value)
            elif name == "id":
                heard.id = value
            elif name == "event":
                heard.event = value
            elif not name and heard.data:
                return heard

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self.answer.close()
        self._connection.close()
