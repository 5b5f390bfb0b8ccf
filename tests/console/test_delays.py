"""Delayed disclosure on the screen: asked by keys, granted or refused by a second person, renewed, ended; every no in words."""

from playwright.sync_api import Browser, Page, expect

from tests.console.desk import Served, obstacles, picture, sign_in, watch
from tests.console.test_watching import other_look
from tests.floor import asker, corner
from tocsin.house.trail import Trails
from tocsin.rooms.access.commands import EndDelay
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AddNote, ReadStory

DESK, CHIEF = asker("desk 1", "dispatcher", "call_taker"), asker("chief 9", "supervisor")
REASON = "police investigation 2026/77"


def called(town: Served) -> str:
    """A call with a note, whose record a supervisor was shown."""
    call = town.house.do(TakeCall(place=corner(1, 1), kind="fire", caller="Aino Example", number="+358 50 555 0101", notes="smoke"), DESK).subject.removeprefix("call:")
    town.house.do(AddNote(incident=call, note="the caller waits at the gate"), DESK)
    town.house.see(ReadStory(incident=call), CHIEF)
    return call


def opened(page: Page) -> None:
    """The tab of withholding, by keys alone."""
    page.locator("body").press("v")
    for _ in range(9):
        if page.get_by_role("tab", name="Delayed disclosure").get_attribute("aria-selected") == "true":
            break
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(50)
    expect(page.get_by_role("tab", name="Delayed disclosure")).to_be_focused()


def seen(town: Served, call: str) -> list[str]:
    """As what the person sees that their record was shown."""
    trails = Trails(town.house)
    return [" ".join(line.roles) for line in trails.read(call, trails.give(call, DESK).code).lines if line.how == "shown"]


def test_two_people_withhold_a_showing_renew_it_and_end_it(browser: Browser, town: Served) -> None:
    call = called(town)
    first, second = watch(browser, town.url, width=1440, height=900), watch(browser, town.url, width=1440, height=900)
    chief, auditor = first.page, second.page
    sign_in(chief, "supervisor")
    sign_in(auditor, "auditor")
    opened(chief)
    expect(chief.locator(".access")).to_contain_text("Nothing is kept back, and nobody has asked.")
    chief.get_by_label("Number of the call").fill("261129-0999")
    chief.get_by_label("Number of the call").press("Enter")
    expect(chief.get_by_role("alert").filter(has_text="There is no call 261129-0999")).to_be_visible()
    chief.get_by_label("Number of the call").fill(call)
    chief.get_by_label("Number of the call").press("Enter")
    boxes = chief.locator(".pick input[type=checkbox]")
    expect(boxes).to_have_count(2)
    boxes.nth(0).press("Space")
    boxes.nth(1).press("Space")
    chief.get_by_label("Reason, as the person will read it").fill(REASON)
    other_look(chief, "delays-ask")
    chief.get_by_label("Reason, as the person will read it").press("Enter")
    asked = chief.get_by_role("list", name="Delayed disclosure")
    expect(asked.locator(".state")).to_have_text("! waits for a second person")
    expect(boxes.nth(0)).to_be_disabled()
    asked.get_by_role("button", name="Look").click()
    expect(asked).to_contain_text("another supervisor or the auditor decides")
    expect(asked.get_by_role("button", name="Grant it")).to_have_count(0)
    assert seen(town, call) == ["supervisor", "supervisor"], "nothing is withheld before a second person granted it"

    expect(auditor.locator("footer button", has_text="Access").locator(".num")).to_have_text("1")
    opened(auditor)
    waiting = auditor.get_by_role("list", name="Delayed disclosure")
    expect(waiting).not_to_contain_text(call)
    waiting.get_by_role("button", name="Look").press("Enter")
    expect(waiting).to_contain_text(REASON)
    expect(waiting).to_contain_text(call)
    other_look(auditor, "delays-decide")
    waiting.get_by_role("button", name="Grant it").press("Enter")
    expect(waiting.locator(".state")).to_contain_text("kept back until 20")
    assert seen(town, call) == []
    expect(chief.locator("footer button", has_text="Access").locator(".num")).to_have_count(0)

    waiting.get_by_role("button", name="Look").click()
    waiting.get_by_label("Reason, as the person will read it").fill("the investigation goes on")
    waiting.get_by_role("button", name="Ask to renew").click()
    expect(waiting.locator(".line").first).to_contain_text("renewal no. 1")
    line = asked.locator("li", has_text="renewal no. 1")
    line.get_by_role("button", name="Look").click()
    line.get_by_label("Why not").fill("no new order was shown")
    line.get_by_role("button", name="Refuse it").click()
    expect(waiting.locator(".state", has_text="refused by supervisor")).to_be_visible()

    standing = asked.locator("li", has_text="kept back until")
    standing.get_by_role("button", name="Look").click()
    standing.get_by_role("button", name="End it now").click()
    expect(waiting.locator(".state", has_text="ended by supervisor")).to_be_visible()
    picture(auditor, "delays-over-dark-en")
    assert not obstacles(auditor)
    assert seen(town, call) == ["supervisor", "supervisor"]
    second.quiet()
    assert [one for one in first.complaints if "404" not in one] == [], "the number that is none was asked for on purpose"


def test_what_somebody_else_did_meanwhile_is_said_with_what_to_do(browser: Browser, town: Served) -> None:
    call = called(town)
    page = watch(browser, town.url, width=420, height=800).page
    sign_in(page, "supervisor")
    page.locator("nav.phone button").nth(1).click()
    opened(page)
    page.get_by_label("Number of the call").fill(call)
    page.get_by_label("Number of the call").press("Enter")
    page.locator(".pick input[type=checkbox]").first.check()
    page.get_by_label("Reason, as the person will read it").fill(REASON)
    picture(page, "delays-narrow-dark-en")
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    page.get_by_label("Reason, as the person will read it").press("Enter")
    line = page.get_by_role("list", name="Delayed disclosure").locator("li").first
    line.get_by_role("button", name="Look").click()
    back = line.get_by_role("button", name="Take it back")
    expect(back).to_be_visible()
    delay = next(iter(town.house.rows("delay")))
    page.context.set_offline(True)  # the page does not hear of it
    town.house.do(EndDelay(delay=delay), CHIEF)
    expect(back).to_be_disabled()
    page.context.set_offline(False)
    expect(line.locator(".state")).to_have_text("taken back by chief 9")
