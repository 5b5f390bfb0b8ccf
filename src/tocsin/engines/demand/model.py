"""The forecast's mean: the present level, times the hour of the week, times the share of each cell, for each kind, every factor shrunk."""

from dataclasses import dataclass

import numpy as np

from tocsin.engines.demand.calls import Floats, Ints
from tocsin.engines.demand.counted import Counted
from tocsin.engines.demand.level import effects, level
from tocsin.engines.demand.shrinking import refined

_FADE_DAYS = 140.0
"""What the week looks like is learnt from its past, of which so many days ago weigh half."""
_CUTS = np.array([0, 6, 10, 15, 19])
PARTS = 10
"""A week in parts: night, morning, noon, evening and late, on working days and at weekends; where calls come from differs between them."""


def part_of(week_hour: Ints) -> Ints:
    """The part of the week of each local hour of the week: int32 of the same shape, 0 … 9."""
    return np.asarray(np.searchsorted(_CUTS, week_hour % 24, side="right") - 1 + 5 * (week_hour >= 120), np.int32)


@dataclass(frozen=True)
class Model:
    """What was learnt of a record before a day: `rate` float64[168, K] calls an hour at the present level, by hour of the week and kind;
    `share` float64[10, C, K], of each part of the week and kind, which adds up to 1 over the cells; `effect` float64[f, K] of the told columns."""

    rate: Floats
    share: Floats
    effect: Floats

    def by_kind(self, week_hour: Ints, told: Floats) -> Floats:
        """Calls to expect in each hour (int32[T] of the week, float64[T, f] told of its day), by kind: float64[T, K]."""
        return np.asarray(self.rate[week_hour] * np.exp(np.clip(np.nan_to_num(told) @ self.effect, -3.0, 3.0)))

    def by_place(self, kinds: Floats, week_hour: Ints, district: Ints | None = None) -> Floats:
        """The same by cell, or by district: float64[T, places, K] out of float64[T, K]."""
        share = self.share
        if district is not None:
            share = np.zeros((PARTS, int(district.max()) + 1, kinds.shape[1]))
            for cell, which in enumerate(district):
                share[:, which] += self.share[:, cell]
        return np.asarray(kinds[:, None, :] * share[part_of(week_hour)])


def fit(record: Counted, until_day: int) -> Model:
    """Learn from the days before `until_day`, of which there are eight at least, and from nothing after."""
    calendar = record.calendar
    end = int(np.searchsorted(calendar.day, until_day))
    at = np.flatnonzero(record.known[:end])
    fade = 0.5 ** ((until_day - calendar.day) / _FADE_DAYS)
    hourly = record.by_hour()
    kinds = len(record.kinds)
    week_hour = calendar.week_hour[at]
    exposure = np.bincount(week_hour, fade[at], 168).astype(np.float64)
    counted = np.stack([np.bincount(week_hour, hourly[at, kind] * fade[at], 168) for kind in range(kinds)], axis=1).astype(np.float64)
    profile = _profile(counted, exposure)
    day = calendar.day[at]
    told = calendar.told[:until_day]
    rate, effect = profile.copy(), np.zeros((told.shape[1], kinds))
    for kind in range(kinds):
        daily, expected = (np.bincount(day, what, until_day).astype(np.float64) for what in (hourly[at, kind], profile[week_hour, kind]))
        effect[:, kind] = effects(daily, expected, told)
        expected *= np.exp(np.clip(np.nan_to_num(told) @ effect[:, kind], -3.0, 3.0))
        rate[:, kind] *= level(daily, expected)
    return Model(rate, _shares(record, end, fade), effect)


def _profile(counted: Floats, exposure: Floats) -> Floats:
    """Calls an hour by hour of the week and kind, float64[168, K]: all kinds together first, then each kind drawn towards all."""
    hour = np.arange(168, dtype=np.int32)
    weekend = (hour >= 120).astype(np.int32)
    groupings = [np.asarray(hour % 24 + 24 * weekend, np.int32), np.asarray(hour // 24, np.int32), hour]
    out = np.zeros_like(counted)
    every = refined(counted.sum(axis=1), exposure.copy(), groupings)
    for kind in range(counted.shape[1]):
        out[:, kind] = refined(counted[:, kind], every, groupings)
    return np.asarray(out / np.maximum(exposure, 1e-9)[:, None])


def _shares(record: Counted, end: int, fade: Floats) -> Floats:
    """The share of each cell in each part of the week and kind, float64[10, C, K]."""
    cells, kinds = len(record.cells), len(record.kinds)
    own = record.hour < end
    part = part_of(record.calendar.week_hour[record.hour[own]])
    at = (part * cells + record.cell[own]) * kinds + record.kind[own]
    counted = np.bincount(at, fade[record.calendar.day[record.hour[own]]], PARTS * cells * kinds).astype(np.float64)
    of_part, of_cell, of_kind = np.unravel_index(np.arange(PARTS * cells * kinds), (PARTS, cells, kinds))
    district = record.district[of_cell]
    total = counted.reshape(PARTS, cells, kinds).sum(axis=1)
    prior = np.broadcast_to(total[:, None, :] / cells + 1e-9, (PARTS, cells, kinds)).ravel()
    groupings = [district, of_cell, district * kinds + of_kind, of_cell * kinds + of_kind,
                 district * PARTS + of_part, of_cell * PARTS + of_part, (district * kinds + of_kind) * PARTS + of_part]
    share = refined(counted, prior, [np.asarray(group, np.int32) for group in groupings]).reshape(PARTS, cells, kinds)
    return np.asarray(share / share.sum(axis=1, keepdims=True))
