"""The greedy beginning: never beyond a limit, always what gains most for its cost, and no more once nothing gains."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.engines.siting.filling import Limits, fill

SITES = 6
NUMBERS = st.lists(st.integers(0, 9), min_size=SITES, max_size=SITES)


@settings(max_examples=200, deadline=None)
@given(worth=NUMBERS, cost=NUMBERS, most=st.lists(st.integers(0, 3), min_size=SITES, max_size=SITES), number=st.integers(0, 9), budget=st.one_of(st.just(np.inf), st.integers(0, 30)))
def test_limits_hold_and_nothing_that_gains_is_left_out(worth: list[int], cost: list[int], most: list[int], number: int, budget: float) -> None:
    """Each unit at a site adds what it adds whoever else is there, so whatever may still be added when it ends adds nothing."""
    gain, price, top = np.array(worth, float), np.array(cost, float), np.array(most, float)
    units = np.zeros(SITES)
    fill(Limits(np.zeros(SITES), top, price, float(number), float(budget)), units, lambda held: gain.copy())
    assert (units <= top).all() and units.sum() <= number and units @ price <= budget
    free = (units + 1 <= top) & (units @ price + price <= budget) & (gain > 0)
    assert units.sum() == number or not free.any()
    assert (units[gain == 0] == 0).all()


def test_a_dear_site_waits_for_a_cheap_one() -> None:
    """Ten for ten is worse than six for two where money is short, and better where it is not."""
    gain, price, top = np.array([10.0, 6.0]), np.array([10.0, 2.0]), np.ones(2)
    poor, rich = np.zeros(2), np.zeros(2)
    fill(Limits(np.zeros(2), top, price, 2.0, 11.0), poor, lambda held: gain)
    fill(Limits(np.zeros(2), top, price, 1.0, np.inf), rich, lambda held: gain)
    assert poor.tolist() == [0, 1] and rich.tolist() == [1, 0]


def test_what_is_held_already_counts() -> None:
    units = np.array([1.0, 0, 0])
    fill(Limits(np.zeros(3), np.full(3, 2.0), np.zeros(3), 3.0, np.inf), units, lambda held: np.array([5.0, 4.0, 1.0]) / (1 + held) ** 2)
    assert units.tolist() == [2, 1, 0]
