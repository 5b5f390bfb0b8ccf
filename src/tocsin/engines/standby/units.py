"""Where each unit of a fleet is while its days are played, and how it gets somewhere else."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from typing import Any, NamedTuple

import numpy as np

from tocsin.engines.standby.compiling import inlined
from tocsin.engines.standby.policy import Budget
from tocsin.engines.standby.world import Bytes, Doubles, Fleet, Floats, Ints, World

ROUNDING_S = 0.1
"""More than single precision can be off by."""


class Units(NamedTuple):
    """What each unit does, one entry a unit; a policy sees the first seven as `Seen`."""

    idle: Bytes
    """1 where it waits or drives to where it will wait; 0 where it serves a call, or has done so and nobody has looked since."""
    way: Ints
    """The station that it goes to."""
    at: Ints
    """Where it is free; later the junction on its way that it is known to have reached, or comes to next."""
    left_s: Doubles
    """Until it is there, when a policy last asked."""
    may: Bytes
    """1 where it might be moved when a policy last asked."""
    near: Bytes
    """1 where it serves a call and is at the hospital."""
    spent: Doubles
    """The share of its budget that it had had when a policy last asked."""
    there_s: Doubles
    """When it is at the hospital; inf where it goes to none."""
    free_s: Doubles
    """When it is, or was, free, and sets out for its station; or comes to the junction at which it turns to another."""
    total_s: Doubles
    """How long that way takes in all."""
    total_m: Doubles
    due_s: Doubles
    """In how many seconds it could be at the call that was last looked at; inf where it serves one."""
    moved_s: Doubles
    """float64[k, m]: when it was moved the last m times, in a ring."""
    turn: Ints
    """The oldest of them."""
    all_s: Doubles
    """When anybody was moved the last times, in a ring."""
    all_turn: Ints
    road: Ints
    """Who was on the road then, in a list."""
    out_s: Floats
    """float32[n, s]: with lights from each station to a junction, a junction's in a row, since most units are sent from stations."""


def units_of(world: World, fleet: Fleet, budget: Budget) -> Units:
    """Everybody at home, with rings for the moves of a budget."""
    k = len(fleet.home)
    return Units(np.ones(k, np.uint8), fleet.home.copy(), world.station[fleet.home], np.zeros(k), np.ones(k, np.uint8), np.zeros(k, np.uint8), np.zeros(k),
                 np.full(k, np.inf), np.zeros(k), np.zeros(k), np.zeros(k), np.full(k, np.inf),
                 np.full((k, max(budget.each, 1)), -np.inf), np.zeros(k, np.int32), np.full(max(budget.average * k, 1), -np.inf), np.zeros(1, np.int32), np.zeros(k, np.int32),
                 np.ascontiguousarray(world.lights_s[world.station].T))


@inlined
def spot(world: Any, units: Any, k: Any, now: Any) -> Any:
    """The seconds until an idle unit comes to the next junction on its way, which `units.at` then names; 0 at its station."""
    left, way, here = units.total_s[k] - (now - units.free_s[k]), units.way[k], units.at[k]
    if left <= 0.0:
        units.at[k] = world.station[way]
        return 0.0
    while world.station_s[way, here] > left:
        here = world.hop[way, here]
    units.at[k] = here
    return left - world.station_s[way, here]


@inlined
def set_out(world: Any, units: Any, k: Any) -> None:
    """A free unit sets out for the station that it goes to."""
    units.total_s[k] = world.station_s[units.way[k], units.at[k]]
    units.total_m[k] = world.station_m[units.way[k], units.at[k]]
    units.idle[k] = 1


@inlined
def soonest(world: Any, turnout_s: Any, units: Any, goal: Any, now: Any, every: Any) -> Any:
    """The idle unit that could be at a junction first, -1 where none is idle; `units.due_s` then says in how many seconds: of all, where `every` is asked for.

    Who is on the road is looked up last, since that table is too large for the processor's caches, and only who could be the first: no way is quicker than
    that from its station, less the way from there to where it is.
    """
    best, took_s, on_road, out_s = -1, np.inf, 0, units.out_s[goal]
    for k in range(len(units.idle)):
        units.due_s[k] = np.inf
        if units.idle[k] == 0:
            if units.free_s[k] > now:
                continue
            set_out(world, units, k)  # nobody has looked since it was free
        if now - units.free_s[k] < units.total_s[k]:
            units.road[on_road] = k
            on_road += 1
            continue
        units.at[k] = world.station[units.way[k]]
        units.due_s[k] = np.float64(turnout_s[0]) + np.float64(out_s[units.way[k]])
        if units.due_s[k] < took_s:
            best, took_s = k, units.due_s[k]
    for j in range(on_road):
        k = units.road[j]
        way, this_s = units.way[k], spot(world, units, k, now) + turnout_s[1]
        if every or not this_s + (np.float64(out_s[way]) - np.float64(units.out_s[units.at[k], way])) - ROUNDING_S >= took_s:
            this_s += world.lights_s[units.at[k], goal]
            units.due_s[k] = this_s
            if this_s < took_s or (this_s == took_s and k < best):
                best, took_s = k, this_s
    return best


@inlined
def next_free(units: Any) -> Any:
    """The first of the serving units to be free; -1 where none serves."""
    first = -1
    for k in range(len(units.idle)):
        if units.idle[k] == 0 and (first < 0 or units.free_s[k] < units.free_s[first]):
            first = k
    return first


@inlined
def count_moves(units: Any, budget: Any, since: Any) -> Any:
    """Who of the idle may be moved now, and what share of its budget each has had; whether there is any."""
    anybody = False
    for k in range(len(units.idle)):
        if units.idle[k]:
            lately = 0
            if budget.each > 0:
                for at_s in units.moved_s[k]:
                    lately += at_s > since
                units.spent[k] = lately / budget.each
            units.may[k] = budget.each < 0 or lately < budget.each
            anybody |= units.may[k] > 0
    return anybody


@inlined
def keep_move(units: Any, k: Any, now: Any) -> None:
    """A unit is moved now."""
    units.moved_s[k, units.turn[k]] = now
    units.turn[k] = (units.turn[k] + 1) % units.moved_s.shape[1]
    units.all_s[units.all_turn[0]] = now
    units.all_turn[0] = (units.all_turn[0] + 1) % len(units.all_s)
