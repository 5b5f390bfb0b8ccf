"""The model: logistic regression (Cox 1958) over six plain measures of a pair, each with one weight of a fixed sign.

Fellegi and Sunter's record linkage (1969) adds the weights of evidence of independent comparisons; a logistic model fits the
same sum at once, so that comparisons which go together are not counted twice. Signs are bounded in the fit: farther, longer
ago and vaguer never raise the chance, likeness of kind and words never lowers it. Every weight and where it was fitted stands
in the file that the model is read from.
"""

import msgspec
import numpy as np
import numpy.typing as npt

from tocsin.engines.likeness.kinds import Family

Floats = npt.NDArray[np.float64]

FEATURES = ("far", "ago", "doubt", "same", "akin", "words")
SIGNS = (-1, -1, -1, 1, 1, 1)
"""The way each measure may move the chance."""

NEAR_M = 25.0
"""Two callers at one spot are this far apart on a map, in metres; added to the doubt of both places."""
MINUTE_S = 60.0
DETOUR = 1.4
"""Road metres for each metre of straight line, where no roads are at hand."""
_M_PER_DEGREE = 111_195.0


class Weights(msgspec.Struct, frozen=True):
    """One weight a measure, in log odds a unit of it."""

    far: float = 0.0
    ago: float = 0.0
    doubt: float = 0.0
    same: float = 0.0
    akin: float = 0.0
    words: float = 0.0


class Likeness(msgspec.Struct, frozen=True):
    """A fitted model with the tables it rests on. An unknown measure counts as its `centre`, so it adds nothing."""

    version: str = "none"
    fitted_on: str = ""
    base: float = 0.0
    """Log odds of a pair whose every measure is at its centre."""
    propose: float = 0.5
    """From this chance on an incident is proposed as the same."""
    floor: float = 0.02
    """Below this it is not listed; it stays on the board like every other."""
    weights: Weights = Weights()
    centre: Weights = Weights()
    families: dict[str, Family] = {}
    akin: tuple[tuple[str, str], ...] = ()


def features(dist_m: npt.ArrayLike, ago_s: npt.ArrayLike, doubt_m: npt.ArrayLike, same: npt.ArrayLike, akin: npt.ArrayLike,
             words: npt.ArrayLike) -> Floats:
    """The measures float64[n, 6] of n pairs, NaN where unknown.

    `dist_m` metres by road; `ago_s` seconds between the calls; `doubt_m` the radii of both places together; `same`, `akin` and
    `words` 0 … 1. Distance counts against the doubt: 300 m says less between two circles of 200 m than between two doors.
    """
    dist: Floats = np.maximum(np.asarray(dist_m, np.float64), 0.0)
    ago: Floats = np.maximum(np.asarray(ago_s, np.float64), 0.0)
    doubt: Floats = np.maximum(np.asarray(doubt_m, np.float64), 0.0)
    columns: list[Floats] = [np.log1p(dist / (NEAR_M + np.nan_to_num(doubt))), np.log1p(ago / MINUTE_S), np.log1p(doubt / NEAR_M),
                             *(np.asarray(one, np.float64) for one in (same, akin, words))]
    measures: Floats = np.stack(columns, axis=1)
    return measures


def evidence(model: Likeness, measures: Floats) -> Floats:
    """What each measure adds to the log odds: float64[n, 6]; with `model.base` they sum to the log odds of the chance."""
    centre = np.array(msgspec.structs.astuple(model.centre))
    weights = np.array(msgspec.structs.astuple(model.weights))
    moved: Floats = np.where(np.isnan(measures), 0.0, measures - centre) * weights
    return moved


def chances(model: Likeness, measures: Floats) -> Floats:
    """The chance of each pair that both calls are about one incident: float64[n] between 0 and 1."""
    odds = np.clip(model.base + evidence(model, measures).sum(axis=1), -50.0, 50.0)
    found: Floats = 1.0 / (1.0 + np.exp(-odds))
    return found


def far_m(lon: npt.ArrayLike, lat: npt.ArrayLike, at: tuple[float, float]) -> Floats:
    """Metres in a straight line from points in WGS84 degrees to one place; good to a part in a thousand within a city."""
    east = (np.asarray(lon, np.float64) - at[0]) * np.cos(np.radians(at[1]))
    metres: Floats = _M_PER_DEGREE * np.hypot(east, np.asarray(lat, np.float64) - at[1])
    return metres


def stand_in_m(straight_m: npt.ArrayLike) -> Floats:
    """Metres by road where no roads are at hand: the straight line, lengthened."""
    return DETOUR * np.asarray(straight_m, np.float64)
