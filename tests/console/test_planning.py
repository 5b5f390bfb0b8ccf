"""The planner's page on a real house: a question is asked, played and answered, proposed and adopted by two people; stopped, refused, shut to others; all by keys."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.console.conftest import leave
from tests.console.desk import Served, obstacles, picture, seated, served, still
from tests.console.test_states import kept_waiting
from tests.floor import PLAN, TABLE, asker, corner
from tocsin.cli.studying import Studies
from tocsin.facts.planning import AdoptionProposed, MoreCalls, PlanAdopted, StreetShut, StudyAsked, StudyStopped, UnitMore
from tocsin.house.envelope import disclose
from tocsin.rooms.planning.commands import AskStudy
from tocsin.rooms.planning.model import PlanningTable

PLANNER = asker("other planner", "planner")
PLAYED_MS = 180_000


@pytest.fixture
def floor(tmp_path: Path, browser: Browser) -> Iterator[Served]:
    """The drawn town with four units, whose questions wait: nothing plays them."""
    with served(tmp_path, demo=True) as made:
        for unit, kind, column, row in (("E1", "engine", 0, 0), ("E2", "engine", 1, 4), ("A1", "ambulance", 0, 1), ("A2", "ambulance", 1, 3)):
            made.on_duty(unit, kind, corner(column, row))
        yield made
        leave(browser)


@pytest.fixture
def playing(floor: Served, tmp_path: Path) -> Iterator[Served]:
    """The same, with questions played as the server plays them: in a process of its own."""
    studies = Studies(floor.house, tmp_path / "house", PLAN, TABLE, PlanningTable())
    studies.start()
    yield floor
    studies.stop()


def opened(page: Page, name: str = "Planning") -> Locator:
    page.keyboard.press("Shift+P")
    sheet = page.get_by_role("region", name=name, exact=True)
    expect(sheet).to_be_visible()
    return sheet


def kept(floor: Served, kind: type) -> list[tuple[str, object]]:
    """Who kept facts of this kind, and the facts."""
    return [(one.entry.by, one.fact) for one in disclose(floor.house.ledger.read()) if isinstance(one.fact, kind)]


def ask_for_an_ambulance(page: Page, sheet: Locator) -> None:
    """One more ambulance at the east end, asked by keys alone; played as little as can be."""
    page.keyboard.press("i")
    form = sheet.get_by_role("form", name="New question")
    expect(form.get_by_role("radio", name="one more unit")).to_be_focused()
    expect(form.get_by_role("status").first).to_contain_text("Say where it waits")
    expect(form.get_by_role("button", name="Play it")).to_be_disabled()
    page.keyboard.press("1")
    expect(form.get_by_label("Kind of unit")).to_be_focused()
    page.keyboard.type("ambulance")
    page.keyboard.press("Tab")
    page.keyboard.type("501 Mission", delay=5)
    taken(page, form)
    form.get_by_label("Days").focus()
    page.keyboard.press("Home")
    form.get_by_label("Times").fill("3")
    expect(form.get_by_role("status").first).to_contain_text(re.compile(r"Played 3 times over 1 d of generated calls, once as it is and once one more ambulance at .*Mission"))
    expect(form.get_by_role("note")).to_contain_text("SAMPLE")


def taken(page: Page, form: Locator) -> None:
    """Take the first place that is listed. While what is listed was found for words before these, Enter asks anew and takes nothing."""
    for _ in range(50):
        expect(form.locator("li[role=option]").first).to_be_visible()
        page.keyboard.press("Enter")
        page.wait_for_timeout(100)
        if "settled" in (form.locator(".place input").get_attribute("class") or ""):
            return
    raise AssertionError("no place was taken")


def test_a_question_is_asked_played_answered_proposed_and_adopted_by_another(browser: Browser, playing: Served) -> None:
    page = (watched := seated(browser, playing.url, "planner")).page
    sheet = opened(page)
    expect(sheet).to_contain_text("Ask before anybody is moved.")
    ask_for_an_ambulance(page, sheet)
    page.keyboard.press("Enter")
    rows = sheet.get_by_role("listbox", name="Questions")
    expect(rows.get_by_role("option")).to_have_count(1)
    expect(sheet.get_by_role("progressbar").or_(sheet.locator(".first"))).to_be_visible()
    expect(rows).to_contain_text("answered", timeout=PLAYED_MS)
    first = sheet.locator(".first")
    expect(first).not_to_be_empty()
    expect(sheet.locator(".worth")).to_contain_text("SAMPLE")
    asked = kept(playing, StudyAsked)[0][1]
    assert isinstance(asked, StudyAsked)
    assert isinstance(asked.changes[0], UnitMore)
    assert (asked.changes[0].unit_kind, asked.days, asked.replications, asked.demand) == ("ambulance", 1, 3, "generated")
    figures = sheet.get_by_role("table", name="Figures")
    expect(figures.get_by_role("row").filter(has_text="mean response")).to_contain_text(re.compile(r"\d\d:\d\d\s*→\s*\d\d:\d\d\s*[−+±]\d:\d\d"))
    read_the_map(page, sheet)
    with page.expect_download(timeout=PLAYED_MS) as paper:
        page.keyboard.press("r")
    assert Path(paper.value.path()).read_bytes().startswith(b"%PDF")
    page.keyboard.press("p")
    expect(sheet.get_by_label("Why, in three characters or more")).to_be_focused()
    page.keyboard.type("the east waits too long")
    page.keyboard.press("Enter")
    expect(rows).to_contain_text("proposed")
    expect(sheet).to_contain_text("You proposed it, so another person has to adopt or decline it.")
    expect(sheet.get_by_role("button", name="Adopt")).to_have_count(0)
    assert not obstacles(page)
    other = (second := seated(browser, playing.url, "supervisor")).page
    theirs = opened(other)
    expect(theirs).to_contain_text("Proposed by planner")
    expect(theirs).to_contain_text("the east waits too long")
    picture(other, "planning-proposed")
    other.keyboard.press("p")
    expect(theirs.get_by_role("button", name="Adopt")).to_be_focused()
    other.keyboard.press("Enter")
    expect(theirs).to_contain_text("Adopted by supervisor")
    expect(theirs).to_contain_text("Too early")
    expect(theirs.get_by_role("table", name="Promised and happened")).to_contain_text("promised")
    assert [by for by, _ in kept(playing, PlanAdopted)] == ["supervisor"]
    assert [by for by, _ in kept(playing, AdoptionProposed)] == ["planner"]
    assert not obstacles(other)
    picture(other, "planning-adopted")
    theirs.get_by_label("Why it ends").fill("the road is open again")
    theirs.get_by_role("button", name="End it").click()
    expect(theirs).to_contain_text("ended by supervisor: the road is open again")
    watched.quiet()
    second.quiet()


def read_the_map(page: Page, sheet: Locator) -> None:
    """Faces by one key, cells by arrows; the legend says what each sign means."""
    for face in ("before", "after", "change"):
        page.keyboard.press("f")
        expect(sheet.locator(".plan-map").get_by_role("button", name=face)).to_have_attribute("aria-pressed", "true")
    expect(sheet.get_by_role("list", name="Legend")).to_contain_text(re.compile(r"\+\+\s*over 1 min later"))
    sheet.locator(".maplibregl-canvas").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(sheet.locator(".told")).to_contain_text(re.compile(r"This cell: "))
    sheet.locator(".map[aria-busy=false] .maplibregl-canvas").wait_for()
    picture(page, "planning-answer")
    page.keyboard.press("Escape")
    expect(sheet.locator(".told")).to_contain_text("Click a cell to read it")
    sheet.locator(".room").focus()
    page.keyboard.press("ArrowLeft")
    expect(sheet.get_by_role("listbox", name="Questions")).to_be_focused()


def test_what_waits_is_stopped_by_a_key(browser: Browser, floor: Served) -> None:
    page = (watched := seated(browser, floor.url, "planner")).page
    sheet = opened(page)
    ask_for_an_ambulance(page, sheet)
    page.keyboard.press("Enter")
    expect(sheet.locator(".under")).to_contain_text("0 %")
    expect(sheet).to_contain_text("One question is played at a time")
    assert not obstacles(page)
    picture(page, "planning-waiting")
    page.keyboard.press("x")
    expect(sheet).to_contain_text("It was stopped before there was an answer.")
    assert [by for by, _ in kept(floor, StudyStopped)] == ["planner"]
    expect(sheet.get_by_role("progressbar")).to_have_count(0)
    page.keyboard.press("x")
    assert len(kept(floor, StudyStopped)) == 1
    watched.quiet()


def test_several_changes_are_one_question_and_each_sort_has_its_parts(browser: Browser, floor: Served) -> None:
    page = (watched := seated(browser, floor.url, "planner")).page
    sheet = opened(page)
    page.keyboard.press("i")
    form = sheet.get_by_role("form", name="New question")
    expect(form.get_by_role("radio", name="one more unit")).to_be_focused()
    page.keyboard.press("4")
    page.keyboard.type("Mission", delay=5)
    taken(page, form)
    page.keyboard.press("Alt+Enter")
    expect(form.get_by_role("list", name="Changes of this question")).to_contain_text(re.compile("with Mission St.* shut"))
    for digit, lacks in (("2", "Choose the unit."), ("3", "Choose the station."), ("5", "")):
        form.get_by_role("radio", checked=True).focus()
        page.keyboard.press(digit)
        if lacks:
            expect(form.get_by_role("status").first).not_to_contain_text(lacks)  # what was added can be played alone
    form.get_by_label("calls, + %").fill("20")
    expect(form.get_by_role("status").first).to_contain_text(re.compile("with Mission St.* shut, and with 20 % more calls"))
    assert not obstacles(page)
    page.keyboard.press("Enter")
    expect(sheet.get_by_role("option")).to_have_count(1)
    asked = kept(floor, StudyAsked)[0][1]
    assert isinstance(asked, StudyAsked)
    street, calls = asked.changes
    assert isinstance(street, StreetShut)
    assert street.street.startswith("Mission")
    assert street.segments
    assert calls == MoreCalls(factor=1.2)
    watched.quiet()


def test_a_place_is_taken_from_the_map_by_keys(browser: Browser, floor: Served) -> None:
    page = (watched := seated(browser, floor.url, "planner")).page
    sheet = opened(page)
    page.keyboard.press("i")
    form = sheet.get_by_role("form", name="New question")
    expect(form.locator(".map[aria-busy=false] .maplibregl-canvas")).to_be_visible()
    form.locator(".maplibregl-canvas").focus()
    page.keyboard.press("Enter")
    expect(form.get_by_role("status").first).to_contain_text("Played")
    picture(page, "planning-ask")
    page.keyboard.press("Escape")
    expect(form).to_have_count(0)
    watched.quiet()


def test_a_question_that_is_refused_stays_as_it_was_typed(browser: Browser, floor: Served) -> None:
    for _ in range(5):
        floor.house.do(AskStudy(changes=(MoreCalls(factor=1.1),), days=1, replications=2, demand="generated"), PLANNER)
    page = (watched := seated(browser, floor.url, "planner")).page
    sheet = opened(page)
    expect(sheet.get_by_role("option")).to_have_count(5)
    ask_for_an_ambulance(page, sheet)
    page.keyboard.press("Enter")
    expect(page.locator("footer p").last).to_contain_text("5 studies wait already")
    expect(sheet.get_by_role("form", name="New question").get_by_role("status").first).to_contain_text("one more ambulance")
    watched.complaints = [one for one in watched.complaints if "409" not in one]
    watched.quiet()


def test_who_may_not_see_it_is_told_and_who_may_only_look_cannot_ask(browser: Browser, floor: Served) -> None:
    page = (watched := seated(browser, floor.url, "dispatcher")).page
    page.keyboard.press("Shift+P")
    expect(page.locator("footer p").last).to_contain_text("Not open to your role; ask the supervisor.")
    page.keyboard.press("/")
    page.keyboard.type("规划")
    expect(page.locator(".command .will")).to_contain_text("Not open to your role")
    page.keyboard.press("Enter")
    expect(page.locator(".planning")).to_have_count(0)
    watched.quiet()
    looks = (auditor := seated(browser, floor.url, "auditor")).page
    looks.keyboard.press("/")
    looks.keyboard.type("planning")
    expect(looks.locator(".command .will")).to_contain_text("Open the planner's page")
    looks.keyboard.press("Enter")
    sheet = looks.get_by_role("region", name="Planning", exact=True)
    expect(sheet).to_contain_text("You may look here; planners ask")
    expect(sheet.get_by_role("button", name="New question")).to_be_disabled()
    looks.keyboard.press("i")
    expect(sheet.get_by_role("form")).to_have_count(0)
    auditor.quiet()


def test_it_is_fetched_without_a_jump_and_says_what_is_wrong_or_old(browser: Browser, floor: Served) -> None:
    study = floor.house.do(AskStudy(changes=(MoreCalls(factor=1.1),), days=1, replications=2, demand="generated"), PLANNER).subject.removeprefix("study:")
    page = seated(browser, floor.url, "planner", worker=False).page
    held = kept_waiting(page, "**/api/planning/studies")
    sheet = opened(page)
    expect(sheet.locator(".bone").first).to_be_visible()
    stood = [sheet.locator(name).bounding_box() for name in (".head", ".list", ".study")]
    picture(page, "planning-loading")
    for route in held:
        route.continue_()
    page.unroute("**/api/planning/studies")
    expect(sheet.get_by_role("option")).to_have_count(1)
    assert [sheet.locator(name).first.bounding_box() for name in (".head", ".list", ".study")] == stood

    def fault(route: Route) -> None:
        route.fulfill(status=500, json={"code": "fault", "title": "A fault in Tocsin.", "title_zh": "程序故障。"})

    page.route(f"**/api/planning/studies/{study}", fault)
    page.keyboard.press("Shift+P")
    sheet = opened(page)
    said = sheet.locator(".study .telling")
    expect(said).to_contain_text("A fault in Tocsin.")
    picture(page, "planning-error")
    page.unroute(f"**/api/planning/studies/{study}")
    said.get_by_role("button", name="Try again now").press("Enter")
    expect(said).to_have_count(0)
    expect(sheet).to_contain_text("asked by other planner")
    page.route("**/api/planning/studies", fault)
    expect(sheet.locator(".list .telling")).to_contain_text("What is shown is 00:")
    expect(sheet.get_by_role("option")).to_have_count(1)
    page.context.set_offline(True)
    expect(sheet.locator(".cut-off")).to_contain_text("Not connected")
    expect(sheet.get_by_role("button", name="Stop")).to_be_disabled()
    picture(page, "planning-offline")
    still(page)
