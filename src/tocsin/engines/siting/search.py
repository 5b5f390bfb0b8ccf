"""One way to every answer: greedy and exchange, a Lagrangian bound, what it rules out, and HiGHS for whatever is left."""

from typing import Protocol

import numpy as np

from tocsin.engines.siting.conflict import conflict, parts_of, possible
from tocsin.engines.siting.lagrange import Bound, floor_to, tighten
from tocsin.engines.siting.problem import Answer, Effort, Floats, Problem, Rules, Undecided, Watch
from tocsin.engines.siting.program import Program

_SAME = 1e-9
_DUES = 14
"""How often the dues that districts pay for cover are doubled before an integer program is asked for any sites at all."""


class Question(Protocol):
    """A value to be maximised over units at sites; see `ByCover` and `ByNearness`."""

    problem: Problem
    rules: Rules
    grain: float
    unit: float
    pace: Floats

    def value(self, units: Floats) -> float: ...
    def begin(self, units: Floats, dues: Floats) -> None: ...
    def improve(self, units: Floats, dues: Floats, swaps: int) -> None: ...
    def prices(self, units: Floats) -> Floats: ...
    def score(self, prices: Floats) -> tuple[Floats, float]: ...
    def slope(self, prices: Floats, units: Floats) -> Floats: ...
    def size(self, bound: Bound, room: float) -> int: ...
    def program(self, bound: Bound, room: float, units: Floats) -> tuple[Program, Floats]: ...


class Search:
    """The best units so far, and every way to better ones."""

    def __init__(self, question: Question, stack: int, effort: Effort, watch: Watch, least_of: float | None = None) -> None:
        self.question, self.effort, self.watch, self.least_of = question, effort, watch, least_of
        problem, self.rules = question.problem, question.rules
        self.stack, self.near = stack, problem.near
        self.needs = problem.needs()
        self.dues = np.zeros(len(self.needs))
        self.best, self.value = self.rules.least.copy(), -np.inf
        if (self.rules.least > self.rules.most).any() or self.rules.least.sum() > self.rules.count \
                or self.rules.spent(self.rules.least) > self.rules.budget * (1 + 1e-12):
            raise conflict(problem, stack)

    def offer(self, units: Floats) -> float:
        """Take these units if they respect everything and are worth more; gives the best value so far."""
        if self.rules.allow(units) and not self.short(units).any():
            value = self.question.value(units)
            if value > self.value:
                self.best, self.value = units.copy(), value
        return self.value

    def short(self, units: Floats) -> Floats:
        """Which districts have too little: bool[districts]."""
        problem = self.question.problem
        if not problem.districts:
            return np.zeros(0, np.bool_)
        covered = np.asarray(self.near[units > 0].any(axis=0), np.bool_)
        held = np.array([problem.weight[own[covered[own]]].sum() for own in (np.unique(one.places) for one in problem.districts)])
        return np.asarray(held < self.needs * (1 - _SAME))

    def begin(self) -> None:
        """First units, with dues for districts doubled until each has its share; else an integer program says whether any can."""
        problem = self.question.problem
        for turn in range(_DUES):
            units = self.rules.least.copy()
            self.question.begin(units, self.dues)
            self.question.improve(units, self.dues, self.effort.swaps)
            self.offer(units)
            short = self.short(units)
            if not short.any():
                return
            if turn == 1 and not possible(problem, self.stack, parts_of(problem, False), self.near, stop=self.watch.stop)[0]:
                raise conflict(problem, self.stack)
            self.dues = np.where(short, np.maximum(2 * self.dues, 0.1 * self.question.unit), self.dues)
        _, some = possible(problem, self.stack, parts_of(problem, False), self.near, self.effort.nodes, self.watch.stop)
        if some is not None:
            self.offer(some)

    def retry(self, units: Floats) -> float:
        """Whole units out of what prices chose, improved; one unit fewer where the budget is passed."""
        whole = np.floor(np.clip(units, self.rules.least, self.rules.most) + 1e-9)
        order = np.argsort(-self.rules.cost, kind="stable")
        while whole.sum() > self.rules.count or self.rules.spent(whole) > self.rules.budget:
            spare = order[whole[order] > self.rules.least[order]]
            whole[spare[0]] -= 1
        self.question.begin(whole, self.dues)
        self.question.improve(whole, self.dues, self.effort.swaps)
        self.offer(whole)
        return max(self.value, 0.0)

    def go_on(self, share: float, value: float, bound: float) -> bool:
        """Tell how far it is, and ask whether to."""
        self.watch.progress("bound", share, (bound - value) / self.size(value))
        return not self.watch.stop()

    def size(self, value: float) -> float:
        """What a gap is a share of: the value as it is told, which for a question to lose least is what is lost."""
        return max(abs(value if self.least_of is None else self.least_of - value), 1e-300)

    def spare(self, value: float) -> float:
        """The gap at which nothing more is tried."""
        return self.effort.enough * self.size(value)

    def run(self) -> tuple[Floats, float, float, str]:
        """The units, their value, the bound, and how they were found."""
        self.begin()
        question, effort = self.question, self.effort
        bound = tighten(question, self.rules, question.prices(self.best), max(self.value, 0.0), effort.rounds, question.grain,
                        self.spare, self.retry, self.go_on)
        how, top = "interchange", bound.value
        if not self._enough(top) and not self.watch.stop() and self._fits(bound):
            self.watch.progress("program", 0.0, (top - self.value) / self.size(self.value))
            top, how = self._finish(bound)
        if self.value == -np.inf:
            raise Undecided
        if top <= self.value + _SAME * max(abs(self.value), 1.0):
            return self.best, self.value, self.value, "exact"
        return self.best, self.value, top, how

    def _enough(self, top: float) -> bool:
        return self.value > -np.inf and top - self.value <= max(self.spare(self.value), _SAME * abs(self.value))

    def _fits(self, bound: Bound) -> bool:
        return self.question.size(bound, bound.room(max(self.value, 0.0))) <= self.effort.cells

    def _finish(self, bound: Bound) -> tuple[float, str]:
        """Solve what the bound left open; a better answer than the best one is there or nowhere."""
        program, start = self.question.program(bound, bound.room(max(self.value, 0.0)), self.best)
        sites, top = len(bound.least), bound.value
        program.add_row(np.arange(sites), np.ones(sites), -np.inf, self.rules.count)
        if self.rules.budget < np.inf:
            program.add_row(np.arange(sites), self.rules.cost, -np.inf, self.rules.budget)
        outcome = program.solve(self.effort.nodes, start if self.value > -np.inf else None, self.watch.stop,
                                spare=self.spare(self.value) if self.value > -np.inf else 0.0)
        how = "interchange"
        if outcome.infeasible and self.value == -np.inf:
            raise conflict(self.question.problem, self.stack)
        if outcome.infeasible:
            return self.value, how
        if outcome.values is not None:
            before = self.value
            self.offer(np.round(outcome.values[:sites]))
            how = "branch and bound" if self.value > before else how
        return max(self.value, min(top, floor_to(outcome.bound, self.question.grain))), how


def answer(question: Question, stack: int, effort: Effort, watch: Watch, least_of: float | None = None) -> Answer:
    """Search, and tell it: where `least_of` is given, the question was to lose least of it."""
    units, value, bound, how = Search(question, stack, effort, watch, least_of).run()
    if least_of is not None:
        value, bound = least_of - value, least_of - bound
    sites = tuple(int(site) for site in np.repeat(np.arange(len(units)), units.astype(np.int64)))
    gap = 0.0 if how == "exact" else abs(bound - value) / max(abs(value), 1e-300)
    return Answer(sites, value, bound, gap, how)
