"""From a track's positions to what is decoded: those that say something new, each with the streets that it may lie on."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

import numpy as np
from numba import njit

from tocsin.engines.roads.matching.decoding import AGAINST, Layers
from tocsin.engines.roads.matching.seeking import MOST_ARCS, seek
from tocsin.engines.roads.network import Bools, Floats, Ints
from tocsin.engines.roads.snap import Grid

TOGETHER = 2.0              # positions within so many deviations of the last one kept say nothing new (the paper's rule)
STAY_S = 15.0               # together for so long, the unit stood
ACCURACY_SIGMA = 1.515      # the radius that holds 68 % of a round Gaussian, in deviations along one axis
LEAST_SIGMA_M = 4.0         # a drawn street is not where the wheels are; the paper found 4.07
MOST_SIGMA_M = 100.0        # a position as rough as that says nothing of streets
REACH, REACH_M = 4.0, 10.0  # streets are sought within so many deviations and so many metres more
MOST_REACH_M = 200.0


@njit(cache=True, nogil=True)
def keep(x: Floats, y: Floats, t_s: Floats, sigma: Floats) -> tuple[Ints, Ints]:
    """The positions that are decoded, and for each position of the track the one that it goes with, -1 if none.

    A unit that stands, and one whose device tells more often than its error lets it say anything, is told by one position.
    """
    kept, member = np.empty(len(x), np.int32), np.full(len(x), -1, np.int32)
    count = 0
    for i in range(len(x)):
        if not (np.isfinite(x[i]) and np.isfinite(y[i]) and sigma[i] <= MOST_SIGMA_M):
            continue
        if count:
            last = kept[count - 1]
            if np.hypot(x[i] - x[last], y[i] - y[last]) < TOGETHER * sigma[last]:
                member[i] = count - 1
                continue
        member[i] = count
        kept[count] = i
        count += 1
    return kept[:count], member


@njit(cache=True, nogil=True)
def layer(g: Grid, usable: Bools, x: Floats, y: Floats, t_s: Floats, sigma: Floats, heading: Floats, kept: Ints,
          member: Ints) -> Layers:
    """Seek the streets of the kept positions and weigh each by its distance and, where a heading is told, by its direction."""
    since, until = t_s[kept], t_s[kept].copy()
    for i in range(len(x)):
        if member[i] >= 0:
            until[member[i]] = t_s[i]
    at = np.zeros(len(kept) + 1, np.int32)
    arc, share = np.empty(len(kept) * MOST_ARCS, np.int32), np.empty(len(kept) * MOST_ARCS)
    gap, bearing, score = np.empty(MOST_ARCS), np.empty(MOST_ARCS), np.empty(len(kept) * MOST_ARCS)
    size = 0
    for k in range(len(kept)):
        i = kept[k]
        if until[k] - since[k] < STAY_S:
            until[k] = since[k]
        reach = min(REACH * sigma[i] + REACH_M, MOST_REACH_M)
        found = seek(g, usable, x[i], y[i], reach, arc[size:size + MOST_ARCS], share[size:size + MOST_ARCS], gap, bearing)
        for c in range(found):
            score[size + c] = -0.5 * (gap[c] / sigma[i]) ** 2
            if np.isfinite(heading[i]):
                score[size + c] -= AGAINST * 0.5 * (1.0 - np.cos(bearing[c] - heading[i]))
        size += found
        at[k + 1] = size
    return Layers(x[kept], y[kept], since, until, sigma[kept], at, arc[:size], share[:size], score[:size])
