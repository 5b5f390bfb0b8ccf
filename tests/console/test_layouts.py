"""The same page on a wall, on a phone and on paper: legible from far, one column at 320 px, black on white with its map."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.desk import DESK, SHIFT, Served, map_settled, obstacles, picture, seated, sign_in, watch
from tests.floor import corner
from tocsin.facts.access import RecordShown
from tocsin.facts.calls import CallTaken
from tocsin.house.envelope import disclose
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AddNote, AssignUnit

_SIDEWAYS = """() => [...document.querySelectorAll('body *')].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width > 0 && box.right > innerWidth + 1 && one.checkVisibility({ visibilityProperty: true }) && !one.closest('.map, .unseen, [inert]');
}).map((one) => `${one.tagName}.${one.className} ${Math.round(one.getBoundingClientRect().right)}`)"""
_SMALL = """() => [...document.querySelectorAll('button, [role=option], input:not([type=range])')].filter((one) => {
  const box = one.getBoundingClientRect();
  return one.checkVisibility({ visibilityProperty: true }) && box.width > 0 && box.height < 39 && !one.closest('.map, .marks, .past-band, ol');
}).map((one) => `${one.tagName} ${one.textContent.trim().slice(0, 20)} ${Math.round(one.getBoundingClientRect().height)}`)"""


def worked(town: Served) -> str:
    """A fire with an engine on it and a word said about it, among other calls; its number."""
    call = TakeCall(place=corner(2, 2), kind="fire", priority=1, number="0401 234 567", caller="A neighbour (sample)", notes="smoke on the third floor")
    incident = town.house.do(call, DESK).subject.removeprefix("call:")
    town.house.do(AssignUnit(incident=incident, unit="E7", shift=SHIFT), DESK)
    town.house.do(AddNote(incident=incident, note="gate code 4711"), DESK)
    for number in range(14):
        town.take(corner(number % 6, number % 5), ("medical", "crash", "alarm")[number % 3], priority=number % 4 + 1)
    return incident


@pytest.mark.parametrize(("width", "height", "theme", "tongue"), [(1920, 1080, "dark", "zh"), (2560, 1440, "light", "en"), (3840, 2160, "dark", "en")])
def test_the_wall(browser: Browser, town: Served, width: int, height: int, theme: str, tongue: str) -> None:
    worked(town)
    watched = watch(browser, f"{town.url}/?wall", width=width, height=height, theme=theme, tongue=tongue)
    page = watched.page
    page.locator("input[name=name]").wait_for()
    page.keyboard.type("dispatcher")
    page.keyboard.press("Tab")
    page.keyboard.type("pass word dispatcher")
    page.keyboard.press("Enter")
    expect(page.locator(".waiting li").first).to_be_visible()
    expect(page.locator(".waiting h2 .num")).to_have_text("14")
    assert page.locator("input, button, select").count() == 0, "nothing on a wall is pressed"
    sizes: list[float] = page.evaluate("[...document.querySelectorAll('.waiting li .strong, .wall .now, .wall h2')].map((one) => parseFloat(getComputedStyle(one).fontSize))")
    assert min(sizes) >= 32
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth && document.documentElement.scrollHeight <= innerHeight")
    assert page.evaluate("[...document.querySelectorAll('.wall li')].every((one) => one.getBoundingClientRect().bottom <= one.closest('section').getBoundingClientRect().bottom + 1)")
    before = page.locator(".waiting .age").first.inner_text()
    expect(page.locator(".waiting .age").first).not_to_have_text(before)
    assert not obstacles(page)
    picture(page, f"wall-{width}-{theme}-{tongue}")
    watched.outside = [url for url in watched.outside if not url.startswith(town.url)]
    watched.quiet()


@pytest.mark.parametrize(("width", "theme", "tongue"), [(320, "dark", "zh"), (390, "light", "en")])
def test_the_phone(browser: Browser, town: Served, width: int, theme: str, tongue: str) -> None:
    worked(town)
    watched = seated(browser, town.url, "dispatcher", width=width, height=720, theme=theme, tongue=tongue)
    page = watched.page
    tabs = page.locator("nav.phone button")

    def sound(name: str) -> None:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert page.evaluate(_SIDEWAYS) == [], name
        assert page.evaluate(_SMALL) == [], name
        assert not obstacles(page), name
        picture(page, f"phone-{name}-{width}-{theme}-{tongue}")

    expect(page.locator(".board [role=option]").first).to_be_visible()
    sound("list")
    page.locator(".board [role=option]").first.click()
    expect(page.locator(".incident .top")).to_be_visible()
    expect(page.locator(".offer [role=option]").first).to_be_visible()
    sound("incident")
    tabs.nth(1).click()
    map_settled(page)
    sound("map")
    tabs.nth(3).click()
    expect(page.locator(".side.units [role=option]")).to_have_count(6)
    sound("units")
    # Everything is still reached by keyboard.
    page.keyboard.press("w")
    expect(page.locator(":focus")).to_have_attribute("role", "listbox")
    page.keyboard.press("n")
    expect(page.locator("form.intake input").first).to_be_focused()
    sound("intake")
    page.keyboard.press("Escape")
    page.keyboard.press("h")
    expect(page.locator(".past-band")).to_be_visible()
    tabs.nth(1).click()
    sound("past")
    page.keyboard.press("Escape")
    watched.quiet()


def given_to_the_printer(page: Page, times: int) -> None:
    """Wait until the page asked to be printed so often; its policy forbids the browser's own waiting for a function."""
    for _ in range(150):
        if page.evaluate("window.printed ?? 0") == times:
            return
        page.wait_for_timeout(100)
    pytest.fail("the page was not given to the printer")


def printed(page: Page, tmp_path: Path, name: str) -> str:
    """What stands on the paper, as a PDF reader finds it; and a picture of it."""
    path = tmp_path / f"{name}.pdf"
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 794, "height": 1123})
    picture(page, name)
    text = page.locator("article.paper").inner_text()
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.pdf(path=path, format="A4", print_background=False)  # the browser tells the page when it is done, and the paper goes away
    reader = shutil.which("pdftotext")
    if reader is None:
        return text
    return subprocess.run([reader, "-layout", path, "-"], capture_output=True, text=True, check=True).stdout


def test_the_paper(browser: Browser, town: Served, tmp_path: Path) -> None:
    incident = worked(town)
    watched = watch(browser, town.url)
    page = watched.page
    page.add_init_script("window.print = () => { window.printed = (window.printed ?? 0) + 1; };")
    page.reload()
    sign_in(page, "dispatcher")
    page.keyboard.press("Control+p")
    expect(page.locator("footer p").last).to_contain_text("Select an incident first")
    page.keyboard.press("a")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".story ol li").first).to_be_visible()
    watched.answered()
    before = town.house.ledger.head()
    page.keyboard.press("Control+p")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert not obstacles(page)
    picture(page, "print-ask")
    page.keyboard.press("Enter")
    given_to_the_printer(page, 1)
    src = page.locator("article.paper img").get_attribute("src") or ""
    assert src.startswith("data:image/png"), "the map is on the paper"
    dark: float = page.evaluate("""async (src) => {
      const image = Object.assign(new Image(), { src }); await image.decode();
      const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
      const pen = canvas.getContext('2d'); pen.drawImage(image, 0, 0);
      const { data } = pen.getImageData(0, 0, image.width, image.height);
      let dark = 0; for (let at = 0; at < data.length; at += 4) if (data[at] + data[at + 1] + data[at + 2] < 300) dark += 1;
      return dark / (data.length / 4);
    }""", src)
    assert 0 < dark < 0.1, "drawn in the light inks, with marks on it"
    text = printed(page, tmp_path, "print-closed-en")
    assert re.search(r"Incident\s+" + incident, text)
    for word in ("Building fire", "E7 assigned by desk 1", "Printed by dispatcher", "OpenStreetMap", "North is up", "were not opened"):
        assert word in text, word
    assert "0401 234" not in text
    assert "4711" not in text
    assert [entry.kind for _, entry in town.house.ledger.read(before)] == [], "nothing personal was opened, so nothing is kept"

    expect(page.locator("article.paper")).to_have_count(0)
    page.locator(".who button").nth(0).click()
    page.keyboard.press("Control+p")
    page.get_by_label("含报警人").check()
    expect(page.get_by_role("dialog")).to_contain_text("留存记录")
    page.keyboard.press("Enter")
    given_to_the_printer(page, 2)
    text = printed(page, tmp_path, "print-open-zh")
    for word in ("0401 234 567", "A neighbour", "smoke on the third floor", "gate code 4711", "打印于"):
        assert word in text, word
    shown = [kept for kept in disclose(town.house.ledger.read(before)) if kept.entry.kind == "access.record-shown"]
    assert shown, "opening personal fields for the paper is kept"
    assert {(kept.entry.by, kept.fact.medium) for kept in shown if isinstance(kept.fact, RecordShown)} == {("dispatcher", "paper")}
    assert any(isinstance(kept.fact, CallTaken) for kept in disclose(town.house.ledger.read()))
    watched.quiet()
