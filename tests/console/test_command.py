"""A major incident by keyboard alone, and a partner's task on a phone, in a real browser on a real house."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.console.desk import DESK, Served, Watched, obstacles, picture, seated, still, watch
from tests.console.test_screens import _CONTRAST, _SPILLS
from tests.floor import asker, corner
from tocsin.edges.web.people import DEMO_AGENCY
from tocsin.rooms.command.commands import GiveTask
from tocsin.rooms.command.model import MajorNow
from tocsin.rooms.command.views import MajorRow
from tocsin.rooms.dispatch.commands import AssignUnit

_SHIFT = "2026-11-23D"


def board(floor: Served) -> MajorNow:
    """The one board that the house itself holds."""
    rows = [row for row in floor.house.frame().rows if isinstance(row, MajorRow)]
    assert len(rows) == 1
    return rows[0].board


def column(page: Page, name: str) -> Page:
    """Walk to a column by its list."""
    found = page.get_by_role("listbox", name=name, exact=True)
    for _ in range(8):
        if found.evaluate("one => one === document.activeElement"):
            return page
        page.keyboard.press("ArrowRight")
    raise AssertionError(f"arrows do not reach {name}")


def entry(page: Page, name: str, text: str) -> None:
    """Type one line under the column on which the focus is, and come back to its list."""
    field = page.get_by_role("textbox", name=f"{name}:")
    page.get_by_role("listbox", name=name, exact=True).focus()
    field.focus()
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(field).to_have_value("")
    page.keyboard.press("Escape")


def option(page: Page, name: str, words: str) -> Locator:
    """A column's row that holds these words."""
    return page.get_by_role("listbox", name=name, exact=True).get_by_role("option").filter(has_text=words)


def everywhere(page: Page, name: str) -> None:
    """Both themes in both languages: nothing spills, everything can be read, axe finds nothing; one picture of each."""
    language = page.get_by_role("button", name="中/EN")
    theme = page.get_by_role("button", name="Dark or light").or_(page.get_by_role("button", name="深色或浅色"))
    for turn in range(4):
        html = page.locator("html")
        shown = (html.get_attribute("data-theme"), (html.get_attribute("lang") or "")[:2])
        still(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), shown
        assert not page.evaluate(_CONTRAST), shown
        assert not obstacles(page), shown
        picture(page, f"{name}-{shown[0]}-{shown[1]}")
        (theme if turn % 2 == 0 else language).first.click()


def declared(browser: Browser, town: Served) -> tuple[Watched, str, str]:
    """Two incidents with a unit each, and a major incident declared by keyboard over one of them; the other's number last."""
    first, second = town.take(corner(1, 1), "fire"), town.take(corner(2, 1), "medical")
    town.house.do(AssignUnit(incident=first, unit="E7", shift=_SHIFT), DESK)
    town.house.do(AssignUnit(incident=second, unit="A4", shift=_SHIFT), DESK)
    watched = seated(browser, town.url, "dispatcher", width=1440, height=900)
    page = watched.page
    expect(page.get_by_role("listbox", name="Active").get_by_role("option")).to_have_count(2)
    page.keyboard.press("a")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".incident h2.strong")).to_be_visible()
    page.keyboard.press("b")
    expect(page.get_by_role("button", name="Declare over")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Name")).to_be_focused()
    page.keyboard.type("Harbour fire")
    page.get_by_role("combobox", name="Plan").focus()
    page.keyboard.type("large")
    page.get_by_role("button", name="Declare over").last.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("listbox", name="Roles", exact=True)).to_be_focused()
    expect(page.locator(".about .name")).to_have_text("Harbour fire")
    assert board(town).plan == "fire"
    over = board(town).incidents
    return watched, over[0], first if over[0] == second else second


def test_a_major_incident_by_keyboard(browser: Browser, town: Served) -> None:
    watched, over, other = declared(browser, town)
    page = watched.page
    page.keyboard.press("Enter")
    page.keyboard.type("C1")
    page.keyboard.press("Enter")
    expect(option(page, "Roles", "incident commander")).to_contain_text("C1")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("desk 2")
    page.keyboard.press("Enter")
    expect(option(page, "Roles", "safety")).to_contain_text("desk 2")
    page.keyboard.press("Escape")
    page.keyboard.press("Delete")
    expect(option(page, "Roles", "safety")).to_contain_text("! vacant")
    assert [(one.role, one.holder) for one in board(town).roles] == [("commander", "C1")]

    column(page, "Sectors and units")
    entry(page, "Sectors and units", "North / C1")
    entry(page, "Sectors and units", "E7 north")
    entry(page, "Sectors and units", "P3 staging")
    assert {one.unit: one.sector for one in board(town).resources} == {"E7": "s1", "P3": "staging"}
    expect(page.get_by_role("listbox", name="Sectors and units").get_by_role("option").filter(has_text="E7")).to_contain_text("Assigned")

    column(page, "Objectives")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page.get_by_role("listbox", name="Objectives").get_by_role("option").filter(has_text="met")).to_have_count(1)
    entry(page, "Objectives", "Evacuate the quay / E7 / 20")
    expect(page.get_by_role("listbox", name="Objectives").get_by_role("option").first).to_contain_text("Evacuate the quay")

    column(page, "Log")
    entry(page, "Log", "Wind turns to the north, gas cylinders on the quay")
    expect(page.get_by_role("listbox", name="Log").get_by_role("option").first).to_contain_text("Wind turns")

    column(page, "Incidents under it")
    entry(page, "Incidents under it", str(int(other.split("-")[1])))
    assert board(town).incidents == (over, other)
    expect(page.get_by_role("listbox", name="Sectors and units").get_by_role("option").filter(has_text="A4")).to_be_visible()
    watched.quiet()


def test_hospitals_and_partners_on_the_board_and_how_it_looks(browser: Browser, town: Served) -> None:
    watched, *_ = declared(browser, town)
    page = watched.page
    for name, words in (("Roles", "C1"), ("Sectors and units", "North / C1"), ("Sectors and units", "E7 north"), ("Sectors and units", "P3 staging"),
                        ("Objectives", "Evacuate the quay / E7 / 20"), ("Log", "Wind turns to the north, gas cylinders on the quay")):
        entry(page, name, words)
    page.get_by_role("listbox", name="Roles", exact=True).focus()
    column(page, "Hospitals")
    entry(page, "Hospitals", "has 3 major")
    entry(page, "Hospitals", "2 major")
    expect(page.get_by_role("listbox", name="Hospitals").get_by_role("option").first).to_contain_text("1 left")
    assert board(town).sent == {"town-hospital": {"major": 2}}
    column(page, "Partners")
    entry(page, "Partners", "water: Shut the main at the quay / 30")
    expect(page.get_by_role("listbox", name="Partners").get_by_role("option")).to_contain_text("not answered")

    assert not page.evaluate(_SPILLS.replace("body *", ".majors *"))
    everywhere(page, "majors")
    page.set_viewport_size({"width": 2560, "height": 1440})
    picture(page, "majors-wide")
    page.set_viewport_size({"width": 1280, "height": 800})
    picture(page, "majors-1280")
    assert not obstacles(page)
    page.emulate_media(media="print")
    picture(page, "majors-print")
    page.emulate_media(media="screen")

    page.keyboard.press("b")
    expect(page.locator(".majors")).to_have_count(0)
    expect(page.get_by_role("button", name="Major incidents 1")).to_be_visible()
    watched.quiet()


def test_the_board_is_read_by_those_who_may_and_led_by_those_who_lead(browser: Browser, town: Served) -> None:
    page = seated(browser, town.url, "auditor").page
    page.keyboard.press("b")
    expect(page.get_by_text("No major incident.")).to_be_visible()
    expect(page.get_by_role("button", name="Declare")).to_be_disabled()
    other = seated(browser, town.url, "call_taker").page
    other.keyboard.press("b")
    expect(other.locator(".majors")).to_have_count(0)


@pytest.mark.parametrize("width", [320, 390])
def test_a_partner_does_its_task_on_a_phone(browser: Browser, town: Served, width: int) -> None:
    incident = town.take(corner(1, 1), "flooding")
    lead = asker("desk 1", "dispatcher")
    number = town.house.do(GiveTask(agency=DEMO_AGENCY, incident=incident, text="Shut the main at the quay; water stands 40 cm deep in Harbour Road."), lead).subject.removeprefix("task:")
    town.house.do(GiveTask(agency="Sample power grid", incident=incident, text="Cut the feeder"), lead)
    town.house.do(GiveTask(agency=DEMO_AGENCY, incident=incident, text="Bring two pumps"), lead)
    watched = watch(browser, town.url, width=width, height=720)
    page = watched.page
    page.locator("input[name=name]").fill("partner")
    page.locator("input[name=password]").fill("pass word partner")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Tasks for Sample water works")).to_be_visible()
    expect(page.get_by_text("Task 1 of 2")).to_be_visible()
    expect(page.get_by_text("Shut the main at the quay")).to_be_visible()
    assert not page.get_by_text("feeder").count()
    everywhere_phone(page, f"partner-{width}-given")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("You accepted it")).to_be_visible()
    page.get_by_role("textbox", name="Add a note").fill("Two vans on the way")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Two vans on the way")).to_be_visible()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("Bring two pumps")).to_be_visible()
    page.get_by_role("button", name="Cannot do it").click()
    page.get_by_role("textbox", name="Why not?").fill("No pump is free")
    page.get_by_role("button", name="Cannot do it").click()
    expect(page.get_by_text("You declined it")).to_be_visible()
    page.get_by_role("button", name="Before").click()
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("status").filter(has_text="Done")).to_be_visible()
    everywhere_phone(page, f"partner-{width}-done")
    said = [kept.entry.kind for kept in town.house.history(f"task:{number}") if kept.entry.kind.startswith("command.")]
    assert said == ["command.task-given", "command.task-accepted", "command.task-noted", "command.task-done"]
    watched.quiet()


def test_where_patients_can_go_and_a_ward_that_says_what_it_can_take(browser: Browser, town: Served) -> None:
    incident = town.take(corner(1, 1), "crash")
    ward = (seen := watch(browser, town.url, width=390, height=720)).page
    ward.locator("input[name=name]").fill("ward")
    ward.locator("input[name=password]").fill("pass word ward")
    ward.keyboard.press("Enter")
    expect(ward.get_by_role("heading", name="What Town Hospital can take")).to_be_visible()
    ward.get_by_role("spinbutton", name="major").fill("2")
    ward.get_by_role("button", name="Report").click()
    expect(ward.get_by_role("spinbutton", name="major")).to_have_attribute("placeholder", "2")
    ward.get_by_role("textbox", name="Why, and for what").fill("CT is down")
    ward.get_by_role("button", name="Begin diversion").click()
    expect(ward.get_by_role("button", name="End diversion: CT is down")).to_be_visible()
    everywhere_phone(ward, "ward-390")
    seen.quiet()

    page = (watched := seated(browser, town.url, "dispatcher")).page
    page.keyboard.press("w")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".incident h2.strong")).to_contain_text(str(int(incident.split("-")[1])))
    page.get_by_role("button", name="Hospitals").click()
    expect(page.get_by_role("list", name="Hospitals")).to_contain_text("on diversion for all (CT is down)")
    assert not obstacles(page)
    picture(page, "hospitals")
    watched.quiet()


def everywhere_phone(page: Page, name: str) -> None:
    """The partner's page in both themes and languages; every button is a large target."""
    targets = page.evaluate("() => [...document.querySelectorAll('button')].map((one) => one.getBoundingClientRect()).filter((box) => box.height < 44).length")
    assert targets == 0, "a target under 44 pixels"
    everywhere(page, name)
