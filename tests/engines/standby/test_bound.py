"""The bound against every choice of places, every policy, and a fleet whose own share of late calls is known."""

from itertools import combinations_with_replacement

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.standby.towns import drawn, world
from tocsin.engines.standby import POLICIES, Aim, Budget, Fleet, Ground, Law, Tuning, bound_of, late_at_least, play, policy
from tocsin.engines.standby.bound import most_served

AIMS = (Aim(100.0, 0.7), Aim(180.0, 0.3))


@given(st.integers(0, 10_000), st.integers(1, 7), st.integers(1, 9), st.integers(1, 4), st.integers(0, 40))
@settings(max_examples=150, deadline=None)
def test_no_choice_of_rows_serves_more(seed: int, rows: int, columns: int, units: int, rounds: int) -> None:
    rng = np.random.default_rng(seed)
    benefit = (rng.random((rows, columns)) * (rng.random((rows, columns)) < 0.6) / columns).astype(np.float32)
    bound = most_served(benefit, units, rounds)
    for a in range(1, units + 1):
        best = max(benefit[list(chosen)].max(axis=0).sum() for chosen in combinations_with_replacement(range(rows), a))
        assert bound[a] >= best - 1e-7
        assert bound[a] <= benefit.max(axis=0).sum() + 2e-6 or a < rows
    assert (np.diff(bound) >= 0).all() and bound[0] <= 1e-5


def test_steps_of_prices_bring_the_bound_near_what_is_best() -> None:
    rng = np.random.default_rng(1)
    here, there = rng.random((30, 2)), rng.random((200, 2))
    benefit = ((((here[:, None] - there[None]) ** 2).sum(axis=2) < 0.04) / 200).astype(np.float32)
    loose, tight = most_served(benefit, 3, 0), most_served(benefit, 3, 200)
    best = max(benefit[list(chosen)].max(axis=0).sum() for chosen in combinations_with_replacement(range(30), 3))
    assert best - 1e-6 <= tight[3] <= loose[3] and tight[3] < best * 1.06


@given(st.integers(0, 10_000), st.integers(6, 14), st.integers(1, 4), st.sampled_from((300.0, 900.0, 3_000.0)))
@settings(max_examples=12, deadline=None)
def test_no_policy_is_late_less_often(seed: int, junctions: int, units: int, every_s: float) -> None:
    """Every policy, free to move as often as it likes, on a long run of drawn calls: not below the bound by more than chance allows."""
    town, count = world(seed, junctions, min(3, junctions)), 6_000
    calls = drawn(seed, junctions, count, every_s)
    limits = np.array([AIMS[0].within_s, AIMS[0].within_s, AIMS[1].within_s]) + 50.0
    rng = np.random.default_rng(seed)
    calls = calls._replace(priority=rng.choice(3, count, p=(0.35, 0.35, 0.3)).astype(np.uint8))
    fleet = Fleet(rng.integers(0, len(town.station), units).astype(np.int32), np.zeros(2, np.float32))
    weight = np.full(junctions, 1 / junctions)
    law = Law(calls.scene_s, calls.transports, calls.handover_s)
    least = late_at_least(bound_of(town.lights_s, weight, AIMS, town.hospital_s, law, units), calls.ready_s, units, seed).mean()
    ground = Ground(town.lights_s[town.station], weight, AIMS, units)
    for name in POLICIES:
        played = play(town, calls, fleet, policy(name, ground, Tuning(price=0.001, budget=Budget(-1), horizon_s=5_000.0)))
        late = (played.response_s > limits[calls.priority]).mean()
        assert late >= least - 0.02, name


def test_two_units_and_three_places_by_hand() -> None:
    """Three places in a line a minute apart, two free units, one minute allowed: in the middle one alone is in time everywhere."""
    times = 60.0 * np.abs(np.arange(3)[:, None] - np.arange(3)[None]).astype(np.float32)
    law = Law(np.full(10, 600, np.float32), np.zeros(10, np.uint8), np.zeros(10, np.float32))
    bound = bound_of(times, np.full(3, 1 / 3), (Aim(60.0, 1.0),), np.zeros(3, np.float32), law, 2)
    assert bound.in_time == pytest.approx([1, 1, 1], abs=1e-5)
    short = bound_of(times, np.full(3, 1 / 3), (Aim(30.0, 1.0),), np.zeros(3, np.float32), law, 2)
    assert short.in_time == pytest.approx([1 / 3, 1 / 3, 2 / 3], abs=1e-5)
    rare = np.arange(1, 200) * 1e5
    assert late_at_least(short, rare, 2, 1).mean() == pytest.approx(1 / 3, abs=1e-5)


def test_the_bound_grows_with_the_load_and_falls_with_the_fleet() -> None:
    town = world(2, 12, 3)
    law = Law(np.random.default_rng(1).exponential(600, 5_000).astype(np.float32), np.zeros(5_000, np.uint8), np.zeros(5_000, np.float32))
    share = {}
    for units in (2, 3):
        bound = bound_of(town.lights_s, np.full(12, 1 / 12), AIMS, town.hospital_s, law, units)
        assert (np.diff(bound.in_time) >= 0).all() and (np.diff(bound.done, axis=0) >= 0).all() and (np.diff(bound.done, axis=1) >= 0).all()
        for every_s in (400.0, 4_000.0):
            share[units, every_s] = late_at_least(bound, drawn(3, 12, 20_000, every_s).ready_s, units, 4).mean()
    assert share[2, 400.0] > share[2, 4_000.0] and share[2, 400.0] > share[3, 400.0]
