"""From a city and its record to a calibration with its held-out figures."""

import datetime

import numpy as np

from tocsin.city.calibrate.fitting import DriveFit, fit_drive
from tocsin.city.calibrate.held_out import Known, predict_unseen, spreads
from tocsin.city.calibrate.judging import first_of, judge
from tocsin.city.calibrate.mobilising import Mobilising
from tocsin.city.calibrate.runs import Floats, Picked, Runs, pick, straight_m
from tocsin.city.calibrate.ways import Ends, Ground, class_times, drive_times
from tocsin.city.calibration import FORMAT, Calibration, FittedOn, Spread, Streets
from tocsin.city.faults import CityFault
from tocsin.city.record import Record
from tocsin.city.speeds import ROAD_CLASSES

FEWEST_RUNS = 200
FEWEST_DAYS = 4
ROLLING_RUNS = 30.0     # so many runs' worth of a unit on the road needing as long as one from quarters


def calibrate(city: Streets, record: Record, judged_kind: str = "engine") -> Calibration:
    """Fit driving and mobilisation to a record and judge the fit on days that it did not see.

    `judged_kind` names the kind of unit whose first arrivals the figures are about; all kinds are fitted. CityFault where the record
    has too few runs that can be learnt from, saying how many and why. Takes about 10 s for 2,500 runs.
    """
    ground = Ground.of(city)
    picked = pick(record)
    known = prepare(ground, picked)
    _check_enough(known.picked)
    everything = np.ones(len(known.picked.settled), dtype=np.bool_)
    drive, mobilising = known.fit(everything)
    again = class_times(ground, known.ends, drive.factor)       # the ways change with the factors; one more round is enough
    drive = fit_drive(again, known.picked.settled, len(picked.kinds), len(picked.stations))
    settled = known.picked.settled
    kind = picked.kinds.index(judged_kind) if judged_kind in picked.kinds else None
    figures = judge(predict_unseen(ground, known), settled, first_of(settled, kind)) | {"kind": judged_kind if kind is not None else ""}
    return _written(city, record, known.picked, drive, mobilising, _road_access_s(ground, known.picked.rolling, drive),
                    spreads(known, everything), figures)


def prepare(ground: Ground, picked: Picked) -> Known:
    """Find the ways of the settled runs, and leave out those of a place off the streets or without a way."""
    settled = picked.settled
    left = dict(picked.left_out)
    if not len(settled):
        return Known(picked, Ends.of(ground, settled), np.empty((0, len(ROAD_CLASSES))), np.empty(0))
    ends = Ends.of(ground, settled)
    near = ends.near()
    class_s = class_times(ground, ends, np.ones(len(ROAD_CLASSES)))
    reached = ~np.isnan(class_s[:, 0])
    left |= {"over 100 m from a street": int((~near).sum()), "no way": int((near & ~reached).sum())}
    keep = near & reached
    kept = settled.take(keep)
    picked = Picked(kept, picked.rolling, picked.turnouts, picked.kinds, picked.stations, left)
    return Known(picked, Ends(ends.starts, ends.goals, ends.start[keep], ends.goal[keep]), class_s[keep],
                 straight_m(kept.from_lon, kept.from_lat, kept.lon, kept.lat))


def _check_enough(picked: Picked) -> None:
    runs, days = len(picked.settled), len(np.unique(picked.settled.day))
    if runs < FEWEST_RUNS or days < FEWEST_DAYS:
        why = ", ".join(f"{count:,} {rule}" for rule, count in sorted(picked.left_out.items(), key=lambda item: -item[1])[:4] if count)
        raise CityFault("calibrate.too_few", f"The record has {runs:,} usable runs from quarters on {days} days, and a calibration needs at least "
                        f"{FEWEST_RUNS} on {FEWEST_DAYS} days{'; left out: ' + why if why else ''}.")


def _road_access_s(ground: Ground, rolling: Runs, drive: DriveFit) -> float:
    if not len(rolling):
        return drive.access_s
    ends = Ends.of(ground, rolling)
    spare = rolling.drive_s - drive.scale(rolling) * drive_times(ground, ends, drive.factor)
    spare = spare[np.isfinite(spare) & ends.near()]
    median = float(np.median(spare)) if len(spare) else drive.access_s
    return max(0.0, (len(spare) * median + ROLLING_RUNS * drive.access_s) / (len(spare) + ROLLING_RUNS))


def _written(city: Streets, record: Record, picked: Picked, drive: DriveFit, mobilising: Mobilising, road_access_s: float,
             spread: tuple[Spread, Spread], figures: dict[str, object]) -> Calibration:
    days = picked.settled.day
    first, last = (datetime.date.fromordinal(int(day)).isoformat() for day in (days.min(), days.max()))
    fitted_on = FittedOn(name=record.name, source=record.source, sha256=record.sha256, attribution=record.attribution, first_day=first,
                         last_day=last, days=len(np.unique(days)), runs=len(days), left_out=picked.left_out)
    return Calibration(
        format=FORMAT, city=city.version, fitted_on=(fitted_on,), factor=_named(ROAD_CLASSES, drive.factor, 4),
        ordinary_factor=round(drive.ordinary_factor, 4), hour_factor=_rounded(drive.hour_factor, 4),
        mobilise_s={kind: _rounded(mobilising.kind_s[index], 1) for index, kind in enumerate(picked.kinds)},
        mobilise_other_s=_rounded(mobilising.other_s, 1), station_mobilise=_named(picked.stations, mobilising.station, 3),
        moving_s=round(mobilising.moving_s, 1), access_s=round(drive.access_s, 1), road_access_s=round(road_access_s, 1),
        kind_access_s=_named(picked.kinds, drive.kind_s, 1), station_access_s=_named(picked.stations, drive.station_s, 1),
        drive_spread=spread[0], eta_spread=spread[1], figures=figures)


def _named(names: tuple[str, ...], values: Floats, digits: int) -> dict[str, float]:
    return {name: round(float(value), digits) for name, value in zip(names, values, strict=True)}


def _rounded(values: Floats, digits: int) -> tuple[float, ...]:
    return tuple(round(float(value), digits) for value in values)
