"""The made city's streets cleaned and laid down as segments: one piece, every junction reachable from every other."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from tocsin.city.access import BOTH
from tocsin.city.sketch_names import avenue, ring, street
from tocsin.city.sketch_plan import Chains, Plan, arterials
from tocsin.city.sketch_streets import KINDS, Edges, Whole, along_arterials, gates, gather, local_streets
from tocsin.city.speeds import CLASS_INDEX, CLASS_KPH
from tocsin.city.survey import Floats, Ints, Segments, Street

_FIRST_SPACING_M = 88.0


@dataclass(frozen=True, slots=True)
class Streets:
    """The streets of a made city on its plan: nodes, edges in their final order, names, and the cells left green."""

    x: Floats
    y: Floats
    edges: Edges
    names: list[Street]
    parks: list[tuple[int, int]]


def lay_streets(city: Plan, size: int, seed: int) -> Streets:
    """Lay arterials and local streets, twice: the second time with the spacing that brings the count near to `size`."""
    spacing_m = _FIRST_SPACING_M
    chains = arterials(city)
    found = _once(city, chains, spacing_m, seed)
    missing = (size - len(chains.x)) / max(1, len(found.x) - len(chains.x))
    if missing > 0:
        found = _once(city, chains, spacing_m / float(np.sqrt(np.clip(missing, 0.2, 5.0))), seed)
    return found


def segments_of(city: Plan, streets: Streets) -> Segments:
    """Return the segments: arterials bend at their middle, local streets run straight."""
    edges, x, y = streets.edges, streets.x, streets.y
    count = len(edges.tail)
    bent = np.isin(edges.kind, [KINDS.index(kind) for kind in ("trunk", "primary", "secondary")])
    points = np.where(bent, 3, 2)
    shape_at = np.concatenate([[0], np.cumsum(points)]).astype(np.int64)
    shape_x, shape_y = np.empty(shape_at[-1]), np.empty(shape_at[-1])
    for plane, drawn in ((x, shape_x), (y, shape_y)):
        drawn[shape_at[:-1]], drawn[shape_at[1:] - 1] = plane[edges.tail], plane[edges.head]
        drawn[shape_at[:-1][bent] + 1] = (plane[edges.tail[bent]] + plane[edges.head[bent]]) / 2
    lon, lat = city.warp(x, y)
    shape_lon, shape_lat = city.warp(shape_x, shape_y)
    road_class = np.array([CLASS_INDEX[kind] for kind in KINDS], dtype=np.uint8)[edges.kind]
    access = np.column_stack([np.where(edges.one_way >= 0, BOTH, 0), np.where(edges.one_way <= 0, BOTH, 0)]).astype(np.uint8)
    kph = np.array([CLASS_KPH[kind] for kind in KINDS], dtype=np.float32)[edges.kind]
    return Segments(
        lon,
        lat,
        edges.tail.astype(np.int32),
        edges.head.astype(np.int32),
        shape_at,
        shape_lon,
        shape_lat,
        edges.street.astype(np.int32),
        road_class,
        access,
        np.column_stack([kph, kph]),
        np.zeros((count, 2), dtype=bool),
    )


def left_turn_bans(streets: Streets, segments: Segments, rng: np.random.Generator) -> Ints:
    """Forbid one left turn at some junctions of main streets; never one that is the only way on."""
    edges = streets.edges
    main = edges.kind >= KINDS.index("secondary")
    ends = np.concatenate([edges.tail, edges.head])
    degree = np.bincount(ends, minlength=len(streets.x))
    on_main = np.bincount(np.concatenate([edges.tail[main], edges.head[main]]), minlength=len(streets.x))
    chosen = np.flatnonzero((degree >= 3) & (on_main >= 2))
    chosen = chosen[rng.random(len(chosen)) < 0.2]
    near: dict[int, list[tuple[int, int]]] = {int(node): [] for node in chosen}
    for at in np.flatnonzero(np.isin(edges.tail, chosen) | np.isin(edges.head, chosen)).tolist():
        for direction, node in enumerate((int(edges.tail[at]), int(edges.head[at]))):
            if node in near:
                near[node].append((at, direction))
    bans = []
    for node, arms in near.items():
        arriving = [(at, 1 - side) for at, side in arms if segments.access[at, 1 - side]]
        leaving = [(at, side) for at, side in arms if segments.access[at, side]]
        begin = next(((at, side) for at, side in arriving if main[at]), None)
        if begin is None or len(leaving) < 3:
            continue
        heading = _bearing(streets, node, begin[0]) + np.pi
        lefts = [
            (float((_bearing(streets, node, at) - heading) % (2 * np.pi)), at, side) for at, side in leaving if at != begin[0]
        ]
        turn, at, side = min(lefts, key=lambda left: abs(left[0] - np.pi / 2))
        if abs(turn - np.pi / 2) < 0.8:
            bans.append((*begin, at, side))
    return np.array(sorted(bans), dtype=np.int32).reshape(-1, 4)


def _bearing(streets: Streets, node: int, edge: int) -> float:
    tail, head = int(streets.edges.tail[edge]), int(streets.edges.head[edge])
    other = head if tail == node else tail
    return float(np.arctan2(streets.y[other] - streets.y[node], streets.x[other] - streets.x[node]))


def _once(city: Plan, chains: Chains, spacing_m: float, seed: int) -> Streets:
    rng = np.random.default_rng([seed, 1])
    main = along_arterials(city, chains, rng)
    local = local_streets(city, chains, spacing_m, rng)
    used = np.unique(np.concatenate([main.tail, main.head]))
    joins = gates(city, chains, local, used, spacing_m, rng)
    edges = gather([main, local.edges, joins])
    x, y = np.concatenate([chains.x, local.x]), np.concatenate([chains.y, local.y])
    x, y, edges = _largest(x, y, edges)
    _open_traps(len(x), edges)
    kept, edges.street = np.unique(edges.street, return_inverse=True)
    edges.street = edges.street.astype(np.int64)
    return Streets(x, y, edges, [_name(int(index), chains) for index in kept], local.parks)


def _name(index: int, chains: Chains) -> Street:
    if index < chains.rings:
        return ring(index + 1)
    index -= chains.rings
    return avenue(index) if index < chains.avenues else street(index - chains.avenues)


def _largest(x: Floats, y: Floats, edges: Edges) -> tuple[Floats, Floats, Edges]:
    graph = coo_array((np.ones(len(edges.tail), dtype=np.int8), (edges.tail, edges.head)), shape=(len(x), len(x)))
    _, label = connected_components(graph.tocsr(), directed=False)
    inside = label == np.bincount(label).argmax()
    new = np.cumsum(inside) - 1
    keep = inside[edges.tail]
    return (
        x[inside],
        y[inside],
        Edges(
            new[edges.tail[keep]],
            new[edges.head[keep]],
            edges.street[keep],
            edges.along[keep],
            edges.kind[keep],
            edges.one_way[keep],
        ),
    )


def _open_traps(nodes: int, edges: Edges) -> None:
    """Make every one-way between two strongly connected parts two-way: what hangs together then hangs together both
    ways.
    """
    forward, backward = edges.one_way >= 0, edges.one_way <= 0
    tail: Whole = np.concatenate([edges.tail[forward], edges.head[backward]])
    head: Whole = np.concatenate([edges.head[forward], edges.tail[backward]])
    graph = coo_array((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(nodes, nodes))
    _, label = connected_components(graph.tocsr(), directed=True, connection="strong")
    trapped: npt.NDArray[np.bool_] = label[edges.tail] != label[edges.head]
    edges.one_way[trapped] = 0
