"""The sea as surfaces: OSM draws only the coast, a line with the land on its left."""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

_REACH = 0.15  # of the box's shorter side


def sea(coast: Sequence[BaseGeometry], bounds: tuple[float, float, float, float]) -> list[BaseGeometry]:
    """Return the parts of a box (west, south, east, north) that lie on the right of the coast lines; none where there is no
    coast.

    The box is cut along the lines; each piece is judged at the nearest stretch of coast. A line that ends a little inside the
    box, as where an extract was clipped, is led on to the box's edge; one that ends far inside cuts nothing.
    """
    box = shapely.box(*bounds)
    clipped = shapely.intersection(shapely.union_all(list(coast)), box) if coast else shapely.GeometryCollection()
    lines = [line for line in shapely.get_parts(shapely.line_merge(clipped)) if line.geom_type == "LineString"]
    if not lines:
        return []
    reach = _REACH * min(bounds[2] - bounds[0], bounds[3] - bounds[1])
    loose = [shapely.get_coordinates(line)[[0, -1]] for line in lines if not line.is_closed]
    led_on = [shapely.shortest_line(shapely.Point(end), box.boundary) for ends in loose for end in ends]
    cuts = [box.boundary, *lines, *(line for line in led_on if 0 < line.length < reach)]
    pieces = shapely.get_parts(shapely.polygonize([shapely.union_all(cuts)]))
    points = np.concatenate([shapely.get_coordinates(line)[:-1] for line in lines])
    ends = np.concatenate([shapely.get_coordinates(line)[1:] for line in lines])
    stretches = np.asarray(shapely.linestrings(np.stack([points, ends], axis=1)))
    tree = shapely.STRtree(stretches)
    middle = shapely.get_coordinates(shapely.point_on_surface(pieces))
    nearest = tree.nearest(shapely.points(middle))
    along, to = ends[nearest] - points[nearest], middle - points[nearest]
    right = along[:, 0] * to[:, 1] - along[:, 1] * to[:, 0] < 0
    return [piece for piece, wet in zip(pieces, right, strict=True) if wet]
