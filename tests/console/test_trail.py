"""The person's own view in a real browser: staff give a code, the person reads on a phone, keeps a proof that holds, and guessing is slow."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.console.desk import Served, obstacles, picture, sign_in, watch
from tests.floor import asker, corner
from tocsin.cli import main
from tocsin.house.trail import Trails
from tocsin.rooms.access.commands import AskDelay, EndDelay, GrantDelay
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import ReadStory

DESK = asker("desk 1", "dispatcher", "call_taker")
CHIEF, SECOND = asker("chief 1", "supervisor"), asker("chief 2", "supervisor")


def called(town: Served) -> str:
    receipt = town.house.do(TakeCall(place=corner(1, 1), kind="fire", caller="Aino Example", number="+358 50 555 0101", notes="smoke"), DESK)
    return receipt.subject.removeprefix("call:")


def test_a_resident_reads_their_own_trail_and_keeps_a_proof_that_holds(browser: Browser, town: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = called(town)
    town.house.see(ReadStory(incident=call), CHIEF)
    desk = watch(browser, town.url, width=1440, height=900)
    sign_in(desk.page, "dispatcher")
    desk.page.keyboard.press("w")
    desk.page.keyboard.press("ArrowDown")
    line = desk.page.locator(".code", has_text="own view")
    line.get_by_role("button", name="Give a code").click()
    expect(line.locator("b")).to_be_visible()
    code = line.locator("b").inner_text()
    picture(desk.page, "trail-code-dark-en")
    assert not obstacles(desk.page)
    line.get_by_role("button", name="Put away").click()
    expect(desk.page.get_by_text(code)).to_have_count(0)

    person = watch(browser, town.url, width=390, height=844, theme="light")
    page = person.page
    page.goto(f"{town.url}/trail")
    expect(page.get_by_label("Number of the call")).to_be_focused()
    picture(page, "trail-enter-light-en-phone")
    assert not obstacles(page)
    page.keyboard.type(call)
    page.keyboard.press("Tab")
    page.keyboard.type(code.replace("-", "").lower())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    listed = page.locator("main ol li")
    expect(listed.first).to_contain_text("Read with your code")
    expect(listed.filter(has_text="supervisor")).to_have_count(1)
    expect(listed.filter(has_text="supervisor")).to_contain_text("Responding to an incident")
    assert "chief 1" not in page.content()
    assert page.evaluate("document.querySelector('main').scrollWidth <= innerWidth")
    assert not obstacles(page)
    picture(page, "trail-list-light-en-phone")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save the proof").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")
    path = tmp_path / saved.value.suggested_filename
    saved.value.save_as(path)
    assert main(["audit", "check-proof", str(path), "--key", town.house.ledger.verifier, "--places"]) == 0
    assert f"Proved. call:{call}" in capsys.readouterr().out
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("被谁查看过")
    picture(page, "trail-list-light-zh-phone")
    page.get_by_role("button", name="关闭").click()
    expect(page.get_by_label("查询码")).to_have_value("")
    desk.quiet()
    person.quiet()


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
