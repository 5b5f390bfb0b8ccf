"""How far any policy could go: a share of late calls below which no rule of where free units wait can come, whatever it knows of the past.

After Maxwell, Ni, Tong, Henderson, Hunter, Topaloglu 2014, 'A bound on the performance of an optimal ambulance redeployment policy'. Whoever decides where
units wait is given more than there is: whenever a call comes, all that are free stand, without having driven, at the places that are best for
their number, anywhere on the roads. What that gives is two tables by the number of free units: the largest share of calls in time, and for each
duration the largest share of calls that are done by then. A queue whose calls take no longer than these allow never has fewer free than the
city; so the share that it has late is no larger.

It holds where each call's place is drawn by `weight`, and its times by `law`, apart from all that was before, which any policy may know; where a
unit is sent at once if any is free, a call that waits is served in an order that does not look at places or times, and a unit serves one call to its end.
It does not ask that the soonest be sent, that few be moved, or how calls follow one another.
"""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from tocsin.engines.standby.tuning import Aim
from tocsin.engines.standby.world import Bytes, Doubles, Floats

_TICK_S = 5.0
_ROUNDING = 1e-6
"""Of single precision; taken in the bound's favour."""
_STEPS = 2
"""The greedy choice goes on to so many times the units asked for: a bound seen from further on may be the closer one."""


class Law(NamedTuple):
    """What calls take beside the drive to them, as a large sample: seconds at the scene, whether somebody is carried, seconds at the hospital."""

    scene_s: Floats
    transports: Bytes
    handover_s: Floats


class Bound(NamedTuple):
    """The two tables, for 0, 1 … k free units; none free counts as one, since one will be sent."""

    in_time: Doubles
    """float64[k + 1]: no more than this share of calls is reached in time."""
    done: Doubles
    """float64[k + 1, g]: no more than this share of calls is done within `grid_s[g]` of being sent to."""
    grid_s: Doubles


def bound_of(times_s: Floats, weight: Doubles, aims: Sequence[Aim], hospital_s: Floats, law: Law, units: int, rounds: int = 60, points: int = 32) -> Bound:
    """The tables. `times_s` float32[x, n]: from each place where a free unit can be to each junction, the time to roll included.

    `aims` count from being sent; `hospital_s` float32[n]. `rounds` of subgradient steps tighten the first table, `points` are the durations of the second.
    """
    total = float(weight.sum())
    asked = (weight / total).astype(np.float64)
    in_reach = np.zeros(times_s.shape, np.float32)
    for aim in aims:
        in_reach += np.where(times_s <= aim.within_s, np.float32(aim.share), np.float32(0))
    in_reach *= asked.astype(np.float32)
    in_time = most_served(in_reach, units, rounds)
    carried = law.transports > 0
    alone, with_hospital = law.scene_s[~carried], (law.scene_s + law.handover_s)[carried]
    there = law.scene_s + np.where(carried, law.handover_s + float(hospital_s @ asked), 0.0)
    grid_s = np.concatenate(([0.0], np.unique(np.quantile(there, np.linspace(0.01, 0.999, points - 1)))))
    share = float(carried.mean())
    done = np.zeros((units + 1, len(grid_s)))
    for g, within_s in enumerate(grid_s):
        _by_then(times_s, asked, hospital_s, _counted(alone), _counted(with_hospital), share, within_s, in_reach)
        done[:, g] = most_served(in_reach, units, 0)
    in_time[0], done[0] = in_time[1], done[1]
    return Bound(np.minimum(in_time, 1.0), np.minimum(np.maximum.accumulate(done, axis=1), 1.0), grid_s)


def late_at_least(bound: Bound, ready_s: Doubles, units: int, seed: int) -> npt.NDArray[np.float64]:
    """float64[c]: for calls that are ready at these instants, the chance that each is late; its mean bounds what any policy expects from below."""
    draws = np.random.default_rng(seed).random(len(ready_s))
    return np.asarray(_queue(ready_s, draws, bound.in_time, bound.done, bound.grid_s, units))


def most_served(benefit: Floats, units: int, rounds: int) -> Doubles:
    """float64[k + 1]: no 0, 1 … k rows give, each column by its best row, more than this in sum. `benefit` float32[x, c] is not below 0.

    What is greedily reached and the k largest further gains bound it, as the sum is submodular (Nemhauser, Wolsey, Fisher 1978); these are a
    Lagrangian bound at particular prices of the columns, which subgradient steps then lower (Cornuéjols, Fisher, Nemhauser 1977).
    """
    best, reached = _greedy(benefit, units, _STEPS * units)
    if rounds:
        _tighten(benefit, best, reached, rounds)
    return np.asarray(np.minimum.accumulate(best[::-1])[::-1] + _ROUNDING)


def _counted(sample: Floats) -> Floats:
    """The share of a sample up to each multiple of the tick."""
    if not len(sample):
        return np.ones(2, np.float32)
    ticks = np.bincount(np.ceil(sample / _TICK_S).astype(np.int64))
    return np.asarray(np.concatenate((np.cumsum(ticks) / len(sample), [1.0])), np.float32)


@njit(cache=True, nogil=True)
def _by_then(times_s: Any, weight: Any, hospital_s: Any, alone: Any, with_hospital: Any, share: Any, within_s: Any, out: Any) -> None:
    """The share of all calls that are at a column's place and done in time, served from a row's place; ticks are taken in its favour."""
    for x in range(times_s.shape[0]):
        for c in range(times_s.shape[1]):
            left, chance = within_s - times_s[x, c], 0.0
            if left >= 0:
                chance += (1 - share) * alone[min(int(left / _TICK_S) + 1, len(alone) - 1)]
                left -= hospital_s[c]
                if left >= 0:
                    chance += share * with_hospital[min(int(left / _TICK_S) + 1, len(with_hospital) - 1)]
            out[x, c] = weight[c] * chance


@njit(cache=True, nogil=True)
def _gains(benefit: Any, have: Any, gains: Any) -> None:
    for x in range(benefit.shape[0]):
        total = np.float32(0.0)
        whole = 0.0
        for c in range(benefit.shape[1]):
            total += max(benefit[x, c] - have[c], np.float32(0.0))
            if c % 256 == 255:
                whole += total
                total = np.float32(0.0)
        gains[x] = whole + total


@njit(cache=True, nogil=True)
def _greedy(benefit: Any, units: Any, steps: Any) -> Any:
    """The bound by submodularity for each number of rows, and what each column has after each step, the last step's for all beyond."""
    have = np.zeros(benefit.shape[1], np.float32)
    reached = np.zeros((units + 1, benefit.shape[1]), np.float32)
    gains, best, value = np.zeros(benefit.shape[0]), np.full(units + 1, np.inf), 0.0
    best[0] = 0.0
    for step in range(steps + 1):
        _gains(benefit, have, gains)
        most, order = value, np.sort(gains)
        for a in range(1, units + 1):
            most += order[len(order) - a] if a <= len(order) else 0.0
            best[a] = min(best[a], most)
        if step <= units:
            reached[step] = have
        row = np.argmax(gains)
        value += gains[row]
        have = np.maximum(have, benefit[row])
    return best, reached


@njit(cache=True, nogil=True)
def _tighten(benefit: Any, best: Any, reached: Any, rounds: Any) -> None:
    """Lower `best[a]` by subgradient steps on the columns' prices, which begin at what a greedy rows reach; each price makes a bound of its own."""
    gains = np.zeros(benefit.shape[0])
    for a in range(1, min(len(best), benefit.shape[0] + 1)):
        price, floor, pace, stale = reached[a].copy(), reached[a].sum(), 1.0, 0
        for _ in range(rounds):
            _gains(benefit, price, gains)
            rows = np.argsort(gains)[len(gains) - a:]
            value = gains[rows].sum()
            for c in range(len(price)):
                value += price[c]
            if value < best[a] - 1e-7:
                best[a], stale = value, 0
            else:
                stale += 1
                if stale % 5 == 0:
                    pace *= 0.6
            slope, length = np.ones(len(price), np.float32), 0.0
            for c in range(len(price)):
                for row in rows:
                    if benefit[row, c] > price[c]:
                        slope[c] -= 1
                if price[c] <= 0.0 and slope[c] > 0:
                    slope[c] = 0.0
                length += slope[c] * slope[c]
            if length == 0.0 or value - floor < 1e-6:
                break
            pull = pace * (value - floor) / length
            for c in range(len(price)):
                price[c] = max(price[c] - np.float32(pull * slope[c]), np.float32(0.0))


@njit(cache=True, nogil=True)
def _queue(ready_s: Any, draws: Any, in_time: Any, done: Any, grid_s: Any, units: Any) -> Any:
    """A queue of so many servers; a call that begins with a free draws how long it takes from `done[a]`, rounded down."""
    late, free_s = np.zeros(len(ready_s)), np.zeros(units)
    for i in range(len(ready_s)):
        free, first = 0, 0
        for k in range(units):
            free += free_s[k] <= ready_s[i]
            if free_s[k] < free_s[first]:
                first = k
        late[i] = 1.0 - in_time[free]
        begins = max(ready_s[i], free_s[first])
        g = np.searchsorted(done[free], draws[i])
        free_s[first] = begins + (grid_s[g - 1] if g > 0 else 0.0)
    return late
