"""From a city and its record to a calibration with its held-out figures."""

import datetime
from typing import Any

import numpy as np

from tocsin.city.calibrate.held_out import predict_unseen, spreads
from tocsin.city.calibrate.judging import errors, judge
from tocsin.city.calibrate.known import Fitted, Known, track
from tocsin.city.calibrate.runs import Floats, pick
from tocsin.city.calibrate.ways import Ground, class_times
from tocsin.city.calibration import FORMAT, Calibration, FittedOn, Streets
from tocsin.city.faults import CityFault
from tocsin.city.record import Record
from tocsin.city.speeds import ROAD_CLASSES

FEWEST_RUNS = 200
FEWEST_DAYS = 4


def calibrate(city: Streets, record: Record, judged_kind: str = "engine") -> Calibration:
    """Fit driving and mobilisation to a record and judge the fit on days that it did not see.

    `judged_kind` names the kind of unit whose first arrivals with lights and siren the figures are about (all kinds, if the
    record has none of it); all kinds are fitted. Takes about 10 s for 2,500 runs. CityFault where the record has too few runs
    that can be learnt from, saying how many and why.
    """
    ground = Ground.of(city)
    known, left_out = prepare(ground, record)
    _check_enough(known, left_out)
    days, runs = known.days(), known.settled.runs
    fitted = known.fit(days)
    fitted = known.fit(days, class_times(ground, known.settled.ends, fitted.drive.factor))  # ways change with the factors
    judged = runs.first & runs.lights
    if judged_kind in known.kinds and (judged & (runs.kind == known.kinds.index(judged_kind))).any():
        judged &= runs.kind == known.kinds.index(judged_kind)
    figures = judge(predict_unseen(ground, known), known, judged) | {"kind": judged_kind}
    later = days[len(days) // 2 :]
    half = judged & known.settled.of_days(later)
    split = predict_unseen(ground, known, [later])
    figures["second_half"] = {"responses": int(half.sum())} | errors(split.drive_s[half], runs.drive_s[half])
    return _written(city, record, known, fitted, left_out, figures)


def prepare(ground: Ground, record: Record) -> tuple[Known, dict[str, int]]:
    """Pick the runs that can be learnt from and find their ways; with how many runs each rule left out."""
    picked = pick(record)
    settled, left = track(ground, picked.settled)
    rolling, left_rolling = track(ground, picked.rolling)
    left_out = dict(picked.left_out)
    for rule in left:
        left_out[rule] = left[rule] + left_rolling[rule]
    return Known(picked.kinds, picked.stations, settled, rolling, picked.turnouts), left_out


def _check_enough(known: Known, left_out: dict[str, int]) -> None:
    runs, days = len(known.settled.runs), len(known.days())
    if runs >= FEWEST_RUNS and days >= FEWEST_DAYS:
        return
    worst = sorted(left_out.items(), key=lambda item: -item[1])[:3]
    why = ", ".join(f"{count:,} for '{rule}'" for rule, count in worst if count)
    raise CityFault(
        "calibrate.too_few",
        f"The record has {runs:,} usable runs from quarters on {days} days, and a calibration needs at least {FEWEST_RUNS} on "
        f"{FEWEST_DAYS} days{'; left out were ' + why if why else ''}.",
    )


def _written(
    city: Streets, record: Record, known: Known, fitted: Fitted, left_out: dict[str, int], figures: dict[str, Any]
) -> Calibration:
    days, drive, mobilising = known.days(), fitted.drive, fitted.mobilising
    drive_spread, eta_spread = spreads(known, days)
    first, last = (datetime.date.fromordinal(int(day)).isoformat() for day in (days[0], days[-1]))
    fitted_on = FittedOn(
        name=record.name,
        source=record.source,
        sha256=record.sha256,
        attribution=record.attribution,
        first_day=first,
        last_day=last,
        days=len(days),
        runs=len(known.settled.runs),
        left_out=left_out,
    )
    return Calibration(
        format=FORMAT,
        city=city.version,
        fitted_on=(fitted_on,),
        factor=_named(ROAD_CLASSES, drive.factor, 4),
        ordinary_factor=round(drive.ordinary_factor, 4),
        hour_factor=_rounded(drive.hour_factor, 4),
        mobilise_s={kind: _rounded(mobilising.kind_s[index], 1) for index, kind in enumerate(known.kinds)},
        mobilise_other_s=_rounded(mobilising.other_s, 1),
        station_mobilise=_named(known.stations, mobilising.station, 3),
        moving_s=round(mobilising.moving_s, 1),
        access_s=round(drive.access_s, 1),
        road_access_s=round(fitted.road_access_s, 1),
        kind_access_s=_named(known.kinds, drive.kind_s, 1),
        station_access_s=_named(known.stations, drive.station_s, 1),
        drive_spread=drive_spread,
        eta_spread=eta_spread,
        figures=figures,
    )


def _named(names: tuple[str, ...], values: Floats, digits: int) -> dict[str, float]:
    return {name: round(float(value), digits) for name, value in zip(names, values, strict=True)}


def _rounded(values: Floats, digits: int) -> tuple[float, ...]:
    return tuple(round(float(value), digits) for value in np.asarray(values))
