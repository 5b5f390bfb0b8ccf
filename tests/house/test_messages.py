"""Messages through a real house: sent, delivered, read, answered or not, the text sealed, and each opening kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.floor import CHIEF, DESK, TIMERS, StillClock, asker, corner, on_duty, small_house
from tocsin.house import House
from tocsin.kernel import Refused
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AcknowledgeTimer, AssignUnit, ReadStory
from tocsin.rooms.dispatch.views import Story, TimerRow
from tocsin.rooms.messages.commands import AnswerMessage, MarkDelivered, MarkRead, ReadMessage, SendMessage
from tocsin.rooms.messages.views import MessageRow, Thread
from tocsin.trail import Fix

CREW = asker("crew:E7", "responder")


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def house(tmp_path: Path, clock: StillClock) -> Iterator[House]:
    with small_house(tmp_path, clock, timers=TIMERS) as made:
        yield made


def send(house: House, command: SendMessage) -> str:
    return house.do(command, DESK).subject.removeprefix("message:")


def row(house: House, message: str) -> MessageRow:
    found = house.rows("message")[message]
    assert isinstance(found, MessageRow)
    return found


def test_a_message_is_delivered_read_and_answered(house: House, clock: StillClock) -> None:
    shift = on_duty(house, "E7", "engine", corner(0, 0))
    number = house.do(TakeCall(place=corner(1, 1), kind="fire"), DESK).subject.removeprefix("call:")
    house.do(AssignUnit(incident=number, unit="E7", shift=shift), DESK)
    message = send(house, SendMessage(to_kind="incident", to=number, text="which hydrant is dry?", answer_by_s=60, urgent=True))
    assert message == "260304-0001"
    assert row(house, message).recipients == ("unit:E7",)
    house.do(MarkDelivered(message=message, recipient="unit:E7"), CREW)
    house.do(MarkRead(message=message, recipient="unit:E7"), CREW)
    clock.pass_s(30)
    house.do(AnswerMessage(message=message, recipient="unit:E7", text="the one at the corner"), CREW)
    assert row(house, message).answered == ("unit:E7",)
    assert f"unanswered:{message}" not in house.rows("timer")
    clock.pass_s(30)
    house.tick()
    assert "dispatch.timer-escalated" not in {entry.kind for _, entry in house.ledger.read() if "unanswered" in "".join(entry.tags)}

    thread = house.see(ReadMessage(message=message), DESK)
    assert isinstance(thread, Thread)
    assert [(said.sender, said.text) for said in thread.said] == [("person:desk 1", "which hydrant is dry?"), ("unit:E7", "the one at the corner")]
    opened = [kept for kept in house.history(f"message:{message}") if kept.entry.kind == "access.record-shown"]
    assert [(kept.entry.by, kept.entry.purpose) for kept in opened] == [("desk 1", "response")]
    assert b"hydrant" not in b"".join(entry.body for _, entry in house.ledger.read())

    story = house.see(ReadStory(incident=number), DESK)
    assert isinstance(story, Story)
    said = [line.says.en for line in story.lines]
    assert "Urgent message from desk 1 to E7." in said
    assert "E7 answered desk 1." in said
    assert not any("hydrant" in line for line in said)


def test_an_unanswered_message_is_raised_and_taken_in_hand(house: House, clock: StillClock) -> None:
    on_duty(house, "E7", "engine", corner(0, 0))
    message = send(house, SendMessage(to_kind="unit", to="E7", text="are you there?", answer_by_s=60))
    timer = f"unanswered:{message}"
    clock.pass_s(61)
    house.tick()
    found = house.rows("timer")[timer]
    assert isinstance(found, TimerRow)
    assert (found.step, found.to) == (1, "dispatcher")
    house.do(AcknowledgeTimer(timer=timer, word="reached by radio"), DESK)
    assert timer not in house.rows("timer")


def test_an_area_is_those_who_are_in_it_at_sending(house: House, clock: StillClock) -> None:
    for unit, at in (("E7", corner(0, 0)), ("E9", corner(5, 5))):
        on_duty(house, unit, "engine", at)
    here = SendMessage(to_kind="area", to="the corner", text="shut the windows", lon=corner(0, 0).lon, lat=corner(0, 0).lat, within_m=300)
    message = send(house, here)
    assert row(house, message).recipients == ("unit:E7",)
    house.report([Fix(unit="E9", lon=corner(0, 0).lon, lat=corner(0, 0).lat, device_at=clock.at, heard_at=clock.at)], CREW)
    assert row(house, send(house, here)).recipients == ("unit:E7", "unit:E9")
    assert row(house, message).recipients == ("unit:E7",), "who a message was for does not change"


def test_a_crew_is_not_shown_what_desks_write_to_one_another(house: House) -> None:
    message = send(house, SendMessage(to_kind="role", to="supervisor", text="relief at eight?"))
    with pytest.raises(Refused, match="not_yours"):
        house.see(ReadMessage(message=message), CREW)
    thread = house.see(ReadMessage(message=message), CHIEF)
    assert isinstance(thread, Thread)
    assert thread.said[0].text == "relief at eight?"
    with pytest.raises(Refused, match="not_yours"):
        house.do(MarkRead(message=message, recipient="role:supervisor"), CREW)


def test_messages_outlive_a_restart(tmp_path: Path, clock: StillClock) -> None:
    with small_house(tmp_path, clock, timers=TIMERS) as house:
        on_duty(house, "E7", "engine", corner(0, 0))
        message = send(house, SendMessage(to_kind="unit", to="E7", text="stand by", answer_by_s=600))
        house.do(MarkDelivered(message=message, recipient="unit:E7"), CREW)
        before = house.rows("message")
    with small_house(tmp_path, clock, timers=TIMERS) as house:
        assert house.rows("message") == before
        assert f"unanswered:{message}" in house.rows("timer")
        assert send(house, SendMessage(to_kind="unit", to="E7", text="again")) == "260304-0002"
