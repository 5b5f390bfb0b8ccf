"""What a crew's phone knows of the city with no network: places found by typing, the handbook, and the map round the unit where the whole is too large."""

import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.console.conftest import leave
from tests.console.desk import DESK, SHIFT, Served, Watched, map_settled, obstacles, picture, seated, served
from tests.console.pocket import Phone, phone
from tests.edges.web.test_handbook import PAGES
from tests.floor import corner, small_city
from tests.waiting import until
from tocsin.city import City
from tocsin.rooms.dispatch.commands import AssignUnit

_TOO_LARGE = 97 * 1024 * 1024
_ROADS = "caches.match('/city/roads.bin').then((one) => one !== undefined)"
_PARTS = "caches.open('tocsin-city-around').then((one) => one.keys()).then((all) => all.length)"


@pytest.fixture
def large(tmp_path: Path, browser: Browser) -> Iterator[Served]:
    """The drawn town, its map's file drawn out beyond what a phone keeps whole: what follows the tiles is empty and takes no room."""
    folder = tmp_path / "city"
    shutil.copytree(small_city().path, folder)
    os.truncate(folder / "basemap.pmtiles", _TOO_LARGE)
    with served(tmp_path, City.open(folder), demo=True, pages=PAGES) as floor:
        for unit, kind, column, row in (("E7", "engine", 1, 1), ("A4", "ambulance", 2, 1)):
            floor.on_duty(unit, kind, corner(column, row))
        yield floor
        leave(browser)


def drawn(one: Phone) -> int:
    """How many pixels of the map's middle are not its ground; a ring alone is some hundreds, two streets with their names are thousands."""
    image = Image.open(io.BytesIO(one.page.screenshot(clip={"x": 0, "y": 120, "width": 310, "height": 440}))).convert("RGB")
    colours = image.getcolors(1 << 24) or []
    return sum(count for count, _ in colours) - max(count for count, _ in colours)


def route_drawn(one: Phone) -> int:
    """How many pixels of the map have the ink of a way."""
    ink = one.page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--accent')").strip()
    wanted = tuple(int(ink[at:at + 2], 16) for at in (1, 3, 5))
    image = Image.open(io.BytesIO(one.page.screenshot(clip={"x": 0, "y": 120, "width": 390, "height": 440}))).convert("RGB")
    return sum(count for count, colour in image.getcolors(1 << 24) or [] if isinstance(colour, tuple) and max(abs(a - b) for a, b in zip(colour, wanted, strict=True)) <= 12)


def looked_up(one: Phone, typed: str) -> None:
    """Open the search and type."""
    one.key("Look up a place or a page")
    one.page.get_by_label("Address, crossing, or name").fill(typed)


def test_out_of_reach_a_crew_finds_places_reads_the_handbook_and_sees_the_map(browser: Browser, large: Served) -> None:
    one = phone(browser, large, lambda page, url: Watched(page))
    one.sign_on()
    one.ready()
    until(lambda: one.page.evaluate(_PARTS) > 1)
    until(lambda: one.page.evaluate(_ROADS))
    incident = large.take(corner(2, 2), "fire", 1)
    large.house.do(AssignUnit(incident=incident, unit="E7", shift=SHIFT), DESK)
    expect(one.page.locator("article h1")).to_have_text("Building fire")
    east, north = corner(3, 4).text.split(" & ")
    looked_up(one, east)
    expect(one.page.locator(".hit").first).to_contain_text(east)
    one.looks_right("places")
    one.key("Map and way there")
    expect(one.page.locator("ol li").first).to_contain_text("Start on")
    one.key("Way to the job")
    expect(one.page.locator(".looked")).to_have_count(0)
    one.key("Unit")
    expect(one.page.locator("article")).to_contain_text("6 km around the station and 3 km around the job")
    expect(one.page.locator("article")).to_contain_text(f"Handbook: {len(PAGES)} pages")

    one.away()
    one.page.reload()
    looked_up(one, f"{east} and {north}")
    expect(one.page.locator(".hit").first).to_contain_text(f"{east} & {north}")
    one.page.get_by_label("Address, crossing, or name").fill("市医院")
    expect(one.page.locator(".hit").first).to_contain_text("Town Hospital")
    one.page.get_by_label("Address, crossing, or name").fill(f"{east} and {north}")
    expect(one.page.locator(".hit").first).to_contain_text(f"{east} & {north}")
    expect(one.page.locator(".hit .num").first).to_contain_text("m")
    one.key("Map and way there")
    map_settled(one.page)
    expect(one.page.locator(".looked")).to_contain_text("as the crow flies, from the station")
    expect(one.page.locator(".pin")).to_be_visible()
    one.looks_right("place-away")
    assert drawn(one) > 3_000, "streets and names are drawn from the phone"
    expect(one.page.locator(".own")).to_contain_text("Reckoned on this phone")
    turns = one.page.locator("ol li")
    expect(turns.first).to_contain_text("Start on")
    expect(turns.last).to_contain_text(f"{east} & {north}")
    assert route_drawn(one) > 1_000, "the way is a line on the map; rings of this ink are some 250"

    one.key("Job")
    one.key("Handbook: Building fire: the first minutes")
    expect(one.page.get_by_role("dialog")).to_contain_text("A sample")
    one.looks_right("handbook-page")
    one.key("All pages")
    one.page.get_by_label("A word in the handbook").fill("hydrants gate")
    expect(one.page.get_by_role("dialog").locator("li")).to_have_count(1)
    one.page.get_by_label("A word in the handbook").fill("上风向")
    expect(one.page.get_by_role("dialog").locator("li")).to_have_text(["Gas leak or hazardous materialwritten page · sample"])
    one.looks_right("handbook")


def test_the_floor_opens_the_page_of_an_incident_by_key_and_by_name(browser: Browser, large: Served) -> None:
    large.take(corner(2, 2), "hazard", 2)
    for theme, tongue, title, words, first in (("dark", "en", "Gas leak or hazardous material", "ladder minutes", "Building fire: the first minutes"),
                                               ("light", "zh", "燃气泄漏或危险品", "消火栓", "建筑火灾：最初几分钟")):
        page = seated(browser, large.url, "dispatcher", theme=theme, tongue=tongue).page
        page.locator(".board [role=option]").first.click()
        page.keyboard.press("Shift+B")
        expect(page.locator("article h2")).to_have_text(title)
        picture(page, f"handbook-{theme}-{tongue}")
        assert not obstacles(page), tongue
        page.keyboard.type(words)
        page.keyboard.press("Enter")
        expect(page.locator("article h2")).to_have_text(first)
        page.keyboard.press("Escape")
        expect(page.locator("article h2")).to_have_count(0)
        page.keyboard.press("/")
        page.keyboard.type("手册")
        page.keyboard.press("Enter")
        expect(page.locator("article h2")).to_have_text(title)
