"""How long until help: the view against a plain computation, one unit and one cell at a time, through the same house."""

from pathlib import Path

import numpy as np
import pytest

from tests.floor import CHIEF, DESK, StillClock, corner, on_duty, small_city, small_house
from tocsin.city.calibration import Calibration
from tocsin.city.live import LiveRoads
from tocsin.house import House
from tocsin.kernel import Refused
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.coverage.commands import ReadCells, ReadCover
from tocsin.rooms.coverage.views import FRESH_US, Cover, CoverCells
from tocsin.rooms.dispatch.commands import AssignUnit, CloseRoad, ReadRoutes
from tocsin.rooms.dispatch.views import DrivenWays

GROUND = LiveRoads(small_city(), Calibration.default())


def cover(house: House, skill: str = "fire") -> Cover:
    shown = house.see(ReadCover(skill=skill), DESK)
    assert isinstance(shown, Cover)
    return shown


def plainly(units: list[tuple[str, str, tuple[float, float]]], closed: tuple[int, ...], hour: int) -> tuple[list[int], list[int]]:
    """The same by drive_s to one cell after the other: seconds and the first unit."""
    best: list[int] = []
    first: list[int] = []
    for arc, along in zip(GROUND.cells.arc.tolist(), GROUND.cells.along.tolist(), strict=True):
        found = []
        for number, (unit, kind, (lon, lat)) in enumerate(units):
            spot = GROUND.spots(np.array([lon]), np.array([lat]), np.array([np.nan]), lights=True)
            drive = float(GROUND.drive_s(*spot, (arc, along), lights=True, hour=hour, closed=closed)[0])
            found.append((drive + GROUND.added_s(kind, f"Station {unit}", hour, False), number))
        seconds, who = min(found)
        best.append(round(seconds) if np.isfinite(seconds) else -1)
        first.append(who if np.isfinite(seconds) else -1)
    return best, first


@pytest.mark.parametrize("shut", [False, True])
def test_cover_is_the_soonest_of_all_free_units_with_the_skill(tmp_path: Path, shut: bool) -> None:
    clock = StillClock()
    with small_house(tmp_path, clock) as house:
        for unit, kind, at in (("E1", "engine", corner(0, 0)), ("E2", "engine", corner(5, 5)), ("E3", "engine", corner(2, 4)), ("P1", "police", corner(3, 3))):
            on_duty(house, unit, kind, at)
        if shut:
            for column, row in ((0, 0), (5, 5)):
                at = corner(column, row)
                house.do(CloseRoad(lon=at.lon + (0.004 if column == 0 else -0.004), lat=at.lat, text="flood"), DESK)
        call = house.do(TakeCall(place=corner(2, 4), kind="fire"), DESK).subject.removeprefix("call:")
        house.do(AssignUnit(incident=call, unit="E3", shift="2026-03-04D"), DESK)
        closed, hour = tuple(house.look("closed")), GROUND.hour_of_week(clock.now())
        assert bool(closed) == shut
        units = [(unit, "engine", (at.lon, at.lat)) for unit, at in (("E1", corner(0, 0)), ("E2", corner(5, 5)))]
        seconds, first = plainly(units, closed, hour)
        shown = cover(house)
        assert shown.units == ("E1", "E2"), "a busy unit and one without the skill cover nothing"
        assert all(abs(ours - theirs) <= 1 for ours, theirs in zip(shown.eta_s, seconds, strict=True))
        differs = [i for i, (ours, theirs) in enumerate(zip(shown.first, first, strict=True)) if ours != theirs]
        assert not differs
        assert min(second for second in shown.eta_s if second >= 0) > 60, "mobilisation is counted"
        assert shut == (-1 in shown.eta_s), "a cell known by a stretch that is shut is reached by nobody"
        assert len(set(shown.eta_s)) > 5


def test_an_answer_is_given_again_for_a_moment_and_then_follows_the_floor(tmp_path: Path) -> None:
    clock = StillClock()
    with small_house(tmp_path, clock) as house:
        assert set(cover(house).eta_s) == {-1}
        on_duty(house, "E1", "engine", corner(0, 0))
        assert set(cover(house).eta_s) == {-1}, "the same answer within the moment"
        clock.pass_s(FRESH_US / 1e6)
        first = cover(house)
        assert first.units == ("E1",)
        assert -1 not in first.eta_s
        clock.pass_s(FRESH_US / 1e6)
        again = cover(house)
        assert again.eta_s is first.eta_s, "nothing moved: nothing is driven again"
        assert again.at > first.at


def test_the_cells_are_rings_that_close_and_hold_their_middle(tmp_path: Path) -> None:
    with small_house(tmp_path) as house:
        cells = house.see(ReadCells(), DESK)
        assert isinstance(cells, CoverCells)
        assert cells.version == cover(house).version
        assert len(cells.outlines) == len(cover(house).eta_s)
        for ring, lon, lat in zip(cells.outlines, cells.lon, cells.lat, strict=True):
            assert ring[:2] == ring[-2:]
            assert min(ring[::2]) < lon < max(ring[::2])
            assert min(ring[1::2]) < lat < max(ring[1::2])


def test_a_skill_that_nobody_can_have_is_refused(tmp_path: Path) -> None:
    with small_house(tmp_path) as house, pytest.raises(Refused) as no:
        cover(house, "flying")
    assert no.value.code == "skill_unknown"


def test_every_way_that_is_driven_goes_round_a_closure_at_once(tmp_path: Path) -> None:
    with small_house(tmp_path) as house:
        shift = on_duty(house, "E1", "engine", corner(0, 1))
        on_duty(house, "E2", "engine", corner(4, 4))
        calls = [house.do(TakeCall(place=at, kind="fire", priority=priority), DESK).subject.removeprefix("call:")
                 for at, priority in ((corner(4, 1), 3), (corner(0, 4), 1))]
        for call, unit in zip(calls, ("E1", "E2"), strict=True):
            house.do(AssignUnit(incident=call, unit=unit, shift=shift), CHIEF)
        before = house.see(ReadRoutes(), DESK)
        assert isinstance(before, DrivenWays)
        assert [way.unit for way in before.ways] == ["E2", "E1"], "the most pressing first"
        middle = before.ways[1].line[len(before.ways[1].line) // 2]
        house.do(CloseRoad(lon=corner(1, 1).lon + 0.004, lat=corner(1, 1).lat, text="works"), DESK)
        after = house.see(ReadRoutes(), DESK)
        assert isinstance(after, DrivenWays)
        assert after.ways[1].eta_s > before.ways[1].eta_s
        assert after.ways[1].line != before.ways[1].line, middle
        assert after.ways[0].line == before.ways[0].line
        one = house.see(ReadRoutes(limit=1), DESK)
        assert isinstance(one, DrivenWays)
        assert (len(one.ways), one.more) == (1, 1)
