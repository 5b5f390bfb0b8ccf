"""What a city's own record teaches of its crews: their works, and how turnouts and drives scatter about what the calibration says."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from tocsin.city import City
from tocsin.city.calibrate.runs import TURNOUT_S, Runs, pick
from tocsin.city.calibrate.ways import Ends, Ground, drive_times
from tocsin.city.calibration import Calibration
from tocsin.city.record import Record
from tocsin.city.speeds import ROAD_CLASSES
from tocsin.kernel import Refused
from tocsin.sim.clock import SECOND
from tocsin.sim.scenarios.duties import from_record
from tocsin.sim.scenarios.waiting import LIGHTS, drives, roving
from tocsin.sim.scenarios.works import PastWorks

Floats = npt.NDArray[np.float64]

FEWEST_CALLS = 100
FEWEST_RATIOS = 30
BINS = 6
MOST_RATIO = 6.0
"""A drive that took longer than so many times its usual time was no drive; it is not learnt from."""
MOST_ROVING = 25.0
"""The same where the unit's waiting place is this simulation's guess."""


class Ratios:
    """Observed by predicted seconds, in equal parts of the predictions: the shorter a drive, the wider it scatters."""

    def __init__(self, predicted_s: Floats, took_s: Floats, most: float = MOST_RATIO) -> None:
        good = (predicted_s > 0) & np.isfinite(predicted_s) & np.isfinite(took_s) & (took_s <= most * predicted_s) & (took_s >= 0)
        predicted_s, ratio = predicted_s[good], took_s[good] / predicted_s[good]
        bins = max(1, min(BINS, len(ratio) // FEWEST_RATIOS))
        self._edges: Floats = np.quantile(predicted_s, np.arange(1, bins) / bins) if len(ratio) else np.array([])
        which = np.searchsorted(self._edges, predicted_s)
        self._parts = [np.sort(ratio[which == part]) for part in range(bins)]

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def at(self, predicted_s: float, share: float) -> float:
        """The past ratio, of about such a prediction, below which this share of them lies; 1 where there is none."""
        part = self._parts[int(np.searchsorted(self._edges, predicted_s))]
        return float(part[min(len(part) - 1, int(share * len(part)))]) if len(part) else 1.0

    def score(self, predicted_s: float, took_s: float) -> float:
        """Where a time stands among those of about its prediction, as a standard normal."""
        part = self._parts[int(np.searchsorted(self._edges, predicted_s))]
        below, upto = (int(np.searchsorted(part, took_s / predicted_s, side=side)) for side in ("left", "right"))
        return float(ndtri(min(max((below + upto) / 2, 0.5), len(part) - 0.5) / len(part))) if len(part) else 0.0


def alike(calls: npt.NDArray[np.int64], scores: Floats) -> float:
    """How much the drives to one call are late or early together, 0 … 0.9: the mean product of the scores of two units at one call."""
    products = [scores[i] * scores[j] for call in np.unique(calls) for i, j in combinations(np.flatnonzero(calls == call), 2)]
    return float(np.clip(np.mean(products), 0.0, 0.9)) if len(products) >= FEWEST_RATIOS else 0.0


class Habits(PastWorks):
    """One record's works, turnouts and drives. Nothing here knows a member of a crew: units of a kind are pooled."""

    def __init__(self, record: Record, city: City, timing: Calibration) -> None:
        if len(record.calls) < FEWEST_CALLS:
            raise Refused("record_too_short", f"{record.source} has {len(record.calls)} calls to learn from here; at least {FEWEST_CALLS} are needed.",
                          f"{record.source} 在此时段仅有 {len(record.calls)} 起警情可供学习，至少需要 {FEWEST_CALLS} 起。", status=422)
        super().__init__(record.calls)
        picked = pick(record)
        ground = Ground.of(city)
        self._turnout = _by_kind(picked.turnouts, picked.kinds, _mobilised(picked.turnouts, picked.kinds, picked.stations, timing), picked.turnouts.turnout_s)
        rolling_usual = np.full(len(picked.rolling), max(timing.moving_s, 1.0))
        self._rolling_turnout = Ratios(rolling_usual, np.maximum(picked.rolling.turnout_s, 0.0))
        calls, usual, took = _drives(picked.settled, picked.kinds, picked.stations, ground, timing, on_road=False)
        self._drive = Ratios(usual, took)
        self.alike = alike(calls, np.array([self._drive.score(predicted, seconds) for predicted, seconds in zip(usual, took, strict=True)]))
        """How much the drives to one call go together: a place that is hard to find is so for everybody."""
        _, usual, took = _drives(picked.rolling, picked.kinds, picked.stations, ground, timing, on_road=True)
        self._rolling_drive = Ratios(usual, took)
        kinds = roving(record)
        self._roving_turnout = _turnouts(record, kinds)
        self._roving_drive = {key: Ratios(usual, took, MOST_ROVING) for key, (usual, took) in
                              drives(record, from_record(record, record), city, timing, kinds).items() if len(usual) >= FEWEST_RATIOS}

    def turnout_s(self, unit_kind: str, usual_s: float, rng: np.random.Generator, *, priority: int, on_road: bool) -> float:
        """The usual, times a past crew's ratio to its own usual: of the same kind from quarters, of any kind on the road. Of a kind without
        stations it is a past turnout as it was, with lights or without, since nobody knows whether its crew sat in quarters."""
        past = self._roving_turnout.get((unit_kind, priority <= LIGHTS))
        if past is not None:
            return float(past[int(rng.integers(len(past)))])
        ratios = self._rolling_turnout if on_road else self._turnout.get(unit_kind, self._turnout[""])
        return usual_s * ratios.at(usual_s, float(rng.random()))

    def drive_s(self, unit_kind: str, usual_s: float, rng: np.random.Generator, *, priority: int, on_road: bool, shared: float) -> float:
        """The usual, times a past drive's ratio to its own; drives to one call go together as much as they did in the record."""
        ratios = self._rolling_drive if on_road and len(self._rolling_drive) >= FEWEST_RATIOS else self._drive
        ratios = self._roving_drive.get((unit_kind, priority <= LIGHTS), ratios)
        score = np.sqrt(self.alike) * shared + np.sqrt(1.0 - self.alike) * rng.standard_normal()
        return usual_s * ratios.at(usual_s, float(ndtr(score)))


def _turnouts(record: Record, kinds: frozenset[str]) -> dict[tuple[str, bool], list[float]]:
    """Every turnout of these kinds in seconds, with lights and without, where there are enough."""
    found: dict[tuple[str, bool], list[float]] = {}
    for call in record.calls:
        for run in call.runs:
            if run.unit_kind in kinds and run.dispatch_at is not None and run.response_at is not None and run.on_scene_at is not None:
                took_s = (run.response_at - run.dispatch_at) / SECOND
                if 0 <= took_s <= 2 * TURNOUT_S[1]:
                    found.setdefault((run.unit_kind, min(max(call.priority, 1), 4) <= LIGHTS), []).append(took_s)
    return {key: took for key, took in found.items() if len(took) >= FEWEST_RATIOS}


def _by_kind(runs: Runs, kinds: Sequence[str], usual_s: Floats, took_s: Floats) -> dict[str, Ratios]:
    found = {"": Ratios(usual_s, took_s)}
    for index, kind in enumerate(kinds):
        mine = runs.kind == index
        if mine.sum() >= FEWEST_RATIOS:
            found[kind] = Ratios(usual_s[mine], took_s[mine])
    return found


def _mobilised(runs: Runs, kinds: Sequence[str], stations: Sequence[str], timing: Calibration) -> Floats:
    return np.array([timing.mobilised_s(kinds[kind], stations[station] if station >= 0 else "", int(hour), False)
                     for kind, station, hour in zip(runs.kind, runs.station, runs.hour, strict=True)])


def _drives(runs: Runs, kinds: Sequence[str], stations: Sequence[str], ground: Ground, timing: Calibration, *, on_road: bool) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
    """The call, the calibration's seconds from driving off to being there, and those that it took, of the runs with both ends on the streets."""
    if not len(runs):
        return runs.call, np.array([]), np.array([])
    ends = Ends.of(ground, runs)
    factor = np.array([timing.factor.get(name, 1.0) for name in ROAD_CLASSES])
    way_s = drive_times(ground, ends, factor) * np.array(timing.hour_factor)[runs.hour] * np.where(runs.lights, 1.0, timing.ordinary_factor)
    access = np.array([timing.accessed_s(kinds[kind], stations[station] if station >= 0 else "", on_road)
                       for kind, station in zip(runs.kind, runs.station, strict=True)])
    near = ends.near() & np.isfinite(way_s)
    return runs.call[near], (way_s + access)[near], runs.drive_s[near]
