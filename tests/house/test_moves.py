"""Moves on a real house: what is suggested is what a plain computation says, it is taken or declined by a person, and what came of it is told."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.floor import CHIEF, DESK, StillClock, asker, corner, on_duty, small_city, small_house
from tocsin.city.calibration import Calibration
from tocsin.city.live import LiveRoads
from tocsin.facts.calls import Place
from tocsin.facts.fleet import Standby
from tocsin.house import House
from tocsin.kernel import Refused
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.coverage.commands import DeclineMove, EndStandby, OrderStandby, ReadMoveReport, ReadMoves
from tocsin.rooms.coverage.model import Post, StandbyTable, Tuned
from tocsin.rooms.coverage.views import Move, MoveReport, MovesView
from tocsin.rooms.dispatch.commands import AssignUnit, StandDown
from tocsin.rooms.fleet.commands import EndShift, ReportState
from tocsin.rooms.fleet.views import UnitRow
from tocsin.trail import Fix

SHIFT = "2026-03-04D"
CREW = asker("crew 1", "responder")
GROUND = LiveRoads(small_city(), Calibration.default())
WITHIN_S = 150
EAST = Post(name="East post", lon=corner(5, 2).lon, lat=corner(5, 2).lat)
TABLE = StandbyTable(policy="marginal", within_s={"fire": WITHIN_S}, posts=(EAST,), least_gain=0.01, busy=0.4, busy_h=10_000, most_moves=2)


class Floor:
    """A house with short words for what happens on it."""

    def __init__(self, house: House, clock: StillClock) -> None:
        self.house, self.clock = house, clock

    def moves(self) -> MovesView:
        self.clock.pass_s(20)
        found = self.house.see(ReadMoves(skill="fire"), DESK)
        assert isinstance(found, MovesView)
        return found

    def order(self, move: Move, **more: object) -> None:
        self.house.do(msgspec.convert({"unit": move.unit, "shift": move.shift, "post": move.post, "place": msgspec.to_builtins(move.place), "gain": move.gain,
                                       "drive_s": move.drive_s, "dist_m": move.dist_m, "left": move.left, "skill": "fire"} | more, OrderStandby), DESK)

    def unit(self, unit: str) -> UnitRow:
        row = self.house.rows("unit")[unit]
        assert isinstance(row, UnitRow)
        return row

    def at(self, unit: str, place: Place) -> None:
        now = self.clock.now()
        self.house.report([Fix(unit=unit, lon=place.lon, lat=place.lat, device_at=now, heard_at=now, accuracy_m=5.0, speed_mps=0.0, heading_deg=None)], CREW)


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    clock = StillClock()
    with small_house(tmp_path, clock, standby=TABLE) as house:
        for unit, column, row in (("E1", 0, 0), ("E2", 0, 1), ("E3", 0, 4)):
            on_duty(house, unit, "engine", corner(column, row), SHIFT)
        on_duty(house, "P1", "police", corner(3, 3), SHIFT)
        yield Floor(house, clock)


def plainly(where: dict[str, tuple[Place, bool]], hour: int) -> float:
    """The expected share with engines at these places (and whether each is its station), one cell after the other by `drive_s`."""
    share = 0.0
    for cell, weight in enumerate(GROUND.cells.road_m / GROUND.cells.road_m.sum()):
        target = (int(GROUND.cells.arc[cell]), float(GROUND.cells.along[cell]))
        near = 0
        for unit, (place, home) in where.items():
            spot = GROUND.spots(np.array([place.lon]), np.array([place.lat]), np.array([np.nan]), lights=True)
            drive = float(GROUND.drive_s(*spot, target, lights=True, hour=hour, closed=())[0])
            near += drive + GROUND.added_s("engine", f"Station {unit}", hour, not home) <= WITHIN_S
        share += weight * (1 - 0.4**near)
    return share


def test_the_move_that_is_suggested_gains_what_a_plain_computation_says(floor: Floor) -> None:
    view, hour = floor.moves(), GROUND.hour_of_week(floor.clock.now())
    homes = {"E1": (corner(0, 0), True), "E2": (corner(0, 1), True), "E3": (corner(0, 4), True)}
    before = plainly(homes, hour)
    assert view.share == pytest.approx(before, abs=1e-4)
    assert view.now == view.share, "all stand at their stations"
    assert view.busy == pytest.approx(0.4, abs=0.01)
    post = Place(lon=EAST.lon, lat=EAST.lat)
    gains = {unit: plainly({**homes, unit: (post, False)}, hour) - before for unit in homes}
    best = view.moves[0]
    assert (best.unit, best.post, best.home, best.left) == (max(gains, key=lambda unit: gains[unit]), "East post", False, f"Station {best.unit}")
    assert best.gain == pytest.approx(gains[best.unit], abs=1e-4)
    assert best.gain > 0.05
    assert len({move.unit for move in view.moves}) == len(view.moves), "a unit is suggested once"
    assert all(move.unit != "P1" for move in view.moves)
    way = GROUND.route((*_spot(corner(0, int(best.unit == "E2"))), False), _spot(post), lights=False, hour=hour, closed=())
    assert way is not None
    assert (best.drive_s, best.dist_m) == (round(way.eta_s), round(way.dist_m))
    assert best.won
    assert not set(best.won) & set(best.lost)
    assert best.next_unit in {"E1", "E2"} - {best.unit}
    assert f"{best.unit} to East post: {best.gain * 100:.1f} points more within 2:30" in best.says.en
    assert "个百分点" in best.says.zh


def _spot(place: Place) -> tuple[int, float]:
    arcs, alongs, _ = GROUND.spots(np.array([place.lon]), np.array([place.lat]), np.array([np.nan]), lights=False)
    return int(arcs[0]), float(alongs[0])


def test_a_move_is_taken_and_the_unit_waits_there_until_it_is_sent(floor: Floor) -> None:
    first = floor.moves()
    best = first.moves[0]
    floor.order(best)
    row = floor.unit(best.unit)
    assert row.standby == Standby(name="East post", place=best.place)
    assert (row.state, row.standby_since) == ("available", floor.clock.now())
    then = floor.moves()
    assert then.share == pytest.approx(first.share + best.gain, abs=2e-4), "what was promised is what is expected now"
    assert then.now < then.share, "it has not set out yet"
    assert all((move.unit, move.post) != (best.unit, best.post) for move in then.moves)
    floor.at(best.unit, best.place)
    assert floor.moves().now == pytest.approx(then.share, abs=1e-4)
    call = floor.house.do(TakeCall(place=corner(5, 3), kind="outside_fire", priority=2), DESK).subject.removeprefix("call:")
    floor.house.do(AssignUnit(incident=call, unit=best.unit, shift=SHIFT), DESK)
    assert floor.unit(best.unit).standby is None
    with pytest.raises(Refused, match="unit_busy"):
        floor.order(best)
    floor.house.do(StandDown(incident=call, unit=best.unit, shift=SHIFT), DESK)
    assert floor.unit(best.unit).standby is None, "after an incident a unit goes home"


def test_a_move_that_is_declined_is_not_suggested_again_for_a_while(floor: Floor) -> None:
    best = floor.moves().moves[0]
    floor.house.do(DeclineMove(unit=best.unit, shift=SHIFT, post=best.post, gain=best.gain, reason="rest"), DESK)
    assert all((move.unit, move.post) != (best.unit, best.post) for move in floor.moves().moves)
    floor.clock.pass_s(TABLE.declined_s)
    assert (floor.moves().moves[0].unit, floor.moves().moves[0].post) == (best.unit, best.post)


def test_a_unit_that_was_moved_often_is_suggested_no_more_but_home(floor: Floor) -> None:
    best = floor.moves().moves[0]
    for post, place in (("Fair", corner(1, 1)), ("West", corner(0, 0))):
        floor.house.do(OrderStandby(unit=best.unit, shift=SHIFT, post=post, place=place), DESK)
    assert all(move.unit != best.unit or move.home for move in floor.moves().moves)
    with pytest.raises(Refused, match="moves_spent"):
        floor.order(best)
    floor.house.do(OrderStandby(unit=best.unit, shift=SHIFT, post="East post", override="fair"), CHIEF)
    standing = floor.unit(best.unit).standby
    assert standing is not None
    assert standing.name == "East post"
    floor.house.do(EndStandby(unit=best.unit, shift=SHIFT), DESK)
    assert floor.unit(best.unit).standby is None


def test_nothing_is_suggested_where_nobody_is_free_or_the_table_says_so(floor: Floor, tmp_path: Path) -> None:
    for unit in ("E1", "E2", "E3"):
        floor.house.do(ReportState(unit=unit, shift=SHIFT, state="out_of_service"), CREW)
    nobody = floor.moves()
    assert (nobody.moves, nobody.why, nobody.share, nobody.now) == ((), "nobody", 0.0, 0.0)
    with small_house(tmp_path / "other", floor.clock) as house:
        on_duty(house, "E1", "engine", corner(0, 0), SHIFT)
        view = house.see(ReadMoves(skill="fire"), DESK)
        assert isinstance(view, MovesView)
        assert (view.moves, view.why, view.policy) == ((), "policy", "nearest")
        with pytest.raises(Refused, match="skill_unknown"):
            house.see(ReadMoves(skill="flying"), DESK)


def test_a_table_whose_least_gain_nothing_reaches_says_that_nothing_pays(tmp_path: Path) -> None:
    clock = StillClock()
    with small_house(tmp_path, clock, standby=msgspec.structs.replace(TABLE, least_gain=1.0)) as house:
        on_duty(house, "E1", "engine", corner(0, 0), SHIFT)
        view = house.see(ReadMoves(skill="fire"), DESK)
        assert isinstance(view, MovesView)
        assert (view.moves, view.why) == ((), "pays")


TUNED = Tuned(horizon_s=1_500.0, soon=1, near=4, tail=0.1)


@pytest.mark.parametrize("name", ["table", "double-standard", "marginal", "outlook"])
def test_each_policy_of_a_study_is_asked_by_a_floor_and_its_move_is_told_with_what_it_gains(name: str, tmp_path: Path) -> None:
    clock = StillClock()
    with small_house(tmp_path, clock, standby=msgspec.structs.replace(TABLE, policy=name, tuned=TUNED)) as house:
        floor, homes = Floor(house, clock), {"E1": (corner(0, 0), True), "E2": (corner(0, 1), True), "E3": (corner(0, 4), True)}
        for unit, (place, _) in homes.items():
            on_duty(house, unit, "engine", place, SHIFT)
        view, hour = floor.moves(), GROUND.hour_of_week(clock.now())
        assert (view.policy, view.why) == (name, "")
        best = view.moves[0]
        assert (best.post, best.left) == ("East post", f"Station {best.unit}")
        moved = plainly({**homes, best.unit: (Place(lon=EAST.lon, lat=EAST.lat), False)}, hour)
        assert best.gain == pytest.approx(moved - plainly(homes, hour), abs=2e-4)
        floor.order(best)
        assert all(move.unit != best.unit or move.home for move in floor.moves().moves), "it stands where the policy wants it"


def test_a_policy_that_asks_only_who_is_freed_asks_nobody_else(tmp_path: Path) -> None:
    clock = StillClock()
    with small_house(tmp_path, clock, standby=msgspec.structs.replace(TABLE, policy="dmexclp")) as house:
        floor = Floor(house, clock)
        for unit, row in (("E1", 0), ("E2", 1)):
            on_duty(house, unit, "engine", corner(0, row), SHIFT)
        assert (floor.moves().moves, floor.moves().why) == ((), "pays")
        call = house.do(TakeCall(place=corner(2, 2), kind="outside_fire", priority=2), DESK).subject.removeprefix("call:")
        house.do(AssignUnit(incident=call, unit="E2", shift=SHIFT), DESK)
        floor.at("E2", corner(2, 2))
        house.do(StandDown(incident=call, unit="E2", shift=SHIFT), DESK)
        assert [(move.unit, move.post) for move in floor.moves().moves] == [("E2", "East post")]
        floor.at("E2", corner(0, 1))
        assert floor.moves().moves == (), "at home again, it is not disturbed"


def test_nobody_is_asked_to_drive_farther_than_the_table_allows(floor: Floor, tmp_path: Path) -> None:
    drive_s = floor.moves().moves[0].drive_s
    for most, far in ((drive_s + 1, True), (drive_s - 1, False)):
        with small_house(tmp_path / str(most), floor.clock, standby=msgspec.structs.replace(TABLE, most_drive_s=most)) as house:
            for unit, column, row in (("E1", 0, 0), ("E2", 0, 1), ("E3", 0, 4)):
                on_duty(house, unit, "engine", corner(column, row), SHIFT)
            assert any(move.drive_s >= drive_s - 1 for move in Floor(house, floor.clock).moves().moves) == far


def test_a_policy_whose_numbers_the_table_lacks_says_so_and_guesses_none(tmp_path: Path) -> None:
    clock = StillClock()
    with small_house(tmp_path, clock, standby=msgspec.structs.replace(TABLE, policy="outlook")) as house:
        on_duty(house, "E1", "engine", corner(0, 0), SHIFT)
        assert (Floor(house, clock).moves().moves, Floor(house, clock).moves().why) == ((), "tuning")


def test_a_busy_unit_that_is_soon_back_is_counted_where_it_comes_to(tmp_path: Path) -> None:
    """E2 serves a call; where it counts at its station nearly as a whole unit, nothing is gained by E1's filling it."""
    clock, told = StillClock(), {}
    for soon in (0, 8):
        table = msgspec.structs.replace(TABLE, policy="outlook", posts=(), tuned=msgspec.structs.replace(TUNED, soon=soon, near=soon, tail=0.0, horizon_s=86_400.0))
        with small_house(tmp_path / str(soon), clock, standby=table) as house:
            for unit, column, row in (("E1", 0, 0), ("E2", 5, 2), ("E3", 0, 0)):
                on_duty(house, unit, "engine", corner(column, row), SHIFT)
            call = house.do(TakeCall(place=corner(5, 3), kind="outside_fire", priority=2), DESK).subject.removeprefix("call:")
            house.do(AssignUnit(incident=call, unit="E2", shift=SHIFT), DESK)
            told[soon] = [move.post for move in Floor(house, clock).moves().moves]
    assert told[0][:1] == ["Station E2"] and told[8] == []


def test_the_busy_share_is_what_the_units_were(tmp_path: Path) -> None:
    clock = StillClock()
    with small_house(tmp_path, clock, standby=msgspec.structs.replace(TABLE, busy=0.5, busy_h=1.0)) as house:
        floor = Floor(house, clock)
        on_duty(house, "E1", "engine", corner(0, 0), SHIFT)
        on_duty(house, "E2", "engine", corner(0, 1), SHIFT)
        clock.pass_s(2 * 3_600)
        call = house.do(TakeCall(place=corner(5, 3), kind="outside_fire", priority=2), DESK).subject.removeprefix("call:")
        house.do(AssignUnit(incident=call, unit="E1", shift=SHIFT), DESK)
        clock.pass_s(3_600)
        view = floor.moves()
        assert view.busy == pytest.approx((1 + 0.5) / (6 + 1), abs=1e-3), "one hour of six on duty, beside one that was believed"
        assert view.counted_h == pytest.approx(6.0, abs=0.1)
        house.do(StandDown(incident=call, unit="E1", shift=SHIFT), DESK)
        house.do(ReportState(unit="E1", shift=SHIFT, state="out_of_service"), CREW)
        clock.pass_s(3_600)
        assert floor.moves().counted_h == pytest.approx(7.0, abs=0.1), "out of service is not on duty"
        clock.pass_s(20 * 86_400)
        house.do(EndShift(unit="E2", shift=SHIFT), CHIEF)
        assert floor.moves().busy < 0.01, "what is older than fourteen days does not count"


def test_cover_is_weighed_by_calls_once_there_are_enough(tmp_path: Path) -> None:
    clock = StillClock()
    table = msgspec.structs.replace(TABLE, weight="calls", least_calls=3)
    with small_house(tmp_path, clock, standby=table) as house:
        floor = Floor(house, clock)
        on_duty(house, "E1", "engine", corner(0, 0), SHIFT)
        assert floor.moves().weight == "roads"
        for _ in range(3):
            house.do(TakeCall(place=corner(0, 0), kind="outside_fire", priority=3, channel="radio"), DESK)
        assert floor.moves().weight == "roads", "what crews saw by themselves is nobody's call for help"
        for _ in range(3):
            house.do(TakeCall(place=corner(5, 2), kind="outside_fire", priority=3), DESK)
        view = floor.moves()
        assert (view.weight, view.share) == ("calls", 0.0), "all calls come from where nobody is in time"
        assert (view.moves[0].post, view.moves[0].gain) == ("East post", pytest.approx(1 - view.busy, abs=1e-3))


def test_what_came_of_the_moves_is_told(floor: Floor) -> None:
    best = floor.moves().moves[0]
    began = floor.clock.now()
    floor.order(best)
    floor.house.do(DeclineMove(unit="E3", shift=SHIFT, post="East post", reason="rest"), DESK)
    call = floor.house.do(TakeCall(place=corner(5, 3), kind="outside_fire", priority=2), DESK).subject.removeprefix("call:")
    floor.clock.pass_s(best.drive_s + 60)
    floor.house.do(AssignUnit(incident=call, unit=best.unit, shift=SHIFT), DESK)
    hour = GROUND.hour_of_week(floor.clock.now())
    floor.house.do(StandDown(incident=call, unit=best.unit, shift=SHIFT), DESK)
    floor.order(best)
    floor.clock.pass_s(1)
    floor.house.do(AssignUnit(incident=call, unit=best.unit, shift=SHIFT), DESK)
    report = floor.house.see(ReadMoveReport(since=began - 1, until=floor.clock.now()), asker("planner 1", "planner"))
    assert isinstance(report, MoveReport)
    whole = report.whole
    assert (whole.moves, whole.declined, whole.measured, whole.dist_m, whole.most_in_12h) == (2, 1, 2, 2 * best.dist_m, 2)
    assert (whole.served, whole.on_way, whole.compared, whole.later) == (1, 1, 1, 0)
    target = GROUND.spots(np.array([corner(5, 3).lon]), np.array([corner(5, 3).lat]), np.array([np.nan]), lights=True)
    homes = {"E1": corner(0, 0), "E2": corner(0, 1), "E3": corner(0, 4)}
    times = [float(GROUND.drive_s(*GROUND.spots(np.array([at.lon]), np.array([at.lat]), np.array([np.nan]), lights=True), (int(target[0][0]), float(target[1][0])),
                                  lights=True, hour=hour, closed=())[0]) + GROUND.added_s("engine", f"Station {best.unit}", hour, on_road)
             for at, on_road in ((homes[best.unit], False), (best.place, True))]
    assert whole.sooner_s == round(times[0] - times[1])
    assert whole.sooner_s is not None
    assert whole.sooner_s > 30
    assert [line.of for line in report.days] == ["2026-03-04"]
    assert {line.of: line.moves for line in report.units} == {best.unit: 2, "E3": 0} | ({"E3": 2} if best.unit == "E3" else {})
    assert report.declined == {"rest": 1}
    with pytest.raises(Refused, match="span_too_long"):
        floor.house.see(ReadMoveReport(since=0, until=floor.clock.now()), CHIEF)
    with pytest.raises(Refused):
        floor.house.see(ReadMoveReport(since=began, until=floor.clock.now()), DESK)


def test_what_only_answers_read_does_not_go_out_on_the_stream(floor: Floor) -> None:
    before = floor.house.frame(None)
    floor.order(floor.moves().moves[0])
    changed = floor.house.frame(before.id)
    assert {type(row).__name__ for row in changed.rows} == {"UnitRow"}
    for frame in (before, floor.house.frame(None), floor.house.past(floor.clock.now())):
        assert not {"BusyRow", "StandbyRow", "CallsRow"} & {type(row).__name__ for row in frame.rows}
    assert floor.house.rows("standby")
