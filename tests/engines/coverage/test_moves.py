"""Expected cover and moves against plain loops: the share by adding up chances, each gain by moving the unit and counting again."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.engines.coverage import expected_share, moves

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
def floors(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, float]:
    """Up to four units, three places and six cells, with times on both sides of the target and on it."""
    k, p, c = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(1, 6))

    def table(rows: int, columns: int) -> np.ndarray:
        return np.array([[draw(TIMES) for _ in range(columns)] for _ in range(rows)], np.float32)

    added = np.array([[draw(st.sampled_from([0.0, 60.0])) for _ in range(p)] for _ in range(k)])
    weight = np.array([draw(st.sampled_from([0.0, 1.0, 2.5])) for _ in range(c)])
    weight[0] += 1.0
    return table(k, c), table(p, c), added, weight, draw(st.sampled_from([0.0, 0.3, 0.75, 1.0]))


@given(floors())
def test_each_gain_is_what_counting_again_says(floor: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, float]) -> None:
    times, places, added, weight, busy = floor
    before = plainly(times, weight, 480, busy)
    assert expected_share(times, weight, within_s=480, busy=busy) == pytest.approx(before)
    worth = moves(times, places, added, weight, within_s=480, busy=busy)
    assert worth.share == pytest.approx(before)
    for unit, place in product(range(len(times)), range(len(places))):
        moved = times.copy()
        moved[unit] = places[place] + np.float32(added[unit, place])
        assert worth.gain[unit, place] == pytest.approx(plainly(moved, weight, 480, busy) - before, abs=1e-12)
        assert min(worth.won[unit, place], worth.lost[unit, place]) >= 0


def test_a_second_unit_where_one_stands_is_worth_less_than_the_first_elsewhere() -> None:
    times = np.array([[100, 900], [100, 900]], np.float32)
    worth = moves(times, np.array([[900, 100]], np.float32), np.zeros((2, 1)), [1, 1], within_s=480, busy=0.4)
    assert worth.share == pytest.approx((1 - 0.4**2) / 2)
    assert worth.gain[0, 0] == pytest.approx((0.6 + 0.6 - (1 - 0.4**2)) / 2)
    assert worth.lost[0, 0] == pytest.approx(0.4 * 0.6 / 2), "what it leaves still has the other one"


def test_nobody_free_reaches_nothing_and_nothing_is_to_be_moved() -> None:
    none = np.zeros((0, 3), np.float32)
    assert expected_share(none, [1, 1, 1], within_s=480, busy=0.3) == 0.0
    worth = moves(none, np.zeros((2, 3), np.float32), np.zeros((0, 2)), [1, 1, 1], within_s=480, busy=0.3)
    assert worth.gain.shape == (0, 2)
