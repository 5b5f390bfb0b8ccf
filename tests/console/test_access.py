"""Access on the screen, by keyboard, in both languages: glass broken in need, seen while it lasts, and reviewed by somebody else."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.console.conftest import leave
from tests.console.desk import Served, seated, served, still
from tests.console.test_timers_and_messages import looks_right
from tests.floor import corner
from tocsin.rooms.access.views import GlassRow

REASON = "the caller is a patient of ours and unconscious"


@pytest.fixture
def floor(tmp_path: Path, browser: Browser) -> Iterator[Served]:
    """The drawn town with one unit, for a broken glass."""
    with served(tmp_path, demo=True) as made:
        made.on_duty("E7", "engine", corner(1, 1))
        yield made
        leave(browser)


def glass(floor: Served) -> GlassRow:
    rows = list(floor.house.rows("glass").values())
    assert len(rows) == 1 and isinstance(rows[0], GlassRow)
    return rows[0]


def test_a_night_of_broken_glass(browser: Browser, floor: Served) -> None:
    incident = floor.take(corner(3, 3), "medical", 1)
    planner = seated(browser, floor.url, "planner").page
    planner.get_by_role("listbox", name="Waiting").get_by_role("option").first.click()
    expect(planner.locator("section.incident")).to_contain_text("role")
    planner.locator("body").press("v")
    sheet = planner.locator(".access")
    expect(sheet.get_by_role("tab", name="Broken glass")).to_have_attribute("aria-selected", "true")
    expect(sheet).to_contain_text("No glass was broken.")
    sheet.get_by_label("Why").fill(REASON)
    sheet.get_by_label("Why").press("Enter")
    expect(planner.locator(".glass-band")).to_contain_text("YOUR GLASS IS BROKEN")
    sheet.get_by_role("button", name="Away").or_(sheet.locator("header > button")).first.click()
    expect(planner.locator("section.incident .story ol li").first).to_be_visible()
    expect(planner.locator(".glass-band")).not_to_contain_text("0 showings")
    assert glass(floor).about == incident and glass(floor).shown > 0

    chief = seated(browser, floor.url, "supervisor").page
    chief.locator("body").press("v")
    line = chief.locator(".access li").first
    expect(line).to_contain_text("planner")
    expect(line).to_contain_text("left")
    looks_right(chief, "access-glass")
    line.get_by_role("button", name="End it").click()
    expect(planner.locator(".glass-band")).to_have_count(0)
    line.get_by_role("button", name="Look").click()
    expect(line).to_contain_text(REASON)
    expect(line).to_contain_text(f"call:{incident}")
    line.get_by_label("What you found").fill("a patient's number, used once")
    line.get_by_role("button", name="It was right").click()
    expect(line).to_contain_text("justified, says supervisor")
    assert glass(floor).verdict == "justified"


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
