"""The likeliest streets behind a row of positions: a hidden Markov model, decoded by Viterbi's algorithm.

After Newson and Krumm, 'Hidden Markov map matching through noise and sparseness' (ACM SIGSPATIAL GIS 2009): a position lies off
its street as a Gaussian says, and the way driven between two positions is about as long as the straight line, the difference
falling off exponentially. Two things differ. Leaving a position out and beginning anew are moves of the model with prices of
their own, not repairs afterwards; and as beginning anew has a price, no way that is more than that dearer need be sought, which
bounds every search without changing the answer.
"""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from tocsin.engines.roads.matching.lengths import FAR_MM, Found, Seeking, Ways, aim, forget, nothing_found, search, unaim
from tocsin.engines.roads.network import Floats, Int, Ints, Real

TOGETHER = 2.0              # positions so few deviations apart may be one place
BETA_M = 5.0                # how far a way's length is off the straight line, on average, for positions close in time
BETA_PER_S = 0.5            # and what each second between them adds
OUTLIER = 12.0              # nats for leaving one position out: as much as one 4.9 deviations off its street
ANEW = 40.0                 # nats for beginning anew
TURN = 14.0                 # nats for turning round, at a junction or in the street: it happens, but noise looks like it
GAP_S = 180.0               # after so long without a position nobody knows the way: begin anew
FASTEST_M_S = 50.0          # no unit drives quicker; of a way that would be, nothing is believed
AGAINST = 4.0               # nats for driving dead against the heading that a device told; half for driving across it
SELDOM = 2.0                # nats for each position on a street that is seldom driven
MOST_OPEN = 4               # positions in a row that can be left out


class Layers(NamedTuple):
    """The positions that are decoded, and for each the arcs on which it may have been: `arc[at[t]:at[t + 1]]`.

    `x`, `y` are metres in the grid's plane, `since` and `until` the seconds between which the unit was there, `sigma` the
    deviation in metres along each axis; `score` is the log-likelihood of a position seen from its arc.
    """

    x: Floats
    y: Floats
    since: Floats
    until: Floats
    sigma: Floats
    at: Ints
    arc: Ints
    share: Floats
    score: Floats


@njit(cache=True, nogil=True)
def allowance_m(quiet_s: Real) -> Real:
    """The metres by which the way between two positions is off their straight line, on average (beta in the paper)."""
    return BETA_M + BETA_PER_S * quiet_s


@njit(cache=True, nogil=True)
def straight_m(v: Layers, before: Int, t: Int) -> Real:
    """Metres between two positions as the crow flies."""
    return np.hypot(v.x[t] - v.x[before], v.y[t] - v.y[before])


@njit(cache=True, nogil=True)
def longest_m(v: Layers, before: Int, t: Int) -> Real:
    """How long the way between two positions can be: not so long that beginning anew were likelier, nor too fast."""
    quiet_s: Real = max(v.since[t] - v.until[before], 0.0)
    likely = straight_m(v, before, t) + ANEW * allowance_m(quiet_s)
    return min(likely, FASTEST_M_S * quiet_s + 3.0 * (v.sigma[t] + v.sigma[before]))


@njit(cache=True, nogil=True)
def stays(w: Ways, arc: Int, share: Real, goal: Int, goal_share: Real, back_m: Real) -> Any:
    """Whether the goal lies ahead on the same arc, or so little behind that the unit stood and its positions strayed."""
    return arc == goal and (share - goal_share) * w.mm[arc] * 0.001 <= back_m


@njit(cache=True, nogil=True)
def turned_m(w: Ways, arc: Int, share: Real, goal: Int, goal_share: Real) -> Real:
    """The metres to a place on the other side of the same street if the unit turns round in it; infinite if it is not that."""
    return abs(1.0 - goal_share - share) * w.mm[arc] * 0.001 if w.opposite[arc] == goal else np.inf


@njit(cache=True, nogil=True)
def _way(w: Ways, v: Layers, k: Int, j: Int, found: Found, goal: Int, back_m: Real) -> tuple[Real, Int]:
    """The metres of the way from candidate k to candidate j and how often one turns round on it; infinite if there is none."""
    here, there = v.arc[k], v.arc[j]
    if stays(w, here, v.share[k], there, v.share[j], back_m):
        return max((v.share[j] - v.share[k]) * w.mm[here] * 0.001, 0.0), 0
    turned = turned_m(w, here, v.share[k], there, v.share[j])
    if turned < np.inf:
        return turned, 1
    if found.mm[goal] == FAR_MM:
        return np.inf, 0
    way = ((1.0 - v.share[k]) * w.mm[here] + found.mm[goal] + v.share[j] * w.mm[there]) * 0.001
    first, last = w.opposite[here], w.opposite[there]
    return way, (found.first[goal] >= 0 and found.first[goal] == first) + (found.last[goal] >= 0 and found.last[goal] == last)


@njit(cache=True, nogil=True)
def _connect(w: Ways, v: Layers, before: Int, t: Int, price: Real, floor: Real, score: Floats, back: Ints, s: Seeking) -> None:
    """Better the scores of position t by ways from the position `before`; sources below `floor` cannot."""
    first, last, low, high = v.at[before], v.at[before + 1], v.at[t], v.at[t + 1]
    straight, top = straight_m(v, before, t), longest_m(v, before, t)
    beta = allowance_m(max(v.since[t] - v.until[before], 0.0))
    back_m = 3.0 * max(v.sigma[before], v.sigma[t])
    owner, after = aim(w, v.arc[low:high], s)
    found, done = nothing_found(high - low), np.zeros(last - first, np.bool_)
    for i in range(first, last):
        if done[i - first] or score[i] - price < floor:
            continue
        rank, nearest = w.exit_rank[v.arc[i]], np.inf
        for k in range(i, last):        # arcs that end at one rank share the search
            if w.exit_rank[v.arc[k]] == rank and score[k] - price >= floor:
                done[k - first] = True
                nearest = min(nearest, (1.0 - v.share[k]) * w.mm[v.arc[k]])
        bound = np.int32(min(max(top * 1000.0 - nearest, -1.0), 1e9))
        if bound >= 0:
            forget(search(w, rank, bound, owner, after, found, s), s)
        else:
            found.mm[:] = FAR_MM
        for k in range(i, last):
            if w.exit_rank[v.arc[k]] == rank and score[k] - price >= floor:
                for j in range(low, high):
                    way, turns = _way(w, v, k, j, found, j - low, back_m)
                    value = score[k] - price - abs(way - straight) / beta - TURN * turns + v.score[j]
                    if way <= top and value > score[j]:
                        score[j], back[j] = value, k
    unaim(w, v.arc[low:high], s)


@njit(cache=True, nogil=True)
def _best(v: Layers, t: Int, score: Floats) -> Int:
    """The best candidate of a position."""
    best: Int = v.at[t]
    for j in range(v.at[t], v.at[t + 1]):
        if score[j] > score[best]:
            best = j
    return best


@njit(cache=True, nogil=True)
def decode(w: Ways, v: Layers, s: Seeking) -> tuple[Ints, Ints]:
    """For each position its candidate, -1 where it is left out, and whether the way begins anew there (1) or goes on (0).

    A position that comes much dearer than the one before may be wrong itself: then ways past it are tried as well, past up to
    MOST_OPEN - 1 in a row. At most candidates² × positions sums, and one search for each junction that candidates drive to.
    """
    size, many = len(v.x), v.at[len(v.x)]
    score, back = np.full(many, -np.inf), np.full(many, -1, np.int32)
    chosen, anew = np.full(size, -1, np.int32), np.zeros(size, np.int32)
    opened, count = np.empty(MOST_OPEN, np.int32), 0
    for t in range(size):
        low, high = v.at[t], v.at[t + 1]
        if low == high:
            continue
        if count == 0:
            score[low:high] = v.score[low:high]
            opened[0], count = t, 1
            continue
        source, top = np.int32(-1), -np.inf
        for k in range(count):
            best = _best(v, opened[k], score)
            if score[best] - OUTLIER * (count - 1 - k) > top:
                source, top = best, score[best] - OUTLIER * (count - 1 - k)
        for j in range(low, high):
            score[j], back[j] = top - ANEW + v.score[j], -2 - source
        for k in range(count):
            if v.since[t] - v.until[opened[k]] <= GAP_S:
                _connect(w, v, opened[k], t, OUTLIER * (count - 1 - k), top - ANEW, score, back, s)
        if count == MOST_OPEN or score[_best(v, t, score)] >= score[_best(v, opened[0], score)] - OUTLIER:
            count = 0
        opened[count] = t
        count += 1
    if count == 0:
        return chosen, anew
    last, top = np.int32(-1), -np.inf
    for k in range(count):
        best = _best(v, opened[k], score)
        if score[best] - OUTLIER * (count - 1 - k) > top:
            last, top = best, score[best] - OUTLIER * (count - 1 - k)
    _walk_back(v, last, back, chosen, anew)
    return chosen, anew


@njit(cache=True, nogil=True)
def _walk_back(v: Layers, last: Int, back: Ints, chosen: Ints, anew: Ints) -> None:
    """Follow the best candidates from the last one."""
    t = len(v.x) - 1
    while True:
        while v.at[t] > last:
            t -= 1
        chosen[t] = last
        if back[last] == -1:
            anew[t] = 1
            return
        if back[last] < -1:
            anew[t] = 1
            last = -2 - back[last]
        else:
            last = back[last]
