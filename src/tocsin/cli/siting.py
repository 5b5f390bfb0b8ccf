"""`tocsin siting`: which sites to hold, on the city's own streets and demand, with the bound that says how much better any other choice could be."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tocsin.city import City
from tocsin.city.calibration import load_calibration
from tocsin.city.record import read_record
from tocsin.city.record_mapping import read_mapping
from tocsin.city.siting import Ground, Site, read_sites, sites_of
from tocsin.cli.settings import Commands, Stop, leaf
from tocsin.engines.siting import (
    Answer,
    Conflict,
    District,
    Effort,
    Problem,
    Undecided,
    Watch,
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

_Asks = Callable[[Problem, Effort, Watch], Answer]
_MOST = "{value:.1%} of the demand, and no other choice more than {bound:.1%}"
_SAYS = {
    "lscp": "the fewest: {count} sites (cost {value:g}) reach every cell in time; no choice costs less than {bound:g}",
    "mclp": "in time: " + _MOST,
    "backup": "in time, a second one counted as asked: " + _MOST,
    "mexclp": "expected to be reached in time by a free unit: " + _MOST,
    "p-median": "mean time to the nearest: {value:.0f} s, and no other choice less than {bound:.0f} s",
    "p-center": "the farthest cell is reached in {value:.0f} s, and by no other choice in less than {bound:.0f} s",
    "survival": "expected to survive a cardiac arrest, were all of the demand that: " + _MOST,
}
_CURVES = {"larsen": larsen, "de-maio": de_maio}


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    command = leaf(commands, "siting", "choose sites on the city's own streets, with a certified bound", _siting)
    command.add_argument("question", choices=sorted(_SAYS), help="what is well placed: see docs/features/where-to-wait.md")
    command.add_argument("--city", type=Path, required=True, help="the city folder that `tocsin city build` wrote")
    command.add_argument("--sites", type=Path, help="a CSV of candidate sites: name, lon, lat, and cost where a budget is given")
    command.add_argument("--kind", default="fire_station", help="without --sites: the city's own assets of this kind (default: fire_station)")
    command.add_argument("--calls", type=Path, help="a record of past calls as demand (default: metres of street)")
    command.add_argument("--map", type=Path, help="the TOML mapping of that record")
    command.add_argument("--count", type=int, help="at most so many units")
    command.add_argument("--budget", type=float, help="at most so much is spent, at each site's cost")
    command.add_argument("--reach-s", type=float, default=480.0, help="seconds from being sent to arrival that are still in time (default: 480)")
    command.add_argument("--keep", action="append", default=[], metavar="SITE", help="this site is held in any answer; may be said more than once")
    command.add_argument("--bar", action="append", default=[], metavar="SITE", help="this site is not; may be said more than once")
    command.add_argument("--least", action="append", default=[], metavar="AREA=SHARE", help="at least this share of an area's demand in time: North=0.9")
    command.add_argument("--busy", type=float, default=0.0, help="the share of its time that a unit is busy, for mexclp and survival (default: 0)")
    command.add_argument("--second", type=float, default=0.5, help="what a second unit in time counts beside the first, for backup (default: 0.5)")
    command.add_argument("--curve", choices=sorted(_CURVES), default="de-maio", help="how survival falls with the minutes (default: de-maio)")
    command.add_argument("--unit-kind", default="engine", help="whose mobilisation is counted (default: engine)")
    command.add_argument("--hour", type=int, default=12, choices=range(168), metavar="0…167", help="the hour of the week, from Monday's midnight (default: 12)")
    command.add_argument("--enough", type=float, default=0.005, help="the gap at which nothing better is looked for (default: 0.005)")
    command.add_argument("--json", type=Path, help="also write the answer here")


def _siting(arguments: argparse.Namespace) -> int:
    city = City.open(arguments.city)
    sites = read_sites(arguments.sites) if arguments.sites else sites_of(city, arguments.kind)
    ground = Ground(city, load_calibration(city.calibration_path), unit_kind=arguments.unit_kind, hour=arguments.hour)
    problem = _problem(arguments, ground, sites, _demand(arguments, ground))
    try:
        answer = _asks(arguments)(problem, Effort(enough=arguments.enough), Watch(progress=_progress))
    except Conflict as conflict:
        print(conflict.words([site.name for site in sites]).en)
        soonest_s = problem.time_s.min(axis=0)
        if arguments.question == "lscp" and (late := np.flatnonzero(~(soonest_s <= arguments.reach_s))).size:
            worst = int(late[soonest_s[late].argmax()])
            when = f"in {soonest_s[worst]:.0f} s" if np.isfinite(soonest_s[worst]) else "by none"
            print(f"Even with every site held {late.size} cells are reached too late: the farthest, at {ground.cells.lon[worst]:.5f} {ground.cells.lat[worst]:.5f}, {when}.")
        return 1
    except Undecided as undecided:
        raise Stop(f"{undecided}; allow a larger --enough, or ask for less at once") from undecided
    except ValueError as wrong:
        raise Stop(str(wrong)) from wrong
    finally:
        _progress("", 1.0, 0.0)
    _tell(arguments, ground, sites, problem, answer)
    return 0


def _demand(arguments: argparse.Namespace, ground: Ground) -> npt.NDArray[np.float64]:
    """What each cell counts; shares of the whole."""
    if (arguments.calls is None) != (arguments.map is None):
        raise Stop("a record of calls and its mapping come together: --calls FILE --map FILE")
    if arguments.calls is None:
        weight = ground.cells.road_m
    else:
        calls = [(call.lon, call.lat) for call in read_record(arguments.calls, read_mapping(arguments.map)).calls if call.lon is not None and call.lat is not None]
        weight = ground.by_calls([lon for lon, _ in calls], [lat for _, lat in calls])
    return np.asarray(weight / weight.sum(), np.float64)


def _problem(arguments: argparse.Namespace, ground: Ground, sites: list[Site], weight: npt.NDArray[np.float64]) -> Problem:
    named = {site.name: number for number, site in enumerate(sites)}
    for name in (*arguments.keep, *arguments.bar):
        if name not in named:
            raise Stop(f"there is no site {name}; there are {', '.join(list(named)[:20])}{' …' if len(named) > 20 else ''}")
    cost = np.array([site.cost for site in sites])
    if arguments.question != "lscp" and arguments.count is None and arguments.budget is None:
        raise Stop("say how many: --count N, or --budget with costs in the file of sites")
    priced = arguments.budget is not None or (arguments.question == "lscp" and arguments.sites is not None)
    budget = arguments.budget if arguments.budget is not None else float(cost.sum())
    return Problem(ground.times_s(sites), weight, reach_s=arguments.reach_s, count=arguments.count, budget=budget if priced else None,
                   cost=cost if priced else None, keep=tuple(named[name] for name in arguments.keep), bar=tuple(named[name] for name in arguments.bar),
                   districts=tuple(_least(ground, said) for said in arguments.least))


def _least(ground: Ground, said: str) -> District:
    name, _, share = said.rpartition("=")
    try:
        return ground.district(name, float(share))
    except ValueError as wrong:
        raise Stop(f"--least takes an area and a share, as North=0.9, not {said}") from wrong


def _asks(arguments: argparse.Namespace) -> _Asks:
    asked: dict[str, _Asks] = {
        "lscp": lscp, "mclp": mclp, "p-median": p_median, "p-center": p_center,
        "backup": lambda problem, effort, watch: backup(problem, arguments.second, effort, watch),
        "mexclp": lambda problem, effort, watch: mexclp(problem, arguments.busy, effort, watch),
        "survival": lambda problem, effort, watch: survival(problem, _CURVES[arguments.curve], arguments.busy, effort, watch),
    }
    return asked[arguments.question]


def _progress(stage: str, share: float, gap: float) -> None:
    """One line that is written over, where somebody looks at a terminal."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{stage and f'{stage}: {share:.0%}, gap {gap:.2%}'}", end="", file=sys.stderr, flush=True)


def _tell(arguments: argparse.Namespace, ground: Ground, sites: list[Site], problem: Problem, answer: Answer) -> None:
    held = sorted(set(answer.sites))
    nearest = problem.time_s[held].argmin(axis=0)
    reached = np.isfinite(problem.time_s[held].min(axis=0))
    print(_SAYS[arguments.question].format(count=len(answer.sites), value=answer.value, bound=answer.bound)
          + f" (gap {answer.gap:.2%}, {answer.how}; {len(sites)} sites, {len(ground.cells):,} cells, {'calls' if arguments.calls else 'metres of street'})")
    if problem.weight[~reached].sum() > 0:
        print(f"{problem.weight[~reached].sum():.1%} of the demand is reached from none of them")
    rows = []
    for row, site in enumerate(held):
        mine = (nearest == row) & reached
        one = sites[site]
        mean_s = float(np.average(problem.time_s[site, mine], weights=problem.weight[mine])) if problem.weight[mine].sum() else 0.0
        rows.append({"name": one.name, "lon": one.lon, "lat": one.lat, "units": answer.sites.count(site), "nearest_to": round(float(problem.weight[mine].sum()), 4),
                     "mean_s": round(mean_s)})
        print(f"{answer.sites.count(site):>3} × {one.name:<32} nearest to {problem.weight[mine].sum():>5.1%} of the demand, {mean_s:>5.0f} s on average")
    if arguments.json is not None:
        arguments.json.write_text(json.dumps({"question": arguments.question, "value": answer.value, "bound": answer.bound, "gap": answer.gap, "how": answer.how,
                                              "sites": rows}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
