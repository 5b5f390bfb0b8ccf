"""Studies of where units wait: stations chosen and policies tuned on training seeds, replications on others, paired with the fleet that stays at home."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

from bench import jemss, sf_ambulances
from tocsin.engines.standby import BUDGETS, Aim, Calls, Fleet, Ground, Law, Played, Policy, Tuning, World, play, policy

TRAINING, STATIONS_DAYS = 71_000, 60.0
"""The seed on which stations are chosen, on how many days of it, and from which on policies are trained (`standby_training.py`)."""
TESTS, TEST_DAYS, WARM_S = range(20_000, 20_200), 7.0, 43_200.0
"""Seeds of the replications, never tuned on; days of each, after half a day that is not counted."""
HALF_DAY_S = 43_200.0
MANY = 20
FAINT, FAINT_AMONG_MANY = 0.002, 0.001
"""Of all calls, and where there are many stations, so that what each reaches alone is small; see `_seen`. What is played has every junction; only what policies weigh is put together."""

GRIDS: Mapping[str, Mapping[str, Sequence[Any]]] = {
    "preparedness": {"busy": (0.4, 0.25, 0.6)},
    "table": {"horizon_s": (1_000.0, 600.0, 1_500.0), "busy": (0.3, 0.45), "most": (1, 2)},
    "double-standard": {"price": (0.08, 0.03, 0.05, 0.11, 0.15, 0.2, 0.3)},
    "dmexclp": {"price": (0.01, 0.0, 0.005, 0.02, 0.03)},
}
"""What training tries for policies of few numbers, one number after another, from the first of each on."""


class Town(NamedTuple):
    """A city with what a study needs of it; `district` int[n] is the station whose area each junction lies in."""

    name: str
    world: World
    weight: npt.NDArray[np.float64]
    fleet: Fleet
    limits_s: npt.NDArray[np.float64]
    """Of each priority, from the call on."""
    aims: tuple[Aim, ...]
    district: npt.NDArray[np.int64]
    draw: Callable[[int, float, float], Calls]
    """Calls by a seed, for so many days, at so many times the city's own rate."""
    seen: npt.NDArray[np.int64]
    """The junctions that policies look at, each for all that the same places to wait reach in time, or nearly the same where those are few calls."""
    seen_weight: npt.NDArray[np.float64]


class Outcome(NamedTuple):
    """Of one replication."""

    late: float
    p90_s: float
    mean_s: float
    worst: float
    """The share late in the district where it is largest."""
    moves: float
    """A unit in twelve hours."""
    km: float
    """Driven to where units wait, a unit in twelve hours."""


def town(name: str, posts: int = 0) -> Town:
    """Read a city, of the models with so many street corners beside the stations. Aims count from being sent; priorities with one limit are one aim."""
    if name == "san francisco":
        city = sf_ambulances.city()
        shares = np.bincount(city.record.priority, minlength=2) / len(city.record.priority)
        return _town(name, city.world, city.weight, city.fleet, sf_ambulances.LIMITS_S, tuple(shares), city.record.delay_s, partial(sf_ambulances.draw, city))
    model, rates = jemss.city(name, posts), jemss.rates(name)
    return _town(name, model.world, model.weight, model.fleet, rates.limits_s, rates.shares, rates.delay_s, partial(jemss.draw, model, name))


def _town(name: str, world: World, weight: Any, fleet: Fleet, limits_s: Sequence[float], shares: Sequence[float], delay_s: float, draw: Any) -> Town:
    aims = tuple(Aim(limit - delay_s, float(sum(s for s, at in zip(shares, limits_s, strict=True) if at == limit))) for limit in sorted(set(limits_s)))
    faint = FAINT if len(world.station) <= MANY else FAINT_AMONG_MANY
    seen, kept = _seen(world.lights_s[world.station] + fleet.turnout_s[0], weight, [aim.within_s for aim in aims] + [1.5 * aims[0].within_s], faint)
    return Town(name, world, weight, fleet, np.array(limits_s), aims, world.lights_s[world.station].argmin(axis=0), draw, seen, kept)


def _seen(reach_s: Any, weight: Any, limits_s: Sequence[float], faint: float) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """A junction for each group that the same places reach within every limit, and the group's calls. A group with hardly any joins the one most like it."""
    reach = np.concatenate([reach_s <= limit for limit in limits_s]).T
    groups, first, group = np.unique(reach, axis=0, return_index=True, return_inverse=True)
    counts = np.bincount(group.ravel(), weights=weight)
    large = np.flatnonzero(counts >= faint)
    signs, joins = groups.astype(np.float32), np.arange(len(groups))
    for one in np.flatnonzero(counts < faint):
        joins[one] = large[np.argmin(np.abs(signs[large] - signs[one]).sum(axis=1))]
    return first[large].astype(np.int64), np.asarray(np.bincount(joins, weights=counts, minlength=len(groups))[large], np.float64)


def ground(where: Town) -> Ground:
    """What policies are made from; a unit at a station takes its time to roll beside the way."""
    world = where.world
    return Ground(np.ascontiguousarray(world.lights_s[np.ix_(world.station, where.seen)] + where.fleet.turnout_s[0]), where.seen_weight, where.aims, len(where.fleet.home))


def law(where: Town) -> Law:
    """How long calls take, from a large sample."""
    calls = where.draw(TRAINING + 1, 500.0, 1.0)
    return Law(calls.scene_s, calls.transports, calls.handover_s)


def is_late(where: Town, calls: Calls, played: Played) -> npt.NDArray[np.bool_]:
    return np.asarray(played.response_s > where.limits_s[calls.priority])


def trained_late(where: Town, calls: Calls, home: Any, asked: Policy | None = None) -> float:
    """What training looks at: the share that is late."""
    return float(is_late(where, calls, play(where.world, calls, where.fleet._replace(home=home), asked)).mean())


def placed(where: Town, calls: Calls, home: Any, asked: Policy | None = None, passes: int = 2) -> Any:
    """Stations for a fleet, at home or under a policy: one unit after another goes where fewest calls are late, until none can do better."""
    best, late = home.copy(), trained_late(where, calls, home, asked)
    for _ in range(passes):
        before = late
        for here in np.unique(best):
            unit = int(np.flatnonzero(best == here)[0]) if (best == here).any() else -1
            for station in range(len(where.world.station)):
                if unit < 0 or best[unit] == station:
                    continue
                tried = best.copy()
                tried[unit] = station
                value = trained_late(where, calls, tried, asked)
                if value < late:
                    best, late = tried, value
        if late == before:
            break
    return best


def tuned(where: Town, calls: Calls, home: Any, name: str, budget: str = "each") -> Tuning:
    """The numbers with which fewest training calls are late, within a budget: one number after another, each over its grid."""
    grid, on = GRIDS.get(name, {}), ground(where)
    best = Tuning(**{key: values[0] for key, values in grid.items()}, budget=BUDGETS[budget])
    late = trained_late(where, calls, home, policy(name, on, best)) if grid else 0.0
    for key, values in grid.items():
        for value in values[1:]:
            tried = best._replace(**{key: value})
            this = trained_late(where, calls, home, policy(name, on, tried))
            if this < late:
                best, late = tried, this
    return best


def outcome(where: Town, calls: Calls, fleet: Fleet, asked: Policy | None) -> Outcome:
    """Play one replication and sum it up, without its warm-up."""
    played = play(where.world, calls, fleet, asked)
    counts = calls.called_s >= WARM_S
    response, late = played.response_s[counts], is_late(where, calls, played)[counts]
    areas = where.district[calls.junction[counts]]
    here = np.bincount(areas)
    worst = (np.bincount(areas, weights=late) / np.maximum(here, 1))[here >= 30].max()
    spans = len(fleet.home) * calls.called_s[-1] / HALF_DAY_S
    return Outcome(float(late.mean()), float(np.quantile(response, 0.9)), float(response.mean()), float(worst), float(played.moves.sum() / spans),
                   float(played.metres.sum() / 1_000 / spans))


def week(where: Town, seed: int, load: float) -> Calls:
    """The calls of one replication, its warm-up before it."""
    return where.draw(seed, TEST_DAYS + WARM_S / jemss.DAY_S, load)


def replicated(where: Town, load: float, fleet: Fleet, asked: Policy | None, seeds: Sequence[int] = TESTS) -> npt.NDArray[np.float64]:
    """float64[replications, 6]: an outcome for each seed."""
    return np.array([outcome(where, week(where, seed, load), fleet, asked) for seed in seeds])


def beside(ours: npt.NDArray[np.float64], theirs: npt.NDArray[np.float64]) -> tuple[float, float]:
    """The mean of the paired differences in per cent of the other's mean, and half the width of its 95 % interval (Student)."""
    gap = 100 * (ours - theirs) / theirs.mean()
    return float(gap.mean()), float(stats.t.ppf(0.975, len(gap) - 1) * gap.std(ddof=1) / np.sqrt(len(gap)))
