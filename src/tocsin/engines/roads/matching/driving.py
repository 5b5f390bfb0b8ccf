"""The way that was driven between decoded positions: whole streets, end to end, by the shortest ways."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from typing import NamedTuple

import numpy as np
from numba import njit

from tocsin.engines.roads.matching.decoding import TOGETHER, Layers, longest_m, stays
from tocsin.engines.roads.matching.lengths import Seeking, Ways, between
from tocsin.engines.roads.network import Floats, Int, Ints, Real


class Driven(NamedTuple):
    """The ways of one track, end to end: `arc` from the share `low` to `high`.

    `part` numbers the ways; `stay_s` is how long it stood on an arc at most. Decoded position t stands on `arc[place[t]]`, -1 if
    it was left out.
    """

    arc: Ints
    low: Floats
    high: Floats
    stay_s: Floats
    part: Ints
    place: Ints


@njit(cache=True, nogil=True)
def _added(rows: Floats, count: Int, arc: Int, low: Real, high: Real, part: Int) -> Floats:
    """Write one more row of the way, in an array that grows."""
    if count == len(rows):
        wider = np.empty((2 * count, rows.shape[1]))
        wider[:count] = rows
        rows = wider
    row = rows[count]
    row[0], row[1], row[2], row[3], row[4] = arc, low, high, 0.0, part
    return rows


@njit(cache=True, nogil=True)
def _onwards(w: Ways, v: Layers, before: Int, t: Int, arc: Int, share: Real, rows: Floats, count: Int,
             s: Seeking) -> tuple[Floats, Int]:
    """Drive from where the way ends, at the position `before`, to a share of another arc, at the position t."""
    last, here, part = np.int32(rows[count - 1, 0]), rows[count - 1, 2], rows[count - 1, 4]
    if w.opposite[last] == arc:         # it turned round in the street
        far = max(here, 1.0 - share)
        rows[count - 1, 2] = far
        return _added(rows, count, arc, 1.0 - far, share, part), count + 1
    inner = between(w, last, arc, np.int32(min(longest_m(v, before, t) * 1000.0, 1e9)) + 2, s)
    rows[count - 1, 2] = 1.0
    for k in range(len(inner)):
        rows = _added(rows, count, inner[k], 0.0, 1.0, part)
        count += 1
    return _added(rows, count, arc, 0.0, share, part), count + 1


@njit(cache=True, nogil=True)
def drive(w: Ways, v: Layers, chosen: Ints, anew: Ints, s: Seeking) -> Driven:
    """Join the decoded positions by the shortest ways."""
    rows = np.empty((256, 5))       # arc, low, high, stay, part
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
            rows = _added(rows, count, arc, share, share, part)
            count += 1
        elif stays(w, last, here, arc, share, 3.0 * rough):
            rows[count - 1, 2] = max(rows[count - 1, 2], share)
        else:
            rows, count = _onwards(w, v, before, t, arc, share, rows, count, s)
        rows[count - 1, 3] = max(rows[count - 1, 3], v.until[t] - since)
        place[t], before = count - 1, t
    rows = rows[:count]
    return Driven(rows[:, 0].astype(np.int32), rows[:, 1].copy(), rows[:, 2].copy(), rows[:, 3].copy(), rows[:, 4].astype(np.int32),
                  place)
