"""A bound that no choice of sites can pass: prices by subgradient steps, and the sites that these prices rule out or in.

Held, Wolfe, Crowder 1974, 'Validation of subgradient optimization', with the direction smoothed as Camerini, Fratta, Maffioli
1975 do. The prices relax what ties places to sites (Cornuejols, Fisher, Nemhauser 1977; Galvão, ReVelle 1996), so at their best
the bound is that of the linear program, which for these questions is close.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tocsin.engines.siting.problem import Floats, Rules

_PATIENCE, _SMOOTH, _FLATTEST = 6, 0.6, 1e-4
_REFRESH = 10
"""Rounds between two looks at whether the sites of the prices make a better answer."""


class Relaxed(Protocol):
    """A question with its ties priced; `prices` is one flat array, none below 0."""

    def score(self, prices: Floats) -> tuple[Floats, float]:
        """What a unit at each site would earn at these prices, float64[n], and what is left over beside."""
        ...

    def slope(self, prices: Floats, units: Floats) -> Floats:
        """How the bound would grow with each price, for these units."""
        ...


@dataclass
class Bound:
    """The best bound so far, and sites that any better answer must hold or leave: float64[n] the least and most units."""

    value: float
    least: Floats
    most: Floats
    prices: Floats
    priced: float = np.inf

    def room(self, known: float) -> float:
        """How much worse than these prices say an answer may be and still pass the best known one."""
        return self.priced - known + 1e-9 * max(abs(self.priced), 1.0)


def tighten(relaxed: Relaxed, rules: Rules, prices: Floats, known: float, rounds: int, grain: float, enough: float,
            try_units: Callable[[Floats], float], go_on: Callable[[float, float, float], bool]) -> Bound:
    """Lower the bound over a value to be maximised, at most `rounds` times.

    `known` is the best value so far; `try_units` makes an answer of the units that the prices choose and gives the best value so
    far. `go_on(share, value, bound)` is asked each round. Every value is a multiple of `grain` (0: of nothing known).
    """
    best = Bound(np.inf, rules.least.copy(), rules.most.copy(), prices)
    bolder, since, heading = 1.0, 0, np.zeros_like(prices)
    for turn in range(rounds):
        score, rest = relaxed.score(prices)
        picked = rules.best(score)
        value = picked.value + rest
        if turn % _REFRESH == 0:
            known = max(known, try_units(picked.units))
        _rule_out(best, picked.spared, value, known)
        whole = floor_to(value, grain)
        if value < best.value - 1e-9 * abs(value):
            since = 0
        else:
            since += 1
        if value < best.priced:
            best.priced, best.prices = value, prices
        best.value = min(best.value, value)
        if whole - known <= enough * abs(known) or not go_on(turn / rounds, known, min(whole, floor_to(best.value, grain))):
            break
        if since >= _PATIENCE:
            bolder, since = bolder / 2, 0
            if bolder < _FLATTEST:
                break
        heading = (1 - _SMOOTH) * relaxed.slope(prices, picked.units) + _SMOOTH * heading
        heading = np.where((prices <= 0) & (heading > 0), 0.0, heading)
        size = float(heading @ heading)
        if size <= 0:
            break
        aim = max(value - known, 1e-6 * abs(known))
        prices = np.maximum(prices - bolder * aim / size * heading, 0.0)
    best.value = max(floor_to(best.value, grain), known)
    return best


def _rule_out(best: Bound, spared: Floats, value: float, known: float) -> None:
    """Keep what these prices prove: whoever departs from them by more than there is between bound and best value is no better."""
    room = value - known + 1e-9 * max(abs(value), 1.0)
    out, held = -spared > room, spared > room
    best.most[out] = best.least[out]
    best.least[held] = best.most[held]


def floor_to(value: float, grain: float) -> float:
    """The largest multiple of `grain` that is not above the value, but for what adding up may have lost."""
    return float(np.floor(value / grain + 1e-6) * grain) if grain else value
