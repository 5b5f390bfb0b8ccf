"""Timers: what is watched and for how long, each step raised once and only while it is so, acknowledged, and read again."""

from collections.abc import Sequence
from typing import Any, cast

import msgspec
import pytest

from tests.floor import PLAN, TIMERS, corner
from tests.rooms.story import NOW, kept, when
from tests.rooms.test_fleet import DAY, started, state
from tocsin.facts.dispatch import IncidentClosed, IncidentOpened, Need, PriorityChanged, UnitAssigned, UnitStoodDown
from tocsin.facts.fleet import ShiftEnded
from tocsin.facts.messages import MessageSent
from tocsin.facts.timers import AssignmentAcknowledged, MovementSeen, TimerAcknowledged, TimerEscalated
from tocsin.kernel import Command, Fact, Sealed
from tocsin.rooms.dispatch.commands import AcknowledgeAssignment, AcknowledgeTimer, Due, RaiseTimers
from tocsin.rooms.dispatch.model import Rules, State, decider, evolve, timer_faults
from tocsin.rooms.dispatch.model.timing import NO_TIMERS, Rule, Step, TimerTable
from tocsin.rooms.dispatch.views import Incidents, TimerRow, Timers

S = 1_000_000
OPENED = IncidentOpened(incident="31", place=corner(1, 1), kind="fire", priority=1, needs=(Need(skill="fire", count=2),), plan="p", called_at=NOW)
SENT = UnitAssigned(incident="31", unit="E7", shift=DAY, eta_s=400)
HEARD = AssignmentAcknowledged(incident="31", unit="E7", shift=DAY)
ASKED = MessageSent(message="m1", sender="person:desk 1", to_kind="unit", to="E7", recipients=("unit:E7", "role:supervisor"),
                    text=Sealed("message:m1", "?"), answer_by_s=90)


def answer(recipient: str) -> MessageSent:
    return MessageSent(message=f"a-{recipient}", sender=recipient, to_kind="person", to="desk 1", recipients=("person:desk 1",),
                       text=Sealed("message:m1", "!"), answers="m1", answered_as=recipient, thread="m1")


def due(rule: str, since: int, due_at: int, **more: Any) -> Due:
    unit = {"unit": "E7", "shift": DAY} if rule in ("unacknowledged", "unmoved", "overdue", "welfare") else {}
    subject = f"E7@{DAY}" if unit else "31"
    return Due(**{"timer": f"{rule}:{subject}", "rule": rule, "since": since, "due_at": due_at, "incident": "31", **unit, **more})


def raised(given: Sequence[Fact], *timers: Due) -> tuple[Fact, ...] | str:
    look = {"timers due": timers, "timers": timers}
    return when(given, RaiseTimers(), state=State, evolve=evolve, decide=decider(Rules(plan=PLAN, ground=cast(Any, None), timers=TIMERS)), look=look.__getitem__)


def escalated(one: Due, step: int, to: str, due_at: int) -> TimerEscalated:
    return TimerEscalated(timer=one.timer, rule=one.rule, since=one.since, due_at=due_at, step=step, to=to, incident=one.incident,
                          unit=one.unit, shift=one.shift, message=one.message)


PENDING = due("pending", NOW - 70 * S, NOW - 10 * S)
WELFARE = due("welfare", NOW - 910 * S, NOW - 10 * S)
THERE = [OPENED, started(), SENT, state("at_scene", "assigned", "31")]


@pytest.mark.parametrize(("given", "timer", "then"), [
    ([OPENED], PENDING, [(1, "dispatcher", NOW - 10 * S)]),
    ([OPENED], due("pending", NOW - 900 * S, NOW - 840 * S), [(1, "dispatcher", NOW - 840 * S), (2, "supervisor", NOW - 720 * S)]),
    ([OPENED, started(), SENT], PENDING, []),
    ([OPENED, IncidentClosed(incident="31", disposition="resolved")], PENDING, []),
    ([OPENED, started(), SENT], due("unfilled", NOW - 200 * S, NOW - 20 * S), [(1, "dispatcher", NOW - 20 * S)]),
    ([OPENED, started(), SENT], due("unacknowledged", NOW - 200 * S, NOW), [(1, "dispatcher", NOW)]),
    ([OPENED, started(), SENT, HEARD], due("unacknowledged", NOW - 200 * S, NOW), []),
    ([OPENED, started(), SENT, state("en_route", "assigned", "31")], due("unacknowledged", NOW - 200 * S, NOW), []),
    ([OPENED, started(), SENT], due("unmoved", NOW - 300 * S, NOW, moved_m=90), [(1, "dispatcher", NOW)]),
    ([OPENED, started(), SENT], due("overdue", NOW - 700 * S, NOW), [(1, "dispatcher", NOW)]),
    (THERE, due("overdue", NOW - 700 * S, NOW), []),
    (THERE, WELFARE, [(1, "dispatcher", NOW - 10 * S)]),
    ([*THERE, UnitStoodDown(incident="31", unit="E7", shift=DAY)], WELFARE, []),
    ([OPENED], due("abolished", NOW - 900 * S, NOW), []),
])
def test_what_is_raised_to_whom(given: list[Fact], timer: Due, then: list[tuple[int, str, int]]) -> None:
    assert raised(given, timer) == tuple(escalated(timer, *one) for one in then)


def test_a_step_is_raised_once_and_the_next_in_its_time() -> None:
    first = escalated(PENDING, 1, "dispatcher", NOW - 10 * S)
    assert raised([OPENED, first], PENDING) == ()
    later = msgspec.structs.replace(PENDING, due_at=NOW - 120 * S)
    assert raised([OPENED, escalated(later, 1, "dispatcher", NOW - 120 * S)], later) == (escalated(later, 2, "supervisor", NOW),)


def test_a_clock_that_was_set_back_raises_nothing_before_its_time() -> None:
    assert raised([OPENED], due("pending", NOW + 3600 * S, NOW + 3660 * S)) == ()


def test_a_unit_that_was_seen_moving_is_not_raised_and_is_kept_as_seen() -> None:
    assert raised([OPENED, started(), SENT], due("unmoved", NOW - 300 * S, NOW, moved_m=420)) == (
        MovementSeen(incident="31", unit="E7", shift=DAY, moved_m=420),)


def test_one_append_guards_no_more_than_it_can() -> None:
    many = tuple(due("welfare", NOW - 999 * S, NOW - S, timer=f"welfare:E{n}@{DAY}", unit=f"E{n}", incident=f"{n}") for n in range(500))
    ready = RaiseTimers().prepared(cast(Any, type("G", (), {"now": NOW, "look": staticmethod(lambda what: many)})))
    assert len(ready.due) == 20
    assert len(ready.touches()) <= 64


@pytest.mark.parametrize(("given", "command", "then"), [
    ([OPENED], AcknowledgeTimer(timer="pending:31", word="calling the next district"), (TimerAcknowledged(
        timer="pending:31", rule="pending", since=PENDING.since, due_at=PENDING.due_at, incident="31",
        word=Sealed("incident:31", "calling the next district")),)),
    ([OPENED, started(), SENT], AcknowledgeTimer(timer="pending:31"), "timer_over"),
    ([OPENED], AcknowledgeTimer(timer="pending:32"), "timer_over"),
    ([OPENED, started(), SENT], AcknowledgeAssignment(incident="31", unit="E7", shift=DAY), (HEARD,)),
    ([OPENED, started(), SENT, HEARD], AcknowledgeAssignment(incident="31", unit="E7", shift=DAY), "assignment_acknowledged"),
    (THERE, AcknowledgeAssignment(incident="31", unit="E7", shift=DAY), "assignment_acknowledged"),
    ([OPENED, started()], AcknowledgeAssignment(incident="31", unit="E7", shift=DAY), "unit_not_on_incident"),
    ([], AcknowledgeAssignment(incident="31", unit="E7", shift=DAY), "incident_unknown"),
])
def test_what_is_acknowledged(given: list[Fact], command: Command, then: tuple[Fact, ...] | str) -> None:
    assert when(given, command, state=State, evolve=evolve, decide=decider(Rules(plan=PLAN, ground=cast(Any, None), timers=TIMERS)),
                look={"timers": (PENDING,)}.__getitem__) == then


def test_an_unanswered_message_is_raised_until_everybody_has_answered() -> None:
    timer = Due(timer="unanswered:m1", rule="unanswered", since=NOW - 100 * S, due_at=NOW - 10 * S, message="m1")
    assert raised([ASKED], timer) == (escalated(timer, 1, "dispatcher", NOW - 10 * S),)
    assert raised([ASKED, answer("unit:E7")], timer) != ()
    assert raised([ASKED, answer("unit:E7"), answer("role:supervisor")], timer) == ()


class Board:
    """The pictures of incidents and timers, folded together."""

    def __init__(self) -> None:
        self.incidents = Incidents()
        self.timers = Timers(TIMERS)
        self.timers.among({Incidents.name: self.incidents})
        self.position = 0

    def take(self, *facts: Fact) -> tuple[str, ...]:
        changed: tuple[str, ...] = ()
        for fact in facts:
            self.position += 1
            self.incidents.fold(kept(self.position, fact))
            changed = self.timers.fold(kept(self.position, fact))
        return changed

    def row(self, timer: str) -> TimerRow:
        row = self.timers.rows[timer]
        assert isinstance(row, TimerRow)
        return row

    def running(self) -> set[str]:
        return {timer.split(":")[0] for timer in self.timers.rows}


def test_rows_exist_while_what_they_watch_holds() -> None:
    board = Board()
    assert board.take(OPENED) == ("pending:31",)
    assert board.row("pending:31").due_at == NOW + 1 + 60 * S
    board.take(started(), SENT)
    assert board.running() == {"unfilled", "unacknowledged", "unmoved", "overdue"}
    assert board.row(f"overdue:E7@{DAY}").due_at == NOW + 3 + 640 * S, "1.6 times its own forecast of 400 s"
    assert board.take(HEARD) == (f"unacknowledged:E7@{DAY}",)
    board.take(MovementSeen(incident="31", unit="E7", shift=DAY, moved_m=200))
    assert board.running() == {"unfilled", "overdue"}
    board.take(state("at_scene", "en_route", "31"))
    assert board.running() == {"unfilled", "welfare"}
    board.take(state("available", "at_scene", "31"), ShiftEnded(unit="E7", shift=DAY, month="2026-03"))
    assert board.running() == {"pending"}, "its work filled one of the two needs, and nobody is on it now"
    board.take(IncidentClosed(incident="31", disposition="resolved"))
    assert not board.timers.rows
    assert not board.timers.memo


def test_any_word_from_the_crew_begins_the_welfare_timer_anew() -> None:
    board = Board()
    board.take(*THERE)
    timer = f"welfare:E7@{DAY}"
    first = board.row(timer).since
    board.take(MessageSent(message="m2", sender="unit:E7", to_kind="person", to="desk 1", recipients=("person:desk 1",), text=Sealed("message:m2", "ok")))
    second = board.row(timer)
    assert second.since == first + 1
    board.take(TimerEscalated(timer=timer, rule="welfare", since=second.since, due_at=second.due_at, step=1, to="dispatcher", incident="31", unit="E7", shift=DAY))
    row = board.row(timer)
    assert (row.step, row.to, row.next_at) == (1, "dispatcher", second.due_at + 120 * S)
    board.take(TimerAcknowledged(timer=timer, rule="welfare", since=second.since, due_at=second.due_at, incident="31", unit="E7", shift=DAY))
    assert (board.row(timer).step, board.row(timer).since) == (0, second.since + 2)


def test_an_acknowledged_timer_rests_and_comes_back() -> None:
    board = Board()
    board.take(OPENED)
    row = board.row("pending:31")
    board.take(TimerAcknowledged(timer="pending:31", rule="pending", since=row.since, due_at=row.due_at, incident="31"))
    again = board.row("pending:31")
    assert (again.since, again.due_at, again.acknowledged_by) == (row.since, NOW + 2 + 180 * S, "desk 1")


def test_a_changed_priority_moves_what_is_not_due_yet() -> None:
    board = Board()
    board.take(OPENED, started(), SENT, PriorityChanged(incident="31", priority=3, needs=OPENED.needs))
    assert board.row("unfilled:31").due_at == NOW + 3 + 900 * S
    assert board.row(f"unacknowledged:E7@{DAY}").due_at == NOW + 3 + 240 * S


def test_a_message_timer_ends_with_the_answers_the_shift_or_the_incident() -> None:
    for ends in ((answer("unit:E7"), answer("role:supervisor")),
                 (answer("role:supervisor"), ShiftEnded(unit="E7", shift=DAY, month="2026-03"))):
        board = Board()
        assert board.take(ASKED) == ("unanswered:m1",)
        assert board.row("unanswered:m1").due_at == NOW + 1 + 90 * S
        board.take(ends[0])
        assert board.running() == {"unanswered"}
        board.take(ends[1])
        assert not board.timers.rows
    board = Board()
    board.take(OPENED, msgspec.structs.replace(ASKED, incident="31"), IncidentClosed(incident="31", disposition="resolved"))
    assert not board.timers.rows
    assert not board.timers.memo


def test_the_sample_table_is_sound_and_faults_are_named() -> None:
    assert timer_faults(TIMERS) == []
    assert timer_faults(NO_TIMERS) == []
    good = TIMERS.rules["pending"]
    broken: list[tuple[Rule, str]] = [
        (msgspec.structs.replace(good, condition="bored"), "condition bored"),
        (msgspec.structs.replace(good, letter="PP"), "its letter"),
        (msgspec.structs.replace(good, zh=""), "no words"),
        (msgspec.structs.replace(good, after_s={"1": 60}), "no time for priority 2"),
        (msgspec.structs.replace(good, after_s={"1": 60, "2": 50, "3": 70, "4": 80}), "a more pressing incident waits longer"),
        (msgspec.structs.replace(good, steps=()), "first step"),
        (msgspec.structs.replace(good, steps=(Step(0, "dispatcher"), Step(0, "supervisor"))), "do not follow"),
        (msgspec.structs.replace(good, steps=(Step(0, "king"),)), "role king"),
        (msgspec.structs.replace(good, factor=99.0), "out of range"),
    ]
    for rule, word in broken:
        assert any(word in fault for fault in timer_faults(TimerTable(version="x", rules={"pending": rule}))), word
