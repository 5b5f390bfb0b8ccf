"""Units that cannot be told apart: Erlang's formulas for calls that are lost, and that wait, while all are busy."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def erlang_b(offered: float, units: int) -> float:
    """The share of calls that find all units busy and are lost (M/M/c/c); `offered` is calls per mean time that one takes."""
    blocked = 1.0
    for k in range(1, units + 1):       # Erlang 1917, by the recursion that never overflows
        blocked = offered * blocked / (k + offered * blocked)
    return blocked


def erlang_c(offered: float, units: int) -> float:
    """The share of calls that must wait (M/M/c); 1 where more is offered than the units can do."""
    if offered >= units:
        return 1.0
    blocked = erlang_b(offered, units)
    return units * blocked / (units - offered * (1 - blocked))


def numbers_busy(offered: float, units: int, waits: bool) -> Floats:
    """How probable it is that 0, 1 … all units are busy: float64[units + 1]; with waiting the last one holds every queue."""
    share = np.empty(units + 1)
    share[units] = 1.0
    for k in range(units, 0, -1):       # downwards from the top, each level from the one above
        share[k - 1] = share[k] * k / offered if offered > 0 else 0.0
        if share[k - 1] > 1e200:
            share[k - 1:] /= share[k - 1]
    if offered <= 0:
        share[:] = 0.0
        share[0] = 1.0
    elif waits:
        share[units] /= 1 - offered / units
    return np.asarray(share / share.sum())
