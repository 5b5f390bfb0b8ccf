"""The forecast tried on weeks that it has not seen, one origin after another, beside the mean of the same hour in the last weeks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tocsin.engines.demand.calls import Flags, Floats, Ints
from tocsin.engines.demand.counted import Counted
from tocsin.engines.demand.levels import LEVELS, Level, Tables, by_day, lookup, means
from tocsin.engines.demand.model import fit
from tocsin.engines.demand.spread import (
    NOMINAL,
    covered,
    curve,
    deviance,
    ends,
    excess_of,
    floor,
    quantile,
    recalibrated,
    strayed,
)
from tocsin.kernel import Refused

PEERS = (1, 4, 8)
"""The forecast is held against the same hour of the last week, and its means over the last four and eight weeks."""
_FLOORS = np.array([0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25])
"""What a mean of the last weeks counts as where it is 0, since nothing may then ever happen: the peer gets the one that suits it best."""
_LEARN_WEEKS, _SETTLE, _REMEMBER, _MOST_KEPT = 8, 6, 12, 20_000
LEAST_DAYS = 7 * (_LEARN_WEEKS + _SETTLE + 1)
"""So long must a record be for a back-test of one week ahead."""


@dataclass
class Score:
    """Sums over n counts of weeks that were not seen, at one level; `scores` gives them by the count.

    Deviance is that of the mean, absolute error that of the median, which are what each of them rewards (Gneiting 2011, 'Making and
    evaluating point forecasts', J Am Stat Assoc 106, 746-762). The means of the last weeks are their own medians. `floor` and
    `absolute_floor` would be left if calls were Poisson around our means.
    """

    n: int = 0
    calls: float = 0.0
    deviance: float = 0.0
    absolute: float = 0.0
    floor: float = 0.0
    absolute_floor: float = 0.0
    peer_deviance: Floats = field(default_factory=lambda: np.zeros((len(PEERS), len(_FLOORS))))
    peer_absolute: Floats = field(default_factory=lambda: np.zeros(len(PEERS)))
    within: Floats = field(default_factory=lambda: np.zeros(4))
    """Covered by the 80 and the 95 per cent interval; by the whole numbers that are printed for each of them."""
    weekly: list[tuple[int, float, float]] = field(default_factory=list)
    """Of each origin: counts, covered by 80 and by 95, so that it is seen how much weeks differ."""

    def told(self) -> dict[str, float | int]:
        """By the count: error, floor, peers and cover, as they are printed."""
        n = max(self.n, 1)
        out: dict[str, float | int] = {
            "counts": self.n, "mean": self.calls / n, "deviance": self.deviance / n, "deviance_floor": self.floor / n,
            "absolute": self.absolute / n, "absolute_floor": self.absolute_floor / n,
            **{name: float(held) / n for name, held in zip(("cover_80", "cover_95", "whole_80", "whole_95"), self.within, strict=True)}}
        for place, weeks in enumerate(PEERS):
            out[f"deviance_last_{weeks}"] = float(self.peer_deviance[place].min()) / n
            out[f"absolute_last_{weeks}"] = float(self.peer_absolute[place]) / n
        if len(self.weekly) > 1:
            sizes, low, high = (np.array(column, np.float64) for column in zip(*self.weekly, strict=True))
            for name, sums in (("cover_80_se", low), ("cover_95_se", high)):
                off = sums - sizes * (sums.sum() / sizes.sum())
                out[name] = float(np.sqrt((off ** 2).sum() * len(sizes) / (len(sizes) - 1)) / sizes.sum())
        return out


EVERY_KIND = -1
Key = tuple[Level, int, int]
"""A level, the kind where each stands by itself (else `EVERY_KIND`), and how many weeks ahead."""


@dataclass(frozen=True)
class Look:
    """What one origin told, and what came: float32[n] both, known from the day `known` on."""

    known: int
    count: npt.NDArray[np.float32]
    mean: npt.NDArray[np.float32]


class Past:
    """What forecasts of the past were off by, by level, kind and weeks ahead: how far counts stray, and where in their chances they lay."""

    def __init__(self) -> None:
        self._looks: dict[Key, list[Look]] = {}

    def add(self, key: Key, known: int, count: Floats, mean: Floats) -> None:
        """Take in one more; of very many counts every second, third … is kept."""
        thin = slice(None, None, -(-len(count) // _MOST_KEPT) or 1)
        self._looks.setdefault(key, []).append(Look(known, count[thin].astype(np.float32), mean[thin].astype(np.float32)))

    def looks(self, key: Key, day: int) -> int:
        """How many could be known on that day."""
        return sum(look.known <= day for look in self._looks.get(key, ()))

    def at(self, key: Key, day: int) -> tuple[float, Floats]:
        """The excess, and where to look for each of `NOMINAL`, from what could be known on that day; of at most a quarter of a year, since seasons differ."""
        looks = [look for look in self._looks.get(key, ()) if look.known <= day][-_REMEMBER:]
        if not looks:
            return 0.0, NOMINAL
        count, mean = (np.concatenate(parts).astype(np.float64) for parts in zip(*((look.count, look.mean) for look in looks), strict=True))
        excess = excess_of(strayed(count, mean))
        return excess, recalibrated(curve(*ends(count, mean, excess)))


@dataclass(frozen=True)
class Tried:
    """What came of a back-test: a score for each level, from how many origins, and the past that later forecasts take their intervals from."""

    scores: dict[Level, Score]
    origins: int
    past: Past


def unheard(done: int, of: int) -> None:
    """Nobody asks how far it is."""


def back_test(record: Counted, weeks: int = 4, say: Callable[[int, int], None] = unheard) -> Tried:
    """Forecast `weeks` weeks from each week's end on, knowing only what was before it, and score what was not seen.

    The first eight weeks only teach. Intervals are those that could have been given on the day: how far counts stray is learnt from
    the forecasts before, of which there are six of as many weeks ahead before any are scored. Raises Refused `demand.too-short`.
    """
    tables, past = Tables(record), Past()
    scores = {level: Score() for level in LEVELS}
    first, last = 7 * _LEARN_WEEKS, record.days - 7
    origins = list(range(first + (last - first) % 7, last + 1, 7))
    if record.days < LEAST_DAYS:
        raise Refused("demand.too-short", f"The record covers {record.days} days; a back-test needs {LEAST_DAYS} at least.",
                      f"记录只有 {record.days} 天；回测至少需要 {LEAST_DAYS} 天的记录。", status=422)
    scored = set()
    for turn, origin in enumerate(origins):
        say(turn, len(origins))
        model = fit(record, origin)
        for ahead in range(1, weeks + 1):
            begin = origin + 7 * (ahead - 1)
            if begin + 7 > record.days:
                break
            week = _Week(record, tables, origin, begin)
            of = means(record, model, week.hours)
            for level in LEVELS:
                whole = week.take(level, of(level))
                for kind in range(len(record.kinds)) if level.each_kind else (EVERY_KIND,):
                    of_kind, key = whole.of(kind, len(record.kinds)), (level, kind, ahead)
                    if past.looks(key, origin) >= _SETTLE:
                        _add(scores[level], of_kind, *past.at(key, origin))
                        scored.add(origin)
                    past.add(key, begin + 7, of_kind.count, of_kind.mean)
    say(len(origins), len(origins))
    return Tried(scores, len(scored), past)


@dataclass(frozen=True)
class _Week:
    """Seven days of the record, as they were and as those before the origin would have them."""

    record: Counted
    tables: Tables
    origin: int
    begin: int

    @property
    def hours(self) -> Ints:
        """Its hours."""
        begin, end = np.searchsorted(self.record.calendar.day, [self.begin, self.begin + 7])
        return np.arange(begin, end, dtype=np.int32)

    @cached_property
    def lags(self) -> list[tuple[Ints, Flags]]:
        """The same hours of each of the last weeks before the origin."""
        return [self.before(back) for back in range(1, max(PEERS) + 1)]

    def before(self, back: int) -> tuple[Ints, Flags]:
        """The same local hours, so many weeks before the origin's, and whether there was such an hour with a record."""
        calendar = self.record.calendar
        at = self.hours
        day = calendar.day[at] - (self.begin - self.origin) - 7 * back
        hour = calendar.hours_of()[day, calendar.week_hour[at] % 24]
        return np.maximum(hour, 0), (hour >= 0) & self.record.known[hour]

    def take(self, level: Level, mean: Floats) -> "_Counts":
        """Counts and means of the hours, or of the days, that have a record."""
        at = self.hours
        count, known = self.tables.at(level, at), self.record.known[at]
        peers, seen, total = [], np.zeros(len(at)), np.zeros(count.shape)
        for back, (hour, there) in enumerate(self.lags, 1):
            total = total + self.tables.at(level, hour) * there[:, None]
            seen = seen + there
            if back in PEERS:
                peers.append(total / np.maximum(seen, 1)[:, None])
        usable = known & self.lags[0][1]
        if level.time == "day":
            day, whole = lookup(self.record, at)
            np.logical_and.at(whole, day, usable)
            count, mean, peers = by_day(count, day), by_day(mean, day), [by_day(peer, day) for peer in peers]
            usable = whole
        return _Counts(count[usable], mean[usable], [peer[usable] for peer in peers])


@dataclass(frozen=True)
class _Counts:
    """What was counted, what was forecast, and what each peer would have said: float64[T, P], or float64[n] of one kind."""

    count: Floats
    mean: Floats
    peers: list[Floats]

    def of(self, kind: int, kinds: int) -> "_Counts":
        """Those of one kind, or all, in one row."""
        own = slice(None) if kind == EVERY_KIND else slice(kind, None, kinds)
        return _Counts(self.count[:, own].ravel(), self.mean[:, own].ravel(), [peer[:, own].ravel() for peer in self.peers])


def _add(score: Score, one: _Counts, excess: float, look_at: Floats) -> None:
    """Add a week to a level's score."""
    lower, upper = ends(one.count, one.mean, excess)
    score.n += len(one.count)
    score.calls += float(one.count.sum())
    score.deviance += float(deviance(one.count, np.maximum(one.mean, 1e-12)).sum())
    score.absolute += float(np.abs(one.count - quantile(0.5, one.mean, excess)).sum())
    left, off = floor(one.mean)
    score.floor += left
    score.absolute_floor += off
    for place, peer in enumerate(one.peers):
        score.peer_absolute[place] += float(np.abs(one.count - peer).sum())
        for at, least in enumerate(_FLOORS):
            score.peer_deviance[place, at] += deviance(one.count, np.maximum(peer, least)).sum()
    within = [covered(lower, upper, float(look_at[1]), float(look_at[3])), covered(lower, upper, float(look_at[0]), float(look_at[4]))]
    whole = [float(((upper >= low) & (lower < high)).sum()) for low, high in ((look_at[1], look_at[3]), (look_at[0], look_at[4]))]
    score.within += np.array(within + whole)
    score.weekly.append((len(one.count), within[0], within[1]))
