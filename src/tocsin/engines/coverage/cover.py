"""Cover from a table of arrival times, units by cells; the seam is the matrix, whatever made it."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

NOBODY_S = 3_600.0
"""What a cell that nobody can reach counts as, in seconds, so that losing the last unit is dear but not infinite."""


def soonest_s(times_s: Floats) -> tuple[Floats, Ints]:
    """Seconds until the first of k units could be in each of c cells, and which unit that is: float32[c], int32[c].

    `times_s` is float32[k, c], inf where there is no way. Where nobody can come the answer is inf and -1.
    """
    k, c = times_s.shape
    if k == 0:
        return np.full(c, np.inf, np.float32), np.full(c, -1, np.int32)
    first = times_s.argmin(axis=0).astype(np.int32)
    best = times_s[first, np.arange(c)]
    return best.astype(np.float32), np.where(np.isfinite(best), first, np.int32(-1)).astype(np.int32)


def left_s(times_s: Floats, weight: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """What the leaving of each unit alone would cost the others' cover: float64[k], seconds.

    The mean over all cells, by weight (float[c], at least one of them above 0), of how much later the next unit would be
    than this one, in the cells where this one is the soonest; a cell that nobody else reaches counts NOBODY_S. Leaving is
    judged one unit at a time: two neighbours that leave together cost more than the sum says.
    """
    k, c = times_s.shape
    if k == 0:
        return np.zeros(0)
    times = np.minimum(np.nan_to_num(times_s.astype(np.float64), posinf=NOBODY_S), NOBODY_S)
    share = np.asarray(weight, np.float64)
    share = share / share.sum()
    if k == 1:
        return np.array([float(((NOBODY_S - times[0]) * share).sum())])
    across = np.arange(c)
    first = times.argmin(axis=0)
    soonest = times[first, across]
    times[first, across] = np.inf
    gain = (times.min(axis=0) - soonest) * share  # two passes take a third of the time of a partition
    return np.bincount(first, weights=gain, minlength=k).astype(np.float64)
