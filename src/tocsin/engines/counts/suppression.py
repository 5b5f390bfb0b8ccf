"""Small-cell suppression in a table of counts with its margins.

A count from 1 to below the threshold is left out (primary). Then cells are left out beside it (secondary, or complementary: Cox 1980,
'Suppression methodology and statistical disclosure control') until every cell that was left out may, as far as all that is published
tells, be any of at least `threshold` different whole numbers. That is not hoped for but computed: the least and the greatest value of each
are found by linear programming over the published sums, as somebody who wanted to know it would.
"""

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
from scipy import optimize

Counts = npt.NDArray[np.int64]
Open = npt.NDArray[np.bool_]
LARGEST = (40, 40)
"""Rows and columns at most; a larger table would be computed too long."""
_SLACK = 1e-6


class Table(msgspec.Struct, frozen=True):
    """The counts with a last row and column of sums, and which of all these are left out."""

    counts: Counts
    left_out: Open


def suppressed(counts: Counts, threshold: int) -> Table:
    """What may be given out of a table of counts (rows × columns, without sums); ValueError where it is larger than LARGEST."""
    if counts.shape[0] > LARGEST[0] or counts.shape[1] > LARGEST[1]:
        raise ValueError(f"a table has at most {LARGEST[0]} rows and {LARGEST[1]} columns")
    whole = _with_sums(counts)
    left_out = (whole > 0) & (whole < threshold)
    while True:
        left_out = _paired(whole, left_out)
        given_back = _given_back(whole, left_out, threshold)
        if not given_back:
            return Table(whole, left_out)
        more = left_out.copy()
        for row, column in given_back:
            _widen(whole, more, row, column)
        if (more == left_out).all():  # nothing beside it helps: the sums of its row and column are not told either
            for row, column in given_back:
                more[row, :], more[:, column] = True, True
            if (more == left_out).all():
                return Table(whole, np.ones_like(left_out))
        left_out = more


def _with_sums(counts: Counts) -> Counts:
    rows = np.vstack([counts, counts.sum(axis=0, keepdims=True)])
    return np.hstack([rows, rows.sum(axis=1, keepdims=True)])


def _paired(whole: Counts, left_out: Open) -> Open:
    """No row or column with one cell left out alone: its sum would give it back at once."""
    out = left_out.copy()
    while True:
        lone = [(row, None) for row in np.flatnonzero(out.sum(axis=1) == 1)] + [(None, column) for column in np.flatnonzero(out.sum(axis=0) == 1)]
        if not lone:
            return out
        row, column = lone[0]
        if row is not None:
            out[row, _cheapest(whole[row], out[row], out.any(axis=0))] = True
        else:
            out[_cheapest(whole[:, column], out[:, column], out.any(axis=1)), column] = True


def _widen(whole: Counts, out: Open, row: int, column: int) -> None:
    """One more cell of its row and of its column is left out."""
    for line, there, crossing in ((whole[row], out[row], out.any(axis=0)), (whole[:, column], out[:, column], out.any(axis=1))):
        if not there.all():
            there[_cheapest(line, there, crossing)] = True


def _cheapest(line: Counts, there: Open, crossing: Any) -> int:
    """The cell of a line that costs least: one that says something, where the other way has some left out already, and no sum."""
    def cost(at: int) -> tuple[bool, bool, bool, int]:
        return at == len(line) - 1, bool(line[at] == 0), not crossing[at], int(line[at])

    return min((at for at in range(len(line)) if not there[at]), key=cost)


def _given_back(whole: Counts, left_out: Open, threshold: int) -> list[tuple[int, int]]:
    """The cells that the published sums tell too closely: less than `threshold` whole numbers are left for them."""
    cells = np.argwhere(left_out)
    if not len(cells):
        return []
    index = {(int(row), int(column)): at for at, (row, column) in enumerate(cells)}
    matrix, sums = _equations(whole, left_out, index)
    found = []
    for at, (row, column) in enumerate(cells):
        goal = np.zeros(len(cells))
        goal[at] = 1.0
        least = optimize.linprog(goal, A_eq=matrix, b_eq=sums, bounds=(0, None), method="highs")
        most = optimize.linprog(-goal, A_eq=matrix, b_eq=sums, bounds=(0, None), method="highs")
        if least.fun is not None and most.fun is not None and -most.fun - least.fun < threshold - 1 - _SLACK:
            found.append((int(row), int(column)))
    return found


def _equations(whole: Counts, left_out: Open, index: dict[tuple[int, int], int]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Each row's and each column's cells less its sum are nothing; what is published stands on the other side."""
    rows, columns = whole.shape
    lines = [[(row, column) for column in range(columns)] for row in range(rows)] + [[(row, column) for row in range(rows)] for column in range(columns)]
    equations: list[npt.NDArray[np.float64]] = []
    sums: list[float] = []
    for line in lines:
        if not any(left_out[cell] for cell in line):
            continue
        known, equation = 0.0, np.zeros(len(index))
        for cell in line:
            sign = -1.0 if cell == line[-1] else 1.0
            if left_out[cell]:
                equation[index[cell]] = sign
            else:
                known -= sign * float(whole[cell])
        equations.append(equation)
        sums.append(known)
    return np.array(equations), np.array(sums)
