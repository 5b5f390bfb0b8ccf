"""Covering, once or many times: the value of units by how often each place is in reach, improved by exchanging one for another."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from tocsin.engines.siting.filling import Limits
from tocsin.engines.siting.problem import Floats, Ints

Sites = npt.NDArray[np.int64]


class Reach(NamedTuple):
    """Who covers what, by site: the places of site i are `place[at[i]:at[i + 1]]`."""

    at: npt.NDArray[np.int64]
    place: Ints


class Worth(NamedTuple):
    """What the k-th cover of place j is worth: weight[j] · level[k], and extra[j] more for the first; level[0] is unused."""

    weight: Floats
    extra: Floats
    level: Floats


@njit(cache=True, nogil=True)
def _kth(worth: Worth, j: int, k: int) -> float:
    """The worth of a place's k-th cover; beyond the last level nothing."""
    if k >= len(worth.level):
        return 0.0
    return worth.weight[j] * worth.level[k] + (worth.extra[j] if k == 1 else 0.0)


@njit(cache=True, nogil=True)
def covers(reach: Reach, units: Floats, places: int) -> Floats:
    """How many units cover each place: float64[m]; units may be fractions."""
    out = np.zeros(places)
    for i in range(len(units)):
        if units[i] > 0:
            for at in range(reach.at[i], reach.at[i + 1]):
                out[reach.place[at]] += units[i]
    return out


@njit(cache=True, nogil=True)
def total(worth: Worth, count: Floats) -> float:
    """The value of places covered so many times."""
    out = 0.0
    for j in range(len(count)):
        for k in range(1, min(int(count[j]), len(worth.level) - 1) + 1):
            out += _kth(worth, j, k)
    return out


@njit(cache=True, nogil=True)
def gains(reach: Reach, worth: Worth, units: Floats) -> Floats:
    """What one unit more at each site would add: float64[n]."""
    count, out = covers(reach, units, len(worth.weight)), np.zeros(len(units))
    for i in range(len(units)):
        for at in range(reach.at[i], reach.at[i + 1]):
            j = reach.place[at]
            out[i] += _kth(worth, j, int(count[j]) + 1)
    return out


@njit(cache=True, nogil=True)
def _loss(reach: Reach, worth: Worth, count: Floats, i: int) -> float:
    out = 0.0
    for at in range(reach.at[i], reach.at[i + 1]):
        j = reach.place[at]
        out += _kth(worth, j, int(count[j]))
    return out


@njit(cache=True, nogil=True)
def exchange(reach: Reach, worth: Worth, limits: Limits, units: Floats, most_swaps: int) -> int:
    """Vertex substitution (Teitz, Bart 1968): put a unit here and take one from there while that gains; gives how often.

    What a pair gains is the gain of the one, less the loss of the other, and what both would count twice, which is gathered over
    the places of the one alone, as Resende and Werneck 2007 do for the p-median.
    """
    sites, places = len(units), len(worth.weight)
    count = covers(reach, units, places)
    number, spent = units.sum(), (units * limits.cost).sum()
    room = int(number) + int(min(limits.number - number, float(sites))) + 1
    by, listed = np.empty((places, min(room, sites)), np.int32), np.zeros(places, np.int32)
    for i in range(sites):
        if units[i] > 0:
            _enlist(reach, by, listed, i)
    held, loss, change = np.flatnonzero(units > 0), np.zeros(sites), np.zeros(sites)
    for r in held:
        loss[r] = _loss(reach, worth, count, int(r))
    swaps, idle, i = 0, 0, 0
    while idle < sites and swaps < most_swaps:
        idle += 1
        if units[i] + 1 <= limits.most[i]:
            for r in held:
                change[r] = 0.0
            gain = _weigh(reach, worth, count, by, listed, i, change)
            out = departure(limits, units, held, i, gain, loss, change, number, spent)
            if out > -2:
                _move(reach, by, listed, units, count, i, 1.0)
                if out >= 0:
                    _move(reach, by, listed, units, count, out, -1.0)
                number, spent = units.sum(), (units * limits.cost).sum()
                held = np.flatnonzero(units > 0)
                for r in held:
                    loss[r] = _loss(reach, worth, count, int(r))
                swaps += 1
                idle = 0
        i = (i + 1) % sites
    return swaps


@njit(cache=True, nogil=True)
def departure(limits: Limits, units: Floats, held: Sites, i: int, gain: float, loss: Floats, change: Floats, number: float, spent: float) -> int:
    """The site of those `held` to take a unit from when one comes to i: -1 nobody need go, -2 it would not pay.

    What a site would lose is `loss`, and by `change` more beside the unit at i.
    """
    best, out = 1e-9 * (1.0 + gain), -2
    if gain > best and number + 1 <= limits.number and spent + limits.cost[i] <= limits.budget:
        best, out = gain, -1
    for r in held:
        more = gain - loss[r] - change[r]
        if more > best and units[r] > limits.least[r] and r != i and spent + limits.cost[i] - limits.cost[r] <= limits.budget:
            best, out = more, int(r)
    return out


@njit(cache=True, nogil=True)
def _weigh(reach: Reach, worth: Worth, count: Floats, by: Ints, listed: Ints, i: int, change: Floats) -> float:
    """What a unit more at site i gains, and in `change` by how much it alters the loss of each other site."""
    gain = 0.0
    for at in range(reach.at[i], reach.at[i + 1]):
        j = reach.place[at]
        more = _kth(worth, j, int(count[j]) + 1)
        gain += more
        if count[j] > 0:
            spared = _kth(worth, j, int(count[j])) - more
            if spared > 0:
                for slot in range(listed[j]):
                    change[by[j, slot]] -= spared
    return gain


@njit(cache=True, nogil=True)
def _move(reach: Reach, by: Ints, listed: Ints, units: Floats, count: Floats, i: int, step: float) -> None:
    """One unit more or fewer at site i."""
    units[i] += step
    for at in range(reach.at[i], reach.at[i + 1]):
        count[reach.place[at]] += step
    if step > 0 and units[i] == 1:
        _enlist(reach, by, listed, i)
    elif units[i] == 0:
        _delist(reach, by, listed, i)


@njit(cache=True, nogil=True)
def _enlist(reach: Reach, by: Ints, listed: Ints, i: int) -> None:
    for at in range(reach.at[i], reach.at[i + 1]):
        j = reach.place[at]
        by[j, listed[j]] = i
        listed[j] += 1


@njit(cache=True, nogil=True)
def _delist(reach: Reach, by: Ints, listed: Ints, i: int) -> None:
    for at in range(reach.at[i], reach.at[i + 1]):
        j = reach.place[at]
        for slot in range(listed[j]):
            if by[j, slot] == i:
                listed[j] -= 1
                by[j, slot] = by[j, listed[j]]
                break


@njit(cache=True, nogil=True)
def priced(reach: Reach, worth: Worth, price: Floats, score: Floats, taken: Floats) -> float:
    """At a price for each place's cover: what a unit at each site earns, how many covers each place buys, and what that leaves it."""
    for i in range(len(score)):
        earned = 0.0
        for at in range(reach.at[i], reach.at[i + 1]):
            earned += price[reach.place[at]]
        score[i] = earned
    rest = 0.0
    for j in range(len(price)):
        taken[j] = 0.0
        for k in range(1, len(worth.level)):
            spare = _kth(worth, j, k) - price[j]
            if spare <= 0:
                break
            taken[j] += 1
            rest += spare
    return rest
