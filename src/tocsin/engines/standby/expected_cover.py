"""Policy: DMEXCLP. Whoever has just become free goes where one more adds most expected cover; nobody else is disturbed."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from typing import Any

import numpy as np
from numba import njit

from tocsin.engines.standby.cover import expected, shared
from tocsin.engines.standby.policy import EXPECTED, SURE, Policy
from tocsin.engines.standby.tuning import Ground, Tuning, in_time, policy_of

SHARES = 21
"""Busy shares for which the worth of a unit is kept: 0, 0.05 … 1; the first and the last are never used."""


def made(ground: Ground, tuning: Tuning) -> Policy:
    """Jagtenberg, Bhulai, van der Mei 2015, 'An efficient heuristic for real-time ambulance redeployment'.

    Their busy fraction is guessed beforehand; here it is measured while it goes on, since a wrong one is worse than none. All calls count by
    the first aim, as they have one limit.
    """
    rows = [expected(min(max(g, 1), SHARES - 2) / (SHARES - 1)) for g in range(SHARES)]
    longest = max(len(row) for row in rows)
    worths = np.array([np.concatenate((row[:1], row, np.zeros(longest - len(row) + 1))) for row in rows])
    cover = in_time(ground._replace(aims=(ground.aims[0]._replace(share=1.0),)), 0.5)
    return policy_of(EXPECTED, ground, tuning._replace(thin=0.0), cover._replace(worth=worths[1:2].copy()), worths=worths)


@njit(cache=True, nogil=True)
def move(policy: Any, station_s: Any, seen: Any, freed: Any) -> Any:
    """The station where the unit that has become free is worth most; its own, where none is worth more."""
    if freed < 0 or not seen.may[freed]:
        return -1, -1
    cover, here = policy.cover, seen.way[freed]
    one_more, one_less = np.empty(len(cover.gain)), np.empty(len(cover.gain))
    shared(cover.by_part, cover.part_of[cover.part_from[here]:cover.part_from[here + 1]], cover.more, cover.less, one_more, one_less)
    station, best = -1, SURE + policy.price
    for w in range(len(cover.gain)):
        gain = cover.gain[w] - one_more[w] - (cover.loss[here] - one_less[w])
        if w != here and gain > best + SURE and not np.isinf(station_s[w, seen.at[freed]]):
            station, best = w, gain
    return (freed, station) if station >= 0 else (-1, -1)
