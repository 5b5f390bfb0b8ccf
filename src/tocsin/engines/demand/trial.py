"""The forecast tried on weeks that it has not seen, one origin after another, beside the mean of the same hour in the last weeks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from tocsin.engines.demand.calls import Flags, Floats, Ints
from tocsin.engines.demand.counted import Counted
from tocsin.engines.demand.levels import LEVELS, Level, Tables, by_day, lookup, means
from tocsin.engines.demand.model import fit
from tocsin.engines.demand.past import EVERY_KIND, MOST_KEPT, Past
from tocsin.engines.demand.spread import covered, deviance, ends, floor, passed, quantile
from tocsin.kernel import Refused

PEERS = (1, 4, 8)
"""The forecast is held against the same hour of the last week, and its means over the last four and eight weeks."""
_FLOORS = np.array([0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25])
"""What a mean of the last weeks counts as where it is 0, since nothing may then ever happen: the peer gets the one that suits it best."""
_LEARN_WEEKS, _SETTLE = 8, 6
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
    printed: Floats = field(default_factory=lambda: np.zeros(5))
    """Of the printed intervals of 80 and of 95 per cent: how wide they were, and their scores; of how many counts."""
    weekly: dict[int, Floats] = field(default_factory=dict)
    """Of each week that was forecast, by the day on which it begins: counts, covered by 80 and by 95, so that it is seen how much weeks differ."""

    def told(self) -> dict[str, float | int]:
        """By the count: error, floor, peers and cover, as they are printed."""
        n = max(self.n, 1)
        out: dict[str, float | int] = {
            "counts": self.n, "mean": self.calls / n, "deviance": self.deviance / n, "deviance_floor": self.floor / n,
            "absolute": self.absolute / n, "absolute_floor": self.absolute_floor / n,
            **{name: float(held) / n for name, held in zip(("cover_80", "cover_95", "whole_80", "whole_95"), self.within, strict=True)},
            **{name: float(sum_) / max(float(self.printed[4]), 1.0) for name, sum_ in zip(("width_80", "width_95", "score_80", "score_95"), self.printed[:4], strict=True)}}
        for place, weeks in enumerate(PEERS):
            out[f"deviance_last_{weeks}"] = float(self.peer_deviance[place].min()) / n
            out[f"absolute_last_{weeks}"] = float(self.peer_absolute[place]) / n
        if len(self.weekly) > 1:
            sizes, low, high = np.array(list(self.weekly.values())).T
            for name, sums in (("cover_80_se", low), ("cover_95_se", high)):
                off = sums - sizes * (sums.sum() / sizes.sum())
                out[name] = float(np.sqrt((off ** 2).sum() * len(sizes) / (len(sizes) - 1)) / sizes.sum())
        return out

    def take_in(self, other: "Score") -> None:
        """Add another's counts; what both have of one week is one week, since it erred once."""
        for name in ("n", "calls", "deviance", "absolute", "floor", "absolute_floor", "peer_deviance", "peer_absolute", "within", "printed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for week, sums in other.weekly.items():
            self.weekly[week] = self.weekly.get(week, np.zeros(3)) + sums


@dataclass(frozen=True)
class Tried:
    """What came of a back-test: a score for each level, and for each by weeks ahead; from how many origins; and the past that later forecasts take their intervals from."""

    scores: dict[Level, Score]
    ahead: dict[tuple[Level, int], Score]
    origins: int
    past: Past


def unheard(done: int, of: int) -> None:
    """Nobody asks how far it is."""


def back_test(record: Counted, weeks: int = 4, say: Callable[[int, int], None] = unheard) -> Tried:
    """Forecast `weeks` weeks from each week's end on, knowing only what was before it, and score what was not seen.

    The first eight weeks only teach. Intervals are those that could have been given on the day: how far counts stray is learnt from
    the forecasts before, of which there are six of as many weeks ahead before any are scored, and what ends missed from those scored.
    Raises Refused `demand.too-short`.
    """
    tables, past = Tables(record), Past()
    by_ahead = {(level, ahead): Score() for level in LEVELS for ahead in range(1, weeks + 1)}
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
                    fell = None
                    if past.looks(key, origin) >= _SETTLE:
                        fell = _add(by_ahead[level, ahead], begin, of_kind, *past.at(key, origin))
                        scored.add(origin)
                    past.add(key, begin + 7, of_kind.count, of_kind.mean, fell)
    say(len(origins), len(origins))
    scores = {level: Score() for level in LEVELS}
    for (level, _), score in by_ahead.items():
        scores[level].take_in(score)
    return Tried(scores, by_ahead, len(scored), past)


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


def _add(score: Score, week: int, one: _Counts, excess: float, look_at: Floats) -> Floats | None:
    """Add a week, which begins on the day `week`, to a score; the share of counts that lay below each end, if there are any."""
    if not len(one.count):
        return None
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
    score.printed += _printed(one, excess, look_at)
    score.weekly[week] = score.weekly.get(week, np.zeros(3)) + np.array([len(one.count), *within])
    return passed(lower, upper, look_at)


def _printed(one: _Counts, excess: float, look_at: Floats) -> Floats:
    """Sums of the widths of the intervals that are printed and of their scores, and of how many counts; of very many counts every second, third … is looked at.

    The score is that of Gneiting and Raftery 2007 ('Strictly proper scoring rules, prediction, and estimation', J Am Stat Assoc 102,
    section 6.2): the width, and for each count outside, 2 / (share outside) times how far. Who widens for nothing pays, and who is too narrow pays.
    """
    thin = slice(None, None, -(-len(one.count) // MOST_KEPT))
    count, mean = one.count[thin], one.mean[thin]
    widths, scores = [], []
    for low, high, outside in ((1, 3, 0.2), (0, 4, 0.05)):
        first, last = (quantile(float(look_at[end]), mean, excess) for end in (low, high))
        widths.append(float((last - first).sum()))
        scores.append(widths[-1] + 2 / outside * float((np.maximum(first - count, 0) + np.maximum(count - last, 0)).sum()))
    return np.array([*widths, *scores, len(count)])
