"""Questions of how near the first, second … free unit is, as the search takes them: value, prices and integer program."""

from dataclasses import dataclass

import numpy as np

from tocsin.engines.siting.filling import Limits, fill
from tocsin.engines.siting.lagrange import Bound, paced
from tocsin.engines.siting.problem import Floats, Problem, Rules
from tocsin.engines.siting.program import Program
from tocsin.engines.siting.ranking import answered, exchange, gains, priced, ranked, total


@dataclass
class ByNearness:
    """Level[k] · benefit[i, j] for the (k + 1)-th best unit of place j; benefit float64[n, m] none below 0, level falling."""

    problem: Problem
    rules: Rules
    benefit: Floats
    level: Floats
    grain: float

    def __post_init__(self) -> None:
        self.limits = Limits(self.rules.least, self.rules.most, self.rules.cost, self.rules.count, self.rules.budget)
        self.needs = self.problem.needs()
        self.none = np.zeros((0, self.benefit.shape[1]))
        self.pace = paced(self.problem.weight.astype(np.float64), len(self.level), len(self.needs))
        weight = float(self.problem.weight.sum())
        self.unit = float(self.benefit.max(axis=0).sum()) / weight if weight else 1.0

    def _bonus(self, dues: Floats) -> Floats:
        """What a first answer within reach is worth beside, so that districts get their share: float64[n, m], or nothing."""
        if not dues.any():
            return self.none
        extra = np.zeros(self.benefit.shape[1])
        for one, due in zip(self.problem.districts, dues, strict=True):
            places = np.unique(one.places)
            extra[places] += due * self.problem.weight[places]
        return np.where(self.problem.near, extra, 0.0)

    def _aimed(self, dues: Floats) -> Floats:
        bonus = self._bonus(dues)
        return self.benefit + bonus / self.level[0] if len(bonus) else self.benefit

    def value(self, units: Floats) -> float:
        """What these units are worth."""
        return float(total(ranked(self.benefit, units, len(self.level)), self.level))

    def begin(self, units: Floats, dues: Floats) -> None:
        """Fill up greedily."""
        aimed = self._aimed(dues)
        fill(self.limits, units, lambda held: gains(aimed, self.level, held))

    def improve(self, units: Floats, dues: Floats, swaps: int) -> None:
        """Exchange while it pays."""
        exchange(self._aimed(dues), self.level, self.limits, units, swaps)

    def prices(self, units: Floats) -> Floats:
        """First prices: midway between what a place's k-th and next best unit are worth to it."""
        held = ranked(self.benefit, units, len(self.level)).benefit
        return np.concatenate([((held[:, :-1] + held[:, 1:]) / 2 * self.level).ravel(), np.zeros(len(self.needs))])

    def score(self, prices: Floats) -> tuple[Floats, float]:
        """See `Relaxed`: a price for each place's k-th answer, and one for each district's share."""
        score, cut = np.zeros(len(self.benefit)), self.benefit.shape[1] * len(self.level)
        self.bonus = self._bonus(prices[cut:])
        priced(self.benefit, self.bonus, self.level, prices[:cut].reshape(-1, len(self.level)), score)
        return score, float(prices[:cut].sum() - prices[cut:] @ self.needs)

    def slope(self, prices: Floats, units: Floats) -> Floats:
        """See `Relaxed`."""
        cut = self.benefit.shape[1] * len(self.level)
        price = prices[:cut].reshape(-1, len(self.level))
        answers = np.zeros(price.shape)
        answered(self.benefit, self.bonus, self.level, price, units, answers)
        own = []
        if len(self.needs):
            near = self.problem.near
            sure = np.zeros(price.shape)
            answered(np.where(near, self.benefit, 0.0), self.bonus, self.level, price, units, sure)
            own = [float(self.problem.weight[np.unique(one.places)] @ sure[np.unique(one.places), 0]) for one in self.problem.districts]
        return np.concatenate([(1.0 - answers).ravel(), np.array(own) - self.needs])

    def size(self, bound: Bound, room: float) -> int:
        """About how many entries the program would have."""
        return 3 * len(self.pairs(bound, room)[0]) * len(self.level)

    def pairs(self, bound: Bound, room: float) -> tuple[np.ndarray, np.ndarray]:
        """Which site may answer which place first, in an answer better than the best known: by site and by place.

        A pair is left out where answering the place from there, at these prices, takes the bound below what is known. With
        several levels, or districts to be paid for, all are kept.
        """
        usable = (bound.most > 0)[:, None] & (self.benefit > 0)
        if len(self.level) == 1 and not len(self.needs):
            usable &= bound.prices[None, :len(self.problem.weight)] - self.benefit * self.level[0] <= room
            kept = bound.least > 0
            if kept.any():
                usable &= self.benefit >= self.benefit[kept].max(axis=0)
        site, place = np.nonzero(usable)
        return site, place

    def program(self, bound: Bound, room: float, units: Floats) -> tuple[Program, Floats]:
        """Units at each site, and which of them answers each place as its k-th; with the start that `units` are."""
        sites, places, levels = len(bound.least), self.benefit.shape[1], len(self.level)
        site, place = self.pairs(bound, room)
        count = len(site)
        worth = np.concatenate([np.zeros(sites), *[one * self.benefit[site, place] for one in self.level]])
        program = Program(worth, np.concatenate([bound.least, np.zeros(count * levels)]),
                          np.concatenate([bound.most, np.ones(count * levels)]), np.arange(len(worth)) < sites)
        pair = np.arange(count)
        for k in range(levels):
            program.add(place, sites + k * count + pair, np.ones(count), np.full(places, -np.inf), np.ones(places))
        program.add(np.tile(pair, levels + 1), np.concatenate([site, sites + np.arange(count * levels)]),
                    np.concatenate([np.ones(count), -np.ones(count * levels)]), np.zeros(count), np.full(count, np.inf))
        near = self.problem.near
        for one, need in zip(self.problem.districts, self.needs, strict=True):
            own = np.flatnonzero(np.isin(place, one.places) & near[site, place])
            program.add_row(sites + own, self.problem.weight[place[own]], need * (1 - 1e-9), np.inf)
        return program, np.concatenate([units, self._start(site, place, units)])

    def _start(self, site: np.ndarray, place: np.ndarray, units: Floats) -> Floats:
        """The answers that these units give, one after another, as columns of the program."""
        levels = len(self.level)
        ranks = ranked(self.benefit, units, levels)
        out = np.zeros((levels, len(site)))
        for k in range(levels):
            out[k] = (ranks.site[place, k] == site) & (ranks.benefit[place, k] > 0)
        return out.ravel()
