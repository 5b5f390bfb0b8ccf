"""The plan of a made city: a warped disc of rings and radial avenues around a river, cut into cells of about equal
area.

Avenues divide as they go outward, so that cells stay of one size; a cell is entered from few places. That gives the
network the separators of a grown city, which a uniform grid has not.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tocsin.city.survey import Array, Floats

CENTRE_LON, CENTRE_LAT = 123.6, 30.2  # open sea, so that nobody takes the city for a real one
JUNCTIONS_PER_KM2 = 110.0
CELL_JUNCTIONS = 330
DEGREE_M = 111_195.0
_SPACING_M = 150.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Rings at `radius_m` (the first is 0, the centre), `sectors[k]` cells in the band outside ring k, the warp and the
    river.
    """

    radius_m: Floats
    sectors: npt.NDArray[np.int64]
    phase: Floats
    river_m: float

    @property
    def bands(self) -> int:
        """Return the number of bands between rings."""
        return len(self.sectors)

    @property
    def outer_m(self) -> float:
        """Return the radius of the outermost ring."""
        return float(self.radius_m[-1])

    def river_y(self, x: Floats) -> Floats:
        """Return where the middle of the river runs, for each x of the unwarped plan."""
        far = self.outer_m
        bend = 0.17 * np.sin(2.3 * x / far + self.phase[0]) + 0.06 * np.sin(5.1 * x / far + self.phase[1])
        return np.asarray(far * (0.18 + bend))

    def off_river_m(self, x: Floats, y: Floats) -> Floats:
        """Return how far north of the river's middle a point lies; within half of `river_m` it is wet."""
        return np.asarray(y - self.river_y(x))

    def warp(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return lon, lat of points of the plan, bent so that nothing stays straight or round."""
        far, p = self.outer_m, self.phase
        bent_x = x + far * (
            0.05 * np.sin(2 * np.pi * y / (0.95 * far) + p[2]) + 0.012 * np.sin(2 * np.pi * y / (0.31 * far) + p[3])
        )
        bent_y = y + far * (
            0.05 * np.sin(2 * np.pi * x / (1.05 * far) + p[4]) + 0.012 * np.sin(2 * np.pi * x / (0.37 * far) + p[5])
        )
        shrink = np.cos(np.radians(CENTRE_LAT))
        return (CENTRE_LON + bent_x / (DEGREE_M * shrink)).round(7), (CENTRE_LAT + bent_y / DEGREE_M).round(7)


@dataclass(frozen=True, slots=True)
class Chains:
    """The arterials: node positions on the plan, and chains of nodes, each a street (ring k is street k, avenues
    follow).
    """

    x: Floats
    y: Floats
    chain: list[npt.NDArray[np.int64]]
    street: list[int]
    start: list[int]  # where along its street a chain begins
    road_class: list[str]
    rings: int
    avenues: int


def plan(size: int, rng: np.random.Generator) -> Plan:
    """Lay out a city of about `size` junctions."""
    cells = max(6, round(size / CELL_JUNCTIONS))
    sectors: list[int] = []
    while sum(sectors) < cells:
        sectors.append(6 * 2 ** int(np.log2(len(sectors) + 1)))
    count = np.array(sectors, dtype=np.int64)
    weight = count * np.linspace(0.8, 1.3, len(count))  # blocks are smaller in the middle
    area_m2 = size / JUNCTIONS_PER_KM2 * 1e6
    radius_m = np.concatenate([[0.0], np.sqrt(np.cumsum(weight) / weight.sum() * area_m2 / np.pi)])
    river_m = float(np.clip(0.02 * radius_m[-1], 40.0, 420.0))
    return Plan(radius_m, count, rng.uniform(0, 2 * np.pi, 6), river_m)


def arterials(city: Plan) -> Chains:
    """Return the rings and avenues as chains of nodes at about 150 m, meeting at shared nodes."""
    x, y = [np.zeros(1)], [np.zeros(1)]
    chains: list[Array] = []
    street, start, classes = [], [], []
    total, bands = 1, city.bands
    ring_first, ring_step, ring_nodes = [], [], []
    for ring in range(bands):
        radius = city.radius_m[ring + 1]
        meet = int(city.sectors[min(ring + 1, bands - 1)])
        step = max(1, round(2 * np.pi * radius / meet / _SPACING_M))
        angle = np.arange(meet * step) * (2 * np.pi / (meet * step))
        x.append(radius * np.cos(angle))
        y.append(radius * np.sin(angle))
        ids = total + np.arange(len(angle))
        chains.append(np.append(ids, ids[0]))
        street.append(ring)
        start.append(0)
        classes.append("trunk" if ring == bands - 1 or ring % 6 == 5 else "primary" if ring % 2 == 0 else "secondary")
        ring_first.append(total)
        ring_step.append(step)
        ring_nodes.append(meet)
        total += len(angle)
    finest = int(city.sectors[-1])
    for band in range(bands):
        inner, outer = city.radius_m[band], city.radius_m[band + 1]
        pieces = max(1, round((outer - inner) / _SPACING_M))
        radii = inner + (outer - inner) * np.arange(1, pieces) / pieces
        for spoke in range(int(city.sectors[band])):
            angle = 2 * np.pi * spoke / int(city.sectors[band])
            begin = 0 if band == 0 else ring_first[band - 1] + spoke * ring_step[band - 1]
            end = ring_first[band] + spoke * (ring_nodes[band] // int(city.sectors[band])) * ring_step[band]
            x.append(radii * np.cos(angle))
            y.append(radii * np.sin(angle))
            chains.append(np.concatenate([[begin], total + np.arange(len(radii)), [end]]).astype(np.int64))
            turn = spoke * (finest // int(city.sectors[band]))
            street.append(bands + turn)
            start.append(band * 1000)
            classes.append("primary" if turn % (finest // 6) == 0 else "secondary" if band < bands // 2 else "tertiary")
            total += len(radii)
    return Chains(np.concatenate(x), np.concatenate(y), chains, street, start, classes, bands, finest)
