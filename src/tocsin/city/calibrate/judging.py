"""How good the predictions for unseen days were, how much of the error is the record's own noise, and who was nearest after all."""

from collections import defaultdict
from typing import Any

import h3.api.basic_int as h3
import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from tocsin.city.calibrate.held_out import Unseen, share_within
from tocsin.city.calibrate.runs import Bools, Floats, Ints, Runs

QUARTER = 0.6745            # the median of |x| for a standard normal x
CLIP = 2.5                  # residuals beyond so many robust deviations count as this many: late buttons must not rule the variance
CELL_RESOLUTION = 9         # cells of about 350 m across
TRIPS = (8, 12)             # trips from one station into one cell whose medians are compared
AGREE = 0.10                # two crews of one station to one call: their drive times differ by at most this share
MARGIN_S = 30.0             # two stations' observed times differ by more than this, so that the record can tell them apart


def errors(predicted_s: Floats, observed_s: Floats) -> dict[str, float]:
    """Median and mean-free figures of one set of predictions."""
    share = np.abs(predicted_s - observed_s) / observed_s
    return {"median_ape": float(np.median(share)), "median_abs_s": float(np.median(np.abs(predicted_s - observed_s))),
            "bias": float(np.median(predicted_s / observed_s)) - 1.0}


def deciles(predicted_s: Floats, observed_s: Floats) -> list[float]:
    """The 10 %, 20 % … 90 % points of the absolute share of error."""
    return [float(value) for value in np.quantile(np.abs(predicted_s - observed_s) / observed_s, np.arange(1, 10) / 10)]


def noise(predicted_s: Floats, runs: Runs) -> dict[str, float]:
    """Split the error into what is the same on every trip of one route (the model's) and what is not (the record's and the day's).

    For trips of one station to one place, on different days, the mean product of two residuals of log(observed / predicted) is the variance of
    the model's own error, since what differs from trip to trip cancels. What is left of the variance no model of routes can explain: buttons
    pressed early or late, lights, traffic. `floor` is the median error that it alone causes, for normal residuals.
    """
    residual = np.log(runs.drive_s / predicted_s)
    middle = float(np.median(residual))
    residual = residual - middle
    bound = CLIP * float(np.median(np.abs(residual))) / QUARTER
    residual = np.clip(residual, -bound, bound)
    _, route = np.unique(np.column_stack([runs.station, runs.lon, runs.lat]), axis=0, return_inverse=True)
    count = np.bincount(route.reshape(-1))
    total, squares = np.bincount(route.reshape(-1), residual), np.bincount(route.reshape(-1), residual**2)
    often = count > 1
    if not often.any():
        return {"routes": 0.0}
    shared = ((total**2 - squares)[often] / count[often]).sum() / (count[often] - 1).sum()
    model = float(np.sqrt(max(shared, 0.0)))
    own = float(np.sqrt(max(residual.var() - shared, 0.0)))
    return {"routes": float(often.sum()), "trips": float(count[often].sum()), "noise_sd": own, "model_sd": model,
            "floor_median_ape": QUARTER * own, "model_median_ape": QUARTER * float(np.hypot(model, middle))}


def by_cell(predicted_s: Floats, runs: Runs, least: int) -> tuple[int, float]:
    """Compare medians over at least so many trips from one station into one cell, where single late buttons no longer matter.

    Returns how many such station-cell pairs there are and the median share by which their predicted median misses the observed one.
    """
    cells = [h3.latlng_to_cell(lat, lon, CELL_RESOLUTION) for lon, lat in zip(runs.lon.tolist(), runs.lat.tolist(), strict=True)]
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for index, key in enumerate(zip(runs.station.tolist(), cells, strict=True)):
        groups[key].append(index)
    missed = [abs(float(np.median(predicted_s[group]) / np.median(runs.drive_s[group])) - 1.0) for group in groups.values() if len(group) >= least]
    return len(missed), float(np.median(missed)) if missed else float("nan")


def agreed(predicted_s: Floats, runs: Runs) -> tuple[int, float]:
    """Two crews of one station that went to one call and recorded drive times within a tenth of each other: how many, and the
    median share by which the prediction misses their mean. This is the part of a record that vouches for itself."""
    first, second = _pairs(runs, same_station=True)
    seen = np.sqrt(runs.drive_s[first] * runs.drive_s[second])
    near = np.abs(np.log(runs.drive_s[first] / runs.drive_s[second])) <= AGREE
    share = np.abs(np.sqrt(predicted_s[first] * predicted_s[second]) - seen)[near] / seen[near]
    return int(near.sum()), float(np.median(share)) if near.any() else float("nan")


def wrong_order(predicted_s: Floats, observed_s: Floats, runs: Runs, noise_sd: float, margin_s: float = 0.0) -> tuple[int, float, float]:
    """Of pairs of units from different stations to one call: how often the one predicted to be sooner was later by the record.

    Pairs that the record cannot tell apart (nearer than `margin_s`) are left out. Returns the number of pairs, the share that is
    wrong, and the share that would be wrong if the predictions were true and the record had its noise.
    """
    first, second = _pairs(runs, same_station=False)
    gap = observed_s[first] - observed_s[second]
    told = np.abs(gap) > margin_s
    first, second, gap = first[told], second[told], gap[told]
    if not len(gap):
        return 0, float("nan"), float("nan")
    wrong = (predicted_s[first] - predicted_s[second]) * gap <= 0
    apart = np.abs(np.log(predicted_s[first] / predicted_s[second]))
    return len(gap), float(wrong.mean()), float(ndtr(-apart / (np.sqrt(2.0) * noise_sd)).mean()) if noise_sd > 0 else 0.0


def judge(unseen: Unseen, runs: Runs, which: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """All figures: errors of the runs in `which` (as in: first-arriving engines), and the comparisons between units over all runs."""
    mine, observed_s = runs.take(which), runs.drive_s[which]
    total_s = runs.turnout_s + runs.drive_s
    sets = {"calibrated": unseen.drive_s, "table": unseen.table_s, "straight": unseen.straight_s}
    figures: dict[str, Any] = {"responses": int(which.sum()), "days": len(np.unique(mine.day))}
    for name, predicted_s in sets.items():
        figures[name] = errors(predicted_s[which], observed_s) | {"deciles": deciles(predicted_s[which], observed_s)}
    figures["dispatch_to_scene"] = errors(unseen.eta_s[which], total_s[which]) | {"deciles": deciles(unseen.eta_s[which], total_s[which])}
    figures["coverage_drive"] = share_within(observed_s, unseen.drive_low_s[which], unseen.drive_high_s[which])
    figures["coverage_eta"] = share_within(total_s[which], unseen.eta_low_s[which], unseen.eta_high_s[which])
    figures["noise"] = noise(unseen.drive_s[which], mine)
    figures["agreed"] = {name: agreed(predicted_s, runs) for name, predicted_s in sets.items()}
    figures["by_cell"] = {str(least): {name: by_cell(predicted_s[which], mine, least) for name, predicted_s in sets.items()} for least in TRIPS}
    sd = figures["noise"].get("noise_sd", 0.0)
    figures["wrong_order"] = {str(int(margin)): {name: wrong_order(predicted_s, runs.drive_s, runs, sd, margin) for name, predicted_s in sets.items()}
                              for margin in (0.0, MARGIN_S)}
    return figures


def _pairs(runs: Runs, same_station: bool) -> tuple[Ints, Ints]:
    """Indices of every two runs to one call, from one station or from two."""
    calls: dict[int, list[int]] = defaultdict(list)
    for index, call in enumerate(runs.call.tolist()):
        calls[call].append(index)
    pairs = [(one, two) for group in calls.values() for place, one in enumerate(group) for two in group[place + 1 :]
             if (runs.station[one] == runs.station[two]) == same_station]
    table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def first_of(runs: Runs, kind: int | None) -> Bools:
    """Which runs are judged: with lights and siren, first at the scene, of one kind of unit if one is named."""
    chosen = runs.first & runs.lights
    return chosen if kind is None else chosen & (runs.kind == kind)
