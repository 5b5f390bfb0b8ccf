"""The pages of the field at the desk: units and their doubt, trackers, posts and spot checks, whereabouts of a call for help, how somebody is reached; by keyboard, in every state."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.console.conftest import leave
from tests.console.desk import DESK, SHIFT, Served, map_settled, obstacles, picture, seated, served, still
from tests.console.test_timers_and_messages import looks_right
from tests.floor import asker, corner
from tocsin.facts.calls import Place
from tocsin.facts.field import CheckCalled
from tocsin.facts.fleet import TrackerBound
from tocsin.house.envelope import disclose
from tocsin.rooms.calling.commands import Call, GiveUp, NoteOutcome
from tocsin.rooms.coverage.model import Post, StandbyTable
from tocsin.rooms.dispatch.commands import AssignUnit
from tocsin.rooms.fleet.commands import AnswerSpotCheck, CallForHelp, KitFound, ReportPost, SignOn
from tocsin.trail import Fix

CREW, MATE, LEAD = asker("crew 1", "responder"), asker("crew 2", "responder"), asker("supervisor", "supervisor")
EAST = Post(name="East post", lon=corner(5, 2).lon, lat=corner(5, 2).lat)


@pytest.fixture
def crewed(tmp_path: Path, browser: Browser) -> Iterator[Served]:
    """The drawn town with units of two stations, one of which has its crew signed on with something of its kit amiss; and somebody who may do all."""
    with served(tmp_path, demo=True, standby=StandbyTable(posts=(EAST,))) as floor:
        for unit, kind, column, row in (("P3", "police", 1, 1), ("M2", "medic", 4, 1), ("E7", "engine", 2, 3)):
            floor.on_duty(unit, kind, corner(column, row))
        floor.people.add("boss", ("admin", "supervisor"), "pass word boss", alone=True)
        kit = (KitFound(item="first_aid", state="missing"), KitFound(item="radio", state="defect", note="no sound"))
        floor.house.do(SignOn(unit="P3", shift=SHIFT, seat="officer", kit=kit), CREW)
        floor.house.do(SignOn(unit="P3", shift=SHIFT, seat="driver"), MATE)
        yield floor
        leave(browser)


def typed(page: Page, words: str) -> None:
    """A line in the command bar, given."""
    page.keyboard.press("/")
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def both_wide(page: Page, name: str) -> None:
    """The same at the sizes of one screen and of two: nothing spills, axe finds nothing."""
    for width in (1280, 2560):
        page.set_viewport_size({"width": width, "height": 1000})
        still(page)
        looks_right(page, f"{name}-{width}")
    page.set_viewport_size({"width": 1280, "height": 800})


def tell(floor: Served, unit: str, place: Place, accuracy_m: float = 9.0) -> None:
    now = floor.clock.now()
    fix = Fix(unit=unit, lon=place.lon, lat=place.lat, device_at=now, heard_at=now, accuracy_m=accuracy_m, speed_mps=None, heading_deg=None)
    assert floor.house.report([fix], asker("crew", "responder")) == [""]


def test_a_unit_says_who_is_on_it_what_is_amiss_and_whether_its_position_can_be_believed(browser: Browser, crewed: Served) -> None:
    tell(crewed, "M2", corner(4, 1), accuracy_m=180.0)
    page = (watched := seated(browser, crewed.url, "dispatcher")).page
    page.keyboard.press("u")
    units = page.get_by_role("listbox", name="Units")
    expect(units.get_by_role("option").filter(has_text="M2")).to_contain_text("rough, 180 m")
    expect(units.get_by_role("option").filter(has_text="P3").get_by_role("img", name=re.compile("Kit: .*: missing; .*: not in order"))).to_be_visible()
    before = units.bounding_box()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    chosen = page.get_by_role("region", name="Unit P3")
    expect(chosen).to_contain_text("crew 1")
    expect(chosen).to_contain_text("(no sound)")
    assert units.bounding_box() == before, "the list keeps its size when a unit is chosen"
    tell(crewed, "E7", Place(lon=25.9, lat=60.2))
    expect(units.get_by_role("option").filter(has_text="E7")).to_contain_text(re.compile(r"jumped, \d+ s ago"))
    crewed.clock.shift_s = 360
    tell(crewed, "M2", corner(4, 1), accuracy_m=180.0)
    expect(units.get_by_role("option").filter(has_text="P3")).to_contain_text("no position for 6 min")
    expect(chosen).to_contain_text("no position for 6 min")
    map_settled(page)
    page.keyboard.press("l")
    both_wide(page, "field-units")
    watched.quiet()


def test_trackers_are_made_bound_freed_rotated_and_revoked_by_keyboard(browser: Browser, crewed: Served) -> None:
    page = (watched := seated(browser, crewed.url, "boss")).page
    page.keyboard.press("Shift+T")
    sheet = page.get_by_role("region", name="Trackers")
    expect(sheet).to_contain_text("There is no tracker. Make one")
    expect(sheet.get_by_role("listbox")).to_be_focused()
    looks_right(page, "trackers-none")
    sheet.get_by_role("listbox").focus()
    page.keyboard.press("+")
    page.keyboard.type("E7 phone")
    page.keyboard.press("Enter")
    made = sheet.locator(".made code")
    expect(made).to_be_visible()
    key = made.inner_text()
    number = sheet.locator("h3 .num").inner_text()
    typed_in = sheet.get_by_role("region", name="What is typed in")
    for device, words in (("traccar", ("/trackers/osmand", key)), ("owntracks", ("/trackers/owntracks", number, key)), ("mqtt", ("--mqtt",)), ("nmea", ("--nmea",)), ("tak", ("--cot-tls",))):
        sheet.locator("select[name=device]").select_option(device)
        for word in words:
            expect(typed_in).to_contain_text(word)
    sheet.locator("select[name=device]").select_option("owntracks")
    both_wide(page, "trackers-made")
    sheet.locator("input[name=unit]").focus()
    page.keyboard.type("e7")
    page.keyboard.press("Enter")
    rows = sheet.get_by_role("listbox", name="Trackers").get_by_role("option")
    row = rows.filter(has_text="E7 phone")
    expect(row).to_contain_text("E7, each shift")
    bound = [kept.fact for kept in disclose(crewed.house.ledger.read_tags((f"tracker:{number}",))) if isinstance(kept.fact, TrackerBound)]
    assert [(one.unit, one.shift) for one in bound] == [("E7", "")]
    with httpx.Client(base_url=crewed.url, trust_env=False) as device:
        now_s = crewed.clock.now() // 1_000_000
        assert device.get("/trackers/osmand", params={"id": key, "timestamp": now_s, "lat": "60.16", "lon": "24.92"}).status_code == 200
        assert device.get("/trackers/osmand", params={"id": "no key", "timestamp": now_s, "lat": "60.16", "lon": "24.92"}).status_code == 401
    page.keyboard.press("Escape")
    typed(page, f"free {number}")
    expect(row).to_contain_text("no unit")
    expect(row).to_contain_text(re.compile(r"\d\d:\d\d ago, Traccar"))
    expect(sheet.get_by_role("note")).to_contain_text("a key that no tracker has (1)")
    page.keyboard.press("Shift+T")
    typed(page, f"bind {number} P3 shift")
    expect(page.locator("footer p").last).to_contain_text(f"Tracker {number} speaks for P3 in this shift.")
    typed(page, "trackers")
    expect(row).to_contain_text(f"P3 · {SHIFT}")
    page.keyboard.press("ArrowDown")
    expect(sheet.locator(".made")).to_have_count(0)
    assert key not in page.content(), "the key is shown once"
    sheet.get_by_role("button", name="Rotate").press("Enter")
    expect(made).not_to_have_text(key)
    expect(rows).to_have_count(2)
    sheet.get_by_role("button", name="Revoke").press("Enter")
    sheet.get_by_role("button", name="Revoke: it ends at once").press("Enter")
    expect(rows).to_have_count(1)
    looks_right(page, "trackers-some")
    watched.complaints.clear()


def test_who_may_not_make_keys_is_told_who_may_and_an_error_is_said(browser: Browser, crewed: Served) -> None:
    page = seated(browser, crewed.url, "dispatcher", worker=False).page
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route("**/api/trackers", keep)
    typed(page, "定位终端")
    sheet = page.get_by_role("region", name="Trackers")
    expect(sheet.locator(".bone").first).to_be_visible()
    picture(page, "trackers-loading")
    assert obstacles(page) == []
    for _ in range(100):
        if held:
            break
        page.wait_for_timeout(20)
    for route in held[:]:
        route.fulfill(status=500, json={"status": 500, "code": "fault", "title": "A fault of ours.", "title_zh": "系统错误。"})
    expect(sheet.get_by_role("alert").filter(has_text="A fault of ours.")).to_be_visible()
    picture(page, "trackers-error")
    page.unroute("**/api/trackers")
    sheet.get_by_role("button", name="Try again now").press("Enter")
    expect(sheet).to_contain_text("An administrator makes one.")
    expect(sheet.get_by_role("button", name="New tracker")).to_be_disabled()
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    page.keyboard.press("Shift+K")
    expect(page.locator("footer p").last).to_contain_text("Not open to your role")


def test_posts_and_spot_checks_are_seen_and_asked_by_unit(browser: Browser, crewed: Served) -> None:
    crewed.house.do(ReportPost(unit="P3", shift=SHIFT, post="North bridge", note="quiet"), CREW)
    page = (watched := seated(browser, crewed.url, "supervisor")).page
    typed(page, "岗位")
    sheet = page.get_by_role("region", name="Posts and spot checks")
    expect(sheet).to_contain_text(re.compile(r"East post\s*No unit has reported from here."))
    expect(sheet.get_by_role("region", name="Posts of the last 24 hours")).to_contain_text(re.compile(r"North bridge\s*\d\d:\d\d:\d\d P3\s*quiet"))
    expect(sheet).to_contain_text("Nobody was asked yet.")
    expect(sheet.locator("select[name=of]")).to_be_focused()
    looks_right(page, "posts-none-asked")
    expect(sheet.get_by_role("button", name="Ask 3")).to_be_enabled()
    sheet.locator("input[name=words]").focus()
    page.keyboard.type("where are you?")
    page.keyboard.press("Enter")
    latest = sheet.get_by_role("list", name="Latest spot checks")
    expect(latest).to_contain_text("open 3")
    check = next(kept.fact.check for kept in disclose(crewed.house.ledger.read()) if isinstance(kept.fact, CheckCalled))
    crewed.house.do(AnswerSpotCheck(unit="P3", shift=SHIFT, check=check), CREW)
    expect(latest).to_contain_text("open 2 · answered 1")
    assert "crew 1" not in latest.inner_text(), "of a unit, never of a person"
    crewed.house.do(ReportPost(unit="M2", shift=SHIFT, post="East post"), asker("crew 3", "responder"))
    expect(sheet.get_by_role("region", name="Posts of the last 24 hours")).to_contain_text(re.compile(r"East post\s*\d\d:\d\d:\d\d M2"))
    sheet.locator("select[name=of]").select_option("station")
    sheet.locator("select[name=station]").select_option("Station E7")
    sheet.get_by_role("button", name="Ask 1").press("Enter")
    expect(latest.locator(":scope > li")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    typed(page, "check M2")
    expect(page.locator("footer p").last).to_contain_text("M2 is asked.")
    typed(page, "checks")
    expect(latest.locator(":scope > li")).to_have_count(3)
    both_wide(page, "posts-checks")
    watched.quiet()


def test_a_call_for_help_says_the_street_and_its_coordinates_on_focus(browser: Browser, crewed: Served) -> None:
    at = corner(4, 1)
    page = (watched := seated(browser, crewed.url, "dispatcher")).page
    crewed.house.do(CallForHelp(unit="P3", shift=SHIFT, lon=at.lon, lat=at.lat), CREW)
    alert = page.get_by_role("alert")
    place = alert.locator("button.where")
    expect(place).to_contain_text("Harbour Road")
    expect(alert.locator(".at")).to_be_hidden()
    before = alert.bounding_box()
    page.keyboard.press("Shift+H")
    band = page.get_by_role("region", name="Crews that called for help")
    expect(band.get_by_role("status")).to_be_visible()
    place = band.locator("button.where")
    place.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(band.locator(".at")).to_be_visible()
    expect(band.locator(".at")).to_have_text(f"{at.lat:.5f}, {at.lon:.5f}")
    assert before is not None
    map_settled(page)
    both_wide(page, "help-street")
    watched.quiet()


def test_callouts_stand_quietly_in_the_story(browser: Browser, crewed: Served) -> None:
    incident = crewed.take(corner(2, 2), "fire", 1)
    because = crewed.house.do(AssignUnit(incident=incident, unit="P3", shift=SHIFT), DESK).position
    of = {"unit": "P3", "shift": SHIFT, "person": "crew 1", "about": "assigned", "of": incident, "because": because}
    for command in (Call(**of, means="sms", number=1), NoteOutcome(**of, means="sms", number=1), GiveUp(**of, code="no_answer", tried=("sms",))):  # type: ignore[arg-type]  # a table of their common fields
        crewed.house.keep_own(command, DESK, "response", "")
    page = seated(browser, crewed.url, "dispatcher", width=1600, height=1000).page
    page.get_by_role("listbox", name="Active").get_by_role("option").first.click()
    story = page.get_by_role("list", name="Story")
    expect(story).to_contain_text("P3 called by short message.")
    expect(story).to_contain_text("P3 could not be called: nobody acknowledged.")
    assert "crew 1" not in story.inner_text()
    map_settled(page)
    assert not obstacles(page)
    picture(page, "story-called-dark-en")
    page.locator(".who button").nth(1).click()
    page.locator(".who button").nth(0).click()
    expect(page.get_by_role("list", name="处置经过")).to_contain_text("以短信呼叫 P3。")
    assert not obstacles(page)
    picture(page, "story-called-light-zh")


def test_an_administrator_says_how_somebody_is_reached_and_sees_it_no_more(browser: Browser, crewed: Served) -> None:
    page = (watched := seated(browser, crewed.url, "boss", width=1480)).page
    page.keyboard.press("v")
    page.get_by_role("tab", name="People").click()
    page.get_by_role("button", name="Being called: responder").press("Enter")
    expect(page.locator("input[name=reach-sms]")).to_be_focused()
    page.keyboard.type("+358 50 555 0101")
    page.locator("input[name=reach-mail]").fill("crew.one@city.example")
    looks_right(page, "people-reach")
    page.locator("input[name=reach-mail]").press("Enter")
    expect(page.get_by_role("listitem").filter(has_text="responder").first).to_contain_text("can be called")
    assert "0101" not in page.content()
    page.get_by_role("button", name="Being called: responder").press("Enter")
    form = page.get_by_role("form", name="Being called: responder")
    expect(form).to_contain_text("Kept: Number for short messages + Mail.")
    expect(page.locator("input[name=reach-sms]")).to_have_value("")
    page.locator("input[name=reach-sms]").fill("12")
    page.keyboard.press("Enter")
    expect(form.get_by_role("alert")).not_to_be_empty()
    watched.complaints.clear()  # the browser remarks on the refusal
    form.get_by_role("button", name="Take away").press("Enter")
    expect(page.get_by_role("listitem").filter(has_text="responder").first).not_to_contain_text("can be called")
    watched.quiet()
