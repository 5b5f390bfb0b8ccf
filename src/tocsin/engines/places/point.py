"""What stands at a point: the nearest number, else one worked out along the nearest range, else the street or crossing."""

import math
from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from tocsin.engines.places.answers import Idea
from tocsin.engines.places.crossings import Crossings
from tocsin.engines.places.ground import flat, metres
from tocsin.engines.places.numbers import BUILDING_M, Found, Numbers
from tocsin.engines.places.tables import Floats, Ints, Tables

REACH_M = 500.0
"""Beyond this a point has no address: it would name a place that nobody there could see."""
FRONTAGE_M = 40.0
"""A number this much farther away than the street itself still stands for the point better than a worked-out one."""
_STEP_M = 25.0


class _Line(NamedTuple):
    """The nearest place on a segment that has a range: its row, how far along it, on which side, and how far away."""

    row: int
    share: float
    left: bool
    lon: float
    lat: float
    dist_m: float


class Points:
    """Nearest-neighbour trees over one city's numbers, segments and crossings."""

    def __init__(self, tables: Tables, numbers: Numbers, crossings: Crossings) -> None:
        self._tables, self._numbers, self._crossings = tables, numbers, crossings
        known = next((lats for lats in (tables.number_lat, tables.shape_lat, tables.cross_lat) if len(lats)), np.zeros(1))
        self._lat = float(np.median(known))
        self._number_tree = cKDTree(flat(tables.number_lon, tables.number_lat, self._lat))
        self._cross_tree = cKDTree(flat(tables.cross_lon, tables.cross_lat, self._lat))
        self._xy = flat(tables.shape_lon, tables.shape_lat, self._lat)
        self._beads, self._bead_start = self._string()
        self._bead_tree = cKDTree(self._beads)

    def at(self, lon: float, lat: float) -> tuple[Idea, int | None] | None:
        """What stands there, with the nearest cross street's index; None beyond 500 m of everything known."""
        if not (math.isfinite(lon) and math.isfinite(lat)):
            return None
        here = flat(np.array([lon]), np.array([lat]), self._lat)[0]
        number_m, row = self._number_tree.query(here, distance_upper_bound=REACH_M)
        line = self._line(here, lon, lat)
        if math.isfinite(number_m) and (line is None or number_m <= line.dist_m + FRONTAGE_M):
            street, text = self._numbers.at(int(row))
            at = float(self._tables.number_lon[row]), float(self._tables.number_lat[row])
            return self._idea("number", street, *at, Found(text, *at, BUILDING_M, 1.0, exact=True))
        if line is not None:
            street = int(self._tables.range_street[line.row])
            value = self._value(line)
            if value is None:
                return self._idea("street", street, line.lon, line.lat, None)
            found = Found(str(value), line.lon, line.lat, 2 * BUILDING_M, 1.0, interpolated=True)
            return self._idea("number", street, line.lon, line.lat, found)
        cross_m, row = self._cross_tree.query(here, distance_upper_bound=REACH_M)
        if not math.isfinite(cross_m):
            return None
        return self._meeting(int(row)), None

    def _meeting(self, row: int) -> Idea:
        tables = self._tables
        pair = int(tables.cross_a[row]), int(tables.cross_b[row])
        return Idea(1.0, "crossing", pair, float(tables.cross_lon[row]), float(tables.cross_lat[row]), exact=True)

    def _idea(self, kind: str, street: int, lon: float, lat: float, found: Found | None) -> tuple[Idea, int | None]:
        idea = Idea(1.0, "number" if kind == "number" else "street", (street,), lon, lat, found)
        return idea, self._crossings.nearest(street, lon, lat)

    def _string(self) -> tuple[Floats, Ints]:
        """Beads at most 25 m apart along every segment, and the vertex at or before each."""
        starts = np.ones(len(self._xy), dtype=bool)
        starts[self._tables.shape_at[1:] - 1] = False
        starts = np.flatnonzero(starts)
        legs = self._xy[starts + 1] - self._xy[starts]
        pieces = np.maximum(1, np.ceil(np.hypot(legs[:, 0], legs[:, 1]) / _STEP_M)).astype(np.int64) + 1
        which = np.repeat(np.arange(len(starts)), pieces)
        step = np.arange(len(which)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        share = step / np.repeat(pieces - 1, pieces)
        return self._xy[starts][which] + share[:, None] * legs[which], starts[which]

    def _line(self, here: Floats, lon: float, lat: float) -> _Line | None:
        """The nearest point of the nearest segment."""
        near_m, bead = self._bead_tree.query(here, distance_upper_bound=REACH_M)
        if not math.isfinite(near_m):
            return None
        vertex = int(self._bead_start[bead])
        row = int(np.searchsorted(self._tables.shape_at, vertex, side="right")) - 1
        start, end = int(self._tables.shape_at[row]), int(self._tables.shape_at[row + 1])
        leg, off = self._xy[vertex + 1] - self._xy[vertex], here - self._xy[vertex]
        length = float(leg @ leg)
        part = min(1.0, max(0.0, float(off @ leg) / length)) if length else 0.0
        run = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(self._xy[start:end], axis=0).T))))
        along_m = run[vertex - start] + part * (run[vertex - start + 1] - run[vertex - start])
        lons, lats = self._tables.shape_lon, self._tables.shape_lat
        at_lon = float(lons[vertex] + part * (lons[vertex + 1] - lons[vertex]))
        at_lat = float(lats[vertex] + part * (lats[vertex + 1] - lats[vertex]))
        share = float(along_m / run[-1]) if run[-1] else 0.0
        left = bool(leg[0] * off[1] - leg[1] * off[0] > 0)
        return _Line(row, share, left, round(at_lon, 7), round(at_lat, 7), metres(lon, lat, at_lon, at_lat))

    def _value(self, line: _Line) -> int | None:
        """The number at that share of the range on that side, of the side's own parity; None where there are no numbers."""
        left, right = self._tables.range_sides[line.row].reshape(2, 2).tolist()
        start, end = (left if line.left else right) if any(left) and any(right) else left if any(left) else right
        if not end:
            return None
        step = 2 if start % 2 == end % 2 else 1
        return int(start + step * round((end - start) * line.share / step))
