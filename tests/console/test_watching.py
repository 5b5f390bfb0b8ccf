"""A legal hold on the screen takes two people, and so does lifting it; the curious clerk is in the story."""

from playwright.sync_api import Browser, Page, expect

from tests.console.desk import Served, obstacles, picture, sign_in, watch
from tests.floor import corner


def opened(page: Page, tab: str, steps: int) -> None:
    """A tab of the sheet, by keys alone."""
    page.keyboard.press("v")
    for _ in range(steps):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name=tab)).to_be_focused()


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
