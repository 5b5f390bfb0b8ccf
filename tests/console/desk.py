"""A served house with units on the road, and the system's Chromium looking at it: what the tests of the console share."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.accounts import PARTNER, WARD, let_in, staff
from tests.floor import (
    CHECKLISTS,
    COMMAND,
    HANDLING,
    HAZARDS,
    INTAKE,
    PLAN,
    TABLE,
    TIMERS,
    JumpingClock,
    asker,
    on_duty,
    small_city,
)
from tests.shared import ROOT
from tocsin.city import City
from tocsin.city.calibration import Calibration
from tocsin.cli.settings import CONSOLE
from tocsin.edges.web.app import app
from tocsin.edges.web.handbook import HandbookPage
from tocsin.edges.web.links import Links
from tocsin.edges.web.people import People
from tocsin.edges.web.posts import Post, PostTable
from tocsin.edges.web.serving import listen, server
from tocsin.facts.calls import Place
from tocsin.house import House, Witnesses, build
from tocsin.rooms.calling.model import NOBODY, CallingTable
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.coverage.model import NO_STANDBY, StandbyTable
from tocsin.rooms.dispatch.commands import ReadOffer
from tocsin.rooms.dispatch.model import TimerTable
from tocsin.rooms.dispatch.views import Offer
from tocsin.trail import Fix

CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), "")
_FLAGS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking"]
_READ_BACK = "GPU stall due to ReadPixels"
"""What the browser remarks on its own way of putting a map that is drawn in software on a page; the page cannot help it."""
ACCOUNTS = (*staff(("dispatcher", "call_taker", "supervisor", "planner", "auditor", "responder")), PARTNER, WARD)
SHIFT = "2026-11-23D"
NUMBER = "+358 50 555 0101"
DESK = asker("desk 1", "dispatcher", "call_taker")


@dataclass
class Served:
    """A house behind its web edge."""

    house: House
    city: City
    port: int
    clock: JumpingClock
    people: People
    links: Links

    @property
    def url(self) -> str:
        """Where it listens; by name, as people open it."""
        return f"http://localhost:{self.port}"

    def take(self, place: Place, kind: str, priority: int = 0) -> str:
        """A call from elsewhere; the number of its incident."""
        receipt = self.house.do(TakeCall(place=place, kind=kind, priority=priority, number=NUMBER), DESK)
        return receipt.subject.removeprefix("call:")

    def offer(self, offer: str) -> Offer:
        """An offer as it was kept."""
        shown = self.house.see(ReadOffer(offer=offer), DESK)
        assert isinstance(shown, Offer)
        return shown

    def seen(self, unit: str, place: Place, *, heading_deg: float | None = None, speed_mps: float = 0.0) -> None:
        """A unit's device says where it is."""
        now = self.clock.now()
        fix = Fix(unit=unit, lon=place.lon, lat=place.lat, device_at=now, heard_at=now, accuracy_m=9.0,
                  speed_mps=speed_mps, heading_deg=heading_deg)
        assert self.house.report([fix], asker(f"crew:{unit}", "responder")) == [""]

    def on_duty(self, unit: str, kind: str, place: Place, heading_deg: float | None = None) -> None:
        """A unit comes on duty and says where it is."""
        on_duty(self.house, unit, kind, place, SHIFT)
        self.seen(unit, place, heading_deg=heading_deg, speed_mps=8.0 if heading_deg is not None else 0.0)


@contextmanager
def served(data: Path, city: City | None = None, *, demo: bool = False, timers: TimerTable = TIMERS, clock: JumpingClock | None = None,
           witnesses: Witnesses | None = None, standby: StandbyTable = NO_STANDBY, port: int = 0,
           calling: CallingTable = NOBODY, console: Path = CONSOLE, pages: tuple[HandbookPage, ...] = ()) -> Iterator[Served]:
    """Serve a house of this city (the drawn town if none is given) until the block ends; on its records, if there are any in `data`; at this port, where one is named; with this built console and this handbook."""
    clock, ground = clock or JumpingClock(), city or small_city()
    house = build(data / "house", ground, Calibration.default(), PLAN, TABLE, clock, timers=timers, command_table=COMMAND, intake=INTAKE,
                  witnesses=witnesses, standby=standby, handling=HANDLING, hazards=HAZARDS, checklists=CHECKLISTS)
    people = let_in(data, clock, ACCOUNTS)
    edge = app(house, people=people, console=console, city_folder=ground.path, demo=demo, calling=calling, pages=pages,
               posts=PostTable(posts=(Post(code="desk", en="Call desk 1", zh="接警席 1", roles=("call_taker",)),)))
    running, listener = server(edge), listen("127.0.0.1", port)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not running.started and thread.is_alive():
            time.sleep(0.01)
        yield Served(house, ground, listener.getsockname()[1], clock, people, edge.links)
    finally:
        running.should_exit = True
        thread.join(20)
        listener.close()
        assert not thread.is_alive()


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """The system's browser, with these flags besides; never one that is downloaded."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*_FLAGS, *flags])
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page, everything it complained of, and every request that went elsewhere."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    unanswered: set[Request] = field(default_factory=set)

    def answered(self) -> None:
        """Wait until everything that the page asked for is there, but the live stream, which never ends."""
        still(self.page)
        while self.unanswered:
            self.page.wait_for_timeout(20)

    def quiet(self) -> None:
        """Nothing was complained of and nothing was fetched from elsewhere."""
        assert not self.complaints, self.complaints
        assert not self.outside, self.outside


def watch(browser: Browser, url: str, *, width: int = 1280, height: int = 800, theme: str = "dark", tongue: str = "en", role: str = "",
          worker: bool = True) -> Watched:
    """A new page of its own session, watched; the sign-in's own 401 is the only complaint that is expected. With a role, its account is signed in
    already, by the door that the sign-in page asks. Without the page's service worker every request of it can be held back by a test: what passes
    through a worker cannot, and when it takes over is chance."""
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce", service_workers="allow" if worker else "block")
    page = context.new_page()
    watched = Watched(page)

    def complained(message: ConsoleMessage) -> None:
        own = _READ_BACK in message.text or (not worker and "Service Worker registration blocked" in message.text)
        if message.type in ("error", "warning") and not own and not message.location.get("url", "").endswith("/api/me"):
            watched.complaints.append(f"{message.text} {message.location.get('url', '')}")

    def requested(request: Request) -> None:
        if not request.url.startswith((url, "blob:", "data:")):
            watched.outside.append(request.url)
        if not request.url.endswith("/api/live"):
            watched.unanswered.add(request)

    page.on("console", complained)
    page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    page.on("request", requested)
    page.on("requestfinished", lambda request: watched.unanswered.discard(request))
    page.on("requestfailed", lambda request: watched.unanswered.discard(request))
    page.add_init_script(f"localStorage.getItem('tocsin.theme') || (localStorage.setItem('tocsin.theme', '{theme}'), "
                         f"localStorage.setItem('tocsin.tongue', '{tongue}'))")
    if role:
        answer = context.request.post(f"{url}/api/sign-in", data={"name": role, "password": f"pass word {role}"}, headers={"x-tocsin": "1"})
        assert answer.ok, answer.text()
    page.goto(url)
    return watched


def seated(browser: Browser, url: str, role: str, *, width: int = 1280, height: int = 800, theme: str = "dark", tongue: str = "en",
           worker: bool = True) -> Watched:
    """A watched page at whose board somebody of this role sits; coming in by the page itself is tested by itself."""
    watched = watch(browser, url, width=width, height=height, theme=theme, tongue=tongue, role=role, worker=worker)
    at_the_board(watched.page)
    return watched


def sign_in(page: Page, role: str) -> None:
    """Sign in by keyboard as the account of a role, and wait for the board."""
    page.locator("input[name=name]").wait_for()
    page.keyboard.type(role)
    page.keyboard.press("Tab")
    page.keyboard.type(f"pass word {role}")
    page.keyboard.press("Enter")
    expect(page.locator("input[name=password]")).to_have_count(0)
    at_the_board(page)


def at_the_board(page: Page) -> None:
    """Wait for the board, live."""
    page.locator(".board").wait_for()
    expect(page.locator(".now")).not_to_have_text("--:--:--")


_STILL = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  const moving = () => [...document.querySelectorAll('.map[aria-busy=true]')].some((one) => one.checkVisibility()) ||
    document.getAnimations().some((one) => one.playState === 'running' && Number.isFinite(one.effect?.getComputedTiming().endTime));
  const began = performance.now();
  await frame();
  do {
    if (performance.now() - began > 30_000) throw new Error('the page does not come to rest');
    await frame();
  } while (moving() || document.fonts.status === 'loading');
}"""


def still(page: Page) -> None:
    """Wait until the page has come to rest: letters there, changes of colour over, the map drawn."""
    page.evaluate(_STILL)


def map_settled(page: Page) -> None:
    """Wait until there is a map and it has drawn; under software rendering that takes a moment."""
    page.locator(".map[aria-busy=false] .maplibregl-canvas").wait_for()
    still(page)


def picture(page: Page, name: str, *, for_docs: bool = False) -> None:
    """Keep a picture where TOCSIN_PICTURES is set: in docs/pictures if it belongs there, else in tests/out. Nothing is compared with it."""
    if not os.environ.get("TOCSIN_PICTURES"):
        return
    still(page)
    folder = ROOT / ("docs/pictures" if for_docs else "tests/out")
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png")


def obstacles(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 A and AA on the page as it stands; empty is what we want."""
    still(page)
    page.evaluate((ROOT / "console" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found: list[str] = page.evaluate("""async () => {
      const levels = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
      const { violations } = await axe.run(document, { runOnly: { type: 'tag', values: levels } });
      return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.target.join(' ')).join(' | ')}`);
    }""")
    return found
