"""Policies by themselves: what is counted up is what is summed anew, tables are nested, and a floor that asks is told what the kernel does."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.standby.plain import PLAIN, Floor
from tests.engines.standby.towns import drawn, world
from tocsin.engines.standby import (
    BUDGETS,
    POLICIES,
    Aim,
    Budget,
    Fleet,
    Ground,
    Limit,
    Seen,
    Tuning,
    cover_of,
    expected,
    play,
    policy,
    suggest,
)
from tocsin.engines.standby.compliance import table_of
from tocsin.engines.standby.cover import come, empty, loss, settle, sums, swap, swaps

AIMS = (Aim(100.0, 0.7), Aim(180.0, 0.3))


def _ground(seed: int, junctions: int, stations: int, units: int) -> Ground:
    town = world(seed, junctions, stations)
    weight = np.random.default_rng(seed).random(junctions)
    return Ground(town.lights_s[town.station], weight / weight.sum(), AIMS, units)


@given(st.integers(0, 10_000), st.integers(5, 25), st.integers(1, 5), st.sampled_from((1, 4)), st.sampled_from((0.4, 0.7)), st.sampled_from((0.0, 0.6, 1.0)),
       st.lists(st.tuples(st.integers(0, 4), st.integers(1, 4)), max_size=12))
@settings(max_examples=80, deadline=None)
def test_what_is_counted_up_is_what_is_summed_anew(seed: int, junctions: int, stations: int, step: int, busy: float, stays: float, coming: list[tuple[int, int]]) -> None:
    """Limits of the same worth, which are one layer, and of another."""
    ground = _ground(seed, junctions, stations, 3)
    layers = [Limit(AIMS[0].within_s, AIMS[0].share, expected(0.4, step)), Limit(AIMS[1].within_s, AIMS[1].share, expected(busy, step))]
    cover = empty(cover_of(ground.reach_s, ground.weight, layers, step))
    counted = np.zeros(stations, int)
    for w, amount in coming:
        come(cover, w % stations, amount)
        counted[w % stations] += amount
    if coming and coming[0][1] <= 2:
        come(cover, coming[0][0] % stations, -coming[0][1])
        counted[coming[0][0] % stations] -= coming[0][1]
    settle(cover)
    assert len(cover.worth) == (1 if busy == 0.4 else 2)
    gain, net, counts = np.empty(stations), np.empty(stations), np.empty_like(cover.more)
    sums(cover.reach, cover.more, gain)
    for here in range(stations):
        swaps(cover.reach, here, cover.more, cover.less, stays, counts, net)
        for w in range(stations):
            anew = np.zeros(4)
            for limit in layers:
                reach = ground.reach_s <= limit.within_s
                there = (reach * counted[:, None]).sum(axis=0)
                more = limit.share * ground.weight * limit.worth[np.minimum(there, len(limit.worth) - 1)]
                less = limit.share * ground.weight * limit.worth[np.clip(there - step, 0, len(limit.worth) - 1)]
                anew += [more[reach[w]].sum(), less[reach[w]].sum(), more[reach[w] & ~reach[here]].sum(), less[reach[here] & ~reach[w]].sum()]
            found = [gain[w], loss(cover.reach[w], cover.less), *swap(cover.reach[w], cover.reach[here], cover.more, cover.less)]
            assert np.allclose(found, anew, atol=1e-9) and abs(net[w] - (anew[2] - stays * anew[3])) < 1e-9


def test_one_more_unit_adds_what_daskin_says_and_all_parts_of_one_add_up() -> None:
    assert np.allclose(expected(0.4)[:5], 0.6 * 0.4 ** np.arange(5))
    late = 0.4 ** (np.arange(30) / 4)
    assert np.allclose(expected(0.4, 4)[:20], late[:20] - late[4:24])
    assert expected(0.0).tolist() == [1.0, 0.0]


@given(st.integers(0, 10_000), st.integers(5, 20), st.integers(1, 4))
@settings(max_examples=40, deadline=None)
def test_a_table_is_nested_and_each_step_is_the_best_that_one_more_can_do(seed: int, junctions: int, stations: int) -> None:
    ground, busy = _ground(seed, junctions, stations, 5), 0.5
    table = table_of(ground, busy)
    assert (table.sum(axis=1) == np.arange(6)).all() and (np.diff(table, axis=0) >= 0).all()

    def value(row: np.ndarray) -> float:
        return sum(aim.share * float(ground.weight @ (1 - busy ** np.minimum(((ground.reach_s <= aim.within_s) * row[:, None]).sum(axis=0), 13))) for aim in AIMS)
    for before, after in pairwise(table):
        assert value(after) >= max(value(before + one) for one in np.eye(stations, dtype=int)) - 2e-4


@pytest.mark.parametrize("name", POLICIES)
@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 6), st.floats(0, 5_000))
@settings(max_examples=30, deadline=None)
def test_a_floor_that_asks_is_told_what_the_plain_rule_says(name: str, seed: int, stations: int, units: int, now: float) -> None:
    """From any picture whatever, not only from those that a day leads to."""
    town, rng = world(seed, 12, stations), np.random.default_rng(seed)
    fleet = Fleet(rng.integers(0, stations, units).astype(np.int32), np.zeros(2, np.float32))
    ground = Ground(town.lights_s[town.station], np.full(12, 1 / 12), AIMS, units)
    tuning = Tuning(price=0.003, soon=1, near=2, thin=0.5, tail=0.2, rise=1.5)
    floor = Floor(town, fleet, ground, tuning)
    floor.now, floor.share = now, 0.3
    for k in range(units):
        floor.moved[k] = [now - float(rng.uniform(0, 50_000)) for _ in range(int(rng.integers(0, 7)))]
        if rng.random() < 0.4:
            del floor.idle[k]
            floor.hospital_s[k] = now + float(rng.uniform(-600, 600))
        else:
            floor.idle[k] = (int(rng.integers(stations)), int(rng.integers(12)), now - float(rng.uniform(0, 300)))
    freed = int(rng.choice(sorted(floor.idle))) if floor.idle else -1
    idle = np.array([k in floor.idle for k in range(units)])
    spots = [floor.spot(k) if k in floor.idle else (0, 0.0, False) for k in range(units)]
    seen = Seen(idle.astype(np.uint8), np.array([floor.idle[k][0] if k in floor.idle else 0 for k in range(units)], np.int32),
                np.array([at for at, _, _ in spots], np.int32), np.array([left for _, left, _ in spots]), np.array([floor.may(k) for k in range(units)], np.uint8),
                np.array([floor.hospital_s.get(k, np.inf) <= now for k in range(units)], np.uint8), np.array([floor.lately(k) / 4 for k in range(units)]))
    told = suggest(policy(name, ground, tuning), town.station_s, fleet.home, seen, freed, busy=0.3)
    assert told == (PLAIN[name](floor, freed) if floor.idle else None)


@given(st.integers(0, 10_000), st.sampled_from(("table", "double-standard", "dmexclp", "marginal", "outlook")), st.integers(0, 4))
@settings(max_examples=60, deadline=None)
def test_nobody_is_moved_oftener_than_allowed_nor_when_moves_cost_more_than_all_calls(seed: int, name: str, moves: int) -> None:
    town, calls = world(seed, 15, 4), drawn(seed, 15, 300, 150.0)
    fleet = Fleet(np.arange(4, dtype=np.int32), np.zeros(2, np.float32))
    ground = Ground(town.lights_s[town.station], np.full(15, 1 / 15), AIMS, 4)
    span = calls.ready_s[-1]
    played = play(town, calls, fleet, policy(name, ground, Tuning(budget=Budget(3, moves, span + 1e5))))
    assert (played.moves <= 3).all() and played.moves.sum() <= 4 * moves
    assert (play(town, calls, fleet, policy(name, ground, Tuning(budget=Budget(moves, -1, span + 1e5)))).moves <= moves).all()
    dear = play(town, calls, fleet, policy(name, ground, Tuning(price=100.0, horizon_s=0.0 if name == "table" else 1e-6, budget=Budget(-1))))
    assert not dear.moves.any()


def test_a_lone_unit_far_from_all_calls_is_sent_to_them_once_and_stays() -> None:
    """Two stations, all calls at the second: every policy that may move sends the unit there when it first can, but for the one that only asks a freed unit."""
    town = world(11, 12, 2)
    near = town.lights_s[town.station].argmin(axis=0)
    weight = np.where(near == 1, 1.0, 0.0)
    ground = Ground(town.lights_s[town.station], weight / weight.sum(), (Aim(60.0, 1.0),), 1)
    seen = Seen(np.ones(1, np.uint8), np.zeros(1, np.int32), town.station[:1].copy(), np.zeros(1), np.ones(1, np.uint8), np.zeros(1, np.uint8), np.zeros(1))
    for name in ("table", "double-standard", "marginal", "outlook"):
        assert suggest(policy(name, ground, Tuning(horizon_s=1e6)), town.station_s, np.zeros(1, np.int32), seen) == (0, 1)
    assert suggest(policy("dmexclp", ground, Tuning()), town.station_s, np.zeros(1, np.int32), seen, busy=0.4) is None
    assert suggest(policy("dmexclp", ground, Tuning()), town.station_s, np.zeros(1, np.int32), seen, freed=0, busy=0.4) == (0, 1)


def test_four_for_each_unit_in_twelve_hours_is_the_budget_unless_another_is_named() -> None:
    assert Tuning().budget == BUDGETS["each"] == (4, -1, 43_200.0)
    assert BUDGETS["average"] == (8, 4, 43_200.0)


def test_where_nobody_may_be_sent_nobody_is_asked_to_go() -> None:
    """A way that is not there, or that a floor bars, is inf; the best that is left is taken, and none where none is left."""
    town = world(11, 12, 3)
    near = town.lights_s[town.station].argmin(axis=0)
    weight = np.where(near == 1, 0.7, np.where(near == 2, 0.3, 0.0))
    ground = Ground(town.lights_s[town.station], weight / weight.sum(), (Aim(60.0, 1.0),), 1)
    seen = Seen(np.ones(1, np.uint8), np.zeros(1, np.int32), town.station[:1].copy(), np.zeros(1), np.ones(1, np.uint8), np.zeros(1, np.uint8), np.zeros(1))
    for name in ("table", "double-standard", "marginal", "outlook", "dmexclp"):
        asked, ways = policy(name, ground, Tuning(horizon_s=1e6)), town.station_s.copy()
        goal = suggest(asked, ways, np.zeros(1, np.int32), seen, freed=0, busy=0.4)
        assert goal is not None and goal[1] in (1, 2)
        ways[goal[1]] = np.inf
        other = suggest(asked, ways, np.zeros(1, np.int32), seen, freed=0, busy=0.4)
        assert other in ((None,) if name == "table" else ((0, 3 - goal[1]), None))
        ways[1:] = np.inf
        assert suggest(asked, ways, np.zeros(1, np.int32), seen, freed=0, busy=0.4) is None
