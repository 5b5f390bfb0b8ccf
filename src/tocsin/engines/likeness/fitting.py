"""The fit: a logistic model's likelihood under bounds of sign, with a slight pull towards no weight (ridge); deterministic."""

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from tocsin.engines.likeness.model import SIGNS, Floats, Likeness, Weights

_PULL = 1.0
"""The ridge, as so many pairs' worth of evidence against any weight."""


def fit(model: Likeness, measures: Floats, same: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> Likeness:
    """The model with base, weights and centres fitted to n pairs of which `same` (bool[n]) are about one incident.

    `weight` (float[n]) lets one city's pairs count as much as another's; without it each counts once.
    """
    truth = np.asarray(same, np.float64)
    share = np.ones(len(truth)) if weight is None else np.asarray(weight, np.float64)
    centre = np.array([float(np.average(column[known], weights=share[known])) if (known := ~np.isnan(column)).any() else 0.0 for column in measures.T])
    moved = np.where(np.isnan(measures), 0.0, measures - centre)

    def loss(at: Any) -> tuple[float, Any]:
        odds = at[0] + moved @ at[1:]
        cost = float((share * (np.logaddexp(0.0, odds) - truth * odds)).sum() + 0.5 * _PULL * (at[1:] ** 2).sum())
        error = share * (1.0 / (1.0 + np.exp(-np.clip(odds, -50.0, 50.0))) - truth)
        return cost, np.concatenate([[error.sum()], moved.T @ error + _PULL * at[1:]])

    bounds = [(None, None), *((None, 0.0) if sign < 0 else (0.0, None) for sign in SIGNS)]
    found = minimize(loss, np.zeros(len(bounds)), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500, "ftol": 1e-12, "gtol": 1e-8})
    weights = [round(float(one), 4) + 0.0 for one in found.x]
    return msgspec.structs.replace(model, base=weights[0], weights=Weights(*weights[1:]), centre=Weights(*(round(float(one), 4) for one in centre)))
