"""The rows of a centreline file taken as ways: class, direction, speed, names, and the house numbers along both sides."""

from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from tocsin.city.access import BOTH, EMERGENCY
from tocsin.city.cutting import DEGREE_M, Cut, Ways
from tocsin.city.faults import CityFault, Odd
from tocsin.city.mapping import Mapping, Match, Nodes
from tocsin.city.speeds import CLASS_INDEX, CLASS_KPH, limit_kph
from tocsin.city.street_names import tidy
from tocsin.city.survey import Range, StreetNames
from tocsin.city.tables import Table

_SNAP_M = 10.0
_MOST_BAD = 0.05
_GRID = 1_000_000  # vertices within a millionth of a degree (0.1 m) are the same point
_Points = list[tuple[float, float]]
_Pair = tuple[int, int] | None


class StreetReader:
    """Gathers the ways of one centreline file, and remembers the address ranges until the ways are cut."""

    def __init__(self, mapping: Mapping, names: StreetNames, odd: Odd) -> None:
        self.ways = Ways()
        self._mapping, self._streets = mapping, mapping.streets
        self._names, self._odd = names, odd
        self._nodes: dict[str, int] = {}
        self._where: dict[int, tuple[float, float]] = {}
        self._ranges: list[tuple[int, int, _Pair, _Pair]] = []
        self._inner = 0

    def nodes(self, table: Table, nodes: Nodes) -> None:
        """Read the positions of the junctions."""
        table.need(nodes.id, nodes.lon, nodes.lat)
        for row, shape in table.rows:
            try:
                if nodes.lon is not None and nodes.lat is not None:
                    lon, lat = float(row[nodes.lon]), float(row[nodes.lat])
                else:
                    lon, lat = shapely.get_coordinates(shape)[0]
            except (ValueError, KeyError, IndexError):
                lon = lat = float("nan")
            if not (abs(lon) <= 180 and abs(lat) <= 90):
                self._odd.note("node_without_position", f"{table.file}: {row.get(nodes.id)}")
                continue
            self._where[self._node(row[nodes.id])] = (lon, lat)

    def streets(self, table: Table) -> None:
        """Read every row; what cannot be drawn is counted, and a fault where it is more than one row in twenty."""
        self._check_columns(table)
        total = bad = 0
        for row, shape in table.rows:
            total += 1
            if _among(row, self._streets.closed):
                self._odd.note("street_left_out", f"{table.file} row {total}")
                continue
            points = self._points(row, shape, f"{table.file} row {total}")
            bad += not points
            for line in points:
                self._way(total, row, line, f"{table.file} row {total}")
        if bad > _MOST_BAD * total:
            raise CityFault(
                "city.coordinates_out_of_range",
                f"{table.file}: {bad} of {total} streets have no usable shape; are the right columns named?",
            )

    def ranges(self, pieces: Cut) -> list[Range]:
        """Return the address ranges of the rows that became one segment; those of rows that were cut are counted."""
        order = np.argsort(pieces.way, kind="stable")
        ways, first, count = np.unique(pieces.way[order], return_index=True, return_counts=True)
        segment_of = {int(way): int(order[at]) for way, at, size in zip(ways, first, count, strict=True) if size == 1}
        found = []
        for way, street, left, right in self._ranges:
            if way in segment_of:
                found.append(Range(street, segment_of[way], left, right))
            else:
                self._odd.note("range_on_cut_street", f"row {way}")
        return found

    def _check_columns(self, table: Table) -> None:
        streets = self._streets
        table.need(streets.name, streets.name_zh, streets.name_en, streets.from_node, streets.to_node, streets.geometry)
        for part in (streets.classes, streets.direction, streets.speed, streets.closed, streets.emergency_only):
            table.need(part.column if part is not None else None)
        if streets.ranges is not None:
            ranges = streets.ranges
            table.need(ranges.left_from, ranges.left_to, ranges.right_from, ranges.right_to)

    def _node(self, written: str) -> int:
        return self._nodes.setdefault(written.strip(), len(self._nodes))

    def _points(self, row: dict[str, str], shape: BaseGeometry | None, label: str) -> list[_Points]:
        """Return the row's lines; none, with a count, where they cannot be read or lie outside the earth."""
        streets = self._streets
        try:
            if streets.geometry is not None:
                text = row.get(streets.geometry, "")
                lines = [_pairs(text)] if streets.geometry_form == "pairs" else _lines(shapely.from_wkt(text))
            elif shape is not None:
                lines = _lines(shape)
            else:
                lines = [[self._where[self._node(row[end or ""])] for end in (streets.from_node, streets.to_node)]]
        except (ValueError, KeyError, ShapelyError):
            lines = []
        for line in lines:
            if not all(abs(lon) <= 180 and abs(lat) <= 90 for lon, lat in line):
                self._odd.note("position_out_of_range", f"{label}: {line[0]}")
                return []
        drawn = [line for line in lines if len(line) > 1]
        if not drawn:
            self._odd.note("shape_unreadable", label)
        return drawn

    def _way(self, way: int, row: dict[str, str], line: _Points, label: str) -> None:
        road_class = self._class(row, label)
        name = tidy(row.get(self._streets.name or "", ""), self._mapping.upper_case_names)
        name_zh, name_en = (row.get(column or "") or None for column in (self._streets.name_zh, self._streets.name_en))
        street = self._names.add(name, name_zh, name_en) if name else -1
        bits = EMERGENCY if _among(row, self._streets.emergency_only) else BOTH
        with_it, against = self._directions(row, road_class, label)
        access = (bits if with_it else 0, bits if against else 0)
        if access == (0, 0):
            self._odd.note("road_closed_to_all", label)
            return
        kph, tagged = self._speed(row, road_class, label)
        self.ways.add(self._joined(row, line, label), way, street, CLASS_INDEX[road_class], access, (kph, kph), (tagged, tagged))
        self._range(way, street, row, label)

    def _joined(self, row: dict[str, str], line: _Points, label: str) -> list[tuple[int, float, float]]:
        """Give each point the id by which it joins others: its place, or the ends' node ids and none for what lies
        between.
        """
        streets = self._streets
        if streets.from_node is None or streets.to_node is None:
            return _without_repeats([(_place_id(lon, lat), lon, lat) for lon, lat in line])
        ends = (self._node(row[streets.from_node]), self._node(row[streets.to_node]))
        joined = []
        for at, (lon, lat) in enumerate(line):
            if at in (0, len(line) - 1):
                end = ends[at > 0]
                lon, lat = self._moved(end, lon, lat, label)
                joined.append((end, lon, lat))
            else:
                self._inner += 1
                joined.append((-self._inner, lon, lat))
        return joined

    def _moved(self, node: int, lon: float, lat: float, label: str) -> tuple[float, float]:
        """An end drawn within ten metres of its junction is moved onto it; one farther off stays as drawn and is
        counted.
        """
        if node not in self._where:
            if self._mapping.nodes is not None:
                self._odd.note("node_missing", label)
            return self._where.setdefault(node, (lon, lat))
        east, north = self._where[node][0] - lon, self._where[node][1] - lat
        off_m = float(np.hypot(east * np.cos(np.radians(lat)), north)) * DEGREE_M
        if off_m <= _SNAP_M:
            return self._where[node]
        self._odd.note("end_off_its_node", f"{label}: {off_m:.0f} m")
        return lon, lat

    def _class(self, row: dict[str, str], label: str) -> str:
        classes = self._streets.classes
        if classes is None:
            return "unclassified"
        value = row.get(classes.column, "").strip()
        if value not in classes.values:
            self._odd.note("class_unknown", f"{label}: '{value}'")
        return classes.values.get(value, classes.default)

    def _directions(self, row: dict[str, str], road_class: str, label: str) -> tuple[bool, bool]:
        ways = self._streets.direction
        if ways is None:
            return True, True
        value = row.get(ways.column, "").strip()
        if value in ways.unsure:
            self._odd.note("direction_unsure", f"{label}: '{value}'")
            return True, road_class not in ways.unsure_one_way
        if value not in ways.values:
            self._odd.note("direction_unknown", f"{label}: '{value}'")
        direction = ways.values.get(value, ways.default)
        return direction in ("both", "forward"), direction in ("both", "backward")

    def _speed(self, row: dict[str, str], road_class: str, label: str) -> tuple[float, bool]:
        speed = self._streets.speed
        written = row.get(speed.column, "").strip() if speed is not None else ""
        if speed is not None and written not in ("", "0"):
            kph = limit_kph(f"{written} {speed.unit}" if written.replace(".", "", 1).isdigit() else written)
            if kph is not None:
                return kph, True
            self._odd.note("maxspeed_unreadable", f"{label}: {written}")
        return CLASS_KPH[road_class], False

    def _range(self, way: int, street: int, row: dict[str, str], label: str) -> None:
        columns = self._streets.ranges
        if columns is None or street < 0:
            return
        try:
            left, right = (
                _side(row, *side) for side in ((columns.left_from, columns.left_to), (columns.right_from, columns.right_to))
            )
        except ValueError:
            self._odd.note("range_unreadable", label)
            return
        if left is not None or right is not None:
            self._ranges.append((way, street, left, right))


def _side(row: dict[str, str], first: str, last: str) -> _Pair:
    begin, end = (int(float(row.get(column) or 0)) for column in (first, last))
    return (begin, end) if begin > 0 and end > 0 else None


def _among(row: dict[str, str], match: Match | None) -> bool:
    return match is not None and row.get(match.column, "").strip() in match.values


def _pairs(text: str) -> _Points:
    points = []
    for pair in text.split():
        lon, lat = pair.split(",")
        points.append((float(lon), float(lat)))
    return points


def _lines(shape: Any) -> list[_Points]:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "LineString"] if shape is not None else []
    return [[(float(lon), float(lat)) for lon, lat in shapely.get_coordinates(part)] for part in parts]


def _place_id(lon: float, lat: float) -> int:
    return round((lon + 180) * _GRID) * (1 << 28) + round((lat + 90) * _GRID)


def _without_repeats(points: list[tuple[int, float, float]]) -> list[tuple[int, float, float]]:
    return points[:1] + [point for before, point in pairwise(points) if before[0] != point[0]]
