"""Giving out where it is much: sixty exports, and a page as narrow as a phone; the way of one by two people is in the story."""

from playwright.sync_api import Browser, Page, expect

from tests.console.desk import Served, picture, seated
from tests.floor import asker, corner
from tocsin.house.outflow import Outflow
from tocsin.rooms.access.commands import ApproveExport, AskExport
from tocsin.rooms.calls.commands import TakeCall

ASKER = asker("dispatcher", "dispatcher", "call_taker")


def opened(page: Page) -> None:
    """The sheet's tab, by keys alone."""
    page.keyboard.press("v")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Giving out")).to_be_focused()


def test_many_exports_and_a_narrow_page(browser: Browser, town: Served) -> None:
    town.house.do(TakeCall(place=corner(1, 1), kind="fire"), ASKER)
    now = town.clock.now()
    for at in range(60):
        asked = town.house.do(AskExport(what="statistics", recipient_kind="researcher", recipient="University", basis="a contract for research", since=now - 10**9,
                                        until=now + 10**9), ASKER).subject.removeprefix("export:")
        if at % 2:
            seen = Outflow(town.house).preview(asked, asker("chief 1", "supervisor"))
            town.house.do(ApproveExport(export=asked, preview=seen.position), asker("chief 1", "supervisor"))
    watched = seated(browser, town.url, "auditor", width=1280, height=800)
    page = watched.page
    opened(page)
    expect(page.locator(".access li .line")).to_have_count(60)
    expect(page.locator(".access li .line").first).to_contain_text("waits for a second person")
    expect(page.get_by_role("button", name="Take a copy")).to_have_count(0)
    picture(page, "outflow-many-dark-en")
    page.set_viewport_size({"width": 420, "height": 800})
    picture(page, "outflow-narrow-dark-en")
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    watched.quiet()
