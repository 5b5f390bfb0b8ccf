"""The hypercube model, exactly: Larson 1974, 'A hypercube queuing model for facility location and redistricting', Comput Oper Res 1, 67–95.

A state is the set of busy units, as bits. Its probability is swept over in place, level by level of how many are busy, and after
each sweep the levels are brought to the sums that a birth-and-death chain of them has (aggregation and disaggregation, Takahashi
1975), so that few sweeps are needed whatever the load.
"""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

import numpy as np
from numba import njit

from tocsin.engines.workload.fleet import Fleet, Floats, Ints, Workload, told

MOST_UNITS = 18
"""2^18 states with a rate to each unit are 38 MB and some seconds; for more units there is the approximation."""

_CLOSE, _SWEEPS = 1e-10, 2_000


def exact(fleet: Fleet) -> Workload:
    """Solve for the long run; at most MOST_UNITS units."""
    units = len(fleet.busy_h)
    if units > MOST_UNITS:
        raise ValueError(f"the exact model is for {MOST_UNITS} units at most")
    order, done = fleet.ordered(), 1 / fleet.busy_h
    state, sweeps = _steady(_rates(order, fleet.calls_per_h.astype(np.float64), done), done, fleet.calls)
    if sweeps >= _SWEEPS:
        raise ArithmeticError("the long run was not found within the sweeps allowed")
    full, waiting = len(state) - 1, 0.0
    if fleet.waits:     # the line is a geometric tail on the state in which all are busy
        ratio = fleet.calls / float(done.sum())
        tail = state[full] / (1 - ratio)
        state = state / (state.sum() - state[full] + tail)
        waiting = state[full] * ratio / (1 - ratio) ** 2
        state[full] /= 1 - ratio
    busy = np.array([state[(np.arange(len(state)) >> i) & 1 == 1].sum() for i in range(units)])
    return told(fleet, busy, _sent(order, fleet.calls_per_h.astype(np.float64), state, units), float(state[full]), float(waiting))


@njit(cache=True, nogil=True)
def _first(order: Ints, j: int, state: int) -> int:
    for slot in range(order.shape[1]):
        if not (state >> order[j, slot]) & 1:
            return order[j, slot]
    return -1


@njit(cache=True, nogil=True)
def _rates(order: Ints, calls: Floats, done: Floats) -> Floats:
    """How often a state is entered from the one that differs from it in unit i: float64[2^n, n]."""
    units = len(done)
    into = np.zeros((1 << units, units))
    for state in range(1 << units):
        for i in range(units):
            if not (state >> i) & 1:
                into[state, i] = done[i]
    for state in range((1 << units) - 1):
        for j in range(len(calls)):
            unit = _first(order, j, state)
            into[state | (1 << unit), unit] += calls[j]
    return into


@njit(cache=True, nogil=True)
def _steady(into: Floats, done: Floats, calls: float) -> tuple[Floats, int]:
    """The probability of each set of busy units where calls are lost while all are busy, and how many sweeps it took.

    Sets are swept in the order of their bits, up and down in turn: each comes after all that it contains, and beside those that
    differ from it in a unit or two, which the processor has at hand.
    """
    units, states = len(done), len(into)
    level, out = np.zeros(states, np.int32), np.zeros(states)
    for state in range(states):
        for i in range(units):
            level[state] += (state >> i) & 1
            out[state] += done[i] * ((state >> i) & 1)
    p = np.ones(states)
    _balance_levels(p, out, level, units, calls)
    for sweep in range(_SWEEPS):
        change = 0.0
        for turn in range(states):
            state = turn if sweep % 2 == 0 else states - 1 - turn
            inflow = 0.0
            for i in range(units):
                inflow += p[state ^ (1 << i)] * into[state, i]
            new = inflow / (out[state] + (calls if state < states - 1 else 0.0))
            change += abs(new - p[state])
            p[state] = new
        _balance_levels(p, out, level, units, calls)
        if change < _CLOSE:
            return p, sweep
    return p, _SWEEPS


@njit(cache=True, nogil=True)
def _balance_levels(p: Floats, out: Floats, level: Ints, units: int, calls: float) -> None:
    """Scale each level to the sum it must have, given how fast its own states go down; then all to 1."""
    held, down, mass = np.zeros(units + 1), np.zeros(units + 1), np.ones(units + 1)
    for state in range(len(p)):
        held[level[state]] += p[state]
        down[level[state]] += p[state] * out[state]
    for k in range(1, units + 1):
        mass[k] = mass[k - 1] * calls * held[k] / down[k]
    scale = mass / held / mass.sum()
    for state in range(len(p)):
        p[state] *= scale[level[state]]


@njit(cache=True, nogil=True)
def _sent(order: Ints, calls: Floats, state: Floats, units: int) -> Floats:
    """Calls an hour from each place that find each unit free and first: float64[n, m]."""
    out = np.zeros((units, len(calls)))
    for busy in range(len(state) - 1):
        for j in range(len(calls)):
            out[_first(order, j, busy), j] += calls[j] * state[busy]
    return out
