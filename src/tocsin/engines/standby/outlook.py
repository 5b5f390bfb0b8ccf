"""Policy: outlook, our own. It weighs how late help will be while the picture lasts: a unit on the road counts from when it is there, a busy one in part."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from typing import Any

import numpy as np
from numba import njit

from tocsin.engines.standby.cover import apart
from tocsin.engines.standby.policy import OUTLOOK, SURE, Policy, anybody
from tocsin.engines.standby.tuning import Ground, Tuning, in_time, policy_of

PARTS = 8
"""Of a unit; a busy one counts so many of them at its own station, to which it will come back."""


def made(ground: Ground, tuning: Tuning) -> Policy:
    """Every aim is a layer, and one of half as much again beside the first keeps the tail short; the numbers are tuned."""
    return policy_of(OUTLOOK, ground, tuning, in_time(ground, tuning.busy, PARTS, tuning.tail), soon=tuning.soon, near=tuning.near)


@njit(cache=True, nogil=True)
def price_now(policy: Any, free: Any, units: Any) -> Any:
    """What a move must gain when so many are free."""
    return policy.price * (free / units) ** policy.thin if policy.thin != 0.0 else policy.price


@njit(cache=True, nogil=True)
def move(policy: Any, station_s: Any, seen: Any) -> Any:
    """The move that gains most after its price. What a unit adds at the end of a drive of t seconds counts h / (h + t), h being `horizon_s`.

    Where both stations reach a part, the unit serves it all the way, and nothing changes; only what one of the two reaches is gained or lost.
    """
    cover, horizon_s, free = policy.cover, policy.horizon_s, 0
    stations = len(cover.gain)
    for k in range(len(seen.idle)):
        free += seen.idle[k] != 0
    price = price_now(policy, free, len(seen.idle))
    unit, station, best = -1, -1, SURE
    for here in range(stations):
        if not anybody(seen, here):
            continue
        for w in range(stations):
            if w == here or cover.gain[w] - price <= best:
                continue
            gained, lost = apart(cover, here, w)
            if gained - price <= best:
                continue
            for k in range(len(seen.idle)):
                drive_s = seen.left_s[k] + station_s[w, seen.at[k]]
                if seen.idle[k] and seen.may[k] and seen.way[k] == here and not np.isinf(drive_s):
                    stays = horizon_s / (horizon_s + seen.left_s[k] + station_s[here, seen.at[k]])
                    net = horizon_s / (horizon_s + drive_s) * gained - stays * lost - price * (1.0 + policy.rise * seen.spent[k])
                    if net > best + SURE:
                        unit, station, best = k, w, net
    return unit, station
