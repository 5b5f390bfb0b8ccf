"""What forecasts of the past were off by, and what an interval must look like that learns from them and from its own misses."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tocsin.engines.demand.calls import Floats
from tocsin.engines.demand.levels import Level
from tocsin.engines.demand.spread import NOMINAL, curve, ends, excess_of, recalibrated, strayed, stretched

_REMEMBER, MOST_KEPT = 12, 20_000
STEP, _MOST = 0.15, 2.0
"""What the logarithm of how wide intervals are grows by for each share of a week's counts that was missed too much, and how far it may go.

Chosen on drawn records alone (`bench/demand_drawn.py`): a larger step brings cover nearer to what it should be and costs more of the
score; this is the largest with which intervals scored no worse than before they were learnt so. No week of a
real record was looked at for it (ADR 49)."""

_OUTSIDE = NOMINAL[[0, 1]] + 1 - NOMINAL[[4, 3]]

EVERY_KIND = -1
Key = tuple[Level, int, int]
"""A level, the kind where each stands by itself (else `EVERY_KIND`), and how many weeks ahead."""


@dataclass(frozen=True)
class Look:
    """What one origin told, and what came: float32[n] both, known from the day `known` on; `fell` float64[5], the share of the counts
    that lay below each end that was told then (`NOMINAL` would be right), or nothing where intervals were not yet taken seriously."""

    known: int
    count: npt.NDArray[np.float32]
    mean: npt.NDArray[np.float32]
    fell: Floats | None


class Past:
    """What forecasts of the past were off by, by level, kind and weeks ahead: how far counts stray, where in their chances they lay, and what intervals missed."""

    def __init__(self, step: float = STEP) -> None:
        self._looks: dict[Key, list[Look]] = {}
        self._step = step

    def add(self, key: Key, known: int, count: Floats, mean: Floats, fell: Floats | None = None) -> None:
        """Take in one more, in the order of time; of very many counts every second, third … is kept."""
        thin = slice(None, None, -(-len(count) // MOST_KEPT) or 1)
        self._looks.setdefault(key, []).append(Look(known, count[thin].astype(np.float32), mean[thin].astype(np.float32), fell))

    def looks(self, key: Key, day: int) -> int:
        """How many could be known on that day."""
        return sum(look.known <= day for look in self._looks.get(key, ()))

    def at(self, key: Key, day: int) -> tuple[float, Floats]:
        """The excess, and where to look for each of `NOMINAL`, from what could be known on that day; of at most a quarter of a year, since seasons differ."""
        looks = [look for look in self._looks.get(key, ()) if look.known <= day]
        if not looks:
            return 0.0, NOMINAL
        count, mean = (np.concatenate(parts).astype(np.float64) for parts in zip(*((look.count, look.mean) for look in looks[-_REMEMBER:]), strict=True))
        excess = excess_of(strayed(count, mean))
        return excess, stretched(recalibrated(curve(*ends(count, mean, excess))), stretch([look.fell for look in looks if look.fell is not None], self._step))


def stretch(fell: list[Floats], step: float = STEP) -> float:
    """By which factor intervals must be wider than their past alone would have them, given the share of counts below each end that was told, week by week in order.

    An online tracker of misses (Gibbs and Candès 2021, 'Adaptive conformal inference under distribution shift', NeurIPS 34, 1660-1672;
    on the scale of the score as in Angelopoulos, Candès and Tibshirani 2023, 'Conformal PID control for time series prediction', NeurIPS
    36): after a week that missed too much intervals become wider, after one that missed too little narrower, whatever the reason. The 80
    and the 95 per cent interval teach one and the same factor, since a day of a city gives seven counts a week, too few for two. Whatever
    comes, what both miss together over T weeks is off by no more than the way that the logarithm has gone, divided by the step and T, while
    that stays within its limit.
    """
    log = 0.0
    for share in fell:
        missed = share[[0, 1]] + 1 - share[[4, 3]]
        log = float(np.clip(log + step * float((missed - _OUTSIDE).sum()), -_MOST, _MOST))
    return float(np.exp(log))
