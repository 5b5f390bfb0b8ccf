"""The sheet of access and the person's own page when nothing is there, when it takes long, when the house errs, is busy or gone: what is shown, and what it says."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.console.conftest import leave
from tests.console.desk import Served, obstacles, picture, served, sign_in, watch
from tests.console.test_watching import other_look
from tests.floor import asker, corner
from tocsin.house.trail import Trails
from tocsin.rooms.access.commands import AskExport, AskHold, BreakGlass
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import ReadStory

DESK, CHIEF = asker("desk 1", "dispatcher", "call_taker"), asker("chief 9", "supervisor")
EMPTY = {"Broken glass": "No glass was broken.", "Giving out": "No export has been asked for.", "Findings": "Nothing", "Holds": "There is no hold.",
         "Delayed disclosure": "Nothing is kept back", "What I may see": "Overseeing", "Account": "passkey", "People": "boss", "Machine keys": "key"}


@pytest.fixture
def floor(tmp_path: Path, browser: Browser) -> Iterator[Served]:
    """The drawn town with one unit, and somebody who sees every tab."""
    with served(tmp_path) as made:
        made.on_duty("E7", "engine", corner(1, 1))
        made.people.add("boss", ("admin", "supervisor", "auditor"), "pass word boss", alone=True)
        yield made
        leave(browser)


def opened(page: Page) -> Locator:
    page.locator("body").press("v")
    return page.locator(".access")


def to(page: Page, tab: str) -> None:
    page.get_by_role("tab", name=tab).click()
    expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")


def kept_waiting(page: Page, door: str) -> list[Route]:
    """The answers of a door, each kept back until it is let go on."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route(door, keep)
    return held


def something_everywhere(floor: Served) -> str:
    """One thing on every tab that has to be looked at; the call that it is about."""
    call = floor.house.do(TakeCall(place=corner(1, 1), kind="fire", caller="Aino Example", number="+358 50 555 0101"), DESK).subject.removeprefix("call:")
    floor.house.see(ReadStory(incident=call), CHIEF)
    now = floor.clock.now()
    floor.house.do(BreakGlass(reason="asked by the hospital at once", about=call), asker("planner", "planner"))
    floor.house.do(AskExport(what="statistics", recipient_kind="researcher", recipient="University", basis="a contract for research", since=now - 10**9, until=now + 10**9),
                   DESK)
    floor.house.do(AskHold(subject=f"incident:{call}", days=9, reason="district court, 2026/114"), CHIEF)
    return call


DOORS: dict[str, tuple[str, Callable[[Page, str], None]]] = {
    "Broken glass": ("**/api/glass/*", lambda page, _: page.locator(".access li").get_by_role("button", name="Look").click()),
    "Giving out": ("**/api/exports/*", lambda page, _: page.locator(".access li").get_by_role("button", name="look").click()),
    "Findings": ("**/api/own-findings", lambda page, _: None),
    "Holds": ("**/api/retention*", lambda page, _: None),
    "Delayed disclosure": ("**/api/calls/*/delays", lambda page, call: (page.get_by_label("Number of the call").fill(call), page.keyboard.press("Enter"))[1]),
    "What I may see": ("**/api/rights", lambda page, _: None),
    "Account": ("**/api/account", lambda page, _: None),
    "People": ("**/api/people", lambda page, _: None),
    "Machine keys": ("**/api/keys", lambda page, _: None),
}
"""By tab: the door that it asks, and how it comes to be asked."""


def test_every_tab_is_empty_in_words_and_nothing_moves_while_it_is_fetched(browser: Browser, floor: Served) -> None:
    watched = watch(browser, floor.url, width=1480, height=900, worker=False)
    page = watched.page
    sign_in(page, "boss")
    sheet = opened(page)
    for tab, says in EMPTY.items():
        door = DOORS[tab][0]
        held = kept_waiting(page, door)
        to(page, tab)
        bar = sheet.get_by_role("tablist").bounding_box()
        if tab in ("Findings", "Holds", "What I may see", "Account", "People", "Machine keys"):
            expect(sheet.locator(".bone").first).to_be_visible()
            if tab == "Holds":
                picture(page, "states-loading-dark-en")
        for route in held:
            route.continue_()
        page.unroute(door)
        expect(sheet).to_contain_text(re.compile(says))
        expect(sheet.locator(".bone")).to_have_count(0)
        expect(sheet.locator(".telling")).to_have_count(0)
        assert sheet.get_by_role("tablist").bounding_box() == bar
    watched.quiet()


def test_where_the_house_errs_every_tab_says_so_and_asks_again_when_told_to(browser: Browser, floor: Served) -> None:
    call = something_everywhere(floor)
    page = watch(browser, floor.url, width=1480, height=900, worker=False).page
    sign_in(page, "boss")
    sheet = opened(page)
    for tab, (door, ask) in DOORS.items():
        page.route(door, lambda route: route.fulfill(status=500, json={"code": "fault", "title": "A fault in Tocsin.", "title_zh": "程序故障。"}))
        to(page, tab)
        ask(page, call)
        said = sheet.locator(".telling").first
        expect(said).to_contain_text("A fault in Tocsin.")
        expect(said).to_contain_text("if it lasts, tell the operator")
        expect(said).not_to_contain_text("Asked again in")
        if tab in ("Holds", "Account"):
            other_look(page, f"states-error-{tab.lower()}")
        page.unroute(door)
        said.get_by_role("button", name="Try again now").press("Enter")
        expect(sheet.locator(".telling")).to_have_count(0)
        expect(sheet.locator(".bone")).to_have_count(0)


FLOOD = """() => { window.flood = true; const ask = () => fetch('/api/own-findings');
  const on = async () => { while (window.flood) await Promise.all(Array.from({ length: 40 }, ask)); }; void on(); }"""


def test_who_asks_too_fast_is_told_when_it_is_asked_again_and_it_is(browser: Browser, floor: Served) -> None:
    page = watch(browser, floor.url, width=1480, height=900).page
    sign_in(page, "boss")
    sheet = opened(page)
    with page.expect_response(lambda answer: answer.status == 429, timeout=60_000) as spent:
        page.evaluate(FLOOD)
    assert spent.value.headers["retry-after"] == "1"
    for _ in range(20):
        to(page, "Broken glass")
        to(page, "Findings")
        page.wait_for_timeout(300)
        if sheet.locator(".telling").count():
            break
    said = sheet.locator(".telling")
    expect(said).to_contain_text("You ask faster than one may here")
    expect(said).to_contain_text(re.compile(r"Asked again in \d+ s|Asking again"))
    picture(page, "states-busy-dark-en")
    page.evaluate("window.flood = false")
    expect(sheet.locator(".telling")).to_have_count(0, timeout=40_000)
    expect(sheet).to_contain_text("Nothing was found")


def test_a_house_that_is_gone_leaves_what_was_shown_and_says_of_when_it_is(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path) as floor:
        something_everywhere(floor)
        page = watch(browser, floor.url, width=1480, height=900).page
        sign_in(page, "supervisor")
        sheet = opened(page)
        to(page, "Holds")
        expect(sheet.locator("table")).to_be_visible()
        page.context.set_offline(True)
        expect(sheet.locator(".cut-off")).to_contain_text("Not connected")
        page.route("**/api/retention*", lambda route: route.fulfill(status=500, json={"code": "fault", "title": "A fault in Tocsin.", "title_zh": "程序故障。"}))
        page.context.set_offline(False)
        expect(sheet.locator(".cut-off")).to_have_count(0)
        expect(sheet.locator(".telling")).to_contain_text("What is shown is 00:")  # it was asked for anew once the house was reached
        expect(sheet.locator("table")).to_be_visible()
        picture(page, "states-old-dark-en")
        page.unroute("**/api/retention*")
        sheet.get_by_role("button", name="Try again now").click()
        expect(sheet.locator(".telling")).to_have_count(0)
    expect(sheet.locator(".cut-off")).to_contain_text("What is shown is of then")
    expect(sheet.locator("table")).to_be_visible()
    expect(sheet.get_by_role("list", name="Holds")).to_contain_text("asked by chief 9")
    expect(sheet.get_by_role("button", name="Ask for a hold")).to_be_disabled()
    other_look(page, "states-gone-kept")
    to(page, "What I may see")
    expect(sheet.locator(".telling")).to_contain_text("The server does not answer.")
    expect(sheet.locator(".telling")).to_contain_text("Asked again in")
    other_look(page, "states-gone-nothing")
    to(page, "Broken glass")
    expect(sheet.locator("li").first).to_contain_text("planner")
    leave(browser)


def test_the_persons_own_page_when_the_house_errs_is_busy_or_gone(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path) as floor:
        call = something_everywhere(floor)
        code = Trails(floor.house).give(call, DESK).code
        page = watch(browser, floor.url, width=390, height=844, theme="light", worker=False).page
        page.goto(f"{floor.url}/trail")
        page.route("**/api/trail", lambda route: route.fulfill(status=500, json={"code": "fault", "title": "A fault in Tocsin.", "title_zh": "程序故障。"}))
        page.get_by_label("Number of the call").fill(call)
        page.get_by_label("Code", exact=True).fill(code)
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("not on the emergency line")
        picture(page, "states-trail-error-light-en-phone")
        page.unroute("**/api/trail")
        page.route("**/api/trail", lambda route: route.fulfill(status=503, headers={"retry-after": "2"}, json={"code": "later_please", "title": "Too much at once."}))
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_role("alert")).to_contain_text("Asked again in")
        assert not obstacles(page)
        page.unroute("**/api/trail")
        expect(page.locator("main ol li").first).to_be_visible(timeout=30_000)
        shown = page.locator("main ol li").count()
        box = page.locator("main ol").bounding_box()
    page.get_by_role("button", name="Save the proof").click()
    expect(page.get_by_role("status")).to_contain_text("The server does not answer.")
    expect(page.get_by_role("status")).to_contain_text("What is shown is 00:")
    assert page.locator("main ol li").count() == shown
    assert page.locator("main ol").bounding_box() == box
    expect(page.get_by_role("button", name="Save the proof")).to_be_enabled()
    picture(page, "states-trail-gone-light-en-phone")
    assert not obstacles(page)
    leave(browser)
