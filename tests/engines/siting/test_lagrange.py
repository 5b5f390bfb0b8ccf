"""What prices prove, held against every choice of sites there is: no value above the bound, and no better choice ruled out."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.engines.siting import Problem
from tocsin.engines.siting.by_cover import ByCover
from tocsin.engines.siting.by_nearness import ByNearness
from tocsin.engines.siting.lagrange import Bound, look
from tocsin.engines.siting.problem import Rules

SITES, PLACES, COUNT = 7, 10, 3


def question(kind: str, rng: np.random.Generator) -> ByCover | ByNearness:
    here, there = rng.random((SITES, 2)), rng.random((PLACES, 2))
    time_s = np.sqrt(((here[:, None] - there[None]) ** 2).sum(axis=2)).astype(np.float32)
    problem = Problem(time_s, rng.integers(1, 50, PLACES).astype(float), 0.35, COUNT)
    rules = Rules.of(problem, 1)
    if kind == "cover":
        return ByCover(problem, rules, np.array([1.0, 1.0, 0.4]))
    return ByNearness(problem, rules, (time_s.max(axis=0) - time_s).astype(float) * problem.weight, np.array([1.0, 0.3]), 0.0)


@pytest.mark.parametrize("kind", ["cover", "nearness"])
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 99_999), near=st.floats(0.0, 1.0), known_at=st.integers(0, 34))
def test_a_price_proves_only_what_is_true(kind: str, seed: int, near: float, known_at: int) -> None:
    """Prices from senseless to those of a good choice; whatever is better than a known choice, good or bad, stays possible."""
    rng = np.random.default_rng(seed)
    asked = question(kind, rng)
    choices = [np.isin(np.arange(SITES), some).astype(float) for some in combinations(range(SITES), COUNT)]
    values = [asked.value(units) for units in choices]
    sense = asked.prices(choices[int(np.argmax(values))])
    prices = near * sense + (1 - near) * rng.random(len(sense)) * sense.max()
    value, picked = look(asked, asked.rules, prices)
    assert value >= max(values) - 1e-9 * max(values)
    bound, known = Bound(np.inf, asked.rules.least.copy(), asked.rules.most.copy(), prices), values[known_at]
    bound.take(value, prices, picked, known)
    for units, worth in zip(choices, values, strict=True):
        if worth > known * (1 + 1e-9):
            assert (units >= bound.least).all() and (units <= bound.most).all(), "a better choice was ruled out"
