"""How many calls there are at present, for each kind: exponential smoothing of days, and what holidays and weather do to a day."""

import numpy as np
from scipy.special import xlogy

from tocsin.engines.demand.calls import Floats

DISCOUNTS = np.array([0.80, 0.88, 0.92, 0.95, 0.97, 0.98, 0.99, 0.995])
"""How much of what a day weighs is left of it one day later; which of these suits a kind is read from its own past."""
_AHEAD, _PULL, _WIDE = 14, 20.0, 6.0


def level(counted: Floats, expected: Floats) -> float:
    """The factor by which calls now differ from what is usual: counted and expected float64[days], 0 expected where nothing is known.

    The gamma-Poisson discount filter of Harvey and Fernandes 1989 ('Time series models for count or qualitative observations',
    J Bus Econ Stat 7, 407-417). Levels of several discounts are averaged, each by
    how well it foretold the fortnights that followed; days far outside of what chance gives are held back.
    """
    counted = _held_back(counted, expected)
    weight = expected[:, None] * np.ones(len(DISCOUNTS))
    seen, due = np.empty_like(weight), np.empty_like(weight)
    a, b = np.full(len(DISCOUNTS), counted.sum() / max(expected.sum(), 1e-9)), np.ones(len(DISCOUNTS))
    for day in range(len(counted)):
        a, b = DISCOUNTS * a + counted[day], DISCOUNTS * b + expected[day]
        seen[day], due[day] = a, b
    if len(counted) < 2 * _AHEAD:
        return float(seen[-1, -1] / due[-1, -1])
    window = np.ones(_AHEAD)
    after, wanted = np.convolve(counted, window, "valid")[1:], np.convolve(expected, window, "valid")[1:]
    begin = _AHEAD
    told = np.maximum((seen / due)[begin:len(after)] * wanted[begin:, None], 1e-9)
    true = after[begin:, None]
    loss = (told - true + xlogy(true, np.maximum(true, 1e-9) / told)).sum(axis=0)
    # whole windows overlap, and days stray by themselves: a loss counts by how many independent, plainly Poisson fortnights it stands for
    unit = _AHEAD * max(1.0, 2 * float(loss.min()) / max(len(true), 1))
    weight = np.exp(-(loss - loss.min()) / unit)
    return float(weight @ (seen[-1] / due[-1]) / weight.sum())


def _about(days: Floats, each_side: int) -> Floats:
    """The sum over each day and so many before and after it."""
    return np.asarray(np.convolve(days, np.ones(2 * each_side + 1))[each_side:each_side + len(days)])


def _held_back(counted: Floats, expected: Floats) -> Floats:
    """Days as counted, but none farther from its fortnight than a day in thousands is: two days of a flood are no new level."""
    near = _about(counted, 7) / np.maximum(_about(expected, 7), 1e-9) * expected
    known = expected > 0
    if not known.any():
        return counted
    near = np.minimum(near, 3 * np.median(near[known]))      # a fortnight that is itself the flood's
    room = np.sqrt(np.maximum(near, 1.0))
    off = (counted - near) / room
    wide = _WIDE * max(1.0, 1.4826 * float(np.median(np.abs(off[known]))))
    return np.asarray(np.where(known, near + np.clip(off, -wide, wide) * room, 0.0))


def effects(counted: Floats, expected: Floats, told: Floats) -> Floats:
    """What each column of `told` (float64[days, f], NaN where not known) does to the logarithm of a day's calls: float64[f].

    A Poisson regression around the days' own neighbourhood, pulled towards no effect (ridge), more so the more days vary by themselves.
    """
    columns = np.nan_to_num(told)
    if not columns.shape[1] or not columns.any():
        return np.zeros(columns.shape[1])
    near = _about(counted, 14) / np.maximum(_about(expected, 14), 1e-9) * expected
    beta = np.zeros(columns.shape[1])
    known = near > 0
    spread = max(1.0, float(np.mean((counted[known] - near[known]) ** 2 / near[known])))
    for _ in range(20):
        mean = near * np.exp(np.clip(columns @ beta, -3.0, 3.0))
        slope = columns.T @ (counted - mean) / spread - _PULL * beta
        curve = (columns.T * mean) @ columns / spread + _PULL * np.eye(len(beta))
        step = np.linalg.solve(curve, slope)
        beta = beta + np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-8:
            break
    return beta
