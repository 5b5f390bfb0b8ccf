"""The person's own view in a real browser: guessing is slow, and what was withheld is told of afterwards; a whole reading is in the story."""

from playwright.sync_api import Browser, expect

from tests.console.desk import Served, obstacles, picture, watch
from tests.floor import asker, corner
from tocsin.house.trail import Trails
from tocsin.rooms.access.commands import AskDelay, EndDelay, GrantDelay
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import ReadStory

DESK = asker("desk 1", "dispatcher", "call_taker")
CHIEF, SECOND = asker("chief 1", "supervisor"), asker("chief 2", "supervisor")


def called(town: Served) -> str:
    receipt = town.house.do(TakeCall(place=corner(1, 1), kind="fire", caller="Aino Example", number="+358 50 555 0101", notes="smoke"), DESK)
    return receipt.subject.removeprefix("call:")


def test_three_wrong_codes_slow_down_and_what_was_withheld_is_told_of_afterwards(browser: Browser, town: Served) -> None:
    call = called(town)
    town.house.see(ReadStory(incident=call), CHIEF)
    trails = Trails(town.house)
    code = trails.give(call, DESK).code
    position = trails.read(call, code).lines[0].position
    delay = town.house.do(AskDelay(call=call, positions=(position,), days=3, reason="police investigation 2026/77"), CHIEF).subject.removeprefix("delay:")
    town.house.do(GrantDelay(delay=delay), SECOND)
    person = watch(browser, town.url, width=1280, height=800)
    page = person.page
    page.goto(f"{town.url}/trail")
    page.get_by_label("Number of the call").fill(call)
    page.get_by_label("Code", exact=True).fill(code)
    page.keyboard.press("Enter")
    expect(page.locator(".note")).to_contain_text("may be withheld until")
    expect(page.get_by_text("Nobody was shown anything")).to_be_visible()
    expect(page.locator("main ol li").filter(has_text="supervisor")).to_have_count(0)
    picture(page, "trail-withheld-dark-en")
    assert not obstacles(page)
    town.house.do(EndDelay(delay=delay), CHIEF)
    page.get_by_role("button", name="Close").click()
    page.get_by_label("Code", exact=True).fill(code)
    page.keyboard.press("Enter")
    expect(page.locator("main ol li").filter(has_text="Withheld from you")).to_contain_text("police investigation 2026/77")
    picture(page, "trail-told-dark-en")
    assert not obstacles(page)
    page.get_by_role("button", name="Close").click()
    for _ in range(4):
        page.get_by_label("Code", exact=True).fill("0000-0000-0000")
        page.get_by_role("button", name="Show").click()
        expect(page.get_by_role("alert")).to_contain_text("do not go together")
        expect(page.get_by_role("button", name="Show")).to_be_enabled()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("alert")).to_contain_text("Wait a minute")
    picture(page, "trail-slow-dark-en")
