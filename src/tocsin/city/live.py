"""The city's roads as they are now: calibrated times by hour, closures, headings; what dispatch ranks and routes by."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from tocsin.city.calibration import Calibration
from tocsin.city.cells import Cells, cells
from tocsin.city.opening import City, Profile
from tocsin.engines.roads import Metric, Roads, Spots
from tocsin.kernel import Instant, Refused, from_instant

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]

_METRICS = 12
_FAR_M = 500.0
_ROOTS = 5


@dataclass(frozen=True, slots=True)
class Way:
    """A route as dispatch shows it: seconds, metres, the line as (lon, lat), and (street name, metres) in order."""

    eta_s: float
    dist_m: float
    line: Sequence[tuple[float, float]]
    legs: Sequence[tuple[str, float]]


class LiveRoads:
    """One city's roads with its timing. Safe for many threads; a metric is made once per hour, profile and set of closures."""

    def __init__(self, city: City, timing: Calibration) -> None:
        self.city, self.calibration = city.version, timing.version
        self.zone, self.bounds = city.manifest.timezone, city.manifest.bounds
        self._city, self._timing = city, timing
        self._roads = Roads(city.network, city.topology)
        self._usable = city.usable("emergency")
        self._metrics: OrderedDict[tuple[bool, int, tuple[int, ...]], Metric] = OrderedDict()
        self._lock = Lock()
        self._around = lru_cache(maxsize=8_192)(timing.eta_spread.around)  # forecasts are whole seconds, asked for by the hundred
        self._reachable = {lights: self._reached(lights) for lights in (True, False)}
        self._cells: Cells | None = None
        self._lengths: Metric | None = None

    def stops(self, *, lights: bool) -> npt.NDArray[np.bool_]:
        """The arcs on which a way may begin and end, with lights or without: bool[m]."""
        return self._reachable[lights]

    def hour_of_week(self, at: Instant) -> int:
        """0 for the hour after Monday's midnight in the city's own zone … 167."""
        local = from_instant(at).astimezone(ZoneInfo(self.zone))
        return local.weekday() * 24 + local.hour

    def spots(self, lon: Any, lat: Any, heading: Any, *, lights: bool) -> tuple[Ints, Floats, npt.NDArray[np.bool_]]:
        """Snap points to the nearest arc that may be driven, with lights or without, and reached from the rest of the city.

        A heading (degrees, NaN: none) picks the arc's direction. A place in a pedestrian street is driven up to when lights
        are on; without, to the street nearest to it; and nobody is sent into a stretch that the extract's edge cuts off.
        """
        found = self._roads.snap(lon, lat, self._reachable[lights], heading)
        return found.arc, found.along, found.directed

    def drive_s(self, arcs: Any, alongs: Any, directed: Any, target: tuple[int, float], *, lights: bool, hour: int,
                closed: tuple[int, ...]) -> Floats:
        """Driving seconds float32[k] from each spot to the target; inf where there is no way."""
        arcs = np.asarray(arcs, np.int32)
        times = np.full(len(arcs), np.inf, np.float32)
        here = np.flatnonzero(arcs >= 0)
        if target[0] < 0 or not len(here):
            return times
        spots = Spots.of(arcs[here], np.asarray(alongs)[here], np.asarray(directed)[here])
        times[here] = self._roads.to_one(self._metric(lights, hour, closed), spots, Spots.of([target[0]], [target[1]]))
        return times

    def spread_s(self, origin: tuple[int, float], arcs: Any, alongs: Any, *, lights: bool, hour: int, closed: tuple[int, ...]) -> Floats:
        """Driving seconds float32[k] from one spot to each of these; inf where there is no way."""
        arcs = np.asarray(arcs, np.int32)
        times = np.full(len(arcs), np.inf, np.float32)
        here = np.flatnonzero(arcs >= 0)
        if origin[0] >= 0 and len(here):
            ends = Spots.of(arcs[here], np.asarray(alongs)[here])
            times[here] = self._roads.from_one(self._metric(lights, hour, closed), Spots.of([origin[0]], [origin[1]]), ends)
        return times

    def apart_m(self, lon: Any, lat: Any, at: tuple[float, float]) -> npt.NDArray[np.float64]:
        """Metres by road between each of k points and one place, whichever way round is shorter: float64[k]; inf where none leads.

        The metres from each point to its street count too. Closures do not: a street that is shut moves nothing further apart.
        """
        lons, lats = np.append(np.asarray(lon, np.float64), at[0]), np.append(np.asarray(lat, np.float64), at[1])
        found = self._roads.snap(lons, lats, self._reachable[True])
        apart = np.full(len(lons) - 1, np.inf)
        here = np.flatnonzero((found.arc[:-1] >= 0) & (found.gap_m[:-1] <= _FAR_M))
        if found.arc[-1] < 0 or found.gap_m[-1] > _FAR_M or not len(here):
            return apart
        spots, place = Spots.of(found.arc[here], found.along[here]), Spots.of(found.arc[-1:], found.along[-1:])
        lengths = self._by_length()
        ways = np.minimum(self._roads.to_one(lengths, spots, place), self._roads.from_one(lengths, place, spots))
        apart[here] = ways.astype(np.float64) + found.gap_m[here] + found.gap_m[-1]
        return apart

    def _by_length(self) -> Metric:
        """The roads measured in metres, one for each second of the engine's; made when first asked for."""
        if self._lengths is None:
            self._lengths = self._roads.customise(np.where(self._usable, self._city.network.dist_m, np.inf))
        return self._lengths

    @property
    def cells(self) -> Cells:
        """The city in cells, for cover; made when first asked for."""
        if self._cells is None:
            self._cells = cells(self._city, self._reachable[True])
        return self._cells

    def cells_s(self, arcs: Any, alongs: Any, directed: Any, *, lights: bool, hour: int, closed: tuple[int, ...]) -> Floats:
        """Driving seconds float32[k, c] from each spot to each of `cells`; inf where there is no way."""
        return self.between_s(arcs, alongs, directed, (self.cells.arc, self.cells.along), lights=lights, hour=hour, closed=closed)

    def between_s(self, arcs: Any, alongs: Any, directed: Any, goals: tuple[Any, Any], *, lights: bool, hour: int, closed: tuple[int, ...]) -> Floats:
        """Driving seconds float32[k, m] from each spot to each of m goals, their arcs and how far along; inf where there is no way."""
        arcs, ends = np.asarray(arcs, np.int32), np.asarray(goals[0], np.int32)
        times = np.full((len(arcs), len(ends)), np.inf, np.float32)
        here, there = np.flatnonzero(arcs >= 0), np.flatnonzero(ends >= 0)
        if len(here) and len(there):
            times[np.ix_(here, there)] = self._roads.matrix(self._metric(lights, hour, closed), Spots.of(arcs[here], np.asarray(alongs)[here], np.asarray(directed)[here]),
                                                            Spots.of(ends[there], np.asarray(goals[1])[there]))
        return times

    def route(self, spot: tuple[int, float, bool], target: tuple[int, float], *, lights: bool, hour: int,
              closed: tuple[int, ...]) -> Way | None:
        """The quickest way round every closure, or None."""
        if spot[0] < 0 or target[0] < 0:
            return None
        found = self._roads.route(self._metric(lights, hour, closed), Spots.of([spot[0]], [spot[1]], [spot[2]]),
                                  Spots.of([target[0]], [target[1]]))
        if found is None:
            return None
        legs = [(self._city.streets[name].name if name >= 0 else "", dist_m) for name, dist_m in found.legs]
        line = list(zip(np.round(found.lon, 6).tolist(), np.round(found.lat, 6).tolist(), strict=True))
        return Way(found.eta_s, found.dist_m, line, legs)

    def added_s(self, unit_kind: str, station: str, hour: int, on_road: bool) -> float:
        """Seconds beside driving from street to street: mobilising, pulling out, parking."""
        return self._timing.added_s(unit_kind, station, hour, on_road)

    def interval(self, eta_s: float) -> tuple[float, float]:
        """The seconds between which nine in ten arrivals of this forecast lie, from being sent."""
        low, high = self._around(eta_s)
        return float(low), float(high)

    def stretch(self, lon: float, lat: float) -> tuple[tuple[int, ...], str]:
        """The segment of the road nearest to a point, and its street's name; refused where none is within 500 m."""
        found = self._roads.snap([lon], [lat], self._usable)
        arc = int(found.arc[0])
        if arc < 0 or float(found.gap_m[0]) > _FAR_M:
            raise Refused("no_road_there", f"No road is within {_FAR_M:.0f} m of that point.", f"该点 {_FAR_M:.0f} 米内没有道路。",
                          field="lon", status=422)
        name = int(self._city.network.name[arc])
        return (int(self._city.network.segment[arc]),), self._city.streets[name].name if name >= 0 else ""

    def shapes(self, segments: tuple[int, ...]) -> tuple[tuple[tuple[float, float], ...], ...]:
        """Each segment's line as (lon, lat); refused for a number that is no segment of this city."""
        network = self._city.network
        last = len(network.shape_at) - 1
        wrong = [segment for segment in segments if not 0 <= segment < last]
        if wrong:
            raise Refused("segment_unknown", f"This city has no segment {wrong[0]}; they run from 0 to {last - 1}.",
                          f"本市没有路段 {wrong[0]};编号为 0 至 {last - 1}。", field="segments", status=422)
        return tuple(tuple(zip(np.round(network.shape_lon[a:b], 6).tolist(), np.round(network.shape_lat[a:b], 6).tolist(), strict=True))
                     for a, b in ((int(network.shape_at[segment]), int(network.shape_at[segment + 1])) for segment in segments))

    def _reached(self, lights: bool) -> npt.NDArray[np.bool_]:
        """Which arcs can be driven to and left again from the rest of the city, turn bans counted: places to snap to.

        Of a few arcs all over the strongly connected part, the one that most others are joined to both ways stands for the rest.
        """
        inside = self._city.connected("emergency" if lights else "ordinary")
        arcs = np.flatnonzero(inside).astype(np.int32)
        spots = Spots.of(arcs, np.full(len(arcs), 0.5))
        metric = self._metric(lights, 12, ())
        best = np.zeros(len(arcs), np.bool_)
        for root in np.linspace(0, len(arcs) - 1, _ROOTS).astype(int) if len(arcs) else ():
            there, back = self._roads.from_one(metric, spots.at(root), spots), self._roads.to_one(metric, spots, spots.at(root))
            joined = np.isfinite(there) & np.isfinite(back)
            best = joined if joined.sum() > best.sum() else best
        inside[arcs[~best]] = False
        return inside

    def _metric(self, lights: bool, hour: int, closed: tuple[int, ...]) -> Metric:
        key = (lights, hour, closed)
        with self._lock:
            found = self._metrics.get(key)
            if found is not None:
                self._metrics.move_to_end(key)
                return found
        profile: Profile = "emergency" if lights else "ordinary"
        if closed:
            shut = np.flatnonzero(np.isin(self._city.network.segment, np.asarray(closed, np.int32))).astype(np.int32)
            made = self._roads.recustomise(self._metric(lights, hour, ()), shut, np.full(len(shut), np.inf, np.float32))
        else:
            made = self._roads.customise(self._timing.drive_s(self._city, profile, hour))
        with self._lock:
            self._metrics[key] = made
            if len(self._metrics) > _METRICS:
                self._metrics.popitem(last=False)
        return made
