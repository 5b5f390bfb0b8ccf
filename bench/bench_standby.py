"""Where units wait: every policy beside the same fleet at home, on unseen days of two city models, with a bound; and how fast the days are played.

Stations are chosen for the fleet that stays at home, and policies tuned, for each load on training days; then all meet the same thirty weeks.
A move is every order to wait elsewhere than a unit would by itself, and no unit has more than four in any twelve hours.
"""

import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from tests.shared import DATA

from bench import jemss, standby_simpy, standby_study
from bench.standby_study import TESTS, Town, beside, ground, outcome, placed, replicated, town, tuned
from tocsin.engines.standby import POLICIES, Bound, Law, Tuning, bound_of, late_at_least, play, policy

LOADS = (0.6, 0.8, 1.0)
POSSIBLE = ("anywhere", "at stations")


def run(report: Callable[..., None]) -> None:
    """Both cities at each load, then speed."""
    if not (DATA / "ems" / "jemss").is_dir():
        return
    for name in jemss.RASTERS:
        where = town(name)
        if name == "auckland":
            _speed(report, where)
        bounds = _bounds(report, where)
        for load in LOADS:
            _study(report, where, load, bounds)


def _bounds(report: Callable[..., None], where: Town) -> tuple[Bound, Bound]:
    """The rigorous one, with free units anywhere on the roads; and the same with free units at stations, if moves took no time."""
    world, fleet = where.model.world, where.model.fleet
    calls = jemss.draw(where.model, where.name, standby_study.TRAINING + 1, 500.0)
    law = Law(calls.scene_s, calls.transports, calls.handover_s)
    start = time.perf_counter()
    made = [bound_of(times, where.model.weight, where.aims, world.hospital_s, law, len(fleet.home), 20, 24)
            for times in (world.lights_s, np.ascontiguousarray(world.lights_s[world.station]))]
    report(name=f"standby, {where.name}: tables of both bounds", value=time.perf_counter() - start, unit="s",
           data=f"{len(fleet.home)} units, {len(world.lights_s)} junctions; load {os.getloadavg()[0]:.1f}")
    return made[0], made[1]


def _study(report: Callable[..., None], where: Town, load: float, bounds: tuple[Bound, Bound]) -> None:
    """One city at one load: all policies on the same weeks."""
    home = placed(where, jemss.draw(where.model, where.name, standby_study.TRAINING, standby_study.STATIONS_DAYS, load), where.model.fleet.home)
    training = jemss.draw(where.model, where.name, standby_study.TRAINING + 2, standby_study.TUNING_DAYS, load)
    fleet = where.model.fleet._replace(home=home)
    weeks = [jemss.draw(where.model, where.name, seed, standby_study.TEST_DAYS + standby_study.WARM_S / jemss.DAY_S, load) for seed in TESTS]
    static = np.array([outcome(where, calls, fleet, None) for calls in weeks])
    least = [float(np.mean([late_at_least(bound, calls.ready_s, len(home), seed)[calls.called_s >= standby_study.WARM_S].mean()
                            for seed, calls in zip(TESTS, weeks, strict=True)])) for bound in bounds]
    row = f"standby, {where.name} at {load:g} of its load"
    late = static[:, 0].mean()
    own = np.array([outcome(where, calls, where.model.fleet, None) for calls in weeks])
    report(name=f"{row}, static at the model's own stations: late", value=100 * own[:, 0].mean(), unit="%", peer="static", peer_value=100 * late, runs=len(weeks))
    for label, bound in zip(POSSIBLE, least, strict=True):
        report(name=f"{row}: no policy below, free units {label}", value=100 * bound, unit="% late", peer="static", peer_value=100 * late, runs=len(weeks))
    seen = {}
    for name in POLICIES:
        numbers = tuned(where, training, home, name) if name != "static" else Tuning()
        ours = static if name == "static" else replicated(where, load, fleet, policy(name, ground(where), numbers))
        seen[name], means = ours, ours.mean(axis=0)
        share = [100 * (late - means[0]) / (late - bound) for bound in least]
        (gap, wide), (gap90, wide90) = beside(ours[:, 0], static[:, 0]), beside(ours[:, 1], static[:, 1])
        report(name=f"{row}, {name}: late", value=100 * means[0], unit="%", peer="static", peer_value=100 * late, runs=len(weeks),
               data=f"{gap:+.1f} ± {wide:.1f} %; {share[0]:.0f} % of the way to the bound, {share[1]:.0f} % at stations; {_told(numbers, name)}")
        report(name=f"{row}, {name}: p90", value=means[1], unit="s", peer="static", peer_value=static[:, 1].mean(), runs=len(weeks),
               data=f"{gap90:+.1f} ± {wide90:.1f} %; mean {means[2]:.0f} s, worst district {100 * means[3]:.1f} % late")
        report(name=f"{row}, {name}: moves", value=means[4], unit="a unit in 12 h", limit=4, runs=len(weeks),
               data=f"{means[5]:.1f} km a unit in 12 h to where it waits; static {static[:, 5].mean():.1f}")
    gap, wide = beside(seen["outlook"][:, 0], seen["marginal"][:, 0])
    report(name=f"{row}, outlook less marginal: late", value=gap, unit="%", runs=len(weeks), data=f"± {wide:.1f} %")


def _told(numbers: Tuning, name: str) -> str:
    return ", ".join(f"{key} {getattr(numbers, key):g}" for key in standby_study.GRIDS.get(name, {})) or "nothing tuned"


def _speed(report: Callable[..., None], where: Town) -> None:
    """Calls a second at home and with moves, beside SimPy with the same arrivals; and a year."""
    world, fleet = where.model.world, where.model.fleet
    asked = policy("outlook", ground(where), Tuning(busy=0.25, price=0.005, horizon_s=1_500.0, soon=1, near=4, tail=0.1, most=2))
    year = jemss.draw(where.model, where.name, 3, 365.0)
    few = jemss.draw(where.model, where.name, 4, 14.0)
    theirs, peer_s, _ = _timed(lambda: standby_simpy.played(world, few, fleet))
    for label, by in (("at home", None), ("with moves", asked)):
        play(world, few, fleet, by)
        ours, _, _ = _timed(lambda: play(world, few, fleet, by))    # noqa: B023 -- called before the loop goes on
        if by is None and not np.allclose(ours.response_s, theirs, atol=0.05):
            raise AssertionError("SimPy's model answers otherwise")
        _, took_s, work_s = _timed(lambda: play(world, year, fleet, by))     # noqa: B023 -- called before the loop goes on
        data = (f"Auckland, {len(year.called_s)} calls of a year, 16 units; processor {len(year.called_s) / work_s:,.0f} 1/s; "
                f"SimPy: {len(few.called_s)} calls, the same arrivals; load {os.getloadavg()[0]:.1f}")
        report(name=f"standby, {label}: calls a second", value=len(year.called_s) / took_s, unit="1/s", peer="SimPy, at home", peer_value=len(few.called_s) / peer_s,
               limit=1_000_000 if by is None else 150_000, data=data)
        report(name=f"standby, {label}: a simulated year of Auckland", value=took_s, unit="s", limit=10, data=data)


def _timed(ask: Callable[[], Any]) -> tuple[Any, float, float]:
    """The answer, and wall and processor seconds."""
    start, busy = time.perf_counter(), time.process_time()
    answer = ask()
    return answer, time.perf_counter() - start, time.process_time() - busy
