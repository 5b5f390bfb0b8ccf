"""What a policy is: the numbers that it decides by, how often it may move anybody, and what it is shown of the units."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from typing import Any, NamedTuple

import numpy as np

from tocsin.engines.standby.compiling import inlined
from tocsin.engines.standby.cover import Cover, empty
from tocsin.engines.standby.world import Bytes, Doubles, Ints

NEAREST, PREPARED, TABLE, DOUBLE, EXPECTED, MARGINAL, OUTLOOK = range(7)
"""What `Policy.kind` may be; each has a file of its own."""

SURE = 1e-9
"""A gain below this is rounding."""


class Budget(NamedTuple):
    """How often units may be moved in any `within_s`; below 0: as often as one likes."""

    each: int = 4
    """Any one unit."""
    average: int = -1
    """Beside that the whole fleet, so often a unit on average."""
    within_s: float = 43_200.0


BUDGETS = {"each": Budget(4), "average": Budget(8, 4)}
"""`each`: no unit more than four times in twelve hours, the default, live and in studies. `average`: the fleet four a unit, and no unit more than eight, as published comparisons count."""


class Notes(NamedTuple):
    """Room for what a policy writes down while it looks; nothing in it outlasts the question."""

    first: Ints
    """int32[s]: a unit of each station, or how many."""
    after: Ints
    """int32[k]: who comes after each unit."""
    net: Doubles
    """float64[s]: what going to each station nets."""
    counts: Doubles
    """float64[c]: what counts in each part."""


NO_NOTES = Notes(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0), np.zeros(0))


class Policy(NamedTuple):
    """One policy as plain numbers, so that a kernel and a live floor ask the same function. What a kind does not use stands at its least."""

    kind: int
    cover: Cover
    table: Ints
    """int32[k + 1, s]: how many wait at each station when so many are free."""
    price: float
    """What a move costs, in shares of all calls in time."""
    per_s: float
    """What each second of driving there costs beside it."""
    horizon_s: float
    """How long a picture of free units is good for; for the table, how long a drive may be; for the dispatch rule, how late a unit may be."""
    thin: float
    """How the price follows the share of units that are free: price · share^thin."""
    rise: float
    """How the price grows for a unit that has had moves: price · (1 + rise · the share of its budget that is spent)."""
    soon: int
    """What a busy unit counts at its own station, of `cover.step`."""
    near: int
    """The same of one that is at the hospital, and so nearly free."""
    most: int
    """How many may be moved at one moment."""
    worths: Doubles
    """float64[g, …]: the first layer's worth for busy shares 0, 1/(g - 1) … 1, where the share is measured; empty where it is given."""
    memory_s: float
    """How long the measured share remembers."""
    budget: Budget
    notes: Notes


class Seen(NamedTuple):
    """What a policy looks at, one entry a unit."""

    idle: Bytes
    """1 where it waits or drives to where it will wait."""
    way: Ints
    """The station at which it waits, or to which it drives."""
    at: Ints
    """The junction at which it is, or to which it comes next."""
    left_s: Doubles
    """Until it is there."""
    may: Bytes
    """1 where it may be moved."""
    near: Bytes
    """1 where it serves a call and is at the hospital."""
    spent: Doubles
    """The share of its budget that it has had, 0 … 1."""


def begun(policy: Policy, units: int) -> Policy:
    """The same policy with nobody free and nothing written down, for so many units."""
    cover = empty(policy.cover)
    stations, parts = cover.reach.shape
    return policy._replace(cover=cover, notes=Notes(np.zeros(stations, np.int32), np.zeros(units, np.int32), np.zeros(stations), np.zeros(parts)))


@inlined
def listed(idle: Any, may: Any, way: Any, first: Any, after: Any) -> None:
    """Who may be moved from each station, or while on the way there: into `first` the first by number, into `after` who comes after each; -1 for nobody."""
    first[:] = -1
    for k in range(len(idle) - 1, -1, -1):
        if idle[k] and may[k]:
            after[k], first[way[k]] = first[way[k]], k
