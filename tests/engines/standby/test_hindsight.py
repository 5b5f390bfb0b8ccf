"""The fewest late calls for one who knows the day, against every choice of units on small towns, every rule that is played, and days by hand."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.engines.standby.plain import Floor
from tests.engines.standby.towns import drawn, world
from tocsin.engines.standby import Aim, Calls, Fleet, Ground, Tuning, World, hindsight, play, policy

LIMITS_S = np.array([101.3, 130.7, 190.9])
"""From the call on; no sum of a town's whole seconds meets one of them exactly."""
SURE_S = 1e-3


def every_choice(town: World, calls: Calls, fleet: Fleet, within_s: Any, weight: Any) -> tuple[float, bool]:
    """The least weight that is late of all ways to send free units, every one tried; and whether in some way a call finds nobody."""
    floor = Floor(town, fleet, Ground(np.zeros((1, 1), np.float32), np.ones(1), (Aim(1.0, 1.0),), 1), Tuning())
    best, waits = [np.inf], [False]

    def on(i: int, units: dict[int, tuple[int, int, float]], late: float) -> None:
        if i == len(within_s):
            best[0] = min(best[0], late)
            return
        now, goal = float(calls.ready_s[i]), int(calls.junction[i])
        free = [k for k, (_, _, since) in units.items() if since <= now]
        waits[0] |= not free
        for k in free:
            floor.now, floor.idle = now, dict(units)
            here, left, at_home = floor.spot(k)
            there = now + left + float(town.lights_s[here, goal]) + float(fleet.turnout_s[0 if at_home else 1])
            end, done = goal, there + float(calls.scene_s[i])
            if calls.transports[i]:
                end, done = int(town.hospital[goal]), done + float(town.hospital_s[goal]) + float(calls.handover_s[i])
            missed = float(weight[i]) if there > calls.called_s[i] + within_s[i] + SURE_S else 0.0
            on(i + 1, units | {k: (int(fleet.home[k]), end, done)}, late + missed)

    on(0, dict(floor.idle), 0.0)
    return best[0], waits[0]


def _day(seed: int, junctions: int, stations: int, units: int, count: int, every_s: float) -> tuple[World, Calls, Fleet, Any]:
    town, calls = world(seed, junctions, min(stations, junctions)), drawn(seed + 1, junctions, count, every_s)
    fleet = Fleet(np.random.default_rng(seed + 2).integers(0, len(town.station), units).astype(np.int32), np.array([60, 15], np.float32))
    return town, calls, fleet, LIMITS_S[calls.priority]


@given(st.integers(0, 10_000), st.integers(6, 14), st.integers(2, 4), st.integers(3, 4), st.sampled_from((200.0, 400.0, 800.0)), st.sampled_from((0.5, 40.0, 1_000.0)), st.booleans())
@settings(max_examples=120, deadline=None)
def test_every_choice_of_units_is_at_or_above_the_bound_and_the_best_is_met_by_small_cells(seed: int, junctions: int, stations: int, units: int, every_s: float,
                                                                                       cell_s: float, weighed: bool) -> None:
    town, calls, fleet, within_s = _day(seed, junctions, stations, units, 6, every_s)
    weight = np.round(np.random.default_rng(seed).uniform(0.1, 3.0, 6), 2) if weighed else np.ones(6)
    best, waits = every_choice(town, calls, fleet, within_s, weight)
    assume(bool(np.isfinite(best)))
    told = hindsight(town, calls, fleet, within_s, weight, cell_s, nodes=10_000)
    assert told.least <= best + 1e-9 and told.found >= best - 1e-9
    assert told.wait or not waits
    assert cell_s > 1 or told.least == pytest.approx(best, abs=2e-4)
    assert hindsight(town, calls, fleet, within_s, weight, cell_s).least <= told.least + 1e-9


@given(st.integers(0, 10_000), st.integers(6, 30), st.integers(2, 6), st.integers(4, 8), st.sampled_from((350.0, 600.0)), st.sampled_from(("nearest", "preparedness")))
@settings(max_examples=40, deadline=None)
def test_no_rule_that_is_played_has_fewer_late(seed: int, junctions: int, stations: int, units: int, every_s: float, name: str) -> None:
    town, calls, fleet, within_s = _day(seed, junctions, stations, units, 60, every_s)
    ground = Ground(town.lights_s[town.station], np.full(junctions, 1 / junctions), (Aim(100.0, 0.7), Aim(180.0, 0.3)), units)
    played = play(town, calls, fleet, policy(name, ground, Tuning(busy=0.4)))
    done = calls.called_s + played.response_s + calls.scene_s + np.where(calls.transports > 0, town.hospital_s[calls.junction] + calls.handover_s, 0)
    assume(all((done[:i] > calls.ready_s[i]).sum() < units for i in range(60)))
    told = hindsight(town, calls, fleet, within_s, kicks=5)
    assert told.least <= told.found
    assert told.least <= (played.response_s > within_s + SURE_S).sum()


def _line(places: list[int], at_s: list[float], homes: list[int], count: int = 10) -> tuple[World, Calls, Fleet]:
    """A street with a junction each minute and a station at each; calls at some of them that take half an hour."""
    times = (60.0 * np.abs(np.arange(count)[:, None] - np.arange(count)[None])).astype(np.float32)
    hop = (np.arange(count)[None] + np.sign(np.arange(count)[:, None] - np.arange(count)[None])).astype(np.int32)
    every = np.arange(count, dtype=np.int32)
    town = World(times, times, times, hop, every, every, np.zeros(count, np.float32))
    called, n = np.array(at_s), len(places)
    calls = Calls(called, called, np.array(places, np.int32), np.zeros(n, np.uint8), np.full(n, 1_800, np.float32), np.zeros(n, np.uint8), np.zeros(n, np.float32))
    return town, calls, Fleet(np.array(homes, np.int32), np.zeros(2, np.float32))


def test_who_knows_the_day_keeps_the_nearer_unit_for_the_next_call() -> None:
    town, calls, fleet = _line([4, 0], [0.0, 60.0], [1, 9])
    within_s = np.full(2, 310.0)
    assert (play(town, calls, fleet).response_s > within_s).sum() == 1
    told = hindsight(town, calls, fleet, within_s)
    assert (told.least, told.found) == (0, 0)
    far = hindsight(town, calls, fleet, np.full(2, 290.0))
    assert (far.least, far.found) == (1, 1)
    dear = hindsight(town, calls, fleet, np.full(2, 290.0), np.array([3.0, 0.5]))
    assert dear.least == pytest.approx(0.5, abs=1e-3) and dear.found == 0.5


def test_a_unit_on_its_way_home_is_there_before_one_from_its_station() -> None:
    """Free at the far end at 2,340 s, it is four minutes' drive from there at 2,520 s, and five from its home."""
    for ready_s, late in ((2_520.0, 0), (2_700.0, 1)):
        town, calls, fleet = _line([9, 9], [0.0, ready_s], [0, 0])
        told = hindsight(town, calls, fleet, np.array([600.0, 250.0]), cell_s=1.0)
        assert (told.least, told.found) == (late, late)


def test_the_whole_program_is_closer_and_one_node_of_it_still_bounds() -> None:
    town, calls, fleet, within_s = _day(6, 25, 6, 10, 80, 200.0)
    weight = np.full(80, 1.01)
    relaxed, early, solved = (hindsight(town, calls, fleet, within_s, weight, 20.0, nodes) for nodes in (0, 1, 10_000))
    assert relaxed.least + 0.1 < solved.least <= solved.found
    assert relaxed.least <= early.least <= solved.least + 1e-6


def test_a_longer_search_finds_no_worse_and_the_same_seed_the_same() -> None:
    town, calls, fleet, within_s = _day(6, 25, 6, 10, 80, 200.0)
    short, long, again = (hindsight(town, calls, fleet, within_s, kicks=kicks) for kicks in (0, 80, 80))
    assert long == again and short.least == long.least <= long.found < short.found


def test_whether_anybody_could_find_nobody_free_is_told() -> None:
    town, calls, fleet = _line([4, 0], [0.0, 3_000.0], [1])
    assert hindsight(town, calls, fleet, np.full(2, 310.0)).wait == 0
    town, calls, fleet = _line([4, 0, 2], [0.0, 1.0, 2_100.0], [1, 9])
    assert hindsight(town, calls, fleet, np.full(3, 310.0)).wait == 1


def test_what_cannot_be_is_told() -> None:
    town, calls, fleet = _line([4, 0], [0.0, 60.0], [1])
    within_s = np.full(2, 310.0)
    for nodes in (0, 5):
        with pytest.raises(ValueError, match="finds nobody free"):
            hindsight(town, calls, fleet, within_s, nodes=nodes)
    with pytest.raises(ValueError, match="at least one unit"):
        hindsight(town, calls, fleet._replace(home=np.empty(0, np.int32)), within_s)
    with pytest.raises(ValueError, match="at least one unit"):
        hindsight(town, calls._replace(called_s=np.empty(0)), fleet, np.empty(0))
    with pytest.raises(ValueError, match="one time to be reached in"):
        hindsight(town, calls, fleet, np.full(3, 310.0))
    with pytest.raises(ValueError, match="0 or more"):
        hindsight(town, calls, fleet, within_s, np.array([1.0, -1.0]))
    with pytest.raises(ValueError, match="in the order"):
        hindsight(town, calls._replace(ready_s=calls.ready_s[::-1]), fleet, within_s)
    with pytest.raises(ValueError, match="no way home"):
        hindsight(town._replace(station_s=np.full_like(town.station_s, np.inf)), calls, fleet, within_s)
