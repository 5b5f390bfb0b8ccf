"""The elimination-tree searches: from one spot up to the roots, then down to just the spots that were asked for."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from tocsin.engines.roads.metric import CLOSED_MS
from tocsin.engines.roads.network import Int, Ints
from tocsin.engines.roads.spots import Gates
from tocsin.engines.roads.topology import Hierarchy

UNSEEN = np.int32(-1)
LANES = 64      # searches that run side by side in a table


class Scratch(NamedTuple):
    """Working arrays of one search at a time (n ranks); kernels leave them as they found them, so clearing costs little."""

    climb: Ints     # CLOSED_MS everywhere
    memo: Ints      # UNSEEN everywhere
    chain: Ints     # anything
    stack: Ints     # anything


def scratch(nodes: int) -> Scratch:
    """Fresh working arrays."""
    return Scratch(np.full(nodes, CLOSED_MS, np.int32), np.full(nodes, UNSEEN, np.int32),
                   np.empty(nodes, np.int32), np.empty(nodes, np.int32))


@njit(cache=True, nogil=True)
def climb(h: Hierarchy, arc_ms: Ints, node: Ints, ms: Ints, up: Ints, chain: Ints) -> Int:
    """Relax upwards from all gates at once; `up` gets the times, `chain` the visited ranks, ascending; gives their count.

    The visited ranks are the gates' ancestors in the elimination tree: no queue is needed (Dibbelt et al., section 6).
    """
    cursor = node.copy()
    for i in range(len(node)):
        up[node[i]] = min(up[node[i]], ms[i])
    count = 0
    while True:
        here = np.int32(-1)
        for i in range(len(cursor)):
            if cursor[i] != -1 and (here == -1 or cursor[i] < here):
                here = cursor[i]
        if here == -1:
            return count
        for i in range(len(cursor)):
            if cursor[i] == here:
                cursor[i] = h.parent[here]
        chain[count] = here
        count += 1
        time = up[here]
        if time < CLOSED_MS:
            for arc in range(np.uint64(h.up_at[here]), np.uint64(h.up_at[here + 1])):
                head = np.uint32(h.up_head[arc])
                up[head] = min(up[head], np.int32(time + arc_ms[arc]))


@njit(cache=True, nogil=True)
def to_many(h: Hierarchy, climb_ms: Ints, sweep_ms: Ints, seeds: Gates, reads: Gates, w: Scratch) -> Ints:
    """Times between one spot (`seeds`) and many (`reads`), in milliseconds, CLOSED_MS where there is no way.

    Only ancestors of the spots asked for are visited, each once, like lazy RPHAST (Strasser, Zeitz 2021). With `climb_ms`
    the downward and `sweep_ms` the upward times, these are times to the one; the other way round, from the one.
    """
    chained = climb(h, climb_ms, seeds.node[seeds.at[0]:seeds.at[1]], seeds.ms[seeds.at[0]:seeds.at[1]], w.climb, w.chain)
    for slot in range(chained - 1, -1, -1):     # the one's own ancestors first: only these have a time from the climb
        here = w.chain[slot]
        w.memo[here] = _fall(h, sweep_ms, here, w.climb[here], w.memo)
        w.climb[here] = CLOSED_MS
    used = 0
    out = np.full(len(reads.at) - 1, CLOSED_MS, np.int32)
    for i in range(len(out)):
        for gate in range(reads.at[i], reads.at[i + 1]):
            goal, top = reads.node[gate], used
            walk = goal
            while walk != -1 and w.memo[walk] == UNSEEN:
                w.stack[top] = walk
                top += 1
                walk = h.parent[walk]
            for slot in range(top - 1, used - 1, -1):
                w.memo[w.stack[slot]] = _fall(h, sweep_ms, w.stack[slot], CLOSED_MS, w.memo)
            used = top
            out[i] = min(out[i], np.int32(w.memo[goal] + reads.ms[gate]))
    w.memo[w.chain[:chained]] = UNSEEN
    w.memo[w.stack[:used]] = UNSEEN
    return out


@njit(cache=True, nogil=True)
def _fall(h: Hierarchy, sweep_ms: Ints, here: Int, time: Int, memo: Ints) -> Int:
    """The best of `time` and the ways on over the rank's upward arcs, whose ends are all done.

    Unsigned indices spare Numba's test for negative ones, a third of the time of this innermost loop.
    """
    for arc in range(np.uint64(h.up_at[here]), np.uint64(h.up_at[here + 1])):
        time = min(time, np.int32(sweep_ms[arc] + memo[np.uint32(h.up_head[arc])]))
    return time


@njit(cache=True, nogil=True)
def _select(h: Hierarchy, sweep_ms: Ints, reads: Gates, w: Scratch) -> tuple[Ints, Ints, Ints, Ints]:
    """The ancestors of all reads, each after its own, and their arcs among themselves: ranks, cuts, heads by place, times."""
    count = 0
    for gate in range(len(reads.node)):
        walk, first = reads.node[gate], count
        while walk != -1 and w.memo[walk] == UNSEEN:
            w.memo[walk] = 0
            w.stack[count] = walk
            count += 1
            walk = h.parent[walk]
        last = count - 1
        while first < last:         # what is new of a chain comes from below: turn it round
            w.stack[first], w.stack[last] = w.stack[last], w.stack[first]
            first += 1
            last -= 1
    ranks = w.stack[:count].copy()
    size = 0
    for i in range(count):
        w.memo[ranks[i]] = i
        size += h.up_at[ranks[i] + 1] - h.up_at[ranks[i]]
    at, place, ms = np.zeros(count + 1, np.int32), np.empty(size, np.int32), np.empty(size, np.int32)
    size = 0
    for i in range(count):
        for arc in range(h.up_at[ranks[i]], h.up_at[ranks[i] + 1]):
            if sweep_ms[arc] < CLOSED_MS:
                place[size] = w.memo[h.up_head[arc]]
                ms[size] = sweep_ms[arc]
                size += 1
        at[i + 1] = size
    return ranks, at, place[:size], ms[:size]


@njit(cache=True, nogil=True)
def table(h: Hierarchy, climb_ms: Ints, sweep_ms: Ints, seeds: Gates, reads: Gates, w: Scratch) -> npt.NDArray[np.int32]:
    """Times between each of many spots (`reads`) and each of many others (`seeds`): int32[reads, seeds], as in `to_many`.

    The ancestors of the reads are laid out once; then up to LANES searches at a time sweep over them side by side.
    """
    ranks, at, place, ms = _select(h, sweep_ms, reads, w)
    many, others = len(seeds.at) - 1, len(reads.at) - 1
    out = np.full((others, many), CLOSED_MS, np.int32)
    lanes = np.empty((len(ranks), min(LANES, (many + 7) // 8 * 8)), np.int32)
    for start in range(0, many, LANES):
        lanes[:] = CLOSED_MS
        batch = min(LANES, many - start)
        for lane in range(batch):
            first, last = seeds.at[start + lane], seeds.at[start + lane + 1]
            chained = climb(h, climb_ms, seeds.node[first:last], seeds.ms[first:last], w.climb, w.chain)
            for slot in range(chained):
                here = w.chain[slot]
                if w.memo[here] != UNSEEN:
                    lanes[w.memo[here], lane] = w.climb[here]
                w.climb[here] = CLOSED_MS
        _fall_abreast(at, place, ms, lanes)
        for j in range(others):
            for gate in range(reads.at[j], reads.at[j + 1]):
                i, step = w.memo[reads.node[gate]], reads.ms[gate]
                for lane in range(batch):
                    out[j, start + lane] = min(out[j, start + lane], np.int32(lanes[i, lane] + step))
    w.memo[ranks] = UNSEEN
    return out


@njit(cache=True, nogil=True)
def _fall_abreast(at: Ints, place: Ints, ms: Ints, lanes: npt.NDArray[np.int32]) -> None:
    """Sweep all lanes down the laid-out ranks.

    The width is read from the array on purpose: a constant one is unrolled before it can be vectorised, at a third of the speed.
    """
    flat, width = lanes.reshape(-1), np.uint64(lanes.shape[1])
    for i in range(len(at) - 1):
        here = np.uint64(i) * width
        for arc in range(np.uint64(at[i]), np.uint64(at[i + 1])):
            above, step = np.uint64(place[arc]) * width, ms[arc]
            for lane in range(width):
                flat[here + lane] = min(flat[here + lane], np.int32(flat[above + lane] + step))
