"""What units at home could have done on a day whose calls are all known: every way in which one call can follow another, as a network.

A serving of a call by a unit of a station is one state for all arrivals that lie close together; its two instants are the soonest and the latest of
them. What could follow is taken from the whole stretch of road on which such a unit may be by then, so that nothing that can happen is left out;
what cannot may be let in, which only helps the one who knows the day.
"""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from tocsin.engines.standby.world import Calls, Doubles, Fleet, Ints, World

Whole = npt.NDArray[np.int64]

_ROUNDING_S = 1e-3
"""Of single precision, in seconds; taken in favour of what can follow."""


class Chains(NamedTuple):
    """s states and a arcs. Calls, stations and states are numbered from 0."""

    call: Whole
    """int64[s]: whom it serves, ascending."""
    home: Whole
    """int64[s]: the station of the unit."""
    late: npt.NDArray[np.bool_]
    """bool[s]: the arrival is later than was asked for; no state has both."""
    home_s: Doubles
    """float64[s]: when the unit is at its station again, at the soonest, if it is not sent before."""
    tail: Whole
    """int64[a]: the state before, -1 where the unit is at its station."""
    head: Whole
    """int64[a]: the state that follows."""
    serving: Whole
    """int64[c]: how many earlier calls might still be in a unit's hands as each is ready, whoever was sent to them."""


class _Open(NamedTuple):
    """States whose unit may be on its way home."""

    state: Whole
    at: Ints
    way: Ints
    soonest_s: Doubles
    latest_s: Doubles


def chains(world: World, calls: Calls, fleet: Fleet, within_s: Doubles, cell_s: float) -> Chains:
    """The network. `within_s` float64[c]: how soon each call is to be reached, from the call on; arrivals within one `cell_s` are taken together.

    Each call is sent to at once, from a station or from the road; whoever serves it goes home to `fleet.home` afterwards.
    """
    stations = np.unique(fleet.home).astype(np.int32)
    works_s = calls.scene_s + np.where(calls.transports > 0, world.hospital_s[calls.junction] + calls.handover_s, 0.0)
    ends = np.where(calls.transports > 0, world.hospital[calls.junction], calls.junction).astype(np.int32)
    none = np.empty(0, np.int64)
    there, ended_s = _Open(none, none.astype(np.int32), none.astype(np.int32), np.empty(0), np.empty(0)), np.full(len(within_s), -np.inf)
    parts: list[tuple[Any, ...]] = []
    serving, count = np.zeros(len(within_s), np.int64), 0
    for i, now in enumerate(calls.ready_s):
        serving[i] = (ended_s[:i] > now).sum()
        least, most = _from_the_road(world.lights_s, world.station_s, world.hop, *there[1:], calls.junction[i], now, fleet.turnout_s[1])
        rolls_s = now + fleet.turnout_s[0] + world.lights_s[world.station[stations], calls.junction[i]].astype(np.float64)
        tails = np.concatenate((np.full(len(stations), -1), there.state))
        ways = np.concatenate((stations, there.way))
        least, most = np.concatenate((rolls_s, least)) - _ROUNDING_S, np.concatenate((rolls_s, most)) + _ROUNDING_S
        tail, home, cell, low_s, high_s = _split(tails, ways, least, most, calls.called_s[i] + within_s[i] + _ROUNDING_S, cell_s)
        (home, cell), head = _joined(home, cell)
        soonest_s, latest_s = np.full(len(home), np.inf), np.full(len(home), -np.inf)
        np.minimum.at(soonest_s, head, low_s)
        np.maximum.at(latest_s, head, high_s)
        soonest_s, latest_s = soonest_s + works_s[i], latest_s + works_s[i]
        ended_s[i] = latest_s.max(initial=-np.inf)
        way_s = world.station_s[home, ends[i]].astype(np.float64)
        parts.append((np.full(len(home), i), home, cell >= 0, soonest_s + way_s, tail, head + count))
        keep = there.latest_s + world.station_s[there.way, there.at] + _ROUNDING_S >= now
        more = _Open(np.arange(count, count + len(home)), np.full(len(home), ends[i]), home.astype(np.int32), soonest_s, latest_s)
        there = _Open(*_after(there, keep, more))
        count += len(home)
    call, state_home, late, home_s, tails, heads = _columns(parts)
    return Chains(call, state_home, late, home_s, tails, heads, serving)


def _after(there: Any, keep: Any, more: Any) -> list[Any]:
    """Those who may still be on the road, and then the new ones."""
    return [np.concatenate((old[keep], new)) for old, new in zip(there, more, strict=True)]


def _columns(parts: Any) -> list[Any]:
    return [np.concatenate(part) for part in zip(*parts, strict=True)]


def _split(tails: Any, ways: Any, least: Any, most: Any, by_s: float, cell_s: float) -> tuple[Any, ...]:
    """Each span of arrivals cut into cells that begin or end at the last instant in time; ways that are not there fall out."""
    found = np.isfinite(least)
    tails, ways, least, most = tails[found], ways[found], least[found], most[found]
    first, last = (np.floor((one - by_s) / cell_s).astype(np.int64) for one in (least, most))
    times = last - first + 1
    which = np.repeat(np.arange(len(tails)), times)
    cell = first[which] + np.arange(len(which)) - np.repeat(np.cumsum(times) - times, times)
    return tails[which], ways[which], cell, np.maximum(least[which], by_s + cell * cell_s), np.minimum(most[which], by_s + (cell + 1) * cell_s)


def _joined(home: Any, cell: Any) -> tuple[Any, Any]:
    """Each station and cell once, and which of them each was."""
    found, which = np.unique(np.stack((home, cell)), axis=1, return_inverse=True)
    return found, which.ravel()


@njit(cache=True, nogil=True)
def _from_the_road(lights_s: Any, station_s: Any, hop: Any, at: Any, way: Any, soonest_s: Any, latest_s: Any, goal: Any, now: Any, turnout_s: Any) -> Any:
    """When a unit that was free between two instants is there at the soonest and the latest, if it is sent now; inf where it serves still or is home."""
    least, most = np.full(len(at), np.inf), np.full(len(at), np.inf)
    for k in range(len(at)):
        w, here = way[k], at[k]
        total = np.float64(station_s[w, here])
        far = total - max(now - latest_s[k], 0.0) + _ROUNDING_S
        near = max(total - (now - soonest_s[k]), 0.0) - _ROUNDING_S
        if soonest_s[k] > now + _ROUNDING_S or far <= 0.0:
            continue
        before, most[k] = np.inf, -np.inf
        while True:
            left = np.float64(station_s[w, here])
            low, high = max(near, left), min(far, before)
            if low <= high:
                then = now + turnout_s + lights_s[here, goal]
                least[k], most[k] = min(least[k], then + low - left), max(most[k], then + high - left)
            if left <= near or hop[w, here] == here:
                break
            before, here = left, hop[w, here]
    return least, most
