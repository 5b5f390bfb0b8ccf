"""Where units wait: every policy beside the same fleet at home, on unseen days of three cities, with a bound; and how fast the days are played.

Beside the rules of dispatch stands what could be had by one who knows the day, which is a program a day and so done for few of them.

Stations are chosen for the fleet that stays at home, and policies trained, for each load and budget on training days; then all meet the same two hundred weeks. Numbers
that were found before are taken from `standby_numbers.json` (`standby_training.py`); what is not in it is found anew.
A move is every order to wait elsewhere than a unit would by itself. `each`: no unit has more than four in any twelve hours; `average`: the fleet has four a unit.
"""

import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from tests.shared import DATA

from bench import jemss, sf_ambulances, standby_simpy, standby_study
from bench.standby_study import TESTS, Outcome, Town, beside, ground, is_late, law, outcome, placed, town, week
from bench.standby_training import DIALS, numbers
from tocsin.engines.standby import (
    BUDGETS,
    POLICIES,
    Bound,
    Fleet,
    Policy,
    Tuning,
    bound_of,
    hindsight,
    late_at_least,
    play,
    policy,
)

LOADS = (0.6, 0.8, 1.0)
POSSIBLE = ("anywhere", "at stations")
STILL = ("nearest", "preparedness")
"""Policies that move nobody, so that no budget binds them."""
DAYS = {0.6: 8, 0.8: 5, 1.0: 5}
"""For which somebody knows everything, by load, as the programs grow with it: whole days, each begun with everybody at home, of the first seeds that nothing was tuned on."""
CELL_S = 120.0
CORES = 2
PLAYS, PEER_PLAYS = 20, 4
"""Of a year, of which the quickest is told."""
CORNERS = 24
"""Street corners beside the stations, where units may wait too."""


def run(report: Callable[..., None]) -> None:
    """Speed, then each city at each load; `TOCSIN_STANDBY` names the cities of a run, as in `auckland,edmonton,policies`, or `speed` alone."""
    asked = os.environ.get("TOCSIN_STANDBY", "speed,auckland,edmonton,san francisco,policies,hindsight,corners").split(",")
    there = {name: (DATA / "ems" / "jemss").is_dir() for name in jemss.RASTERS} | {"san francisco": sf_ambulances.RECORD.exists()}
    if "speed" in asked and there["auckland"]:
        _speed(report, town("auckland"))
    for name, has in there.items():
        if name not in asked:
            continue
        if not has:
            print(f"{name}: its data are not on this machine", file=sys.stderr)
            continue
        where = town(name)
        if "policies" in asked:
            bounds = _bounds(report, where)
            for load in LOADS:
                _study(report, where, load, bounds)
        if "hindsight" in asked:
            for load in LOADS:
                _knowing(report, where, load)
        if name in jemss.RASTERS and "corners" in asked:
            wide = town(name, CORNERS)._replace(name=f"{name} with {CORNERS} corners")
            for load in LOADS[:2]:
                _corners(report, where, wide, load)


def _bounds(report: Callable[..., None], where: Town) -> tuple[Bound, Bound]:
    """The rigorous one, with free units anywhere on the roads; and the same with free units at stations, if moves took no time."""
    world, fleet, told = where.world, where.fleet, law(where)
    start = time.perf_counter()
    made = [bound_of(times, where.weight, where.aims, world.hospital_s, told, len(fleet.home), 20, 24)
            for times in (world.lights_s + fleet.turnout_s.min(), np.ascontiguousarray(world.lights_s[world.station]) + fleet.turnout_s[0])]
    report(name=f"standby, {where.name}: tables of both bounds", value=time.perf_counter() - start, unit="s",
           data=f"{len(fleet.home)} units, {len(world.lights_s)} junctions; load {os.getloadavg()[0]:.1f}")
    return made[0], made[1]


def _study(report: Callable[..., None], where: Town, load: float, bounds: tuple[Bound, Bound]) -> None:
    """One city at one load: all policies on the same weeks, within each budget."""
    home = placed(where, where.draw(standby_study.TRAINING, standby_study.STATIONS_DAYS, load), where.fleet.home)
    fleet, weeks = where.fleet._replace(home=home), [week(where, seed, load) for seed in TESTS]
    static = _outcomes(where, weeks, fleet, None)
    least = [float(np.mean([late_at_least(bound, calls.ready_s, len(home), seed)[calls.called_s >= standby_study.WARM_S].mean()
                            for seed, calls in zip(TESTS, weeks, strict=True)])) for bound in bounds]
    row, late = f"standby, {where.name} at {load:g} of its load", static[:, 0].mean()
    if where.name in jemss.RASTERS:
        own = _outcomes(where, weeks, where.fleet, None)
        report(name=f"{row}, at home at the model's own stations: late", value=100 * own[:, 0].mean(), unit="%", peer="re-optimised", peer_value=100 * late, runs=len(weeks))
    for label, bound in zip(POSSIBLE, least, strict=True):
        report(name=f"{row}: no policy below, free units {label}", value=100 * bound, unit="% late", peer="nearest", peer_value=100 * late, runs=len(weeks))
    theirs: dict[str, np.ndarray] = {}
    for name in POLICIES:
        for budget in BUDGETS if name not in STILL and where.name in jemss.RASTERS else ("each",):
            found = Tuning(budget=BUDGETS[budget]) if name == "nearest" else numbers(where, load, home, name, budget)
            ours = static if name == "nearest" else _outcomes(where, weeks, fleet, policy(name, ground(where), found))
            _tell(report, f"{row}, {name}" if name in STILL else f"{row}, {name}, budget {budget}", ours, static, least, _told(name, found))
            if name == "marginal":
                theirs[budget] = ours
            if name == "outlook":
                gap, wide = beside(ours[:, 0], theirs[budget][:, 0])
                report(name=f"{row}, outlook beside marginal, budget {budget}: late", value=gap, unit="%", runs=len(weeks), data=f"± {wide:.2f}, the same weeks")
                _at_its_homes(report, where, load, home, found, (weeks, static, least), f"{row}, {name} with homes chosen for it, budget {budget}")


def _told(name: str, found: Tuning) -> str:
    """The numbers that training found."""
    keys = DIALS[name] if name in DIALS else standby_study.GRIDS.get(name, {})
    return ", ".join(f"{key} {getattr(found, key):g}" for key in ("horizon_s" if one == "fade" else one for one in keys)) or "nothing tuned"


def _at_its_homes(report: Callable[..., None], where: Town, load: float, home: Any, found: Tuning, seen: tuple[Any, Any, list[float]], row: str) -> None:
    """Outlook from the stations that are best for it with these numbers, on training days; beside the fleet at home at the stations best for that."""
    weeks, static, least = seen
    asked = policy("outlook", ground(where), found)
    own = placed(where, where.draw(standby_study.TRAINING, standby_study.STATIONS_DAYS, load), home, asked, passes=1)
    _tell(report, row, _outcomes(where, weeks, where.fleet._replace(home=own), asked), static, least, _told("outlook", found))


def _knowing(report: Callable[..., None], where: Town, load: float) -> None:
    """Nearest and preparedness beside the fewest late calls of one who knows each day. A day on which somebody must wait whatever is done is left out, and counted."""
    home = placed(where, where.draw(standby_study.TRAINING, standby_study.STATIONS_DAYS, load), where.fleet.home)
    prepared = policy("preparedness", ground(where), numbers(where, load, home, "preparedness", "each"))
    fleet, start = where.fleet._replace(home=home), time.process_time()
    known, counts = [], []
    for seed in TESTS[:DAYS[load]]:
        calls = where.draw(seed, 1.0, load)
        try:
            known.append(hindsight(where.world, calls, fleet, where.limits_s[calls.priority], cell_s=CELL_S))
        except ValueError as reason:
            print(f"{where.name} at {load:g}, seed {seed}: {reason}", file=sys.stderr)
            continue
        counts.append([len(calls.called_s), *(is_late(where, calls, play(where.world, calls, fleet, by)).sum() for by in (None, prepared))])
    if not counts:
        print(f"{where.name} at {load:g}: on none of these days can a bound be told", file=sys.stderr)
        return
    total, near, ready = np.array(counts).sum(axis=0)
    least, found, always = sum(one.least for one in known), sum(one.found for one in known), sum(one.wait == 0 for one in known)
    report(name=f"standby, {where.name} at {load:g} of its load: no rule of dispatch below, whatever it knows", value=100 * least / total, unit="% late",
           peer="nearest", peer_value=100 * near / total, runs=len(known),
           data=f"in time {100 * (total - near) / (total - least):.1f} % of what is possible by nearest, {100 * (total - ready) / (total - least):.1f} % by preparedness "
                f"({100 * ready / total:.1f} % late); {100 * found / total:.1f} % late was really found; {total} calls, "
                f"on {always} of {len(known)} days of every rule; {(time.process_time() - start) / len(known):.0f} s a day; load {os.getloadavg()[0]:.1f}")


def _corners(report: Callable[..., None], where: Town, wide: Town, load: float) -> None:
    """Outlook where units may wait at street corners too, beside two fleets that are never moved: at the best stations, and at the best of all these places."""
    calls = where.draw(standby_study.TRAINING, standby_study.STATIONS_DAYS, load)
    home = placed(where, calls, where.fleet.home)
    anywhere = placed(wide, calls, home)
    weeks = [week(where, seed, load) for seed in TESTS]
    found = numbers(wide, load, home, "outlook", "each")
    ours = _outcomes(wide, weeks, wide.fleet._replace(home=home), policy("outlook", ground(wide), found))
    row = f"standby, {where.name} at {load:g} of its load, {CORNERS} corners beside the stations, outlook"
    for label, fixed in (("at stations", home), ("at the best places", anywhere)):
        static = _outcomes(wide, weeks, wide.fleet._replace(home=fixed), None)
        _tell(report, f"{row}, beside a fleet {label}", ours, static, [0.0, 0.0], _told("outlook", found))


def _outcomes(where: Town, weeks: list[Any], fleet: Fleet, asked: Policy | None) -> np.ndarray:
    """float64[replications, 6]."""
    return np.array([outcome(where, calls, fleet, asked) for calls in weeks])


def _tell(report: Callable[..., None], row: str, ours: np.ndarray, static: np.ndarray, least: list[float], told: str) -> None:
    means, base = Outcome(*ours.mean(axis=0)), Outcome(*static.mean(axis=0))
    share = [100 * (base.late - means.late) / (base.late - bound) for bound in least]
    (gap, wide), (gap90, wide90) = beside(ours[:, 0], static[:, 0]), beside(ours[:, 1], static[:, 1])
    report(name=f"{row}: late", value=100 * means.late, unit="%", peer="nearest", peer_value=100 * base.late, runs=len(ours),
           data=f"{gap:+.1f} ± {wide:.1f} %; {share[0]:.0f} % of the way to the bound, {share[1]:.0f} % at stations; {told}")
    report(name=f"{row}: p90", value=means.p90_s, unit="s", peer="nearest", peer_value=base.p90_s, runs=len(ours),
           data=f"{gap90:+.1f} ± {wide90:.1f} %; mean {means.mean_s:.0f} s ({base.mean_s:.0f}), worst district {100 * means.worst:.1f} % late ({100 * base.worst:.1f})")
    report(name=f"{row}: moves", value=means.moves, unit="a unit in 12 h", limit=4, runs=len(ours),
           data=f"{means.km:.1f} km a unit in 12 h to where it waits ({base.km:.1f})")


def _speed(report: Callable[..., None], where: Town) -> None:
    """Calls a second at home and with moves on one core, beside SimPy with the same arrivals; and thirty weeks under two policies on two cores.

    Rates are by processor time, the best of twenty plays, so that other work on the machine counts little; a second by the clock stands beside them.
    """
    world, fleet = where.world, where.fleet
    moving = policy("outlook", ground(where), Tuning(busy=0.25, price=0.005, horizon_s=1_500.0, soon=1, near=4, tail=0.1, most=2))
    year = where.draw(3, 365.0, 1.0)
    theirs, _, peer_s = _timed(lambda: standby_simpy.played(world, year, fleet), PEER_PLAYS)
    peer = len(year.called_s) / peer_s
    for label, by in (("at home", None), ("with moves", moving)):
        ours = play(world, year, fleet, by)
        if by is None and not np.allclose(ours.response_s, theirs, atol=0.05):
            raise AssertionError("SimPy's model answers otherwise")
        _, took_s, work_s = _timed(lambda: play(world, year, fleet, by), PLAYS)     # noqa: B023 -- called before the loop goes on
        rate, told = len(year.called_s) / work_s, f"Auckland, {len(year.called_s)} calls of a year, 16 units; load {os.getloadavg()[0]:.1f}"
        report(name=f"standby, {label}: calls a second of processor", value=rate, unit="1/s", peer="SimPy, at home", peer_value=peer,
               limit=1_000_000 if by is None else 150_000, runs=PLAYS, data=f"{told}; by the clock {len(year.called_s) / took_s:,.0f} 1/s")
        if by is None:
            report(name="standby, at home: times the calls of SimPy", value=rate / peer, unit="", limit=50, runs=PLAYS,
                   data=f"the same year, the same arrivals, the best of {PEER_PLAYS} plays; load {os.getloadavg()[0]:.1f}")
        report(name=f"standby, {label}: a simulated year of Auckland", value=took_s, unit="s", limit=10, runs=PLAYS, data=told)

    def replications() -> list[Outcome]:
        with ThreadPoolExecutor(CORES) as pool:
            asked = [(week(where, seed, 1.0), by) for seed in TESTS[:30] for by in (None, moving)]
            return list(pool.map(lambda one: outcome(where, one[0], fleet, one[1]), asked))
    found, took_s, work_s = _timed(replications)
    report(name="standby: 30 replications of a week, two policies, drawn and summed up", value=took_s, unit="s", limit=20, runs=len(found),
           data=f"Auckland at its load, {CORES} threads; processor {work_s:.2f} s; load {os.getloadavg()[0]:.1f}")


def _timed(ask: Callable[[], Any], times: int = 1) -> tuple[Any, float, float]:
    """The answer, and the least seconds by the clock and of processor."""
    took, worked = np.inf, np.inf
    for _ in range(times):
        start, busy = time.perf_counter(), time.process_time()
        answer = ask()
        took, worked = min(took, time.perf_counter() - start), min(worked, time.process_time() - busy)
    return answer, took, worked
