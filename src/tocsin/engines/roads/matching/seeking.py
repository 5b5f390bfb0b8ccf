"""The streets on which a position may have been: every usable arc within a radius, nearest first."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from typing import Any

import numpy as np
from numba import njit

from tocsin.engines.roads.network import Bools, Floats, Int, Ints, Real
from tocsin.engines.roads.snap import Grid, measure

MOST_SEGMENTS = 32          # streets looked at for one position
MOST_ARCS = 24              # ways to drive that are kept of them: those of the nearest streets


@njit(cache=True, nogil=True)
def seek(g: Grid, usable: Bools, px: Real, py: Real, radius: Real, arc: Ints, share: Floats, gap: Floats,
         bearing: Floats) -> Int:
    """Write the arcs within `radius` metres of a point, their shares and bearings at the foot and the gaps; gives their count.

    Both directions of a street are two arcs, the one along its shape first. The order is by gap and then by segment, so that
    it does not hang on how the grid lies.
    """
    cell = g.box[4]
    segment, piece = np.empty(MOST_SEGMENTS, np.int32), np.empty(MOST_SEGMENTS, np.int32)
    square, foot = np.empty(MOST_SEGMENTS), np.empty(MOST_SEGMENTS)
    count = 0
    if not (np.isfinite(px) and np.isfinite(py)):
        return 0
    if px < -radius or py < -radius or px > g.columns * cell + radius or py > g.rows * cell + radius:
        return 0
    for row in range(max(int((py - radius) / cell), 0), min(int((py + radius) / cell), g.rows - 1) + 1):
        for column in range(max(int((px - radius) / cell), 0), min(int((px + radius) / cell), g.columns - 1) + 1):
            place = row * g.columns + column
            for slot in range(g.cell_at[place], g.cell_at[place + 1]):
                one = g.cell_piece[slot]
                off, part = measure(g, one, px, py)
                if off > radius * radius or not _drivable(g, usable, g.piece_segment[one]):
                    continue
                count = _enter(g.piece_segment[one], one, off, part, segment, piece, square, foot, count)
    size = 0
    for i in range(count):
        one, number = piece[i], segment[i]
        start = g.piece_point[one]
        east, north = g.x[start + 1] - g.x[start], g.y[start + 1] - g.y[start]
        done = g.before_m[one] + foot[i] * np.hypot(east, north)
        part = min(done / g.length_m[number], 1.0) if g.length_m[number] > 0.0 else 0.0
        for way, along, sign in ((g.along_arc[number], part, 1.0), (g.against_arc[number], 1.0 - part, -1.0)):
            if way >= 0 and usable[way] and size < MOST_ARCS:
                arc[size], share[size], gap[size] = way, along, np.sqrt(square[i])
                bearing[size] = np.arctan2(sign * east, sign * north)
                size += 1
    return size


@njit(cache=True, nogil=True)
def _drivable(g: Grid, usable: Bools, segment: Int) -> Any:
    """Whether any direction of a street may be driven."""
    along, against = g.along_arc[segment], g.against_arc[segment]
    return (along >= 0 and usable[along]) or (against >= 0 and usable[against])


@njit(cache=True, nogil=True)
def _enter(number: Int, one: Int, off: Real, part: Real, segment: Ints, piece: Ints, square: Floats, foot: Floats,
           count: Int) -> Int:
    """Keep the nearest foot on each street, by (gap, segment, piece); of too many streets the farthest falls out."""
    for i in range(count):
        if segment[i] == number:
            if off > square[i] or (off == square[i] and one >= piece[i]):
                return count
            for k in range(i, count - 1):
                segment[k], piece[k], square[k], foot[k] = segment[k + 1], piece[k + 1], square[k + 1], foot[k + 1]
            count -= 1
            break
    hole = count
    while hole > 0 and (square[hole - 1] > off or (square[hole - 1] == off and segment[hole - 1] > number)):
        hole -= 1
    if hole == MOST_SEGMENTS:
        return count
    for k in range(min(count, MOST_SEGMENTS - 1), hole, -1):
        segment[k], piece[k], square[k], foot[k] = segment[k - 1], piece[k - 1], square[k - 1], foot[k - 1]
    segment[hole], piece[hole], square[hole], foot[hole] = number, one, off, part
    return min(count + 1, MOST_SEGMENTS)
