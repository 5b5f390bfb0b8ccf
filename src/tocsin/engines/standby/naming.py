"""A day played with units named beforehand for its calls, and names bettered one at a time: what somebody who knows the day really has."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from typing import Any

import numpy as np

from tocsin.engines.standby.compiling import compiled
from tocsin.engines.standby.policy import Budget
from tocsin.engines.standby.units import soonest, units_of
from tocsin.engines.standby.world import Calls, Doubles, Fleet, World

_KICKED = 4
"""So many names at once are changed at random before names are bettered again."""
_PASSES = 6
_SURE, _ROUNDING_S = 1e-9, 1e-3

_MOST_S = 900.0
_FAINT = 1e-6
"""What a second of lateness weighs beside a late call: only so much that of two ways with as many late the nearer to better is kept."""


def named(world: World, calls: Calls, fleet: Fleet, by_s: Doubles, weight: Doubles, kicks: int, seed: int) -> float:
    """The weight of calls that are not reached by `by_s` under the best names found, beginning with the soonest for each; inf where somebody found nobody."""
    rng, count = np.random.default_rng(seed), len(by_s)
    units, told = units_of(world, fleet, Budget(0)), (by_s + _ROUNDING_S, weight)
    best, there_s = np.full(count, -1), np.empty(count)
    least = _better(world, calls, fleet.home, fleet.turnout_s, units, best, there_s, *told, _PASSES)
    for _ in range(kicks):
        tried = best.copy()
        tried[rng.integers(count, size=_KICKED)] = rng.integers(len(fleet.home), size=_KICKED)
        value = _better(world, calls, fleet.home, fleet.turnout_s, units, tried, there_s, *told, _PASSES)
        if value <= least:
            best, least = tried, value
    _reached(world, calls, fleet.home, fleet.turnout_s, units, best, there_s)
    return float(weight @ (there_s > told[0])) if np.isfinite(there_s).all() else np.inf


@compiled
def _reached(world: Any, calls: Any, home: Any, turnout_s: Any, units: Any, named: Any, there_s: Any) -> None:
    """Fill `there_s` with when each call is reached: by the unit that is named if it is free, else by the soonest; inf from the first on that finds nobody."""
    there_s[:] = np.inf
    for k in range(len(home)):
        units.idle[k], units.way[k], units.free_s[k], units.total_s[k], units.at[k] = 1, home[k], 0.0, 0.0, world.station[home[k]]
    for i in range(len(there_s)):
        goal, now = calls.junction[i], calls.ready_s[i]
        k = soonest(world, turnout_s, units, goal, now, True)
        if k < 0:
            return
        if named[i] >= 0 and np.isfinite(units.due_s[named[i]]):
            k = named[i]
        there_s[i] = now + units.due_s[k]
        units.at[k], units.free_s[k] = goal, there_s[i] + calls.scene_s[i]
        if calls.transports[i]:
            units.at[k] = world.hospital[goal]
            units.free_s[k] += world.hospital_s[goal] + calls.handover_s[i]
        units.idle[k], units.way[k] = 0, home[k]


@compiled
def _missed(there_s: Any, by_s: Any, weight: Any) -> Any:
    total = 0.0
    for i in range(len(there_s)):
        if there_s[i] > by_s[i]:
            total += weight[i] * (1.0 + _FAINT * min(there_s[i] - by_s[i], _MOST_S))
    return total


@compiled
def _better(world: Any, calls: Any, home: Any, turnout_s: Any, units: Any, named: Any, there_s: Any, by_s: Any, weight: Any, passes: Any) -> Any:
    """Change one name after another in `named` as long as less is missed, and say how much is."""
    _reached(world, calls, home, turnout_s, units, named, there_s)
    least = _missed(there_s, by_s, weight)
    for _ in range(passes):
        before = least
        for i in range(len(named)):
            kept = named[i]
            for k in range(len(home)):
                if k == kept:
                    continue
                named[i] = k
                _reached(world, calls, home, turnout_s, units, named, there_s)
                value = _missed(there_s, by_s, weight)
                if value < least - _SURE:
                    least, kept = value, k
            named[i] = kept
        if least >= before - _SURE:
            break
    return least
