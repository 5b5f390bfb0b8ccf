"""The kernel with every policy against a plain simulation that sums everything anew, and against what queueing theory says."""

import importlib
import math
import pkgutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from bench import standby_study
from hypothesis import given, settings
from hypothesis import strategies as st
from numba.core.dispatcher import Dispatcher

from tests.engines.standby.plain import plainly
from tests.engines.standby.towns import drawn, world
from tests.shared import needs_data
from tocsin.engines import standby
from tocsin.engines.standby import POLICIES, Aim, Budget, Calls, Fleet, Ground, Tuning, World, play, policy

TUNINGS = st.builds(Tuning, busy=st.sampled_from((0.3, 0.55)), price=st.sampled_from((0.0, 0.0123, 0.0457)), per_s=st.sampled_from((0.0, 1.7e-5)),
                    horizon_s=st.sampled_from((333.0, 1_800.0, 9_000.0)), thin=st.sampled_from((0.0, -0.5, 1.0)), soon=st.integers(0, 2), near=st.integers(0, 3), most=st.integers(1, 2),
                    tail=st.sampled_from((0.0, 0.3)), memory_s=st.just(4_000.0), rise=st.sampled_from((0.0, 2.0)),
                    budget=st.builds(Budget, st.sampled_from((-1, 0, 1, 4, 8)), st.sampled_from((-1, 1, 4)), st.sampled_from((5_000.0, 43_200.0))))


@pytest.mark.parametrize("name", POLICIES)
@given(st.integers(0, 10_000), st.integers(5, 30), st.integers(1, 6), st.integers(1, 8), st.sampled_from((60.0, 200.0, 900.0)), st.integers(1, 3), TUNINGS)
@settings(max_examples=40, deadline=None)
def test_every_response_unit_and_move_is_that_of_the_plain_one(name: str, seed: int, junctions: int, stations: int, units: int, every_s: float, hours: int,
                                                               tuning: Tuning) -> None:
    town = world(seed, junctions, min(stations, junctions))
    calls = drawn(seed + 1, junctions, 60, every_s)
    rng = np.random.default_rng(seed + 2)
    fleet = Fleet(rng.integers(0, len(town.station), units).astype(np.int32), np.array([60, 15], np.float32))
    weight = rng.random((hours, junctions))
    weight /= weight.sum(axis=1, keepdims=True)
    ground = Ground(town.lights_s[town.station], weight[0] if hours == 1 else weight, (Aim(100.0, 0.7), Aim(180.0, 0.3)), units)
    asked = policy(name, ground, tuning)
    fast, plain = play(town, calls, fleet, asked), plainly(town, calls, fleet, name, ground, tuning)
    assert (fast.unit == plain.unit).all()
    assert np.allclose(fast.response_s, plain.response_s, atol=1e-2) and np.allclose(fast.busy_s, plain.busy_s, atol=1e-2)
    assert (fast.moves == plain.moves).all() and np.allclose(fast.metres, plain.metres, atol=1.0)
    again = play(town, calls, fleet, asked)
    assert all((one == other).all() for one, other in zip(fast, again, strict=True))
    spans, budget = calls.ready_s[-1] // tuning.budget.within_s + 2, tuning.budget
    assert budget.each < 0 or (fast.moves <= budget.each * spans).all()
    assert budget.average < 0 or fast.moves.sum() <= budget.average * units * spans


@given(st.integers(0, 10_000), TUNINGS)
@settings(max_examples=30, deadline=None)
def test_outlook_without_horizon_busy_units_and_tail_is_marginal_utility(seed: int, tuning: Tuning) -> None:
    """So training can only lead it further, but for noise."""
    town, calls = world(seed, 20, 5), drawn(seed + 1, 20, 150, 150.0)
    fleet = Fleet(np.arange(5, dtype=np.int32), np.array([60, 15], np.float32))
    ground = Ground(town.lights_s[town.station], np.full(20, 0.05), (Aim(100.0, 0.7), Aim(180.0, 0.3)), 5)
    bare = tuning._replace(horizon_s=np.inf, soon=0, near=0, tail=0.0, thin=0.0, price=0.004)
    ours, theirs = (play(town, calls, fleet, policy(name, ground, bare)) for name in ("outlook", "marginal"))
    assert (ours.unit == theirs.unit).all() and (ours.moves == theirs.moves).all() and (ours.metres == theirs.metres).all()


def test_without_a_policy_everybody_goes_home() -> None:
    town, fleet = world(5, 20, 4), Fleet(np.array([0, 1, 2], np.int32), np.array([60, 15], np.float32))
    calls = drawn(6, 20, 200, 300.0)
    ground = Ground(town.lights_s[town.station], np.full(20, 0.05), (Aim(100.0, 1.0),), 3)
    alone, asked = play(town, calls, fleet), play(town, calls, fleet, policy("nearest", ground, Tuning()))
    assert (alone.unit == asked.unit).all() and np.allclose(alone.response_s, asked.response_s, atol=1e-2)
    assert not alone.moves.any() and not asked.moves.any()


def test_a_town_without_ways_is_a_queue_with_several_servers() -> None:
    """Erlang's formula: M/M/c by Gross and Harris, Fundamentals of Queueing Theory, section 2.3."""
    c, load = 4, 3.2
    zero = np.zeros((1, 1), np.float32)
    town = World(zero, zero, zero, np.zeros((1, 1), np.int32), np.zeros(1, np.int32), np.zeros(1, np.int32), np.zeros(1, np.float32))
    rng, count = np.random.default_rng(7), 400_000
    called = np.cumsum(rng.exponential(1 / load, count))
    calls = Calls(called, called, np.zeros(count, np.int32), np.zeros(count, np.uint8), rng.exponential(1.0, count).astype(np.float32),
                  np.zeros(count, np.uint8), np.zeros(count, np.float32))
    played = play(town, calls, Fleet(np.zeros(c, np.int32), np.zeros(2, np.float32)))
    terms = [load ** k / math.factorial(k) for k in range(c)]
    last = load ** c / math.factorial(c) * c / (c - load)
    waits = last / (sum(terms) + last)
    assert abs((played.response_s > 1e-6).mean() - waits) < 0.012
    assert abs(played.response_s.mean() - waits / (c - load)) < 0.04  # Little's law holds of it as well, below
    assert abs(played.busy_s.sum() / called[-1] - load) < 0.03


def test_the_more_urgent_is_served_first_where_calls_wait() -> None:
    town = world(3, 8, 1)
    called = np.array([0.0, 1.0, 2.0, 3.0])
    calls = Calls(called, called, np.zeros(4, np.int32), np.array([1, 2, 0, 1], np.uint8), np.full(4, 500, np.float32), np.zeros(4, np.uint8), np.zeros(4, np.float32))
    played = play(town, calls, Fleet(np.zeros(1, np.int32), np.zeros(2, np.float32)))
    assert list(np.argsort(played.response_s + called)) == [0, 2, 3, 1]


def test_nothing_in_the_kernel_makes_an_array_or_counts_who_holds_one() -> None:
    """Else half of its time goes by with counting; see `compiling.py`. Bounds are no part of a play."""
    modules = [importlib.import_module(f"{standby.__name__}.{found.name}") for found in pkgutil.iter_modules(standby.__path__) if found.name not in ("bound", "chains")]
    made = [one for module in modules for one in vars(module).values() if isinstance(one, Dispatcher)]
    assert len(made) > 15 and all(one.targetoptions["_nrt"] is False for one in made)


@needs_data("ems", "jemss", "edmonton")
def test_two_threads_play_under_one_policy_as_one_does() -> None:
    """On a city, so that they are at it together: a policy's notes are each play's own."""
    where = standby_study.town("edmonton")
    asked = policy("outlook", standby_study.ground(where), Tuning(price=0.004, horizon_s=1_500.0, soon=1, near=4, most=2))
    weeks = [standby_study.week(where, seed, 1.0) for seed in range(4)]
    alone = [play(where.world, calls, where.fleet, asked) for calls in weeks]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(lambda calls: play(where.world, calls, where.fleet, asked), weeks))
    assert all(one.moves.any() for one in alone)
    assert all((mine == theirs).all() for one, other in zip(alone, together, strict=True) for mine, theirs in zip(one, other, strict=True))


@pytest.mark.parametrize(("asks", "goal", "response_s"), [(None, 2, 60.0), ("preparedness", 3, 120.0)])
def test_who_is_on_the_road_goes_if_first_by_number_or_less_missed(asks: str | None, goal: int, response_s: float) -> None:
    """Four junctions in a line, a minute apart, a station at each end. The first unit has just been freed beside its station; the second waits, as soon there or at
    the very place of the second call, from where all calls come."""
    far = 60 * np.abs(np.subtract.outer(np.arange(4), np.arange(4))).astype(np.float32)
    town = World(far, far[[0, 3]].copy(), far[[0, 3]].copy(), np.array([[0, 0, 1, 2], [1, 2, 3, 3]], np.int32), np.array([0, 3], np.int32), np.zeros(4, np.int32), far[:, 0].copy())
    called = np.array([0.0, 70.0])
    calls = Calls(called, called, np.array([1, goal], np.int32), np.zeros(2, np.uint8), np.full(2, 10, np.float32), np.zeros(2, np.uint8), np.zeros(2, np.float32))
    ground = Ground(far[[0, 3]], np.array([0.0, 0.0, 0.0, 1.0]), (Aim(130.0, 1.0),), 2)
    played = play(town, calls, Fleet(np.array([0, 1], np.int32), np.zeros(2, np.float32)), policy(asks, ground, Tuning()) if asks else None)
    assert list(played.unit) == [0, 0] and list(played.response_s) == [60.0, response_s]
