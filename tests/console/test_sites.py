"""What a site did while its line was cut and the floor could not keep: shown to whoever leads, opened, settled with a word, and gone."""

from playwright.sync_api import Browser, expect

from tests.console.desk import Served, obstacles, picture, seated
from tests.floor import asker
from tocsin.kernel import Words
from tocsin.rooms.sites.commands import RaiseConflict

_NO = Words("Unit E7 is on another incident.", "单位 E7 正在处置其他警情。")


def _raised(town: Served, number: int) -> None:
    town.house.keep_own(RaiseConflict(conflict=f"north.1-{number}", site="north", person="crew@north", door="/api/incidents/{incident}/assign", done_at=town.clock.now(), code="unit_busy",
                                      says=_NO, command='{"incident":"261129-0031","unit":"E7","shift":"day","key":"k"}', incident="261129-0031", unit="E7"),
                        asker("site@north"), "response", f"site:north.1-{number}")


def test_conflicts_are_shown_opened_and_settled_by_keys(browser: Browser, town: Served) -> None:
    desk = seated(browser, town.url, "dispatcher", width=1440, height=900)
    page = desk.page
    foot = page.locator("footer").get_by_text("Sites")
    expect(foot).to_have_count(0)
    for number in (1, 2):
        _raised(town, number)
    expect(foot.first).to_be_visible()
    page.keyboard.press("z")
    sheet = page.get_by_role("region", name="Sites").first
    expect(sheet.get_by_role("listitem")).to_have_count(2)
    expect(sheet).to_contain_text(_NO.en)
    sheet.get_by_role("button", name="Look").first.press("Enter")
    expect(sheet).to_contain_text("shift")
    assert not obstacles(page)
    picture(page, "sites-dark-en")
    page.locator(".who button").nth(1).click()
    page.locator(".who button").nth(0).click()
    expect(page.get_by_role("region", name="站点").first).to_contain_text(_NO.zh)
    picture(page, "sites-light-zh")
    page.locator(".who button").nth(1).click()
    page.locator(".who button").nth(0).click()
    word = sheet.get_by_role("textbox", name="How it was settled")
    word.fill("told the crew by radio")
    word.press("Enter")
    expect(sheet.get_by_role("listitem")).to_have_count(1)
    assert any(kept.entry.kind == "sites.conflict-closed" for kept in town.house.history("conflict:north.1-1", "conflict:north.1-2"))
    desk.quiet()
