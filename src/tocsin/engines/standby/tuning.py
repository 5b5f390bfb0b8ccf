"""What a policy is made from: a city's ground and aims, and the numbers that training tunes."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tocsin.engines.standby.cover import Cover, Limit, cover_of, expected
from tocsin.engines.standby.policy import NO_NOTES, Budget, Policy
from tocsin.engines.standby.world import Doubles, Floats, Ints


class Aim(NamedTuple):
    """A share of calls and the seconds from being sent within which they are in time."""

    within_s: float
    share: float


class Ground(NamedTuple):
    """Where calls come from and who reaches them."""

    reach_s: Floats
    """float32[s, n]: from each station to each junction, as one is driven to a call."""
    weight: npt.NDArray[np.float64]
    """float64[n], or float64[h, n] by the hour: calls from each junction, as shares of all."""
    aims: tuple[Aim, ...]
    units: int


class Tuning(NamedTuple):
    """What training tunes; each policy uses some of them."""

    busy: float = 0.4
    price: float = 0.0
    per_s: float = 0.0
    horizon_s: float = 1_800.0
    thin: float = 0.0
    rise: float = 0.0
    soon: int = 0
    near: int = 0
    most: int = 1
    tail: float = 0.0
    """What lateness of half as much again counts beside the first aim's."""
    memory_s: float = 12 * 3_600.0
    budget: Budget = Budget()


NO_TABLE: Ints = np.zeros((1, 1), np.int32)
NO_WORTHS: Doubles = np.zeros((0, 1))


def in_time(ground: Ground, busy: float, step: int = 1, tail: float = 0.0) -> Cover:
    """The share of calls that a free unit reaches in time: each aim is a layer."""
    aims = ground.aims if tail <= 0 else (*ground.aims, Aim(1.5 * ground.aims[0].within_s, tail))
    return cover_of(ground.reach_s, ground.weight, [Limit(aim.within_s, aim.share, expected(busy, step)) for aim in aims], step)


def policy_of(kind: int, ground: Ground, tuning: Tuning, cover: Cover | None = None, table: Ints = NO_TABLE, worths: Doubles = NO_WORTHS,
              soon: int = 0, near: int = 0) -> Policy:
    """The numbers of a tuning, with what this kind has beside them."""
    kept = in_time(ground, tuning.busy) if cover is None else cover
    budget = Budget(int(tuning.budget.each), int(tuning.budget.average), float(tuning.budget.within_s))
    return Policy(kind, kept, table, float(tuning.price), float(tuning.per_s), float(tuning.horizon_s), float(tuning.thin), float(tuning.rise), soon, near,
                  tuning.most, worths, float(tuning.memory_s), budget, NO_NOTES)
