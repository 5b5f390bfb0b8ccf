"""The one place where policies are chosen by name, and asked: which idle unit should go where, now?"""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from collections.abc import Callable
from typing import Any

from tocsin.engines.standby import compliance, double_standard, expected_cover, marginal, nearest, outlook, preparedness
from tocsin.engines.standby.compiling import inlined
from tocsin.engines.standby.compliance import move as by_table
from tocsin.engines.standby.cover import come
from tocsin.engines.standby.exchange import move as by_exchange
from tocsin.engines.standby.expected_cover import move as by_expected_cover
from tocsin.engines.standby.policy import DOUBLE, EXPECTED, MARGINAL, OUTLOOK, TABLE, Policy, Seen, begun
from tocsin.engines.standby.tuning import Ground, Tuning
from tocsin.engines.standby.world import Floats, Ints

POLICIES: dict[str, Callable[[Ground, Tuning], Policy]] = {
    "nearest": nearest.made, "preparedness": preparedness.made, "table": compliance.made, "double-standard": double_standard.made,
    "dmexclp": expected_cover.made, "marginal": marginal.made, "outlook": outlook.made}
"""All of them; the first two move nobody."""


def policy(name: str, ground: Ground, tuning: Tuning) -> Policy:
    """A policy by its name, for a city and with the numbers of a tuning; KeyError where there is none of that name."""
    return POLICIES[name](ground, tuning)


@inlined
def consult(policy: Any, station_s: Any, seen: Any, freed: Any) -> Any:
    """The next move, a unit and a station, or -1 and -1. `freed` is the unit that has just become free and is on its way home; else -1."""
    kind = policy.kind
    if kind == TABLE:
        return by_table(policy, station_s, seen)
    if kind == EXPECTED:
        return by_expected_cover(policy, station_s, seen, freed)
    if kind in (MARGINAL, DOUBLE, OUTLOOK):
        return by_exchange(policy, station_s, seen)
    return -1, -1


def suggest(policy: Policy, station_s: Floats, home: Ints, seen: Seen, freed: int = -1, busy: float | None = None, hour: int = 0) -> tuple[int, int] | None:
    """Ask a policy about one moment, from nothing but what is seen of it; a unit and a station, or None where all are best left.

    `station_s` float32[s, n] from a junction to a station in ordinary traffic, inf where a unit at the one is not to be sent to the other; `home` int32[k]
    each unit's own station; `busy` the measured busy share of the last hours, for a policy that measures it.
    """
    asked = begun(policy, len(home))
    cover = asked.cover
    if busy is not None and len(policy.worths):
        cover.worth[0] = policy.worths[int(busy * (len(policy.worths) - 1) + 0.5)]
    cover.weight[:] = cover.by_hour[hour % len(cover.by_hour)]
    for k in range(len(home)):
        if seen.idle[k]:
            come(cover, seen.way[k], cover.step)
        else:
            come(cover, home[k], policy.near if seen.near[k] else policy.soon)
    if policy.budget.each == 0 or policy.budget.average == 0:
        return None
    unit, station = consult(asked, station_s, seen, freed)
    return (int(unit), int(station)) if unit >= 0 else None
