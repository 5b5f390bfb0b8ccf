"""How many free units can reach each part of a city in time, kept up as they come and go, and what one more or one less at each station would be worth.

Places that the same stations reach in time are one part, so a city of thousands of places has a few hundred parts at most. Several limits of
time are several layers of parts, so any loss that grows with the time until help is there, taken as steps, is one cover.
"""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from tocsin.engines.standby.world import Doubles, Floats, Ints

_FAINT = 1e-4
"""What one more unit is worth below this share of the first is nothing."""


class Limit(NamedTuple):
    """One layer: a call is in time that is reached within so many seconds, it counts `share`, and `worth[j]` is what one more adds to j that are there."""

    within_s: float
    share: float
    worth: Doubles


class Cover(NamedTuple):
    """The parts, which stations reach which, and the running count."""

    part_of: Ints
    """int32[…]: the parts that station w reaches, from `part_from[w]` to `part_from[w + 1]`."""
    part_from: Ints
    station_of: Ints
    """int32[…]: the stations that reach part c, from `station_from[c]` to `station_from[c + 1]`."""
    station_from: Ints
    both_of: Ints
    """int32[…]: the parts that stations v and w both reach, from `both_from[v * s + w]` on."""
    both_from: Ints
    weight: Doubles
    by_hour: Doubles
    """float64[h, c]: `weight` in each hour, one row if it is the same in all."""
    layer: Ints
    worth: Doubles
    """float64[layers, …]: what one more is worth to a part of a layer, by what is counted there; the last stands for all beyond."""
    step: int
    """What one unit counts; more than 1, where a part of a unit can count too."""
    there: Ints
    """int32[c]: what is counted of the units that reach it, or are on their way to a station that does."""
    more: Doubles
    """float64[c]: what one more would be worth to each part now."""
    less: Doubles
    """float64[c]: what one less would cost it, where one is."""
    gain: Doubles
    """float64[s]: what one more unit at each station would be worth now."""
    loss: Doubles
    """float64[s]: what one less there would cost, where one is."""


def expected(busy: float, step: int = 1) -> Doubles:
    """What one more unit is worth where each is busy that share of the time: (1 - q) q^j for the j-th (Daskin 1983), in parts of a unit."""
    until = 1 if busy <= 0 else int(np.ceil(np.log(_FAINT) / np.log(busy)))
    worth = (1 - busy) * busy ** (np.arange(step * until + 1) / step) if busy > 0 else np.maximum(1 - np.arange(step + 1) / step, 0.0)
    worth[-1] = 0.0
    return np.asarray(worth, np.float64)


def cover_of(station_s: Floats, weight: npt.ArrayLike, limits: Sequence[Limit], step: int = 1) -> Cover:
    """The cover of a city with nobody free. `station_s` float32[s, n] is from each station to each junction; `weight` float[n], what each counts,
    or float[h, n] by the hour."""
    weighs = np.atleast_2d(np.asarray(weight, np.float64))
    stations = station_s.shape[0]
    sets, total, layer = list[npt.NDArray[np.bool_]](), list[npt.NDArray[np.float64]](), list[int]()
    for number, limit in enumerate(limits):
        reach = np.asarray(station_s) <= limit.within_s
        counts = (weighs > 0).any(axis=0) & reach.any(axis=0)
        own, part = np.unique(reach[:, counts].T, axis=0, return_inverse=True)
        sets += list(own)
        sums = np.array([np.bincount(part.ravel(), weights=hour[counts], minlength=len(own)) for hour in weighs])
        total += list((limit.share * sums).T)
        layer += [number] * len(own)
    of_part = [np.flatnonzero(row) for row in sets]
    of_station = [np.array([c for c, row in enumerate(sets) if row[w]], np.intp) for w in range(stations)]
    of_both = [np.intersect1d(one, other, assume_unique=True) for one in of_station for other in of_station]
    longest = max(len(limit.worth) for limit in limits)
    worth = np.array([np.concatenate((limit.worth, np.full(longest - len(limit.worth), limit.worth[-1]))) for limit in limits])
    by_hour = np.ascontiguousarray(np.array(total).reshape(len(sets), len(weighs)).T)
    made = Cover(*_listed(of_station), *_listed(of_part), *_listed(of_both), by_hour[0].copy(), by_hour, np.array(layer, np.int32), worth, step,
                 np.zeros(len(sets), np.int32), np.zeros(len(sets)), np.zeros(len(sets)), np.zeros(stations), np.zeros(stations))
    weigh_anew(made)
    return made


def _listed(rows: list[npt.NDArray[np.intp]]) -> tuple[Ints, Ints]:
    lengths = [len(row) for row in rows]
    whole = np.concatenate(rows) if rows else np.empty(0)
    return whole.astype(np.int32), np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)


def empty(cover: Cover) -> Cover:
    """The same parts with nobody free, to be counted up by somebody else."""
    fresh = cover._replace(weight=cover.by_hour[0].copy(), worth=cover.worth.copy(), there=np.zeros_like(cover.there), more=np.zeros_like(cover.more),
                           less=np.zeros_like(cover.less), gain=np.zeros_like(cover.gain), loss=np.zeros_like(cover.loss))
    weigh_anew(fresh)
    return fresh


@njit(cache=True, nogil=True)
def _weigh(cover: Any, part: Any) -> None:
    """What one more and one less are worth to a part."""
    most, k, layer = cover.worth.shape[1] - 1, cover.there[part], cover.layer[part]
    cover.more[part] = cover.weight[part] * cover.worth[layer, min(k, most)]
    cover.less[part] = cover.weight[part] * cover.worth[layer, min(max(k - cover.step, 0), most)]


@njit(cache=True, nogil=True)
def weigh_anew(cover: Any) -> None:
    """Sum what one more and one less are worth, after a weight or a worth has changed."""
    cover.gain[:] = 0.0
    cover.loss[:] = 0.0
    for part in range(len(cover.there)):
        _weigh(cover, part)
        for j in range(cover.station_from[part], cover.station_from[part + 1]):
            cover.gain[cover.station_of[j]] += cover.more[part]
            cover.loss[cover.station_of[j]] += cover.less[part]


@njit(cache=True, nogil=True)
def come(cover: Any, station: Any, amount: Any) -> None:
    """So much more is free and waits at a station, or drives there; less, where the amount is below 0."""
    for i in range(cover.part_from[station], cover.part_from[station + 1]):
        part = cover.part_of[i]
        cover.there[part] += amount
        more, less = cover.more[part], cover.less[part]
        _weigh(cover, part)
        more, less = cover.more[part] - more, cover.less[part] - less
        if more != 0.0 or less != 0.0:  # parts that many reach are left alone
            for j in range(cover.station_from[part], cover.station_from[part + 1]):
                cover.gain[cover.station_of[j]] += more
                cover.loss[cover.station_of[j]] += less


@njit(cache=True, nogil=True)
def shared(cover: Any, here: Any, w: Any) -> Any:
    """Of the gain at w and of the loss at `here`, what lies in parts that both reach: a unit that moves between them changes nothing there."""
    more, less, pair = 0.0, 0.0, here * len(cover.gain) + w
    for i in range(cover.both_from[pair], cover.both_from[pair + 1]):
        more += cover.more[cover.both_of[i]]
        less += cover.less[cover.both_of[i]]
    return more, less
