"""Calls counted by hour, cell and kind on a calendar, with the hours in which nothing was recorded marked as not known."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tocsin.engines.demand.calls import Calls, Flags, Floats, Ints
from tocsin.kernel import Instant, Refused

HOUR_US = 3_600 * 1_000_000
_LEAST_DAYS = 8
_SILENT = 16.0
"""So many calls are expected in a silent stretch before it counts as not recorded: that chance alone keeps it silent is then 1 in 9 million."""


@dataclass(frozen=True)
class Calendar:
    """H hours one after another from the instant `start`, past ones and those to be forecast.

    `week_hour` int32[H] is the local hour of the week (0 is Monday's first), `day` int32[H] the local day, from 0 on; a day of the
    change of clocks has 23 or 25. `told` float64[D, f] are numbers known of each day (holidays, weather), NaN where they are not.
    """

    start: Instant
    week_hour: Ints
    day: Ints
    told: Floats
    told_names: tuple[str, ...] = ()

    @property
    def days(self) -> int:
        """How many days it has."""
        return int(self.day[-1]) + 1

    def hours_of(self) -> Ints:
        """Where each hour of each local day stands: int32[D, 24], -1 where there is none; of a doubled hour the first."""
        out = np.full((self.days, 24), -1, np.int32)
        at = np.arange(len(self.day))[::-1]
        out[self.day[at], self.week_hour[at] % 24] = at
        return out


@dataclass(frozen=True)
class Counted:
    """Calls on the calendar: `hour`, `cell`, `kind` int32[n]; `cells` uint64[C], `district` int32[C] of each; `known` bool[H].

    An hour that is not known had no record: it is left out of every sum, never taken as an hour without calls. `days` are those of
    the record; the calendar may go on after them.
    """

    calendar: Calendar
    cells: npt.NDArray[np.uint64]
    district: Ints
    kinds: tuple[str, ...]
    hour: Ints
    cell: Ints
    kind: Ints
    known: Flags
    days: int

    @property
    def districts(self) -> int:
        """How many districts there are."""
        return int(self.district.max()) + 1

    def by_hour(self) -> Floats:
        """All calls: float64[H, K]."""
        hours, kinds = len(self.known), len(self.kinds)
        return np.bincount(self.hour * kinds + self.kind, minlength=hours * kinds).reshape(hours, kinds).astype(np.float64)


def count(calls: Calls, calendar: Calendar, cells: npt.NDArray[np.uint64], district: Ints, last: Instant) -> Counted:
    """Count calls up to the instant `last`, when the record breaks off, in `cells` (uint64[C], ascending, each in its district), and find the hours that were not recorded.

    Raises Refused `demand.too-short` for a record of less than eight days.
    """
    hour = np.asarray(np.clip((calls.at - calendar.start) // HOUR_US, -1, len(calendar.day)), np.int32)
    place = np.asarray(np.searchsorted(cells, calls.cell), np.int32)
    end = min(int((last - calendar.start) // HOUR_US), len(calendar.day))
    own = (hour >= 0) & (hour < end) & (place < len(cells))
    own[own] &= cells[place[own]] == calls.cell[own]
    hour, place, kind = hour[own], place[own], calls.kind[own]
    known = _recorded(hour, calendar, end)
    inside = known[hour]
    days = int(calendar.day[end]) if 0 <= end < len(calendar.day) else calendar.days
    if days < _LEAST_DAYS:
        raise Refused("demand.too-short", f"The record covers {days} days; a forecast needs eight at least.",
                      f"记录只有 {days} 天；预测至少需要八天的记录。", status=422)
    return Counted(calendar, cells, district, calls.kinds, hour[inside], place[inside], kind[inside], known, days)


def _recorded(hour: Ints, calendar: Calendar, end: int) -> Flags:
    """Which hours have a record: not the broken one at its beginning, nor a silence that chance would hardly give."""
    known = np.zeros(len(calendar.day), np.bool_)
    if not len(hour):
        return known
    known[int(hour.min()) + 1:end] = True
    number = np.bincount(hour, minlength=len(known))[:len(known)].astype(np.float64)
    at = np.flatnonzero(known)
    usual = np.bincount(calendar.week_hour[at], number[at], 168) / np.maximum(np.bincount(calendar.week_hour[at], minlength=168), 1)
    expected = usual[calendar.week_hour]
    silent = known & (number == 0)
    edge = np.flatnonzero(np.diff(np.concatenate([[0], silent.astype(np.int8), [0]])))
    for begin, stop in zip(edge[::2], edge[1::2], strict=True):
        if expected[begin:stop].sum() > _SILENT:
            known[begin:stop] = False
    return known
