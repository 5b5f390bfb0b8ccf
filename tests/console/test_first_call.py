"""One whole call by keyboard alone, on a real house: sign in, place, kind, take, send, close; and what the desk is told."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.desk import Served, map_settled, picture, seated, sign_in, watch
from tests.floor import corner

MOST_KEYS = 10


class Hands:
    """The keyboard, counting what is pressed."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.pressed = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self._page.keyboard.press(key)
            self.pressed += 1


def units_on(floor: Served, incident: str) -> tuple[str, ...]:
    """Which units the house itself says are on an incident."""
    return next((row.units for row in floor.house.frame().rows if getattr(row, "units", None) is not None and row.id == incident), ())


def test_the_first_call_by_keyboard_alone(browser: Browser, town: Served) -> None:
    waiting = town.take(corner(5, 5), "medical")
    watched = watch(browser, town.url)
    page, hands = watched.page, Hands(watched.page)
    sign_in(page, "dispatcher")
    expect(page.get_by_role("listbox", name="Waiting").get_by_role("option")).to_have_count(1)

    hands.press("n")
    page.keyboard.type("mission & 2nd", delay=5)
    expect(page.locator(".intake [role=option]").first).to_contain_text("2nd Street")
    hands.pressed = 0
    hands.press("Enter", "c", "a", "r", "Enter")
    offered = page.get_by_role("listbox", name="Recommended")
    expect(offered.locator("[aria-selected=true]").first).to_be_visible()
    hands.press("Enter")
    expect(page.locator(".on li").first).to_be_visible()
    assert hands.pressed < MOST_KEYS
    expect(page.get_by_role("listbox", name="Active").get_by_role("option")).to_have_count(1)

    taken = page.locator(".incident h2.strong").inner_text().split(" ")[0]
    incident = next(row.id for row in town.house.frame().rows if row.id.endswith(f"-{int(taken):04d}"))
    assert incident != waiting
    assert units_on(town, incident)
    map_settled(page)
    picture(page, "first-call")

    for unit in units_on(town, incident):
        page.keyboard.press("/")
        page.keyboard.type(f"stand down {unit}")
        expect(page.locator(".will")).to_contain_text(f"Stand {unit} down")
        page.keyboard.press("Enter")
        expect(page.locator("footer p").last).to_contain_text(f"{unit} stood down")
    page.keyboard.press("x")
    page.keyboard.type("false")
    expect(page.locator(".will")).to_contain_text("false alarm")
    page.keyboard.press("Enter")
    expect(page.locator("footer p").last).to_contain_text(f"{taken} closed")
    expect(page.get_by_role("listbox", name="Waiting").get_by_role("option")).to_have_count(1)
    assert incident not in {row.id for row in town.house.frame().rows}
    watched.quiet()


def test_the_command_bar_says_before_and_answers_after(browser: Browser, town: Served) -> None:
    number = town.take(corner(1, 1), "fire")
    page = (watched := seated(browser, town.url, "dispatcher")).page
    short = str(int(number.split("-")[1]))
    for line, meaning, answer in (
        (f"e7 {short}", f"Send E7 to {short}", f"E7 sent to {short}"),
        (f"why P3 {short}", "Why P3", "P3: "),
        ("E7 en route", "Set E7 to: En route", "E7 is now"),
        ("close castle street", "Close the road", "Road closed: Castle Street"),
        ("swap E7 E9", "Send E9", "E9 goes instead of E7"),
        (f"{short} p2", f"Make {short} priority 2", "priority 2"),
        (f"note {short} gate is open", "Note this", "Noted"),
        ("P3 99", "No open incident", ""),
    ):
        page.keyboard.press("Control+k")
        page.keyboard.type(line)
        expect(page.locator(".will")).to_contain_text(meaning)
        page.keyboard.press("Enter")
        if answer:
            expect(page.locator("footer p").last).to_contain_text(answer)
    assert units_on(town, number) == ("E9",)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("combobox", name="Command")).to_have_value(f"note {short} gate is open")
    watched.quiet()


@pytest.mark.parametrize("key", ["Enter", "Tab"])
def test_a_hand_that_is_quicker_than_the_search_gets_the_place_that_it_typed(browser: Browser, town: Served, key: str) -> None:
    page = seated(browser, town.url, "dispatcher").page
    page.keyboard.press("n")
    page.keyboard.insert_text("mission & 1st")
    expect(page.locator(".intake [role=option]").first).to_contain_text("1st Street")
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    page.keyboard.insert_text("2nd")
    page.keyboard.press(key)
    expect(page.get_by_role("combobox", name="Kind")).to_be_focused()
    expect(page.get_by_role("combobox", name="Place")).to_have_value(re.compile("Mission Street.*2nd Street"))


def test_rows_wait_at_the_edge_while_a_hand_is_on_the_list(browser: Browser, town: Served) -> None:
    first = town.take(corner(0, 0), "medical", priority=2)
    page = seated(browser, town.url, "dispatcher").page
    rows = page.get_by_role("listbox", name="Waiting").get_by_role("option")
    expect(rows).to_have_count(1)
    page.keyboard.press("w")
    page.keyboard.press("ArrowDown")
    before = rows.first.bounding_box()
    town.take(corner(3, 3), "cardiac", priority=1)
    expect(page.get_by_role("button", name="1 new")).to_be_visible()
    assert rows.count() == 1
    assert rows.first.bounding_box() == before
    page.keyboard.press(".")
    expect(rows).to_have_count(2)
    expect(page.locator(":focus")).to_have_attribute("role", "listbox")
    expect(page.get_by_role("listbox", name="Waiting").locator("[aria-selected=true]")).to_contain_text(str(int(first.split("-")[1])))


def test_language_and_theme_change_in_place_and_lose_nothing(browser: Browser, town: Served) -> None:
    page = seated(browser, town.url, "dispatcher").page
    page.keyboard.press("n")
    page.keyboard.type("人民路")
    page.get_by_role("button", name="Language").click()
    expect(page.get_by_role("combobox", name="地点")).to_have_value("人民路")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.get_by_role("button", name="深色或浅色").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.get_by_role("combobox", name="地点")).to_have_value("人民路")


def test_without_the_server_the_desk_is_told_and_nothing_can_be_sent(browser: Browser, town: Served) -> None:
    town.take(corner(1, 1), "medical")
    page = seated(browser, town.url, "dispatcher").page
    page.keyboard.press("w")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    send = page.locator(".offer footer button")
    expect(send).to_be_enabled()
    page.context.set_offline(True)
    expect(page.get_by_role("status").filter(has_text="reconnecting")).to_be_visible()
    expect(send).to_be_disabled()
    expect(page.locator(".offer footer")).to_contain_text("Not connected")
    page.context.set_offline(False)
    expect(page.get_by_role("status").filter(has_text="live")).to_be_visible(timeout=15_000)
    expect(send).to_be_enabled()


def test_a_role_sees_what_its_doors_allow_and_is_told_how_to_ask(browser: Browser, town: Served) -> None:
    town.take(corner(1, 1), "medical")
    page = seated(browser, town.url, "call_taker").page
    page.keyboard.press("w")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".offer")).to_contain_text("ask the supervisor")
    page.keyboard.press("/")
    page.keyboard.type("E7 1")
    expect(page.locator(".will")).to_contain_text("ask the supervisor")


def test_a_session_that_ends_takes_nothing_away(browser: Browser, town: Served) -> None:
    town.take(corner(1, 1), "medical")
    page = seated(browser, town.url, "dispatcher").page
    expect(page.get_by_role("listbox", name="Waiting").get_by_role("option")).to_have_count(1)
    page.keyboard.press("n")
    page.keyboard.type("harbour road")
    page.keyboard.press("Escape")
    page.context.clear_cookies()
    page.keyboard.press("w")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The session has ended")).to_be_visible()
    sign_in(page, "dispatcher")
    expect(page.locator(".offer [aria-selected=true]").first).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_role("combobox", name="Place")).to_have_value("harbour road")


def test_a_call_in_one_line_is_sent_with_the_next_enter(browser: Browser, town: Served) -> None:
    watched = seated(browser, town.url, "dispatcher")
    page = watched.page
    page.keyboard.press("/")
    page.keyboard.type("call mission & 2nd crash p1", delay=5)
    expect(page.locator(".will")).to_contain_text("traffic collision", ignore_case=True)
    page.keyboard.press("Enter")
    expect(page.get_by_role("listbox", name="Recommended").locator("[aria-selected=true]").first).to_be_visible()
    expect(page.get_by_role("listbox", name="Recommended")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".on li").first).to_be_visible()
    incident = next(row.id for row in town.house.frame().rows if row.id.endswith("-0001"))
    assert units_on(town, incident)
    watched.quiet()
