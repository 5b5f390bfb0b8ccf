"""Driving in simulation: ways over the city's streets, closures included, and where a vehicle is at any moment on one."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, cos, degrees, hypot, radians
from typing import Self

import numpy as np

from tocsin.city import City
from tocsin.city.calibration import Calibration
from tocsin.city.live import LiveRoads
from tocsin.kernel import Instant
from tocsin.sim.clock import SECOND

Point = tuple[float, float]
"""Degrees of longitude and latitude, WGS84."""

METRES_PER_DEGREE = 111_195.0
_STRAIGHT_MPS = 8.0


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


@dataclass(frozen=True, slots=True)
class Drive:
    """A vehicle under way along a line, at an even pace: `reach_m[i]` metres to the line's point i, arriving at `ends`."""

    line: tuple[Point, ...]
    reach_m: tuple[float, ...]
    starts: Instant
    ends: Instant

    @classmethod
    def along(cls, line: Sequence[Point], starts: Instant, drive_s: float) -> Self:
        """The drive along `line` (at least one point) that begins at `starts` and takes `drive_s` seconds."""
        reach = [0.0]
        for a, b in pairwise(line):
            reach.append(reach[-1] + metres(a, b))
        return cls(tuple(line), tuple(reach), starts, starts + max(0, round(drive_s * SECOND)))

    def gone_m(self, now: Instant) -> float:
        """Metres driven by then."""
        return self.reach_m[-1] * min(1.0, max(0.0, (now - self.starts) / (self.ends - self.starts))) if self.ends > self.starts else self.reach_m[-1]

    def at(self, now: Instant) -> Spot:
        """Where the vehicle is: at rest at the line's ends before the start and from the arrival on."""
        if now <= self.starts or now >= self.ends or self.reach_m[-1] == 0:
            return Spot(self.line[0] if now <= self.starts and now < self.ends else self.line[-1], 0.0, None)
        gone = self.reach_m[-1] * (now - self.starts) / (self.ends - self.starts)
        i = min(bisect_right(self.reach_m, gone), len(self.line) - 1)
        a, b = self.line[i - 1], self.line[i]
        part = (gone - self.reach_m[i - 1]) / max(self.reach_m[i] - self.reach_m[i - 1], 1e-9)
        east, north = _offset(a, b)
        return Spot((a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part),
                    self.reach_m[-1] * SECOND / (self.ends - self.starts), degrees(atan2(east, north)) % 360)


class Streets:
    """Ways over one city's streets as its calibration times them; it knows closures when it is told of them."""

    def __init__(self, city: City, timing: Calibration) -> None:
        self._roads, self._timing = LiveRoads(city, timing), timing
        self._closed: tuple[int, ...] = ()

    def close(self, segments: Iterable[int]) -> None:
        """From now on these segments, and no others, are shut."""
        self._closed = tuple(sorted(segments))

    def way(self, a: Point, b: Point, at: Instant, *, lights: bool = False) -> tuple[tuple[Point, ...], float]:
        """The line from `a` to `b` and its driving seconds; straight across at 8 m/s where no street leads there.

        A simulated vehicle has to get home even from a place that closures cut off, so there is always an answer.
        """
        arcs, alongs, _ = self._roads.spots([a[0], b[0]], [a[1], b[1]], [np.nan, np.nan], lights=lights)
        route = self._roads.route((int(arcs[0]), float(alongs[0]), False), (int(arcs[1]), float(alongs[1])), lights=lights,
                                  hour=self._roads.hour_of_week(at), closed=self._closed)
        if route is None:
            return (a, b), metres(a, b) / _STRAIGHT_MPS
        return (a, *route.line, b), route.eta_s

    def turnout_s(self, unit_kind: str, station: str, at: Instant, *, on_road: bool) -> float:
        """The calibrated seconds from being sent to driving off."""
        return self._timing.mobilised_s(unit_kind, station, self._roads.hour_of_week(at), on_road)

    def access_s(self, unit_kind: str, station: str, *, on_road: bool) -> float:
        """The calibrated seconds of a run that are not driving from street to street: pulling out, slowing, parking."""
        return self._timing.accessed_s(unit_kind, station, on_road)
