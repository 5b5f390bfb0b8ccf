"""Where to wait, at the desk: the expected share with its move, taken with one key, declined with a reason, and said when nothing pays."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.console.conftest import leave
from tests.console.desk import SHIFT, Served, map_settled, obstacles, picture, seated, served
from tests.floor import asker, corner
from tocsin.facts.coverage import MoveDeclined, StandbyOrdered
from tocsin.house.envelope import disclose
from tocsin.kernel import Words
from tocsin.rooms.coverage.model import Post, StandbyTable
from tocsin.rooms.fleet.commands import ReportState
from tocsin.rooms.fleet.views import UnitRow

CREW = asker("crew 1", "responder")
EAST = Post(name="East post", lon=corner(5, 2).lon, lat=corner(5, 2).lat)
TABLE = StandbyTable(policy="marginal", within_s={"fire": 150}, posts=(EAST,), least_gain=0.01, busy=0.4, busy_h=10_000,
                     reasons={"rest": Words("the crew needs its rest", "班组需要休整"), "soon": Words("another unit is free soon", "另有单位即将空闲")})


@pytest.fixture
def west(tmp_path: Path, browser: Browser) -> Iterator[Served]:
    """The drawn town with three engines in the west, so that one is worth more in the east."""
    with served(tmp_path, demo=True, standby=TABLE) as floor:
        for unit, column, row in (("E1", 0, 0), ("E2", 0, 1), ("E3", 0, 4)):
            floor.on_duty(unit, "engine", corner(column, row))
        yield floor
        leave(browser)


def moves(page: Page, name: str = "Moves that pay") -> Locator:
    """The list of moves, with the hand on it."""
    page.keyboard.press("Shift+M")
    found = page.get_by_role("listbox", name=name)
    expect(found).to_be_focused()
    return found


def unit(floor: Served, name: str) -> UnitRow:
    row = floor.house.rows("unit")[name]
    assert isinstance(row, UnitRow)
    return row


def test_a_move_is_seen_on_the_map_and_taken_with_one_key(browser: Browser, west: Served) -> None:
    page = (watched := seated(browser, west.url, "dispatcher")).page
    found = moves(page)
    first = found.get_by_role("option").first
    expect(first).to_contain_text("→ East post")
    expect(first).to_contain_text(re.compile(r"E\d to East post: \d+\.\d points more within 2:30; \d:\d\d, \d\.\d km; leaves Station E\d to E\d"))
    panel = page.get_by_role("region", name="Moves that pay")
    expect(panel).to_contain_text(re.compile(r"\d+\.\d % expected within 02:30"))
    expect(panel).to_contain_text("busy 40.0 %")
    moved = first.locator(".strong").first.inner_text()
    map_settled(page)
    picture(page, "moves-dark")
    assert obstacles(page) == []
    page.get_by_role("button", name="change the language").click()
    page.get_by_role("button", name="深色或浅色").click()
    expect(page.get_by_role("listbox", name="值得做的调动").get_by_role("option").first).to_contain_text("个百分点")
    map_settled(page)
    assert obstacles(page) == []
    picture(page, "moves-light-zh")
    page.get_by_role("button", name="切换语言").click()
    moves(page)
    page.keyboard.press("Enter")
    expect(page.locator("footer p").last).to_contain_text(f"{moved} moves to East post.")
    standing = unit(west, moved).standby
    assert standing is not None
    assert standing.name == "East post"
    kept = [one.fact for one in disclose(west.house.ledger.read_tags((f"unit:{moved}@{SHIFT}",))) if isinstance(one.fact, StandbyOrdered)]
    assert (kept[0].post, kept[0].skill, kept[0].gain > 0.01, kept[0].drive_s > 0, kept[0].left) == ("East post", "fire", True, True, f"Station {moved}")
    page.keyboard.press("u")
    expect(page.get_by_role("option").filter(has_text="standby: East post")).to_contain_text(moved)
    away = page.get_by_role("list", name="Waiting away from their stations")
    expect(away).to_contain_text("East post")
    away.get_by_role("button", name="send home").click()
    expect(page.locator("footer p").last).to_contain_text(f"{moved} goes home.")
    assert unit(west, moved).standby is None
    watched.quiet()


def test_posts_stand_on_the_map_of_cover_and_its_pages_are_opened_by_their_words(browser: Browser, west: Served) -> None:
    page = (watched := seated(browser, west.url, "supervisor")).page
    page.keyboard.press("/")
    page.keyboard.type("覆盖")
    expect(page.locator(".command .will")).to_contain_text("Show cover on the map")
    page.keyboard.press("Enter")
    expect(page.locator(".maplibregl-canvas")).to_be_focused()
    expect(page.get_by_role("region", name="Moves that pay")).to_be_visible()
    told = page.locator("footer p").last
    for _ in range(6):
        page.keyboard.press("]")
        if "Standby post: East post" in told.inner_text():
            break
    expect(told).to_contain_text("Standby post: East post")
    page.keyboard.press("l")
    expect(page.get_by_role("complementary", name="Legend")).to_contain_text("Standby post")
    map_settled(page)
    picture(page, "posts")
    assert obstacles(page) == []
    page.keyboard.press("/")
    page.keyboard.type("moves")
    page.keyboard.press("Enter")
    expect(page.get_by_role("listbox", name="Moves that pay")).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("调动成效")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="What came of moves")).to_be_visible()
    watched.quiet()


def test_a_move_is_declined_with_a_reason(browser: Browser, west: Served) -> None:
    page = (watched := seated(browser, west.url, "dispatcher")).page
    found = moves(page)
    first = found.get_by_role("option").first
    expect(first).to_contain_text("→ East post")
    moved = first.locator(".strong").first.inner_text()
    page.keyboard.press("Backspace")
    why = page.get_by_role("list", name=f"Why is {moved} not to be moved?")
    expect(why).to_contain_text("another unit is free soon")
    assert obstacles(page) == []
    page.keyboard.press("Escape")
    expect(why).to_have_count(0)
    expect(found).to_be_focused()
    page.keyboard.press("Backspace")
    expect(why).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator("footer p").last).to_contain_text(f"{moved} stays; East post is not suggested to it again")
    expect(found.get_by_role("option").filter(has_text=f"{moved} to East post")).to_have_count(0)
    kept = [one.fact for one in disclose(west.house.ledger.read_tags((f"unit:{moved}@{SHIFT}",))) if isinstance(one.fact, MoveDeclined)]
    assert [(one.post, one.reason) for one in kept] == [("East post", "rest")]
    watched.quiet()


def test_that_no_move_pays_and_that_an_answer_is_old_is_said(browser: Browser, west: Served) -> None:
    for name in ("E1", "E2", "E3"):
        west.house.do(ReportState(unit=name, shift=SHIFT, state="out_of_service"), CREW)
    page = (watched := seated(browser, west.url, "dispatcher", worker=False)).page
    page.keyboard.press("Shift+M")
    panel = page.get_by_role("region", name="Moves that pay")
    expect(panel).to_contain_text("Nobody with this skill is free.")
    expect(panel).to_contain_text("0.0 % expected within 02:30")

    def later(route: Route) -> None:
        route.fulfill(status=503, json={"status": 503, "code": "busy", "title": "later", "title_zh": "稍后"})

    page.route("**/api/cover/moves*", later)
    expect(panel).to_contain_text(re.compile(r"old: as of \d\d:\d\d:\d\d"))
    picture(page, "moves-old")
    assert obstacles(page) == []
    watched.complaints.clear()


def test_one_who_may_not_send_units_sees_the_moves_and_why_not(browser: Browser, west: Served) -> None:
    page = (watched := seated(browser, west.url, "planner")).page
    found = moves(page)
    expect(found.get_by_role("option").first).to_contain_text("→ East post")
    take = page.get_by_role("region", name="Moves that pay").get_by_role("button", name="Take it")
    expect(take).to_be_disabled()
    page.keyboard.press("Enter")
    expect(take).to_be_disabled()
    assert all(unit(west, name).standby is None for name in ("E1", "E2", "E3"))
    watched.quiet()


def test_what_came_of_moves_is_shown_to_whoever_plans(browser: Browser, west: Served) -> None:
    page = (watched := seated(browser, west.url, "supervisor")).page
    page.keyboard.press("Shift+R")
    sheet = page.get_by_role("region", name="What came of moves")
    expect(sheet).to_contain_text("No move was taken or declined in these days.")
    page.keyboard.press("Shift+R")
    expect(sheet).to_have_count(0)
    first = moves(page).get_by_role("option").first
    moved = first.locator(".strong").first.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("footer p").last).to_contain_text("moves to East post")
    page.keyboard.press("Shift+R")
    lines = sheet.get_by_role("table", name="Unit")
    expect(lines.get_by_role("row").filter(has_text=moved)).to_contain_text(re.compile(r"1\s*\d\.\d\s*1"))
    heads = sheet.locator("thead th").evaluate_all("all => all.map((one) => [one.getBoundingClientRect().x, one.getBoundingClientRect().width, one.getBoundingClientRect().height].map(Math.round))")
    assert heads[: len(heads) // 2] == heads[len(heads) // 2:], "both tables have the same columns"
    assert all(high <= 44 for _, _, high in heads), "a head has two lines at most"
    for theme in ("dark", "light"):
        picture(page, f"moved-{theme}")
        assert obstacles(page) == []
        page.get_by_role("button", name="dark or light").click()
    watched.quiet()
