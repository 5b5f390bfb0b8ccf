"""A floor and its sites as they really run: houses, lines over a real NATS through a wire that can be cut, and each site's console served."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
from faults.wire import Wire

from tests.accounts import let_in, staff
from tests.edges.web.running import HEADERS
from tests.floor import CHIEF, INTAKE, PLAN, TABLE, corner, small_city
from tests.nats import Nats
from tests.waiting import until
from tocsin.city.calibration import Calibration
from tocsin.cli.settings import SystemClock
from tocsin.edges.sites.floor import FloorLine
from tocsin.edges.sites.following import SiteLine
from tocsin.edges.sites.mandate import Mandate, SiteTable, printed, site_key
from tocsin.edges.sites.standing import Standing
from tocsin.edges.sites.web import SiteWeb, site_web
from tocsin.edges.web.app import app
from tocsin.edges.web.serving import listen, server
from tocsin.house import House, build
from tocsin.house.apart import Apart
from tocsin.rooms.fleet.commands import StartShift

CALLS, NOTES, ASSIGN, STATE = "/api/calls", "/api/incidents/{incident}/notes", "/api/incidents/{incident}/assign", "/api/units/{unit}/state"
APART = (CALLS, NOTES, ASSIGN, STATE)
PLACE = {"lon": 24.9, "lat": 60.15, "text": "1 Site Street"}
ROLES = ("call_taker", "dispatcher", "supervisor")


def made(data: Path, **asked: object) -> House:
    """A house of the drawn town by the machine's own time."""
    return build(data, small_city(), Calibration.default(), PLAN, TABLE, SystemClock(), intake=INTAKE, **asked)  # type: ignore[arg-type]  # each caller gives what build takes


@dataclass
class Floor:
    """A floor with its line; `grants` is its table of sites, which a test may change at any time."""

    house: House
    nats: Nats
    data: Path
    grants: dict[str, Mandate] = field(default_factory=dict)
    line: FloorLine | None = None

    def start(self) -> None:
        self.line = FloorLine(self.house, self.nats.address, "floor", lambda: SiteTable(sites=tuple(self.grants.values())))
        self.line.start()

    def stop(self) -> None:
        """End it as a machine that is switched off, but for what its ledger has on the disk."""
        if self.line is not None:
            self.line.close()
        self.house.close()

    def again(self) -> None:
        """A new start on the same records."""
        self.house = made(self.data)
        self.start()

    def grant(self, site: Path, name: str, apart: tuple[str, ...] = APART) -> None:
        self.grants[name] = Mandate(name=name, key=printed(site_key(site)), roles=ROLES, apart=apart)

    def rows(self, picture: str) -> dict[str, object]:
        return dict(self.house.rows(picture))


@dataclass
class Site:
    """A site that is served."""

    name: str
    house: House
    line: SiteLine
    standing: Standing
    web: SiteWeb
    port: int
    wire: Wire

    def client(self, cookie: str = "") -> httpx.Client:
        headers = HEADERS | ({"cookie": f"tocsin_session={cookie}"} if cookie else {})
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", headers=headers, trust_env=False, timeout=40)

    def as_(self, role: str) -> httpx.Client:
        """Somebody of this role, signed in at the site itself."""
        with self.client() as nobody:
            answer = nobody.post("/api/sign-in", json={"name": role, "password": f"pass word {role}"})
        assert answer.status_code == 200, answer.text
        return self.client(answer.cookies["tocsin_session"])

    def incidents(self, client: httpx.Client) -> dict[str, dict[str, object]]:
        rows = client.get("/api/board").json()["rows"]
        return {row["id"]: row for row in rows if row["row"] == "incident"}

    def cut(self) -> None:
        """Pull the cable, once the site knows what it may do by itself, and wait until it stands so."""
        until(lambda: bool(self.line.standing.apart))
        self.wire.cut()
        until(lambda: self.standing.house is not None and self.web._fork is not None)

    def mend(self) -> None:
        """Put it in again, and wait until all is joined."""
        self.wire.mend()
        until(lambda: self.standing.house is None)

    def caught_up(self, floor: Floor) -> None:
        until(lambda: self.house.ledger.head() == floor.house.ledger.head())


@contextmanager
def floor_at(data: Path, nats: Nats) -> Iterator[Floor]:
    """A floor with two engines on duty."""
    floor = Floor(made(data), nats, data)
    for unit in ("E7", "E9"):
        floor.house.do(StartShift(unit=unit, shift="s", unit_kind="engine", station="S", home=corner(0, 0), crew=3), CHIEF)
    floor.start()
    try:
        yield floor
    finally:
        floor.stop()


@contextmanager
def site_at(data: Path, name: str, floor_verifier: str, nats: Nats, *, silent_s: float = 1.5) -> Iterator[Site]:
    """A site, served until the block ends; its line goes over a wire of its own."""
    data.mkdir(exist_ok=True)
    people, wire = let_in(data, SystemClock(), staff(ROLES)), Wire(nats.port)
    house = made(data, copies=floor_verifier)
    line = SiteLine(house, data, f"nats://127.0.0.1:{wire.port}", "floor", name, site_key(data), silent_s=silent_s)

    def forked(folder: Path, apart: Apart) -> House:
        return made(folder, name=f"floor.{apart.mark}", upon=data / "ledger", apart=apart)

    standing = Standing(house, line, data, name, SystemClock(), forked, stable_s=0.3)
    web = site_web(house, line, standing, people, partial(app, console=None, city_folder=small_city().path, demo=False))
    with listen("127.0.0.1", 0) as socket:
        running = server(web)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [socket]}, daemon=True)
        thread.start()
        until(lambda: running.started)
        try:
            yield Site(name, house, line, standing, web, socket.getsockname()[1], wire)
        finally:
            running.should_exit = True
            thread.join(40)
            wire.end()
            assert not thread.is_alive()
