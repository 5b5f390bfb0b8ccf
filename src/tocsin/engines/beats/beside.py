"""Proposed beats beside today's: which is which, and how many residents would find themselves in another."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from tocsin.engines.beats.problem import Floats, Ints


@dataclass(frozen=True)
class Moved:
    """`same` names today's beat that each proposed one goes on from, -1 for a new one: int32[k]. `share` of the residents are in another."""

    same: Ints
    share: float
    zones: Ints


def moved(today: Ints, proposed: Ints, residents: Floats) -> Moved:
    """Give each proposed beat today's name that keeps most residents where they are, no name twice (Kuhn 1955), and count the rest.

    `today` and `proposed` int32[n] are each zone's beat, numbered from 0; residents float64[n], or calls where those are all that is
    known. `zones` are the zones that change.
    """
    both = np.zeros((int(proposed.max()) + 1, int(today.max()) + 1))
    np.add.at(both, (proposed, today), residents)
    row, column = linear_sum_assignment(both, maximize=True)
    same = np.full(len(both), -1, np.int32)
    same[row] = column
    other = same[proposed] != today
    total = float(residents.sum())
    return Moved(same, float(residents[other].sum()) / total if total else 0.0, np.flatnonzero(other).astype(np.int32))
