"""Polygons of a GeoJSON file as rings of (lon, lat), for the areas of a plan."""

from pathlib import Path
from typing import Any

import msgspec

Ring = tuple[tuple[float, float], ...]


class NotGeoJson(OSError):
    """A file that is no GeoJSON of polygons; OSError, because whoever reads files says it in one line."""


def read_rings(path: Path, name: str = "") -> tuple[Ring, ...]:
    """All rings of the file's polygons, or of those whose `name` or `name_zh` this is."""
    try:
        found = msgspec.json.decode(path.read_bytes())
        features = found["features"] if found["type"] == "FeatureCollection" else [found]
        return tuple(ring for feature in features if not name or name in _names(feature) for ring in _rings(feature.get("geometry", feature)))
    except (msgspec.DecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotGeoJson(f"{path} is no GeoJSON of polygons: {error!r}") from error


def _names(feature: dict[str, Any]) -> set[Any]:
    properties = feature.get("properties") or {}
    return {properties.get("name"), properties.get("name_zh")}


def _rings(shape: dict[str, Any]) -> list[Ring]:
    if shape["type"] not in ("Polygon", "MultiPolygon"):
        return []
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    return [tuple((float(point[0]), float(point[1])) for point in ring) for polygon in polygons for ring in polygon]
