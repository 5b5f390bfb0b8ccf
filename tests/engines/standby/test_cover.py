"""Expected cover against plain loops that add up chances, and each move that a policy asks for against moving the unit and counting again."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.engines.standby import Aim, Ground, Seen, Tuning, expected_share, policy, suggest

TIMES = st.sampled_from([60.0, 300.0, 480.0, 481.0, 900.0, np.inf])


def plainly(times_s: np.ndarray, weight: np.ndarray, within_s: float, busy: float) -> float:
    """One cell after the other: the chance that not all who could be there in time are busy, by every way in which they could be."""
    found = 0.0
    for cell, counts in enumerate(weight):
        near = [unit for unit in range(len(times_s)) if times_s[unit, cell] <= within_s]
        for who in product((True, False), repeat=len(near)):
            chance = float(np.prod([busy if away else 1 - busy for away in who])) if near else 1.0
            found += counts * chance * (not all(who) if near else 0)
    return found / float(weight.sum())


@st.composite
def floors(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, float]:
    """Up to four units and six cells, with times on both sides of the target and on it."""
    k, c = draw(st.integers(0, 4)), draw(st.integers(1, 6))
    times = np.array([[draw(TIMES) for _ in range(c)] for _ in range(k)], np.float32).reshape(k, c)
    weight = np.array([draw(st.sampled_from([0.0, 1.0, 2.5])) for _ in range(c)])
    weight[0] += 1.0
    return times, weight, draw(st.sampled_from([0.0, 0.3, 0.75, 1.0]))


@given(floors())
def test_the_expected_share_is_what_adding_up_chances_says(floor: tuple[np.ndarray, np.ndarray, float]) -> None:
    times, weight, busy = floor
    assert expected_share(times, weight, within_s=480, busy=busy) == pytest.approx(plainly(times, weight, 480, busy))


@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(2, 5), st.sampled_from([0.2, 0.4]))
def test_the_move_that_is_asked_for_gains_most_when_it_is_counted_again(seed: int, units: int, places: int, busy: float) -> None:
    """Marginal utility on a floor of free units alone is the greatest growth of the expected share: the floor's figures and the policy's are one formula."""
    rng = np.random.default_rng(seed)
    reach = rng.choice([60.0, 480.0, 481.0, 900.0], (places, 7)).astype(np.float32)
    weight, way = rng.random(7) + 0.01, rng.integers(0, places, units).astype(np.int32)
    weight /= weight.sum()
    seen = Seen(np.ones(units, np.uint8), way, way, np.zeros(units), np.ones(units, np.uint8), np.zeros(units, np.uint8), np.zeros(units))
    told = suggest(policy("marginal", Ground(reach, weight, (Aim(480.0, 1.0),), units), Tuning(busy=busy, price=0.02)), np.zeros((places, places), np.float32), way, seen)
    before = plainly(reach[way], weight, 480, busy)
    gains = {(k, w): plainly(reach[np.where(np.arange(units) == k, w, way)], weight, 480, busy) - before for k, w in product(range(units), range(places))}
    if told is None:
        assert max(gains.values()) <= 0.02 + 1e-8
    else:
        assert gains[told] == pytest.approx(max(gains.values()), abs=1e-8) and gains[told] > 0.02
