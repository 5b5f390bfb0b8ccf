"""Driving in simulation: ways over the city's streets, closures included, and where a vehicle is at any moment on one."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import atan2, cos, degrees, hypot, isfinite, radians
from typing import Self

import numpy as np

from tocsin.city.calibration import Calibration
from tocsin.city.live import LiveRoads
from tocsin.kernel import Instant
from tocsin.sim.clock import SECOND

Point = tuple[float, float]
"""Degrees of longitude and latitude, WGS84."""

METRES_PER_DEGREE = 111_195.0
_STRAIGHT_MPS = 8.0
MOST_SPOTS = 20_000
"""Points whose places on the streets are remembered."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a vehicle is: the point, its speed in metres a second, and its heading in degrees from north (None at rest)."""

    point: Point
    speed_mps: float
    heading_deg: float | None


def metres(a: Point, b: Point) -> float:
    """The straight distance of two points of one city in metres (equirectangular, good to a part in a thousand)."""
    east, north = _offset(a, b)
    return hypot(east, north)


def _offset(a: Point, b: Point) -> tuple[float, float]:
    return ((b[0] - a[0]) * METRES_PER_DEGREE * cos(radians((a[1] + b[1]) / 2)), (b[1] - a[1]) * METRES_PER_DEGREE)


class Way:
    """A way from one point to another and its driving seconds. Its line is drawn when somebody asks for it: most ways are driven unseen."""

    __slots__ = ("_draw", "_line", "_reach_m", "first", "last", "seconds")

    def __init__(self, first: Point, last: Point, seconds: float, draw: Callable[[], Sequence[Point]]) -> None:
        self.first, self.last, self.seconds, self._draw = first, last, seconds, draw
        self._line: tuple[Point, ...] = ()
        self._reach_m: tuple[float, ...] = ()

    @property
    def line(self) -> tuple[Point, ...]:
        """Its points in order, both ends among them."""
        if not self._line:
            self._line = tuple(self._draw())
        return self._line

    @property
    def reach_m(self) -> tuple[float, ...]:
        """Metres from its beginning to each of its points."""
        if not self._reach_m:
            reach = [0.0]
            for a, b in pairwise(self.line):
                reach.append(reach[-1] + metres(a, b))
            self._reach_m = tuple(reach)
        return self._reach_m


@dataclass(frozen=True, slots=True)
class Drive:
    """A vehicle under way at an even pace, from `starts` until it arrives at `ends`."""

    way: Way
    starts: Instant
    ends: Instant

    @classmethod
    def over(cls, way: Way, starts: Instant, drive_s: float) -> Self:
        """The drive over a way that begins at `starts` and takes `drive_s` seconds."""
        return cls(way, starts, starts + max(0, round(drive_s * SECOND)))

    @classmethod
    def along(cls, line: Sequence[Point], starts: Instant, drive_s: float) -> Self:
        """The drive along `line` (at least one point) that begins at `starts` and takes `drive_s` seconds."""
        return cls.over(Way(line[0], line[-1], drive_s, partial(tuple, line)), starts, drive_s)

    def part(self, now: Instant) -> float:
        """How much of the way is driven by then, 0 to 1."""
        return min(1.0, max(0.0, (now - self.starts) / (self.ends - self.starts))) if self.ends > self.starts else 1.0

    def resting(self, now: Instant) -> Point | None:
        """Where the vehicle is at rest: the way's ends before the start and from the arrival on; None in between."""
        return self.way.last if now >= self.ends else self.way.first if now <= self.starts else None

    def at(self, now: Instant) -> Spot:
        """Where the vehicle is."""
        at = self.resting(now)
        if at is not None:
            return Spot(at, 0.0, None)
        reach_m, line = self.way.reach_m, self.way.line
        if reach_m[-1] == 0:
            return Spot(line[-1], 0.0, None)
        gone = reach_m[-1] * (now - self.starts) / (self.ends - self.starts)
        i = min(bisect_right(reach_m, gone), len(line) - 1)
        a, b = line[i - 1], line[i]
        part = (gone - reach_m[i - 1]) / max(reach_m[i] - reach_m[i - 1], 1e-9)
        east, north = _offset(a, b)
        return Spot((a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part),
                    reach_m[-1] * SECOND / (self.ends - self.starts), degrees(atan2(east, north)) % 360)


class Streets:
    """Ways over one city's streets as its calibration times them; it knows closures when it is told of them."""

    def __init__(self, roads: LiveRoads, timing: Calibration) -> None:
        self._roads, self._timing = roads, timing
        self._closed: tuple[int, ...] = ()
        self._spots: dict[tuple[Point, bool], tuple[int, float]] = {}

    def close(self, segments: Iterable[int]) -> None:
        """From now on these segments, and no others, are shut."""
        self._closed = tuple(sorted(segments))

    def over(self, a: Point, b: Point, at: Instant, *, lights: bool = False) -> Way:
        """The way from `a` to `b` at this instant, round what is shut; straight across at 8 m/s where no street leads there.

        A simulated vehicle has to get home even from a place that closures cut off, so there is always an answer.
        """
        start, goal = self._spot(a, lights), self._spot(b, lights)
        hour, closed = self._roads.hour_of_week(at), self._closed
        seconds = float(self._roads.drive_s([start[0]], [start[1]], [False], goal, lights=lights, hour=hour, closed=closed)[0])
        if not isfinite(seconds):
            return Way(a, b, metres(a, b) / _STRAIGHT_MPS, lambda: (a, b))
        return Way(a, b, round(seconds * 1000) / 1000, lambda: self._drawn(a, b, start, goal, lights, hour, closed))  # the roads' own whole milliseconds

    def way(self, a: Point, b: Point, at: Instant, *, lights: bool = False) -> tuple[tuple[Point, ...], float]:
        """The same as a line and its driving seconds."""
        found = self.over(a, b, at, lights=lights)
        return found.line, found.seconds

    def _drawn(self, a: Point, b: Point, start: tuple[int, float], goal: tuple[int, float], lights: bool, hour: int, closed: tuple[int, ...]) -> Sequence[Point]:
        route = self._roads.route((*start, False), goal, lights=lights, hour=hour, closed=closed)
        return (a, *route.line, b) if route is not None else (a, b)

    def _spot(self, point: Point, lights: bool) -> tuple[int, float]:
        """A point on the streets. Stations and places of calls are asked for again and again."""
        found = self._spots.get((point, lights))
        if found is None:
            arcs, alongs, _ = self._roads.spots([point[0]], [point[1]], [np.nan], lights=lights)
            if len(self._spots) >= MOST_SPOTS:
                self._spots.clear()
            found = self._spots[point, lights] = (int(arcs[0]), float(alongs[0]))
        return found

    def turnout_s(self, unit_kind: str, station: str, at: Instant, *, on_road: bool) -> float:
        """The calibrated seconds from being sent to driving off."""
        return self._timing.mobilised_s(unit_kind, station, self._roads.hour_of_week(at), on_road)

    def access_s(self, unit_kind: str, station: str, *, on_road: bool) -> float:
        """The calibrated seconds of a run that are not driving from street to street: pulling out, slowing, parking."""
        return self._timing.accessed_s(unit_kind, station, on_road)
