"""The coming weeks: calls to expect by hour, day, place and kind, which add up, each with the intervals that its own past earned."""

from dataclasses import dataclass

import numpy as np

from tocsin.engines.demand.calls import Floats, Ints
from tocsin.engines.demand.counted import Counted
from tocsin.engines.demand.levels import LEVELS, Level, by_day, means
from tocsin.engines.demand.model import fit
from tocsin.engines.demand.past import EVERY_KIND, Past
from tocsin.engines.demand.spread import quantile
from tocsin.kernel import Refused


@dataclass(frozen=True)
class Expected:
    """One level: `mean` float64[T, P] calls, by hour or day and by place (and kind, which runs fastest); the ends of intervals alike.

    An interval takes in both its ends and is made for each count by itself: ends do not add up as means do.
    """

    mean: Floats
    low_95: Floats
    low_80: Floats
    high_80: Floats
    high_95: Floats


@dataclass(frozen=True)
class Forecast:
    """`hours` int32[T] and `days` int32[d] are places in the calendar; `at` has every level; `looks` how many past forecasts, at the
    least, taught an interval how wide it must be (0: none, and it is that of chance alone)."""

    hours: Ints
    days: Ints
    at: dict[Level, Expected]
    looks: int


def forecast(record: Counted, past: Past, weeks: int = 4) -> Forecast:
    """Forecast the `weeks` weeks (1 to as many as the calendar goes on) that follow the record, with intervals learnt by a `back_test` of it.

    Raises Refused `demand.calendar-ends` where the calendar does not go so far.
    """
    begin = record.days
    calendar = record.calendar
    if weeks < 1 or calendar.days < begin + 7 * weeks:
        raise Refused("demand.calendar-ends", f"The calendar does not go on for {weeks} weeks after the record.", f"日历在记录结束后不足 {weeks} 周。", status=422)
    model = fit(record, begin)
    parts: dict[Level, list[list[Floats]]] = {level: [] for level in LEVELS}
    looks = []
    for ahead in range(1, weeks + 1):
        ends = np.searchsorted(calendar.day, [begin + 7 * (ahead - 1), begin + 7 * ahead])
        hours = np.arange(ends[0], ends[1], dtype=np.int32)
        of = means(record, model, hours)
        day = calendar.day[hours] - calendar.day[hours[0]]
        for level in LEVELS:
            mean = by_day(of(level), day) if level.time == "day" else of(level)
            ends_ = np.empty((4, *mean.shape))
            for kind in range(len(record.kinds)) if level.each_kind else (EVERY_KIND,):
                own = slice(None) if kind == EVERY_KIND else slice(kind, None, len(record.kinds))
                excess, at = past.at((level, kind, ahead), begin)
                looks.append(past.looks((level, kind, ahead), begin))
                for place, end in enumerate((0, 1, 3, 4)):
                    ends_[place, :, own] = quantile(float(at[end]), mean[:, own], excess)
            parts[level].append([mean, *ends_])
    begin_hour, end_hour = np.searchsorted(calendar.day, [begin, begin + 7 * weeks])
    return Forecast(np.arange(begin_hour, end_hour, dtype=np.int32), np.arange(begin, begin + 7 * weeks, dtype=np.int32),
                    {level: Expected(*(np.concatenate(rows) for rows in zip(*several, strict=True))) for level, several in parts.items()}, min(looks))
