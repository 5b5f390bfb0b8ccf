"""Timers and messages on the screen, by keyboard, in both languages: what is due, taken in hand; written, received, read, answered."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import leave
from tests.console.desk import DESK, SHIFT, Served, map_settled, obstacles, picture, seated, served, still
from tests.console.test_screens import _CONTRAST, _SPILLS
from tests.floor import TIMERS, asker, corner
from tocsin.rooms.dispatch.commands import AssignUnit
from tocsin.rooms.dispatch.views import TimerRow
from tocsin.rooms.fleet.commands import ReportState
from tocsin.rooms.messages.commands import AnswerMessage, MarkDelivered, SendMessage
from tocsin.rooms.messages.views import MessageRow

CREW = asker("crew", "responder")
QUICK = msgspec.structs.replace(TIMERS, rules={
    code: msgspec.structs.replace(rule, after_s={"1": 3, "2": 3, "3": 40, "4": 60}, factor=0.0) for code, rule in TIMERS.rules.items()})


@pytest.fixture
def quick(tmp_path: Path, browser: Browser) -> Iterator[Served]:
    """The drawn town with three units and rules that come due within seconds."""
    with served(tmp_path, demo=True, timers=QUICK) as floor:
        for unit, kind, column, row in (("E7", "engine", 1, 1), ("E9", "engine", 4, 4), ("M2", "medic", 4, 1)):
            floor.on_duty(unit, kind, corner(column, row))
        yield floor
        leave(browser)


def timer(floor: Served, name: str) -> TimerRow:
    found = floor.house.rows("timer")[name]
    assert isinstance(found, TimerRow)
    return found


def messages(floor: Served) -> list[MessageRow]:
    return [row for row in floor.house.rows("message").values() if isinstance(row, MessageRow)]


def looks_right(page: Page, name: str) -> None:
    """Nothing spills, everything can be read, axe finds nothing, in both themes and languages; a picture of each."""
    for turn in range(4):
        html = page.locator("html")
        theme, tongue = html.get_attribute("data-theme"), (html.get_attribute("lang") or "")[:2]
        still(page)
        assert not page.evaluate(_SPILLS), (theme, tongue)
        assert not page.evaluate(_CONTRAST), (theme, tongue)
        assert not obstacles(page), (theme, tongue)
        picture(page, f"{name}-{theme}-{tongue}")
        page.locator(".who button").nth(turn % 2).click()


def test_what_is_due_is_seen_shown_and_taken_in_hand(browser: Browser, quick: Served) -> None:
    scene, waiting = quick.take(corner(1, 1), "fire", 1), quick.take(corner(3, 3), "medical", 1)
    quick.house.do(AssignUnit(incident=scene, unit="E7", shift=SHIFT), DESK)
    quick.house.do(ReportState(unit="E7", shift=SHIFT, state="at_scene"), CREW)
    page = (watched := seated(browser, quick.url, "dispatcher")).page
    short = str(int(waiting.split("-")[1]))
    board = page.get_by_role("listbox", name="Waiting").get_by_role("option")
    expect(board.locator(".timer.raised")).to_be_visible()
    expect(board.locator(".timer")).to_contain_text("P")
    expect(board.locator(".timer")).to_contain_text(re.compile(r"\+00:\d\d"))
    expect(page.get_by_role("listbox", name="Units").locator(".timer.raised")).to_contain_text("W")
    expect(page.locator(".pulse")).to_have_count(1)

    page.keyboard.press("t")
    lines = page.get_by_role("listbox", name="Timers").get_by_role("option")
    expect(lines.filter(has_text="no unit yet")).to_have_count(1)
    expect(lines.filter(has_text="at scene without word")).to_contain_text("→ dispatchers")
    map_settled(page)
    looks_right(page, "timers")
    assert page.locator("html").get_attribute("lang") == "en"

    page.get_by_role("listbox", name="Timers").focus()
    page.keyboard.press("Home")
    while "No unit yet" not in (page.locator(".sheet [aria-selected=true]").text_content() or ""):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".incident h2.strong")).to_contain_text(short)
    page.keyboard.press("y")
    page.keyboard.type("calling the next district")
    page.keyboard.press("Enter")
    expect(page.locator("footer p").last).to_contain_text("In hand")
    assert timer(quick, f"pending:{waiting}").acknowledged_by == "dispatcher"
    expect(board.locator(".timer")).to_have_count(0)
    expect(page.locator(".story")).to_contain_text("calling the next district")
    page.keyboard.press("Escape")
    expect(page.locator(".sheet")).to_have_count(0)
    watched.quiet()


def test_a_storm_of_timers_is_a_few_lines(browser: Browser, quick: Served) -> None:
    for number in range(500):
        quick.take(corner(number % 6, number // 6 % 6), "medical", 1)
    page = seated(browser, quick.url, "dispatcher", tongue="zh", theme="light").page
    page.keyboard.press("t")
    lines = page.get_by_role("listbox", name="计时").get_by_role("option")
    expect(lines.filter(has_text="另有")).to_contain_text("494")
    expect(lines).to_have_count(7)
    expect(page.locator(".pulse")).to_have_count(1)
    map_settled(page)
    picture(page, "timers-500-light-zh")
    page.get_by_role("listbox", name="计时").focus()
    page.keyboard.press("End")
    page.keyboard.press("Space")
    expect(lines.filter(has_text="另有")).to_have_count(0)
    drawn = lines.count()
    assert 7 < drawn < 120, "opened, and still only rows in sight are drawn"


def test_a_message_is_written_received_and_answered(browser: Browser, quick: Served) -> None:
    page = (watched := seated(browser, quick.url, "dispatcher")).page
    page.keyboard.press("m")
    expect(page.locator(".sheet")).to_contain_text("No messages yet")
    page.keyboard.type("station e", delay=5)
    expect(page.locator(".sheet").get_by_role("option").filter(has_text="Station E7")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    page.get_by_role("combobox", name="To").fill("e7")
    page.keyboard.press("Enter")
    page.keyboard.type("which hydrant is dry?")
    page.get_by_role("combobox", name="Answer within").select_option("60")
    page.get_by_role("textbox", name="Message").press("Enter")
    expect(page.locator("footer p").last).to_contain_text("Sent to E7")
    first = messages(quick)[0]
    assert (first.recipients, first.answer_by > 0) == (("unit:E7",), True)

    quick.house.do(MarkDelivered(message=first.id, recipient="unit:E7"), CREW)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    thread = page.locator(".thread")
    expect(thread).to_contain_text("which hydrant is dry?")
    expect(thread.locator(".one").first).to_contain_text("E7 delivered")
    quick.house.do(AnswerMessage(message=first.id, recipient="unit:E7", text="the one at the corner"), CREW)
    expect(thread).to_contain_text("the one at the corner")
    expect(thread.locator(".one").first).to_contain_text("E7 answered")
    expect.set_options(timeout=15_000)
    page.get_by_role("textbox", name="Answer").fill("thanks, use the next")
    page.keyboard.press("Enter")
    expect(thread).to_contain_text("thanks, use the next")
    assert [row.answers for row in messages(quick)] == ["", first.id, messages(quick)[1].id]
    assert messages(quick)[1].read == ("person:dispatcher",), "what was for this desk is read once it is shown"
    map_settled(page)
    looks_right(page, "thread")

    page.get_by_role("textbox", name="Answer").focus()
    page.keyboard.press("Escape")
    quick.house.do(SendMessage(to_kind="role", to="dispatcher", text="water is low", from_unit="E9", urgent=True), CREW)
    expect(page.locator("footer button").filter(has_text="Messages")).to_contain_text("1")
    expect(page.get_by_role("listbox", name="Messages").get_by_role("option").first).to_contain_text("E9 to dispatchers")
    looks_right(page, "messages")
    expect(page.locator("footer button").filter(has_text="Messages")).to_contain_text("1")
    assert messages(quick)[-1].delivered == ("role:dispatcher",), "this desk has it, though nobody opened it"
    watched.quiet()


def test_the_units_on_an_incident_and_a_line_in_either_language(browser: Browser, quick: Served) -> None:
    scene = quick.take(corner(1, 1), "fire", 3)
    for unit in ("E7", "E9"):
        quick.house.do(AssignUnit(incident=scene, unit=unit, shift=SHIFT), DESK)
    page = (watched := seated(browser, quick.url, "dispatcher", tongue="zh")).page
    short = str(int(scene.split("-")[1]))
    page.keyboard.press("/")
    page.keyboard.type(short)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="代 E9 确认").click()
    expect(page.get_by_role("button", name="代 E9 确认")).to_have_count(0)
    assert f"unacknowledged:E9@{SHIFT}" not in quick.house.rows("timer")
    page.get_by_role("button", name="给处置单位发消息").click()
    page.keyboard.type("注意煤气")
    page.keyboard.press("Enter")
    expect(page.locator("footer p").last).to_contain_text(f"已发给警情 {short} 的处置单位")
    assert messages(quick)[-1].recipients == ("unit:E7", "unit:E9")
    expect(page.locator(".story")).to_contain_text("dispatcher 向 E7, E9 发出消息")

    page.keyboard.press("/")
    page.keyboard.type("消息 所有消防，风向转北")
    expect(page.locator(".will")).to_contain_text("给所有灭火单位发消息：“风向转北”")
    page.keyboard.press("Enter")
    expect(page.locator("footer p").last).to_contain_text("已发给所有灭火单位")
    assert messages(quick)[-1].recipients == ("unit:E7", "unit:E9")
    page.keyboard.press("/")
    page.keyboard.type('msg area "mission street" stay out')
    expect(page.locator(".will")).to_contain_text("mission street 附近")
    page.keyboard.press("Enter")
    expect(page.locator("footer p").last).to_contain_text("已发给mission street 附近")
    assert messages(quick)[-1].to_kind == "area"
    watched.quiet()
