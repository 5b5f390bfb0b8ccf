"""Beats on Carrollton and on 1,500 zones of Auckland: even, in one piece, and as short as p-medians nearly; beside spopt's region builders and k-means.

The measure of travel is the same for all: the weighted mean from each area's best post to its zones. The p-median is that of
engines/siting with its certified bound, which nothing whatever can be below; what no beats as even can be below, in one piece or not, stands
beside. Where the aim is out of reach for that, travel is told for other limits of evenness too. spopt's builders join what is alike rather than even out
work, and k-means knows no borders: they are what is at hand elsewhere, each given coordinates and the number of areas. MaxPHeuristic, which
evens out a floor of work, was stopped after minutes on Carrollton and is left out.
"""

import os
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import geopandas
import numpy as np
from libpysal.weights import W
from sklearn.cluster import KMeans
from spopt.region import RegionKMeansHeuristic, Skater, WardSpatial
from tests.engines.beats.carrollton import ROOT, Carrollton, carrollton
from tests.engines.beats.whole import pieces

from bench.beats_zones import auckland
from bench.jemss import ROOT as JEMSS
from tocsin.engines.beats import Beats, Problem, draw, moved, told
from tocsin.engines.siting import Effort, p_median
from tocsin.engines.siting import Problem as Siting

_ENOUGH = 0.005
_ABOVE = 4.0
_LOOSER = (0.1, 0.2, 0.4)


def run(report: Callable[..., None]) -> None:
    """Everything that is promised of beats."""
    if ROOT.is_dir():
        city = carrollton()
        _carrollton(report, city)
    if JEMSS.is_dir():
        for beats in (12, 30):
            problem, at = auckland(1_500, beats)
            _city(report, f"Auckland, 1,500 zones, {beats} beats", problem, at)


def _carrollton(report: Callable[..., None], city: Carrollton) -> None:
    for what, work in (("work in minutes", city.work_s), ("work as calls, as published", city.calls)):
        problem = Problem(work.astype(np.float64), city.time_s, city.neighbours, 12)
        name = f"Carrollton, {what}"
        found = _city(report, name, problem, city.at)
        for who, other in (("today's 12 beats", city.beat), ("Wheeler 2019", city.published)):
            theirs = told(problem, other)
            _row(report, name, who, problem, theirs, None, found)
        change = moved(city.beat, found.beat, city.calls)
        report(name=f"beats, {name}: calls from places that move to another beat", value=100 * change.share, unit="%",
               data=f"{len(change.zones)} of 325 areas change; residents are not in the data")


def _city(report: Callable[..., None], name: str, problem: Problem, at: Any) -> Beats:
    """Ours with what is asked of it, then the peers."""
    _warm()
    start, busy = time.perf_counter(), time.process_time()
    median = p_median(Siting(problem.time_s, problem.loads, count=problem.beats), Effort(enough=_ENOUGH))
    found = draw(problem, np.array(median.sites, np.int32))
    wall, work = time.perf_counter() - start, time.process_time() - busy
    free_s = median.value / float(problem.loads.sum())
    whole = pieces(problem, found.beat)
    assert whole == problem.beats, f"{name}: {whole} pieces"
    data = f"{problem.beats} beats, each in one piece; processor {work:.3g} s; load {os.getloadavg()[0]:.1f}"
    report(name=f"beats, {name}: drawing them, the p-median included", value=wall, unit="s", limit=60.0, data=data)
    report(name=f"beats, {name}: coefficient of variation of work", value=found.uneven, unit="", limit=0.05, data=data)
    report(name=f"beats, {name}: travel above the p-median's", value=100 * (found.travel_s / free_s - 1), unit="%", limit=_ABOVE,
           peer="any as even, at least", peer_value=100 * (found.least_s / free_s - 1),
           data=f"{found.travel_s:.1f} s, p-median {free_s:.1f} s (certified gap {100 * median.gap:.2g} %), none as even below {found.least_s:.1f} s; {data}")
    for even in _LOOSER if found.travel_s > (1 + _ABOVE / 100) * free_s else ():
        looser = draw(replace(problem, even=even), np.array(median.sites, np.int32))
        report(name=f"beats, {name}: travel above the p-median's, variation of work to {even:g}", value=100 * (looser.travel_s / free_s - 1), unit="%",
               peer="any as even, at least", peer_value=100 * (looser.least_s / free_s - 1), data=f"variation {looser.uneven:.3f}")
    for who, peer in _peers(problem, at).items():
        start = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            labels = peer()
        taken = time.perf_counter() - start
        _row(report, name, who, problem, _told(problem, labels), taken, found)
    return found


def _told(problem: Problem, labels: Any) -> Beats:
    beat = np.unique(np.asarray(labels), return_inverse=True)[1].astype(np.int32)
    return told(Problem(problem.work_s, problem.time_s, problem.neighbours, int(beat.max()) + 1, problem.weight, np.inf), beat)


def _row(report: Callable[..., None], name: str, who: str, problem: Problem, theirs: Beats, taken: float | None, found: Beats) -> None:
    """A peer's evenness and travel beside ours."""
    areas = len(theirs.post)
    data = f"{areas} areas in {pieces(problem, theirs.beat)} pieces{f', {taken:.3g} s' if taken is not None else ''}"
    report(name=f"beats, {name}: variation of work, beside {who}", value=found.uneven, unit="", peer=who, peer_value=theirs.uneven, data=data)
    report(name=f"beats, {name}: travel, beside {who}", value=found.travel_s, unit="s", peer=who, peer_value=theirs.travel_s, data=data)


def _peers(problem: Problem, at: Any) -> dict[str, Callable[[], Any]]:
    """spopt's builders on coordinates and borders, and k-means on coordinates weighted with work."""
    first, to = problem.borders()
    borders = W({zone: to[first[zone]:first[zone + 1]].tolist() for zone in range(len(problem.work_s))}, silence_warnings=True)
    place = (at - at.mean(axis=0)) / at.std()
    frame = geopandas.GeoDataFrame({"x": place[:, 0], "y": place[:, 1], "work": problem.work_s}, geometry=geopandas.points_from_xy(place[:, 0], place[:, 1]))

    def solved(model: Any) -> Any:
        model.solve()
        return model.labels_

    def region_k_means() -> Any:
        np.random.seed(1)
        return solved(RegionKMeansHeuristic(place, problem.beats, borders))

    peers: dict[str, Callable[[], Any]] = {
        "k-means": lambda: KMeans(problem.beats, n_init=10, random_state=1).fit(place, sample_weight=problem.work_s).labels_,
        "spopt RegionKMeansHeuristic": region_k_means,
        "spopt WardSpatial": lambda: solved(WardSpatial(frame, borders, ["x", "y"], problem.beats))}
    if len(problem.work_s) < 1_000:     # takes minutes beyond
        peers["spopt Skater"] = lambda: solved(Skater(frame, borders, ["x", "y"], n_clusters=problem.beats))
    return peers


def _warm() -> None:
    """Compile, or read from the cache, before anything is timed."""
    rng = np.random.default_rng(1)
    time_s = rng.uniform(60, 600, (12, 12)).astype(np.float32)
    problem = Problem(np.ones(12), time_s, np.column_stack((np.arange(11), np.arange(1, 12))).astype(np.int32), 3, even=0.5)
    draw(problem, np.array([1, 5, 9], np.int32), 20, 2)
    p_median(Siting(time_s, np.ones(12), count=3))
