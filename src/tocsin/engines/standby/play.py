"""The fast path: a whole fleet's days played in one kernel, by the rule that the floor follows: the soonest free unit goes, wherever it is."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from typing import Any, NamedTuple

import numpy as np

from tocsin.engines.standby.choosing import consult
from tocsin.engines.standby.compiling import compiled, inlined
from tocsin.engines.standby.cover import Cover, come
from tocsin.engines.standby.policy import NEAREST, NO_NOTES, PREPARED, Budget, Policy, begun
from tocsin.engines.standby.preparedness import choice
from tocsin.engines.standby.tuning import NO_TABLE, NO_WORTHS
from tocsin.engines.standby.units import count_moves, keep_move, next_free, set_out, soonest, spot, units_of
from tocsin.engines.standby.world import Calls, Doubles, Fleet, Ints, Played, World

PRIORITIES = 4
"""A call of a lower priority than these waits with the last of them."""
HOUR_S = 3_600.0


class Line(NamedTuple):
    """Calls that wait, in order, by priority."""

    calls: Ints
    first: Ints
    last: Ints


class Told(NamedTuple):
    """What has been seen so far of how busy the fleet is, and for which share and hour the cover is weighed."""

    share: Doubles
    """float64[2]: the smoothed share, and when it was last looked at."""
    row: Ints
    """int32[2]: the row of `worths`, and the hour."""


@inlined
def _send(world: Any, calls: Any, home: Any, units: Any, played: Any, k: Any, call: Any, now: Any, took_s: Any) -> None:
    """A unit goes to a call, is there after `took_s`, works, carries a patient where there is one, and is free wherever that ends."""
    goal, there = calls.junction[call], now + took_s
    done = there + calls.scene_s[call]
    units.at[k], units.near[k], units.there_s[k] = goal, 0, np.inf
    if calls.transports[call]:
        units.there_s[k] = done + world.hospital_s[goal]
        done = units.there_s[k] + calls.handover_s[call]
        units.at[k] = world.hospital[goal]
    units.idle[k], units.free_s[k], units.way[k] = 0, done, home[k]
    played.busy_s[k] += done - now
    played.response_s[call], played.unit[call] = there - calls.called_s[call], k


@compiled
def _pop(line: Any) -> Any:
    """The call that waits first; there is one."""
    p = 0
    while line.first[p] == line.last[p]:
        p += 1
    line.first[p] += 1
    return line.calls[p, line.first[p] - 1]


@inlined
def _look(policy: Any, home: Any, units: Any, told: Any, now: Any) -> None:
    """Before anything changes: who has come to a hospital, how busy has the fleet been since, and does the cover weigh otherwise in this hour?"""
    cover = policy.cover
    if policy.near != policy.soon:
        for k in range(len(home)):
            if units.idle[k] == 0 and units.near[k] == 0 and units.there_s[k] <= now:
                units.near[k] = 1
                come(cover, home[k], policy.near - policy.soon)
    if len(policy.worths):
        busy = 1.0 - units.idle.sum() / len(units.idle)
        told.share[0] += (1.0 - np.exp(-(now - told.share[1]) / policy.memory_s)) * (busy - told.share[0])
        told.share[1] = now
        row = int(told.share[0] * (len(policy.worths) - 1) + 0.5)
        if row != told.row[0]:
            told.row[0], cover.stale[0] = row, 1
            for j in range(cover.worth.shape[1]):
                cover.worth[0, j] = policy.worths[row, j]
    hours = len(cover.by_hour)
    if hours > 1:
        hour = int(now // HOUR_S) % hours
        if hour != told.row[1]:
            told.row[1], cover.stale[0] = hour, 1
            for part in range(len(cover.weight)):
                cover.weight[part] = cover.by_hour[hour, part]


@inlined
def _move(world: Any, policy: Any, units: Any, played: Any, freed: Any, now: Any) -> None:
    """Ask the policy whether anybody should wait elsewhere, and send them there."""
    budget = policy.budget
    for _ in range(policy.most):
        since = now - budget.within_s
        if budget.average == 0 or (budget.average > 0 and units.all_s[units.all_turn[0]] > since):
            return
        if not count_moves(units, budget, since):
            return
        for k in range(len(units.idle)):
            if units.idle[k] and units.may[k]:
                units.left_s[k] = spot(world, units, k, now)
        k, station = consult(policy, world.station_s, units, freed)
        if k < 0:
            return
        come(policy.cover, units.way[k], -policy.cover.step)
        come(policy.cover, station, policy.cover.step)
        played.metres[k] += units.total_m[k] - world.station_m[units.way[k], units.at[k]]
        units.way[k], units.free_s[k] = station, now + units.left_s[k]
        set_out(world, units, k)
        played.moves[k] += 1
        keep_move(units, k, now)


@compiled
def _play(world: Any, calls: Any, home: Any, turnout_s: Any, policy: Any, units: Any, line: Any, told: Any, played: Any) -> None:
    count, waiting, i = len(calls.called_s), 0, 0
    cover, roams = policy.cover, policy.kind != NEAREST
    if roams:
        for k in range(len(home)):
            come(cover, home[k], cover.step)
    while i < count or waiting:
        k, freed = next_free(units) if waiting or roams else -1, -1
        if k >= 0 and (i >= count or units.free_s[k] <= calls.ready_s[i]):
            now, freed = units.free_s[k], k
        else:
            now = calls.ready_s[i]
        if roams:
            _look(policy, home, units, told, now)
        if freed >= 0 and waiting:
            if roams and units.near[k]:
                come(cover, home[k], policy.soon - policy.near)
            call, waiting = _pop(line), waiting - 1
            took_s = world.lights_s[units.at[k], calls.junction[call]] + turnout_s[1]
            _send(world, calls, home, units, played, k, call, now, took_s)
            continue
        if freed >= 0:
            set_out(world, units, k)
            come(cover, home[k], cover.step - (policy.near if units.near[k] else policy.soon))
            units.near[k] = 0
        else:
            k = soonest(world, turnout_s, units, calls.junction[i], now, policy.kind == PREPARED)
            if policy.kind == PREPARED:
                k = choice(policy, units.way, units.due_s, k)
            call, i = i, i + 1
            if k < 0:
                p = min(calls.priority[call], PRIORITIES - 1)
                line.calls[p, line.last[p]] = call
                line.last[p] += 1
                waiting += 1
                continue
            played.metres[k] += units.total_m[k] - world.station_m[units.way[k], units.at[k]]
            if roams:
                come(cover, units.way[k], -cover.step)
                if policy.soon:
                    come(cover, home[k], policy.soon)
            _send(world, calls, home, units, played, k, call, now, units.due_s[k])
        if roams and policy.kind != PREPARED:
            _move(world, policy, units, played, freed, now)


def play(world: World, calls: Calls, fleet: Fleet, policy: Policy | None = None) -> Played:
    """Play the calls in order. Without a policy each unit goes back to its own station; with one, it is asked whenever a unit has gone or is free.

    The soonest free unit goes, from where it is on the road; where nobody is free, calls wait, by priority and then in order. A unit that is moved
    goes on to the next junction first. Nobody is moved oftener than `policy.budget` allows.
    """
    count, k = len(calls.called_s), len(fleet.home)
    asked = begun(_STATIC if policy is None else policy, k)
    units = units_of(world, fleet, asked.budget)
    line = Line(np.empty((PRIORITIES, count), np.int32), np.zeros(PRIORITIES, np.int32), np.zeros(PRIORITIES, np.int32))
    played = Played(np.zeros(count, np.float32), np.full(count, -1, np.int32), np.zeros(k, np.int32), np.zeros(k), np.zeros(k))
    _play(world, calls, fleet.home, fleet.turnout_s, asked, units, line, Told(np.zeros(2), np.full(2, -1, np.int32)), played)
    return played


_NO = np.empty(0)
_NOBODY = Cover(np.zeros((0, 0)), _NO, np.zeros((1, 0)), np.empty(0, np.int32), np.zeros((1, 1)), 1, np.empty(0, np.int32), _NO, _NO, np.zeros(1, np.uint8))
_STATIC = Policy(NEAREST, _NOBODY, NO_TABLE, 0.0, 0.0, 1.0, 0.0, 0.0, 0, 0, 1, NO_WORTHS, 1.0, Budget(0), NO_NOTES)
