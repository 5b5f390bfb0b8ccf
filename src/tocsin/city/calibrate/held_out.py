"""Predictions for days that the fit did not see: whole days are left out in turn, with everything that is fitted fitted anew."""

from dataclasses import dataclass

import numpy as np

from tocsin.city.calibrate.fitting import DriveFit, fit_drive, folds
from tocsin.city.calibrate.mobilising import Mobilising, fit_mobilising
from tocsin.city.calibrate.runs import Bools, Floats, Picked, Runs
from tocsin.city.calibrate.ways import Ends, Ground, drive_times
from tocsin.city.calibration import Spread

FOLDS = 7
INNER_FOLDS = 3
SPREAD_STEPS = 5
SPREAD_RUNS = 60        # in one step at least, or there are fewer steps


@dataclass(frozen=True, slots=True)
class Unseen:
    """What was predicted for each settled run without its day, in seconds; nan where a run was never left out."""

    drive_s: Floats
    eta_s: Floats               # from dispatch to scene
    drive_low_s: Floats
    drive_high_s: Floats
    eta_low_s: Floats
    eta_high_s: Floats
    straight_s: Floats          # straight line x the factor that suited the other days
    table_s: Floats             # the uncalibrated class table (it needs no fit)


@dataclass(frozen=True, slots=True)
class Known:
    """The settled runs with the seconds by class of their ways over the uncalibrated table, which no observed time has touched."""

    picked: Picked
    ends: Ends
    class_s: Floats
    straight_m: Floats

    def fit(self, seen: Bools) -> tuple[DriveFit, Mobilising]:
        """Fit everything to the runs of a mask, and mobilisation to the turnouts of their days."""
        runs, turnouts, rolling = self.picked.settled, self.picked.turnouts, self.picked.rolling
        days = np.unique(runs.day[seen])
        drive = fit_drive(self.class_s[seen], runs.take(seen), len(self.picked.kinds), len(self.picked.stations))
        mobilising = fit_mobilising(turnouts.take(np.isin(turnouts.day, days)), rolling.take(np.isin(rolling.day, days)), self.picked.kinds,
                                    len(self.picked.stations))
        return drive, mobilising


def predict_unseen(ground: Ground, known: Known, parts: list[Bools] | None = None) -> Unseen:
    """Leave each of `parts` (masks of whole days; seven in turn if none are given) out, fit to the rest, and predict it.

    Routes of the part left out are sought anew over the arc times fitted without it; the interval too comes from the other days alone.
    """
    runs = known.picked.settled
    out = {name: np.full(len(runs), np.nan) for name in Unseen.__slots__ if name != "table_s"}
    for part in folds(runs.day, FOLDS) if parts is None else parts:
        seen, mine = ~part, runs.take(part)
        drive, mobilising = known.fit(seen)
        ends = Ends(known.ends.starts, known.ends.goals, known.ends.start[part], known.ends.goal[part])
        drive_s = drive.offset_s(mine) + drive.scale(mine) * drive_times(ground, ends, drive.factor)
        eta_s = drive_s + mobilising.of(mine)
        drive_spread, eta_spread = spreads(known, seen)
        out["drive_s"][part], out["eta_s"][part] = drive_s, eta_s
        out["drive_low_s"][part], out["drive_high_s"][part] = drive_spread.around(drive_s)
        out["eta_low_s"][part], out["eta_high_s"][part] = eta_spread.around(eta_s)
        out["straight_s"][part] = known.straight_m[part] * np.median(runs.drive_s[seen] / np.maximum(known.straight_m[seen], 1.0))
    return Unseen(**out, table_s=known.class_s.sum(axis=1))


def spreads(known: Known, seen: Bools) -> tuple[Spread, Spread]:
    """Return the 90 % intervals of drive and ETA, from the runs of a mask predicted without their own days."""
    runs = known.picked.settled
    drive_s, eta_s = np.full(len(runs), np.nan), np.full(len(runs), np.nan)
    for part in folds(runs.day[seen], INNER_FOLDS):
        mine = np.flatnonzero(seen)[part]
        rest = seen.copy()
        rest[mine] = False
        drive, mobilising = known.fit(rest)
        left = runs.take(mine)
        drive_s[mine] = drive.offset_s(left) + drive.scale(left) * (known.class_s[mine] @ drive.factor)
        eta_s[mine] = drive_s[mine] + mobilising.of(left)
    return spread_of(drive_s[seen], runs.drive_s[seen]), spread_of(eta_s[seen], (runs.turnout_s + runs.drive_s)[seen])


def spread_of(predicted_s: Floats, observed_s: Floats) -> Spread:
    """Return the 5 % and 95 % points of observed / predicted, in steps of equally many runs by predicted time."""
    order = np.argsort(predicted_s, kind="stable")
    steps = np.array_split(order, min(SPREAD_STEPS, max(1, len(order) // SPREAD_RUNS)))
    ratio = observed_s / predicted_s
    return Spread(at_s=tuple(round(float(np.median(predicted_s[step])), 1) for step in steps),
                  low=tuple(round(float(np.quantile(ratio[step], 0.05)), 4) for step in steps),
                  high=tuple(round(float(np.quantile(ratio[step], 0.95)), 4) for step in steps))


def share_within(observed_s: Floats, low_s: Floats, high_s: Floats) -> float:
    """Return the share of observed times that lie within their intervals."""
    return float(((low_s <= observed_s) & (observed_s <= high_s)).mean())

