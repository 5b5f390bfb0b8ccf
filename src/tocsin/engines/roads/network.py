"""The streets as plain arrays: what the city compiler writes and every other module here reads."""

from dataclasses import dataclass, fields
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
Int: TypeAlias = Any    # one whole number inside a kernel, where Python's and NumPy's mix freely
Real: TypeAlias = Any   # and one number of any sort


@dataclass(frozen=True, slots=True)
class Network:
    """Directed arcs between junctions, running on undirected street segments that carry the drawn shape.

    With n nodes, m arcs, s segments, p shape points and r forbidden turns: `lon`, `lat` are WGS84 degrees (n); `tail`,
    `head`, `dist_m`, `segment`, `forward`, `name` and `road_class` have one value per arc (m); `forward` says whether the
    arc runs along its segment's shape; `shape_at` (s + 1) cuts `shape_lon`, `shape_lat` (p) into polylines; `ban_from`,
    `ban_to` (r) are forbidden arc-to-arc turns, where `only_*` restrictions are already expanded; `name` is -1 if unnamed.
    """

    lon: Floats
    lat: Floats
    tail: Ints
    head: Ints
    dist_m: npt.NDArray[np.float32]
    segment: Ints
    forward: Bools
    shape_at: npt.NDArray[np.int64]
    shape_lon: Floats
    shape_lat: Floats
    ban_from: Ints
    ban_to: Ints
    name: Ints
    road_class: npt.NDArray[np.uint8]

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Every array by its name, for saving."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def check(network: Network) -> None:
    """Assert what the compiler promises, so that no kernel reads outside an array; a failure is a bug of the compiler."""
    nodes, arcs = len(network.lon), len(network.tail)
    segments = len(network.shape_at) - 1
    assert len(network.lat) == nodes, "lon and lat differ in length"
    for name in ("head", "dist_m", "segment", "forward", "name", "road_class"):
        assert len(getattr(network, name)) == arcs, f"{name} must have one value per arc"
    for name, ceiling in (("tail", nodes), ("head", nodes), ("segment", segments), ("ban_from", arcs), ("ban_to", arcs)):
        values = getattr(network, name)
        assert not len(values) or (values.min() >= 0 and values.max() < ceiling), f"{name} points outside its array"
    assert len(network.ban_from) == len(network.ban_to), "each ban has a from and a to"
    assert np.array_equal(network.head[network.ban_from], network.tail[network.ban_to]), "a banned turn must meet at a node"
    assert len(network.shape_lon) == len(network.shape_lat) == network.shape_at[-1], "shape_at must end at the last point"
    assert not segments or np.diff(network.shape_at).min() >= 2, "a segment's shape has at least two points"


def opposites(network: Network) -> Ints:
    """The arc that runs the other way on the same segment, per arc (m); -1 where the street is one-way."""
    arcs = len(network.tail)
    segments = len(network.shape_at) - 1
    side = np.full((2, segments), -1, np.int32)
    way = network.forward.astype(np.intp)
    numbers = np.arange(arcs, dtype=np.int32)
    side[way, network.segment] = numbers
    assert np.array_equal(side[way, network.segment], numbers), "a segment has at most one arc in each direction"
    other: Ints = side[1 - way, network.segment]
    return other
