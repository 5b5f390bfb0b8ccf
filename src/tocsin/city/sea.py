"""The sea as surfaces: OSM draws only the coast, a line with the land on its left."""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry


def sea(coast: Sequence[BaseGeometry], bounds: tuple[float, float, float, float]) -> list[BaseGeometry]:
    """Return the parts of a box (west, south, east, north) that lie on the right of the coast lines; none where there
    is no coast.

    The box is cut along the lines; each piece is judged at the nearest stretch of coast. Lines that end inside the box,
    as where an extract was clipped, cut nothing.
    """
    box = shapely.box(*bounds)
    clipped = shapely.intersection(shapely.union_all(list(coast)), box) if coast else shapely.GeometryCollection()
    if clipped.is_empty:
        return []
    pieces = shapely.get_parts(shapely.polygonize([shapely.union_all([box.boundary, clipped])]))
    points = np.concatenate([shapely.get_coordinates(line)[:-1] for line in coast])
    ends = np.concatenate([shapely.get_coordinates(line)[1:] for line in coast])
    stretches = np.asarray(shapely.linestrings(np.stack([points, ends], axis=1)))
    tree = shapely.STRtree(stretches)
    middle = shapely.get_coordinates(shapely.point_on_surface(pieces))
    nearest = tree.nearest(shapely.points(middle))
    along, to = ends[nearest] - points[nearest], middle - points[nearest]
    right = along[:, 0] * to[:, 1] - along[:, 1] * to[:, 0] < 0
    return [piece for piece, wet in zip(pieces, right, strict=True) if wet]
