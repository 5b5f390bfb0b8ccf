"""The one search under policies that weigh moves: of all idle units and all stations, the move that gains most after its price."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from typing import Any

import numpy as np

from tocsin.engines.standby.compiling import compiled, inlined
from tocsin.engines.standby.cover import settle, swap, swaps
from tocsin.engines.standby.policy import SURE, listed


@compiled
def price_now(policy: Any, free: Any, units: Any) -> Any:
    """What a move must gain when so many are free."""
    return policy.price * (free / units) ** policy.thin if policy.thin != 0.0 else policy.price


@compiled
def _best_of(gained: Any, lost: Any, first: Any, after: Any, left_s: Any, at: Any, spent: Any, there_s: Any, here_s: Any, price: Any, rise: Any, per_s: Any, fade: Any,
             best: Any) -> Any:
    """Of the units at one station the one whose going to another is worth most, and more than `best`; -1 where none is."""
    unit, k = -1, first
    while k >= 0:
        drive_s = left_s[k] + there_s[at[k]]
        if not np.isinf(drive_s):
            stay_s = left_s[k] + here_s[at[k]]
            stays = 1.0 if fade == 0.0 else 1.0 / (1.0 + fade * stay_s)
            net = gained / (1.0 + fade * drive_s) - stays * lost - price * (1.0 + rise * spent[k]) - per_s * drive_s
            if net > best + SURE:
                unit, best = k, net
        k = after[k]
    return unit, best


@inlined
def move(policy: Any, station_s: Any, seen: Any) -> Any:
    """The move that gains most after its price, the first of equals; what a unit adds at the end of a drive of t seconds counts 1 / (1 + t / `horizon_s`).

    Where both stations reach a part, the unit serves it all the way, and nothing changes; only what one of the two reaches is gained or lost. A pair is
    looked at closely only if it would pay for a unit that is there at once and is as far from where it goes now as the farthest of them.
    """
    cover, per_s, rise, fade = policy.cover, policy.per_s, policy.rise, 1.0 / policy.horizon_s
    settle(cover)
    more, less, left_s, at, spent = cover.more, cover.less, seen.left_s, seen.at, seen.spent
    first, after, net = policy.notes.first, policy.notes.after, policy.notes.net
    listed(seen.idle, seen.may, seen.way, first, after)
    price = price_now(policy, seen.idle.sum(), len(seen.idle))
    unit, station, best = -1, -1, SURE
    for here in range(len(first)):
        if first[here] < 0:
            continue
        far_s, k = 0.0, first[here]
        while k >= 0:
            far_s, k = max(far_s, left_s[k] + station_s[here, at[k]]), after[k]
        stays = 1.0 if fade == 0.0 else 1.0 / (1.0 + fade * far_s)
        swaps(cover.reach, here, more, less, stays, policy.notes.counts, net)
        for w in range(len(first)):
            if w != here and net[w] - price > best:
                gained, lost = swap(cover.reach[w], cover.reach[here], more, less)
                k, worth = _best_of(gained, lost, first[here], after, left_s, at, spent, station_s[w], station_s[here], price, rise, per_s, fade, best)
                if k >= 0:
                    unit, station, best = k, w, worth
    return unit, station
