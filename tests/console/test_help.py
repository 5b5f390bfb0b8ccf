"""A crew's call for help on the screen: seen over everything, confirmed by one key, ended by keyboard, in both languages and themes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.console.conftest import leave
from tests.console.desk import SHIFT, Served, map_settled, seated, served
from tests.console.test_timers_and_messages import looks_right
from tests.floor import asker, corner
from tocsin.rooms.fleet.commands import CallForHelp, SignOn
from tocsin.rooms.fleet.views import HelpRow

CREW, MATE = asker("crew 1", "responder"), asker("crew 2", "responder")


@pytest.fixture
def crewed(tmp_path: Path, browser: Browser) -> Iterator[Served]:
    """The drawn town with two units, one of which has its crew signed on."""
    with served(tmp_path, demo=True) as floor:
        for unit, kind, column, row in (("P3", "police", 1, 1), ("M2", "medic", 4, 1)):
            floor.on_duty(unit, kind, corner(column, row))
        for person, seat in ((CREW, "officer"), (MATE, "driver")):
            floor.house.do(SignOn(unit="P3", shift=SHIFT, seat=seat), person)
        yield floor
        leave(browser)


def call(floor: Served, unit: str) -> HelpRow:
    found = floor.house.rows("help")[unit]
    assert isinstance(found, HelpRow)
    return found


def test_a_call_for_help_is_unmistakable_confirmed_by_one_key_and_ended(browser: Browser, crewed: Served) -> None:
    page = (watched := seated(browser, crewed.url, "dispatcher")).page
    expect(page.get_by_role("alert")).to_have_count(0)
    page.keyboard.press("t")  # whatever is open, it comes over it
    crewed.house.do(CallForHelp(unit="P3", shift=SHIFT), CREW)
    crewed.house.do(CallForHelp(unit="M2", shift=SHIFT, lon=24.93, lat=60.16), MATE)
    alerts = page.get_by_role("alert")
    expect(alerts).to_have_count(2)
    expect(alerts.first).to_contain_text("P3 calls for help")
    expect(alerts.first).to_contain_text("crew 1 · with crew 2")
    expect(alerts.last).to_contain_text("60.16000, 24.93000")
    expect(alerts.first).to_be_in_viewport(ratio=1)
    map_settled(page)
    looks_right(page, "help-called")

    page.keyboard.press("Shift+H")
    band = page.get_by_role("region", name="Crews that called for help")
    expect(band.get_by_role("status")).to_contain_text("in hand: dispatcher")
    assert (call(crewed, "P3").confirmed_by, call(crewed, "M2").confirmed_by) == ("dispatcher", ""), "one key confirms one, the longest first"
    page.keyboard.press("Shift+H")
    expect(alerts).to_have_count(0)
    assert call(crewed, "M2").confirmed_by == "dispatcher"
    looks_right(page, "help-in-hand")

    page.keyboard.press("Shift+H")
    expect(band.get_by_role("button", name="Show").first).to_be_focused()
    page.keyboard.press("Tab")
    expect(band.get_by_role("button", name="End: safe").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(band.get_by_role("status")).to_have_count(1)
    assert "P3" not in crewed.house.rows("help")
    band.get_by_role("button", name="End: a mistake").click()
    expect(band).to_have_count(0)
    watched.quiet()


def test_who_looks_back_at_the_past_sees_a_call_of_now_and_confirms_it(browser: Browser, crewed: Served) -> None:
    page = (watched := seated(browser, crewed.url, "supervisor")).page
    page.keyboard.press("h")
    expect(page.locator("html")).to_have_attribute("data-time", "past")
    crewed.house.do(CallForHelp(unit="P3", shift=SHIFT), CREW)
    expect(page.get_by_role("alert")).to_contain_text("P3 calls for help")
    page.keyboard.press("Shift+H")
    expect(page.get_by_role("status").filter(has_text="in hand: supervisor")).to_be_visible()
    expect(page.locator("html")).not_to_have_attribute("data-time", "past")
    watched.quiet()


def test_who_may_not_confirm_sees_it_all_the_same(browser: Browser, crewed: Served) -> None:
    crewed.house.do(CallForHelp(unit="P3", shift=SHIFT), CREW)
    page = seated(browser, crewed.url, "call_taker", tongue="zh", width=390, height=844).page
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("P3 紧急求助")
    expect(alert.get_by_role("button", name=re.compile("确认"))).to_have_count(0)
    page.keyboard.press("Shift+H")
    page.wait_for_timeout(300)
    assert call(crewed, "P3").confirmed_by == ""
