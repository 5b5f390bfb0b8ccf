"""How good the predictions for unseen days were, how much of the error is the record's own, and who was nearest after all."""

from collections import defaultdict
from typing import Any

import h3.api.basic_int as h3
import numpy as np
from scipy.special import ndtr

from tocsin.city.calibrate.held_out import Unseen, share_within
from tocsin.city.calibrate.known import Known
from tocsin.city.calibrate.runs import Bools, Floats, Ints, Runs

QUARTER = 0.6745  # the median of |x| for a standard normal x
CLIP = 2.5  # residuals beyond so many robust deviations count as so many: late buttons must not rule the variance
CELL_RESOLUTION = 9  # cells of about 350 m across
TRIPS = (5, 8)  # trips from one station into one cell whose medians are compared
AGREE = 0.10  # two crews of one station to one call whose drive times differ by at most this share
SEED, DRAWS = 1, 500
MARGIN_S = 30.0  # observed times that differ by more can be told apart by the record

Order = tuple[int, float, float]


def errors(predicted_s: Floats, observed_s: Floats) -> dict[str, Any]:
    """The median share of error, its deciles (10 % … 90 %), the median in seconds, and the median bias."""
    share = np.abs(predicted_s - observed_s) / observed_s
    return {
        "median_ape": float(np.median(share)),
        "deciles": [float(value) for value in np.quantile(share, np.arange(1, 10) / 10)],
        "median_abs_s": float(np.median(np.abs(predicted_s - observed_s))),
        "bias": float(np.median(predicted_s / observed_s)) - 1.0,
    }


def noise(predicted_s: Floats, observed_s: Floats, runs: Runs) -> dict[str, float]:
    """Split the error into what is the same on every trip of one route (the model's) and what is not (the record's, the day's).

    For trips of one station to one place the mean product of two residuals of log(observed / predicted) is the variance of the
    model's own error, since what differs from trip to trip cancels. What is left of the variance no model of routes can explain:
    buttons pressed early or late, lights, traffic. `noise_median_ape` is the median error that a perfect model would have here (the
    median in proportion to the deviations), `model_median_ape` the model's own, if normal, with a 90 % interval by drawing the
    routes again (`model_low`, `model_high`).
    """
    residual = np.log(observed_s / predicted_s)
    bias = float(np.median(residual))
    residual = residual - bias
    middle = float(np.median(np.abs(residual)))
    residual = np.clip(residual, -CLIP * middle / QUARTER, CLIP * middle / QUARTER)
    _, route = np.unique(np.column_stack([runs.station, runs.lon, runs.lat]), axis=0, return_inverse=True)
    count = np.bincount(route.reshape(-1))
    total, squares = np.bincount(route.reshape(-1), residual), np.bincount(route.reshape(-1), residual**2)
    often = count > 1
    if not often.any():
        return {"routes": 0.0, "noise_sd": float(residual.std())}
    product, weight = (total**2 - squares)[often] / count[often], (count - 1)[often]
    drawn = np.random.default_rng(SEED).integers(0, len(weight), (DRAWS, len(weight)))
    shared = np.concatenate([[product.sum() / weight.sum()], product[drawn].sum(axis=1) / weight[drawn].sum(axis=1)])
    model = np.hypot(np.sqrt(np.maximum(shared, 0.0)), bias)
    whole = float(residual.var())
    rest = float(np.sqrt(max(whole - max(float(shared[0]), 0.0), 0.0)))
    return {
        "routes": float(often.sum()),
        "trips": float(count[often].sum()),
        "noise_sd": rest,
        "model_sd": float(model[0]),
        "noise_median_ape": middle * rest / float(np.sqrt(whole)),
        "model_median_ape": QUARTER * float(model[0]),
        "model_low": QUARTER * float(np.quantile(model[1:], 0.05)),
        "model_high": QUARTER * float(np.quantile(model[1:], 0.95)),
    }


def by_cell(predicted_s: Floats, runs: Runs, least: int) -> tuple[int, float]:
    """Compare medians over at least so many trips from one station into one cell, where a single late button matters less.

    Returns how many such groups there are and the median share by which the predicted median misses the observed one.
    """
    places = zip(runs.lon.tolist(), runs.lat.tolist(), strict=True)
    cells = [h3.latlng_to_cell(lat, lon, CELL_RESOLUTION) for lon, lat in places]
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for index, key in enumerate(zip(runs.station.tolist(), cells, strict=True)):
        groups[key].append(index)
    often = [group for group in groups.values() if len(group) >= least]
    missed = [abs(float(np.median(predicted_s[group]) / np.median(runs.drive_s[group])) - 1.0) for group in often]
    return len(missed), float(np.median(missed)) if missed else float("nan")


def agreed(predicted_s: Floats, runs: Runs) -> tuple[int, float]:
    """Two crews of one station to one call whose recorded drive times are within a tenth of each other: how many there are, and
    the median share by which the prediction misses their mean."""
    first, second = _pairs(runs.call, runs.station, same_station=True)
    near = np.abs(np.log(runs.drive_s[first] / runs.drive_s[second])) <= AGREE
    first, second = first[near], second[near]
    seen = np.sqrt(runs.drive_s[first] * runs.drive_s[second])
    share = np.abs(np.sqrt(predicted_s[first] * predicted_s[second]) - seen) / seen
    return len(share), float(np.median(share)) if len(share) else float("nan")


def wrong_order(predicted_s: Floats, observed_s: Floats, pairs: tuple[Ints, Ints], noise_sd: float, margin_s: float) -> Order:
    """Of pairs of units from different stations to one call: how often the one predicted to be sooner was later by the record.

    Pairs that the record cannot tell apart (nearer than `margin_s`) are left out. Returns the number of pairs, the share that is
    wrong, and the share that would be wrong by the record's noise alone if the predictions were true.
    """
    first, second = pairs
    gap = observed_s[first] - observed_s[second]
    told = np.abs(gap) > margin_s
    first, second, gap = first[told], second[told], gap[told]
    if not len(gap):
        return 0, float("nan"), float("nan")
    wrong = (predicted_s[first] - predicted_s[second]) * gap <= 0
    apart = np.abs(np.log(predicted_s[first] / predicted_s[second]))
    expected = float(ndtr(-apart / (np.sqrt(2.0) * noise_sd)).mean()) if noise_sd > 0 else 0.0
    return len(gap), float(wrong.mean()), expected


def judge(unseen: Unseen, known: Known, which: Bools) -> dict[str, Any]:
    """All figures: errors of the runs in `which` (as in: first-arriving engines); comparisons between units over all runs."""
    runs = known.settled.runs
    mine, drive_s, eta_s = runs.take(which), runs.drive_s, runs.turnout_s + runs.drive_s
    sets = {"calibrated": unseen.drive_s, "table": known.settled.class_s.sum(axis=1), "straight": unseen.straight_s, "affine": unseen.affine_s}
    figures: dict[str, Any] = {"responses": int(which.sum()), "days": len(np.unique(mine.day))}
    figures |= {name: errors(predicted_s[which], drive_s[which]) for name, predicted_s in sets.items()}
    figures["dispatch_to_scene"] = errors(unseen.eta_s[which], eta_s[which])
    figures["coverage_drive"] = share_within(drive_s[which], unseen.drive_low_s[which], unseen.drive_high_s[which])
    figures["coverage_eta"] = share_within(eta_s[which], unseen.eta_low_s[which], unseen.eta_high_s[which])
    figures["coverage_all"] = share_within(drive_s, unseen.drive_low_s, unseen.drive_high_s)
    figures["noise"] = noise(unseen.drive_s[which], drive_s[which], mine)
    figures["noise_eta"] = noise(unseen.eta_s[which], eta_s[which], mine)
    figures["agreed"] = {name: agreed(predicted_s, runs) for name, predicted_s in sets.items()}
    for least in TRIPS:
        figures[f"by_cell_{least}"] = {name: by_cell(predicted_s[which], mine, least) for name, predicted_s in sets.items()}
    pairs = _pairs(runs.call, runs.station, same_station=False)
    for margin in (0.0, MARGIN_S):
        figures[f"wrong_order_{margin:.0f}_s"] = {
            name: wrong_order(predicted_s, drive_s, pairs, figures["noise"]["noise_sd"], margin)
            for name, predicted_s in sets.items()
        }
    return figures | {"wrong_order_rolling": _rolling_order(unseen, known, figures["noise_eta"]["noise_sd"])}


def _rolling_order(unseen: Unseen, known: Known, noise_sd: float) -> dict[str, Order]:
    """Who is there first, from dispatch on, of a unit from quarters and one that was already on the road."""
    settled, rolling = known.settled, known.rolling
    call = np.concatenate([settled.runs.call, rolling.runs.call])
    first, second = _pairs(call, np.concatenate([np.zeros(len(settled.runs)), np.ones(len(rolling.runs))]), same_station=False)
    observed_s = np.concatenate([part.runs.turnout_s + part.runs.drive_s for part in (settled, rolling)])
    sets = {
        "calibrated": np.concatenate([unseen.eta_s, unseen.rolling_eta_s]),
        "table": np.maximum(np.concatenate([part.class_s.sum(axis=1) for part in (settled, rolling)]), 1.0),
        "straight": np.maximum(np.concatenate([part.straight_m for part in (settled, rolling)]), 1.0),
    }
    told = np.isfinite(sets["calibrated"][first]) & np.isfinite(sets["calibrated"][second])
    return {name: wrong_order(value, observed_s, (first[told], second[told]), noise_sd, 0.0) for name, value in sets.items()}


def _pairs(calls: Ints, station: Floats | Ints, same_station: bool) -> tuple[Ints, Ints]:
    """Indices of every two runs to one call, from one station or from two."""
    groups: dict[int, list[int]] = defaultdict(list)
    for index, call in enumerate(calls.tolist()):
        groups[call].append(index)
    pairs = [(one, two) for group in groups.values() for place, one in enumerate(group) for two in group[place + 1 :]]
    table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    table = table[(station[table[:, 0]] == station[table[:, 1]]) == same_station]
    return table[:, 0], table[:, 1]
