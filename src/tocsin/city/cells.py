"""The city in cells: H3 hexagons that hold drivable road, each with the spot by which times to it are told."""

from dataclasses import dataclass

import h3.api.basic_int as h3
import numpy as np
import numpy.typing as npt

from tocsin.city.opening import City

MOST_CELLS = 800
_FINEST, _COARSEST = 9, 5


@dataclass(frozen=True, slots=True)
class Cells:
    """Parallel arrays of c cells. `arc` and `along` are the reachable spot nearest to the cell's middle; `road_m` metres of road in it."""

    id: npt.NDArray[np.uint64]
    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]
    arc: npt.NDArray[np.int32]
    along: npt.NDArray[np.float32]
    road_m: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.id)

    def outline(self, at: int) -> list[tuple[float, float]]:
        """The cell's corners as (lon, lat), the first again at the end."""
        ring = [(lon, lat) for lat, lon in h3.cell_to_boundary(int(self.id[at]))]
        return [*ring, ring[0]]


def cells(city: City, reachable: npt.NDArray[np.bool_], most: int = MOST_CELLS) -> Cells:
    """The finest division into at most `most` cells that hold a street in `reachable` (bool per arc)."""
    network = city.network
    arcs = np.flatnonzero(reachable).astype(np.int32)
    _, one = np.unique(network.segment[arcs], return_index=True)  # one arc a segment: both directions are one street
    arcs = arcs[one]
    fine = city.ground.cell[network.segment[arcs]]
    for resolution in range(_FINEST, _COARSEST - 1, -1):
        unique, of = np.unique(fine, return_inverse=True)
        coarse = np.array([h3.cell_to_parent(int(cell), resolution) for cell in unique], np.uint64)
        found, group = np.unique(coarse[of], return_inverse=True)
        if len(found) <= most or resolution == _COARSEST:
            break
    middle = np.array([h3.cell_to_latlng(int(cell)) for cell in found]).reshape(-1, 2)
    lat, lon = (network.lat[network.tail[arcs]] + network.lat[network.head[arcs]]) / 2, (network.lon[network.tail[arcs]] + network.lon[network.head[arcs]]) / 2
    off = np.hypot((lon - middle[group, 1]) * np.cos(np.radians(lat)), lat - middle[group, 0])
    order = np.lexsort((arcs, off, group))
    nearest = order[np.searchsorted(group[order], np.arange(len(found)))]
    return Cells(found, middle[:, 1], middle[:, 0], arcs[nearest], np.full(len(found), 0.5, np.float32),
                 np.bincount(group, weights=network.dist_m[arcs], minlength=len(found)).astype(np.float64))
