"""A hazard from the desk to the phone and away at its end, also where there is no network; who else goes; a checklist ticked out of reach."""

from playwright.sync_api import Browser, Locator, Page, expect

from tests.console.desk import DESK, SHIFT, Served, obstacles, picture, seated
from tests.console.pocket import Phone
from tests.console.test_field import called, on_the_road
from tests.floor import asker, corner
from tocsin.facts.hazards import HazardMarked, ItemTicked, ItemUnticked
from tocsin.house.envelope import opened
from tocsin.rooms.dispatch.commands import AssignUnit, MarkHazard

_S = 1_000_000
_WORDS = "main in the yard, behind the gate"


def marks_at_the_desk(page: Page) -> None:
    """Opens the form by its key at the selected incident, and marks gas for half an hour, 200 m round."""
    page.keyboard.press("a")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".hazards")).to_contain_text("none is known here")
    page.keyboard.press("Shift+W")
    form = page.get_by_role("form", name="Mark a hazard")
    expect(form.get_by_label("What is dangerous")).to_be_focused()
    form.get_by_label("Shown for").select_option("1800")
    form.get_by_label("Where and what, in words").fill(_WORDS)
    picture(page, "hazard-form-dark-en")
    assert not obstacles(page)
    page.keyboard.press("Enter")
    for text in ("Gas or vapour", _WORDS, "200 m round"):
        expect(page.locator(".hazards li")).to_contain_text(text)
    expect(page.locator(".story")).to_contain_text("Hazard, gas or vapour")


def ticks_and_marks(one: Phone) -> None:
    """Two items ticked, one of them taken back, and a hazard marked by large keys."""
    water, back = (one.page.get_by_role("checkbox", name=name) for name in ("Water supply found", "Way back kept free"))
    for item in (water, back):
        item.click()
        expect(item).to_be_checked()
    one.page.wait_for_timeout(1_100)
    back.click()
    expect(back).not_to_be_checked()
    expect(water).to_be_checked()
    one.key("Mark a hazard")
    sheet = one.page.get_by_role("dialog")
    for choice in ("Danger of collapse", "seen by a crew", "1 h", "this incident alone"):
        sheet.get_by_role("radio", name=choice, exact=True).click()
    sheet.get_by_label("Where and what, in words").fill("gable wall")
    one.looks_right("hazard-sheet")
    one.act("Keep")
    assert one.waiting() == ["tick", "tick", "untick", "hazard"]


def has_its_own_times(one: Phone, pressed: dict[str, int]) -> None:
    """What was done out of reach is kept as of when it was done."""
    ticks = one.facts("dispatch.item-ticked", "dispatch.item-unticked")
    assert [(type(kept.fact), kept.fact.item) for kept in ticks if isinstance(kept.fact, ItemTicked | ItemUnticked)] == [
        (ItemTicked, "water"), (ItemTicked, "way_back"), (ItemUnticked, "way_back")]
    assert abs(ticks[-1].entry.happened_at - pressed["untick"]) < _S
    marked = one.facts("dispatch.hazard-marked")[-1].fact
    assert isinstance(marked, HazardMarked)
    assert (marked.unit, opened(marked.words, one.floor.house.ledger.vault)) == ("E7", "gable wall")
    assert abs(marked.until - pressed["hazard"] - 3_600 * _S) < _S, "its end counts from when it was seen"


def is_taken_back(page: Page, row: Locator) -> None:
    row.filter(has_text="gable wall").get_by_role("button", name="Take back").click()
    page.get_by_label("Why it is over").fill("shored up")
    picture(page, "hazards-dark-en")
    assert not obstacles(page)
    page.keyboard.press("Enter")
    expect(row).to_have_count(1)


def test_a_hazard_marked_at_the_desk_is_on_the_phone_and_gone_from_both_at_its_end(browser: Browser, town: Served) -> None:
    one = on_the_road(browser, town)
    incident = called(one)
    town.house.do(AssignUnit(incident=incident, unit="T1", shift=SHIFT), DESK)  # sent without an offer
    others, warned = one.page.locator("section", has_text="Who else goes"), one.page.locator("section", has_text="Hazards").first
    expect(others).to_contain_text("there ")
    page = seated(browser, town.url, "supervisor").page
    marks_at_the_desk(page)
    for text in ("Gas or vapour", _WORDS, "left"):
        expect(warned).to_contain_text(text)
    soon = MarkHazard(kind="traffic", source="seen", lasts_s=60, incident=incident, happened_at=town.clock.now() - 45 * _S)  # a quarter of a minute is left
    town.house.do(soon, asker("desk 1", "dispatcher"))
    expect(warned).to_contain_text("Moving traffic")
    one.looks_right("hazards")

    one.away()
    expect(warned).not_to_contain_text("Moving traffic", timeout=25_000)
    expect(warned).to_contain_text("Gas or vapour")
    row = page.locator(".hazards li")
    expect(row).to_have_count(1)
    expect(others).to_contain_text("as of ")
    ticks_and_marks(one)
    expect(warned).to_contain_text("gable wall")
    one.looks_right("checklist")
    pressed = {action["what"]: action["at"] for action in one.queue() if action["stand"] == "queued"}
    one.page.wait_for_timeout(1_100)
    one.back()
    one.sent()
    has_its_own_times(one, pressed)

    expect(page.locator(".hazards")).to_contain_text("gable wall")
    checks = page.locator(".list", has_text="Checklist")
    expect(checks).to_contain_text("1 of 5")
    checks.get_by_role("button").click()
    expect(page.get_by_role("list", name="Checklist: fire, first minutes")).to_contain_text("E7 ")
    expect(page.locator(".story")).to_contain_text("Checklist: water supply found (E7); taken back: way back kept free (E7).")
    is_taken_back(page, row)
    expect(warned).not_to_contain_text("gable wall")

    town.clock.shift_s += 1_800
    before = town.house.ledger.head()
    town.seen("T1", corner(5, 0))  # any word from the house says its time
    expect(row).to_have_count(0)
    expect(warned).not_to_contain_text("Gas or vapour")
    assert not [entry for _, entry in town.house.ledger.read(before) if "hazard" in entry.kind], "nothing is kept where one ends"
