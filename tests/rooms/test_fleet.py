"""The fleet's rules: shifts begin and end once, and each unit kind's table says which state may follow which."""

from functools import partial

import msgspec
import pytest

from tests.floor import TABLE, corner
from tests.rooms.story import NOW, kept, when
from tocsin.facts.dispatch import UnitAssigned, UnitStoodDown
from tocsin.facts.fleet import ShiftEnded, ShiftStarted, UnitNow, UnitStateChanged
from tocsin.kernel import Fact
from tocsin.rooms.fleet.commands import EndShift, ReportState, StartShift
from tocsin.rooms.fleet.model import FleetTable, State, decider, evolve, faults
from tocsin.rooms.fleet.model.shifts import CLOCKS_US
from tocsin.rooms.fleet.views import UnitRow, Units

DAY = "2026-03-04D"
fleet = partial(when, state=State, evolve=evolve, decide=decider(TABLE))


def started(unit: str = "E7", kind: str = "engine", shift: str = DAY, month: str = "2026-03") -> ShiftStarted:
    return ShiftStarted(unit=unit, shift=shift, unit_kind=kind, skills=TABLE.kinds[kind].skills, station="7", home=corner(0, 0), crew=4, month=month)


def start(unit: str = "E7", kind: str = "engine", shift: str = DAY) -> StartShift:
    return StartShift(unit=unit, shift=shift, unit_kind=kind, station="7", home=corner(0, 0), crew=4)


def assigned(incident: str = "31") -> UnitAssigned:
    return UnitAssigned(incident=incident, unit="E7", shift=DAY)


STOOD_DOWN = UnitStoodDown(incident="31", unit="E7", shift=DAY)


def state(now: str, was: str, incident: str = "31") -> UnitStateChanged:
    return UnitStateChanged(unit="E7", shift=DAY, state=now, was=was, incident=incident)


def test_a_unit_comes_on_duty_with_its_kinds_skills() -> None:
    assert fleet([], start()) == (started(),)


@pytest.mark.parametrize(("given", "command", "code"), [
    ([], start(kind="zeppelin"), "unit_kind_unknown"),
    ([started()], start(), "unit_on_duty"),
    ([started(shift="2026-03-03N")], start(), "unit_on_duty"),
    ([started(shift="2026-02-27D", month="2026-02")], start(), "unit_on_duty"),
    ([started(), ShiftEnded(unit="E7", shift=DAY, month="2026-03")], start(), "shift_used"),
    ([], EndShift(unit="E7", shift=DAY), "unit_not_on_shift"),
    ([started(), assigned()], EndShift(unit="E7", shift=DAY), "unit_on_incident"),
    ([], ReportState(unit="E7", shift=DAY, state="available"), "unit_not_on_shift"),
    ([started()], ReportState(unit="E7", shift=DAY, state="at_scene"), "state_not_next"),
    ([started()], ReportState(unit="E7", shift=DAY, state="assigned"), "state_not_next"),
    ([started()], ReportState(unit="E7", shift=DAY, state="flying"), "state_not_next"),
    ([started(), assigned()], ReportState(unit="E7", shift=DAY, state="transporting"), "state_not_next"),
    ([started(), assigned("32")], ReportState(unit="E7", shift=DAY, state="en_route", incident="31"), "unit_elsewhere"),
    ([started(), STOOD_DOWN], ReportState(unit="E7", shift=DAY, state="at_scene", incident="31"), "unit_elsewhere"),
    ([started(), assigned("32")], ReportState(unit="E7", shift=DAY, state="out_of_service", incident=""), "unit_elsewhere"),
    ([started(), assigned(), STOOD_DOWN, assigned()],
     ReportState(unit="E7", shift=DAY, state="en_route", incident="31", happened_at=NOW - CLOCKS_US), "said_before_sent"),
])
def test_what_is_refused(given: list[Fact], command: StartShift | EndShift | ReportState, code: str) -> None:
    assert fleet(given, command) == code


def test_a_shift_ends_and_another_may_begin() -> None:
    ended = ShiftEnded(unit="E7", shift=DAY, month="2026-03")
    assert fleet([started()], EndShift(unit="E7", shift=DAY)) == (ended,)
    assert fleet([started(), ended], start(shift="2026-03-04N")) == (started(shift="2026-03-04N"),)


def test_an_engine_works_its_incident_and_leaves_it() -> None:
    steps = [started(), assigned(), state("en_route", "assigned"), state("at_scene", "en_route")]
    assert fleet(steps, ReportState(unit="E7", shift=DAY, state="available")) == (state("available", "at_scene"),)
    after = [*steps, state("available", "at_scene")]
    assert fleet(after, ReportState(unit="E7", shift=DAY, state="out_of_service")) == (state("out_of_service", "available", ""),)


def test_a_crew_that_was_out_of_reach_is_heard_where_its_work_is_still_the_same() -> None:
    """Two days later too; and what names no incident is of whatever the unit is on, as radio and the simulator say it."""
    said = ReportState(unit="E7", shift=DAY, state="en_route", incident="31", happened_at=NOW + 4)
    assert fleet([started(), assigned()], said) == (state("en_route", "assigned"),)
    assert fleet([started(), assigned("32")], ReportState(unit="E7", shift=DAY, state="en_route")) == (state("en_route", "assigned", "32"),)
    assert fleet([started()], ReportState(unit="E7", shift=DAY, state="out_of_service", incident="")) == (state("out_of_service", "available", ""),)


def test_stood_down_is_available() -> None:
    given = [started(), assigned(), UnitStoodDown(incident="31", unit="E7", shift=DAY)]
    assert fleet(given, ReportState(unit="E7", shift=DAY, state="en_route")) == "state_not_next"
    assert fleet(given, EndShift(unit="E7", shift=DAY)) == (ShiftEnded(unit="E7", shift=DAY, month="2026-03"),)


def test_the_sample_table_is_sound_and_faults_are_named() -> None:
    assert faults(TABLE) == []
    broken = msgspec.structs.replace(TABLE, machines={"responds": {"available": ("flying",), "flying": ("assigned",)}})
    assert faults(broken) == [
        "unit kind medic: there is no machine transports", "unit kind ambulance: there is no machine transports",
        "machine responds: state flying has no words", "machine responds: a crew can report assigned",
        "machine responds: no way from assigned to available", "machine responds: no way from flying to available"]


@pytest.mark.parametrize("kind", TABLE.kinds)
def test_from_every_state_a_unit_can_be_freed(kind: str) -> None:
    moves = FleetTable.moves(TABLE, kind)
    for before in set(moves) - {"available"}:
        assert "available" in moves[before]


def test_the_picture_follows_the_present_shift_only() -> None:
    units = Units()
    facts: list[Fact] = [started(), assigned(), state("en_route", "assigned"),
                         UnitStateChanged(unit="E7", shift="older", state="at_scene", was="en_route")]
    changed = [units.fold(kept(n, fact)) for n, fact in enumerate(facts, 1)]
    assert changed == [("E7",), ("E7",), ("E7",), ()]
    row = units.rows["E7"]
    assert isinstance(row, UnitRow)
    assert (row.state, row.incident, row.since, row.crew) == ("en_route", "31", NOW + 3, 4)
    assert units.fold(kept(5, ShiftEnded(unit="E7", shift=DAY, month="2026-03"))) == ("E7",)
    assert units.rows == {}
    assert isinstance(UnitNow, type)
