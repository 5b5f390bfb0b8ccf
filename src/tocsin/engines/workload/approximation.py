"""The hypercube model, nearly: Larson 1975, 'Approximating the performance of urban emergency service systems', Oper Res 23, 845–868.

Each unit has one equation. That its better ones are all busy is the product of how busy they are, times a correction for their
being busy together, which is that of units drawn at random. Different hours a call are taken in as Jarvis 1985 does
('Approximating the equilibrium behavior of multi-server loss systems', Manage Sci 31, 235–239).
"""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

import numpy as np
from numba import njit

from tocsin.engines.workload.fleet import Fleet, Floats, Ints, Workload, told
from tocsin.engines.workload.lines import numbers_busy

_CLOSE, _TURNS, _FAINT = 1e-10, 500, 1e-12


def correction(busy: Floats) -> Floats:
    """Larson's Q(N, ρ, j) for j = 0 … N - 1, from how probable it is that 0 … N units are busy.

    Of units drawn at random without putting back, the chance that the first j are busy and the next is free, over what it would be
    if they were busy independently. For calls that wait this is (5.48) of Larson and Odoni 1981; computed as it is defined it
    also holds where calls are lost, and does not overflow for hundreds of units.
    """
    units = len(busy) - 1
    number = np.arange(units + 1.0)
    share = float(number @ busy) / units
    out, drawn = np.empty(units), busy.copy()
    with np.errstate(divide="ignore", invalid="ignore"):
        for j in range(units):
            chance = float((drawn * (units - number)).sum()) / (units - j)
            plain = share ** j * (1 - share)
            out[j] = chance / plain if plain > 0 else 0.0
            drawn *= np.maximum(number - j, 0) / (units - j)
    return out


def near(fleet: Fleet) -> Workload:
    """Solve for the long run, for any number of units; in published cases within 1 to 2 % of the exact model."""
    units, order, calls = len(fleet.busy_h), fleet.ordered(), fleet.calls_per_h.astype(np.float64)
    mean_h = float(units / (1 / fleet.busy_h).sum())
    busy = np.zeros(units)
    sent = np.zeros((units, len(calls)))
    held = waiting = 0.0
    speed = 1 / fleet.busy_h
    for _ in range(_TURNS):
        offered = fleet.calls * mean_h
        numbers = numbers_busy(offered, units, fleet.waits)
        held = float(numbers[-1])
        if not busy.any():
            busy[:] = float(np.arange(units + 1) @ numbers) / units
        sent = _dispatch(order, calls, busy, correction(numbers))
        asked = sent.sum(axis=1) / np.maximum(1 - busy, 1e-12)      # calls an hour that come to a unit while it is free
        queued = fleet.calls * held * speed / speed.sum() if fleet.waits else np.zeros(units)
        new = (asked + queued) / (asked + speed)
        served = sent.sum(axis=1) * (fleet.calls * (1 - held) / sent.sum()) + queued
        mean_h = float(served @ fleet.busy_h / served.sum())
        new = np.minimum(new * (served @ fleet.busy_h / new.sum()), 1.0)    # together they are as busy as what they answer keeps them
        change = float(np.abs(new - busy).max())
        busy = new
        if change < _CLOSE:
            break
    sent *= np.where(sent.sum(axis=0) > 0, calls * (1 - held) / np.maximum(sent.sum(axis=0), 1e-300), 0.0)
    if fleet.waits:
        load = min(fleet.calls * mean_h / units, 1 - 1e-12)
        waiting = held * load / (1 - load)
    return told(fleet, busy, sent, held, waiting)


@njit(cache=True, nogil=True)
def _dispatch(order: Ints, calls: Floats, busy: Floats, correct: Floats) -> Floats:
    """Calls an hour from each place to each unit, as far down its order as is worth telling: float64[n, m]."""
    out = np.zeros((len(busy), len(calls)))
    for j in range(len(calls)):
        all_busy = 1.0
        for slot in range(len(busy)):
            i = order[j, slot]
            out[i, j] = calls[j] * correct[slot] * all_busy * (1 - busy[i])
            all_busy *= busy[i]
            if all_busy * correct[slot] < _FAINT:
                break
    return out
