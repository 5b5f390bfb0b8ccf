"""Every question on small cities: the same optimum as trying every choice, whatever must be respected, or a conflict that is one."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engines.siting import every
from tocsin.engines.siting import (
    Answer,
    Conflict,
    District,
    Effort,
    Problem,
    backup,
    de_maio,
    larsen,
    lscp,
    mclp,
    mexclp,
    p_center,
    p_median,
    survival,
)

FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def problems(draw: st.DrawFn, free: bool = False) -> Problem:
    """Small cities with round times, so that ties are common; some with a budget, kept and barred sites, and districts."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    sites, places = int(rng.integers(1, 8)), int(rng.integers(1, 11))
    time_s = rng.choice(np.array([0, 60, 150, 299, 300, 301, 480, 900, np.inf], np.float32), (sites, places))
    problem = Problem(time_s, rng.integers(0, 6, places).astype(np.float64), 300.0, int(rng.integers(1, 5)))
    if free or draw(st.booleans()):
        return problem
    budget = {"cost": rng.integers(0, 5, sites).astype(np.float64), "budget": float(rng.integers(0, 9))} if draw(st.booleans()) else {}
    members = rng.permutation(places)[:int(rng.integers(1, places + 1))].astype(np.int32)
    some = rng.permutation(sites)
    return replace(problem, **budget, keep=tuple(int(one) for one in some[:int(rng.integers(0, 2))]),
                   bar=tuple(int(one) for one in some[-int(rng.integers(1, 3)):]) if draw(st.booleans()) else (),
                   districts=(District("north", members, float(rng.choice([0.3, 0.7, 1.0]))),) if draw(st.booleans()) else ())


ASKED = {
    "mclp": (mclp, lambda p: every.best(p, every.covers(p, [1.0]))),
    "backup": (lambda p: backup(p, 0.6), lambda p: every.best(p, every.covers(p, [1.0, 0.6]))),
    "mexclp": (lambda p: mexclp(p, 0.4, stack=2), lambda p: every.best(p, every.covers(p, [0.6 * 0.4**k for k in range(4)]), 2)),
    "p_median": (p_median, lambda p: every.best(p, every.seconds(p))),
    "survival": (lambda p: survival(p, de_maio), lambda p: every.best(p, every.chances(p, de_maio, 0.0))),
    "survival, busy": (lambda p: survival(p, larsen, 0.3), lambda p: every.best(p, every.chances(p, larsen, 0.3))),
}


@pytest.mark.parametrize("asked", ASKED)
@FEW
@given(problem=problems())
def test_the_optimum_is_that_of_trying_all(asked: str, problem: Problem) -> None:
    ours, tried = ASKED[asked]
    best = tried(problem)
    if best is None:
        with pytest.raises(Conflict) as refused:
            ours(problem)
        _is_irreducible(problem, refused.value, 2 if asked == "mexclp" else 1)
        return
    answer = ours(problem)
    assert answer.how == "exact"
    assert answer.value == pytest.approx(-best if asked == "p_median" else best, rel=1e-7, abs=1e-7)
    assert list(answer.sites) in list(every.allowed(problem, 2 if asked == "mexclp" else 1))


def _without(problem: Problem, conflict: Conflict, left: int | None = None) -> tuple[Problem, bool]:
    """The problem with just the parts of the conflict, but for one; and whether everyone must be covered."""
    kept = [part for at, part in enumerate(conflict.parts) if at != left]
    kinds = {part.kind for part in kept}
    budget = "budget" in kinds
    return replace(problem, count=problem.count if "count" in kinds else None, budget=problem.budget if budget else None,
                   cost=problem.cost if budget else None, keep=tuple(part.which for part in kept if part.kind == "keep"),
                   bar=tuple(part.which for part in kept if part.kind == "bar"),
                   districts=tuple(problem.districts[part.which] for part in kept if part.kind == "district")), "everyone" in kinds


def _is_irreducible(problem: Problem, conflict: Conflict, stack: int) -> None:
    """All parts together allow nothing; without any one of them something is allowed."""
    alone, everyone = _without(problem, conflict)
    assert conflict.parts
    assert next(every.allowed(alone, stack, everyone), None) is None
    for left in range(len(conflict.parts)):
        some, everyone = _without(problem, conflict, left)
        assert next(every.allowed(some, stack, everyone), None) is not None


@FEW
@given(problem=problems())
def test_the_fewest_and_the_soonest_are_those_of_trying_all(problem: Problem) -> None:
    price = np.ones(len(problem.time_s)) if problem.cost is None else problem.cost
    _held(lscp, problem, every.best(problem, lambda units: -float(price[units].sum()), everyone=True))

    def farthest(units: list[int]) -> float:
        return -float(problem.time_s[units].min(axis=0).max()) if units else -np.inf

    best = every.best(problem, farthest)
    _held(p_center, problem, None if best is None or best == -np.inf else best)


def _held(ask: object, problem: Problem, best: float | None) -> None:
    if best is None:
        with pytest.raises(Conflict):
            ask(problem)
    else:
        answer = ask(problem)
        assert (answer.how, answer.value) == ("exact", pytest.approx(-best))


@FEW
@given(problem=problems(free=True), seed=st.integers(0, 99))
def test_the_order_of_sites_and_places_changes_no_value(problem: Problem, seed: int) -> None:
    rng = np.random.default_rng(seed)
    sites, places = rng.permutation(len(problem.time_s)), rng.permutation(len(problem.weight))
    turned = replace(problem, time_s=problem.time_s[sites][:, places], weight=problem.weight[places])
    for ask in (mclp, p_median, p_center):
        assert _value(ask, problem) == _value(ask, turned)


def _value(ask: object, problem: Problem) -> float | None:
    try:
        return round(ask(problem).value, 6)
    except Conflict:
        return None


@pytest.mark.parametrize("seed", range(4))
def test_a_bound_truly_bounds_and_no_heuristic_passes_it(seed: int) -> None:
    """With no integer program and few rounds, the optimum found with all effort lies between the value and the bound."""
    rng = np.random.default_rng(seed)
    sites, places = rng.random((40, 2)), rng.random((60, 2))
    time_s = (3_000 * np.linalg.norm(sites[:, None] - places[None], axis=2)).astype(np.float32)
    problem = Problem(time_s, rng.random(60), 500.0, 5, districts=(District("edge", np.arange(20, dtype=np.int32), 0.4),))
    for ask, most in ((mclp, True), (lambda p, e: mexclp(p, 0.3, e), True), (lambda p, e: survival(p, de_maio, 0.2, e), True),
                      (p_median, False)):
        rough: Answer = ask(problem, Effort(rounds=15, cells=0))
        fine: Answer = ask(problem, Effort())
        low, high = (rough.value, rough.bound) if most else (rough.bound, rough.value)
        assert low - 1e-7 <= fine.value <= high + 1e-7
        assert rough.gap == pytest.approx(abs(rough.bound - rough.value) / rough.value)
        assert fine.gap <= rough.gap
