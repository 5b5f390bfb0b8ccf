"""Drives of units whose waiting place no record says: how long each took, beside how long from where this simulation would have sent."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from tocsin.city import City
from tocsin.city.calibrate.runs import DRIVE_S
from tocsin.city.calibrate.ways import FARTHEST_M, Ground
from tocsin.city.calibration import Calibration
from tocsin.city.record import PastCall, Record, Run
from tocsin.city.speeds import ROAD_CLASSES
from tocsin.kernel import Instant
from tocsin.sim.clock import SECOND
from tocsin.sim.happenings import OPEN_END
from tocsin.sim.scenarios.duties import Duty
from tocsin.sim.travel import Point

Floats = npt.NDArray[np.float64]
Pairs = dict[tuple[str, bool], tuple[Floats, Floats]]
"""By kind of unit, with lights and without: usual seconds of driving, and those that it took."""
LIGHTS = 2
"""The least pressing priority that is driven with lights and siren, as in the house."""


def roving(record: Record) -> frozenset[str]:
    """The kinds of unit most of whose runs are of units without a station."""
    runs = [(run.unit_kind, run.station != "") for call in record.calls for run in call.runs]
    housed, every = Counter(kind for kind, station in runs if station), Counter(kind for kind, _ in runs)
    return frozenset(kind for kind in every if 2 * housed[kind] < every[kind])


def drives(record: Record, duties: Sequence[Duty], city: City, timing: Calibration, kinds: frozenset[str]) -> Pairs:
    """For each of these kinds, with lights and without: the usual seconds from driving off to being there, and those that it took.

    The usual ones are the calibration's from the waiting place of the soonest unit of the kind that was on duty and free by the
    record. Who went in truth, and from where, is not known; so what it took is held beside what a play would do at that call.
    """
    places, runs = _runs(record, kinds)
    homes = sorted({(duty.home.lon, duty.home.lat) for duty in duties if duty.unit_kind in kinds})
    if not places or not homes:
        return {}
    way_s, near = _ways(city, timing, homes, places)
    at_home = {home: index for index, home in enumerate(homes)}
    busy, zone = _busy(record), ZoneInfo(record.zone)
    found: dict[tuple[str, bool], list[tuple[float, float]]] = {}
    for place, call, run in runs:
        assert run.dispatch_at is not None and run.response_at is not None and run.on_scene_at is not None, "picked so"
        free = [at_home[duty.home.lon, duty.home.lat] for duty in duties if duty.unit_kind == run.unit_kind and duty.on <= run.dispatch_at < duty.off
                and _is_free(busy.get(duty.unit, []), run.dispatch_at)]
        took_s = (run.on_scene_at - run.response_at) / SECOND
        if not free or not near[place] or not DRIVE_S[0] <= took_s <= DRIVE_S[1]:
            continue
        local, lights = datetime.fromtimestamp(run.dispatch_at / SECOND, zone), min(max(call.priority, 1), 4) <= LIGHTS
        scale = timing.hour_factor[local.weekday() * 24 + local.hour] * (1.0 if lights else timing.ordinary_factor)
        usual_s = float(way_s[free, place].min()) * scale + timing.accessed_s(run.unit_kind, "", False)
        if np.isfinite(usual_s):
            found.setdefault((run.unit_kind, lights), []).append((usual_s, took_s))
    return {key: (np.array([usual for usual, _ in pairs]), np.array([took for _, took in pairs])) for key, pairs in found.items()}


def _runs(record: Record, kinds: frozenset[str]) -> tuple[list[Point], list[tuple[int, PastCall, Run]]]:
    places: list[Point] = []
    runs = []
    for call in record.calls:
        mine = [run for run in call.runs if run.unit_kind in kinds and run.dispatch_at is not None and run.response_at is not None and run.on_scene_at is not None
                and run.dispatch_at <= run.response_at <= run.on_scene_at]
        if mine and call.lon is not None and call.lat is not None:
            runs += [(len(places), call, run) for run in mine]
            places.append((call.lon, call.lat))
    return places, runs


def _ways(city: City, timing: Calibration, homes: Sequence[Point], places: Sequence[Point]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Driving seconds with lights in an hour of factor 1, float64[homes, places], and which places are near a street."""
    ground = Ground.of(city)
    metric = ground.roads.customise(ground.arc_s(np.array([timing.factor.get(name, 1.0) for name in ROAD_CLASSES])))
    starts, goals = (ground.roads.snap([lon for lon, _ in points], [lat for _, lat in points], ground.usable) for points in (homes, places))
    way_s = np.array([ground.roads.from_one(metric, starts.at(index), goals) for index in range(len(homes))], np.float64)
    return way_s, np.asarray(goals.gap_m <= FARTHEST_M)


def _busy(record: Record) -> dict[str, list[tuple[Instant, Instant]]]:
    """When each unit was at work, in order."""
    found: dict[str, list[tuple[Instant, Instant]]] = {}
    for call in record.calls:
        for run in call.runs:
            if run.dispatch_at is not None:
                found.setdefault(run.unit, []).append((run.dispatch_at, run.available_at if run.available_at is not None else run.dispatch_at + OPEN_END))
    return {unit: sorted(spans) for unit, spans in found.items()}


def _is_free(spans: Sequence[tuple[Instant, Instant]], at: Instant) -> bool:
    before = bisect_left(spans, (at, 0))
    return before == 0 or spans[before - 1][1] <= at
