"""From a track's positions to what is decoded: those that say something new, each with the streets that it may lie on."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

import numpy as np
from numba import njit

from tocsin.engines.roads.matching.decoding import AGAINST, SELDOM, TOGETHER, Layers
from tocsin.engines.roads.matching.seeking import MOST_ARCS, seek
from tocsin.engines.roads.network import Bools, Floats, Ints
from tocsin.engines.roads.snap import Grid

MOST_WEIGHT = 4             # a device's errors go together, so that many positions say no more than so few would
NEAR_S, NEAR = 3.0, 5.0     # and those of so many seconds within so many: between two, noise outweighs what was driven
STAY_S = 15.0               # together for so long, the unit stood
ACCURACY_SIGMA = 1.515      # the radius that holds 68 % of a round Gaussian, in deviations along one axis
LEAST_SIGMA_M = 4.0         # a drawn street is not where the wheels are; the paper found 4.07
MOST_SIGMA_M = 100.0        # a position as rough as that says nothing of streets
REACH, REACH_M = 4.0, 10.0  # streets are sought within so many deviations and so many metres more
MOST_REACH_M = 200.0


@njit(cache=True, nogil=True)
def gather(x: Floats, y: Floats, t_s: Floats, sigma: Floats) -> tuple[Ints, Floats]:
    """Take positions together where a unit stands or its device tells more often than its error lets it say anything.

    Gives for each position the number of its group, -1 if it is no position, and per group the mean x and y, the first and
    last second, and the deviation. Of positions close together the paper keeps the first; but of those that noise alone took
    far enough to be kept, each is an extreme, and the ways between them are too long.
    """
    rows, group = np.empty((len(x), 5)), np.full(len(x), -1, np.int32)
    count, inside = 0, 0
    for i in range(len(x)):
        if not (np.isfinite(x[i]) and np.isfinite(y[i]) and sigma[i] <= MOST_SIGMA_M):
            continue
        row = rows[count - 1]
        together = (NEAR if t_s[i] - row[2] < NEAR_S else TOGETHER) * sigma[i]
        if count and np.hypot(x[i] - row[0], y[i] - row[1]) < together:
            inside += 1
            row[0] += (x[i] - row[0]) / inside
            row[1] += (y[i] - row[1]) / inside
            row[3], row[4] = t_s[i], max(sigma[i] / np.sqrt(min(inside, MOST_WEIGHT)), LEAST_SIGMA_M)
        else:
            rows[count, 0], rows[count, 1], rows[count, 2], rows[count, 3] = x[i], y[i], t_s[i], t_s[i]
            rows[count, 4], inside = sigma[i], 1
            count += 1
        group[i] = count - 1
    for k in range(count):
        if rows[k, 3] - rows[k, 2] < STAY_S:    # it drove on: it was at the mean at the middle of the time
            rows[k, 2] = rows[k, 3] = 0.5 * (rows[k, 2] + rows[k, 3])
    return group, rows[:count]


@njit(cache=True, nogil=True)
def layer(g: Grid, usable: Bools, seldom: Bools, heading: Floats, group: Ints, rows: Floats) -> Layers:
    """Seek the streets of the groups and weigh each by its distance, by whether it is seldom driven, and by the mean of the headings told."""
    at = np.zeros(len(rows) + 1, np.int32)
    arc, share = np.empty(len(rows) * MOST_ARCS, np.int32), np.empty(len(rows) * MOST_ARCS)
    gap, bearing, score = np.empty(MOST_ARCS), np.empty(MOST_ARCS), np.empty(len(rows) * MOST_ARCS)
    east, north = np.zeros(len(rows)), np.zeros(len(rows))
    for i in range(len(group)):
        if group[i] >= 0 and np.isfinite(heading[i]):
            east[group[i]] += np.sin(heading[i])
            north[group[i]] += np.cos(heading[i])
    size = 0
    for k in range(len(rows)):
        x, y, sigma = rows[k, 0], rows[k, 1], rows[k, 4]
        reach = min(REACH * sigma + REACH_M, MOST_REACH_M)
        found = seek(g, usable, x, y, reach, arc[size:size + MOST_ARCS], share[size:size + MOST_ARCS], gap, bearing)
        for c in range(found):
            score[size + c] = -0.5 * (gap[c] / sigma) ** 2 - (SELDOM if seldom[arc[size + c]] else 0.0)
            if east[k] != 0.0 or north[k] != 0.0:
                score[size + c] -= AGAINST * 0.5 * (1.0 - np.cos(bearing[c] - np.arctan2(east[k], north[k])))
        size += found
        at[k + 1] = size
    columns = rows.T.copy()
    return Layers(columns[0], columns[1], columns[2], columns[3], columns[4], at, arc[:size], share[:size], score[:size])
