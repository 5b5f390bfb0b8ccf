"""The way that was driven between decoded positions, with when each street of it was entered, and every position's place on it."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from typing import NamedTuple

import numpy as np
from numba import njit

from tocsin.engines.roads.matching.decoding import Layers, longest_m, stays
from tocsin.engines.roads.matching.lengths import Seeking, Ways, between
from tocsin.engines.roads.network import Floats, Int, Ints
from tocsin.engines.roads.snap import Grid, measure


class Driven(NamedTuple):
    """The ways of one track, end to end: `arc` from the share `low` to `high`, entered and left at these seconds.

    `part` numbers the ways; `stay_s` is the longest stay on an arc. Decoded position t stands on `arc[place[t]]`, -1 if left out.
    """

    arc: Ints
    low: Floats
    high: Floats
    enter_s: Floats
    leave_s: Floats
    stay_s: Floats
    part: Ints
    place: Ints


@njit(cache=True, nogil=True)
def _grown(values: Floats, count: Int) -> Floats:
    """Room for twice as many."""
    wider = np.empty((2 * len(values), values.shape[1]))
    wider[:count] = values[:count]
    return wider


@njit(cache=True, nogil=True)
def drive(w: Ways, v: Layers, chosen: Ints, anew: Ints, s: Seeking) -> Driven:
    """Join the decoded positions by the shortest ways; time between two positions is spread evenly over the metres."""
    rows = np.empty((256, 7))       # arc, low, high, enter, leave, stay, part
    place = np.full(len(v.x), -1, np.int32)
    count, part, before = 0, -1, -1
    for t in range(len(v.x)):
        if chosen[t] == -1:
            continue
        arc, share = v.arc[chosen[t]], v.share[chosen[t]]
        if anew[t]:
            part += 1
        else:
            last, here = v.arc[chosen[before]], rows[count - 1, 2]
            back_m = 3.0 * max(v.sigma[before], v.sigma[t])
            if stays(w, last, v.share[chosen[before]], arc, share, back_m):
                rows[count - 1, 2], rows[count - 1, 4] = max(here, share), v.until[t]
                rows[count - 1, 5] = max(rows[count - 1, 5], v.until[t] - v.since[t])
                place[t], before = count - 1, t
                continue
            inner = between(w, last, arc, np.int32(min(longest_m(v, before, t) * 1000.0, 1e9)) + 2, s)
            way = (1.0 - here) * w.mm[last] + share * w.mm[arc]
            for k in range(len(inner)):
                way += w.mm[inner[k]]
            pace = (v.since[t] - v.until[before]) / way if way > 0.0 else 0.0
            clock = v.until[before] + pace * (1.0 - here) * w.mm[last]
            rows[count - 1, 2], rows[count - 1, 4] = 1.0, clock
            while count + len(inner) + 1 > len(rows):
                rows = _grown(rows, count)
            for k in range(len(inner)):
                rows[count, 0], rows[count, 1], rows[count, 2], rows[count, 3] = inner[k], 0.0, 1.0, clock
                clock += pace * w.mm[inner[k]]
                rows[count, 4], rows[count, 5], rows[count, 6] = clock, 0.0, part
                count += 1
            rows[count, 3] = clock
        if count == len(rows):
            rows = _grown(rows, count)
        rows[count, 0], rows[count, 1], rows[count, 2] = arc, share if anew[t] else 0.0, share
        if anew[t]:
            rows[count, 3] = v.since[t]
        rows[count, 4], rows[count, 5], rows[count, 6] = v.until[t], v.until[t] - v.since[t], part
        place[t], before = count, t
        count += 1
    rows = rows[:count]
    return Driven(rows[:, 0].astype(np.int32), rows[:, 1].copy(), rows[:, 2].copy(), rows[:, 3].copy(), rows[:, 4].copy(),
                  rows[:, 5].copy(), rows[:, 6].astype(np.int32), place)


@njit(cache=True, nogil=True)
def foot(g: Grid, shape_at: Ints, arc: Int, segment: Int, low: float, high: float, px: float, py: float) -> tuple[float, float]:
    """The share of an arc between `low` and `high` that lies nearest to a point, and how far off it is in metres."""
    forward, whole = g.along_arc[segment] == arc, g.length_m[segment]
    if not forward:
        low, high = 1.0 - high, 1.0 - low
    best, where = np.inf, low
    first = np.int64(shape_at[segment]) - segment      # a segment of p points has p - 1 pieces
    last = np.int64(shape_at[segment + 1]) - segment - 1
    for piece in range(first, last):
        point = g.piece_point[piece]
        step = np.hypot(g.x[point + 1] - g.x[point], g.y[point + 1] - g.y[point])
        begin, end = g.before_m[piece], g.before_m[piece] + step
        if end < low * whole or begin > high * whole:
            continue
        _, share = measure(g, piece, px, py)
        done = min(max(begin + share * step, low * whole), high * whole)
        part = (done - begin) / step if step > 0.0 else 0.0
        ex = px - (g.x[point] + part * (g.x[point + 1] - g.x[point]))
        ey = py - (g.y[point] + part * (g.y[point + 1] - g.y[point]))
        if ex * ex + ey * ey < best:
            best, where = ex * ex + ey * ey, done / whole if whole > 0.0 else 0.0
    return (where if forward else 1.0 - where), np.sqrt(best)
