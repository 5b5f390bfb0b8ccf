"""A crew's phone in a real browser: signs on, is called, goes out of reach, works the whole job and comes back; nothing is lost, nothing is doubled."""

import socket
import threading
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import leave
from tests.console.desk import DESK, SHIFT, Served, Watched, map_settled, picture, served
from tests.console.pocket import Phone, phone
from tests.cut import Line
from tests.engines.attachments.made import photo
from tests.floor import asker, corner
from tests.waiting import until
from tocsin.facts.dispatch import NoteAdded
from tocsin.facts.fleet import UnitStateChanged
from tocsin.facts.handling import HandlingKept
from tocsin.facts.messages import MessageSent
from tocsin.house.envelope import disclose, opened
from tocsin.kernel import Kept
from tocsin.rooms.dispatch.commands import AssignUnit, StandDown
from tocsin.rooms.fleet.commands import CallSpotCheck, ConfirmHelp, EndHelp
from tocsin.rooms.messages.commands import SendMessage
from tocsin.rooms.messages.views import MessageRow

_S = 1_000_000
_JOB = ("En route", "At scene", "Clearing", "Available")
_STATES = ("en_route", "at_scene", "clearing", "available")
_CALLED = "dispatch.assignment-acknowledged"


def plain(page: Page, url: str) -> Watched:
    """A page of which complaints are not held against anybody: whoever goes offline hears them from the browser."""
    return Watched(page)


def on_the_road(browser: Browser, floor: Served, url: str = "") -> Phone:
    """A phone that is signed on to E7, holds its page and the city, and has seen its map once."""
    one = phone(browser, floor, plain, url=url)
    one.sign_on()
    one.ready()
    return one


def called(one: Phone, column: int = 2, row: int = 2) -> str:
    """A fire to which E7 is sent, as its phone shows it; its number."""
    incident = one.floor.take(corner(column, row), "fire", 1)
    one.floor.house.do(AssignUnit(incident=incident, unit="E7", shift=SHIFT), DESK)
    expect(one.page.locator("article h1")).to_have_text("Building fire")
    return incident


def states(one: Phone) -> list[str]:
    return [kept.fact.state for kept in one.facts("fleet.unit-state-changed") if isinstance(kept.fact, UnitStateChanged)]


def said(one: Phone, kept: Kept) -> str:
    """The words of a note or a message."""
    assert isinstance(kept.fact, NoteAdded | MessageSent)
    sealed = kept.fact.note if isinstance(kept.fact, NoteAdded) else kept.fact.text
    return opened(sealed, one.floor.house.ledger.vault) or ""


def posted(floor: Served, number: str) -> MessageRow:
    """A message as the board shows it at this moment."""
    row = floor.house.rows("message")[number]
    assert isinstance(row, MessageRow)
    return row


def works_the_job(one: Phone, words: int = 2) -> None:
    """Heard, on the way, there with a word and a picture, done; a moment between each and the next. So many words and pictures wait then."""
    one.act("Acknowledge")
    for key in _JOB:
        one.page.wait_for_timeout(1_100)
        one.act(key)
        if key == "At scene":
            one.page.get_by_label("Note for the incident").fill("two storeys, gate shut")
            one.act("Keep note")
            one.page.locator("input[type=file]").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo()})
            expect(one.page.locator("h2.label", has_text=f"{words} queued")).to_be_visible()


def test_a_crew_works_a_whole_job_out_of_reach_for_two_days_and_the_time_line_is_right(browser: Browser, town: Served) -> None:
    town.clock.shift_s = 5_400  # the phone's own clock is an hour and a half behind the house's
    one = on_the_road(browser, town)
    expect(one.page.locator("header p").first).to_contain_text("90 min off")
    incident = called(one)
    one.key("Way")
    map_settled(one.page)
    expect(one.page.locator("ol li").first).to_contain_text("Start on")
    one.key("Job")
    one.away()
    works_the_job(one)
    assert one.waiting() == ["acknowledge", "en_route", "at_scene", "note", "file", "clearing", "available"]
    assert not one.facts(_CALLED, "fleet.unit-state-changed", "dispatch.note-added")
    one.page.reload()
    expect(one.page.locator("header.away .rest")).to_have_text("7 queued")
    expect(one.page.locator("h1")).to_contain_text("Available")
    assert len(one.waiting()) == 7, "a page that was opened anew without a network has all of it"

    at = {action["what"] + str(action["body"].get("state", "")): action["at"] for action in one.queue()}
    town.clock.shift_s += 2 * 86_400
    one.back()
    one.page.get_by_role("button", name="Sign in to send").click(timeout=40_000)
    one.page.locator("input[name=name]").fill("responder")
    one.page.locator("input[name=password]").fill("pass word responder")
    one.page.keyboard.press("Enter")
    one.sent()
    story = one.facts(_CALLED, "fleet.unit-state-changed", "dispatch.note-added", "dispatch.file-attached")
    assert states(one) == list(_STATES)
    assert [len(one.facts(kind)) for kind in (_CALLED, "dispatch.note-added", "dispatch.file-attached")] == [1, 1, 1]
    names = ["acknowledge", "stateen_route", "stateat_scene", "note", "stateclearing", "stateavailable", "file"]
    assert [round((kept.entry.happened_at - 5_400 * _S - at[name]) / _S) for kept, name in zip(story, names, strict=True)] == [0] * 7, "to the second"
    assert all(kept.entry.known_at - kept.entry.happened_at > 2 * 86_400 * _S - 60 * _S for kept in story), "both times are kept"
    assert said(one, one.facts("dispatch.note-added")[0]) == "two storeys, gate shut"
    assert town.house.rows("unit")["E7"].state == "available"  # type: ignore[attr-defined]  # a UnitRow
    assert incident in one.incidents


def test_a_server_that_restarts_in_the_middle_of_a_sync_loses_nothing_and_keeps_nothing_twice(browser: Browser, tmp_path: Path) -> None:
    with socket.socket() as near:
        near.bind(("127.0.0.1", 0))
        near.listen(64)
        with served(tmp_path, demo=True) as floor:
            floor.on_duty("E7", "engine", corner(1, 1))
            line = Line(near, ("127.0.0.1", floor.port))
            threading.Thread(target=line.serve, daemon=True).start()
            one = on_the_road(browser, floor, f"http://localhost:{near.getsockname()[1]}")
            called(one)
            one.away()
            one.page.get_by_label("Note for the incident").fill("smoke from afar")
            one.act("Keep note")
            works_the_job(one, 3)
            line.deaf = True
            one.back()
            until(lambda: len(one.facts("dispatch.note-added")) == 1)  # kept, and its answer lost; nothing but its key says that it was
            port, clock = floor.port, floor.clock
        line.cut()
        assert len(one.waiting()) == 8
        line.deaf = False
        with served(tmp_path, demo=True, port=port, clock=clock) as floor:
            one.floor = floor
            one.sent()
            assert states(one) == list(_STATES)
            assert [len(one.facts(kind)) for kind in (_CALLED, "dispatch.file-attached")] == [1, 1]
            assert [said(one, kept) for kept in one.facts("dispatch.note-added")] == ["smoke from afar", "two storeys, gate shut"]
            assert [action["again"] for action in one.queue() if action["what"] == "note"] == [True, False]
            leave(browser)
        line.end()


def test_a_unit_that_was_sent_elsewhere_meanwhile_is_a_question_on_the_phone_and_a_word_at_dispatch(browser: Browser, town: Served) -> None:
    one = on_the_road(browser, town)
    incident = called(one)
    one.act("Acknowledge")
    one.act("En route")
    one.sent()
    one.away()
    one.act("At scene")
    one.page.get_by_label("Note for the incident").fill("nobody here")
    one.act("Keep note")
    one.act("Clearing")
    town.house.do(StandDown(incident=incident, unit="E7", shift=SHIFT), DESK)
    other = town.take(corner(4, 4), "medical", 1)
    town.house.do(AssignUnit(incident=other, unit="E7", shift=SHIFT), DESK)
    one.back()
    expect(one.page.locator("header .no")).to_have_text("1 refused", timeout=40_000)
    expect(one.page.locator("article h1")).not_to_have_text("Building fire")
    assert states(one) == ["en_route"], "what was done at one incident is not taken for the other"
    until(lambda: [said(one, kept) for kept in one.facts("dispatch.note-added")] == ["nobody here"])  # words are of their own incident and go on
    until(lambda: any(posted(town, number).recipients == ("role:dispatcher",) for number in town.house.rows("message")))
    told = [kept for kept in disclose(town.house.ledger.read()) if isinstance(kept.fact, MessageSent)]
    assert len(told) == 1
    assert "At scene" in said(one, told[0])
    assert "Clearing" in said(one, told[0])

    one.page.locator("header button").first.click()
    question = one.page.locator(".question")
    expect(question).to_have_count(1)
    expect(question).to_contain_text("E7 is on incident")
    expect(question).to_contain_text("Dispatch was told at")
    one.looks_right("question")
    one.page.reload()
    one.page.locator("header button").first.click()
    expect(one.page.locator(".question")).to_have_count(1)
    one.key("Keep as a note in the incident")
    expect(one.page.locator(".question")).to_have_count(0)
    until(lambda: len(one.facts("dispatch.note-added")) == 2)
    assert "At scene" in said(one, one.facts("dispatch.note-added")[1])
    assert [action["stand"] for action in one.queue() if action["body"].get("state") in ("at_scene", "clearing")] == ["settled", "settled"]


def test_a_call_for_help_says_that_nobody_heard_it_until_somebody_did(browser: Browser, town: Served) -> None:
    one = on_the_road(browser, town)
    incident = called(one)
    one.away()
    one.act("Acknowledge")
    key = one.page.locator("nav .help")
    key.click()
    expect(one.page.get_by_role("dialog")).to_contain_text("Use the radio")
    one.looks_right("help-sure")
    one.page.get_by_role("dialog").get_by_role("button", name="No", exact=True).click()
    box = key.bounding_box()
    assert box is not None
    one.page.mouse.move(box["x"] + 20, box["y"] + 20)
    one.page.mouse.down()
    one.page.wait_for_timeout(1_700)
    one.page.mouse.up()
    expect(one.page.get_by_role("alert")).to_contain_text("Help NOT heard yet")
    assert one.page.get_by_role("dialog").count() == 0
    one.looks_right("help-queued")
    one.back()
    expect(one.page.get_by_role("alert")).to_contain_text("dispatch has not confirmed yet", timeout=40_000)
    one.sent()
    calls = [kept for kept in disclose(town.house.ledger.read()) if kept.entry.kind in ("fleet.help-called", _CALLED)]
    assert [kept.entry.kind for kept in calls] == ["fleet.help-called", _CALLED], "help goes first, though it was called last"
    assert incident in one.incidents
    shift = town.house.rows("unit")["E7"].shift
    town.house.do(ConfirmHelp(unit="E7", shift=shift), asker("desk 1", "dispatcher"))
    one.key("Safe now")
    expect(one.page.get_by_role("alert")).to_contain_text("Dispatch is told")
    until(lambda: "messages.message-sent" in [kept.entry.kind for kept in disclose(town.house.ledger.read())])
    one.sent()
    assert "E7" in town.house.rows("help"), "only the floor ends a call"
    town.house.do(EndHelp(unit="E7", shift=shift, outcome="safe"), asker("desk 1", "dispatcher"))
    expect(one.page.get_by_role("alert")).to_have_count(0)


def test_a_spot_check_and_a_handling_record_wait_for_the_network_too(browser: Browser, town: Served) -> None:
    one = on_the_road(browser, town)
    incident = called(one)
    town.house.do(CallSpotCheck(units=("E7",), within_s=600, words="by one key"), asker("chief 1", "supervisor"))
    expect(one.page.get_by_role("alert")).to_contain_text("Spot check by chief 1")
    expect(one.page.get_by_role("button", name="Write the handling record")).to_be_enabled()
    one.looks_right("check")
    one.away()
    one.act("We are here")
    for key in ("Acknowledge", "En route", "At scene", "Available"):
        one.act(key)
    one.key("Write the handling record")
    record = one.page.get_by_role("dialog")
    expect(record.get_by_role("button", name="Keep", exact=True)).to_be_disabled()
    record.get_by_label("What was found").fill("a pan on the stove")
    record.get_by_label("What was done").fill("taken off the heat, aired")
    record.get_by_role("radio", name="one object").click()
    record.get_by_role("radio", name="Yes").click()
    one.looks_right("handling")
    one.act("Keep")
    assert one.waiting() == ["check", "acknowledge", "en_route", "at_scene", "available", "handling"]
    pressed = next(action["at"] for action in one.queue() if action["what"] == "check")
    one.back()
    one.sent()
    answered, = one.facts("fleet.check-answered")
    assert abs(answered.entry.happened_at - pressed) < _S
    record_kept, = one.facts("dispatch.handling-kept")
    assert isinstance(record_kept.fact, HandlingKept)
    assert opened(record_kept.fact.found, town.house.ledger.vault) == "a pan on the stove"
    assert record_kept.fact.incident == incident


def test_words_go_both_ways_all_is_well_by_one_key_and_the_place_is_told_on_duty_alone(browser: Browser, town: Served) -> None:
    one = on_the_road(browser, town)
    called(one)
    one.context.grant_permissions(["geolocation"])
    here = corner(3, 2)
    one.context.set_geolocation({"longitude": here.lon, "latitude": here.lat, "accuracy": 8})
    number = town.house.do(SendMessage(to_kind="unit", to="E7", text="the key is at the gate"), DESK).subject.removeprefix("message:")
    until(lambda: posted(town, number).delivered == ("unit:E7",))
    assert not posted(town, number).read
    one.page.get_by_role("button", name="Words1").click()
    expect(one.page.locator("li").first).to_contain_text("the key is at the gate")
    until(lambda: posted(town, number).read == ("unit:E7",))
    one.away()
    one.key("Answer")
    one.page.get_by_label("Answer").last.fill("we have it")
    one.act("Send")
    expect(one.page.locator("li.own")).to_contain_text("queued")
    one.looks_right("answer")
    one.back()
    one.sent()
    until(lambda: posted(town, number).answered == ("unit:E7",))

    one.key("Unit")
    assert town.house.positions()["E7"].lon != pytest.approx(here.lon), "not told without leave"
    one.key("Tell where we are")
    until(lambda: town.house.positions()["E7"].lon == pytest.approx(here.lon))
    one.key("Job")
    for key in ("Acknowledge", "En route", "At scene", "All well"):
        one.act(key)
    one.sent()
    assert [kept.entry.by for kept in one.facts("dispatch.timer-acknowledged")] == ["responder"]
    one.act("Available")
    one.sent()
    one.key("Unit")
    one.key("Sign off E7")
    expect(one.page.locator("h1")).to_contain_text("which unit are you on")
    until(lambda: len(one.facts("fleet.crew-signed-off")) == 1)
    heard = town.house.positions()["E7"].heard_at
    one.context.set_geolocation({"longitude": here.lon + 0.01, "latitude": here.lat, "accuracy": 8})
    one.page.wait_for_timeout(6_000)
    assert town.house.positions()["E7"].heard_at == heard, "and not once one is off"


@pytest.mark.parametrize(("theme", "tongue"), [("dark", "en"), ("light", "zh")])
def test_every_page_is_large_legible_and_whole_in_both_themes_and_languages(browser: Browser, town: Served, theme: str, tongue: str) -> None:
    one = phone(browser, town, plain, theme=theme, tongue=tongue)
    expect(one.page.locator("ul li")).to_have_count(6)
    one.looks_right("units")
    one.page.get_by_role("button", name="E7").click()
    one.looks_right("sign-on")
    one.page.locator("article > button").click()
    one.page.locator(".great.main").click()
    expect(one.page.locator("nav")).to_be_visible()
    one.looks_right("post")
    incident = town.take(corner(4, 3), "fire", 1)
    for unit in ("E7", "T1", "M2"):
        town.house.do(AssignUnit(incident=incident, unit=unit, shift=SHIFT), DESK)
    expect(one.page.locator("article header h1")).to_be_visible()
    one.looks_right("job")
    tabs = one.page.locator("nav > button")
    for at, name in ((1, "way"), (2, "words"), (3, "unit")):
        tabs.nth(at).click()
        if name == "way":
            map_settled(one.page)
            expect(one.page.locator("ol li").first).to_be_visible()
        one.looks_right(name)
    one.page.set_viewport_size({"width": 320, "height": 640})
    tabs.nth(0).click()
    one.looks_right("job-320")
    picture(one.page, "field-last")
