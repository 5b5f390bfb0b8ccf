"""Ways of any drawing cut at their junctions into segments, in arrays: the step between a reader and the road network."""

from array import array
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tocsin.city.faults import CityFault, Odd
from tocsin.city.survey import Segments

EARTH_M = 6_371_008.8
DEGREE_M = EARTH_M * np.pi / 180
SHORTEST_M = 0.1


@dataclass(slots=True)
class Ways:
    """Ways as they are read, one after another: points in flat arrays and one row of attributes per way."""

    ref: "array[int]" = field(default_factory=lambda: array("q"))  # a node's own id; equal ids join ways
    lon: "array[float]" = field(default_factory=lambda: array("d"))
    lat: "array[float]" = field(default_factory=lambda: array("d"))
    points: "array[int]" = field(default_factory=lambda: array("q"))  # [w]
    way: "array[int]" = field(default_factory=lambda: array("q"))  # [w] the source's own id of the way
    street: "array[int]" = field(default_factory=lambda: array("i"))
    road_class: "array[int]" = field(default_factory=lambda: array("B"))
    access: "array[int]" = field(default_factory=lambda: array("B"))  # [2 w] with, against
    speed_kph: "array[float]" = field(default_factory=lambda: array("f"))
    tagged: "array[int]" = field(default_factory=lambda: array("B"))

    def add(
        self,
        points: list[tuple[int, float, float]],
        way: int,
        street: int,
        road_class: int,
        access: tuple[int, int],
        speed_kph: tuple[float, float],
        tagged: tuple[bool, bool],
    ) -> None:
        """Append one way of two points or more."""
        for ref, lon, lat in points:
            self.ref.append(ref)
            self.lon.append(lon)
            self.lat.append(lat)
        self.points.append(len(points))
        self.way.append(way)
        self.street.append(street)
        self.road_class.append(road_class)
        self.access.extend(access)
        self.speed_kph.extend(speed_kph)
        self.tagged.extend(tagged)


@dataclass(slots=True)
class Cut:
    """Segments with the ids that they have in the source, which turn restrictions and address ranges speak of."""

    segments: Segments
    way: npt.NDArray[np.int64]  # [s] source id of the way
    node: npt.NDArray[np.int64]  # [n] source id of the node


def cut(ways: Ways, odd: Odd) -> Cut:
    """Cut ways wherever they share a point or end; a way that returns to its own start is cut once more, so that no
    segment is a loop.
    """
    if not ways.points:
        raise CityFault("city.no_roads", "The sources hold no road that a vehicle may use.")
    ref, lon, lat = np.asarray(ways.ref), np.asarray(ways.lon), np.asarray(ways.lat)
    _check_range(lon, lat)
    counts = np.asarray(ways.points)
    last = np.cumsum(counts) - 1
    first = last - counts + 1
    ids, node = np.unique(ref, return_inverse=True)
    uses = np.bincount(node)
    stop = uses[node] > 1
    stop[first] = stop[last] = True
    stop |= _loop_cuts(node, stop, last)

    at = np.flatnonzero(stop)
    ends_way = np.zeros(len(ref), dtype=bool)
    ends_way[last] = True
    begin = at[:-1][~ends_way[at[:-1]]]
    end = at[1:][~ends_way[at[:-1]]]
    of_way = np.searchsorted(last, begin)
    length = end - begin + 1
    shape_at = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
    take = np.repeat(begin - shape_at[:-1], length) + np.arange(shape_at[-1])

    kept, where = np.unique(np.concatenate([node[begin], node[end]]), return_index=True)
    ends = np.searchsorted(kept, np.concatenate([node[begin], node[end]])).astype(np.int32)
    node_at = np.concatenate([begin, end])[where]
    segments = Segments(
        lon=lon[node_at],
        lat=lat[node_at],
        tail=ends[: len(begin)],
        head=ends[len(begin) :],
        shape_at=shape_at,
        shape_lon=lon[take],
        shape_lat=lat[take],
        street=np.asarray(ways.street, dtype=np.int32)[of_way],
        road_class=np.asarray(ways.road_class, dtype=np.uint8)[of_way],
        access=np.asarray(ways.access, dtype=np.uint8).reshape(-1, 2)[of_way],
        speed_kph=np.asarray(ways.speed_kph, dtype=np.float32).reshape(-1, 2)[of_way],
        tagged=np.asarray(ways.tagged, dtype=bool).reshape(-1, 2)[of_way],
    )
    way = np.asarray(ways.way)[of_way]
    for segment in np.flatnonzero(lengths_m(segments) < SHORTEST_M):
        odd.note("segment_without_length", f"way {way[segment]} at node {ids[kept[segments.tail[segment]]]}")
    return Cut(segments, way, ids[kept])


def lengths_m(segments: Segments) -> npt.NDArray[np.float64]:
    """Return the length of each segment along its shape, by the haversine formula on the mean sphere."""
    step = haversine_m(segments.shape_lon[:-1], segments.shape_lat[:-1], segments.shape_lon[1:], segments.shape_lat[1:])
    run = np.concatenate([[0.0], np.cumsum(step)])
    return np.asarray(run[segments.shape_at[1:] - 1] - run[segments.shape_at[:-1]])


def haversine_m(
    lon1: npt.NDArray[np.float64],
    lat1: npt.NDArray[np.float64],
    lon2: npt.NDArray[np.float64],
    lat2: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Return great-circle distances in metres between points in degrees."""
    a, b = np.radians(lat1), np.radians(lat2)
    square = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(lon2 - lon1) / 2) ** 2
    return np.asarray(2 * EARTH_M * np.arcsin(np.sqrt(np.minimum(square, 1.0))))


def _check_range(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> None:
    absurd = ~((np.abs(lon) <= 180) & (np.abs(lat) <= 90))  # also true of NaN
    if absurd.any():
        at = int(np.flatnonzero(absurd)[0])
        raise CityFault(
            "city.coordinates_out_of_range",
            f"A coordinate lies outside the earth: lon {lon[at]:g}, lat {lat[at]:g} "
            f"({int(absurd.sum())} like it); are the columns swapped or the projection wrong?",
        )


def _loop_cuts(node: npt.NDArray[np.int64], stop: npt.NDArray[np.bool_], last: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    at = np.flatnonzero(stop)
    extra = np.zeros(len(node), dtype=bool)
    same_way = ~np.isin(at[:-1], last)
    loops = same_way & (node[at[:-1]] == node[at[1:]]) & (at[1:] - at[:-1] > 1)
    extra[(at[:-1][loops] + at[1:][loops]) // 2] = True
    return extra
