"""The seven questions, each with its source; every one gives an `Answer` or raises `Conflict`."""

from collections.abc import Callable

import numpy as np

from tocsin.engines.siting.by_cover import ByCover
from tocsin.engines.siting.by_nearness import ByNearness
from tocsin.engines.siting.problem import NOBODY_S, Answer, Effort, Floats, Problem, Rules, Watch
from tocsin.engines.siting.search import answer
from tocsin.engines.siting.whole import fewest, soonest

_PLAIN, _ALONE = Effort(), Watch()
_FAINT = 1e-9
"""A free unit that counts for less than this share of the first is left out of the question."""


def lscp(problem: Problem, effort: Effort = _PLAIN, watch: Watch = _ALONE) -> Answer:
    """The fewest sites (or, with costs, the cheapest) that have every place within reach: Toregas, Swain, ReVelle, Bergman 1971."""
    return fewest(problem, effort, watch)


def p_center(problem: Problem, effort: Effort = _PLAIN, watch: Watch = _ALONE) -> Answer:
    """The sites whose farthest place is the soonest reached: Hakimi 1964, by covers of each time as Minieka 1970; value in seconds."""
    return soonest(problem, effort, watch)


def mclp(problem: Problem, effort: Effort = _PLAIN, watch: Watch = _ALONE) -> Answer:
    """The most weight within reach: Church and ReVelle 1974, 'The maximal covering location problem'."""
    return answer(ByCover(problem, Rules.of(problem, 1), np.array([1.0, 1.0])), 1, effort, watch)


def backup(problem: Problem, second: float, effort: Effort = _PLAIN, watch: Watch = _ALONE) -> Answer:
    """The most weight within reach, a second site in reach counting `second` (0 to 1) of the first: Hogan and ReVelle 1986.

    With a district of all places and the share 1 this is their first model, BACOP1; else their second.
    """
    if not 0 <= second <= 1:
        raise ValueError("a second cover counts between 0 and 1 of the first")
    return answer(ByCover(problem, Rules.of(problem, 1), np.array([1.0, 1.0, second])), 1, effort, watch)


def mexclp(problem: Problem, busy: float, effort: Effort = _PLAIN, watch: Watch = _ALONE, stack: int | None = None) -> Answer:
    """The most weight that a free unit is expected to have in reach, each busy for this part of its time: Daskin 1983.

    The k-th unit in reach adds (1 - busy) · busy^(k - 1). Up to `stack` units may stand at one site, by default all.
    """
    at_one = stack or problem.count or 1
    level = np.concatenate([[1.0], _levels(busy, _units(problem, at_one))])
    return answer(ByCover(problem, Rules.of(problem, at_one), level), at_one, effort, watch)


def p_median(problem: Problem, effort: Effort = _PLAIN, watch: Watch = _ALONE) -> Answer:
    """The least sum of weight and seconds to the nearest site: Hakimi 1964, ReVelle and Swain 1970.

    A place that cannot be reached counts as `NOBODY_S`, or as the longest time in the table where that is longer.
    """
    time_s = problem.time_s.astype(np.float64)
    finite = time_s[np.isfinite(time_s)]
    time_s = np.where(np.isfinite(time_s), time_s, max(NOBODY_S, float(finite.max()) if len(finite) else 0.0))
    weight = problem.weight.astype(np.float64)
    worst = time_s.max(axis=0)
    whole = bool((time_s == np.round(time_s)).all() and (weight == np.round(weight)).all() and time_s.max() < 1e9 and weight.max() < 1e6)
    question = ByNearness(problem, Rules.of(problem, 1), (worst - time_s) * weight, np.ones(1), 1.0 if whole else 0.0)
    return answer(question, 1, effort, watch, float(worst @ weight))


def survival(problem: Problem, curve: Callable[[Floats], Floats], busy: float = 0.0, effort: Effort = _PLAIN, watch: Watch = _ALONE,
             stack: int = 1) -> Answer:
    """The most weight that survives, by a curve over minutes that never rises: Erkut, Ingolfsson, Erdoğan 2008.

    With busy units the k-th nearest answers with the chance (1 - busy) · busy^(k - 1), which is their MEXSLP; the value is the sum of
    weight and chance.
    """
    chance = np.asarray(curve(problem.time_s.astype(np.float64) / 60.0), np.float64)
    if not ((chance >= 0) & (chance <= 1)).all():
        raise ValueError("a curve gives chances between 0 and 1")
    level = _levels(busy, _units(problem, stack))
    return answer(ByNearness(problem, Rules.of(problem, stack), chance * problem.weight, level, 0.0), stack, effort, watch)


def _units(problem: Problem, stack: int) -> int:
    """How many units there could be at most."""
    most = len(problem.time_s) * stack
    return max(1, most if problem.count is None else min(problem.count, most))


def _levels(busy: float, units: int) -> Floats:
    """What the first, second … free unit counts for, as far as it can be told from nothing."""
    if not 0 <= busy < 1:
        raise ValueError("a unit is busy for a part of its time, 0 or more and below 1")
    if busy == 0:
        return np.ones(1)
    level = (1 - busy) * busy ** np.arange(units)
    return np.asarray(level[level >= _FAINT * level[0]])
