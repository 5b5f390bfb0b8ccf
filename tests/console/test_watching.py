"""Own use on the screen: a curious clerk is found, seen and decided by a supervisor and answers; a sample is reviewed; a hold takes two."""

from playwright.sync_api import Browser, Page, expect

from tests.console.desk import Served, obstacles, picture, seated, sign_in, watch
from tests.floor import asker, corner
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import ReadStory

CLERK, TAKER = asker("dispatcher", "dispatcher"), asker("taker 1", "call_taker")


def opened(page: Page, tab: str, steps: int) -> None:
    """A tab of the sheet, by keys alone."""
    page.keyboard.press("v")
    for _ in range(steps):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name=tab)).to_be_focused()


def looked_at(town: Served) -> None:
    """A clerk at no post is shown three incidents of others; an hour and a day go by."""
    for n in range(3):
        call = town.house.do(TakeCall(place=corner(n, 1), kind="fire", caller="Aino Example", notes="smoke"), TAKER).subject.removeprefix("call:")
        town.house.see(ReadStory(incident=call), CLERK)
    ahead, now = 25 * 3600 * 1_000_000, town.clock.now
    town.clock.now = lambda: now() + ahead  # type: ignore[method-assign]  # the house's clock goes on by a day
    for _ in range(3):
        town.house.tick()


def other_look(page: Page, name: str) -> None:
    """The same in the other language and theme, looked at by axe in both."""
    assert not obstacles(page)
    picture(page, f"{name}-dark-en")
    page.locator(".who button").nth(1).click()
    page.locator(".who button").nth(0).click()
    assert not obstacles(page)
    picture(page, f"{name}-light-zh")
    page.locator(".who button").nth(1).click()
    page.locator(".who button").nth(0).click()


def test_a_curious_clerk_is_found_seen_and_decided_by_a_supervisor_and_answers(browser: Browser, town: Served) -> None:
    looked_at(town)
    assert [row.pattern for row in town.house.rows("finding").values()] == ["off_post"]  # type: ignore[attr-defined]  # rows of findings
    first = seated(browser, town.url, "supervisor", width=1440, height=900)
    chief = first.page
    opened(chief, "Findings", 2)
    found = chief.get_by_role("list", name="Findings")
    expect(found.locator(".line")).to_contain_text("Shown at no post, without a task")
    expect(found).not_to_contain_text("dispatcher")
    found.get_by_role("button", name="Look").press("Enter")
    expect(found.locator(".more dd").first).to_have_text("dispatcher")
    other_look(chief, "findings-evidence")
    found.get_by_label("What you found").fill("asked to help with the map")
    found.get_by_role("button", name="It was a mistake").click()
    expect(found.locator(".line")).to_contain_text("a mistake · supervisor")

    samples = chief.get_by_role("list", name="Samples to review")
    line = samples.locator("li", has_text="2026").first if samples.locator("li").count() > 1 else samples.locator("li").first
    line.get_by_role("button", name="Look").click()
    expect(line.locator(".more td", has_text="call:").first).to_be_visible()
    picture(chief, "findings-sample-dark-en")
    line.get_by_role("button", name="It is ordinary").click()
    expect(samples.locator("li").first).to_contain_text("ordinary · supervisor")

    second = watch(browser, town.url, theme="light")
    sign_in(second.page, "dispatcher")
    second.page.keyboard.press("v")
    second.page.get_by_role("tab", name="Findings").click()
    own = second.page.get_by_role("list", name="About your own use")
    expect(own).to_contain_text("a mistake · supervisor")
    expect(second.page.get_by_role("list", name="Findings")).to_have_count(0)
    own.get_by_label("What the one concerned says").fill("the planner had asked me")
    own.get_by_label("What the one concerned says").press("Enter")
    expect(own).to_contain_text("You answered")
    assert not obstacles(second.page)
    picture(second.page, "findings-own-light-en")
    second.page.set_viewport_size({"width": 420, "height": 800})
    picture(second.page, "findings-narrow-light-en")
    first.quiet()
    second.quiet()


def test_a_hold_takes_two_people_and_so_does_lifting_it(browser: Browser, town: Served) -> None:
    call = town.take(corner(1, 1), "fire")
    first, second = watch(browser, town.url, width=1440, height=900), watch(browser, town.url, width=1440, height=900)
    one, two = first.page, second.page
    sign_in(one, "supervisor")
    opened(one, "Holds", 3)
    expect(one.locator(".access")).to_contain_text("There is no hold.")
    one.get_by_label("On what").fill(f"incident:{call}")
    one.get_by_label("Why", exact=True).fill("district court, 2026/114")
    one.get_by_label("Why", exact=True).press("Enter")
    held = one.get_by_role("list", name="Holds")
    expect(held).to_contain_text("waits for a second person")
    held.get_by_role("button", name="Look").click()
    expect(held).to_contain_text("Somebody else decides it.")
    expect(held.get_by_role("button", name="Grant it")).to_have_count(0)

    sign_in(two, "auditor")
    opened(two, "Holds", 3)
    granted = two.get_by_role("list", name="Holds")
    granted.get_by_role("button", name="Look").press("Enter")
    expect(granted).to_contain_text("district court, 2026/114")
    other_look(two, "holds-asked")
    granted.get_by_role("button", name="Grant it").click()
    expect(granted.locator(".state")).to_have_text("stands")
    expect(held.locator(".state")).to_have_text("stands")

    held.get_by_label("Why lift it").fill("the court has decided")
    held.get_by_role("button", name="Ask to lift it").click()
    expect(granted.locator(".state")).to_contain_text("lifting waits")
    granted.get_by_role("button", name="Look").click()
    granted.get_by_role("button", name="Lift it").click()
    expect(held.locator(".state")).to_have_text("lifted")
    picture(one, "holds-lifted-dark-en")
    first.quiet()
    second.quiet()
