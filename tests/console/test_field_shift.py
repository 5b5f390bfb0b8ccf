"""A whole shift on the phone: begun, at its post, its own track, ended; and of its incidents nothing stays on the phone."""

from playwright.sync_api import Browser, expect

from tests.console.desk import DESK, SHIFT, Served
from tests.console.pocket import Phone, phone
from tests.console.test_field import called, on_the_road, plain
from tests.floor import asker, corner
from tests.waiting import until
from tocsin.facts.field import PostReported
from tocsin.house import Asker
from tocsin.house.tracks import Tracks
from tocsin.rooms.dispatch.commands import AddNote
from tocsin.rooms.fleet.commands import EndShift
from tocsin.rooms.fleet.views import UnitRow
from tocsin.rooms.messages.commands import SendMessage

_S = 1_000_000
_STAYS = {"who", "unit", "shift", "ahead", "bases", "handbook"}
CHIEF = asker("chief 1", "supervisor")


def test_a_shift_is_begun_reported_from_looked_back_at_and_ended(browser: Browser, town: Served) -> None:
    one = phone(browser, town, plain)
    page = one.page
    expect(page.locator("ul li")).to_have_count(6)
    until(lambda: page.evaluate("indexedDB.databases().then((all) => all.length)") > 0)
    page.wait_for_timeout(1_500)  # the units that it sees are known to it from then on
    town.house.do(EndShift(unit="E9", shift=SHIFT), CHIEF)
    expect(page.locator("ul li")).to_have_count(5)
    one.key("Start a shift")
    one.looks_right("start")
    page.locator("li button", has_text="E9").click()
    one.key("All of it is there")
    one.key("Sign on to E9")
    row = town.house.rows("unit")["E9"]
    assert isinstance(row, UnitRow)
    shift = row.shift
    assert shift != SHIFT
    assert (row.station, row.unit_kind) == ("Station E9", "engine")

    one.away()
    one.act("We are at this post")
    expect(page.locator("article")).to_contain_text("queued")
    pressed = one.queue()[-1]["at"]
    page.set_viewport_size({"width": 320, "height": 640})
    one.looks_right("post-320")
    page.set_viewport_size({"width": 390, "height": 844})
    one.key("Unit")
    one.key("Where we were today")
    expect(page.get_by_role("dialog").filter(has_text="it needs a network")).to_be_visible()
    one.key("Close")
    one.back()
    one.sent()
    one.key("Job")
    expect(page.locator("article")).to_contain_text("Reported: Station E9")
    reported, = [kept for kept in town.house.history(f"unit:E9@{shift}") if isinstance(kept.fact, PostReported)]
    assert abs(reported.entry.happened_at - pressed) < _S

    for column in range(1, 5):
        town.clock.shift_s += 70
        town.seen("E9", corner(column, 2), speed_mps=8.0)
    Tracks(town.house).of_unit(Asker("chief 1", frozenset({"supervisor"}), purpose="oversight"), "E9", shift, 0, 0)
    one.key("Unit")
    one.key("Where we were today")
    dialog = page.get_by_role("dialog").filter(has_text="4 positions")
    expect(dialog).to_contain_text("chief 1")
    page.locator("dialog .map[aria-busy=false] .maplibregl-canvas").wait_for()
    dialog.locator(".times button").nth(1).click()
    expect(dialog.locator(".times button").nth(1)).to_have_attribute("aria-pressed", "true")
    one.looks_right("track")
    one.key("Close")
    one.key("End the shift of E9")
    one.looks_right("end-sure")
    page.get_by_role("dialog").get_by_role("button", name="End the shift of E9").click()
    until(lambda: "E9" not in town.house.rows("unit"))
    expect(page.locator("h1")).to_contain_text("which unit are you on")
    assert [kept.entry.kind for kept in town.house.history(f"unit:E9@{shift}")][-2:] == ["fleet.crew-signed-off", "fleet.shift-ended"]
    one.sent()
    assert one.held()[0] <= _STAYS


def test_nothing_of_an_incident_stays_on_the_phone_when_one_is_off(browser: Browser, town: Served) -> None:
    one = on_the_road(browser, town)
    incident = worked(one, town)
    names, text = one.held()
    assert {"picture", "way", "form", "texts"} <= names, "it was there"
    assert all(word in text for word in (incident, "the key is at the gate", "two dogs in the yard"))
    one.away()
    one.page.get_by_label("Note for the incident").fill("gate shut behind us")
    one.act("Keep note")
    one.key("Unit")
    one.key("Sign off E7")
    expect(one.page.locator("h1")).to_contain_text("which unit are you on")
    until(lambda: one.held()[0] <= _STAYS)
    assert one.waiting() == ["note", "sign-off"], "what nobody has heard yet is not lost with it"
    assert "two dogs" not in one.held()[1]
    one.page.reload()
    one.back()
    one.sent()
    until(lambda: one.queue() == [])
    one.page.wait_for_timeout(1_500)
    names, text = one.held()
    assert names <= _STAYS | {"picture"}
    assert not [word for word in (incident, "the key is at the gate", "two dogs in the yard", "gate shut") if word in text]
    assert len(one.facts("fleet.crew-signed-off")) == 1


def test_a_shift_that_the_floor_ends_leaves_the_phone_too(browser: Browser, town: Served) -> None:
    one = on_the_road(browser, town)
    incident = worked(one, town)
    for key in ("Acknowledge", "Available"):
        one.act(key)
    one.sent()
    assert incident in one.held()[1]
    town.house.do(EndShift(unit="E7", shift=SHIFT), CHIEF)
    expect(one.page.get_by_text("E7 is not on duty any more")).to_be_visible()
    one.page.wait_for_timeout(1_500)
    assert not [word for word in (incident, "the key is at the gate", "two dogs in the yard") if word in one.held()[1]]


def worked(one: Phone, town: Served) -> str:
    """E7 at work with a way, a form, a message and a note on its phone; the incident's number."""
    incident = called(one)
    town.house.do(AddNote(incident=incident, note="of the desk"), DESK)
    town.house.do(SendMessage(to_kind="unit", to="E7", text="the key is at the gate"), DESK)
    one.page.get_by_label("Note for the incident").fill("two dogs in the yard")
    one.act("Keep note")
    expect(one.page.get_by_role("button", name="Write the handling record")).to_be_enabled()
    one.key("Way")
    expect(one.page.locator("ol li").first).to_contain_text("Start on")
    one.page.get_by_role("button", name="Words").click()
    expect(one.page.locator("li").first).to_contain_text("the key is at the gate")
    one.key("Job")
    one.sent()
    one.page.wait_for_timeout(1_200)
    return incident
