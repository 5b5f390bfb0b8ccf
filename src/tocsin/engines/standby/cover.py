"""How many free units can reach each part of a city in time, as they come and go, and what one more or one less at each station would be worth.

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

from tocsin.engines.standby.world import Bytes, Doubles, Floats, Ints

_FAINT = 1e-9
"""What one more unit is worth below this share of the first is nothing."""


class Limit(NamedTuple):
    """One layer: a call is in time that is reached within so many seconds, it counts `share`, and `worth[j]` is what one more adds to j that are there."""

    within_s: float
    share: float
    worth: Doubles


class Cover(NamedTuple):
    """The parts, which stations reach which, and the running count."""

    reach: Doubles
    """float64[s, c]: 1 where station w reaches part c in time, else 0."""
    by_part: Doubles
    """float64[c, s]: the same, a part's stations in a row."""
    part_of: Ints
    """int32[…]: the parts that station w reaches, from `part_from[w]` to `part_from[w + 1]`."""
    part_from: Ints
    weight: Doubles
    by_hour: Doubles
    """float64[h, c]: `weight` in each hour, one row if it is the same in all."""
    layer: Ints
    worth: Doubles
    """float64[layers, step + … + step]: what one more is worth to a part of a layer, by what is counted there; the last stands for all beyond. The first stands
    `step` times more before it and the last after it, so that what one less costs is found that far back."""
    step: int
    """What one unit counts; more than 1, where a part of a unit can count too."""
    there: Ints
    """int32[c]: what is counted of the units that reach it, or are on their way to a station that does."""
    more: Doubles
    """float64[c]: what one more would be worth to each part, when `settle` last looked."""
    less: Doubles
    """float64[c]: what one less would cost it, where one is."""
    gain: Doubles
    """float64[s]: what one more unit at each station would be worth."""
    loss: Doubles
    """float64[s]: what one less there would cost, where one is."""
    stale: Bytes
    """uint8[1]: 1 where something was counted since `settle` last looked."""


def served(busy: float, units: npt.ArrayLike) -> Doubles:
    """The chance that not all of so many units are busy, each being so that share of the time, whatever the others are: 1 - q^j (Daskin 1983, eq. 1)."""
    return np.asarray(1.0 - np.power(float(busy), np.asarray(units, np.float64)))


def expected(busy: float, step: int = 1) -> Doubles:
    """What one more unit is worth to j that are there, in parts of a unit: what `served` grows by."""
    until = 1 if busy <= 0 else int(np.ceil(np.log(_FAINT) / np.log(busy)))
    there = np.arange(step * until + 1) / step
    worth = served(busy, there + 1) - served(busy, there) if busy > 0 else np.maximum(1 - there, 0.0)
    worth[-1] = 0.0
    return np.asarray(worth, np.float64)


def expected_share(times_s: npt.ArrayLike, weight: npt.ArrayLike, *, within_s: float, busy: float) -> float:
    """The share of the demand expected to be reached within so many seconds, 0 … 1.

    `times_s` float[k, c] is from each of k units that are free now to each of c cells, inf where there is no way; `weight` float[c], at least one of
    them above 0. Units that are free now are counted as in Jagtenberg, Bhulai and van der Mei 2015, section 3.
    """
    share = np.asarray(weight, np.float64)
    total = float(share.sum())
    assert total > 0, "no cell counts"
    return float((share * served(busy, (np.asarray(times_s) <= within_s).sum(axis=0))).sum()) / total


def cover_of(station_s: Floats, weight: npt.ArrayLike, limits: Sequence[Limit], step: int = 1) -> Cover:
    """The cover of a city with nobody free. `station_s` float32[s, n] is from each station to each junction; `weight` float[n], what each counts,
    or float[h, n] by the hour."""
    weighs = np.atleast_2d(np.asarray(weight, np.float64))
    stations = station_s.shape[0]
    sets, total, layer = list[npt.NDArray[np.bool_]](), list[npt.NDArray[np.float64]](), list[int]()
    for number, limit in enumerate(limits):
        reach = np.asarray(station_s) <= limit.within_s
        counts = (weighs > 0).any(axis=0) & reach.any(axis=0)
        _, first, part = np.unique(np.packbits(reach[:, counts].T, axis=1), axis=0, return_index=True, return_inverse=True)
        own = reach[:, counts].T[first]
        sets += list(own)
        sums = np.array([np.bincount(part.ravel(), weights=hour[counts], minlength=len(own)) for hour in weighs])
        total += list((limit.share * sums).T)
        layer += [number] * len(own)
    longest = max(len(limit.worth) for limit in limits)
    worth = np.array([np.concatenate((np.full(step, limit.worth[0]), limit.worth, np.full(longest - len(limit.worth) + step, limit.worth[-1]))) for limit in limits])
    by_hour = np.ascontiguousarray(np.array(total).reshape(len(sets), len(weighs)).T)
    reaches = np.ascontiguousarray(np.array(sets, np.float64).reshape(len(sets), stations).T)
    listed = [np.flatnonzero(row) for row in reaches]
    return Cover(reaches, np.ascontiguousarray(reaches.T), np.concatenate([*listed, np.empty(0)]).astype(np.int32),
                 np.concatenate(([0], np.cumsum([len(row) for row in listed]))).astype(np.int32), by_hour[0].copy(), by_hour, np.array(layer, np.int32), worth, step, np.zeros(len(sets), np.int32), np.zeros(len(sets)), np.zeros(len(sets)),
                 np.zeros(stations), np.zeros(stations), np.ones(1, np.uint8))


def empty(cover: Cover) -> Cover:
    """The same parts with nobody free, to be counted up by somebody else."""
    return cover._replace(weight=cover.by_hour[0].copy(), worth=cover.worth.copy(), there=np.zeros_like(cover.there), more=np.zeros_like(cover.more),
                          less=np.zeros_like(cover.less), gain=np.zeros_like(cover.gain), loss=np.zeros_like(cover.loss), stale=np.ones(1, np.uint8))


@njit(cache=True, nogil=True, inline="always")
def come(cover: Any, station: Any, amount: Any) -> None:
    """So much more is free and waits at a station, or drives there; less, where the amount is below 0."""
    cover.stale[0] = 1
    reach, there, count = cover.reach[station], cover.there, np.int32(amount)
    for part in range(len(there)):
        there[part] += count * np.int32(reach[part])


@njit(cache=True, nogil=True)
def _weigh(there: Any, layer: Any, worth: Any, step: Any, weight: Any, more: Any, less: Any) -> None:
    """What one more and one less are worth to each part; plain arrays, as in `shared`."""
    wide, flat = np.int32(worth.shape[1]), worth.ravel()
    last, back = np.int32(wide - 1 - step), np.int32(step)
    for part in range(len(there)):
        at = layer[part] * wide + min(there[part], last) + back
        more[part] = weight[part] * flat[at]
        less[part] = weight[part] * flat[at - back]


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def _sums(reach: Any, more: Any, less: Any, gain: Any, loss: Any) -> None:
    for w in range(len(gain)):
        one_more, one_less, here = 0.0, 0.0, reach[w]
        for part in range(len(more)):
            one_more += here[part] * more[part]
            one_less += here[part] * less[part]
        gain[w], loss[w] = one_more, one_less


@njit(cache=True, nogil=True, inline="always")
def settle(cover: Any) -> None:
    """Sum what one more and one less at each station are worth now, unless nothing has changed. Needed before `gain`, `loss` or `shared` is read."""
    if cover.stale[0]:
        cover.stale[0] = 0
        _weigh(cover.there, cover.layer, cover.worth, cover.step, cover.weight, cover.more, cover.less)
        _sums(cover.reach, cover.more, cover.less, cover.gain, cover.loss)


@njit(cache=True, nogil=True, fastmath={"contract"})
def shared(by_part: Any, parts: Any, more: Any, less: Any, one_more: Any, one_less: Any) -> None:
    """Of the gain at each station and of the loss at one whose `parts` these are, what lies in parts that both reach: a unit that moves between them
    changes nothing there. Plain arrays, since a kernel that hands whole tuples about spends its time on that."""
    one_more[:] = 0.0
    one_less[:] = 0.0
    for part in parts:
        row, gains, costs = by_part[part], more[part], less[part]
        for w in range(len(one_more)):
            one_more[w] += gains * row[w]
            one_less[w] += costs * row[w]
