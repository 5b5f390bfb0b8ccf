"""A city's days and hours as a forecast needs them: local hours of the week, change of clocks included, holidays and weather by day."""

import csv
import datetime
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from tocsin.city.faults import CityFault
from tocsin.city.limits import check_archive
from tocsin.city.own_calls import districts_of
from tocsin.city.record import open_csv
from tocsin.engines.demand import HOUR_US, Calendar, Calls, Counted, count, refuse_columns
from tocsin.kernel import from_instant, instant

TOLD = {"holiday": (0.0, 1.0), "school_holiday": (0.0, 1.0), "temp_max_c": (15.0, 10.0), "temp_min_c": (10.0, 10.0), "rain_mm": (0.0, 10.0),
        "snow_cm": (0.0, 10.0), "wind_m_s": (5.0, 5.0)}
"""What may be known of a day, each with what is taken off and what it is divided by, so that one step of any is about as much."""
_MOST_DAYS = 40_000

Told = Mapping[datetime.date, tuple[float, ...]]


def calendar(first: int, last: int, zone: ZoneInfo, days_after: int, told: Told | None = None, names: tuple[str, ...] = ()) -> Calendar:
    """Every hour from the local day of the instant `first` to `days_after` days after that of `last`."""
    begin, end = (from_instant(at).astimezone(zone).date() for at in (first, last))
    start = instant(datetime.datetime.combine(begin, datetime.time(), zone))
    start -= start % HOUR_US
    stop = instant(datetime.datetime.combine(end + datetime.timedelta(days_after + 1), datetime.time(), zone))
    local = [from_instant(at).astimezone(zone) for at in range(start, stop, HOUR_US)]
    day = np.array([max((moment.date() - begin).days, 0) for moment in local], np.int32)
    week_hour = np.array([24 * moment.weekday() + moment.hour for moment in local], np.int32)
    rows = np.full((int(day[-1]) + 1, len(names)), np.nan)
    for place in range(len(rows)):
        found = (told or {}).get(begin + datetime.timedelta(place))
        if found is not None:
            rows[place] = found
    return Calendar(start, week_hour, day, rows, names)


def counted(calls: Calls, zone: ZoneInfo, days_after: int = 35, told: Told | None = None, names: tuple[str, ...] = ()) -> Counted:
    """Calls counted on their own calendar, in the cells that have any, with districts of coarser cells."""
    cells = np.unique(calls.cell)
    last = int(calls.at.max())
    return count(calls, calendar(int(calls.at.min()), last, zone, days_after, told, names), cells, np.array(districts_of(cells.tolist()), np.int32), last)


def read_days(path: Path) -> tuple[Told, tuple[str, ...]]:
    """A table of days: `day` as 2026-11-25, and any of `TOLD`; an empty field is not known. Refused `demand.column-refused` for any other column."""
    check_archive(path)
    told: dict[datetime.date, tuple[float, ...]] = {}
    with open_csv(path) as lines:
        rows = csv.DictReader(lines)
        head = tuple(rows.fieldnames or ())
        refuse_columns(head, ("day", *TOLD))
        names = tuple(name for name in head if name != "day")
        for row in rows:
            try:
                day = datetime.date.fromisoformat((row["day"] or "").strip())
                told[day] = tuple((float(row[name]) - TOLD[name][0]) / TOLD[name][1] if (row[name] or "").strip() else np.nan for name in names)
            except (KeyError, ValueError, TypeError) as error:
                raise CityFault("record.days_wrong", f"{path.name}, line {rows.line_num}: a day as 2026-11-25 and numbers are expected.") from error
            if len(told) > _MOST_DAYS:
                raise CityFault("record.too_large", f"{path.name} has more than {_MOST_DAYS:,} days.")
    return told, names
