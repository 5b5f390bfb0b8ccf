"""The intake in a real browser, by keyboard alone: a 119 contact rings, is answered, asked, pre-alerted and sent; and contacts that are no call."""

from playwright.sync_api import Browser, Page, expect

from tests.console.desk import DESK, Served, map_settled, obstacles, picture, seated
from tests.floor import asker, corner
from tocsin.facts.calls import Place
from tocsin.kernel import Row
from tocsin.rooms.calls.commands import AnswerContact, ArriveContact, EndContact, TakeCall
from tocsin.rooms.calls.commands.contacts import Channel
from tocsin.rooms.calls.views import ContactRow
from tocsin.rooms.dispatch.views import IncidentRow

GATEWAY = asker("switchboard", "device")


def ring(town: Served, line: str = "119", *, channel: Channel = "voice", words: str = "", number: str = "", place: Place | None = None) -> str:
    """Somebody is at a door of the house; the number of the contact."""
    receipt = town.house.do(ArriveContact(channel=channel, line=line, words=words, number=number, place=place), GATEWAY)
    return receipt.subject.removeprefix("contact:")


def circle(town: Served, accuracy_m: float | None = 250.0) -> Place:
    """Where a network believes the caller to be, a moment ago."""
    at = corner(2, 2)
    return Place(lon=at.lon, lat=at.lat, accuracy_m=accuracy_m, source="network", located_at=town.clock.now() - 4_000_000)


def rows(town: Served, table: str) -> list[Row]:
    return list(town.house.rows(table).values())


def queue(page: Page, waits: int) -> None:
    """Open the queue when so many are known to wait."""
    expect(page.locator("footer").get_by_role("button", name="Queue")).to_contain_text(str(waits))
    page.keyboard.press("q")
    expect(page.get_by_role("listbox", name="Queue")).to_be_focused()


def incident(town: Served) -> IncidentRow:
    (row,) = rows(town, "incident")
    assert isinstance(row, IncidentRow)
    return row


def ask_on(page: Page) -> None:
    """Answer in words, go back to correct an answer, and come to the end of the questions."""
    questions = page.get_by_role("region", name="Questions")
    page.keyboard.press("1")
    floor = questions.get_by_label("What they say")
    expect(floor).to_be_focused()
    page.keyboard.type("third floor, 2 people")
    page.keyboard.press("Enter")
    expect(questions.get_by_role("listbox", name="Is there gas")).to_be_focused()
    page.keyboard.press("Backspace")
    expect(questions.get_by_text("correct the answer")).to_be_visible()
    page.keyboard.press("Backspace")
    expect(questions.get_by_role("listbox", name="Is anybody still inside?")).to_be_focused()
    page.keyboard.press("2")
    expect(questions.get_by_role("listbox", name="Is there gas")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(questions).to_contain_text("All questions are answered.")


def test_a_contact_rings_is_answered_asked_and_sent_by_keyboard_alone(browser: Browser, town: Served) -> None:
    later = ring(town, "110", channel="text", words="is the road open")
    contact = ring(town, number="13900000000", place=circle(town))
    town.house.do(AnswerContact(contact=later), DESK)
    watched = seated(browser, town.url, "dispatcher")
    page = watched.page
    map_settled(page)
    queue(page, 1)
    expect(page.get_by_role("option").filter(has_text="Fire 119")).to_contain_text("± 250 m")
    assert not obstacles(page), "the queue"
    picture(page, "queue-dark-en")
    page.keyboard.press("Enter")
    intake = page.get_by_role("form", name="Take a call")
    expect(intake.get_by_role("combobox", name="Place")).to_be_focused()
    expect(intake).to_contain_text("within 250 m · network")
    expect(intake.get_by_label("Number")).to_have_value("13900000000")
    page.keyboard.type("mission & 2nd", delay=5)
    expect(page.locator(".intake [role=option]").first).to_contain_text("2nd Street")
    picture(page, "intake-contact-dark-en")
    assert not obstacles(page), "the intake with a contact"
    page.keyboard.press("Enter")
    kinds = page.get_by_role("listbox", name="Kind").get_by_role("option")
    expect(kinds.first).to_contain_text("building fire", ignore_case=True)
    page.keyboard.type("fire")
    page.keyboard.press("Enter")

    questions = page.get_by_role("region", name="Questions")
    answers = questions.get_by_role("listbox", name="What is burning?")
    expect(answers).to_be_focused()
    assert incident(town).alerted == ()
    page.keyboard.press("1")
    expect(questions.get_by_text("Get everybody out now.")).to_be_visible()
    expect(questions.get_by_role("listbox", name="Is anybody still inside?")).to_be_focused()
    warned = page.locator(".alerted")
    expect(warned).to_contain_text("E7")
    assert incident(town).units == ()
    assert "E7" in incident(town).alerted, "units are warned while questions are still asked"
    picture(page, "questions-dark-en")
    assert not obstacles(page), "the questions"
    ask_on(page)
    offered = page.get_by_role("listbox", name="Recommended")
    expect(offered).to_be_focused()
    expect(offered.locator("[aria-selected=true]").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".on li").first).to_be_visible()
    expect(page.locator("footer p").last).to_contain_text("sent to")
    assert incident(town).units
    assert not set(incident(town).units) & set(incident(town).alerted)
    assert contact not in {row.id for row in rows(town, "contact")}
    watched.quiet()


def test_silent_test_and_abandoned_contacts_end_by_keys(browser: Browser, town: Served) -> None:
    for line in ("119", "120", "122"):
        ring(town, line)
    watched = seated(browser, town.url, "dispatcher")
    page = watched.page
    queue(page, 3)
    page.keyboard.press("Enter")
    intake = page.get_by_role("form", name="Take a call")
    expect(intake.get_by_role("combobox", name="Place")).to_be_focused()
    page.keyboard.press("Alt+5")
    expect(page.locator("footer p").last).to_contain_text("Ended: Silent")
    expect(intake).to_be_hidden()
    queue(page, 2)
    page.keyboard.press("Enter")
    expect(intake.get_by_role("combobox", name="Place")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("q")
    listed = page.get_by_role("listbox", name="Queue")
    expect(listed).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(listed.locator("[aria-selected=true]")).to_contain_text("Ambulance 120")
    page.keyboard.press("3")
    expect(page.locator("footer p").last).to_contain_text("Ended: Test")
    page.keyboard.press("Home")
    page.keyboard.press("1")
    expect(page.locator("footer p").last).to_contain_text("Ended: Hung up")
    listed_rows = [row for row in rows(town, "contact") if isinstance(row, ContactRow)]
    assert sorted((row.line, row.state, row.how) for row in listed_rows) == [("119", "call_back", "silent"), ("122", "call_back", "abandoned")]
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page.locator(".looked")).to_contain_text("no number")
    picture(page, "queue-call-back-dark-en")
    page.keyboard.press("1")
    expect(page.get_by_role("listbox", name="Queue").get_by_role("option")).to_have_count(1)
    assert {row.id for row in rows(town, "answering")} == {"119", "120", "122"}, "every end is in the answer times"
    watched.quiet()


def test_a_contact_that_another_desk_took_is_not_taken_twice(browser: Browser, town: Served) -> None:
    contact = ring(town)
    page = seated(browser, town.url, "call_taker").page
    queue(page, 1)
    town.house.do(AnswerContact(contact=contact), DESK)
    expect(page.locator(".acts")).to_contain_text("desk 1 has this one")
    page.keyboard.press("Enter")
    expect(page.locator("footer p").last).to_contain_text("desk 1 has contact")
    town.house.do(EndContact(contact=contact, how="wrong_number"), DESK)
    expect(page.get_by_text("Nobody waits. Calls, messages")).to_be_visible()


def test_a_caller_who_can_say_no_place_is_taken_as_a_circle(browser: Browser, town: Served) -> None:
    ring(town, "120", place=circle(town, accuracy_m=400.0))
    watched = seated(browser, town.url, "dispatcher", theme="light", tongue="zh")
    page = watched.page
    map_settled(page)
    expect(page.locator("footer").get_by_role("button", name="来话队列")).to_contain_text("1")
    page.keyboard.press("q")
    expect(page.get_by_role("listbox", name="来话队列")).to_be_focused()
    picture(page, "queue-light-zh")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="地点")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("心脏")
    expect(page.locator(".intake [role=option]").first).to_contain_text("心脏")
    picture(page, "intake-contact-light-zh")
    page.keyboard.press("Enter")
    expect(page.get_by_role("listbox", name="病人醒着吗？叫得应吗？")).to_be_focused()
    page.keyboard.press("2")
    expect(page.get_by_role("listbox", name="呼吸正常吗？")).to_be_focused()
    page.keyboard.press("2")
    expect(page.get_by_text("双手放在胸口正中")).to_be_visible()
    picture(page, "questions-light-zh")
    assert not obstacles(page)
    place = incident(town).place
    assert (place.accuracy_m, place.source) == (400.0, "network")
    watched.quiet()


def test_a_call_outside_the_city_is_taken_and_handed_over(browser: Browser, town: Served) -> None:
    watched = seated(browser, town.url, "dispatcher")
    page = watched.page
    page.keyboard.press("n")
    page.keyboard.type("60.40, 25.20", delay=5)
    expect(page.get_by_role("option").filter(has_text="60.4").first).to_be_visible()
    page.keyboard.press("Enter")
    intake = page.get_by_role("form", name="Take a call")
    expect(intake).to_contain_text("belongs to Neighbouring centre")
    picture(page, "intake-outside-dark-en")
    page.keyboard.type("crash")
    page.keyboard.press("Enter")
    pane = page.locator(".incident .outside")
    expect(pane).to_contain_text("belongs to Neighbouring centre")
    picture(page, "hand-over-dark-en")
    page.keyboard.press("/")
    page.keyboard.type("hand over neighbour")
    expect(page.locator(".will")).to_contain_text("over to neighbour")
    page.keyboard.press("Enter")
    expect(page.locator("footer p").last).to_contain_text("Handed over to Neighbouring centre")
    expect(page.get_by_role("listbox", name="Waiting").get_by_role("option")).to_have_count(0)
    assert not rows(town, "incident")
    watched.quiet()


def test_a_role_without_the_right_sees_the_questions_and_cannot_answer(browser: Browser, town: Served) -> None:
    town.house.do(TakeCall(place=corner(1, 1), kind="fire"), DESK)
    page = seated(browser, town.url, "auditor").page
    expect(page.locator("footer").get_by_role("button", name="Queue")).to_have_count(0)
    page.keyboard.press("w")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("region", name="Questions")).to_contain_text("ask the supervisor")
