"""Turn a city's streets and entries into the index's arrays, counting what was odd instead of dropping it silently."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from pypinyin import lazy_pinyin

from tocsin.engines.places.ground import along, metres
from tocsin.engines.places.tables import FORMAT, SAME_CROSSING_M, Floats, Ints, Names, Spot, Street, Tables
from tocsin.engines.places.words import NUMBER_FIRST, fold, units

Point = tuple[float, float]
Pair = tuple[int, int]
_DIGITS = re.compile(r"\d{1,9}")
MAX_SOUNDED = 16
"""Signs of a name that are also known by sound; nobody types more."""


class Shapes(NamedTuple):
    """The street segments' lines: segment i runs over `lon[at[i]:at[i+1]]` (the arrays of the city's road network)."""

    at: Ints
    lon: Floats
    lat: Floats


class Gathered:
    """What the entries hold, sorted into lists while they are read once."""

    def __init__(self, streets: int) -> None:
        self.numbers: dict[tuple[int, int, str, float, float], None] = {}
        self.crossings: dict[Pair, list[Point]] = defaultdict(list)
        self.ranges: list[tuple[int, int, tuple[int, ...]]] = []
        self.spots: list[Spot] = []
        self.middles: dict[int, Point] = {}
        self.streets = streets
        self.counts: Counter[str] = Counter()

    def read(self, entry: Mapping[str, Any]) -> None:
        """Take one entry, or count why not."""
        kind = entry.get("kind")
        if kind not in ("street", "number", "crossing", "place", "area", "range"):
            self.counts["odd_kind"] += 1
            return
        numbers = entry["streets"] if kind == "crossing" else [entry["street"]] if "street" in entry else []
        if any(not 0 <= number < self.streets for number in numbers):
            self.counts["odd_street"] += 1
            return
        at = _point(entry)
        if at is None and kind in ("number", "crossing", "place"):
            self.counts["odd_position"] += 1
            return
        self.counts[kind] += 1
        if kind == "number" and at is not None:
            self._number(entry["street"], str(entry["number"]), at)
        elif kind == "crossing" and at is not None:
            for a, b in combinations(sorted(set(numbers)), 2):
                self._crossing((a, b), at)
        elif kind == "range":
            sides = [*(entry.get("left") or (0, 0)), *(entry.get("right") or (0, 0))]
            self.ranges.append((entry["street"], entry["segment"], tuple(int(side or 0) for side in sides)))
        elif kind == "street" and at is not None:
            self.middles[entry["street"]] = at
        elif kind in ("place", "area"):
            lon, lat = at or (None, None)
            also = entry.get("name_zh"), entry.get("name_en"), entry.get("what") or ""
            self.spots.append(Spot(kind, entry["name"], *also, lon, lat, _sound(entry)))

    def _number(self, street: int, text: str, at: Point) -> None:
        """File a number under every value it stands for: 12-14 is found as 12 and as 14."""
        values = [int(digits) for digits in _DIGITS.findall(fold(text))][:4]
        if not values:
            self.counts["odd_number"] += 1
        for value in dict.fromkeys(values):
            self.numbers[(street, value, text.strip(), *at)] = None

    def _crossing(self, pair: Pair, at: Point) -> None:
        """Keep a meeting point unless the two already meet next to it."""
        if all(metres(*at, *known) > SAME_CROSSING_M for known in self.crossings[pair]):
            self.crossings[pair].append(at)


def build_index(
    streets: Sequence[Mapping[str, Any]], entries: Iterable[Mapping[str, Any]], folder: str, shapes: Shapes | None = None
) -> dict[str, int]:
    """Write the index of a city's addresses into a folder that exists; the same input gives the same bytes.

    `streets` is the city's list of street names ({"name", "name_zh", "name_en"}), `entries` the rows of its
    places/entries.jsonl.gz. `shapes` are the road network's segments, needed only to place numbers along the
    segments' ranges. Returns how many entries of each kind went in, and under `odd_…` how many could not.
    """
    tables, counts = compile_tables(streets, entries, shapes)
    tables.save(folder)
    return counts


def compile_tables(
    streets: Sequence[Mapping[str, Any]], entries: Iterable[Mapping[str, Any]], shapes: Shapes | None
) -> tuple[Tables, dict[str, int]]:
    """The arrays, and how many of each kind went in (`odd_*`: what could not, by reason)."""
    gathered = Gathered(len(streets))
    for entry in entries:
        gathered.read(entry)
    rows = sorted(gathered.numbers)
    texts = sorted({row[2] for row in rows})
    text_at = {text: at for at, text in enumerate(texts)}
    numbers = [np.array([row[column] for row in rows], dtype=np.int64) for column in (0, 1)]
    lon, lat = (np.array([row[column] for row in rows], dtype=np.float64) for column in (3, 4))
    crossings = [(pair, at) for pair in sorted(gathered.crossings) for at in gathered.crossings[pair]]
    ranges = sorted(row for row in gathered.ranges if shapes is not None and 0 <= row[1] < len(shapes.at) - 1)
    if len(ranges) < len(gathered.ranges):
        gathered.counts["odd_range_without_shape"] = len(gathered.ranges) - len(ranges)
    shape_at, shape_lon, shape_lat = _cut(shapes, [row[1] for row in ranges])
    tables = Tables(
        names=Names(FORMAT, _number_first(streets), [], sorted(gathered.spots, key=_spot_order), texts),
        number_at=np.searchsorted(numbers[0], np.arange(len(streets) + 1)).astype(np.int64),
        number_value=numbers[1],
        number_text=np.array([text_at[row[2]] for row in rows], dtype=np.int64),
        number_lon=lon,
        number_lat=lat,
        cross_a=np.array([pair[0] for pair, _ in crossings], dtype=np.int64),
        cross_b=np.array([pair[1] for pair, _ in crossings], dtype=np.int64),
        cross_lon=np.array([at[0] for _, at in crossings], dtype=np.float64),
        cross_lat=np.array([at[1] for _, at in crossings], dtype=np.float64),
        range_street=np.array([row[0] for row in ranges], dtype=np.int64),
        range_sides=np.array([row[2] for row in ranges], dtype=np.int64).reshape(-1, 4),
        shape_at=shape_at,
        shape_lon=shape_lon,
        shape_lat=shape_lat,
    )
    tables.names.streets.extend(_streets(streets, tables, gathered.middles))
    return tables, dict(sorted(gathered.counts.items()))


def _point(entry: Mapping[str, Any]) -> Point | None:
    """An entry's position, None where it has none or an impossible one."""
    lon, lat = entry.get("lon"), entry.get("lat")
    if lon is None or lat is None or not (abs(lon) <= 180 and abs(lat) <= 90):
        return None
    return float(lon), float(lat)


def _sound(named: Mapping[str, Any]) -> str:
    """How a Han name is typed by someone who does not stop to choose the signs: 新华路 is xin hua lu."""
    return " ".join(lazy_pinyin((named.get("name_zh") or named["name"] or "")[:MAX_SOUNDED], errors="ignore"))


def _spot_order(spot: Spot) -> tuple[str, str, str, float, float]:
    return spot.kind, spot.name, spot.what, spot.lon or 0.0, spot.lat or 0.0


def _cut(shapes: Shapes | None, segments: list[int]) -> tuple[Ints, Floats, Floats]:
    """The lines of these segments alone, in this order."""
    if shapes is None or not segments:
        return np.zeros(1, dtype=np.int64), np.zeros(0), np.zeros(0)
    pieces = [slice(int(shapes.at[segment]), int(shapes.at[segment + 1])) for segment in segments]
    at = np.cumsum([0] + [piece.stop - piece.start for piece in pieces]).astype(np.int64)
    lon = np.concatenate([np.asarray(shapes.lon[piece], dtype=np.float64) for piece in pieces])
    return at, lon, np.concatenate([np.asarray(shapes.lat[piece], dtype=np.float64) for piece in pieces])


def _number_first(streets: Sequence[Mapping[str, Any]]) -> bool:
    """Whether numbers are written before names here: so where at least a third of the names carry an English or French type word."""
    typed = sum(any(unit.raw in NUMBER_FIRST for unit in units(street["name"] or "")) for street in streets)
    return typed * 3 > len(streets)


def _streets(streets: Sequence[Mapping[str, Any]], tables: Tables, middles: Mapping[int, Point]) -> list[Street]:
    """Every street with its middle (a real address or crossing of it where there is one) and half its extent."""
    points: dict[int, list[Point]] = defaultdict(list)
    crossings = (tables.cross_a, tables.cross_b, tables.cross_lon, tables.cross_lat)
    for a, b, *meeting in zip(*(column.tolist() for column in crossings), strict=True):
        points[a].append((meeting[0], meeting[1]))
        points[b].append((meeting[0], meeting[1]))
    for row, ref in enumerate(tables.range_street.tolist()):
        line = slice(int(tables.shape_at[row]), int(tables.shape_at[row + 1]))
        points[ref].append(along(tables.shape_lon[line], tables.shape_lat[line], 0.5)[:2])
    found: list[Street] = []
    for at, street in enumerate(streets):
        rows = slice(int(tables.number_at[at]), int(tables.number_at[at + 1]))
        own = list(zip(tables.number_lon[rows].tolist(), tables.number_lat[rows].tolist(), strict=True))
        known = own or points[at] or ([middles[at]] if at in middles else [])
        lon, lat = middles.get(at) or (known[len(known) // 2] if known else (None, None))
        half = 0.0
        if everything := own + points[at]:
            lons, lats = zip(*everything, strict=True)
            half = metres(min(lons), min(lats), max(lons), max(lats)) / 2
        found.append(Street(street["name"] or "", street.get("name_zh"), street.get("name_en"), lon, lat, round(half, 1), _sound(street)))
    return found
