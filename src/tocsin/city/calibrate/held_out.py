"""Predictions for days that the fit did not see: whole days are left out in turn, and all that is fitted is fitted anew."""

from dataclasses import dataclass

import numpy as np

from tocsin.city.calibrate.fitting import fit_drive
from tocsin.city.calibrate.known import Known
from tocsin.city.calibrate.runs import Bools, Floats, Ints
from tocsin.city.calibrate.ways import Ground, drive_times
from tocsin.city.calibration import Spread

FOLDS = 7
STRAIGHT_M_S = 10.0  # where the fit of the straight line begins
INNER_FOLDS = 3
SPREAD_STEPS = 5
SPREAD_RUNS = 60  # in one step at least, or there are fewer steps


@dataclass(frozen=True, slots=True)
class Unseen:
    """What was predicted for each settled run without its day, in seconds; nan where a run's day was never left out."""

    drive_s: Floats
    eta_s: Floats  # from dispatch to scene
    drive_low_s: Floats
    drive_high_s: Floats
    eta_low_s: Floats
    eta_high_s: Floats
    straight_s: Floats  # straight line x the factor that suited the other days
    affine_s: Floats  # a constant + straight line x factor x hour, fitted like the model: all but the streets
    rolling_eta_s: Floats  # of each rolling run


def folds(days: Ints, count: int) -> list[Ints]:
    """Deal different days into at most `count` groups, in turn, so that each group has days of all parts of the record."""
    return [days[start::count] for start in range(min(count, len(days)))]


def predict_unseen(ground: Ground, known: Known, parts: list[Ints] | None = None) -> Unseen:
    """Leave each of `parts` (groups of days; seven in turn if none are given) out, fit to the other days, and predict it.

    The quickest ways of the part left out are sought anew over the arc times fitted without it, and the interval too comes from
    the other days alone.
    """
    out = {name: np.full(len(known.settled.runs), np.nan) for name in Unseen.__slots__}
    out["rolling_eta_s"] = np.full(len(known.rolling.runs), np.nan)
    days = known.days()
    for part in folds(days, FOLDS) if parts is None else parts:
        others = np.setdiff1d(days, part)
        fitted = known.fit(others)
        factor = fitted.drive.factor
        left, seen, rolls = known.settled.of_days(part), known.settled.of_days(others), known.rolling.of_days(part)
        mine, rolling, rest = known.settled.take(left), known.rolling.take(rolls), known.settled.take(seen)
        way_s = drive_times(ground, mine.ends, factor)
        out["drive_s"][left], out["eta_s"][left] = fitted.drive_s(mine.runs, way_s), fitted.eta_s(mine.runs, way_s)
        out["rolling_eta_s"][rolls] = fitted.rolling_eta_s(rolling.runs, drive_times(ground, rolling.ends, factor))
        drive_spread, eta_spread = spreads(known, others)
        out["drive_low_s"][left], out["drive_high_s"][left] = drive_spread.around(out["drive_s"][left])
        out["eta_low_s"][left], out["eta_high_s"][left] = eta_spread.around(out["eta_s"][left])
        line = fit_drive(rest.straight_m[:, None] / STRAIGHT_M_S, rest.runs, 0, 0)
        out["affine_s"][left] = line.access_s + line.scale(mine.runs) * line.factor[0] * mine.straight_m / STRAIGHT_M_S
        out["straight_s"][left] = mine.straight_m * np.median(rest.runs.drive_s / np.maximum(rest.straight_m, 1.0))
    return Unseen(**out)


def spreads(known: Known, days: Ints) -> tuple[Spread, Spread]:
    """Return the 90 % intervals of drive and of ETA, from the runs of these days, each predicted without its own day."""
    drive_s, eta_s = (np.full(len(known.settled.runs), np.nan) for _ in range(2))
    for part in folds(days, INNER_FOLDS):
        fitted = known.fit(np.setdiff1d(days, part))
        left = known.settled.of_days(part)
        mine = known.settled.take(left)
        way_s = mine.class_s @ fitted.drive.factor
        drive_s[left], eta_s[left] = fitted.drive_s(mine.runs, way_s), fitted.eta_s(mine.runs, way_s)
    seen, runs = known.settled.of_days(days), known.settled.runs
    return spread_of(drive_s[seen], runs.drive_s[seen]), spread_of(eta_s[seen], (runs.turnout_s + runs.drive_s)[seen])


def spread_of(predicted_s: Floats, observed_s: Floats) -> Spread:
    """Return the 5 % and 95 % points of observed / predicted, in steps of equally many runs by predicted time."""
    order = np.argsort(predicted_s, kind="stable")
    steps = np.array_split(order, min(SPREAD_STEPS, max(1, len(order) // SPREAD_RUNS)))
    ratio = observed_s / predicted_s
    low, high = ([round(float(np.quantile(ratio[step], point)), 4) for step in steps] for point in (0.05, 0.95))
    return Spread(at_s=tuple(round(float(np.median(predicted_s[step])), 1) for step in steps), low=tuple(low), high=tuple(high))


def share_within(observed_s: Floats, low_s: Floats, high_s: Floats) -> float:
    """Return the share of observed times that lie within their intervals."""
    within: Bools = (low_s <= observed_s) & (observed_s <= high_s)
    return float(within.mean())
