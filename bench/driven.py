"""Made drives over a real city: the engine's own quickest ways between junctions drawn by seed, told as positions with noise."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tocsin.city import City
from tocsin.engines.roads import Roads, Spots, Tracks

DEGREE_M = 6_371_008.8 * np.pi / 180.0
LEAST_M = 1_000.0           # a shorter way is drawn again
ACCURACY = 1.515            # the radius that holds 68 % of a round Gaussian, in deviations along one axis

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Drive:
    """One drive: the arcs of its way in order, and at each told second which of them (`row`), the share of it, and the told place."""

    arcs: Ints
    t_s: Floats
    row: npt.NDArray[np.intp]
    share: Floats
    told_lon: Floats
    told_lat: Floats

    @property
    def arc(self) -> Ints:
        """The arc at each told second."""
        return self.arcs[self.row]


def line_of(city: City, arc: int) -> tuple[Floats, Floats, Floats]:
    """The points of an arc in driving direction and how far along it each lies, 0 to 1."""
    network = city.network
    segment = network.segment[arc]
    cut = slice(int(network.shape_at[segment]), int(network.shape_at[segment + 1]))
    way = slice(None) if network.forward[arc] else slice(None, None, -1)
    lon, lat = np.asarray(network.shape_lon[cut])[way], np.asarray(network.shape_lat[cut])[way]
    done = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(lon) * np.cos(np.radians(lat[0])), np.diff(lat)))])
    return lon, lat, done / done[-1] if done[-1] > 0.0 else np.linspace(0.0, 1.0, len(lon))


class Lines(dict[int, tuple[Floats, Floats, Floats]]):
    """The lines of a city's arcs, each made when it is first asked for."""

    def __init__(self, city: City) -> None:
        self._city = city

    def __missing__(self, arc: int) -> tuple[Floats, Floats, Floats]:
        self[arc] = line_of(self._city, arc)
        return self[arc]


def drives(city: City, roads: Roads, count: int, step_s: float, noise_m: float, seed: int) -> list[Drive]:
    """So many drives of an ordinary car, a position each `step_s` with Gaussian noise of `noise_m` metres along each axis."""
    rng = np.random.default_rng(seed)
    seconds = city.drive_s("ordinary")
    metric = roads.customise(seconds)
    inside = np.flatnonzero(city.connected("ordinary"))
    made: list[Drive] = []
    while len(made) < count:
        ends = rng.choice(inside, 2)
        route = roads.route(metric, Spots.of([ends[0]], [0.0]), Spots.of([ends[1]], [0.0]))
        if route is None or route.dist_m < LEAST_M:
            continue
        made.append(told(city, route.arcs, seconds[route.arcs].astype(np.float64), step_s, noise_m, rng))
    return made


def told(city: City, arcs: Ints, arc_s: Floats, step_s: float, noise_m: float, rng: np.random.Generator) -> Drive:
    """Drive each arc at its own even speed and tell the place each `step_s`."""
    enter = np.concatenate([[0.0], np.cumsum(arc_s)])
    t_s = np.arange(0.0, enter[-1], step_s)
    row = np.minimum(np.searchsorted(enter, t_s, side="right") - 1, len(arcs) - 1)
    share = (t_s - enter[row]) / arc_s[row]
    lines = Lines(city)
    where = [(np.interp(part, lines[arc][2], lines[arc][0]), np.interp(part, lines[arc][2], lines[arc][1]))
             for arc, part in zip(arcs[row].tolist(), share.tolist(), strict=True)]
    lon, lat = np.array(where).T
    north = rng.normal(0.0, noise_m, len(t_s)) / DEGREE_M
    east = rng.normal(0.0, noise_m, len(t_s)) / (DEGREE_M * np.cos(np.radians(lat)))
    return Drive(arcs, t_s, row, share, lon + east, lat + north)


def tracks_of(made: list[Drive], noise_m: float) -> Tracks:
    """The drives as the matcher takes them, each position with the accuracy that a device would tell."""
    at = np.concatenate([[0], np.cumsum([len(drive.t_s) for drive in made])])
    t_s, lon, lat = (np.concatenate([getattr(drive, name) for drive in made]) for name in ("t_s", "told_lon", "told_lat"))
    return Tracks.of(at, t_s, lon, lat, np.full(at[-1], noise_m * ACCURACY))
