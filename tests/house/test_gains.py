"""Gains on a real house: what may be taken from where, what it saves, what it costs the other incident, and that it then happens."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.floor import CHIEF, DESK, StillClock, asker, corner, on_duty, small_house
from tocsin.facts.calls import Place
from tocsin.facts.dispatch import UnitAssigned
from tocsin.house import House
from tocsin.house.envelope import disclose
from tocsin.kernel import Refused
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import (
    AssignUnit,
    ChangePriority,
    CloseIncident,
    DivertUnit,
    ReadGains,
    StackIncident,
    StandDown,
)
from tocsin.rooms.dispatch.views import Gain, Gains, IncidentRow
from tocsin.rooms.fleet.commands import EndShift, ReportState
from tocsin.trail import Fix

SHIFT = "2026-03-04D"
CREW = asker("crew 1", "responder")


class Floor:
    """A house with short words for what happens on it."""

    def __init__(self, house: House, clock: StillClock) -> None:
        self.house, self.clock = house, clock

    def call(self, at: Place, priority: int, kind: str = "outside_fire") -> str:
        return self.house.do(TakeCall(place=at, kind=kind, priority=priority), DESK).subject.removeprefix("call:")

    def busy(self, unit: str, incident: str, *states: str) -> None:
        self.house.do(AssignUnit(incident=incident, unit=unit, shift=SHIFT), DESK)
        for state in states:
            self.house.do(ReportState(unit=unit, shift=SHIFT, state=state), CREW)

    def at(self, unit: str, place: Place, speed_mps: float = 9.0) -> None:
        now = self.clock.now()
        self.house.report([Fix(unit=unit, lon=place.lon, lat=place.lat, device_at=now, heard_at=now, accuracy_m=5.0, speed_mps=speed_mps,
                               heading_deg=90.0)], CREW)

    def gains(self, incident: str) -> tuple[Gain, ...]:
        found = self.house.see(ReadGains(incident=incident), DESK)
        assert isinstance(found, Gains)
        return found.gains

    def row(self, incident: str) -> IncidentRow:
        found = self.house.rows("incident")[incident]
        assert isinstance(found, IncidentRow)
        return found


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    clock = StillClock()
    with small_house(tmp_path, clock) as house:
        for unit, kind, column, row in (("E7", "engine", 1, 1), ("E9", "engine", 5, 5), ("M2", "medic", 4, 1)):
            on_duty(house, unit, kind, corner(column, row), SHIFT)
        yield Floor(house, clock)


def test_a_unit_on_its_way_is_diverted_for_something_more_pressing(floor: Floor) -> None:
    less = floor.call(corner(4, 5), 4)
    floor.busy("E7", less, "en_route")
    floor.at("E7", corner(1, 1))
    more = floor.call(corner(2, 1), 2)
    (gain,) = floor.gains(more)
    assert (gain.what, gain.unit, gain.instead, gain.source, gain.then_unit) == ("divert", "E7", "E9", less, "E9")
    assert gain.gain_s is not None
    assert gain.gain_s >= 120
    assert gain.later_s == 0, "E9 stands near the other incident"
    assert "sooner than E9" in gain.says.en
    assert "比 E9 早" in gain.says.zh
    floor.house.do(DivertUnit(incident=less, to=more, unit="E7", shift=SHIFT, eta_s=gain.eta_s, gain_s=gain.gain_s), DESK)
    assert (floor.row(more).units, floor.row(less).units, floor.gains(more)) == (("E7",), (), ())
    kept = [one.fact for one in disclose(floor.house.ledger.read_tags((f"incident:{more}",)))]
    assert isinstance(kept[-1], UnitAssigned)
    assert (kept[-1].how, kept[-1].gain_s) == ("divert", gain.gain_s)
    with pytest.raises(Refused, match="unit_not_on_incident"):
        floor.house.do(DivertUnit(incident=less, to=more, unit="E7", shift=SHIFT), DESK)


def test_nothing_is_taken_from_what_is_as_pressing(floor: Floor) -> None:
    same = floor.call(corner(4, 5), 2)
    floor.busy("E7", same, "en_route")
    floor.at("E7", corner(1, 1))
    assert floor.gains(floor.call(corner(2, 1), 2)) == ()


def test_nothing_is_said_where_little_is_saved(floor: Floor) -> None:
    less = floor.call(corner(4, 5), 4)
    floor.busy("E7", less, "en_route")
    floor.at("E7", corner(4, 4))
    assert floor.gains(floor.call(corner(5, 4), 2)) == ()


def test_one_at_scene_is_preempted_only_for_much_more(floor: Floor) -> None:
    less = floor.call(corner(1, 1), 3)
    floor.busy("E7", less, "en_route", "at_scene")
    floor.house.do(ReportState(unit="E9", shift=SHIFT, state="out_of_service"), CREW)
    more = floor.call(corner(2, 1), 2)
    assert floor.gains(more) == ()
    floor.house.do(ChangePriority(incident=more, priority=1), DESK)
    gain = floor.gains(more)[0]
    assert (gain.what, gain.unit, gain.gain_s, gain.later_s) == ("preempt", "E7", None, None)
    assert gain.says.en.endswith("nobody free can fill that need; nobody is free for that one then.")
    floor.house.do(DivertUnit(incident=less, to=more, unit="E7", shift=SHIFT), DESK)
    assert floor.row(more).units == ("E7",)


def test_a_closer_unit_that_becomes_free_is_swapped_in(floor: Floor) -> None:
    first, second = floor.call(corner(1, 2), 3), floor.call(corner(0, 0), 2)
    floor.busy("E7", first, "en_route", "at_scene")
    floor.busy("E9", second, "en_route")
    floor.at("E9", corner(5, 5))
    assert floor.gains(second) == ()
    floor.house.do(ReportState(unit="E7", shift=SHIFT, state="available"), CREW)
    floor.at("E7", corner(1, 1))
    (gain,) = floor.gains(second)
    assert (gain.what, gain.unit, gain.out) == ("swap", "E7", "E9")
    assert gain.gain_s is not None
    assert gain.gain_s >= 60


def test_an_incident_waits_for_a_unit_that_is_soon_free_and_gets_it(floor: Floor) -> None:
    first = floor.call(corner(1, 1), 3)
    floor.busy("E7", first, "en_route", "at_scene", "clearing")
    floor.at("E7", corner(1, 1), speed_mps=0.0)
    floor.house.do(ReportState(unit="E9", shift=SHIFT, state="out_of_service"), CREW)
    second = floor.call(corner(2, 1), 3)
    floor.clock.pass_s(100)
    (gain,) = floor.gains(second)
    assert (gain.what, gain.unit, gain.gain_s, gain.free_in_s) == ("stack", "E7", None, 200)
    floor.house.do(StackIncident(incident=second, unit="E7", shift=SHIFT), DESK)
    assert (floor.row(second).stacked, floor.gains(second)) == (("E7",), ())
    third = floor.call(corner(3, 1), 3)
    floor.house.do(StackIncident(incident=third, unit="E7", shift=SHIFT), DESK)
    floor.house.do(ReportState(unit="E7", shift=SHIFT, state="available"), CREW)
    assert (floor.row(second).units, floor.row(second).stacked, floor.row(third).stacked) == (("E7",), (), ("E7",))
    floor.house.do(StandDown(incident=second, unit="E7", shift=SHIFT), DESK)
    assert floor.row(third).units == ("E7",), "one that is called off goes to what waits for it, too"


def test_nobody_is_sent_to_what_was_closed_while_it_waited(floor: Floor) -> None:
    first, second = floor.call(corner(1, 1), 3), floor.call(corner(2, 1), 3)
    floor.busy("E7", first, "en_route", "at_scene")
    floor.house.do(StackIncident(incident=second, unit="E7", shift=SHIFT), DESK)
    floor.house.do(CloseIncident(incident=second, disposition="cancelled"), DESK)
    floor.house.do(ReportState(unit="E7", shift=SHIFT, state="available"), CREW)
    row = floor.house.rows("unit")["E7"]
    assert (getattr(row, "state", ""), getattr(row, "stacked", None)) == ("available", ())


def test_who_goes_off_duty_is_waited_for_no_longer(floor: Floor) -> None:
    first, second = floor.call(corner(1, 1), 3), floor.call(corner(2, 1), 3)
    floor.busy("E7", first, "en_route", "at_scene")
    floor.house.do(StackIncident(incident=second, unit="E7", shift=SHIFT), DESK)
    floor.house.do(ReportState(unit="E7", shift=SHIFT, state="out_of_service"), CREW)
    floor.house.do(EndShift(unit="E7", shift=SHIFT), CHIEF)
    assert floor.row(second).stacked == ()


def test_there_is_nothing_to_gain_for_what_is_not_open(floor: Floor) -> None:
    with pytest.raises(Refused, match="incident_unknown"):
        floor.gains("260304-9999")
    ended = floor.call(corner(1, 1), 3)
    floor.house.do(CloseIncident(incident=ended, disposition="other"), DESK)
    assert not floor.gains(ended), "one that ended while it was asked for is no error"
