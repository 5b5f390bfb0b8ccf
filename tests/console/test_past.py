"""Looking back in the console: a closed incident stands open again, nothing can be done, two seconds beside each other, and back to live."""

from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page, expect

from tests.console.desk import DESK, SHIFT, Served, map_settled, obstacles, picture, seated
from tests.floor import corner, small_city
from tocsin.kernel import from_instant
from tocsin.rooms.dispatch.commands import AssignUnit, CloseIncident, StandDown

S = 1_000_000


def played(town: Served) -> tuple[str, int, int]:
    """An incident opened, worked and closed; its number, and seconds when it was open without and with a unit."""
    incident = town.take(corner(2, 2), "fire", priority=1)
    town.clock.shift_s += 2
    opened = town.clock.now()
    town.clock.shift_s += 2
    town.house.do(AssignUnit(incident=incident, unit="E7", shift=SHIFT), DESK)
    town.clock.shift_s += 2
    sent = town.clock.now()
    town.clock.shift_s += 2
    town.house.do(StandDown(incident=incident, unit="E7", shift=SHIFT), DESK)
    town.house.do(CloseIncident(incident=incident, disposition="treated"), DESK)
    return incident, opened, sent


def typed(page: Page, at: int, within: str = ".slider") -> None:
    """Go to a second by typing it, as it is written in the city's own zone."""
    field = page.locator(f"{within} form input")
    field.fill(f"{from_instant(at).astimezone(ZoneInfo(small_city().manifest.timezone)):%H:%M:%S}")
    field.press("Enter")
    expect(page.locator(f"{within} .at.behind")).to_have_count(0)


def test_back_in_time_and_live_again(browser: Browser, town: Served) -> None:
    town.clock.shift_s += 3
    incident, opened, sent = played(town)
    waits = town.take(corner(4, 4), "medical", priority=2)
    watched = seated(browser, town.url, "dispatcher", width=1600, height=900)
    page = watched.page
    waiting = page.get_by_role("listbox", name="Waiting").get_by_role("option")
    active = page.get_by_role("listbox", name="Active").get_by_role("option")
    expect(waiting).to_have_count(1)
    before = town.house.ledger.head()

    page.keyboard.press("h")
    expect(page.locator(".past-band")).to_contain_text("PAST")
    expect(page.locator(".past-band")).to_contain_text("过去画面")
    typed(page, sent)
    expect(active).to_have_count(1)
    expect(active).to_contain_text(str(int(incident.split("-")[1])))
    expect(active).to_contain_text("E7")
    expect(waiting).to_have_count(0)
    typed(page, opened)
    expect(waiting).to_have_count(1)
    expect(waiting).to_contain_text(str(int(incident.split("-")[1])))
    page.locator(".slider input[type=range]").focus()
    page.keyboard.press("Shift+ArrowLeft")
    expect(waiting).to_have_count(0)
    typed(page, opened)
    expect(waiting).to_have_count(1)
    page.keyboard.press("w")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".story")).to_contain_text("Incident opened")
    expect(page.locator(".story")).not_to_contain_text("assigned")
    expect(page.locator(".incident .story .head button")).to_have_count(3)
    acting = page.locator(".incident .story .head button, .incident .add button, .incident .add input, .offer footer button")
    for one in acting.all():
        expect(one).to_be_disabled()
    expect(page.locator(".offer footer")).to_contain_text("The past is shown")
    page.keyboard.press("/")
    page.keyboard.type(f"E7 → {int(incident.split('-')[1])}")
    expect(page.locator(".will")).to_contain_text("The past is shown")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.get_by_role("combobox", name="Place")).to_have_count(0)
    kept = [entry.kind for _, entry in town.house.ledger.read(before)]
    assert set(kept) <= {"access.record-shown"}, "looking back keeps nothing but what was shown"
    map_settled(page)
    assert not obstacles(page)
    picture(page, "past-dark-en")

    page.keyboard.press("Escape")
    expect(page.locator(".past-band")).to_have_count(0)
    expect(waiting).to_have_count(1)
    expect(waiting).to_contain_text(str(int(waits.split("-")[1])))
    page.keyboard.press("w")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".offer footer button")).to_be_enabled()
    page.locator(".story ol .then").first.click()
    expect(page.locator(".past-band")).to_be_visible()
    page.keyboard.press("h")
    expect(page.locator(".past-band")).to_have_count(0)
    watched.quiet()


def test_two_seconds_side_by_side(browser: Browser, town: Served) -> None:
    incident, opened, sent = played(town)
    watched = seated(browser, town.url, "dispatcher", width=1600, height=900, theme="light", tongue="zh")
    page = watched.page
    page.keyboard.press("h")
    typed(page, opened)
    page.get_by_role("button", name="两个时刻并排对比").click()
    b = page.get_by_role("region", name="回看 B")
    b.wait_for()
    typed(page, sent, ".two > .pane:last-child .slider")
    found = page.get_by_role("list", name="两者差异").get_by_role("listitem")
    expect(found.filter(has_text="E7")).to_have_count(2)
    number = str(int(incident.split("-")[1]))
    expect(found.filter(has_text=number).first).to_contain_text("— → E7")
    typed(page, opened, ".two > .pane:last-child .slider")
    expect(page.get_by_text("除位置外")).to_be_visible()
    typed(page, sent, ".two > .pane:last-child .slider")
    assert not obstacles(page)
    picture(page, "past-two-light-zh")
    page.locator(".who button").nth(1).click()
    page.locator(".who button").nth(0).click()
    picture(page, "past-two-dark-en")
    page.keyboard.press("Escape")
    expect(page.locator(".two")).to_have_count(0)
    page.locator(".who button").nth(1).click()
    assert not obstacles(page)
    picture(page, "past-light-en")
    page.keyboard.press("Escape")
    expect(page.locator(".past-band")).to_have_count(0)
    watched.quiet()


def test_playing_goes_on_by_itself_and_stops_at_now(browser: Browser, town: Served) -> None:
    town.clock.shift_s += 4
    _, opened, _ = played(town)
    watched = seated(browser, town.url, "dispatcher")
    page = watched.page
    page.keyboard.press("h")
    typed(page, opened - 3 * S)
    expect(page.get_by_role("listbox", name="Waiting").get_by_role("option")).to_have_count(0)
    page.get_by_role("button", name="×1", exact=True).click()
    expect(page.get_by_role("listbox", name="Waiting").get_by_role("option")).to_have_count(1)
    page.get_by_role("button", name="×60").click()
    expect(page.locator(".slider [aria-pressed=true]")).to_have_count(0)
    expect(page.get_by_role("listbox", name="Waiting").get_by_role("option")).to_have_count(0)
    watched.quiet()
