"""What is asked and what is answered: times from sites to demand, what must hold, how hard to try; and the sites with their bound."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

NOBODY_S = 3_600.0
"""What a place that nobody can reach counts as, in seconds, or the longest time in the table where that is longer."""


@dataclass(frozen=True)
class District:
    """A part of the city of which at least `share` (0 to 1) of the weight must be within reach of a chosen site."""

    name: str
    places: Ints
    share: float


@dataclass(frozen=True)
class Problem:
    """n sites, m places of demand, and what any answer must respect.

    `time_s` is float32[n, m], inf where there is no way; `weight` float[m], 0 or more. At most `count` units are placed and at
    most `budget` is spent at `cost` float[n] for each; None is no limit. `keep` sites hold a unit in any answer, `bar` sites
    never do. `reach_s` is how late still counts as covered, for covering questions and districts.
    """

    time_s: npt.NDArray[np.float32]
    weight: Floats
    reach_s: float = 0.0
    count: int | None = None
    budget: float | None = None
    cost: Floats | None = None
    keep: tuple[int, ...] = ()
    bar: tuple[int, ...] = ()
    districts: tuple[District, ...] = ()

    def __post_init__(self) -> None:
        sites, places = self.time_s.shape
        if sites == 0 or places == 0:
            raise ValueError("a siting needs at least one site and one place")
        if self.weight.shape != (places,) or not (np.isfinite(self.weight) & (self.weight >= 0)).all():
            raise ValueError("weight must be one finite number of 0 or more for each place")
        if np.isnan(self.time_s).any() or (self.time_s < 0).any():
            raise ValueError("times must be 0 or more; inf where there is no way")
        if (self.budget is None) != (self.cost is None):
            raise ValueError("a budget and costs come together")
        if self.cost is not None and (self.cost.shape != (sites,) or not (np.isfinite(self.cost) & (self.cost >= 0)).all()):
            raise ValueError("cost must be one finite number of 0 or more for each site")
        if any(not 0 <= site < sites for site in (*self.keep, *self.bar)):
            raise ValueError("keep and bar must name sites of the table")
        if any(not 0 <= one.share <= 1 or ((one.places < 0) | (one.places >= places)).any() for one in self.districts):
            raise ValueError("a district's share is between 0 and 1 and its places are those of the table")

    @property
    def near(self) -> Flags:
        """bool[n, m]: which site covers which place."""
        return self.time_s <= np.float32(self.reach_s)

    def needs(self) -> Floats:
        """How much weight each district must have within reach: float64[districts]."""
        return np.array([one.share * self.weight[one.places].sum() for one in self.districts])


@dataclass(frozen=True)
class Effort:
    """How hard to try, in steps and never in seconds, so that equal input gives equal answers.

    `enough` is the relative gap at which nothing more is tried; `rounds` of the Lagrangian bound, `swaps` of the interchange at
    each start, `nodes` of branch and bound, and the most entries (`cells`) of an integer program that is still handed to HiGHS.
    """

    enough: float = 0.0
    rounds: int = 400
    swaps: int = 2_000
    nodes: int = 20_000
    cells: int = 3_000_000


@dataclass(frozen=True)
class Answer:
    """The sites, ascending (one twice holds two units), what they are worth, and how much better any other could be at most.

    For a question that asks for the least, `bound` is at most `value`, else at least. `gap` is their difference as a share of the
    value, and is 0 where `how` is 'exact'; else `how` names the heuristic that found the sites.
    """

    sites: tuple[int, ...]
    value: float
    bound: float
    gap: float
    how: str


class Undecided(Exception):
    """Neither sites that respect everything nor a proof that there are none was found with this effort; try a larger one."""


def never() -> bool:
    """Nobody asks to stop."""
    return False


def unwatched(stage: str, share: float, gap: float) -> None:
    """Nobody looks at how far it is."""


@dataclass(frozen=True)
class Watch:
    """Whoever waits: asked between steps whether to stop, told the stage, how far it is (0 to 1) and the gap so far."""

    stop: Callable[[], bool] = never
    progress: Callable[[str, float, float], None] = unwatched


@dataclass(frozen=True)
class Rules:
    """What holds for the units alone, as arrays: float64[n] the least and most at each site; the count and what may be spent."""

    least: Floats
    most: Floats
    count: float
    cost: Floats
    budget: float

    @staticmethod
    def of(problem: Problem, stack: int) -> "Rules":
        """At most `stack` units at one site; where nothing limits the count, all may be held."""
        sites = len(problem.time_s)
        least, most = np.zeros(sites), np.full(sites, float(stack))
        most[list(problem.bar)] = 0.0
        least[list(problem.keep)] = 1.0
        total = float(most.sum())
        count = total if problem.count is None else min(float(problem.count), total)
        cost = np.zeros(sites) if problem.cost is None else problem.cost.astype(np.float64)
        return Rules(least, most, count, cost, np.inf if problem.budget is None else float(problem.budget))

    def allow(self, units: Floats) -> bool:
        """Whether so many units at each site respect all of it."""
        return bool((units >= self.least).all() and (units <= self.most).all() and units.sum() <= self.count
                    and self.spent(units) <= self.budget * (1 + 1e-12))

    def spent(self, units: Floats) -> float:
        """What these units cost."""
        return float(self.cost @ units)

    def best(self, score: Floats) -> "Picked":
        """The most that units could score together (score float64[n], each unit at a site alike), and who they are.

        With a budget this is the better of two bounds, each of which leaves one limit out; the units may then be fractions.
        """
        picked = self._fill(score, np.ones(len(score)), self.count)
        if self.budget < np.inf:
            other = self._fill(score, self.cost, self.budget)
            if other.value < picked.value:
                return other
        return picked

    def _fill(self, score: Floats, size: Floats, room: float) -> "Picked":
        """Fill the room by what each unit scores for its size; the price of room is that of what no longer fits."""
        room -= float(size @ self.least)
        spare = self.most - self.least
        free = np.flatnonzero((spare > 0) & (score > 0))
        with np.errstate(divide="ignore"):
            order = free[np.argsort(-(score[free] / size[free]), kind="stable")]
        taken = spare[order] * size[order]
        before = np.cumsum(taken) - taken
        with np.errstate(divide="ignore", invalid="ignore"):
            part = np.where(size[order] > 0, np.clip((max(room, 0.0) - before) / size[order], 0.0, spare[order]), spare[order])
        units = self.least.copy()
        units[order] += part
        cut = np.flatnonzero(part < spare[order])
        price = float(score[order[cut[0]]] / size[order[cut[0]]]) if len(cut) else 0.0
        return Picked(units, float(score @ units), score - price * size)


@dataclass(frozen=True)
class Picked:
    """Units float64[n], what they score, and what a unit more (below 0) or fewer (above 0) at each site would cost the bound."""

    units: Floats
    value: float
    spared: Floats
