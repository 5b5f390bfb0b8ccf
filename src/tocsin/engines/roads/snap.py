"""The nearest usable street to a point: a grid over the straight pieces of all shapes, searched in growing rings."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from tocsin.engines.roads.network import Bools, Floats, Int, Ints, Network
from tocsin.engines.roads.topology import frozen

EARTH_M = 6_371_008.8       # mean radius
LEAST_CELL_M = 40.0         # about half a block; smaller cells only cost memory
AGAINST_M = 30.0            # how much farther off a street counts that runs dead against a unit's heading; half for one across
AT_END_M = 0.5              # a foot this close to an end stands on the junction


class Grid(NamedTuple):
    """Straight pieces of street in metres (x east, y north of a corner of the network) and which of them cross each cell.

    `box` is (longitude, latitude, metres per degree east, metres per degree north, cell size); the metric is equirectangular
    at the middle latitude, which is right to 1 % within about half a degree. `length_m` is a segment's length in it.
    """

    box: Floats
    columns: int
    rows: int
    cell_at: Ints
    cell_piece: Ints
    x: Floats
    y: Floats
    piece_point: Ints
    piece_segment: Ints
    before_m: Floats
    length_m: Floats
    along_arc: Ints
    against_arc: Ints


def grid(network: Network) -> Grid:
    """Lay the grid over a network; a tenth of a second for 250,000 pieces."""
    lon, lat = np.asarray(network.shape_lon), np.asarray(network.shape_lat)
    degree = EARTH_M * np.pi / 180.0
    west, south = (float(lon.min()), float(lat.min())) if len(lon) else (0.0, 0.0)
    middle = float(lat.min() + lat.max()) / 2.0 if len(lat) else 0.0
    east_m = degree * max(float(np.cos(np.radians(middle))), 1e-6)
    x, y = (lon - west) * east_m, (lat - south) * degree
    segments = len(network.shape_at) - 1
    last = np.zeros(len(x), np.bool_)
    last[network.shape_at[1:] - 1] = True
    piece_point = np.flatnonzero(~last).astype(np.int32)
    piece_segment = np.repeat(np.arange(segments, dtype=np.int32), np.diff(network.shape_at) - 1)
    step = np.hypot(x[piece_point + 1] - x[piece_point], y[piece_point + 1] - y[piece_point])
    total = np.concatenate([[0.0], np.cumsum(step)])
    piece_at = network.shape_at - np.arange(segments + 1)
    length_m = total[piece_at[1:]] - total[piece_at[:-1]]
    before_m = total[:-1] - np.repeat(total[piece_at[:-1]], np.diff(piece_at))
    wide, tall = (float(x.max()), float(y.max())) if len(x) else (0.0, 0.0)
    cell = max(LEAST_CELL_M, float(np.sqrt(wide * tall / max(len(piece_point), 1))), wide / 30_000, tall / 30_000)
    columns, rows = int(wide / cell) + 1, int(tall / cell) + 1
    count = np.zeros(columns * rows + 1, np.int32)
    _raster(x, y, piece_point, cell, columns, rows, count, np.empty(0, np.int32))
    cell_at = np.cumsum(count, dtype=np.int32)
    cell_piece = np.empty(cell_at[-1], np.int32)
    _raster(x, y, piece_point, cell, columns, rows, cell_at.copy(), cell_piece)
    sides = np.full((2, segments), -1, np.int32)
    sides[network.forward.astype(np.intp), network.segment] = np.arange(len(network.segment))
    box = np.array([west, south, east_m, degree, cell])
    return Grid(frozen(box, np.float64), columns, rows, frozen(cell_at, np.int32), frozen(cell_piece, np.int32),
                frozen(x, np.float64), frozen(y, np.float64), frozen(piece_point, np.int32),
                frozen(piece_segment, np.int32), frozen(before_m, np.float64), frozen(length_m, np.float64),
                frozen(sides[1], np.int32), frozen(sides[0], np.int32))


@njit(cache=True, nogil=True)
def _raster(x: Floats, y: Floats, point: Ints, cell: float, columns: int, rows: int, slots: Ints, out: Ints) -> None:
    """Walk each piece row by row; with an empty `out` count the pieces of cell c in slots[c + 1], else place them."""
    for piece in range(len(point)):
        x0, y0, x1, y1 = x[point[piece]], y[point[piece]], x[point[piece] + 1], y[point[piece] + 1]
        if y0 > y1:
            x0, y0, x1, y1 = x1, y1, x0, y0
        for row in range(int(y0 / cell), int(y1 / cell) + 1):
            a, b = x0, x1
            if y1 > y0:
                a = x0 + (x1 - x0) * min(max((row * cell - y0) / (y1 - y0), 0.0), 1.0)
                b = x0 + (x1 - x0) * min(max(((row + 1) * cell - y0) / (y1 - y0), 0.0), 1.0)
            if a > b:
                a, b = b, a
            for column in range(max(int((a - 0.01) / cell), 0), min(int((b + 0.01) / cell), columns - 1) + 1):
                place = min(row, rows - 1) * columns + column
                if len(out):
                    out[slots[place]] = piece
                    slots[place] += 1
                else:
                    slots[place + 1] += 1


@njit(cache=True, nogil=True)
def measure(g: Grid, piece: int, px: float, py: float) -> tuple[float, float]:
    """Squared metres from a point to a piece, and the share of the piece at its foot."""
    x0, y0 = g.x[g.piece_point[piece]], g.y[g.piece_point[piece]]
    dx, dy = g.x[g.piece_point[piece] + 1] - x0, g.y[g.piece_point[piece] + 1] - y0
    square = dx * dx + dy * dy
    share = min(max(((px - x0) * dx + (py - y0) * dy) / square, 0.0), 1.0) if square > 0.0 else 0.0
    ex, ey = px - (x0 + share * dx), py - (y0 + share * dy)
    return ex * ex + ey * ey, share


@njit(cache=True, nogil=True)
def _agreement(g: Grid, usable: Bools, piece: Int, heading: float) -> tuple[float, Int]:
    """How well the best usable arc on a piece agrees with a heading (cosine, -2 if none is usable), and that arc.

    Without a heading (NaN) all agree, and the arc along the shape goes before the one against it.
    """
    segment, point = g.piece_segment[piece], g.piece_point[piece]
    along, against = g.along_arc[segment], g.against_arc[segment]
    cosine = 1.0
    if not np.isnan(heading):
        east, north = g.x[point + 1] - g.x[point], g.y[point + 1] - g.y[point]
        length = np.hypot(east, north)
        cosine = (east * np.sin(heading) + north * np.cos(heading)) / length if length > 0.0 else 0.0
    best = -2.0
    arc: Int = np.int32(-1)
    if along >= 0 and usable[along]:
        best, arc = cosine, along
    if against >= 0 and usable[against] and (arc == -1 or -cosine > best):
        best, arc = (1.0 if np.isnan(heading) else -cosine), against
    return best, arc


@njit(cache=True, nogil=True)
def _nearest_piece(g: Grid, usable: Bools, px: float, py: float, heading: float) -> tuple[Int, Int, float, float]:
    """The nearest piece with a usable arc (least number if equal; -1 if none), that arc, the metres, the share at the foot.

    A street that does not go where the unit is heading counts as farther off than it is, up to AGAINST_M.
    Rings of cells grow round the point, or round the nearest cell if it lies outside; as the network's box is convex, what
    is r cells away from the box's nearest point q is at least sqrt(|pq|² + r²) away from p.
    """
    cell = g.box[4]
    qx, qy = min(max(px, 0.0), g.columns * cell), min(max(py, 0.0), g.rows * cell)
    outside = (px - qx) ** 2 + (py - qy) ** 2
    column, row = min(int(qx / cell), g.columns - 1), min(int(qy / cell), g.rows - 1)
    best, which, foot, arc, gap = np.inf, -1, 0.0, np.int32(-1), np.inf
    for ring in range(max(g.columns, g.rows)):
        if which != -1 and ring > 0 and best < outside + ((ring - 1) * cell) ** 2:
            break
        for r in range(max(row - ring, 0), min(row + ring, g.rows - 1) + 1):
            stride = 1 if ring == 0 or r == row - ring or r == row + ring else 2 * ring     # between the rims: both ends
            for c in range(column - ring, column + ring + 1, stride):
                if c < 0 or c >= g.columns:
                    continue
                for slot in range(g.cell_at[r * g.columns + c], g.cell_at[r * g.columns + c + 1]):
                    piece = g.cell_piece[slot]
                    square, share = measure(g, piece, px, py)
                    if square > best or (square == best and piece >= which):
                        continue
                    cosine, candidate = _agreement(g, usable, piece, heading)
                    metres = np.sqrt(square)
                    counted = square if cosine == 1.0 else (metres + AGAINST_M * (1.0 - cosine) / 2.0) ** 2
                    if candidate >= 0 and (counted < best or (counted == best and piece < which)):
                        best, which, foot, arc, gap = counted, piece, share, candidate, metres
    return which, arc, gap, foot


@njit(cache=True, nogil=True)
def snap(g: Grid, lon: Floats, lat: Floats, heading: Floats,
         usable: Bools) -> tuple[Ints, npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """For each point the nearest usable arc, the share along it, and the gap in metres.

    `heading` is in radians clockwise from north, NaN where there is none; of two usable arcs on a street it chooses the one.
    A point that is not a number, or a network without a usable arc, gives arc -1 and an infinite gap.
    """
    arc = np.full(len(lon), -1, np.int32)
    along, gap_m = np.zeros(len(lon), np.float32), np.full(len(lon), np.inf, np.float32)
    for i in range(len(lon)):
        px, py = (lon[i] - g.box[0]) * g.box[2], (lat[i] - g.box[1]) * g.box[3]
        if not (np.isfinite(px) and np.isfinite(py)):
            continue
        piece, arc[i], gap_m[i], share = _nearest_piece(g, usable, px, py, heading[i])
        if piece < 0:
            continue
        segment, point = g.piece_segment[piece], g.piece_point[piece]
        step = np.hypot(g.x[point + 1] - g.x[point], g.y[point + 1] - g.y[point])
        done = g.before_m[piece] + share * step
        part = done / g.length_m[segment] if done > AT_END_M else 0.0
        if part > 0.0 and done > g.length_m[segment] - AT_END_M:
            part = 1.0
        along[i] = part if arc[i] == g.along_arc[segment] else 1.0 - part
    return arc, along, gap_m
