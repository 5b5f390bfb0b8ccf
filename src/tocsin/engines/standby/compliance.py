"""Policy: a compliance table, which says for each number of free units which stations are held; whoever is too many goes where one is missing."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from typing import Any

import numpy as np

from tocsin.engines.standby.compiling import compiled
from tocsin.engines.standby.cover import come, empty, settle, sums
from tocsin.engines.standby.policy import SURE, TABLE, Policy
from tocsin.engines.standby.tuning import Ground, Tuning, in_time, policy_of
from tocsin.engines.standby.world import Ints


def made(ground: Ground, tuning: Tuning) -> Policy:
    """The table is nested: with one more free, one more station is held, that which adds most expected cover (Daskin 1983, by greedy choice)."""
    return policy_of(TABLE, ground, tuning, table=table_of(ground, tuning.busy))


def table_of(ground: Ground, busy: float) -> Ints:
    """int32[units + 1, s]: how many wait at each station when so many are free."""
    cover = empty(in_time(ground, busy))
    gain = np.zeros(len(cover.reach))
    table = np.zeros((ground.units + 1, len(gain)), np.int32)
    for free in range(1, ground.units + 1):
        settle(cover)
        sums(cover.reach, cover.more, gain)
        best = int(np.argmax(np.round(gain, 9)))
        come(cover, best, 1)
        table[free] = table[free - 1]
        table[free, best] += 1
    return table


@compiled
def move(policy: Any, station_s: Any, seen: Any) -> Any:
    """Of all who are too many where they are and all stations that lack one, the shortest drive, if it is shorter than `horizon_s`."""
    have, free = policy.notes.first, 0
    have[:] = 0
    for k in range(len(seen.idle)):
        if seen.idle[k]:
            have[seen.way[k]] += 1
            free += 1
    unit, station, soonest_s = -1, -1, policy.horizon_s
    for k in range(len(seen.idle)):
        if not seen.idle[k] or not seen.may[k] or have[seen.way[k]] <= policy.table[free, seen.way[k]]:
            continue
        for w in range(len(have)):
            if have[w] < policy.table[free, w]:
                drive_s = seen.left_s[k] + station_s[w, seen.at[k]]
                if drive_s < soonest_s - SURE:
                    unit, station, soonest_s = k, w, drive_s
    return unit, station
