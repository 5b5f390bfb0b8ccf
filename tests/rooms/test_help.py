"""Calls for help: never refused on duty, one at a time, confirmed by the floor before they can be ended."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest

from tests.floor import TABLE
from tests.rooms.story import NOW, kept, when
from tests.rooms.test_crew import CREW, on
from tests.rooms.test_fleet import DAY, started
from tocsin.facts.calls import Place
from tocsin.facts.field import HelpCalled, HelpConfirmed, HelpEnded, HelpEscalated
from tocsin.facts.fleet import ShiftEnded
from tocsin.kernel import Command, Fact
from tocsin.rooms.fleet.commands import CallForHelp, ConfirmHelp, EndHelp, EndShift, RaiseHelp, Unconfirmed
from tocsin.rooms.fleet.model import State, decider, evolve
from tocsin.rooms.fleet.views import HelpRow, Helps, unconfirmed

S = 1_000_000
field = partial(when, state=State, evolve=evolve, decide=decider(TABLE), by="crew 1", roles=CREW)
CALL = CallForHelp(unit="E7", shift=DAY)
CONFIRM, END = ConfirmHelp(unit="E7", shift=DAY), EndHelp(unit="E7", shift=DAY, outcome="safe", note="all accounted for")
called, confirmed = HelpCalled(unit="E7", shift=DAY, person="crew 1"), HelpConfirmed(unit="E7", shift=DAY)
escalated = HelpEscalated(unit="E7", shift=DAY, to="supervisor", due_at=NOW)
ended = HelpEnded(unit="E7", shift=DAY, outcome="safe", note="all accounted for")


def due(what: str) -> Sequence[Any]:
    return (Unconfirmed(unit="E7", shift=DAY, due_at=NOW),) if what == "help due" else ()


def test_a_call_says_who_and_where_if_the_device_knows() -> None:
    assert field([started()], CALL) == (called,)
    placed = CallForHelp(unit="E7", shift=DAY, lon=24.91, lat=60.15, person="somebody else")
    assert field([started()], placed) == (HelpCalled(unit="E7", shift=DAY, person="crew 1", place=Place(lon=24.91, lat=60.15, text="", source="device")),)


def test_anybody_calls_for_a_unit_even_while_others_are_its_crew() -> None:
    assert field([started(), on("crew 2")], CALL) == (called,)


@pytest.mark.parametrize("given", [[called], [called, confirmed], [called, escalated]])
def test_a_repeat_while_it_is_open_is_the_same_call(given: list[Fact]) -> None:
    assert field([started(), *given], CALL) == ()


def test_it_is_confirmed_ended_and_may_be_made_again() -> None:
    assert field([started(), called], CONFIRM) == (confirmed,)
    assert field([started(), called, confirmed], END) == (ended,)
    assert field([started(), called, confirmed, ended], CALL) == (called,)
    assert field([started(), called, confirmed, ended], EndShift(unit="E7", shift=DAY)) == (ShiftEnded(unit="E7", shift=DAY, month="2026-03"),)


@pytest.mark.parametrize(("given", "command", "code"), [
    ([], CALL, "unit_not_on_shift"),
    ([], CONFIRM, "unit_not_on_shift"),
    ([], END, "unit_not_on_shift"),
    ([started()], CONFIRM, "help_not_called"),
    ([started()], END, "help_not_called"),
    ([started(), called, confirmed, ended], CONFIRM, "help_not_called"),
    ([started(), called, confirmed], CONFIRM, "help_confirmed"),
    ([started(), called], END, "help_not_confirmed"),
    ([started(), called, escalated], END, "help_not_confirmed"),
    ([started(), called, confirmed], EndShift(unit="E7", shift=DAY), "help_open"),
])
def test_what_is_refused(given: list[Fact], command: Command, code: str) -> None:
    assert field(given, command) == code


@pytest.mark.parametrize(("given", "raised"), [
    ([called], (escalated,)), ([called, confirmed], ()), ([called, escalated], ()), ([called, confirmed, ended], ()), ([], ())])
def test_what_nobody_confirmed_is_raised_once(given: list[Fact], raised: tuple[Fact, ...]) -> None:
    assert field([started(), *given], RaiseHelp(), look=due) == raised


def test_the_row_stands_from_the_key_to_the_end() -> None:
    helps = Helps(30)
    assert helps.fold(kept(1, started())) == ()
    assert helps.fold(kept(2, called)) == ("E7",)
    assert unconfirmed(helps.rows, NOW + 2 + 30 * S - 1) == ()
    assert unconfirmed(helps.rows, NOW + 2 + 30 * S) == (Unconfirmed(unit="E7", shift=DAY, due_at=NOW + 2 + 30 * S),)
    assert helps.fold(kept(3, HelpConfirmed(unit="E7", shift="another"))) == (), "an older shift's"
    helps.fold(kept(4, escalated))
    assert unconfirmed(helps.rows, NOW + 3600 * S) == ()
    helps.fold(kept(5, confirmed))
    row = helps.rows["E7"]
    assert isinstance(row, HelpRow)
    assert (row.person, row.since, row.confirmed_by, row.confirmed_at, row.raised_to) == ("crew 1", NOW + 2, "desk 1", NOW + 5, "supervisor")
    assert helps.fold(kept(6, ended)) == ("E7",)
    assert helps.rows == {}
