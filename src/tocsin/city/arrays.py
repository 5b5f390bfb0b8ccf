"""A survey's segments turned into the directed arrays of the road network, with what stands beside them: access,
speeds, cells, areas.
"""

from dataclasses import dataclass

import h3.api.basic_int as h3
import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from tocsin.city.access import EMERGENCY, ORDINARY
from tocsin.city.cutting import SHORTEST_M, lengths_m
from tocsin.city.survey import Area, Array, Floats, Segments, Survey
from tocsin.engines.roads import Network

CELL_RESOLUTION = 9


@dataclass(frozen=True, slots=True)
class Ground:
    """The road arrays of one city: the network and, per arc, who may use it and how fast; per segment its cell and
    area.
    """

    network: Network
    access: npt.NDArray[np.uint8]  # [m] bit 0 ordinary car, bit 1 emergency vehicle
    speed_kph: npt.NDArray[np.float32]  # [m]
    tagged: npt.NDArray[np.bool_]  # [m] the speed is the source's own, not the class table's
    cell: npt.NDArray[np.uint64]  # [s] H3 cell at resolution 9 of the segment's middle
    area: npt.NDArray[np.int32]  # [s] index of the smallest area around the middle, -1 none

    def arrays(self) -> dict[str, Array]:
        """Every array by the name of its file."""
        beside: dict[str, Array] = {name: getattr(self, name) for name in ("access", "speed_kph", "tagged", "cell", "area")}
        return dict(self.network.arrays()) | beside


def lay(survey: Survey) -> Ground:
    """Make the directed arrays: arcs in the order of their segments, with the shape before against it, and only where
    some vehicle may go.
    """
    segments = survey.segments
    open_sides = np.flatnonzero(segments.access.reshape(-1))
    segment, against = open_sides // 2, open_sides % 2
    arc_of = np.full(2 * segments.count, -1, dtype=np.int32)
    arc_of[open_sides] = np.arange(len(open_sides))
    tail = np.where(against, segments.head[segment], segments.tail[segment])
    head = np.where(against, segments.tail[segment], segments.head[segment])
    bans = np.column_stack([arc_of[2 * survey.bans[:, 0] + survey.bans[:, 1]], arc_of[2 * survey.bans[:, 2] + survey.bans[:, 3]]])
    bans = bans[(bans >= 0).all(axis=1)]
    dist_m = np.maximum(lengths_m(segments), SHORTEST_M)
    network = Network(
        lon=segments.lon,
        lat=segments.lat,
        tail=tail.astype(np.int32),
        head=head.astype(np.int32),
        dist_m=dist_m[segment].astype(np.float32),
        segment=segment.astype(np.int32),
        forward=against == 0,
        shape_at=segments.shape_at,
        shape_lon=segments.shape_lon,
        shape_lat=segments.shape_lat,
        ban_from=np.ascontiguousarray(bans[:, 0]),
        ban_to=np.ascontiguousarray(bans[:, 1]),
        name=segments.street[segment],
        road_class=segments.road_class[segment],
    )
    lon, lat = middles(segments)
    return Ground(
        network,
        access=segments.access.reshape(-1)[open_sides],
        speed_kph=segments.speed_kph.reshape(-1)[open_sides],
        tagged=segments.tagged.reshape(-1)[open_sides],
        cell=_cells(lon, lat),
        area=_areas(survey.areas, lon, lat),
    )


def middles(segments: Segments) -> tuple[Floats, Floats]:
    """Return the point half-way along each segment."""
    first, last = segments.shape_at[:-1], segments.shape_at[1:] - 1
    shrink = np.cos(np.radians(segments.shape_lat[:-1]))
    step = np.hypot(np.diff(segments.shape_lon) * shrink, np.diff(segments.shape_lat))
    run = np.concatenate([[0.0], np.cumsum(step)])
    half = (run[first] + run[last]) / 2
    at = np.clip(np.searchsorted(run, half, side="right") - 1, first, last - 1)
    gap = run[at + 1] - run[at]
    share = np.divide(half - run[at], gap, out=np.zeros_like(gap), where=gap > 0)
    lon = segments.shape_lon[at] + share * (segments.shape_lon[at + 1] - segments.shape_lon[at])
    lat = segments.shape_lat[at] + share * (segments.shape_lat[at + 1] - segments.shape_lat[at])
    return lon, lat


def strong_part(network: Network, access: npt.NDArray[np.uint8], bit: int) -> npt.NDArray[np.bool_]:
    """Return which junctions lie in the largest strongly connected part of a profile's arcs, turn bans left aside."""
    usable = (access & bit) > 0
    tail, head = network.tail[usable], network.head[usable]
    nodes = len(network.lon)
    graph = coo_array((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(nodes, nodes))
    _, label = connected_components(graph.tocsr(), directed=True, connection="strong")
    touched = np.zeros(nodes, dtype=bool)
    touched[tail] = touched[head] = True
    if not touched.any():
        return touched
    return np.asarray(touched & (label == np.bincount(label[touched]).argmax()))


def strong_share(network: Network, access: npt.NDArray[np.uint8], bit: int) -> float:
    """Return the share of the junctions that a profile touches which lie in its largest strongly connected part."""
    usable = (access & bit) > 0
    touched = np.unique(np.concatenate([network.tail[usable], network.head[usable]]))
    return float(strong_part(network, access, bit)[touched].mean()) if len(touched) else 0.0


def shares(ground: Ground) -> dict[str, float]:
    """Return the strongly connected share of both profiles, rounded."""
    return {
        name: round(strong_share(ground.network, ground.access, bit), 4)
        for name, bit in (("ordinary", ORDINARY), ("emergency", EMERGENCY))
    }


def _cells(lon: Floats, lat: Floats) -> npt.NDArray[np.uint64]:
    cells = (h3.latlng_to_cell(y, x, CELL_RESOLUTION) for x, y in zip(lon.tolist(), lat.tolist(), strict=True))
    return np.fromiter(cells, dtype=np.uint64, count=len(lon))


def _areas(areas: list[Area], lon: Floats, lat: Floats) -> npt.NDArray[np.int32]:
    found = np.full(len(lon), -1, dtype=np.int32)
    if not areas:
        return found
    hits, points = shapely.STRtree(np.asarray(shapely.points(lon, lat))).query(
        [area.shape for area in areas], predicate="intersects"
    )
    size = np.array([area.shape.area for area in areas])
    level = np.array([area.level for area in areas])
    by_rank = np.lexsort((hits, -size[hits], level[hits]))  # the smallest comes last and stays
    found[points[by_rank]] = hits[by_rank]
    return found
