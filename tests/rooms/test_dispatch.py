"""The dispatchers' rules: who may be sent where, what a close needs, and what the board shows."""

from functools import partial
from typing import Any, cast

import pytest

from tests.floor import PLAN, corner
from tests.rooms.story import NOW, kept, when
from tests.rooms.test_fleet import DAY, started, state
from tocsin.facts.dispatch import (
    IncidentClosed,
    IncidentOpened,
    Need,
    NoteAdded,
    PriorityChanged,
    RoadClosed,
    RoadReopened,
    UnitAssigned,
    UnitStoodDown,
)
from tocsin.kernel import Command, Fact, Refused, Sealed
from tocsin.rooms.dispatch.commands import (
    AddNote,
    AssignUnit,
    ChangePriority,
    CloseIncident,
    CloseRoad,
    OpenIncident,
    ReopenRoad,
    StandDown,
    SwapUnits,
)
from tocsin.rooms.dispatch.model import Plan, Rules, State, decider, evolve, faults
from tocsin.rooms.dispatch.views import ClosureRow, Closures, IncidentRow, Incidents


class _Roads:
    """One road, which is all that closing a road needs of the ground."""

    city = "town"

    def stretch(self, lon: float, lat: float) -> tuple[tuple[int, ...], str]:
        return (7,), "Fell Street"

    def shapes(self, segments: tuple[int, ...]) -> tuple[tuple[tuple[float, float], ...], ...]:
        return tuple(((0.0, 0.0), (1.0, 1.0)) for _ in segments)


dispatch = partial(when, state=State, evolve=evolve, decide=decider(Rules(plan=PLAN, ground=cast(Any, _Roads()))))
FIRE_3 = (Need(skill="fire"),)
OPENED = IncidentOpened(incident="31", place=corner(1, 1), kind="fire", priority=3, needs=FIRE_3, plan=PLAN.version, called_at=NOW)
SENT = UnitAssigned(incident="31", unit="E7", shift=DAY)
ELSEWHERE = UnitAssigned(incident="30", unit="E7", shift=DAY)
CLOSED = IncidentClosed(incident="31", disposition="resolved")
SHUT = RoadClosed(closure="c1", segments=(7,), city="town", text="Fell Street", shape=(((0.0, 0.0), (1.0, 1.0)),))
ASSIGN = AssignUnit(incident="31", unit="E7", shift=DAY)
SWAP = SwapUnits(incident="31", unit="E7", shift=DAY, to_unit="E8", to_shift=DAY)
E8 = started("E8")


@pytest.mark.parametrize(("given", "command", "then"), [
    ([], OpenIncident(incident="31", place=corner(1, 1), kind="fire", priority=3, called_at=NOW), (OPENED,)),
    ([OPENED], ChangePriority(incident="31", priority=2, reason="smoke seen"),
     (PriorityChanged(incident="31", priority=2, needs=PLAN.needs("fire", 2), reason="smoke seen"),)),
    ([OPENED, CLOSED], AddNote(incident="31", note="late word"), (NoteAdded(incident="31", note=Sealed("incident:31", "late word")),)),
    ([OPENED, started()], ASSIGN, (SENT,)),
    ([OPENED, started(), SENT], StandDown(incident="31", unit="E7", shift=DAY, reason="false"),
     (UnitStoodDown(incident="31", unit="E7", shift=DAY, reason="false"),)),
    ([OPENED, started(), E8, SENT], SWAP,
     (UnitStoodDown(incident="31", unit="E7", shift=DAY), UnitAssigned(incident="31", unit="E8", shift=DAY))),
    ([OPENED], CloseIncident(incident="31", disposition="resolved"), (CLOSED,)),
    ([OPENED, started(), SENT, state("available", "assigned")], CloseIncident(incident="31", disposition="resolved"), (CLOSED,)),
    ([], CloseRoad(lon=1.0, lat=1.0, closure="c1"), (SHUT,)),
    ([SHUT], ReopenRoad(closure="c1"), (RoadReopened(closure="c1"),)),
])
def test_what_follows(given: list[Fact], command: Command, then: tuple[Fact, ...]) -> None:
    assert dispatch(given, command) == then


@pytest.mark.parametrize(("given", "command", "code"), [
    ([OPENED], OpenIncident(incident="31", place=corner(1, 1), kind="fire", priority=3, called_at=NOW), "incident_exists"),
    ([], OpenIncident(incident="31", place=corner(1, 1), kind="dragon", priority=3, called_at=NOW), "kind_unknown"),
    ([], ASSIGN, "incident_unknown"),
    ([OPENED, CLOSED, started()], ASSIGN, "incident_closed"),
    ([OPENED], ASSIGN, "unit_not_on_shift"),
    ([OPENED, started(), ELSEWHERE], ASSIGN, "unit_busy"),
    ([OPENED, started(), SENT], ASSIGN, "unit_busy"),
    ([OPENED, started(), state("out_of_service", "available", "")], ASSIGN, "unit_not_available"),
    ([OPENED, started()], StandDown(incident="31", unit="E7", shift=DAY), "unit_not_on_incident"),
    ([OPENED, started(), E8], SWAP, "unit_not_on_incident"),
    ([OPENED, started(), E8, SENT, UnitAssigned(incident="30", unit="E8", shift=DAY)], SWAP, "unit_busy"),
    ([OPENED, started(), SENT], SwapUnits(incident="31", unit="E7", shift=DAY, to_unit="E7", to_shift=DAY), "unit_busy"),
    ([OPENED, CLOSED], CloseIncident(incident="31", disposition="resolved"), "incident_closed"),
    ([OPENED], CloseIncident(incident="31", disposition="magic"), "disposition_unknown"),
    ([OPENED, started(), SENT], CloseIncident(incident="31", disposition="resolved"), "units_still_on"),
    ([OPENED], ChangePriority(incident="31", priority=3), "priority_same"),
    ([], AddNote(incident="31", note="x"), "incident_unknown"),
    ([], CloseRoad(closure="c1"), "closure_without_place"),
    ([SHUT], CloseRoad(lon=1.0, lat=1.0, closure="c1"), "closure_exists"),
    ([], ReopenRoad(closure="c1"), "closure_unknown"),
    ([SHUT, RoadReopened(closure="c1")], ReopenRoad(closure="c1"), "closure_unknown"),
])
def test_what_is_refused(given: list[Fact], command: Command, code: str) -> None:
    assert dispatch(given, command) == code


def test_the_board_shows_what_is_still_needed() -> None:
    needs = (Need(skill="fire"), Need(skill="ladder"))
    board = Incidents()
    opened = IncidentOpened(incident="31", place=corner(1, 1), kind="fire", priority=2, needs=needs, plan="p", called_at=NOW)
    facts: list[Fact] = [started(), started("T1", "truck"), opened, SENT]
    for n, fact in enumerate(facts, 1):
        board.fold(kept(n, fact))
    row = board.rows["31"]
    assert isinstance(row, IncidentRow)
    assert (row.unmet, row.units, row.first_sent_at) == ((Need(skill="ladder"),), ("E7",), NOW + 4)
    for n, fact in enumerate([state("at_scene", "assigned"), state("available", "at_scene"),
                              UnitAssigned(incident="31", unit="T1", shift=DAY)], 5):
        board.fold(kept(n, fact))
    row = board.rows["31"]
    assert isinstance(row, IncidentRow)
    assert (row.unmet, row.units, row.first_there_at) == ((), ("T1",), NOW + 5)
    board.fold(kept(8, UnitStoodDown(incident="31", unit="T1", shift=DAY)))
    row = board.rows["31"]
    assert isinstance(row, IncidentRow)
    assert row.unmet == (Need(skill="ladder"),)
    assert board.fold(kept(9, CLOSED)) == ("31",)
    assert "31" not in board.rows


def test_a_unit_that_turns_back_leaves_its_need_open() -> None:
    board = Incidents()
    for n, fact in enumerate([started(), OPENED, SENT, state("out_of_service", "assigned")], 1):
        board.fold(kept(n, fact))
    row = board.rows["31"]
    assert isinstance(row, IncidentRow)
    assert (row.unmet, row.units) == (FIRE_3, ())


def test_closures_come_and_go() -> None:
    closures = Closures()
    assert closures.fold(kept(1, SHUT)) == ("c1",)
    assert isinstance(closures.rows["c1"], ClosureRow)
    assert closures.fold(kept(2, RoadReopened(closure="c1"))) == ("c1",)
    assert closures.fold(kept(3, RoadReopened(closure="c1"))) == ()


def test_the_sample_plan_is_sound_and_faults_are_named() -> None:
    assert faults(PLAN) == []
    broken = Plan(version="x", kinds={"fire": PLAN.kinds["fire"]}, skills={}, dispositions={})
    assert "kind fire: skill fire has no words" in faults(broken)
    with pytest.raises(Refused, match="kind_unknown"):
        PLAN.needs("dragon", 1)
