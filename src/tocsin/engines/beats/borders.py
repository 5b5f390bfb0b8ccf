"""Beats improved at their borders: one zone after another goes over to a neighbouring beat, never cutting a beat in two."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"


from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from tocsin.engines.beats.problem import Floats, Ground, Ints


@njit(cache=True, nogil=True)
def hangs_together(ground: Ground, beat: Ints, without: int, seen: Ints, stack: Ints, mark: int) -> bool:
    """Whether a zone's beat still hangs together without that zone; `seen` and `stack` int32[n] are room to work in, `mark` is new each time."""
    own, begin, near = beat[without], -1, 0
    for place in range(ground.at[without], ground.at[without + 1]):
        if beat[ground.to[place]] == own:
            near += 1
            begin = ground.to[place]
    if near < 2:
        return near == 1
    seen[without], seen[begin] = mark, mark
    stack[0], high, found = begin, 1, 1
    while high > 0 and found < near:
        high -= 1
        zone = stack[high]
        for place in range(ground.at[zone], ground.at[zone + 1]):
            other = ground.to[place]
            if beat[other] == own and seen[other] != mark:
                seen[other] = mark
                stack[high] = other
                high += 1
                for again in range(ground.at[without], ground.at[without + 1]):
                    if ground.to[again] == other:
                        found += 1
    return found == near


@njit(cache=True, nogil=True)
def best_post(ground: Ground, beat: Ints, which: int) -> tuple[int, float]:
    """The zone of a beat from which its own are reached soonest, and the weighted seconds; -1 for an empty beat."""
    own = np.flatnonzero(beat == which)
    best, least = -1, np.inf
    for zone in own:
        total = 0.0
        for other in own:
            total += ground.weight[other] * ground.time_s[zone, other]
            if total >= least:
                break
        if total < least:
            best, least = int(zone), total
    return best, least


@njit(cache=True, nogil=True)
def grow(ground: Ground, beat: Ints, post: Ints) -> None:
    """Give back what does not hang together with its beat's post: zone by zone to the bordering beat whose post is nearest. Changes `beat`."""
    zones = len(beat)
    kept = np.full(zones, -1, np.int32)
    stack = np.empty(zones, np.int32)
    for which in range(len(post)):
        kept[post[which]] = which
    for which in range(len(post)):
        stack[0], high = post[which], 1
        while high > 0:
            high -= 1
            zone = stack[high]
            for place in range(ground.at[zone], ground.at[zone + 1]):
                other = ground.to[place]
                if kept[other] < 0 and beat[other] == which:
                    kept[other] = which
                    stack[high] = other
                    high += 1
    while True:
        best, best_zone, best_beat = np.inf, -1, -1
        for zone in range(zones):
            if kept[zone] >= 0:
                continue
            for place in range(ground.at[zone], ground.at[zone + 1]):
                which = kept[ground.to[place]]
                if which >= 0:
                    far = min(float(ground.time_s[post[which], zone]), 1e12)    # a zone without a way from there still goes somewhere
                    if far < best:
                        best, best_zone, best_beat = far, zone, which
        if best_zone < 0:
            break
        kept[best_zone] = best_beat
    beat[:] = kept


class State(NamedTuple):
    """Where a search stands: `beat` int32[n], `post` int32[k]; by beat its `load`, `size` and weighted seconds (`cost`); until which step a
    zone may not go back to a beat, int64[n, k]; and room to work in."""

    beat: Ints
    post: Ints
    load: Floats
    size: npt.NDArray[np.int64]
    cost: Floats
    until: npt.NDArray[np.int64]
    seen: Ints
    stack: Ints


@njit(cache=True, nogil=True)
def _state(ground: Ground, beat: Ints, post: Ints) -> State:
    zones, beats = len(beat), len(post)
    state = State(beat.copy(), post.copy(), np.zeros(beats), np.zeros(beats, np.int64), np.zeros(beats), np.zeros((zones, beats), np.int64),
                  np.zeros(zones, np.int32), np.empty(zones, np.int32))
    for zone in range(zones):
        state.load[beat[zone]] += ground.work[zone]
        state.size[beat[zone]] += 1
    for which in range(beats):
        state.post[which], state.cost[which] = best_post(ground, state.beat, which)
    return state


@njit(cache=True, nogil=True)
def _shift(ground: Ground, state: State, off: float, limit: float, dear: float, best_cost: float, step: int, mark: int) -> tuple[int, int, int]:
    """The best shift that may be made: the zone (-1 for none), the beat that it goes to, and the next free mark."""
    gain, to_zone, to_beat = np.inf, -1, -1
    total, now = state.cost.sum(), dear * max(off - limit, 0.0)
    for zone in range(len(state.beat)):
        own, last = state.beat[zone], np.int32(-1)
        if state.size[own] < 2:
            continue
        for place in range(ground.at[zone], ground.at[zone + 1]):
            other = state.beat[ground.to[place]]
            if other in (own, last):
                continue
            last = other
            new_off = off + 2 * ground.work[zone] * (state.load[other] - state.load[own] + ground.work[zone])
            change = ground.weight[zone] * (float(ground.time_s[state.post[other], zone]) - float(ground.time_s[state.post[own], zone]))
            value = change + dear * max(new_off - limit, 0.0) - now
            held = state.until[zone, other] > step and not (new_off <= limit and total + change < best_cost - 1e-9)
            if not held and value < gain:
                mark += 1
                if hangs_together(ground, state.beat, zone, state.seen, state.stack, mark):
                    gain, to_zone, to_beat = value, zone, other
    return to_zone, to_beat, mark


@njit(cache=True, nogil=True)
def _make(ground: Ground, state: State, zone: int, to_beat: int, until: int) -> float:
    """Let a zone go over, and give what that changes in the sum of squares by which loads are off their mean."""
    own, work = state.beat[zone], ground.work[zone]
    change = 2 * work * (state.load[to_beat] - state.load[own] + work)
    state.load[own] -= work
    state.load[to_beat] += work
    state.size[own] -= 1
    state.size[to_beat] += 1
    state.beat[zone] = to_beat
    state.until[zone, own] = until
    state.post[own], state.cost[own] = best_post(ground, state.beat, own)
    state.post[to_beat], state.cost[to_beat] = best_post(ground, state.beat, to_beat)
    return change


@njit(cache=True, nogil=True)
def improve(ground: Ground, beat: Ints, post: Ints, even: float, steps: int) -> float:
    """Shift zones across borders for so many steps, and leave the best division found that is even enough in `beat` and `post`.

    Tabu search (Glover 1989) over single shifts: the best one is made even where it makes things worse, and is not undone for a
    while; two shifts make an exchange, several a chain. How dear unevenness is rises while divisions are too uneven and falls while
    they are not, so that the search walks along that limit (strategic oscillation). Gives the weighted seconds of travel, or inf where
    nothing even enough was found, and then leaves the most even division.
    """
    state, beats = _state(ground, beat, post), len(post)
    mean = ground.work.sum() / beats
    limit = (beats - 1) * (even * mean) ** 2 * (1 + 1e-9)
    off = ((state.load - mean) ** 2).sum()
    dear = state.cost.sum() / len(beat) / max(mean * ground.work.mean(), 1e-300)
    best_cost, best_off = state.cost.sum() if off <= limit else np.inf, off
    mark, streak = 0, 0
    for step in range(1, steps + 1):
        zone, to_beat, mark = _shift(ground, state, off, limit, dear, best_cost, step, mark)
        if zone < 0:
            continue
        off += _make(ground, state, zone, to_beat, step + 8 + (step * 7) % 13)
        fine, cost = off <= limit, state.cost.sum()
        streak = max(streak, 0) + 1 if fine else min(streak, 0) - 1
        if abs(streak) == 6:
            dear, streak = dear * (1.3 if streak < 0 else 1 / 1.3), 0
        if (fine and cost < best_cost - 1e-9) or (best_cost == np.inf and off < best_off):
            beat[:], post[:] = state.beat, state.post
            best_off = min(best_off, off)
            best_cost = cost if fine else best_cost
    return best_cost
