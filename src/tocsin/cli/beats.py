"""`tocsin beats`: patrol areas of equal work and short ways drawn from zones, beside today's."""

import argparse
import sys
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from tocsin.city.own_calls import read_calls, read_mapping
from tocsin.city.zones import Zones, read_neighbours, read_times, read_zones, work_of
from tocsin.cli.settings import Commands, Stop, leaf
from tocsin.engines.beats import Beats, Impossible, Problem, draw, moved, told
from tocsin.engines.siting import Effort, p_median
from tocsin.engines.siting import Problem as Siting

_ENOUGH = 0.01


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    command = leaf(commands, "beats", "draw patrol areas that hang together, of equal work and short ways, from residents' own calls", _beats)
    command.add_argument("zones", type=Path, metavar="ZONES", help="a CSV of zone and, where known, work_s, residents, beat (today's), lon, lat; other columns are refused")
    command.add_argument("--times", type=Path, required=True, help="a CSV of from, to, time_s: seconds of driving between zones")
    command.add_argument("--neighbours", type=Path, required=True, help="a CSV of zone, neighbour: who borders on whom")
    command.add_argument("--beats", type=int, required=True, metavar="K", help="how many beats")
    command.add_argument("--even", type=float, default=0.05, help="the most that work may differ between beats, as a coefficient of variation (default 0.05)")
    command.add_argument("--calls", type=Path, help="residents' own calls, in place of work_s")
    command.add_argument("--mapping", type=Path, help="the TOML mapping of the calls' columns (docs/examples/montgomery-demand.toml)")
    command.add_argument("--call-s", type=float, default=1_800.0, help="how long a call keeps somebody, in seconds (default 1800)")
    command.add_argument("--json", action="store_true", help="print as JSON")


def _beats(arguments: argparse.Namespace) -> int:
    zones = read_zones(arguments.zones)
    work_s = _work(arguments, zones)
    try:
        problem = Problem(work_s, read_times(arguments.times, zones), read_neighbours(arguments.neighbours, zones), arguments.beats, even=arguments.even)
    except Impossible as no:
        raise Stop(no.words(zones.name).en) from no
    except ValueError as error:
        raise Stop(f"{error}") from error
    median = p_median(Siting(problem.time_s, problem.loads, count=problem.beats), Effort(enough=_ENOUGH))
    if len(median.sites) < problem.beats:
        raise Stop(f"work lies in fewer places than {problem.beats} beats")
    found = draw(problem, np.array(median.sites, np.int32), progress=_say)
    least = median.bound / float(problem.loads.sum())
    print(msgspec.json.format(msgspec.json.encode(figures(zones, problem, found, least)), indent=1).decode() if arguments.json
          else "\n".join(lines(zones, problem, found, least)))
    return 0 if found.met else 1


def _work(arguments: argparse.Namespace, zones: Zones) -> Any:
    if arguments.calls is not None:
        if arguments.mapping is None:
            raise Stop("say --mapping MAP for the calls")
        return work_of(read_calls(arguments.calls, read_mapping(arguments.mapping)), zones, lambda kind: float(arguments.call_s))
    if not np.isfinite(zones.work_s).all():
        raise Stop(f"{arguments.zones} does not give work_s for every zone: give it, or --calls")
    return zones.work_s


def _say(share: float) -> None:
    print(f"beats: {100 * share:.0f} %", file=sys.stderr, flush=True)


def figures(zones: Zones, problem: Problem, found: Beats, least_s: float) -> dict[str, Any]:
    """What was drawn: each zone's beat, each beat's post and work, travel beside the least that any posts allow, and today's beats beside."""
    out: dict[str, Any] = {
        "met": found.met, "uneven": found.uneven, "travel_s": found.travel_s, "travel_least_s": least_s, "travel_even_least_s": found.least_s,
        "beats": [{"post": zones.name[post], "work_s": float(work), "zones": [zones.name[zone] for zone in np.flatnonzero(found.beat == which)]}
                  for which, (post, work) in enumerate(zip(found.post, found.work_s, strict=True))]}
    names = sorted(set(zones.beat) - {""})
    if names and "" not in zones.beat:
        today = np.array([names.index(beat) for beat in zones.beat], np.int32)
        people = bool(np.isfinite(zones.residents).all())
        change = moved(today, found.beat, zones.residents if people else problem.work_s)
        now = told(Problem(problem.work_s, problem.time_s, problem.neighbours, len(names), problem.weight, np.inf), today)
        out["today"] = {"beats": len(names), "uneven": now.uneven, "travel_s": now.travel_s, "moved": change.share, "moved_of": "residents" if people else "work",
                        "zones_moved": [zones.name[zone] for zone in change.zones]}
        for beat, same in zip(out["beats"], change.same, strict=True):
            beat["goes_on_from"] = names[same] if same >= 0 else None
    return out


def lines(zones: Zones, problem: Problem, found: Beats, least_s: float) -> list[str]:
    """The same as print."""
    told_ = figures(zones, problem, found, least_s)
    out = [f"{len(told_['beats'])} beats: work differs by {100 * found.uneven:.1f} %, {'as asked' if found.met else 'which is more than was asked'}; "
           f"from its beat's post a zone is {found.travel_s:.0f} s away on average, {100 * (found.travel_s / max(least_s, 1e-9) - 1):.1f} % above the least that any posts allow "
           f"and {100 * (found.travel_s / max(found.least_s, 1e-9) - 1):.1f} % above what no beats as even could be below."]
    if "today" in told_:
        now = told_["today"]
        out.append(f"Today: {now['beats']} beats, work differs by {100 * now['uneven']:.1f} %, {now['travel_s']:.0f} s away; "
                   f"{100 * now['moved']:.1f} % of the {now['moved_of']} would be in another beat.")
    for place, beat in enumerate(told_["beats"], 1):
        was = f" (today {beat['goes_on_from']})" if beat.get("goes_on_from") else ""
        out.append(f"{place}{was}: post {beat['post']}, {beat['work_s'] / 3_600:,.0f} h of work, {len(beat['zones'])} zones")
    return out
