"""Access on the screen, by keyboard, in both languages: what is withheld, why, and what one may see."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.console.conftest import leave
from tests.console.desk import Served, seated, served, still
from tests.console.test_timers_and_messages import looks_right
from tests.floor import corner


@pytest.fixture
def floor(tmp_path: Path, browser: Browser) -> Iterator[Served]:
    """The drawn town with one unit."""
    with served(tmp_path, demo=True) as made:
        made.on_duty("E7", "engine", corner(1, 1))
        yield made
        leave(browser)


def test_an_auditor_sees_what_is_withheld_why_and_what_they_may_see(browser: Browser, floor: Served) -> None:
    floor.take(corner(3, 3), "medical", 1)
    page = seated(browser, floor.url, "auditor").page
    page.get_by_role("listbox", name="Waiting").get_by_role("option").first.click()
    expect(page.locator("section.incident .caller")).to_contain_text("▮▮▮")
    expect(page.locator("section.incident .caller")).to_contain_text("Withheld")
    page.locator("body").press("v")
    for _ in range(9):
        if page.get_by_role("tab", name="What I may see").get_attribute("aria-selected") == "true":
            break
        page.locator(".access [role=tab][aria-selected=true]").press("ArrowRight")
        still(page)
    expect(page.locator(".access table")).to_contain_text("Overseeing how records are used")
    expect(page.locator(".access table")).to_contain_text("not who rang")
    looks_right(page, "access-rights")
