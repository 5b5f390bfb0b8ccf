"""Giving out, in a real browser by two people: asked, looked at, approved, taken, saved again elsewhere, and traced back."""

import csv
import io
import zipfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.console.desk import Served, obstacles, picture, seated
from tests.floor import asker, corner
from tocsin.house.outflow import Outflow
from tocsin.rooms.access.commands import ApproveExport, AskExport
from tocsin.rooms.calls.commands import TakeCall

ASKER = asker("dispatcher", "dispatcher", "call_taker")
CALLER = "Aino Example"


def opened(page: Page) -> None:
    """The sheet's tab, by keys alone."""
    page.keyboard.press("v")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Giving out")).to_be_focused()


def both_ways(page: Page) -> None:
    """The same page in the other language and theme, looked at by axe in both."""
    page.locator(".who button").nth(1).click()
    picture(page, "outflow-traced-light-zh")
    page.locator(".who button").nth(0).click()
    assert not obstacles(page)
    picture(page, "outflow-traced-dark-zh")


def test_asked_approved_by_a_second_person_taken_saved_again_and_traced(browser: Browser, town: Served, tmp_path: Path) -> None:
    for at in range(14):
        town.house.do(TakeCall(place=corner(at % 6, at % 5), kind="fire", caller=CALLER, number="+358 50 555 0101"), ASKER)
    first = seated(browser, town.url, "dispatcher", width=1440, height=900)
    page = first.page
    opened(page)
    expect(page.locator(".access")).to_contain_text("No export has been asked for.")
    picture(page, "outflow-empty")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Ask for an export")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".access form select").first).to_be_focused()
    page.get_by_label("Recipient", exact=True).fill("District Court of Example")
    page.get_by_label("Legal basis and purpose").fill("order 2026/114 of the district court")
    page.get_by_label("caller", exact=True).check()
    picture(page, "outflow-ask-dark-en")
    assert not obstacles(page)
    page.get_by_label("Legal basis and purpose").press("Enter")
    expect(page.locator(".access li .line")).to_contain_text("waits for a second person")
    expect(page.get_by_role("button", name="Show preview")).to_have_count(0)

    second = seated(browser, town.url, "supervisor", width=1440, height=900, theme="light")
    chief = second.page
    opened(chief)
    chief.locator(".access li button", has_text="look").click()
    expect(chief.locator(".more")).to_contain_text("District Court of Example")
    expect(chief.get_by_role("button", name="Approve")).to_have_count(0)
    chief.get_by_role("button", name="Show preview").click()
    expect(chief.locator(".more")).to_contain_text("14 rows")
    expect(chief.locator(".more td", has_text=CALLER).first).to_be_visible()
    assert not obstacles(chief)
    picture(chief, "outflow-preview-light-en")
    chief.get_by_role("button", name="Approve what is shown").click()
    expect(chief.locator(".access li .line")).to_contain_text("approved by supervisor")

    with page.expect_download() as download:
        page.get_by_role("button", name="Take a copy").click()
    download.value.save_as(tmp_path / "copy.zip")
    expect(page.locator(".access li .line")).to_contain_text("all copies given out")
    with zipfile.ZipFile(tmp_path / "copy.zip") as archive:
        table = list(csv.reader(io.StringIO(archive.read("incidents.csv").decode("utf-8-sig"))))
    leak = tmp_path / "leak.csv"  # without the column that says so openly, without what is not plain ASCII, two rows fewer
    leak.write_text("\n".join("; ".join(row[:-1]).encode("ascii", "ignore").decode().strip() for row in table[:13]))

    chief.locator("input[type=file]").set_input_files(leak)
    expect(chief.locator(".found")).to_contain_text("36 of 36 agree")
    chief.get_by_label("Who has ever received a record?").first.fill(table[1][0])
    chief.get_by_label("Who has ever received a record?").first.press("Enter")
    expect(chief.locator("section table").last).to_contain_text("District Court of Example")
    assert not obstacles(chief)
    picture(chief, "outflow-traced-light-en")
    both_ways(chief)
    (tmp_path / "other.txt").write_text("nothing of ours")
    chief.locator("input[type=file]").set_input_files(tmp_path / "other.txt")
    expect(chief.locator(".found")).to_contain_text("未找到")
    first.quiet()
    second.quiet()


def test_many_exports_and_a_narrow_page(browser: Browser, town: Served) -> None:
    town.house.do(TakeCall(place=corner(1, 1), kind="fire"), ASKER)
    now = town.clock.now()
    for at in range(60):
        asked = town.house.do(AskExport(what="statistics", recipient_kind="researcher", recipient="University", basis="a contract for research", since=now - 10**9,
                                        until=now + 10**9), ASKER).subject.removeprefix("export:")
        if at % 2:
            seen = Outflow(town.house).preview(asked, asker("chief 1", "supervisor"))
            town.house.do(ApproveExport(export=asked, preview=seen.position), asker("chief 1", "supervisor"))
    watched = seated(browser, town.url, "auditor", width=1280, height=800)
    page = watched.page
    opened(page)
    expect(page.locator(".access li .line")).to_have_count(60)
    expect(page.locator(".access li .line").first).to_contain_text("waits for a second person")
    expect(page.get_by_role("button", name="Take a copy")).to_have_count(0)
    picture(page, "outflow-many-dark-en")
    page.set_viewport_size({"width": 420, "height": 800})
    picture(page, "outflow-narrow-dark-en")
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    watched.quiet()
