"""Where the calls of a study lie: in which district of the city, and in which of the cells that cover is shown by."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree

from tocsin.city import City
from tocsin.city.live import LiveRoads
from tocsin.facts.planning import Post

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
ELSEWHERE = "elsewhere"


def districts(city: City, fleet: Sequence[Post], lon: Floats, lat: Floats) -> tuple[Ints, list[str]]:
    """The district of each of c places, int64[c], and their names: the smallest area of the city around it; where the city names no areas, what is
    nearest to each station in a straight line."""
    shapes, names = _areas(city)
    if shapes:
        points = shapely.points(lon, lat)
        found = np.full(len(lon), len(names), np.int64)
        area, place = shapely.STRtree(shapes).query(points, predicate="intersects")[::-1]
        for one, at in sorted(zip(area.tolist(), place.tolist(), strict=True), reverse=True):  # the areas are in order of size: the smallest is written last
            found[at] = one
        return found, [*names, ELSEWHERE]
    stations = {post.station or post.unit: (post.lon, post.lat) for post in fleet}
    return _nearest(np.array(list(stations.values())).reshape(-1, 2), lon, lat), list(stations)


def _areas(city: City) -> tuple[list[Any], list[str]]:
    features = json.loads(city.areas_path.read_bytes())["features"] if city.areas_path.exists() else []
    found = sorted(((shapely.geometry.shape(one["geometry"]), str(one["properties"].get("name") or "")) for one in features), key=lambda pair: pair[0].area)
    return [shape for shape, name in found if name], [name for _, name in found if name]


def cells_of(roads: LiveRoads, lon: Floats, lat: Floats) -> Ints:
    """The cell whose middle is nearest to each place, int64[c]."""
    return _nearest(np.column_stack((roads.cells.lon, roads.cells.lat)), lon, lat)


def _nearest(middles: Floats, lon: Floats, lat: Floats) -> Ints:
    scale = np.array([np.cos(np.radians(float(middles[:, 1].mean()))), 1.0])
    return np.asarray(cKDTree(middles * scale).query(np.column_stack((lon, lat)) * scale)[1], np.int64)
