"""The map's layers and its keyboard in a real browser: switched by digits, remembered, followed by the legend; nothing needs a mouse."""

import re

from playwright.sync_api import Browser, Locator, Page, expect

from tests.console.desk import DESK, SHIFT, Served, map_settled, obstacles, picture, seated, still
from tests.floor import corner
from tocsin.rooms.dispatch.commands import AssignUnit, CloseRoad

STATUS = "footer p"


def layer(page: Page, name: str) -> Locator:
    return page.get_by_role("switch", name=re.compile(name))


def on_the_map(page: Page) -> None:
    page.locator(".maplibregl-canvas").focus()


def inked(page: Page) -> int:
    """How many pixels of the painted marks are not clear."""
    count: int = page.evaluate("""() => {
      const canvas = document.querySelector('canvas.marks');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      let inked = 0;
      for (let at = 3; at < data.length; at += 4) if (data[at]) inked += 1;
      return inked;
    }""")
    return count


def test_layers_are_switched_by_digits_remembered_and_followed_by_the_legend(browser: Browser, town: Served) -> None:
    incident = town.take(corner(4, 2), "fire", 1)
    town.house.do(AssignUnit(incident=incident, unit="E7", shift=SHIFT), DESK)
    town.house.do(CloseRoad(lon=corner(2, 2).lon + 0.004, lat=corner(2, 2).lat, text="flood"), DESK)
    watched = seated(browser, town.url, "dispatcher")
    page = watched.page
    map_settled(page)
    before = inked(page)
    assert before > 500
    page.keyboard.press("l")
    legend = page.get_by_role("complementary", name="Legend")
    expect(legend).to_contain_text("whole at 30 min")
    expect(legend).not_to_contain_text("how long until help")
    page.keyboard.press("k")
    expect(page.get_by_role("switch").first).to_be_focused()
    page.keyboard.press("3")
    expect(page.get_by_role("note").filter(has_text="Hidden: Units")).to_be_visible()
    expect(legend).not_to_contain_text("Transporting")
    for _ in range(50):
        if inked(page) < before - 500:
            break
        page.wait_for_timeout(100)
    assert inked(page) < before - 500, "what is switched off is not drawn"
    page.keyboard.press("3")
    for digit, name in (("4", "Routes"), ("6", "Cover"), ("7", "Hydrants")):
        expect(layer(page, name)).to_have_attribute("aria-checked", "false")
        page.keyboard.press(digit)
        expect(layer(page, name)).to_have_attribute("aria-checked", "true")
    expect(page.locator(".layers")).to_contain_text("1 ways drawn")
    expect(page.locator(".layers")).to_contain_text(re.compile(r"free units, as of \d\d:\d\d:\d\d"))
    expect(legend).to_contain_text("how long until help")
    expect(legend).to_contain_text("Hydrant")
    assert not obstacles(page)
    for theme in ("dark", "light"):
        picture(page, f"layers-{theme}")
        page.locator(".who button").nth(1).click()
    page.locator(".who button").nth(0).click()
    assert not obstacles(page)
    picture(page, "layers-zh")
    page.locator(".who button").nth(0).click()
    page.keyboard.press("k")
    expect(page.locator(".layers")).to_have_count(0)
    page.reload()
    page.locator(".board").wait_for()
    page.keyboard.press("k")
    expect(layer(page, "Cover")).to_have_attribute("aria-checked", "true")
    watched.quiet()


def test_the_keyboard_reaches_everything_on_the_map(browser: Browser, town: Served) -> None:
    incident = town.take(corner(3, 2), "medical", 2)
    town.house.do(CloseRoad(lon=corner(2, 2).lon + 0.004, lat=corner(2, 2).lat, text="Harbour Road"), DESK)
    page = (watched := seated(browser, town.url, "dispatcher")).page
    map_settled(page)
    page.keyboard.press("k")
    page.keyboard.press("7")
    page.keyboard.press("k")
    on_the_map(page)
    told = page.locator(STATUS)
    heard: list[str] = []
    for _ in range(9):
        page.keyboard.press("]")
        still(page)
        heard.append(told.inner_text())
    assert any("priority 2" in line and "since the call" in line for line in heard)
    assert {unit for unit in ("A4", "E7", "E9", "M2", "P3", "T1") if any(unit in line for line in heard)} == {"A4", "E7", "E9", "M2", "P3", "T1"}
    assert any("Closed road: Harbour Road" in line for line in heard)
    assert any("Hospital" in line for line in heard)
    picture(page, "layers-travel")
    while "priority 2" not in told.inner_text():
        page.keyboard.press("[")
        still(page)
    page.keyboard.press("Enter")
    expect(page.locator(".incident h2").first).to_contain_text(f"{int(incident.split('-')[1])} ·")
    on_the_map(page)
    page.keyboard.press("Shift+]")
    expect(told).to_contain_text("A4, Ambulance, Available")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    watched.quiet()


def test_cover_is_read_aloud_cell_by_cell(browser: Browser, town: Served) -> None:
    page = (watched := seated(browser, town.url, "dispatcher")).page
    map_settled(page)
    on_the_map(page)
    told = page.locator(STATUS)
    page.keyboard.press("Shift+ArrowRight")
    expect(told).to_contain_text("Cover is off")
    page.keyboard.press("k")
    page.keyboard.press("6")
    expect(page.locator(".layers")).to_contain_text("free units")
    page.get_by_label("Skill").select_option("als")
    expect(page.locator(".layers")).to_contain_text("1 free units")
    page.keyboard.press("k")
    on_the_map(page)
    heard = set()
    for key in ("Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowUp", "Shift+ArrowLeft"):
        page.keyboard.press(key)
        expect(told).to_contain_text(re.compile(r"\d\d:\d\d until help, by M2"))
        heard.add(told.inner_text())
        still(page)
    assert len(heard) >= 3, "another cell, another answer"
    picture(page, "layers-cover")
    watched.quiet()
