"""Every position's place on the way that was driven, smoothed as wheels move, and when each street was entered."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

import numpy as np
from numba import njit

from tocsin.engines.roads.matching.driving import Driven
from tocsin.engines.roads.matching.lengths import Ways
from tocsin.engines.roads.matching.tracks import Cuts
from tocsin.engines.roads.network import Floats, Int, Ints, Real
from tocsin.engines.roads.snap import Grid, measure

ACCELERATION = 1.5          # m/s², how hard a unit brakes and pulls away, as a deviation: what its speed may change in a second
FIRST_MPS = 20.0            # before anything is known, its speed is nought give or take this
LEAST_MPS = 1.0             # slower than that, it is not carried on beyond its first and last position


@njit(cache=True, nogil=True)
def _foot(g: Grid, shape_at: Cuts, arc: Int, segment: Int, low: Real, high: Real, px: Real, py: Real) -> tuple[Real, Real]:
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


@njit(cache=True, nogil=True)
def _beside(d: Driven, t: Int) -> tuple[Int, Int]:
    """The rows of the way from the decoded position before t to the one after it, within the same part."""
    first = last = d.place[t]
    for k in range(t - 1, -1, -1):
        if d.place[k] >= 0:
            first = d.place[k]
            break
    for k in range(t + 1, len(d.place)):
        if d.place[k] >= 0:
            last = d.place[k]
            break
    while d.part[first] != d.part[d.place[t]]:
        first += 1
    while d.part[last] != d.part[d.place[t]]:
        last -= 1
    return first, last


@njit(cache=True, nogil=True)
def project(g: Grid, segment: Ints, shape_at: Cuts, x: Floats, y: Floats, member: Ints, d: Driven) -> tuple[Ints, Floats, Floats]:
    """The row of the way nearest to each position (-1 if none), the share of its arc, and the gap in metres.

    It is sought from the decoded position before the one that a position goes with to the one after that.
    """
    row, share, gap_m = np.full(len(x), -1, np.int32), np.zeros(len(x)), np.full(len(x), np.inf)
    for i in range(len(x)):
        if member[i] < 0 or d.place[member[i]] == -1:
            continue
        first, last = _beside(d, member[i])
        for k in range(first, last + 1):
            part, gap = _foot(g, shape_at, d.arc[k], segment[d.arc[k]], d.low[k], d.high[k], x[i], y[i])
            if gap < gap_m[i]:
                row[i], share[i], gap_m[i] = k, part, gap
    return row, share, gap_m


@njit(cache=True, nogil=True)
def smooth(done_m: Floats, t_s: Floats, sigma: Floats) -> tuple[Floats, Floats]:
    """Where along its way a unit was at each position, and how fast, from all of its positions: metres and metres a second.

    A Kalman filter of place and speed with random acceleration, and the smoother of Rauch, Tung and Striebel (1965) backwards
    over it. Positions a second apart are smoothed by much, those half a minute apart hardly at all.
    """
    size = len(done_m)
    kept, told = np.empty((size, 5)), np.empty((size, 5))      # place, speed, and their covariance: filtered, and foretold
    for i in range(size):
        if i == 0:
            place, speed, pp, ps, ss = done_m[0], 0.0, sigma[0] ** 2, 0.0, FIRST_MPS ** 2
        else:
            step, q = t_s[i] - t_s[i - 1], ACCELERATION ** 2
            place, pp = place + step * speed, pp + step * (2.0 * ps + step * ss) + q * step ** 4 / 4.0
            ps, ss = ps + step * ss + q * step ** 3 / 2.0, ss + q * step ** 2
        told[i, 0], told[i, 1], told[i, 2], told[i, 3], told[i, 4] = place, speed, pp, ps, ss
        if i > 0:
            gain_p, gain_s = pp / (pp + sigma[i] ** 2), ps / (pp + sigma[i] ** 2)
            off = done_m[i] - place
            place, speed = place + gain_p * off, speed + gain_s * off
            pp, ps, ss = (1.0 - gain_p) * pp, (1.0 - gain_p) * ps, ss - gain_s * ps
        kept[i, 0], kept[i, 1], kept[i, 2], kept[i, 3], kept[i, 4] = place, speed, pp, ps, ss
    for i in range(size - 2, -1, -1):
        step = t_s[i + 1] - t_s[i]
        a, b = kept[i, 2] + step * kept[i, 3], kept[i, 3]        # this state's covariance with the next one's
        c, e = kept[i, 3] + step * kept[i, 4], kept[i, 4]
        pp, ps, ss = told[i + 1, 2], told[i + 1, 3], told[i + 1, 4]
        whole = pp * ss - ps * ps
        off_p, off_s = kept[i + 1, 0] - told[i + 1, 0], kept[i + 1, 1] - told[i + 1, 1]
        back_p, back_s = (ss * off_p - ps * off_s) / whole, (pp * off_s - ps * off_p) / whole
        kept[i, 0] += a * back_p + b * back_s
        kept[i, 1] += c * back_p + e * back_s
    return kept[:, 0].copy(), kept[:, 1].copy()


@njit(cache=True, nogil=True)
def settle(w: Ways, d: Driven, t_s: Floats, sigma: Floats, row: Ints, share: Floats) -> tuple[Floats, Floats]:
    """Move each position along its part of the way to its smoothed place; gives when each row was entered and left."""
    begin = np.zeros(len(d.arc) + 1)
    for k in range(len(d.arc)):
        begin[k + 1] = begin[k] + (d.high[k] - d.low[k]) * w.mm[d.arc[k]] * 0.001
    enter, leave = np.zeros(len(d.arc)), np.zeros(len(d.arc))
    those = np.flatnonzero(row >= 0)
    first = 0
    while first < len(those):
        part, after = d.part[row[those[first]]], first
        while after < len(those) and d.part[row[those[after]]] == part:
            after += 1
        mine = those[first:after]
        done = np.empty(len(mine))
        for k in range(len(mine)):
            i = mine[k]
            done[k] = begin[row[i]] + (share[i] - d.low[row[i]]) * w.mm[d.arc[row[i]]] * 0.001
        low, high = np.searchsorted(d.part, part), np.searchsorted(d.part, part + 1)
        done, speed = smooth(done, t_s[mine], sigma[mine])
        _along(w, d, begin, low, high, done, mine, row, share)
        _clock(begin, low, high, done, speed, t_s[mine], enter, leave)
        first = after
    return enter, leave


@njit(cache=True, nogil=True)
def _along(w: Ways, d: Driven, begin: Floats, low: Int, high: Int, done: Floats, mine: Cuts, row: Ints, share: Floats) -> None:
    """Write the rows and shares of smoothed places, none of which lies off the way or before the one told earlier."""
    far, k = begin[low], low
    for m in range(len(mine)):
        far = min(max(far, done[m]), begin[high])
        done[m] = far
        while k + 1 < high and begin[k + 1] < far:
            k += 1
        whole = w.mm[d.arc[k]] * 0.001
        row[mine[m]], share[mine[m]] = k, d.low[k] + (far - begin[k]) / whole if whole > 0.0 else d.high[k]


@njit(cache=True, nogil=True)
def _clock(begin: Floats, low: Int, high: Int, done: Floats, speed: Floats, t_s: Floats, enter: Floats, leave: Floats) -> None:
    """Write when each row of a part was entered and left: between two positions at an even speed, beyond them at the last one."""
    k, last = 0, len(done) - 1
    for r in range(low + 1, high):
        border = begin[r]
        while k <= last and done[k] <= border:
            k += 1
        if k == 0:
            at = t_s[0] - (done[0] - border) / max(speed[0], LEAST_MPS)
        elif k > last:
            at = t_s[last] + (border - done[last]) / max(speed[last], LEAST_MPS)
        else:
            at = t_s[k - 1] + (border - done[k - 1]) / (done[k] - done[k - 1]) * (t_s[k] - t_s[k - 1])
        enter[r], leave[r - 1] = at, at
    enter[low] = min(t_s[0], leave[low]) if low + 1 < high else t_s[0]
    leave[high - 1] = max(t_s[last], enter[high - 1])
