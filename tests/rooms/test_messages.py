"""Messages: who exactly one goes to, whose side may mark and answer it, and what the board shows of it."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from tests.rooms.story import NOW, kept, when
from tocsin.facts.messages import MessageDelivered, MessageRead, MessageSent
from tocsin.kernel import Command, Fact, Sealed
from tocsin.rooms.messages.commands import AnswerMessage, Here, MarkDelivered, MarkRead, SendMessage
from tocsin.rooms.messages.model import MOST_IN_A_THREAD, State, decide, evolve
from tocsin.rooms.messages.views import MOST, MessageRow, Messages

DESK, CREW = frozenset({"dispatcher"}), frozenset({"responder"})
UNITS = (Here(unit="E7", station="Station 3", skills=("fire",), incident="31", lon=24.90, lat=60.15),
         Here(unit="E9", station="Station 3", skills=("fire", "rescue"), incident="", lon=24.93, lat=60.15),
         Here(unit="M2", station="Station 1", skills=("als",), incident="31", lon=24.90, lat=60.17))
SQUARE = ((24.89, 60.14), (24.91, 60.14), (24.91, 60.18), (24.89, 60.18))


def done(given: Sequence[Fact], command: Command, by: str = "desk 1", roles: frozenset[str] = DESK) -> tuple[Fact, ...] | str:
    return when(given, command, state=State, evolve=evolve, decide=decide, look=lambda what: UNITS, by=by, roles=roles)


def sent(to_kind: str, to: str, *recipients: str, sender: str = "person:desk 1", **more: Any) -> MessageSent:
    return MessageSent(**{"message": "260304-message", "sender": sender, "to_kind": to_kind, "to": to, "recipients": recipients,
                          "text": Sealed("message:260304-message", "stand by"), **more})


def write(to_kind: str, to: str, **more: Any) -> SendMessage:
    return SendMessage(**{"to_kind": to_kind, "to": to, "text": "stand by", **more})


@pytest.mark.parametrize(("command", "then"), [
    (write("unit", "E7", urgent=True, answer_by_s=60, incident="31"),
     sent("unit", "E7", "unit:E7", urgent=True, answer_by_s=60, incident="31")),
    (write("role", "supervisor"), sent("role", "supervisor", "role:supervisor")),
    (write("person", "chief 1"), sent("person", "chief 1", "person:chief 1")),
    (write("station", "Station 3"), sent("station", "Station 3", "unit:E7", "unit:E9")),
    (write("skill", "rescue"), sent("skill", "rescue", "unit:E9")),
    (write("incident", "31"), sent("incident", "31", "unit:E7", "unit:M2", incident="31")),
    (write("everyone", ""), sent("everyone", "", "unit:E7", "unit:E9", "unit:M2")),
    (write("area", "old town", ring=SQUARE), sent("area", "old town", "unit:E7", "unit:M2", ring=SQUARE)),
    (write("area", "the bridge", lon=24.93, lat=60.15, within_m=500.0), sent("area", "the bridge", "unit:E9")),
    (write("skill", "fire", from_unit="E7"), sent("skill", "fire", "unit:E9", sender="unit:E7")),
])
def test_to_whom_a_message_goes(command: SendMessage, then: MessageSent) -> None:
    assert done([], command) == (then,)


@pytest.mark.parametrize(("command", "code"), [
    (write("unit", "E1"), "unit_not_on_shift"),
    (write("role", "king"), "role_unknown"),
    (write("station", "Station 9"), "nobody_there"),
    (write("incident", "99"), "nobody_there"),
    (write("person", ""), "nobody_there"),
    (write("person", "desk 1"), "nobody_there"),
    (write("area", "somewhere"), "area_missing"),
    (write("area", "the sea", lon=0.0, lat=0.0, within_m=10.0), "nobody_there"),
    (write("unit", "E7", from_unit="E1"), "unit_not_on_shift"),
])
def test_what_is_not_sent(command: SendMessage, code: str) -> None:
    assert done([], command) == code


def test_a_crew_writes_for_a_unit_on_duty() -> None:
    assert done([], write("role", "dispatcher"), "crew", CREW) == "from_unit_missing"
    assert done([], write("role", "dispatcher", from_unit="E7"), "crew", CREW) == (sent("role", "dispatcher", "role:dispatcher", sender="unit:E7"),)


ASKED = msgspec.structs.replace(sent("unit", "E7", "unit:E7", "role:supervisor", "person:chief 1", answer_by_s=60), message="m1",
                                text=Sealed("message:m1", "how many?"))
READ = MessageRead(message="m1", recipient="unit:E7")
GOT = MessageDelivered(message="m1", recipient="unit:E7")


@pytest.mark.parametrize(("given", "command", "by", "roles", "then"), [
    ([ASKED], MarkDelivered(message="m1", recipient="unit:E7"), "crew", CREW, (GOT,)),
    ([ASKED, GOT], MarkRead(message="m1", recipient="unit:E7"), "crew", CREW, (READ,)),
    ([ASKED, GOT], MarkDelivered(message="m1", recipient="unit:E7"), "crew", CREW, "already_marked"),
    ([ASKED, READ], MarkDelivered(message="m1", recipient="unit:E7"), "crew", CREW, "already_marked"),
    ([ASKED], MarkRead(message="m1", recipient="unit:E9"), "crew", CREW, "not_a_recipient"),
    ([ASKED], MarkRead(message="m1", recipient="role:supervisor"), "crew", CREW, "not_yours"),
    ([ASKED], MarkRead(message="m1", recipient="person:chief 1"), "desk 1", DESK, "not_yours"),
    ([ASKED], MarkRead(message="m1", recipient="person:chief 1"), "chief 1", DESK, (MessageRead(message="m1", recipient="person:chief 1"),)),
    ([], MarkRead(message="m1", recipient="unit:E7"), "desk 1", DESK, "message_unknown"),
    ([ASKED], AnswerMessage(message="m1", recipient="unit:E7", text="three"), "crew", CREW, (MessageSent(
        message="260304-message", sender="unit:E7", to_kind="person", to="desk 1", recipients=("person:desk 1",),
        text=Sealed("message:m1", "three"), answers="m1", answered_as="unit:E7", thread="m1"),)),
    ([ASKED], AnswerMessage(message="m1", recipient="unit:E9", text="three"), "crew", CREW, "not_a_recipient"),
    ([ASKED], AnswerMessage(message="m1", recipient="role:supervisor", text="three"), "crew", CREW, "not_yours"),
])
def test_who_marks_and_answers(given: list[Fact], command: Command, by: str, roles: frozenset[str], then: tuple[Fact, ...] | str) -> None:
    assert done(given, command, by, roles) == then


def test_an_answer_to_an_answer_stays_in_its_thread_and_a_thread_ends() -> None:
    first = MessageSent(message="m2", sender="unit:E7", to_kind="person", to="desk 1", recipients=("person:desk 1",), text=Sealed("message:m1", "3"),
                        answers="m1", answered_as="unit:E7", thread="m1")
    facts = done([ASKED, first], AnswerMessage(message="m2", recipient="person:desk 1", text="thanks"))
    assert isinstance(facts, tuple)
    answer = facts[0]
    assert isinstance(answer, MessageSent)
    assert (answer.thread, answer.answers, answer.recipients) == ("m1", "m2", ("unit:E7",))
    many = [msgspec.structs.replace(first, message=f"n{n}") for n in range(MOST_IN_A_THREAD)]
    assert done([ASKED, *many], AnswerMessage(message="m1", recipient="unit:E7", text="one more"), "crew", CREW) == "thread_full"


def test_the_board_counts_who_has_read_and_answered_and_holds_no_text() -> None:
    board = Messages()
    board.fold(kept(1, ASKED))
    board.fold(kept(2, GOT))
    board.fold(kept(3, READ))
    answer = MessageSent(message="m2", sender="person:chief 1", to_kind="person", to="desk 1", recipients=("person:desk 1",),
                         text=Sealed("message:m1", "3"), answers="m1", answered_as="person:chief 1", thread="m1")
    assert board.fold(kept(4, answer)) == ("m2", "m1")
    row = board.rows["m1"]
    assert isinstance(row, MessageRow)
    assert (row.delivered, row.read, row.answered) == (("unit:E7", "person:chief 1"), ("unit:E7", "person:chief 1"), ("person:chief 1",))
    assert row.answer_by == NOW + 1 + 60_000_000
    assert b"how many" not in msgspec.json.encode(list(board.rows.values()))
    for n in range(MOST):
        changed = board.fold(kept(5 + n, msgspec.structs.replace(ASKED, message=f"n{n}")))
    assert len(board.rows) == MOST
    assert changed == (f"n{MOST - 1}", "m2"), "the oldest leaves"
