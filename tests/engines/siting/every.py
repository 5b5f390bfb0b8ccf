"""The best of every choice there is, by trying them all: slow, plain, and sharing no code with the engine."""

from collections.abc import Callable, Iterator
from itertools import combinations_with_replacement

import numpy as np

from tocsin.engines.siting import Problem


def allowed(problem: Problem, stack: int, everyone: bool = False) -> Iterator[list[int]]:
    """All units that respect the problem."""
    sites = range(len(problem.time_s))
    near = problem.time_s <= problem.reach_s
    most = len(sites) * stack if problem.count is None else problem.count
    for number in range(min(most, len(sites) * stack) + 1):
        for chosen in combinations_with_replacement(sites, number):
            units = list(chosen)
            if any(units.count(site) > stack for site in set(units)) or set(problem.keep) - set(units) or set(problem.bar) & set(units):
                continue
            if problem.cost is not None and problem.budget is not None and problem.cost[units].sum() > problem.budget:
                continue
            covered = near[units].any(axis=0)
            if everyone and not covered.all():
                continue
            if any(problem.weight[one.places][covered[one.places]].sum() < one.share * problem.weight[one.places].sum() - 1e-9
                   for one in problem.districts):
                continue
            yield units


def best(problem: Problem, value: Callable[[list[int]], float], stack: int = 1, everyone: bool = False) -> float | None:
    """The largest value, or None where nothing respects the problem."""
    return max((value(units) for units in allowed(problem, stack, everyone)), default=None)


def covers(problem: Problem, level: list[float]) -> Callable[[list[int]], float]:
    """The worth of the first, second … cover, by weight."""
    def value(units: list[int]) -> float:
        count = (problem.time_s[units] <= problem.reach_s).sum(axis=0)
        return float(sum((worth * problem.weight[count > k]).sum() for k, worth in enumerate(level)))
    return value


def seconds(problem: Problem) -> Callable[[list[int]], float]:
    """Less the seconds to the nearest, by weight; nobody counts as an hour or the longest time."""
    times = problem.time_s.astype(np.float64)
    finite = times[np.isfinite(times)]
    times = np.where(np.isfinite(times), times, max([3_600.0, *finite]))
    return lambda units: -float((times[units].min(axis=0) if units else times.max(axis=0)) @ problem.weight)


def chances(problem: Problem, curve: Callable[[np.ndarray], np.ndarray], busy: float) -> Callable[[list[int]], float]:
    """The chance that the nearest, else the second nearest … is free and there in time, by weight."""
    chance = curve(problem.time_s.astype(np.float64) / 60)

    def value(units: list[int]) -> float:
        ranked = -np.sort(-chance[units], axis=0)
        return float(sum((1 - busy) * busy ** k * (row @ problem.weight) for k, row in enumerate(ranked)))
    return value
