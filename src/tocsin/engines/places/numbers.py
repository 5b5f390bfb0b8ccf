"""House numbers on one street: the one asked for, one worked out between its neighbours or along a range, or the nearest."""

import re
from typing import NamedTuple

import numpy as np

from tocsin.engines.places.ground import along, metres
from tocsin.engines.places.tables import Tables
from tocsin.engines.places.words import fold

BUILDING_M = 15.0
CLOSE_M = 120.0
"""Neighbours on the same side nearer than this place a missing number better than a whole block's range."""
FAR_M = 500.0
COMPLETIONS = 3
_PARTS = re.compile(r"(\d{1,9})(.*)")


class Found(NamedTuple):
    """A number with where it is; `fit` (0 to 1) is how well it answers what was asked."""

    number: str
    lon: float
    lat: float
    accuracy_m: float
    fit: float
    exact: bool = False
    interpolated: bool = False


class Numbers:
    """Looks numbers up in the sorted rows of `Tables`."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._texts = tables.names.number_texts
        order = np.argsort(tables.range_street, kind="stable")
        self._range_rows = order
        self._range_at = np.searchsorted(tables.range_street[order], np.arange(len(tables.number_at)))

    def find(self, street: int, text: str, partial: bool) -> list[Found]:
        """What the number `text` may mean on a street, best first; `partial` adds numbers that only begin with it."""
        parts = _PARTS.fullmatch(text)
        if parts is None:
            return []
        value, low, high = int(parts[1]), *self._rows(street)
        rows = self._equal(low, high, value)
        if rows:
            found = self._exact(rows, text)
        else:
            guess = (
                self._between(low, high, value, CLOSE_M)
                or self._on_range(street, value)
                or self._between(low, high, value, FAR_M)
                or self._nearest(low, high, value)
            )
            found = [guess] if guess else []
        if partial and not parts[2]:
            found += self._longer(low, high, value)
        return found

    def at(self, row: int) -> tuple[int, str]:
        """(street, number) of a row."""
        street = int(np.searchsorted(self._tables.number_at, row, side="right")) - 1
        return street, self._texts[int(self._tables.number_text[row])]

    def _rows(self, street: int) -> tuple[int, int]:
        return int(self._tables.number_at[street]), int(self._tables.number_at[street + 1])

    def _equal(self, low: int, high: int, value: int) -> range:
        values = self._tables.number_value[low:high]
        return range(low + int(np.searchsorted(values, value)), low + int(np.searchsorted(values, value, side="right")))

    def _row(self, row: int, fit: float, exact: bool = True) -> Found:
        tables = self._tables
        text = self._texts[int(tables.number_text[row])]
        return Found(text, float(tables.number_lon[row]), float(tables.number_lat[row]), BUILDING_M, fit, exact)

    def _exact(self, rows: range, text: str) -> list[Found]:
        """Rows of this value: the very text first; else the building without its letter, and its lettered doors after it."""
        same = [row for row in rows if _plain(self._texts[int(self._tables.number_text[row])]) == text]
        if same:
            return [self._row(row, 1.0) for row in same[:COMPLETIONS]]
        return [self._row(row, 0.97, exact=False) for row in rows[:COMPLETIONS]]

    def _longer(self, low: int, high: int, value: int) -> list[Found]:
        """A few numbers that begin with these digits, while they are still being typed."""
        found: list[Found] = []
        values = self._tables.number_value[low:high]
        for scale in (10, 100, 1000):
            first, last = np.searchsorted(values, [value * scale, (value + 1) * scale])
            rows = range(low + int(first), min(low + int(last), low + int(first) + COMPLETIONS - len(found)))
            found += [self._row(row, 0.9) for row in rows]
        return found

    def _between(self, low: int, high: int, value: int, apart_most_m: float) -> Found | None:
        """The point between the nearest numbers below and above on the same side of the street, if they are close."""
        rows = low + np.flatnonzero(self._tables.number_value[low:high] % 2 == value % 2)
        place = int(np.searchsorted(self._tables.number_value[rows], value))
        if place == 0 or place == len(rows):
            return None
        under, over = self._row(int(rows[place - 1]), 0.0), self._row(int(rows[place]), 0.0)
        apart_m = metres(under.lon, under.lat, over.lon, over.lat)
        bottom, top = (int(self._tables.number_value[rows[at]]) for at in (place - 1, place))
        if apart_m > apart_most_m:
            return None
        share = (value - bottom) / (top - bottom)
        lon, lat = under.lon + share * (over.lon - under.lon), under.lat + share * (over.lat - under.lat)
        accuracy_m = max(BUILDING_M, apart_m / 2)
        return Found(str(value), round(lon, 7), round(lat, 7), accuracy_m, 0.93, interpolated=True)

    def _on_range(self, street: int, value: int) -> Found | None:
        """The point along the segment whose range on that side holds the number."""
        tables = self._tables
        for row in self._range_rows[self._range_at[street] : self._range_at[street + 1]].tolist():
            for start, end in tables.range_sides[row].reshape(2, 2).tolist():
                if min(start, end) <= value <= max(start, end) and end and (start % 2 == value % 2 or start % 2 != end % 2):
                    line = slice(int(tables.shape_at[row]), int(tables.shape_at[row + 1]))
                    share = (value - start) / (end - start) if end != start else 0.5
                    lon, lat, length_m = along(tables.shape_lon[line], tables.shape_lat[line], share)
                    accuracy_m = max(2 * BUILDING_M, length_m / 4)
                    return Found(str(value), round(lon, 7), round(lat, 7), accuracy_m, 0.92, interpolated=True)
        return None

    def _nearest(self, low: int, high: int, value: int) -> Found | None:
        """The number that exists nearest to a missing one, its own side of the street first."""
        if low == high:
            return None
        values = self._tables.number_value[low:high]
        off = np.abs(values - value) + (values % 2 != value % 2)
        found = self._row(low + int(np.argmin(off)), 0.85, exact=False)
        return found._replace(accuracy_m=FAR_M, fit=0.85 if off.min() <= 20 else 0.7)


def _plain(number: str) -> str:
    """A stored number as a typed one is compared: no spaces, one case, without the sign that says it is a number."""
    return fold(number).replace(" ", "").rstrip("号號")
