"""A region on one page: a key opens it, it brings itself up to date, a city that does not answer is marked, and so is a region that does not."""

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, Route, expect

from tests.cities import LEAD, SHIFT, CityHouse, cities
from tests.console.conftest import leave
from tests.console.desk import Watched, obstacles, picture, watch
from tests.floor import SAMPLES
from tocsin.cli.region import read_region
from tocsin.cli.settings import CONSOLE, SystemClock
from tocsin.edges.region.following import Followers
from tocsin.edges.region.picture import Region
from tocsin.edges.region.serving import RegionWeb
from tocsin.edges.web.keys import new_key
from tocsin.edges.web.serving import listen
from tocsin.facts.dispatch import Need
from tocsin.rooms.aid.commands import AskAid, LendUnit
from tocsin.rooms.dispatch.commands import AssignUnit

WALL = "a key of the wall"


@contextmanager
def region_of(folder: Path, made: dict[str, CityHouse]) -> Iterator[int]:
    """A region over these cities, from a table as an operator writes it, served until the block ends; its port."""
    lines = [(SAMPLES / "region.toml").read_text(encoding="utf-8").partition("[cities.N]")[0].replace("0" * 64, hashlib.sha256(WALL.encode()).hexdigest())]
    for code, city in made.items():
        device, key = new_key("region", ("planner",), ("/api/live",), 90, SystemClock().now())
        city.floor.people.keep_device(device)
        (folder / f"{code}.key").write_text(key, encoding="utf-8")
        lines.append(f'[cities.{code}]\nen = "City {code}"\nzh = "{code} 市"\naddress = "{city.reached}"\nkey_file = "{code}.key"\n')
    lines.append('[kinds]\nfire = { en = "building fire", zh = "建筑火灾" }\n[skills]\nfire = { en = "fire suppression", zh = "灭火" }\n')
    (folder / "region.toml").write_text("\n".join(lines), encoding="utf-8")
    table = read_region(folder / "region.toml")
    region = Region(table.names(), SystemClock(), table.says())
    followers = Followers(region, table.cities)
    followers.start()
    serving = uvicorn.Server(uvicorn.Config(RegionWeb(region, table.readers, CONSOLE), log_config=None, lifespan="off", timeout_graceful_shutdown=1))
    with listen("127.0.0.1", 0) as listener:
        thread = threading.Thread(target=serving.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not serving.started and thread.is_alive():
                time.sleep(0.01)
            yield listener.getsockname()[1]
        finally:
            serving.should_exit = True
            thread.join(20)
            followers.stop()
            assert followers.join(30)  # a city's stream beats every ten seconds


def opened(browser: Browser, port: int, key: str = WALL) -> Watched:
    """The page, after somebody typed a key into it."""
    watched = watch(browser, f"http://localhost:{port}", width=1440, height=900)
    field = watched.page.get_by_label("Key of this reader")
    expect(field).to_be_focused()
    watched.page.keyboard.type(key)
    watched.page.keyboard.press("Enter")
    return watched


def _across(made: dict[str, CityHouse]) -> None:
    a, b = made["A"], made["B"]
    for unit in ("E1", "E2"):
        a.on_duty(unit)
        b.on_duty(unit)
    incident = a.incident()
    a.house.do(AskAid(incident=incident, of="B", needs=(Need(skill="fire"),)), LEAD)
    assert any(a.courier.carry("B") for _ in range(50))
    b.house.do(LendUnit(appeal=next(iter(b.asks())), unit="E1", shift=SHIFT), LEAD)
    assert any(b.courier.carry("A") for _ in range(50))
    a.house.do(AssignUnit(incident=incident, unit="B.E1", shift=a.house.rows("unit")["B.E1"].shift), LEAD)  # type: ignore[attr-defined]  # a UnitRow


def _crowded(route: Route) -> None:
    """The region's answer where a city has more open incidents than are told."""
    answer = route.fetch()
    view = answer.json()
    view["cities"][0]["incidents"] = 811
    route.fulfill(response=answer, json=view)


def test_a_region_is_opened_by_a_key_and_says_who_answers(browser: Browser, tmp_path: Path) -> None:
    with cities(tmp_path, stays={"engine": 1}, lines=True) as made:
        _across(made)
        with region_of(tmp_path, made) as port:
            stranger = opened(browser, port, "another key").page
            expect(stranger.get_by_role("alert")).to_contain_text("does not know this key")
            expect(stranger.get_by_role("region")).to_have_count(0)
            wall = opened(browser, port)
            page = wall.page
            towns = page.get_by_role("region", name="Cities")
            expect(towns.get_by_text("answers", exact=True)).to_have_count(2)
            expect(page.get_by_role("region", name="Open incidents")).to_contain_text("1 of City B")
            expect(page.get_by_role("region", name="Open incidents")).to_contain_text("building fire")
            expect(page.get_by_role("region", name="Aid under way")).to_contain_text("City A asks City B")
            expect(page.get_by_role("list", name="Lent units")).to_contain_text("E1 of City B in City A")
            made["B"].incident()
            expect(page.get_by_role("region", name="Open incidents").get_by_role("listitem")).to_have_count(2)
            assert not obstacles(page)
            picture(page, "region-dark-en")
            page.route("**/api/region", _crowded)
            expect(page.get_by_role("region", name="Open incidents")).to_contain_text("2 of 812 are shown")
            page.unroute("**/api/region")
            assert made["B"].line is not None
            made["B"].line.closed = True
            made["B"].line.cut()
            expect(towns.get_by_role("listitem").first).to_contain_text("City B")
            expect(towns.get_by_role("listitem").first).to_contain_text("NO ANSWER for")
            expect(page.get_by_role("region", name="Open incidents").get_by_role("listitem")).to_have_count(2)
            page.set_viewport_size({"width": 2560, "height": 1440})
            picture(page, "region-silent-dark-en-2560")
            page.get_by_role("button", name="change the language").click()
            page.get_by_role("button", name="深色或浅色").click()
            expect(page.get_by_role("region", name="未结警情")).to_contain_text("建筑火灾")
            page.set_viewport_size({"width": 390, "height": 844})
            assert not obstacles(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            picture(page, "region-silent-light-zh-390")
            wall.quiet()
        expect(page.get_by_role("status")).to_contain_text("无法连接")
        expect(page.get_by_role("region", name="城市")).to_be_visible()
        leave(browser)
