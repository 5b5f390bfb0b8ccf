"""Deciding at the desk, by keyboard, on a real house: a second alarm, a unit diverted, an override with its reason, one waited for."""

import time

from playwright.sync_api import Browser, Page, Route, expect

from tests.console.desk import DESK, SHIFT, Served, map_settled, obstacles, picture, seated
from tests.floor import asker, corner
from tocsin.facts.dispatch import UnitAssigned
from tocsin.house.envelope import disclose
from tocsin.rooms.dispatch.commands import AssignUnit
from tocsin.rooms.dispatch.views import IncidentRow
from tocsin.rooms.fleet.commands import ReportState

CREW = asker("crew 1", "responder")


def row(floor: Served, incident: str) -> IncidentRow:
    """An incident as the house itself has it."""
    found = floor.house.rows("incident")[incident]
    assert isinstance(found, IncidentRow)
    return found


def sent(floor: Served, incident: str) -> UnitAssigned:
    """The last sending that was kept for an incident."""
    kept = disclose(floor.house.ledger.read_tags((f"incident:{incident}",)))
    return [one.fact for one in kept if isinstance(one.fact, UnitAssigned)][-1]


def busy(floor: Served, unit: str, incident: str, *states: str) -> None:
    """A unit is sent to an incident, and its crew says what it does."""
    floor.house.do(AssignUnit(incident=incident, unit=unit, shift=SHIFT), DESK)
    for state in states:
        floor.house.do(ReportState(unit=unit, shift=SHIFT, state=state), CREW)


def show(page: Page, incident: str) -> None:
    """Select an incident by its number on the command bar."""
    page.keyboard.press("/")
    page.keyboard.type(str(int(incident.split("-")[1])))
    page.keyboard.press("Enter")
    expect(page.locator(".incident h2.strong")).to_contain_text(str(int(incident.split("-")[1])))


def test_a_second_alarm_is_raised(browser: Browser, town: Served) -> None:
    number = town.take(corner(1, 1), "fire")
    before = row(town, number).needs
    page = (watched := seated(browser, town.url, "dispatcher")).page
    show(page, number)
    expect(page.get_by_role("listbox", name="Recommended").get_by_role("option").first).to_be_visible()
    page.keyboard.press("e")
    expect(page.locator(".will")).to_contain_text("to alarm 2")
    page.keyboard.press("Enter")
    expect(page.locator("footer p").last).to_contain_text("is at alarm 2")
    expect(page.locator(".incident .alarm")).to_contain_text("A2")
    expect(page.get_by_role("listbox", name="Waiting").locator(".alarm")).to_contain_text("Alarm 2")
    expect(page.locator(".story")).to_contain_text("Alarm 2 by dispatcher")
    map_settled(page)
    picture(page, "alarm-dark")
    now = row(town, number)
    assert (now.alarm, sum(need.count for need in now.needs)) == (2, sum(need.count for need in before) + 4)
    watched.quiet()


def test_a_unit_is_diverted_with_its_gain_seen(browser: Browser, town: Served) -> None:
    less = town.take(corner(5, 5), "outside_fire", priority=4)
    busy(town, "E7", less, "en_route")
    town.seen("E7", corner(1, 1), heading_deg=90.0, speed_mps=9.0)
    more = town.take(corner(0, 1), "outside_fire", priority=2)
    page = (watched := seated(browser, town.url, "dispatcher")).page
    show(page, more)
    gains = page.get_by_role("listbox", name="Better ways")
    expect(gains.get_by_role("option").first).to_contain_text("E7")
    expect(gains.get_by_role("option").first).to_contain_text("sooner than E9; E9 would be there no later")
    page.keyboard.press("g")
    expect(gains).to_be_focused()
    map_settled(page)
    picture(page, "gains-dark")
    assert obstacles(page) == []
    page.get_by_role("button", name="change the language").click()
    page.get_by_role("button", name="深色或浅色").click()
    expect(page.get_by_role("listbox", name="更优方案").get_by_role("option").first).to_contain_text("比 E9 早")
    assert obstacles(page) == []
    picture(page, "gains-light-zh")
    page.get_by_role("button", name="切换语言").click()
    page.keyboard.press("g")
    page.keyboard.press("Enter")
    expect(page.locator("footer p").last).to_contain_text("E7 diverted to")
    assert (row(town, more).units, row(town, less).units) == (("E7",), ())
    kept = sent(town, more)
    assert (kept.how, kept.gain_s >= 120, kept.eta_s > 0) == ("divert", True, True)
    expect(page.locator(".story")).to_contain_text("E7 diverted here by dispatcher")
    watched.quiet()


def test_an_override_takes_one_key_and_a_reason(browser: Browser, town: Served) -> None:
    number = town.take(corner(1, 1), "outside_fire", priority=2)
    page = (watched := seated(browser, town.url, "dispatcher", theme="light", tongue="zh")).page
    show(page, number)
    offered = page.get_by_role("listbox", name="推荐派警")
    expect(offered.locator("[aria-selected=true]")).to_contain_text("E7")
    page.keyboard.press("2")
    expect(offered.locator("[aria-selected=true]")).to_contain_text("E9")
    page.keyboard.press("Enter")
    why = page.get_by_role("list", name="为何不用推荐单位？")
    expect(why).to_contain_text("熟悉现场")
    map_settled(page)
    picture(page, "override-light-zh")
    assert obstacles(page) == []
    assert row(town, number).units == ()
    page.keyboard.press("Escape")
    expect(why).to_have_count(0)
    page.keyboard.press("Enter")
    expect(why).to_be_visible()
    page.keyboard.press("2")
    expect(page.locator(".on li")).to_contain_text("E9")
    assert (sent(town, number).unit, sent(town, number).override) == ("E9", "knows_place")
    expect(page.locator(".story")).to_contain_text("未按推荐：熟悉现场")
    watched.quiet()


def test_an_incident_waits_for_a_unit_and_gets_it(browser: Browser, town: Served) -> None:
    first = town.take(corner(2, 2), "outside_fire", priority=3)
    busy(town, "E7", first, "en_route", "at_scene", "clearing")
    town.house.do(ReportState(unit="E9", shift=SHIFT, state="out_of_service"), CREW)
    second = town.take(corner(1, 1), "outside_fire", priority=3)
    page = (watched := seated(browser, town.url, "dispatcher")).page
    show(page, second)
    gain = page.get_by_role("listbox", name="Better ways").get_by_role("option").first
    expect(gain).to_contain_text("E7 is usually free in")
    page.keyboard.press("g")
    expect(page.get_by_role("listbox", name="Better ways")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("list", name="Waits for")).to_contain_text("E7")
    assert row(town, second).stacked == ("E7",)
    map_settled(page)
    picture(page, "stacked-dark")
    town.house.do(ReportState(unit="E7", shift=SHIFT, state="available"), CREW)
    expect(page.locator(".on li")).to_contain_text("E7")
    expect(page.get_by_role("list", name="Waits for")).to_have_count(0)
    assert (row(town, second).units, row(town, second).stacked, sent(town, second).how) == (("E7",), (), "stacked")
    assert town.house.rows("unit")["E7"].incident == second  # type: ignore[attr-defined]  # the table's rows are units
    watched.quiet()




def test_a_line_typed_while_another_is_on_its_way_is_neither_lost_nor_mixed_with_it(browser: Browser, town: Served) -> None:
    number = town.take(corner(1, 1), "fire")
    page = (watched := seated(browser, town.url, "dispatcher")).page

    def slowly(route: Route) -> None:
        time.sleep(0.5)
        route.continue_()

    page.route("**/api/incidents/*/assign", slowly)
    page.keyboard.press("/")
    for line in ("e7 1", "a4 1"):
        page.keyboard.insert_text(line)
        page.keyboard.press("Enter")
    expect(page.locator("footer p").last).to_contain_text("A4 sent to 1")
    assert set(row(town, number).units) == {"E7", "A4"}
    page.keyboard.press("/")
    page.keyboard.insert_text("close 1 treated")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Command")).to_have_value("close 1 treated")
    assert all("/close" in complaint for complaint in watched.complaints), "only the refused closing is complained of"
