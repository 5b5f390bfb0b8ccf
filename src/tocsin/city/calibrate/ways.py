"""The ways that runs took: seconds by road class along the quickest route, and travel times over any set of arc times."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tocsin.city.calibrate.runs import Floats, Ints, Runs
from tocsin.city.calibration import Streets
from tocsin.city.speeds import ROAD_CLASSES
from tocsin.engines.roads import Roads, Spots

FARTHEST_M = 100.0  # from a place to the nearest street, or the place is not of this city


@dataclass(frozen=True, slots=True)
class Ground:
    """One city's streets ready for routing, with the time of each arc at its tagged or table speed."""

    roads: Roads
    free_s: npt.NDArray[np.float32]
    usable: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, city: Streets) -> "Ground":
        """Make it from a city; emergency vehicles' access, since a record is mostly of them."""
        free_s = (city.network.dist_m / (city.speed_kph / np.float32(3.6))).astype(np.float32)
        return cls(Roads(city.network, city.topology), free_s, city.usable("emergency"))

    def arc_s(self, factor: Floats) -> npt.NDArray[np.float32]:
        """Return arc times with a factor for each road class, inf where emergency vehicles may not go."""
        times = self.free_s * factor.astype(np.float32)[self.roads.network.road_class]
        return np.where(self.usable, times, np.float32(np.inf)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Ends:
    """The different starts and places of runs on the streets, and which of them each run has."""

    starts: Spots
    goals: Spots
    start: Ints
    goal: Ints

    @classmethod
    def of(cls, ground: Ground, runs: Runs) -> "Ends":
        """Snap every different point once."""
        starts, start = np.unique(np.column_stack([runs.from_lon, runs.from_lat]), axis=0, return_inverse=True)
        goals, goal = np.unique(np.column_stack([runs.lon, runs.lat]), axis=0, return_inverse=True)
        return cls(
            ground.roads.snap(starts[:, 0], starts[:, 1], ground.usable),
            ground.roads.snap(goals[:, 0], goals[:, 1], ground.usable),
            start.reshape(-1),
            goal.reshape(-1),
        )

    def near(self) -> npt.NDArray[np.bool_]:
        """Which runs have both ends within reach of a street."""
        return (self.starts.gap_m[self.start] <= FARTHEST_M) & (self.goals.gap_m[self.goal] <= FARTHEST_M)


def drive_times(ground: Ground, ends: Ends, factor: Floats) -> Floats:
    """Return each run's seconds over the quickest way under these class factors, inf where there is none."""
    metric = ground.roads.customise(ground.arc_s(factor))
    times = np.full(len(ends.start), np.inf)
    for index in range(len(ends.starts)):
        mine = np.flatnonzero(ends.start == index)
        goals, back = np.unique(ends.goal[mine], return_inverse=True)
        there = Spots(ends.goals.arc[goals], ends.goals.along[goals], ends.goals.gap_m[goals], ends.goals.directed[goals])
        times[mine] = ground.roads.from_one(metric, ends.starts.at(index), there)[back]
    return times


def class_times(ground: Ground, ends: Ends, factor: Floats) -> Floats:
    """Return the seconds at tagged or table speed that each run's quickest way spends on each road class: float64[n, classes].

    The way is the quickest under `factor`; the seconds are without it. A run without a way has nan.
    """
    metric = ground.roads.customise(ground.arc_s(factor))
    times = np.full((len(ends.start), len(ROAD_CLASSES)), np.nan)
    pairs, which = np.unique(np.column_stack([ends.start, ends.goal]), axis=0, return_inverse=True)
    classes = ground.roads.network.road_class
    for index, (start, goal) in enumerate(pairs.tolist()):
        source, target = ends.starts.at(start), ends.goals.at(goal)
        route = ground.roads.route(metric, source, target)
        if route is None:
            continue
        spent = ground.free_s[route.arcs] * _shares(ground.roads, route.arcs, source, target)
        times[which.reshape(-1) == index] = np.bincount(classes[route.arcs], weights=spent, minlength=len(ROAD_CLASSES))
    return times


def _shares(roads: Roads, arcs: npt.NDArray[np.int32], source: Spots, target: Spots) -> Floats:
    """How much of each arc of a route is driven: the first and the last only from or to the spot on them."""
    low, high = np.zeros(len(arcs)), np.ones(len(arcs))
    if not len(arcs):
        return high
    segment = roads.network.segment
    for end, spot, bound in ((0, source, low), (-1, target, high)):
        arc, along = int(spot.arc[0]), float(spot.along[0])
        if 0.0 < along < 1.0 and segment[arcs[end]] == segment[arc]:
            bound[end] = along if arcs[end] == arc else 1.0 - along
    return np.maximum(high - low, 0.0)
