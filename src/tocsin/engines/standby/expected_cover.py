"""Policy: DMEXCLP. Whoever has just become free goes where one more adds most expected cover; nobody else is disturbed."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from typing import Any

import numpy as np

from tocsin.engines.standby.compiling import compiled
from tocsin.engines.standby.cover import expected, settle, swaps
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


@compiled
def move(policy: Any, station_s: Any, seen: Any, freed: Any) -> Any:
    """The station where the unit that has become free is worth most; its own, where none is worth more."""
    if freed < 0 or not seen.may[freed]:
        return -1, -1
    cover, here = policy.cover, seen.way[freed]
    net = policy.notes.net
    settle(cover)
    swaps(cover.reach, here, cover.more, cover.less, 1.0, policy.notes.counts, net)
    station, best = -1, SURE + policy.price
    for w in range(len(net)):
        if w != here and net[w] > best + SURE and not np.isinf(station_s[w, seen.at[freed]]):
            station, best = w, net[w]
    return (freed, station) if station >= 0 else (-1, -1)
