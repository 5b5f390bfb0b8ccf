"""Two calls on one crash at the desk: proposed, joined with one key, undone; and a different emergency at the same address stays in sight."""

from playwright.sync_api import Browser, Page, expect

from tests.console.desk import Served, map_settled, obstacles, picture, seated
from tests.floor import corner
from tocsin.rooms.dispatch.views import IncidentRow


def rows(town: Served) -> dict[str, IncidentRow]:
    """The board as the house itself has it."""
    return {row.id: row for row in town.house.frame().rows if isinstance(row, IncidentRow)}


def write_call(page: Page, place: str, kind: str) -> None:
    """Type a call up to its kind, without taking it."""
    page.keyboard.press("n")
    page.keyboard.type(place, delay=5)
    expect(page.locator(".intake [role=option]").first).to_contain_text("2nd Street")
    page.keyboard.press("Enter")
    page.keyboard.type(kind)


def test_two_calls_on_one_crash_joined_with_one_key_and_undone(browser: Browser, town: Served) -> None:
    first = town.take(corner(1, 0), "crash")
    town.take(corner(5, 5), "medical")
    watched = seated(browser, town.url, "dispatcher")
    page = watched.page
    page.keyboard.press("n")
    area = page.get_by_role("region", name="Same incident?")
    before_place = area.bounding_box()
    page.keyboard.press("Escape")
    write_call(page, "mission & 2nd", "cra")
    expect(area.get_by_role("listitem")).to_have_count(1)
    expect(area).to_contain_text("%")
    assert area.bounding_box() == before_place, "the list moved the form"
    map_settled(page)
    picture(page, "alike-intake")
    assert obstacles(page) == []

    page.keyboard.press("Alt+j")
    expect(page.locator("footer p").last).to_contain_text("joined into 1")
    expect(page.get_by_role("listbox", name="Waiting").get_by_role("option")).to_have_count(2)
    expect(page.get_by_role("listbox", name="Waiting")).to_contain_text("×2")
    assert rows(town)[first].calls == 2
    joined = rows(town)[first].joined[0]
    assert (joined.kind, joined.differs) == ("crash", ())
    expect(page.locator(".incident h2.strong")).to_contain_text("1 ·")
    expect(page.locator(".story")).to_contain_text("joined into")
    picture(page, "alike-joined")

    page.keyboard.press("j")
    expect(page.get_by_role("button", name="Separate 3")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("footer p").last).to_contain_text("3 stands by itself again")
    expect(page.get_by_role("listbox", name="Waiting").get_by_role("option")).to_have_count(3)
    assert rows(town)[first].calls == 1
    assert joined.incident in rows(town)
    watched.quiet()


def test_enter_takes_the_call_as_its_own_and_j_joins_it_afterwards(browser: Browser, town: Served) -> None:
    first = town.take(corner(1, 0), "crash")
    watched = seated(browser, town.url, "dispatcher")
    page = watched.page
    write_call(page, "mission & 2nd", "cra")
    page.keyboard.press("Enter")
    expect(page.locator(".incident h2.strong")).to_contain_text("2 ·")
    expect(page.get_by_role("listbox", name="Recommended")).to_be_focused()
    watched.answered()  # the ways of its units too: once it is joined, it has none
    page.keyboard.press("j")
    same = page.get_by_role("listbox", name="Same incident?")
    expect(same.get_by_role("option")).to_have_count(1)
    picture(page, "alike-pane")
    page.keyboard.press("Enter")
    expect(page.locator("footer p").last).to_contain_text("2 joined into 1")
    assert rows(town)[first].calls == 2
    page.keyboard.press("/")
    page.keyboard.type("separate 2")
    expect(page.locator(".will")).to_contain_text("Separate 2 from 1")
    page.keyboard.press("Enter")
    expect(page.locator("footer p").last).to_contain_text("stands by itself")
    page.keyboard.press("/")
    page.keyboard.type("关联 2 1")
    expect(page.locator(".will")).to_contain_text("Link 2 and 1; both stay")
    page.keyboard.press("Enter")
    expect(page.locator("footer p").last).to_contain_text("2 and 1 are linked")
    assert rows(town)[first].linked == (next(one for one in rows(town) if one != first),)
    watched.quiet()


def test_a_different_emergency_at_the_same_address_stays_in_sight(browser: Browser, town: Served) -> None:
    first = town.take(corner(1, 0), "crash")
    watched = seated(browser, town.url, "dispatcher")
    page = watched.page
    write_call(page, "mission & 2nd", "building fire")
    expect(page.get_by_role("region", name="Same incident?").get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("Alt+1")
    expect(page.locator("footer p").last).to_contain_text("joined into 1")
    waiting = page.get_by_role("listbox", name="Waiting")
    expect(waiting).to_contain_text("×2")
    expect(waiting).to_contain_text("tells of something else")
    pane = page.get_by_role("listbox", name="Same incident?")
    expect(pane).to_contain_text("Building fire")
    expect(pane).to_contain_text("≠")
    map_settled(page)
    picture(page, "alike-differs")
    assert obstacles(page) == []
    page.keyboard.press("/")
    page.keyboard.type("close 1 false")
    page.keyboard.press("Enter")
    expect(page.locator("footer p").last).to_contain_text("nobody has looked")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.get_by_role("button", name="Looked at; stays joined")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("footer p").last).to_contain_text("was looked at")
    expect(waiting).not_to_contain_text("tells of something else")
    assert rows(town)[first].joined[0].differs == ()
    assert all("/close" in complaint for complaint in watched.complaints), "only the refused closing is complained of"
    assert not watched.outside


def test_the_same_in_chinese_and_in_light(browser: Browser, town: Served) -> None:
    town.take(corner(1, 0), "crash")
    page = seated(browser, town.url, "dispatcher", theme="light", tongue="zh").page
    write_call(page, "mission & 2nd", "建筑")
    area = page.get_by_role("region", name="是否同一警情")
    expect(area.get_by_role("listitem")).to_have_count(1)
    map_settled(page)
    picture(page, "alike-intake-zh-light")
    page.keyboard.press("Alt+j")
    expect(page.get_by_role("listbox", name="待派")).to_contain_text("有报警所述情况不同")
    expect(page.locator("footer p").last).to_contain_text("已并入 1")
    page.keyboard.press("j")
    expect(page.get_by_role("listbox", name="是否同一警情")).to_contain_text("火灾")
    expect(page.get_by_role("button", name="已查看，保持并案")).to_be_visible()
    picture(page, "alike-pane-zh-light")
    assert obstacles(page) == []


def test_an_incident_with_units_on_it_stays_and_the_other_is_joined_into_it(browser: Browser, town: Served) -> None:
    town.take(corner(1, 0), "crash")
    second = town.take(corner(1, 0), "crash")
    page = (watched := seated(browser, town.url, "dispatcher")).page
    page.keyboard.press("/")
    page.keyboard.type("e7 2")
    page.keyboard.press("Enter")
    expect(page.locator("footer p").last).to_contain_text("E7 sent to 2")
    page.keyboard.press("/")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(page.locator(".incident h2.strong")).to_contain_text("2 ·")
    page.keyboard.press("j")
    expect(page.get_by_role("button", name="Join 1 in here")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("footer p").last).to_contain_text("1 joined into 2")
    assert rows(town)[second].calls == 2
    assert rows(town)[second].units == ("E7",)
    watched.quiet()
