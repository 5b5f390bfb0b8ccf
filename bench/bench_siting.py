"""Siting beside spopt in the same run, with the same optimum, published instances, certified gaps of large ones; and the hypercube.

spopt builds its model in Python and hands it to HiGHS through pulp, which is part of what its users wait for and is counted. Each
is given the same table of times and solves to the optimum. Wall time is compared; processor time stands beside it in the data column,
since a shared machine waits more than it works.
"""

import os
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pulp
from spopt.locate import LSCP, MCLP, PCenter, PMedian
from tests.engines.siting.published import ORLIB, STORES, pmed, stores

from tocsin.engines.siting import Answer, Effort, Problem, lscp, mclp, mexclp, p_center, p_median
from tocsin.engines.workload import Fleet, exact, near

_SEED = 5


def run(report: Callable[..., None]) -> None:
    """Everything that is promised of siting and workload."""
    _warm()
    if STORES.is_dir():
        metres, people = stores()
        _beside(report, "San Francisco, 16 stores × 205 tracts", Problem(metres.astype(np.float32), people, 5_000.0, 4), 5)
    _beside(report, "made city, 100 × 400", _city(100, 400, 400.0, 10), 3)
    _large(report)
    if ORLIB.is_dir():
        _orlib(report)
    _workload(report)


def _city(sites: int, places: int, reach_s: float, count: int) -> Problem:
    """Sites and places anywhere in a square an hour across, with round weights."""
    rng = np.random.default_rng(_SEED)
    here, there = rng.random((sites, 2)), rng.random((places, 2))
    time_s = np.sqrt(((here[:, None] - there[None]) ** 2).sum(axis=2)) * 3_600
    return Problem(time_s.astype(np.float32), rng.integers(1, 100, places).astype(np.float64), reach_s, count)


def _warm() -> None:
    """Compile, or read from the cache, before anything is timed."""
    small = _city(12, 20, 900.0, 3)
    for ask in (mclp, p_median, p_center):
        ask(small)
    lscp(_city(12, 20, 2_500.0, 12))
    mexclp(small, 0.3)
    for waits in (False, True):
        fleet = _fleet(3, waits)
        exact(fleet)
        near(fleet)


def _timed(ask: Callable[[], Any], runs: int = 1) -> tuple[Any, float, float]:
    """The answer, and medians of wall and processor seconds."""
    wall, work = [], []
    for _ in range(runs):
        start, busy = time.perf_counter(), time.process_time()
        answer = ask()
        wall.append(time.perf_counter() - start)
        work.append(time.process_time() - busy)
    return answer, float(np.median(wall)), float(np.median(work))


def _beside(report: Callable[..., None], name: str, problem: Problem, runs: int) -> None:
    """The four questions that spopt has too, each to the optimum."""
    table, weight = problem.time_s.T.astype(np.float64), problem.weight
    everyone = Problem(problem.time_s, weight, problem.reach_s)
    if not everyone.near.any(axis=0).all():
        everyone = Problem(problem.time_s, weight, float(problem.time_s.min(axis=0).max()) * 1.2)
    asked: dict[str, tuple[Callable[[], Answer], Callable[[], Any]]] = {
        "LSCP": (lambda: lscp(everyone), lambda: LSCP.from_cost_matrix(table, everyone.reach_s)),
        "MCLP": (lambda: mclp(problem), lambda: MCLP.from_cost_matrix(table, weight, problem.reach_s, problem.count)),
        "p-median": (lambda: p_median(problem), lambda: PMedian.from_cost_matrix(table, weight, problem.count)),
        "p-center": (lambda: p_center(problem), lambda: PCenter.from_cost_matrix(table, problem.count))}
    for what, (ours, theirs) in asked.items():
        answer, wall, work = _timed(ours, runs)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            peer, peer_wall, peer_work = _timed(lambda: _solved(theirs()), runs)    # noqa: B023 -- called before the loop goes on
        value = float(pulp.value(peer.problem.objective))
        if answer.how != "exact" or abs(answer.value - value) > 1e-6 * abs(value):
            raise AssertionError(f"{what}: ours {answer}, spopt {value}")
        report(name=f"siting, {name}: {what} to the optimum", value=wall, unit="s", peer="spopt", peer_value=peer_wall, runs=runs,
               data=f"both {value:.10g}; processor {work:.3g}, spopt {peer_work:.3g} s; load {os.getloadavg()[0]:.1f}")


def _solved(model: Any) -> Any:
    """Through HiGHS, as ours; by its own command line solver where pulp finds no HiGHS."""
    model.solve(pulp.HiGHS(msg=False) if pulp.HiGHS(msg=False).available() else pulp.PULP_CBC_CMD(msg=False), results=False)
    return model


def _large(report: Callable[..., None]) -> None:
    """MCLP to a certified half per cent."""
    for size, count, reach_s, limit in ((1_500, 20, 200.0, 2.0), (1_500, 60, 400.0, 2.0), (1_500, 20, 400.0, 2.0), (5_000, 60, 200.0, 30.0)):
        problem = _city(size, size, reach_s, count)
        answer, wall, work = _timed(lambda: mclp(problem, Effort(enough=0.005)))     # noqa: B023 -- called before the loop goes on
        data = f"{count} sites, {answer.how}; processor {work:.3g} s; load {os.getloadavg()[0]:.1f}"
        name = f"siting, MCLP {size:,} × {size:,}, reach {reach_s:g} s, {count} sites"
        report(name=f"{name}: to a certified half per cent", value=wall, unit="s", limit=limit, data=data)
        report(name=f"{name}: certified gap", value=100 * answer.gap, unit="%", limit=0.5, data=data)


def _orlib(report: Callable[..., None]) -> None:
    """OR-Library's p-medians, each at its known optimum and proven."""
    for number in range(1, 21):
        length, count, optimum = pmed(number)
        answer, wall, work = _timed(lambda: p_median(Problem(length, np.ones(len(length)), count=count)))   # noqa: B023 -- called at once
        if answer.value != optimum:
            raise AssertionError(f"pmed{number}: {answer}, known {optimum}")
        report(name=f"siting, OR-Library pmed{number}: the known optimum", value=wall, unit="s",
               data=f"{len(length)} nodes, p = {count}, {optimum}, {answer.how}; processor {work:.3g} s; load {os.getloadavg()[0]:.1f}")


def _fleet(units: int, waits: bool) -> Fleet:
    rng = np.random.default_rng(units)
    calls = rng.random(100)
    return Fleet(calls / calls.sum() * 0.5 * units, np.ones(units), rng.uniform(60, 1_200, (units, 100)), waits)


def _workload(report: Callable[..., None]) -> None:
    """The hypercube, exact for 16 units, beside the approximation."""
    fleet = _fleet(16, True)
    right, wall, work = _timed(lambda: exact(fleet), 5)
    quick, near_wall, _ = _timed(lambda: near(fleet), 5)
    data = f"100 places, half busy; processor {work:.3g} s; load {os.getloadavg()[0]:.1f}"
    report(name="workload: hypercube of 16 units, exact", value=wall, unit="s", limit=1.0, peer="the approximation", peer_value=near_wall, runs=5,
           data=data)
    report(name="workload: the approximation's largest error of a busy fraction, 16 units", value=100 * float(np.abs(right.busy - quick.busy).max()),
           unit="points", data=data)
    large = _fleet(500, False)
    _, wall, work = _timed(lambda: near(large), 3)
    report(name="workload: approximation of 500 units", value=wall, unit="s", runs=3, data=f"100 places; processor {work:.3g} s")
