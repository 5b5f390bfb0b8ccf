"""Two cities help one another, each on its own screen: asked, seen at once, lent, worked with, given back; declined; and a neighbour that does not answer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.accounts import staff
from tests.cities import LEAD, SHIFT, CityHouse, cities
from tests.console.conftest import leave
from tests.console.desk import Watched, obstacles, picture, seated
from tocsin.cli.settings import CONSOLE
from tocsin.facts.dispatch import Need
from tocsin.rooms.aid.commands import AskAid, LendUnit, RecallUnit, TakeLetter

Region = dict[str, CityHouse]
ROLES = staff(("dispatcher", "auditor"))


@pytest.fixture
def region(tmp_path: Path, browser: Browser) -> Iterator[Region]:
    with cities(tmp_path, stays={"engine": 1}, console=CONSOLE, accounts=ROLES) as made:
        yield made
        leave(browser)


def at_home(browser: Browser, city: CityHouse, role: str = "dispatcher", *, width: int = 1440, height: int = 900) -> Watched:
    return seated(browser, f"http://localhost:{city.floor.port}", role, width=width, height=height)


def other_look(page: Page) -> None:
    """The other theme and the other language."""
    page.locator(".who button").nth(1).click()
    page.locator(".who button").nth(0).click()


def test_a_unit_is_asked_for_lent_and_given_back_on_two_screens_by_keys(browser: Browser, region: Region) -> None:
    a, b = region["A"], region["B"]
    for unit in ("E7", "E8"):
        b.on_duty(unit)
    incident = a.incident()
    ours, theirs = at_home(browser, a), at_home(browser, b)
    here, there = ours.page, theirs.page
    mark = there.locator("footer").get_by_text("Aid")
    expect(mark).to_have_count(0)
    here.get_by_role("listbox", name="Waiting").get_by_role("option").first.click()
    pane = here.get_by_role("region", name=f"Incident {int(incident[-4:])}")
    expect(pane.get_by_role("button", name="Ask a neighbour")).to_be_visible()
    here.keyboard.press("Shift+S")
    expect(pane.get_by_role("combobox", name="Neighbour")).to_be_focused()
    here.keyboard.press("Tab")
    here.keyboard.press("Enter")
    help_row = pane.get_by_role("list", name="Neighbours' help")
    expect(help_row).to_contain_text("asked, not yet heard")
    assert a.courier.carry("B")
    expect(help_row).to_contain_text("heard, no answer yet")
    expect(mark).to_be_visible()
    there.keyboard.press("s")
    sheet = there.get_by_role("region", name="Aid", exact=True)
    expect(sheet.get_by_role("list", name="Asked of us").get_by_role("listitem")).to_have_count(1)
    assert not obstacles(here)
    picture(here, "aid-pane-asked-dark-en")
    there.keyboard.press("Tab")
    there.keyboard.press("Enter")
    expect(sheet.get_by_role("radio")).to_have_count(2)
    picture(there, "aid-sheet-dark-en")
    there.keyboard.press("Tab")
    there.keyboard.press("Enter")
    expect(sheet.get_by_role("list", name="Lent out")).to_contain_text("E7")
    assert b.courier.carry("A")
    expect(help_row).to_contain_text("lent us 1")
    expect(help_row).to_contain_text("B.E7")
    help_row.get_by_role("button", name="Give back").press("Enter")
    expect(help_row).not_to_contain_text("B.E7")
    assert a.courier.carry("B")
    expect(sheet.get_by_role("list", name="Lent out")).not_to_contain_text("E7")
    ours.quiet()
    theirs.quiet()


def _asked(region: Region, incident: str, count: int = 1) -> str:
    """A asks B for engines for one of its incidents, and B has heard: the appeal there."""
    a, b = region["A"], region["B"]
    before = set(b.asks())
    a.house.do(AskAid(incident=incident, of="B", needs=(Need(skill="fire", count=count),)), LEAD)
    assert a.courier.carry("B")
    return next(iter(set(b.asks()) - before))


def test_a_no_is_given_with_its_reason_and_seen_by_whoever_asked(browser: Browser, region: Region) -> None:
    a, b = region["A"], region["B"]
    incident = a.incident()
    _asked(region, incident)
    theirs = at_home(browser, b)
    there = theirs.page
    there.keyboard.press("s")
    sheet = there.get_by_role("region", name="Aid", exact=True)
    there.keyboard.press("Tab")
    there.keyboard.press("Enter")
    expect(sheet).to_contain_text("No free unit of ours has what is asked for.")
    sheet.get_by_role("combobox", name="Why not").select_option("no_such_unit")
    sheet.get_by_role("button", name="Decline").press("Enter")
    expect(sheet).to_contain_text("No neighbour asks for anything.")
    expect(there.locator("footer").get_by_role("button", name="Aid")).to_contain_text("Aid s")
    assert b.courier.carry("A")
    ours = at_home(browser, a)
    here = ours.page
    here.keyboard.press("s")
    sheet = here.get_by_role("region", name="Aid", exact=True)
    expect(sheet.get_by_role("list", name="Asked by us")).to_contain_text("declined: we have none of that kind")
    other_look(here)
    expect(here.get_by_role("list", name="本市请求")).to_contain_text("没有该类单位")
    here.get_by_role("list", name="本市请求").get_by_role("button", name="知道了").press("Enter")
    expect(here.get_by_text("本市未发出增援请求。")).to_be_visible()
    ours.quiet()
    theirs.quiet()


def test_a_neighbour_that_does_not_answer_is_said_to_and_what_is_lent_is_seen_on_both_sides(browser: Browser, tmp_path: Path) -> None:
    with cities(tmp_path, stays={"engine": 1}, console=CONSOLE, accounts=ROLES, lines=True) as region:
        a, b = region["A"], region["B"]
        assert b.line is not None
        for unit in ("E7", "E8", "E9"):
            b.on_duty(unit)
        a.on_duty("E1")
        incident = a.incident()
        lent = _asked(region, incident, 2)
        for unit in ("E7", "E8"):
            b.house.do(LendUnit(appeal=lent, unit=unit, shift=SHIFT, eta_s=420), LEAD)
        b.house.do(RecallUnit(unit="E8", shift=SHIFT), LEAD)
        assert b.courier.carry("A")
        _asked(region, a.incident(column=2), 1)
        b.line.closed = True
        b.line.cut()
        for skill in ("police", "rescue"):
            a.house.do(AskAid(incident=incident, of="B", needs=(Need(skill=skill),)), LEAD)
        assert not a.courier.carry("B")
        a.house.keep_own(TakeLetter(letter=next(iter(a.letters())), to="B", code="aid_unknown"), LEAD, "response", "refused")
        a.floor.clock.pass_s(60)
        a.on_duty("E2")
        ours = at_home(browser, a)
        here = ours.page
        here.get_by_role("listbox", name="Waiting").get_by_role("option").first.click()
        here.keyboard.press("u")
        expect(here.get_by_role("listbox", name="Units").get_by_role("option", name="B.E7")).to_contain_text("City B")
        here.keyboard.press("i")
        expect(here.get_by_role("list", name="Neighbours' help").first).to_contain_text("City B does not answer since")
        expect(here.locator(".offer").get_by_role("option").filter(has_text="B.E7").first).to_contain_text("City B")
        here.keyboard.press("s")
        sheet = here.get_by_role("region", name="Aid", exact=True)
        expect(sheet.get_by_role("list", name="Neighbours", exact=True)).to_contain_text("ask by phone")
        expect(sheet.get_by_role("list", name="Letters refused for good")).to_contain_text("aid_unknown")
        expect(sheet.get_by_role("list", name="Asked by us")).to_contain_text("refused by their house")
        expect(sheet.get_by_role("list", name="Borrowed")).to_contain_text("wanted back")
        expect(here.locator("footer").get_by_role("button", name="Aid")).to_contain_text("1")
        assert not obstacles(here)
        picture(here, "aid-silent-dark-en")
        here.set_viewport_size({"width": 2560, "height": 1440})
        other_look(here)
        assert not obstacles(here)
        picture(here, "aid-silent-light-zh-2560")
        here.set_viewport_size({"width": 390, "height": 844})
        picture(here, "aid-silent-light-zh-390")
        here.keyboard.press("s")
        here.keyboard.press("i")
        picture(here, "aid-pane-light-zh-390")
        b.line.closed = False
        assert any(a.courier.carry("B") for _ in range(50))
        ours.quiet()
        theirs = at_home(browser, b, "auditor")
        there = theirs.page
        there.keyboard.press("u")
        expect(there.get_by_role("listbox", name="Units").get_by_role("option", name="E7")).to_contain_text("to City A")
        there.keyboard.press("s")
        sheet = there.get_by_role("region", name="Aid", exact=True)
        expect(sheet.get_by_role("button", name="Ask back").first).to_be_disabled()
        expect(sheet.get_by_role("button", name="Answer")).to_have_count(0)
        picture(there, "aid-auditor-dark-en")
        theirs.quiet()
        leave(browser)
