"""The levels at which a forecast is looked at: hours or days, of the city, its districts or its cells, all kinds or each; one adds up to the next."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tocsin.engines.demand.calls import Flags, Floats, Ints
from tocsin.engines.demand.counted import Counted
from tocsin.engines.demand.model import Model


@dataclass(frozen=True)
class Level:
    """One of them: `time` is hour or day, `place` city, district or cell."""

    time: str
    place: str
    each_kind: bool

    @property
    def name(self) -> str:
        """As it is printed."""
        return f"{self.time}, {self.place}{', each kind' if self.each_kind else ''}"


LEVELS = tuple(Level(time, place, each) for time in ("hour", "day") for place, each in (
    ("city", False), ("city", True), ("district", False), ("district", True), ("cell", False)))


def lookup(record: Counted, hours: Ints) -> tuple[Ints, Flags]:
    """The days of these hours, numbered from 0 on, and which days have a record for every hour: int32[T], bool[days]."""
    _, day = np.unique(record.calendar.day[hours], return_inverse=True)
    whole = np.ones(int(day.max()) + 1, np.bool_)
    np.logical_and.at(whole, day, record.known[hours])
    return np.asarray(day, np.int32), whole


def by_day(hourly: Floats, day: Ints) -> Floats:
    """Hours float64[T, P] added up to days, which are numbered ascending."""
    return np.asarray(np.add.reduceat(hourly, np.flatnonzero(np.diff(day, prepend=-1)), axis=0))


class Tables:
    """A record's counts as tables, made once: float32[H, P] of hours at each sort of place and kind."""

    def __init__(self, record: Counted) -> None:
        hours, kinds, cells, districts = len(record.known), len(record.kinds), len(record.cells), record.districts
        self._table = {
            ("city", False): _table(record.hour, np.zeros_like(record.hour), hours, 1),
            ("city", True): _table(record.hour, record.kind, hours, kinds),
            ("district", False): _table(record.hour, record.district[record.cell], hours, districts),
            ("district", True): _table(record.hour, record.district[record.cell] * kinds + record.kind, hours, districts * kinds),
            ("cell", False): _table(record.hour, record.cell, hours, cells)}

    def at(self, level: Level, hours: Ints) -> Floats:
        """Hourly counts at a level's places and kinds: float64[T, P]."""
        return np.asarray(self._table[level.place, level.each_kind][hours], np.float64)


def _table(hour: Ints, at: Ints, hours: int, size: int) -> Floats:
    return np.asarray(np.bincount(hour.astype(np.int64) * size + at, minlength=hours * size).reshape(hours, size), np.float32)


def means(record: Counted, model: Model, hours: Ints) -> Callable[[Level], Floats]:
    """The hourly forecast for these hours, for whichever level is asked: float64[T, P]; all are sums of one and the same table."""
    calendar = record.calendar
    week_hour = calendar.week_hour[hours]
    kinds = model.by_kind(week_hour, calendar.told[calendar.day[hours]])
    every = model.by_place(kinds, week_hour)
    place = model.by_place(kinds, week_hour, record.district)

    def of(level: Level) -> Floats:
        if level.place == "city":
            return kinds if level.each_kind else kinds.sum(axis=1, keepdims=True)
        table = every if level.place == "cell" else place
        return np.asarray(table.reshape(len(hours), -1) if level.each_kind else table.sum(axis=2))

    return of
