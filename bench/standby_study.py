"""Studies of where units wait: stations chosen and policies tuned on training seeds, replications on others, paired with the fleet that stays at home."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

from bench import jemss
from tocsin.engines.standby import Aim, Calls, Fleet, Ground, Played, Policy, Tuning, play, policy

TRAINING, STATIONS_DAYS, TUNING_DAYS = 71_000, 80.0, 60.0
"""The seed on which stations are chosen and policies tuned, and on how many days of it."""
TESTS, TEST_DAYS, WARM_S = range(9_000, 9_030), 7.0, 43_200.0
"""Seeds of the replications, never tuned on; days of each, after half a day that is not counted."""
HALF_DAY_S = 43_200.0

GRIDS: Mapping[str, Mapping[str, Sequence[Any]]] = {
    "table": {"horizon_s": (1_000.0, 600.0, 1_500.0), "busy": (0.3, 0.2, 0.45), "most": (1, 2)},
    "double standard": {"price": (0.08, 0.02, 0.05, 0.12, 0.2)},
    "dmexclp": {"price": (0.0,)},
    "marginal": {"price": (0.005, 0.002, 0.01, 0.02), "per_s": (1e-5, 0.0, 5e-6, 2e-5), "busy": (0.3, 0.2, 0.4, 0.5)},
    "outlook": {"busy": (0.25, 0.2, 0.32, 0.4), "price": (0.005, 0.0035, 0.008, 0.012), "near": (4, 3, 5), "soon": (1, 2), "horizon_s": (1_500.0, 2_500.0),
                "tail": (0.1, 0.0, 0.3), "thin": (0.0, -1.0), "most": (2,)},
}
"""What training tries for each, one number after another, from the first of each on."""


class Town(NamedTuple):
    """A city model with what a study needs of it; `district` int[n] is the station whose area each junction lies in."""

    name: str
    model: jemss.Model
    rates: jemss.Rates
    aims: tuple[Aim, ...]
    district: npt.NDArray[np.int64]


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


def town(name: str) -> Town:
    """Read a city. Its aims count from being sent; priorities with one limit are one aim."""
    model, rates = jemss.city(name), jemss.rates(name)
    aims = tuple(Aim(limit - rates.delay_s, sum(s for s, at in zip(rates.shares, rates.limits_s, strict=True) if at == limit)) for limit in sorted(set(rates.limits_s)))
    return Town(name, model, rates, aims, model.world.lights_s[model.world.station].argmin(axis=0))


def ground(where: Town) -> Ground:
    """What policies are made from."""
    world = where.model.world
    return Ground(np.ascontiguousarray(world.lights_s[world.station]), where.model.weight, where.aims, len(where.model.fleet.home))


def is_late(where: Town, calls: Calls, played: Played) -> npt.NDArray[np.bool_]:
    return np.asarray(played.response_s > np.array(where.rates.limits_s)[calls.priority])


def trained_late(where: Town, calls: Calls, home: Any, asked: Policy | None = None) -> float:
    """What training looks at: the share that is late."""
    return float(is_late(where, calls, play(where.model.world, calls, where.model.fleet._replace(home=home), asked)).mean())


def placed(where: Town, calls: Calls, home: Any, asked: Policy | None = None, passes: int = 2) -> Any:
    """Stations for a fleet, at home or under a policy: one unit after another goes where fewest calls are late, until none can do better."""
    best, late = home.copy(), trained_late(where, calls, home, asked)
    for _ in range(passes):
        before = late
        for here in np.unique(best):
            unit = int(np.flatnonzero(best == here)[0]) if (best == here).any() else -1
            for station in range(len(where.model.world.station)):
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


def tuned(where: Town, calls: Calls, home: Any, name: str, passes: int = 1) -> Tuning:
    """The numbers with which fewest training calls are late: one number at a time, each over its grid."""
    grid, on = GRIDS[name], ground(where)
    best = Tuning(**{key: values[0] for key, values in grid.items()})
    late = trained_late(where, calls, home, policy(name, on, best))
    for _ in range(passes):
        before = best
        for key, values in grid.items():
            for value in values:
                tried = best._replace(**{key: value})
                if tried == best:
                    continue
                this = trained_late(where, calls, home, policy(name, on, tried))
                if this < late:
                    best, late = tried, this
        if best == before:
            break
    return best


def outcome(where: Town, calls: Calls, fleet: Fleet, asked: Policy | None) -> Outcome:
    """Play one replication and sum it up, without its warm-up."""
    played = play(where.model.world, calls, fleet, asked)
    counts = calls.called_s >= WARM_S
    response, late = played.response_s[counts], is_late(where, calls, played)[counts]
    areas = where.district[calls.junction[counts]]
    here = np.bincount(areas)
    worst = (np.bincount(areas, weights=late) / np.maximum(here, 1))[here >= 30].max()
    spans = len(fleet.home) * calls.called_s[-1] / HALF_DAY_S
    return Outcome(float(late.mean()), float(np.quantile(response, 0.9)), float(response.mean()), float(worst), float(played.moves.sum() / spans),
                   float(played.metres.sum() / 1_000 / spans))


def replicated(where: Town, load: float, fleet: Fleet, asked: Policy | None, seeds: Sequence[int] = TESTS) -> npt.NDArray[np.float64]:
    """float64[replications, 6]: an outcome for each seed."""
    return np.array([outcome(where, jemss.draw(where.model, where.name, seed, TEST_DAYS + WARM_S / jemss.DAY_S, load), fleet, asked) for seed in seeds])


def beside(ours: npt.NDArray[np.float64], theirs: npt.NDArray[np.float64]) -> tuple[float, float]:
    """The mean of the paired differences in per cent of the other's mean, and half the width of its 95 % interval (Student)."""
    gap = 100 * (ours - theirs) / theirs.mean()
    return float(gap.mean()), float(stats.t.ppf(0.975, len(gap) - 1) * gap.std(ddof=1) / np.sqrt(len(gap)))
