"""Questions of cover (once, twice, as often as units may be free) as the search takes them: value, prices and integer program."""

from dataclasses import dataclass

import numpy as np

from tocsin.engines.siting.covering import Reach, Worth, covers, exchange, gains, priced, total
from tocsin.engines.siting.filling import Limits, fill
from tocsin.engines.siting.lagrange import Bound, paced
from tocsin.engines.siting.problem import Floats, Problem, Rules
from tocsin.engines.siting.program import Program


@dataclass
class ByCover:
    """Weight[j] · level[k] for the k-th cover of place j; level float64[K + 1], level[0] unused, none more than the one before."""

    problem: Problem
    rules: Rules
    level: Floats

    def __post_init__(self) -> None:
        problem, near = self.problem, self.problem.near
        site, place = np.nonzero(near)
        self.weight = problem.weight.astype(np.float64)
        self.reach = Reach(np.concatenate([[0], np.cumsum(near.sum(axis=1))]).astype(np.int64), place.astype(np.int32))
        self.site = site
        self.none = np.zeros(len(self.weight))
        self.limits = Limits(self.rules.least, self.rules.most, self.rules.cost, self.rules.count, self.rules.budget)
        self.needs = problem.needs()
        self.unit = 1.0
        self.pace = paced(self.weight, 1, len(self.needs))
        plain = np.isin(self.level, (0.0, 1.0)).all() and (self.weight == np.round(self.weight)).all()
        self.grain = float(np.gcd.reduce(self.weight.astype(np.int64))) if plain and self.weight.max() < 1e15 else 0.0

    def dearer(self, dues: Floats) -> Floats:
        """What the first cover of each place is worth beside, so that districts get their share: float64[m]."""
        out = self.none.copy()
        for one, due in zip(self.problem.districts, dues, strict=True):
            places = np.unique(one.places)
            out[places] += due * self.weight[places]
        return out

    def value(self, units: Floats) -> float:
        """What these units are worth."""
        return float(total(Worth(self.weight, self.none, self.level), covers(self.reach, units, len(self.weight))))

    def begin(self, units: Floats, dues: Floats) -> None:
        """Fill up greedily."""
        worth = Worth(self.weight, self.dearer(dues), self.level)
        fill(self.limits, units, lambda held: gains(self.reach, worth, held))

    def improve(self, units: Floats, dues: Floats, swaps: int) -> None:
        """Exchange while it pays."""
        exchange(self.reach, Worth(self.weight, self.dearer(dues), self.level), self.limits, units, swaps)

    def prices(self, units: Floats) -> Floats:
        """First prices: between what the cover that a place has and the next one are worth, where there is one of them alone."""
        count = covers(self.reach, units, len(self.weight)).astype(np.int64)
        level = np.append(self.level, 0.0)
        level[0] = level[1]
        here = np.minimum(count, len(level) - 1)
        return np.concatenate([self.weight * level[here], np.zeros(len(self.needs))])

    def score(self, prices: Floats) -> tuple[Floats, float]:
        """See `Relaxed`: a price for each place's cover, and one for each district's share."""
        places = len(self.weight)
        score, self.taken = np.zeros(len(self.rules.cost)), np.zeros(places)
        dues = prices[places:]
        rest = priced(self.reach, Worth(self.weight, self.dearer(dues), self.level), prices[:places], score, self.taken)
        return score, float(rest - dues @ self.needs)

    def slope(self, prices: Floats, units: Floats) -> Floats:
        """See `Relaxed`."""
        own = [float(self.weight[np.unique(one.places)] @ np.minimum(self.taken[np.unique(one.places)], 1.0))
               for one in self.problem.districts]
        return np.concatenate([covers(self.reach, units, len(self.weight)) - self.taken, np.array(own) - self.needs])

    def size(self, bound: Bound, room: float) -> int:
        """About how many entries the program would have."""
        return int((bound.most[self.site] > 0).sum()) + len(self.weight) * (len(self.level) - 1)

    def program(self, bound: Bound, room: float, units: Floats) -> tuple[Program, Floats]:
        """Units at each site, and the part of each place's k-th cover that they give; with the start that `units` are."""
        least, most = bound.least, bound.most
        sites, places, levels = len(least), len(self.weight), len(self.level) - 1
        levels = max(1, min(levels, int(min(most.sum(), self.rules.count))))
        column = sites + np.arange(places * levels).reshape(places, levels)
        worth = np.concatenate([np.zeros(sites), np.outer(self.weight, self.level[1:levels + 1]).ravel()])
        program = Program(worth, np.concatenate([least, np.zeros(places * levels)]),
                          np.concatenate([most, np.ones(places * levels)]), np.arange(len(worth)) < sites)
        used = most[self.site] > 0
        program.add(np.concatenate([self.reach.place[used], np.repeat(np.arange(places), levels)]),
                    np.concatenate([self.site[used], column.ravel()]),
                    np.concatenate([np.ones(int(used.sum())), -np.ones(places * levels)]), np.zeros(places), np.full(places, np.inf))
        for one, need in zip(self.problem.districts, self.needs, strict=True):
            own = np.unique(one.places)
            program.add_row(column[own, 0], self.weight[own], need * (1 - 1e-9), np.inf)
        count = covers(self.reach, units, places)
        return program, np.concatenate([units, (count[:, None] > np.arange(levels)).astype(np.float64).ravel()])
