"""The greedy beginning of every search: units one after another where they gain most, within the limits that each answer respects."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from tocsin.engines.siting.problem import Floats


class Limits(NamedTuple):
    """What units must respect: least and most at each site, cost, the most together and the budget."""

    least: Floats
    most: Floats
    cost: Floats
    number: float
    budget: float


def fill(limits: Limits, units: Floats, gains: Callable[[Floats], Floats]) -> None:
    """Add units where they gain most for their cost, as long as any gains and may be added; `gains(units)` float64[n] is of one more at each site."""
    price = np.maximum(limits.cost, 1e-9) if limits.budget < np.inf else np.ones(len(units))
    while units.sum() + 1 <= limits.number:
        open_to = (units + 1 <= limits.most) & (units @ limits.cost + limits.cost <= limits.budget)
        worth = np.where(open_to, gains(units) / price, 0.0)
        best = int(worth.argmax())
        if worth[best] <= 0:
            break
        units[best] += 1
