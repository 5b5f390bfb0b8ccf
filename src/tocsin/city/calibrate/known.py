"""Runs with the ways they took, and everything that is fitted to them at once for a set of days."""

from dataclasses import dataclass

import numpy as np

from tocsin.city.calibrate.fitting import DriveFit, fit_drive
from tocsin.city.calibrate.mobilising import Mobilising, fit_mobilising
from tocsin.city.calibrate.runs import Bools, Floats, Ints, Runs, straight_m
from tocsin.city.calibrate.ways import Ends, Ground, class_times
from tocsin.city.speeds import ROAD_CLASSES

ROLLING_RUNS = 30.0  # so many runs' worth of a unit on the road needing as long as one from quarters


@dataclass(frozen=True, slots=True)
class Tracked:
    """Runs with both ends on the streets, the table's seconds by road class along their ways, and the straight metres."""

    runs: Runs
    ends: Ends
    class_s: Floats
    straight_m: Floats

    def take(self, which: Bools) -> "Tracked":
        """The runs of a mask."""
        ends = Ends(self.ends.starts, self.ends.goals, self.ends.start[which], self.ends.goal[which])
        return Tracked(self.runs.take(which), ends, self.class_s[which], self.straight_m[which])

    def of_days(self, days: Ints) -> Bools:
        """Which runs are of these days."""
        return np.isin(self.runs.day, days)


def track(ground: Ground, runs: Runs) -> tuple[Tracked, dict[str, int]]:
    """Find the ways of runs over the uncalibrated table, and count those left out for want of a street or a way."""
    ends = Ends.of(ground, runs)
    class_s = class_times(ground, ends, np.ones(len(ROAD_CLASSES)))
    straight = straight_m(runs.from_lon, runs.from_lat, runs.lon, runs.lat)
    near, reached = ends.near(), ~np.isnan(class_s[:, 0])
    left = {"over 100 m from a street": int((~near).sum()), "no way": int((near & ~reached).sum())}
    return Tracked(runs, ends, class_s, straight).take(near & reached), left


@dataclass(frozen=True, slots=True)
class Fitted:
    """Everything learnt from a set of days; `way_s` below is a run's seconds along its way with the class factors in."""

    drive: DriveFit
    mobilising: Mobilising
    road_access_s: float

    def drive_s(self, runs: Runs, way_s: Floats) -> Floats:
        """Predict runs from quarters, from driving off to being at the scene."""
        seconds: Floats = self.drive.offset_s(runs) + self.drive.scale(runs) * way_s
        return seconds

    def eta_s(self, runs: Runs, way_s: Floats) -> Floats:
        """Predict runs from quarters, from dispatch to being at the scene."""
        return self.drive_s(runs, way_s) + self.mobilising.of(runs)

    def rolling_eta_s(self, runs: Runs, way_s: Floats) -> Floats:
        """Predict runs of units on the road, from dispatch to being at the scene."""
        seconds: Floats = self.mobilising.moving_s + self.road_access_s + self.drive.scale(runs) * way_s
        return seconds


@dataclass(frozen=True, slots=True)
class Known:
    """All that a record lets one learn from; no observed time has touched the ways."""

    kinds: tuple[str, ...]
    stations: tuple[str, ...]
    settled: Tracked
    rolling: Tracked
    turnouts: Runs

    def days(self) -> Ints:
        """The different days, in order."""
        days: Ints = np.unique(self.settled.runs.day)
        return days

    def fit(self, days: Ints, ways: Floats | None = None) -> Fitted:
        """Fit drive times and mobilisation to the runs of these days alone; `ways` are other ways of the settled runs."""
        seen = self.settled.of_days(days)
        class_s = (self.settled.class_s if ways is None else ways)[seen]
        drive = fit_drive(class_s, self.settled.runs.take(seen), len(self.kinds), len(self.stations))
        rolling = self.rolling.take(self.rolling.of_days(days))
        turnouts = self.turnouts.take(np.isin(self.turnouts.day, days))
        mobilising = fit_mobilising(turnouts, rolling.runs, self.kinds, len(self.stations))
        spare = rolling.runs.drive_s - drive.scale(rolling.runs) * (rolling.class_s @ drive.factor)
        median = float(np.median(spare)) if len(spare) else 0.0
        road_access_s = (len(spare) * median + ROLLING_RUNS * drive.access_s) / (len(spare) + ROLLING_RUNS)
        return Fitted(drive, mobilising, max(0.0, road_access_s))
