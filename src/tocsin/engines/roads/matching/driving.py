"""The way that was driven between decoded positions, with when each street of it was entered, and every position's place on it."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from typing import NamedTuple

import numpy as np
from numba import njit

from tocsin.engines.roads.matching.decoding import TOGETHER, Layers, longest_m, stays
from tocsin.engines.roads.matching.lengths import Seeking, Ways, between
from tocsin.engines.roads.matching.tracks import Cuts
from tocsin.engines.roads.network import Floats, Int, Ints, Real
from tocsin.engines.roads.snap import Grid, measure


class Driven(NamedTuple):
    """The ways of one track, end to end: `arc` from the share `low` to `high`, entered and left at these seconds.

    `part` numbers the ways; `stay_s` is how long it stood on an arc at most. Decoded position t stands on `arc[place[t]]`, -1 if left out.
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
def _added(rows: Floats, count: Int, arc: Int, low: Real, high: Real, enter_s: Real, leave_s: Real, part: Int) -> Floats:
    """Write one more row of the way, in an array that grows."""
    if count == len(rows):
        wider = np.empty((2 * count, rows.shape[1]))
        wider[:count] = rows
        rows = wider
    row = rows[count]
    row[0], row[1], row[2], row[3], row[4], row[5], row[6] = arc, low, high, enter_s, leave_s, 0.0, part
    return rows


@njit(cache=True, nogil=True)
def _onwards(w: Ways, v: Layers, before: Int, t: Int, arc: Int, share: Real, rows: Floats, count: Int,
             s: Seeking) -> tuple[Floats, Int]:
    """Drive from where the way ends, at the position `before`, to a share of another arc, at the position t."""
    last, here, part = np.int32(rows[count - 1, 0]), rows[count - 1, 2], rows[count - 1, 6]
    far, low = 1.0, 0.0
    inner = np.empty(0, np.int32)
    if w.opposite[last] == arc:         # it turned round in the street
        far = max(here, 1.0 - share)
        low = 1.0 - far
    else:
        inner = between(w, last, arc, np.int32(min(longest_m(v, before, t) * 1000.0, 1e9)) + 2, s)
    way = (far - here) * w.mm[last] + (share - low) * w.mm[arc]
    for k in range(len(inner)):
        way += w.mm[inner[k]]
    pace = (v.since[t] - v.until[before]) / way if way > 0.0 else 0.0
    clock = v.until[before] + pace * (far - here) * w.mm[last]
    rows[count - 1, 2], rows[count - 1, 4] = far, clock
    for k in range(len(inner)):
        after = clock + pace * w.mm[inner[k]]
        rows = _added(rows, count, inner[k], 0.0, 1.0, clock, after, part)
        clock = after
        count += 1
    return _added(rows, count, arc, low, share, clock, v.until[t], part), count + 1


@njit(cache=True, nogil=True)
def drive(w: Ways, v: Layers, chosen: Ints, anew: Ints, s: Seeking) -> Driven:
    """Join the decoded positions by the shortest ways; time between two positions is spread evenly over the metres."""
    rows = np.empty((256, 7))       # arc, low, high, enter, leave, stay, part
    place = np.full(len(v.x), -1, np.int32)
    count, part, before, since = 0, -1, -1, 0.0
    for t in range(len(v.x)):
        if chosen[t] == -1:
            continue
        arc, share = v.arc[chosen[t]], v.share[chosen[t]]
        rough = max(v.sigma[before], v.sigma[t])
        last, here = v.arc[chosen[before]], v.share[chosen[before]]
        if anew[t] or last != arc or abs(share - here) * w.mm[arc] * 0.001 > TOGETHER * rough:
            since = v.since[t]
        if anew[t]:
            part += 1
            rows = _added(rows, count, arc, share, share, v.since[t], v.until[t], part)
            count += 1
        elif stays(w, last, here, arc, share, 3.0 * rough):
            rows[count - 1, 2], rows[count - 1, 4] = max(rows[count - 1, 2], share), v.until[t]
        else:
            rows, count = _onwards(w, v, before, t, arc, share, rows, count, s)
        rows[count - 1, 5] = max(rows[count - 1, 5], v.until[t] - since)
        place[t], before = count - 1, t
    rows = rows[:count]
    return Driven(rows[:, 0].astype(np.int32), rows[:, 1].copy(), rows[:, 2].copy(), rows[:, 3].copy(), rows[:, 4].copy(),
                  rows[:, 5].copy(), rows[:, 6].astype(np.int32), place)


@njit(cache=True, nogil=True)
def foot(g: Grid, shape_at: Cuts, arc: Int, segment: Int, low: Real, high: Real, px: Real, py: Real) -> tuple[Real, Real]:
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
