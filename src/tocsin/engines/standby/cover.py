"""How many free units can reach each part of a city in time, as they come and go, and what one more or one less at each station would be worth.

Places that the same stations reach in time are one part, so a city of thousands of places has a few hundred parts at most. Several limits of
time are further parts, so any loss that grows with the time until help is there, taken as steps, is one cover.
"""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tocsin.engines.standby.compiling import compiled, inlined, summing
from tocsin.engines.standby.world import Bytes, Doubles, Floats, Ints

_FAINT = 1e-9
"""What one more unit is worth below this share of the first is nothing."""


class Limit(NamedTuple):
    """A call is in time that is reached within so many seconds, it counts `share`, and `worth[j]` is what one more adds to j that are there."""

    within_s: float
    share: float
    worth: Doubles


class Cover(NamedTuple):
    """The parts, which stations reach which, and the running count."""

    reach: Doubles
    """float64[s, c]: 1 where station w reaches part c in time, else 0."""
    weight: Doubles
    by_hour: Doubles
    """float64[h, c]: `weight` in each hour, one row if it is the same in all."""
    layer: Ints
    """int32[c]: the row of `worth` that each part goes by; limits of the same worth are one layer, so that what the same stations reach of them is one part."""
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
    by_hour = np.atleast_2d(np.asarray(weight, np.float64))
    curves = {limit.worth.tobytes(): limit.worth for limit in limits}
    layer = [list(curves).index(limit.worth.tobytes()) for limit in limits]
    reach = np.concatenate([np.asarray(station_s) <= limit.within_s for limit in limits], axis=1)
    weighs = np.concatenate([limit.share * by_hour for limit in limits], axis=1)
    counts = (weighs > 0).any(axis=0) & reach.any(axis=0)
    signs = np.column_stack((np.repeat(layer, station_s.shape[1])[counts], np.packbits(reach[:, counts].T, axis=1)))
    _, first, part = np.unique(signs, axis=0, return_index=True, return_inverse=True)
    parts = len(first)
    total = np.array([np.bincount(part.ravel(), weights=hour[counts], minlength=parts) for hour in weighs])
    longest = max(len(limit.worth) for limit in limits)
    worth = np.array([np.concatenate((np.full(step, one[0]), one, np.full(longest - len(one) + step, one[-1]))) for one in curves.values()])
    return Cover(np.ascontiguousarray(reach[:, counts][:, first], np.float64), total[0].copy(), total, signs[first, 0].astype(np.int32), worth, step,
                 np.zeros(parts, np.int32), np.zeros(parts), np.zeros(parts), np.ones(1, np.uint8))


def empty(cover: Cover) -> Cover:
    """The same parts with nobody free, to be counted up by somebody else."""
    return cover._replace(weight=cover.by_hour[0].copy(), worth=cover.worth.copy(), there=np.zeros_like(cover.there), more=np.zeros_like(cover.more),
                          less=np.zeros_like(cover.less), stale=np.ones(1, np.uint8))


@inlined
def come(cover: Any, station: Any, amount: Any) -> None:
    """So much more is free and waits at a station, or drives there; less, where the amount is below 0."""
    cover.stale[0] = 1
    reach, there, count = cover.reach[station], cover.there, np.int32(amount)
    for part in range(len(there)):
        there[part] += count * np.int32(reach[part])


@compiled
def _weigh(there: Any, layer: Any, worth: Any, step: Any, weight: Any, more: Any, less: Any) -> None:
    """What one more and one less are worth to each part. Numbers without a sign are never counted from the end, so that many are looked up at once."""
    last, back = np.int32(worth.shape[1] - 1 - step), np.uint32(step)
    for part in range(len(there)):
        row, at = np.uint32(layer[part]), np.uint32(min(there[part], last))
        more[part] = weight[part] * worth[row, at + back]
        less[part] = weight[part] * worth[row, at]


@summing
def sums(reach: Any, counts: Any, out: Any) -> None:
    """float64[s]: of what counts in each part, what each station reaches."""
    for w in range(len(out)):
        total, here = 0.0, reach[w]
        for part in range(len(counts)):
            total += here[part] * counts[part]
        out[w] = total


@inlined
def settle(cover: Any) -> None:
    """Weigh what one more and one less are worth to each part now, unless nothing has changed. Needed before `more` or `less` is read."""
    if cover.stale[0]:
        cover.stale[0] = 0
        _weigh(cover.there, cover.layer, cover.worth, cover.step, cover.weight, cover.more, cover.less)


@summing
def loss(reach: Any, less: Any) -> Any:
    """What one less costs at a station, whose row this is, where one is."""
    total = 0.0
    for part in range(len(less)):
        total += reach[part] * less[part]
    return total


@compiled
def swaps(reach: Any, here: Any, more: Any, less: Any, stays: Any, counts: Any, out: Any) -> None:
    """float64[s]: what one more at each station gains, less `stays` of what one less here loses. In parts that both reach nothing changes, so there a station
    counts what is not lost: one sum for both, and the only one that is made of every station."""
    mine = reach[here]
    for part in range(len(counts)):
        counts[part] = stays * less[part] if mine[part] > 0.0 else more[part]
    sums(reach, counts, out)
    costs = stays * loss(mine, less)
    for w in range(len(out)):
        out[w] -= costs


@summing
def swap(goal: Any, here: Any, more: Any, less: Any) -> Any:
    """The same of one goal, by the rows of both stations: what is gained, and what is lost."""
    gained, lost = 0.0, 0.0
    for part in range(len(more)):
        gained += goal[part] * (1.0 - here[part]) * more[part]
        lost += here[part] * (1.0 - goal[part]) * less[part]
    return gained, lost
