"""A bound that no choice of sites can pass: prices by subgradient steps, and the sites that these prices rule out or in.

Held, Wolfe, Crowder 1974, 'Validation of subgradient optimization', with the direction smoothed as Camerini, Fratta, Maffioli
1975 do, and longer steps for heavier places (`pace`), without which a city whose demand is uneven takes ten times the rounds. The prices relax what ties places to sites (Cornuejols, Fisher, Nemhauser 1977; Galvão, ReVelle 1996), so at their best
the bound is that of the linear program, which for these questions is close.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tocsin.engines.siting.problem import Floats, Picked, Rules

_PATIENCE, _SMOOTH, _FLATTEST = 6, 0.3, 1e-4
_REFRESH = 10
"""Rounds between two looks at whether the sites of the prices make a better answer."""


class Relaxed(Protocol):
    """A question with its ties priced; `prices` is one flat array, none below 0, and `pace` how far a step moves each beside the others."""

    pace: Floats

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

    def take(self, value: float, prices: Floats, picked: Picked, known: float) -> None:
        """Keep what these prices prove: whoever departs from them by more than there is between bound and best value is no better."""
        room = value - known + 1e-9 * max(abs(value), 1.0)
        out, held = -picked.spared > room, picked.spared > room
        self.most[out] = self.least[out]
        self.least[held] = self.most[held]
        if value < self.priced:
            self.priced, self.prices = value, prices
        self.value = min(self.value, value)

    def room(self, known: float) -> float:
        """How much worse than these prices say an answer may be and still pass the best known one."""
        return self.priced - known + 1e-9 * max(abs(self.priced), 1.0)


def tighten(relaxed: Relaxed, rules: Rules, prices: Floats, known: float, rounds: int, grain: float, spare: Callable[[float], float],
            try_units: Callable[[Floats], float], go_on: Callable[[float, float, float], bool]) -> Bound:
    """Lower the bound over a value to be maximised, at most `rounds` times.

    `known` is the best value so far; `try_units` makes an answer of the units that the prices choose and gives the best value so
    far. `go_on(share, value, bound)` is asked each round. Every value is a multiple of `grain` (0: of nothing known);
    `spare(value)` is the gap that is small enough.
    """
    best = Bound(np.inf, rules.least.copy(), rules.most.copy(), prices)
    bolder, since, heading = 1.0, 0, np.zeros_like(prices)
    for turn in range(rounds):
        value, picked = look(relaxed, rules, prices)
        if turn % _REFRESH == 0:
            known = max(known, try_units(picked.units))
        since = 0 if value < best.value - 1e-9 * abs(value) else since + 1
        best.take(value, prices, picked, known)
        whole = floor_to(value, grain)
        if whole - known <= spare(known) or not go_on(turn / rounds, known, min(whole, floor_to(best.value, grain))):
            break
        if since >= _PATIENCE:
            bolder, since = bolder / 2, 0
            if bolder < _FLATTEST:
                break
        heading = (1 - _SMOOTH) * relaxed.slope(prices, picked.units) + _SMOOTH * heading
        heading = np.where((prices <= 0) & (heading > 0), 0.0, heading)
        size = float(heading @ (relaxed.pace * heading))
        if size <= 0:
            break
        aim = max(value - known, 1e-6 * abs(known))
        prices = np.maximum(prices - bolder * aim / size * relaxed.pace * heading, 0.0)
    best.value = max(floor_to(best.value, grain), known)
    return best


def paced(weight: Floats, levels: int, districts: int) -> Floats:
    """The pace of prices of places (each with so many levels), the square root of their weight, and of districts' dues."""
    root = np.sqrt(weight / max(float(weight.mean()), 1e-300))
    return np.concatenate([np.repeat(root, levels), np.ones(districts)])


def look(relaxed: Relaxed, rules: Rules, prices: Floats) -> tuple[float, Picked]:
    """The bound that these prices give, and the units that they choose."""
    score, rest = relaxed.score(prices)
    picked = rules.best(score)
    return picked.value + rest, picked


def floor_to(value: float, grain: float) -> float:
    """The largest multiple of `grain` that is not above the value, but for what adding up may have lost."""
    return float(np.floor(value / grain + 1e-6) * grain) if grain else value
