"""Two plans on the same calls, held side by side as a whole, in each district and in each hour, with what the calls do and do not show."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEAST_S, LEAST_LATE = 15.0, 0.02
"""A district is said to be worse off where its mean grows by more than this, or its share of late arrivals does."""
SURE = 0.05
"""The chance, at most, that any district at all is called worse off though none is."""
LEAST_CALLS = 30
"""Of fewer calls nothing is called sure: a handful may agree by chance, and then seems to have no doubt at all."""
_NINETY = 0.9
_TENTH = 0.1


class Service(NamedTuple):
    """How a set of calls was answered; seconds from call to arrival, and the share that came after the limit."""

    mean_s: float
    p90_s: float
    late: float


class Interval(NamedTuple):
    """A difference, after less before, and between what it lies with a chance of 95 %."""

    value: float
    low: float
    high: float


class Change(NamedTuple):
    """One district, hour or all: `which` is its number (-1: all). `surely` and `perhaps` say whether it is worse off beyond the least that counts:
    so that all of the calls show it, or as they stand but within what chance alone does."""

    which: int
    calls: int
    before: Service
    after: Service
    mean_s: Interval
    late: Interval
    surely: bool
    perhaps: bool


class Compared(NamedTuple):
    """The whole, the districts and the hours that have calls, and the mean of the worst-served tenth of the calls, by district, before and after.

    The tenth is each plan's own: a plan that only moves the burden to others does not lower it.
    """

    whole: Change
    districts: tuple[Change, ...]
    hours: tuple[Change, ...]
    tenth_before_s: float
    tenth_after_s: float

    @property
    def left(self) -> tuple[Change, ...]:
        """The districts that are surely worse off, the worst first."""
        return tuple(sorted((one for one in self.districts if one.surely), key=lambda one: -one.mean_s.value))


def compare(before_s: npt.ArrayLike, after_s: npt.ArrayLike, *, district: npt.ArrayLike, hour: npt.ArrayLike, block: npt.ArrayLike,
            limit_s: npt.ArrayLike) -> Compared:
    """Hold two plans against one another on c calls, which both answered.

    `before_s`, `after_s` float[c], seconds from call to arrival; `district` int[c], 0 and up; `hour` int[c], 0 … 23; `limit_s` float or float[c]: later than
    this is late. `block` int[c] says which stretch of time or which replication a call is of: calls of one block lean on one another, blocks do not.
    Differences are ratios of sums over blocks, their doubt is that of the blocks' residuals (Cochran 1977, Sampling Techniques, section 6.3), and what is
    said of districts holds for all of them at once (Bonferroni). ValueError where the arrays do not belong together or there are fewer than two blocks.
    """
    was, is_now = np.asarray(before_s, np.float64), np.asarray(after_s, np.float64)
    where, when, of = (np.asarray(one, np.int64) for one in (district, hour, block))
    _check(was, is_now, where, when, of)
    limit = np.broadcast_to(np.asarray(limit_s, np.float64), was.shape)
    late = np.stack((was > limit, is_now > limit)).astype(np.float64)
    blocks, of = np.unique(of, return_inverse=True)
    at = _Held(was, is_now, late, of.ravel(), len(blocks))
    named, hours = np.unique(where), np.unique(when)
    districts = tuple(at.change(int(one), where == one, looks=len(named)) for one in named)
    calls = [one.calls for one in districts]
    return Compared(at.change(-1, np.ones(len(was), np.bool_)), districts, tuple(at.change(int(one), when == one, looks=len(hours)) for one in hours),
                    worst_served([one.before.mean_s for one in districts], calls), worst_served([one.after.mean_s for one in districts], calls))


def worst_served(mean_s: Sequence[float], calls: Sequence[float], share: float = _TENTH) -> float:
    """The mean over the worst-served `share` (0 … 1] of the calls, in seconds, districts taken whole from the worst on and the last in part."""
    order = np.argsort(-np.asarray(mean_s, np.float64), kind="stable")
    value, weight = np.asarray(mean_s, np.float64)[order], np.asarray(calls, np.float64)[order]
    wanted = share * float(weight.sum())
    before = np.concatenate(([0.0], np.cumsum(weight)[:-1]))
    taken = np.clip(wanted - before, 0.0, weight)
    return float((value * taken).sum() / taken.sum())


class _Held(NamedTuple):
    """The calls of both plans, and the block that each is of."""

    was: Floats
    is_now: Floats
    late: Floats
    of: Ints
    blocks: int

    def change(self, which: int, here: npt.NDArray[np.bool_], looks: int = 1) -> Change:
        """What became of some of the calls, where so many sets are looked at."""
        was, is_now, late = self.was[here], self.is_now[here], self.late[:, here]
        mean_s, rises = self._difference(is_now - was, here, looks)
        later, grows = self._difference(late[1] - late[0], here, looks)
        worse = mean_s.value > LEAST_S or later.value > LEAST_LATE
        surely = len(was) >= LEAST_CALLS and (rises > LEAST_S or grows > LEAST_LATE)
        return Change(which, len(was), _service(was, late[0]), _service(is_now, late[1]), mean_s, later, surely, worse and not surely)

    def _difference(self, each: Floats, here: npt.NDArray[np.bool_], looks: int) -> tuple[Interval, float]:
        """The mean of a difference with its interval, and what it is more than, surely, among so many looks."""
        of = self.of[here]
        total, count = np.bincount(of, each, self.blocks), np.bincount(of, minlength=self.blocks)
        mean = float(total.sum() / count.sum())
        spread = float(np.sqrt(((total - mean * count) ** 2).sum() * self.blocks / (self.blocks - 1)) / count.sum())
        half = spread * float(stdtrit(self.blocks - 1, 0.975))
        return Interval(mean, mean - half, mean + half), mean - spread * float(stdtrit(self.blocks - 1, 1 - SURE / (2 * looks)))


def _service(took_s: Floats, late: Floats) -> Service:
    return Service(float(took_s.mean()), float(np.quantile(took_s, _NINETY)), float(late.mean()))


def _check(was: Floats, is_now: Floats, where: Ints, when: Ints, of: Ints) -> None:
    if was.ndim != 1 or not len(was) or any(one.shape != was.shape for one in (is_now, where, when, of)):
        raise ValueError("every call has one time before, one after, one district, one hour and one block")
    if not (np.isfinite(was) & np.isfinite(is_now) & (was >= 0) & (is_now >= 0)).all():
        raise ValueError("each call was answered under both plans, in 0 seconds or more")
    if (where < 0).any() or (when < 0).any() or (when > 23).any():
        raise ValueError("districts are numbered from 0, hours from 0 to 23")
    if len(np.unique(of)) < 2:
        raise ValueError("one block alone says nothing of chance: give two or more")
