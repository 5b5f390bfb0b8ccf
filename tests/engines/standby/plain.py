"""A plain simulation of a fleet's days: a list of events, every way walked from its beginning, every policy summed anew over all junctions."""

import heapq
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tocsin.engines.standby import Calls, Fleet, Ground, Played, Tuning, World, expected
from tocsin.engines.standby.compliance import table_of

SURE = 1e-9
Move = tuple[int, int] | None


class Floor:
    """What a policy may ask: who is idle, where each goes, how long each needs to anywhere, who may be moved."""

    def __init__(self, world: World, fleet: Fleet, ground: Ground, tuning: Tuning) -> None:
        self.world, self.fleet, self.ground, self.tuning = world, fleet, ground, tuning
        self.now = 0.0
        self.idle: dict[int, tuple[int, int, float]] = {k: (int(w), int(world.station[w]), -math.inf) for k, w in enumerate(fleet.home)}
        self.moved: dict[int, list[float]] = {k: [] for k in range(len(fleet.home))}
        self.share, self.looked = 0.0, 0.0
        self.hospital_s: dict[int, float] = {}

    def spot(self, k: int) -> tuple[int, float, bool]:
        """The junction that an idle unit is at or comes to next, in how many seconds, and whether it is at its station."""
        way, origin, since = self.idle[k]
        if self.now < since:
            return origin, since - self.now, False
        left = float(self.world.station_s[way, origin]) - (self.now - since)
        if left <= 0:
            return int(self.world.station[way]), 0.0, True
        here = origin
        while self.world.station_s[way, here] > left:
            here = int(self.world.hop[way, here])
        return here, left - float(self.world.station_s[way, here]), False

    def drive_s(self, k: int, w: int) -> float:
        here, left, _ = self.spot(k)
        return left + float(self.world.station_s[w, here])

    def may(self, k: int) -> bool:
        budget, lately = self.tuning.budget, {unit: self.lately(unit) for unit in self.moved}
        return (budget.each < 0 or lately[k] < budget.each) and (budget.average < 0 or sum(lately.values()) < budget.average * len(lately))

    def lately(self, k: int) -> int:
        return sum(at > self.now - self.tuning.budget.within_s for at in self.moved[k])

    def price(self, k: int) -> float:
        """What moving a unit costs, the more the more often it was moved."""
        return self.tuning.price * (1 + self.tuning.rise * (self.lately(k) / self.tuning.budget.each if self.tuning.budget.each > 0 else 0))

    def look(self) -> None:
        """Smooth the busy share up to now."""
        busy = 1 - len(self.idle) / len(self.fleet.home)
        self.share += (1 - math.exp(-(self.now - self.looked) / self.tuning.memory_s)) * (busy - self.share)
        self.looked = self.now

    @property
    def weight(self) -> Any:
        by_hour = np.atleast_2d(self.ground.weight)
        return by_hour[int(self.now // 3_600) % len(by_hour)]

    def pairs(self) -> list[tuple[int, int]]:
        """Every unit that may be moved with every other station, in the order in which equals are taken."""
        stations = len(self.world.station)
        units = [k for k in self.idle if self.may(k)]
        return sorted(((k, w) for k in units for w in range(stations) if w != self.idle[k][0] and math.isfinite(self.drive_s(k, w))), key=lambda pair: (self.idle[pair[0]][0], pair[1], pair[0]))


def _worth(curve: Any, counted: Any) -> Any:
    return curve[np.clip(counted, 0, len(curve) - 1)]


def gained_lost(floor: Floor, k: int, w: int, layers: list[tuple[float, float, Any]], step: int, soon: int, near: int) -> tuple[float, float]:
    """What a unit adds where only its new station reaches, and takes where only its present one does, summed over all junctions."""
    here, gained, lost = floor.idle[k][0], 0.0, 0.0
    for within_s, share, curve in layers:
        reach = floor.ground.reach_s <= within_s
        others = np.zeros(reach.shape[1], int)
        for unit in range(len(floor.fleet.home)):
            if unit != k:
                others += (step * reach[floor.idle[unit][0]]) if unit in floor.idle else ((near if floor.hospital_s.get(unit, math.inf) <= floor.now else soon) * reach[floor.fleet.home[unit]])
        worth = share * floor.weight * _worth(curve, others)
        gained += float(worth[reach[w] & ~reach[here]].sum())
        lost += float(worth[reach[here] & ~reach[w]].sum())
    return gained, lost


def _best(floor: Floor, pairs: list[tuple[int, int]], net: Callable[[int, int], float], least: float = SURE) -> Move:
    found, best = None, least
    for k, w in pairs:
        value = net(k, w)
        if value > best + SURE:
            found, best = (k, w), value
    return found


def _marginal(floor: Floor, layers: list[tuple[float, float, Any]]) -> Move:
    def net(k: int, w: int) -> float:
        gained, lost = gained_lost(floor, k, w, layers, 1, 0, 0)
        return gained - lost - floor.price(k) - floor.tuning.per_s * floor.drive_s(k, w)
    return _best(floor, floor.pairs(), net)


def marginal(floor: Floor, freed: int) -> Move:
    return _marginal(floor, [(aim.within_s, aim.share, expected(floor.tuning.busy)) for aim in floor.ground.aims])


def double_standard(floor: Floor, freed: int) -> Move:
    narrow, wide = min(aim.within_s for aim in floor.ground.aims), max(aim.within_s for aim in floor.ground.aims)
    wide = wide if wide > narrow else 1.5 * narrow
    return _marginal(floor, [(narrow, 1.0, np.array([5 / 6, 1 / 6, 0.0])), (wide, 1.0, np.array([25 / 6, 0.0]))])


def expected_cover(floor: Floor, freed: int) -> Move:
    if freed < 0 or not floor.may(freed):
        return None
    row = int(floor.share * 20 + 0.5)
    layers = [(floor.ground.aims[0].within_s, 1.0, expected(min(max(row, 1), 19) / 20))]

    def net(k: int, w: int) -> float:
        gained, lost = gained_lost(floor, k, w, layers, 1, 0, 0)
        return gained - lost
    return _best(floor, [(k, w) for k, w in floor.pairs() if k == freed], net, SURE + floor.tuning.price)


def outlook(floor: Floor, freed: int) -> Move:
    tuning = floor.tuning
    if not floor.idle:
        return None
    aims = [*floor.ground.aims] + ([floor.ground.aims[0]._replace(within_s=1.5 * floor.ground.aims[0].within_s, share=tuning.tail)] if tuning.tail else [])
    layers = [(aim.within_s, aim.share, expected(tuning.busy, 8)) for aim in aims]
    thin = (len(floor.idle) / len(floor.fleet.home)) ** tuning.thin

    def net(k: int, w: int) -> float:
        gained, lost = gained_lost(floor, k, w, layers, 8, tuning.soon, tuning.near)
        comes, stays = (tuning.horizon_s / (tuning.horizon_s + floor.drive_s(k, to)) for to in (w, floor.idle[k][0]))
        return comes * gained - stays * lost - thin * floor.price(k) - tuning.per_s * floor.drive_s(k, w)
    return _best(floor, floor.pairs(), net)


def table(floor: Floor, freed: int) -> Move:
    want = table_of(floor.ground, floor.tuning.busy)[len(floor.idle)]
    have = np.bincount([way for way, _, _ in floor.idle.values()], minlength=len(want))
    pairs = [(k, w) for k in sorted(floor.idle) for w in range(len(want)) if floor.may(k) and have[floor.idle[k][0]] > want[floor.idle[k][0]] and have[w] < want[w]]
    found, soonest_s = None, floor.tuning.horizon_s
    for k, w in pairs:
        if floor.drive_s(k, w) < soonest_s - SURE:
            found, soonest_s = (k, w), floor.drive_s(k, w)
    return found


PLAIN: dict[str, Callable[[Floor, int], Move]] = {
    "nearest": lambda floor, freed: None, "preparedness": lambda floor, freed: None, "table": table, "double-standard": double_standard, "dmexclp": expected_cover, "marginal": marginal, "outlook": outlook}


def prepared(floor: Floor, due: list[tuple[float, int]]) -> tuple[float, int]:
    """Of those in time for the first aim the one whose going costs least cover; else the soonest."""
    in_time = sorted((k, took) for took, k in due if took <= floor.ground.aims[0].within_s)
    chosen, least = min(due), math.inf
    for k, took in in_time:
        costs, here = 0.0, floor.idle[k][0]
        for aim in floor.ground.aims:
            reach = floor.ground.reach_s <= aim.within_s
            there = np.sum([reach[way] for way, _, _ in floor.idle.values()], axis=0)
            costs += aim.share * float((floor.weight * _worth(expected(floor.tuning.busy), there - 1))[reach[here]].sum())
        if costs < least - SURE or (costs < least + SURE and took < chosen[0]):
            chosen, least = (took, k), min(costs, least)
    return chosen


def plainly(world: World, calls: Calls, fleet: Fleet, name: str, ground: Ground, tuning: Tuning) -> Played:
    """The same days as `play`, an event at a time."""
    units, count = len(fleet.home), len(calls.called_s)
    played = Played(np.zeros(count, np.float32), np.full(count, -1, np.int32), np.zeros(units, np.int32), np.zeros(units), np.zeros(units))
    floor, line = Floor(world, fleet, ground, tuning), list[tuple[int, int]]()
    at = {k: int(world.station[fleet.home[k]]) for k in range(units)}
    events = [(float(calls.ready_s[i]), 1, i) for i in range(count)]
    heapq.heapify(events)

    def send(k: int, call: int, took: float) -> None:
        goal = int(calls.junction[call])
        there = floor.now + took
        done, at[k], floor.hospital_s[k] = there + float(calls.scene_s[call]), goal, math.inf
        if calls.transports[call]:
            floor.hospital_s[k] = done + float(world.hospital_s[goal])
            done, at[k] = floor.hospital_s[k] + float(calls.handover_s[call]), int(world.hospital[goal])
        played.response_s[call], played.unit[call] = there - calls.called_s[call], k
        played.busy_s[k] += done - floor.now
        heapq.heappush(events, (done, 0, k))

    def drove(k: int) -> None:
        way, origin, since = floor.idle[k]
        if math.isfinite(since):
            played.metres[k] += world.station_m[way, origin] - world.station_m[way, floor.spot(k)[0]]

    def ask(freed: int) -> None:
        for _ in range(tuning.most):
            found = PLAIN[name](floor, freed)
            if found is None:
                return
            k, w = found
            here, left, _ = floor.spot(k)
            drove(k)
            floor.idle[k] = (w, here, floor.now + left)
            floor.moved[k].append(floor.now)
            played.moves[k] += 1

    while (played.unit < 0).any():
        floor.now, is_call, which = heapq.heappop(events)
        floor.look()
        if is_call:
            goal = calls.junction[which]
            found = [(floor.spot(k)[1] + float(world.lights_s[floor.spot(k)[0], goal]) + float(fleet.turnout_s[0 if floor.spot(k)[2] else 1]), k)
                     for k in sorted(floor.idle)]
            if not found:
                line.append((int(calls.priority[which]), which))
                continue
            took, k = prepared(floor, found) if name == "preparedness" else min(found)
            drove(k)
            del floor.idle[k]
            send(k, which, took)
            ask(-1)
        elif line:
            line.sort()
            _, call = line.pop(0)
            send(which, call, float(world.lights_s[at[which], calls.junction[call]]) + float(fleet.turnout_s[1]))
        else:
            floor.idle[which] = (int(fleet.home[which]), at[which], floor.now)
            ask(which)
    return played
