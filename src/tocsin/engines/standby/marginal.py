"""Policy: tuned marginal utility. Whoever gains most by being elsewhere goes, if the gain in calls reached in time is more than the move costs."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from typing import Any

import numpy as np
from numba import njit

from tocsin.engines.standby.cover import apart
from tocsin.engines.standby.policy import MARGINAL, SURE, Policy, anybody
from tocsin.engines.standby.tuning import Ground, Tuning, policy_of


def made(ground: Ground, tuning: Tuning) -> Policy:
    """The j-th nearest free unit answers with the chance (1 - q) q^(j - 1), so the chance that a call is late is q to the number of units in reach."""
    return policy_of(MARGINAL, ground, tuning)


@njit(cache=True, nogil=True)
def move(policy: Any, station_s: Any, seen: Any) -> Any:
    """The move of one idle unit that gains most after its price and its drive; the first of equals."""
    cover = policy.cover
    stations = len(cover.gain)
    unit, station, best = -1, -1, SURE
    for here in range(stations):
        if not anybody(seen, here):
            continue
        for w in range(stations):
            if w == here or cover.gain[w] - policy.price <= best:
                continue
            gained, lost = apart(cover, here, w)
            if gained - lost - policy.price <= best:
                continue
            for k in range(len(seen.idle)):
                drive_s = seen.left_s[k] + station_s[w, seen.at[k]]
                if seen.idle[k] and seen.may[k] and seen.way[k] == here and not np.isinf(drive_s):
                    net = gained - lost - policy.price * (1.0 + policy.rise * seen.spent[k]) - policy.per_s * drive_s
                    if net > best + SURE:
                        unit, station, best = k, w, net
    return unit, station
