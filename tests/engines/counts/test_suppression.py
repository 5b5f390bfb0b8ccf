"""No count that was left out can be computed again from what is published: bounds by an integer search of one's own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

from tocsin.engines.counts import LARGEST, Table, suppressed

THRESHOLD = 5
TABLES = st.tuples(st.integers(1, 6), st.integers(1, 6)).flatmap(lambda shape: st.lists(
    st.lists(st.one_of(st.integers(0, 7), st.integers(0, 60)), min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0]))


def bounds(table: Table, row: int, column: int) -> tuple[float, float]:
    """The least and greatest whole number that this cell may be, for somebody who has the published table alone."""
    rows, columns = table.counts.shape
    lower = np.where(table.left_out, 0, table.counts).ravel().astype(float)
    upper = np.where(table.left_out, np.inf, table.counts).ravel()
    lines = []
    for at in range(rows):
        line = np.zeros((rows, columns))
        line[at, :-1], line[at, -1] = 1, -1
        lines.append(line.ravel())
    for at in range(columns):
        line = np.zeros((rows, columns))
        line[:-1, at], line[-1, at] = 1, -1
        lines.append(line.ravel())
    goal = np.zeros(rows * columns)
    goal[row * columns + column] = 1.0
    ends = []
    for sign in (1.0, -1.0):
        answer = milp(sign * goal, constraints=LinearConstraint(np.array(lines), 0, 0), integrality=np.ones(rows * columns), bounds=(lower, upper))
        ends.append(np.inf if answer.status != 0 else sign * answer.fun)
    return ends[0], ends[1] if np.isfinite(ends[1]) else np.inf


@settings(max_examples=60)
@given(TABLES)
def test_no_cell_that_was_left_out_can_be_computed_again(counts: list[list[int]]) -> None:
    table = suppressed(np.array(counts, np.int64), THRESHOLD)
    small = (table.counts > 0) & (table.counts < THRESHOLD)
    assert table.left_out[small].all(), "every small count is left out, sums too"
    for row, column in np.argwhere(table.left_out):
        least, most = bounds(table, int(row), int(column))
        assert most - least >= THRESHOLD - 1, f"cell {row},{column} is told to {least}–{most}"


def test_a_table_without_small_counts_is_given_whole() -> None:
    table = suppressed(np.array([[12, 0, 30], [9, 44, 8]]), THRESHOLD)
    assert not table.left_out.any()
    assert table.counts[-1].tolist() == [21, 44, 38, 103]


def test_the_margins_of_one_small_cell_do_not_give_it_back() -> None:
    counts = np.array([[3, 20, 30], [40, 50, 60], [70, 80, 90]])
    assert not suppressed(counts, 1).left_out.any()
    alone = Table(suppressed(counts, 1).counts, np.zeros((4, 4), np.bool_))
    alone.left_out[0, 0] = True
    assert bounds(alone, 0, 0) == (3, 3), "left out by itself it would be known"
    table = suppressed(counts, THRESHOLD)
    assert table.left_out[:3, :3].sum() == 4, "three more cells, no more"
    assert not table.left_out[-1].any()


def test_a_table_that_is_too_large_is_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        suppressed(np.zeros((LARGEST[0] + 1, 2), np.int64), THRESHOLD)
