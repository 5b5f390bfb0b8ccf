"""The planner's page, held: both themes, both languages, two sizes, with nothing asked, five questions, and 500 over 200 districts; nothing spills, all can be read."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import leave
from tests.console.desk import Served, obstacles, picture, seated, served, still
from tests.console.planned import CHOICES, line, offered
from tests.console.test_screens import _CONTRAST, SIZES
from tests.floor import corner

ALL = bool(os.environ.get("TOCSIN_PICTURES"))
"""The large size is slow to draw without a graphics card; every combination is pictured where pictures are asked for."""
_SPILLS = """() => [...document.querySelectorAll('.planning *')].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width > 0 && box.right > innerWidth + 1 && !one.closest('.map');
}).map((one) => `${one.tagName}.${one.className} ${Math.round(one.getBoundingClientRect().right)}`)"""
_SIDEWAYS = "() => [...document.querySelectorAll('.planning .study, .planning .room, .planning .list')].filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.className)"


@pytest.fixture
def town(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Served]:
    """The drawn town with some engines on duty."""
    with served(tmp_path_factory.mktemp("looks"), demo=True) as floor:
        for number in range(4):
            floor.on_duty(f"E{number + 1}", "engine", corner(number, number))
        yield floor
        leave(browser)


def stands(page: Page, rows: int) -> None:
    """Wait until the page shows its rows and, where there is an answer, its map."""
    expect(page.locator(".planning .rows [role=option]").first if rows else page.locator(".planning .what")).to_be_visible(timeout=40_000)  # the page asks again each 15 s
    if rows:
        page.locator(".plan-map .map[aria-busy=false] .maplibregl-canvas").wait_for()
    still(page)


def look(page: Page, name: str, axe: bool) -> None:
    assert not page.evaluate(_SPILLS), name
    assert not page.evaluate(_SIDEWAYS), name
    assert not page.evaluate(_CONTRAST), name
    if axe:
        assert not obstacles(page), name
    picture(page, name)


def cells_of(page: Page, town: Served) -> int:
    return len(page.context.request.get(f"{town.url}/api/cover/cells").json()["lon"])


@pytest.mark.parametrize("rows", [0, 5, 500])
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_looks(browser: Browser, town: Served, rows: int, width: int, height: int) -> None:
    watched = seated(browser, town.url, "planner", width=width, height=height, worker=False)
    page = watched.page
    offered(page, [line(number) for number in range(rows)], cells_of(page, town), 200 if rows > 5 else 9)
    page.keyboard.press("Shift+P")
    for turn in range(4 if ALL else 2 if width == SIZES[0][0] else 1):
        stands(page, rows)
        html = page.locator("html")
        name = f"planning-{rows}-{width}-{html.get_attribute('data-theme')}-{(html.get_attribute('lang') or '')[:2]}"
        look(page, name, axe=rows <= 5)
        if ALL and rows == 5:
            page.locator(".planning .study").evaluate("one => one.scrollTop = 660")
            picture(page, f"{name}-down")
        page.locator(".who button").nth(turn % 2).click()
        if not ALL:
            page.locator(".who button").nth(1).click()
    if rows == 500:
        drawn = page.locator(".planning .rows [role=option]").count()
        assert 0 < drawn < 60, "500 questions, but only rows in sight are drawn"
        districts = page.locator(".rows-of").first.locator("tbody tr")
        expect(districts).to_have_count(12)
        page.locator(".rows-of + p button").click()
        expect(districts).to_have_count(200)
        worst = districts.first
        expect(worst.locator("svg.worse")).to_have_count(1)
        page.get_by_role("listbox").filter(has=page.locator(".two")).press("End")
        expect(page.locator(".planning .rows [aria-selected=true]")).to_be_visible()
    watched.quiet()



@pytest.mark.parametrize("state", ["waiting", "running", "failed", "stopped", "adopted", "ended"])
def test_every_state_says_what_it_is(browser: Browser, town: Served, state: str) -> None:
    watched = seated(browser, town.url, "planner", worker=False, theme="light" if state in ("running", "ended", "failed") else "dark", tongue="zh" if state in ("running", "adopted") else "en")
    page = watched.page
    offered(page, [line(0, state), *(line(number) for number in range(1, 4))], cells_of(page, town), 9, early=state == "adopted")
    page.keyboard.press("Shift+P")
    expect(page.locator(".planning .rows [role=option]").first).to_be_visible()
    says = {"waiting": "One question is played at a time", "running": "37 %", "failed": "No unit can reach 3 cells once Mission Street is shut", "stopped": "It was stopped before there was an answer",
            "adopted": "为时尚早", "ended": "It keeps what it promised"}[state]
    study = page.locator(".planning .study")
    expect(study).to_contain_text(says)
    if state == "failed":
        expect(study).to_contain_text("(nobody_can_reach)")
    assert study.get_by_role("progressbar").count() == (state in ("waiting", "running"))
    if state in ("adopted", "ended"):
        page.locator(".plan-map .map[aria-busy=false] .maplibregl-canvas").wait_for()
    look(page, f"planning-state-{state}", axe=True)
    watched.quiet()


def test_an_answer_that_is_checked_wears_no_mark_and_the_form_says_what_an_answer_is_worth(browser: Browser, town: Served) -> None:
    watched = seated(browser, town.url, "planner", worker=False)
    page = watched.page
    offered(page, [line(0)], cells_of(page, town), 3, choices={**CHOICES, "validated": "yes"})
    page.keyboard.press("Shift+P")
    mark = page.locator(".worth")
    expect(mark.locator("b")).to_have_text("Not validated")
    expect(mark).to_contain_text("the share in time is off by −1.9 points")
    ink = mark.locator("b").evaluate("one => [getComputedStyle(one).backgroundColor, getComputedStyle(document.documentElement).getPropertyValue('--act')]")
    assert ink[0] != ink[1], "it cannot be overlooked, and it is not red"
    page.keyboard.press("i")
    form = page.get_by_role("form", name="New question")
    expect(form).to_be_visible()
    expect(form.get_by_role("note")).to_have_count(0)
    form.get_by_label("Calls").select_option("generated")
    expect(form.get_by_role("note")).to_contain_text("SAMPLE")
    form.locator(".map[aria-busy=false] .maplibregl-canvas").wait_for()
    look(page, "planning-form", axe=True)
    watched.quiet()
