"""Nearest first: the value of units by how near the first, second … free one is to each place, improved by exchanging."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from typing import NamedTuple

import numpy as np
from numba import njit

from tocsin.engines.siting.covering import departure
from tocsin.engines.siting.filling import Limits
from tocsin.engines.siting.problem import Floats, Ints


class Ranks(NamedTuple):
    """For each place the best units that are held, best first, one more than there are levels: their sites (-1 none) and benefits."""

    site: Ints
    benefit: Floats


@njit(cache=True, nogil=True)
def ranked(benefit: Floats, units: Floats, levels: int) -> Ranks:
    """Rank all units for each place; benefit is float64[n, m], none below 0."""
    places = benefit.shape[1]
    ranks = Ranks(np.full((places, levels + 1), -1, np.int32), np.zeros((places, levels + 1)))
    for i in range(len(units)):
        for _ in range(int(units[i])):
            for j in range(places):
                _insert(ranks, j, i, benefit[i, j])
    return ranks


@njit(cache=True, nogil=True)
def _insert(ranks: Ranks, j: int, i: int, worth: float) -> None:
    last = ranks.site.shape[1] - 1
    if ranks.site[j, last] >= 0 and worth <= ranks.benefit[j, last]:
        return
    slot = last
    while slot > 0 and (ranks.site[j, slot - 1] < 0 or worth > ranks.benefit[j, slot - 1]):
        ranks.site[j, slot], ranks.benefit[j, slot] = ranks.site[j, slot - 1], ranks.benefit[j, slot - 1]
        slot -= 1
    ranks.site[j, slot], ranks.benefit[j, slot] = i, worth


@njit(cache=True, nogil=True)
def total(ranks: Ranks, level: Floats) -> float:
    """The value of such ranks; level[k] is the weight of the (k + 1)-th best."""
    out = 0.0
    for j in range(len(ranks.site)):
        for k in range(len(level)):
            out += level[k] * ranks.benefit[j, k]
    return out


@njit(cache=True, nogil=True)
def _lose(site: Ints, benefit: Floats, level: Floats, sign: float, loss: Floats) -> None:
    """Add to `loss`, or with sign -1 take off, what this place would lose with one unit of each of its ranked sites."""
    fall = 0.0
    for k in range(len(level) - 1, -1, -1):
        fall += level[k] * (benefit[k] - benefit[k + 1])
        if site[k] < 0:
            continue
        first = True                # one site may be there twice, and loses one unit only
        for above in range(k):
            first = first and site[above] != site[k]
        if first:
            loss[site[k]] += sign * fall


@njit(cache=True, nogil=True)
def _gain(held: Floats, level: Floats, worth: float) -> float:
    """What a unit of this benefit adds to a place that has these already."""
    if worth <= held[len(level) - 1]:
        return 0.0
    gain, here = 0.0, worth
    for k in range(len(level)):
        if here > held[k]:
            gain += level[k] * (here - held[k])
            here = held[k]
    return gain


@njit(cache=True, nogil=True)
def gains(benefit: Floats, level: Floats, units: Floats) -> Floats:
    """What one unit more at each site would add: float64[n]."""
    ranks, out = ranked(benefit, units, len(level)), np.zeros(len(units))
    for i in range(len(units)):
        for j in range(benefit.shape[1]):
            out[i] += _gain(ranks.benefit[j], level, benefit[i, j])
    return out


@njit(cache=True, nogil=True)
def _weigh(benefit: Floats, level: Floats, ranks: Ranks, i: int, change: Floats) -> float:
    """What a unit at site i gains, and in `change` by how much more or less each other site's loss would be beside it."""
    levels = len(level)
    gain = 0.0
    site, worth = np.empty(levels + 1, np.int32), np.empty(levels + 1)
    for j in range(benefit.shape[1]):
        new = benefit[i, j]
        if new <= ranks.benefit[j, levels]:
            continue
        gain += _gain(ranks.benefit[j], level, new)
        slot = levels
        while slot > 0 and new > ranks.benefit[j, slot - 1]:
            slot -= 1
        for k in range(levels + 1):
            if k == slot:
                site[k], worth[k] = i, new
            else:
                site[k], worth[k] = ranks.site[j, k - (k > slot)], ranks.benefit[j, k - (k > slot)]
        _lose(ranks.site[j], ranks.benefit[j], level, -1.0, change)
        _lose(site, worth, level, 1.0, change)
    return gain


@njit(cache=True, nogil=True)
def exchange(benefit: Floats, level: Floats, limits: Limits, units: Floats, most_swaps: int) -> int:
    """Vertex substitution (Teitz, Bart 1968) as Whitaker 1983 made it fast: all departures for one arrival in one pass; gives the swaps.

    With one level this is the p-median; with more, places fall back on their second unit and so on, and so does the pass.
    """
    sites = len(units)
    ranks = ranked(benefit, units, len(level))
    number, spent = units.sum(), (units * limits.cost).sum()
    held, loss, change = np.flatnonzero(units > 0), np.zeros(sites), np.zeros(sites)
    for j in range(benefit.shape[1]):
        _lose(ranks.site[j], ranks.benefit[j], level, 1.0, loss)
    swaps, idle, i = 0, 0, 0
    while idle < sites and swaps < most_swaps:
        idle += 1
        if units[i] + 1 <= limits.most[i]:
            change[:] = 0.0
            gain = _weigh(benefit, level, ranks, i, change)
            out = departure(limits, units, held, i, gain, loss, change, number, spent)
            if out > -2:
                units[i] += 1
                if out >= 0:
                    units[out] -= 1
                number, spent = units.sum(), (units * limits.cost).sum()
                held = np.flatnonzero(units > 0)
                _replace(benefit, ranks, units, i, out)
                loss[:] = 0.0
                for j in range(benefit.shape[1]):
                    _lose(ranks.site[j], ranks.benefit[j], level, 1.0, loss)
                swaps += 1
                idle = 0
        i = (i + 1) % sites
    return swaps


@njit(cache=True, nogil=True)
def _replace(benefit: Floats, ranks: Ranks, units: Floats, i: int, out: int) -> None:
    """Bring the ranks up to date after a unit came to i and one left `out`; only places that had it ranked are ranked anew."""
    for j in range(benefit.shape[1]):
        had = False
        for k in range(ranks.site.shape[1]):
            had = had or (out >= 0 and ranks.site[j, k] == out)
        if not had:
            _insert(ranks, j, i, benefit[i, j])
            continue
        ranks.site[j] = -1
        ranks.benefit[j] = 0.0
        for r in range(len(units)):
            for _ in range(int(units[r])):
                _insert(ranks, j, r, benefit[r, j])


@njit(cache=True, nogil=True)
def priced(benefit: Floats, bonus: Floats, level: Floats, price: Floats, score: Floats) -> None:
    """What a unit at each site earns at these prices, float64[m, levels], of a place's k-th answer; bonus is float64[n or 0, m]."""
    for i in range(len(score)):
        earned = 0.0
        for j in range(benefit.shape[1]):
            best = level[0] * benefit[i, j] - price[j, 0]
            if len(bonus):
                best += bonus[i, j]
            for k in range(1, len(level)):
                best = max(best, level[k] * benefit[i, j] - price[j, k])
            earned += max(best, 0.0)
        score[i] = earned


@njit(cache=True, nogil=True)
def answered(benefit: Floats, bonus: Floats, level: Floats, price: Floats, units: Floats, out: Floats) -> None:
    """How many of these units would answer each place as its k-th at these prices: float64[m, levels], into `out`."""
    out[:] = 0.0
    for i in range(len(units)):
        if units[i] <= 0:
            continue
        for j in range(benefit.shape[1]):
            best, rank = 0.0, -1
            for k in range(len(level)):
                earned = level[k] * benefit[i, j] - price[j, k]
                if k == 0 and len(bonus):
                    earned += bonus[i, j]
                if earned > best:
                    best, rank = earned, k
            if rank >= 0:
                out[j, rank] += units[i]
