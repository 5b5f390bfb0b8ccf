"""What share of the demand is reached in time where each unit may be busy, and what moving an idle unit to another place would do to it."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tocsin.engines.coverage.cover import Floats

Doubles = npt.NDArray[np.float64]


class Worth(NamedTuple):
    """What each of k idle units would be worth at each of p places, beside where it waits now; shares of the whole demand, 0 … 1."""

    share: float
    """The share expected to be reached in time as they wait now."""
    won: Doubles
    """float64[k, p]: what the move adds where the unit does not reach now."""
    lost: Doubles
    """float64[k, p]: what it takes away where the unit would reach no longer."""

    @property
    def gain(self) -> Doubles:
        """float64[k, p]: what the share would grow by; below 0 where it would shrink."""
        return self.won - self.lost


def expected_share(times_s: Floats, weight: npt.ArrayLike, *, within_s: float, busy: float) -> float:
    """The share of the demand expected to be reached within so many seconds, 0 … 1.

    `times_s` is float32[k, c], from each of k units that are free now to each of c cells, inf where there is no way; `weight` float[c], at least one of
    them above 0. Each unit is busy, when it is wanted, with the chance `busy` (0 … 1), whatever the others are: a cell that k of them reach in time is served
    with the chance 1 − busy^k (Daskin 1983, A maximum expected covering location model, eq. 1; of the units that are free now as in Jagtenberg, Bhulai
    and van der Mei 2015, section 3).
    """
    share = _shares(weight)
    there = (np.asarray(times_s) <= within_s).sum(axis=0)
    return float((share * (1 - np.power(float(busy), there))).sum())


def moves(times_s: Floats, place_s: Floats, added_s: npt.ArrayLike, weight: npt.ArrayLike, *, within_s: float, busy: float) -> Worth:
    """What moving each idle unit to each place, alone, would do to `expected_share`.

    `times_s` is float32[k, c], from where each unit waits, all counted; `place_s` float32[p, c], the driving from each place, and `added_s` float[k, p], what
    each unit takes beside that when it is sent from there. Units that take equally long beside driving are computed together, as one product of matrices.
    """
    share, q = _shares(weight), float(busy)
    reached = np.asarray(times_s) <= within_s
    there = reached.sum(axis=0)
    more = share * np.power(q, there) * (1 - q)
    less = share * np.power(q, np.maximum(there - 1, 0)) * (1 - q)
    k, p = len(reached), len(place_s)
    won, lost = np.zeros((k, p)), np.zeros((k, p))
    added = np.asarray(added_s, np.float64).reshape(k, p)
    alike, of = np.unique(added, axis=0, return_inverse=True) if k and p else (added[:0], np.zeros(0, np.int64))
    for row, beside in enumerate(alike):
        units = np.flatnonzero(of.ravel() == row)
        reach = (place_s <= (within_s - beside)[:, None]).astype(np.float64).T
        mine = reached[units]
        won[units] = (~mine * more) @ reach
        lost[units] = (mine * less).sum(axis=1)[:, None] - (mine * less) @ reach
    return Worth(float((share * (1 - np.power(q, there))).sum()), won, lost)


def _shares(weight: npt.ArrayLike) -> Doubles:
    whole = np.asarray(weight, np.float64)
    total = float(whole.sum())
    assert total > 0, "no cell counts"
    return whole / total
