"""The local streets of a made city: each cell has a lattice of its own lie and size, worn, joined to the arterials at
few places.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from tocsin.city.sketch_plan import Chains, Plan
from tocsin.city.survey import Floats

Whole = npt.NDArray[np.int64]
_WORN = 0.12  # share of lattice streets that are missing, main ones aside
_GATES = 8  # each cell joins the arterials here, where it can
_MORE_GATES = 0.5
_PARKS = 0.04
_ONE_WAY_CELLS = 0.35


@dataclass(slots=True)
class Edges:
    """Segments of a made city before they are cleaned: ends, street, place along the street, class, and direction (0
    both, 1, -1).
    """

    tail: Whole
    head: Whole
    street: Whole
    along: Whole
    kind: npt.NDArray[np.int64]  # index into KINDS
    one_way: Whole


KINDS = ("residential", "tertiary", "secondary", "primary", "trunk", "service")


@dataclass(slots=True)
class Locals:
    """The local junctions of all cells and the edges between them; node and street numbers begin where the arterials'
    end.
    """

    x: Floats
    y: Floats
    cell: Whole
    rim: npt.NDArray[np.bool_]  # at the edge of its lattice
    edges: Edges
    streets: int
    parks: list[tuple[int, int]]  # cells (band, sector) left green


def gather(parts: list[Edges]) -> Edges:
    """Return the edges of all parts, one after another."""
    names = ("tail", "head", "street", "along", "kind", "one_way")
    return Edges(*(np.concatenate([getattr(part, name) for part in parts]).astype(np.int64) for name in names))


def along_arterials(city: Plan, chains: Chains, rng: np.random.Generator) -> Edges:
    """Return the arterials' edges: under water nodes are passed over, and what spans the river is a bridge; some are
    not built.
    """
    wet = np.abs(city.off_river_m(chains.x, chains.y)) < city.river_m / 2
    side = city.off_river_m(chains.x, chains.y) > 0
    parts = []
    for nodes, street, start, road_class in zip(chains.chain, chains.street, chains.start, chains.road_class, strict=True):
        at = np.flatnonzero(~wet[nodes])
        tail, head = nodes[at[:-1]], nodes[at[1:]]
        bridge = (side[tail] != side[head]) | (np.diff(at) > 1)
        built = ~bridge | (rng.random(len(bridge)) < 0.85) | (street == city.bands - 1)
        size = int(built.sum())
        parts.append(
            Edges(
                tail[built],
                head[built],
                np.full(size, street),
                start + at[:-1][built],
                np.full(size, KINDS.index(road_class)),
                np.zeros(size, dtype=np.int64),
            )
        )
    return gather(parts)


def local_streets(city: Plan, chains: Chains, spacing_m: float, rng: np.random.Generator) -> Locals:
    """Fill every cell with streets at about this spacing."""
    first_node, first_street = len(chains.x), chains.rings + chains.avenues
    xs, ys, cells, rims, edges, parks = [], [], [], [], [], []
    number = 0
    for band in range(city.bands):
        inner, outer = city.radius_m[band], city.radius_m[band + 1]
        grow = 0.8 + 0.5 * band / max(1, city.bands - 1)
        for sector in range(int(city.sectors[band])):
            draws = rng.random(6)
            number += 1
            if draws[0] < _PARKS and band:
                parks.append((band, sector))
                continue
            step = spacing_m * np.sqrt(grow) * (0.85 + 0.3 * draws[1])
            x, y, row, column = _lattice(city, (inner, outer), sector, band, step, draws, rng)
            if len(x) < 4:
                continue
            made, rim, streets = _join(city, x, y, row, column, draws[5] < _ONE_WAY_CELLS, rng)
            made.tail += first_node
            made.head += first_node
            made.street += first_street
            xs.append(x)
            ys.append(y)
            cells.append(np.full(len(x), number))
            rims.append(rim)
            edges.append(made)
            first_node += len(x)
            first_street += streets
    return Locals(
        np.concatenate(xs),
        np.concatenate(ys),
        np.concatenate(cells),
        np.concatenate(rims),
        gather(edges),
        first_street - chains.rings - chains.avenues,
        parks,
    )


def gates(city: Plan, chains: Chains, local: Locals, used: Whole, spacing_m: float, rng: np.random.Generator) -> Edges:
    """Join the rims of the lattices to arterial nodes in reach on the same bank: a few per cell, nearest first, and
    some by chance.
    """
    first = len(chains.x)
    rim = np.flatnonzero(local.rim)
    found = cKDTree(np.column_stack([chains.x[used], chains.y[used]])).query(np.column_stack([local.x[rim], local.y[rim]]))
    gap, index = np.asarray(found[0]), np.asarray(found[1])
    target = used[index]
    bank = city.off_river_m(local.x[rim], local.y[rim]) > 0
    near = (gap < 2.6 * spacing_m) & (bank == (city.off_river_m(chains.x[target], chains.y[target]) > 0))
    rim, gap, target = rim[near], gap[near], target[near]
    by_cell = np.lexsort((gap, local.cell[rim]))
    starts = np.searchsorted(local.cell[rim][by_cell], local.cell[rim][by_cell])
    rank = np.empty(len(rim), dtype=np.int64)
    rank[by_cell] = np.arange(len(rim)) - starts
    _, once = np.unique(target, return_index=True)  # one gate per arterial node
    single = np.zeros(len(rim), dtype=bool)
    single[once] = True
    keep = ((rank < _GATES) | (rng.random(len(rim)) < _MORE_GATES)) & (single | (rank == 0))
    size = int(keep.sum())
    own = np.full(len(local.x), -1, dtype=np.int64)
    own[local.edges.tail - first] = local.edges.street
    own[local.edges.head - first] = local.edges.street
    return Edges(
        rim[keep] + first,
        target[keep],
        own[rim[keep]],
        np.full(size, 999),
        np.full(size, KINDS.index("residential")),
        np.zeros(size, dtype=np.int64),
    )


def _lattice(
    city: Plan, band_m: tuple[float, float], sector: int, band: int, step: float, draws: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats, Whole, Whole]:
    """Return the jittered points of a turned lattice inside one cell and clear of the river, with their rows and
    columns.
    """
    inner, outer = band_m
    width = 2 * np.pi / int(city.sectors[band])
    middle, angle = (inner + outer) / 2, (sector + 0.5) * width
    reach = max(outer - inner, outer * width) * 0.75
    turn = angle + (draws[2] - 0.5) * 0.9 * np.pi * (draws[3] < 0.5)
    wide, tall = step * (1.0 + 0.5 * draws[4]), step / (1.0 + 0.3 * draws[4])
    rows, columns = int(reach / tall) + 1, int(reach / wide) + 1
    row, column = (
        grid.ravel() for grid in np.meshgrid(np.arange(-rows, rows + 1), np.arange(-columns, columns + 1), indexing="ij")
    )
    u = column * wide + rng.normal(0, 0.07 * wide, len(row))
    v = row * tall + rng.normal(0, 0.07 * tall, len(row))
    x = middle * np.cos(angle) + u * np.cos(turn) - v * np.sin(turn)
    y = middle * np.sin(angle) + u * np.sin(turn) + v * np.cos(turn)
    radius, margin = np.hypot(x, y), 0.45 * step
    off = np.abs((np.arctan2(y, x) - angle + np.pi) % (2 * np.pi) - np.pi)
    inside = (radius > inner + margin) & (radius < outer - margin) & ((width / 2 - off) * radius > margin)
    inside &= np.abs(city.off_river_m(x, y)) > city.river_m / 2 + 15
    return x[inside], y[inside], (row[inside] + rows).astype(np.int64), (column[inside] + columns).astype(np.int64)


def _join(
    city: Plan, x: Floats, y: Floats, row: Whole, column: Whole, one_ways: bool, rng: np.random.Generator
) -> tuple[Edges, npt.NDArray[np.bool_], int]:
    """Return the edges of a lattice between neighbours on one bank, the points on its rim, and how many streets (rows,
    then columns) it has.
    """
    index = np.full((int(row.max()) + 2, int(column.max()) + 2), -1, dtype=np.int64)
    index[row, column] = np.arange(len(row))
    north = city.off_river_m(x, y) > 0
    rim = np.zeros(len(row), dtype=bool)
    parts = []
    for number, (down, right) in enumerate(((0, 1), (1, 0))):
        neighbour = index[row + down, column + right]
        there = (neighbour >= 0) & (north == north[neighbour])
        rim |= ~there | (index[row - down, column - right] < 0)
        line, place = (row, column) if number == 0 else (column, row)
        main = line % 5 == 2
        kept = np.flatnonzero(there & (main | (rng.random(len(row)) > _WORN)))
        main = main[kept]
        turned = np.where(line[kept] % 2 == 0, 1, -1) if one_ways else np.zeros(len(kept), dtype=np.int64)
        offset = 0 if number == 0 else int(row.max()) + 1
        parts.append(
            Edges(
                kept,
                neighbour[kept],
                line[kept] + offset,
                place[kept],
                np.where(main, KINDS.index("tertiary"), KINDS.index("residential")),
                np.where(main, 0, turned),
            )
        )
    return gather(parts), rim, int(row.max()) + int(column.max()) + 2
