"""The few nearest: a search backwards from the goal that stops as soon as nobody unseen can be better."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from tocsin.engines.roads.heap import pop, push
from tocsin.engines.roads.metric import CLOSED_MS
from tocsin.engines.roads.network import Int, Ints
from tocsin.engines.roads.spots import Gates
from tocsin.engines.roads.topology import Reverse

Longs = npt.NDArray[np.int64]
LOW = 0xFFFFFFFF            # the packed unit or rank of a key; the time stands above it


class NearScratch(NamedTuple):
    """Working arrays of one search at a time; the kernel leaves the first as it found it."""

    ms: Ints            # CLOSED_MS everywhere (n ranks)
    heap: Longs         # anything: as many as there are searched arcs and a goal's gates


def near_scratch(nodes: int, arcs: int) -> NearScratch:
    """Fresh working arrays for a searched graph of `nodes` ranks and `arcs` arcs."""
    return NearScratch(np.full(nodes, CLOSED_MS, np.int32), np.empty(nodes + arcs + 1, np.int64))


@njit(cache=True, nogil=True)
def _enter(best: Longs, unit: Int, time: Int) -> None:
    """Keep `best` the least (time, unit) pairs, packed and ascending, each unit once."""
    key = (np.int64(time) << 32) | np.int64(unit)
    last = len(best) - 1
    for i in range(len(best)):
        if (best[i] & LOW) == unit and best[i] >> 32 < CLOSED_MS:
            last = i
            break
    if key >= best[last]:
        return
    while last > 0 and best[last - 1] > key:
        best[last] = best[last - 1]
        last -= 1
    best[last] = key


@njit(cache=True, nogil=True)
def _settle(r: Reverse, into_ms: Ints, here: Int, bound: Int, size: Int, w: NearScratch, touched: Ints,
            marks: Int) -> tuple[Int, Ints, Int]:
    """Relax backwards from a rank whose time is final, as far as `bound`.

    Gives the heap's size, the list of touched ranks and its length.
    """
    time = w.ms[here]
    for slot in range(np.uint64(r.at[here]), np.uint64(r.at[here + 1])):
        tail = np.uint32(r.tail[slot])
        longer = np.int32(time + into_ms[slot])
        if longer <= bound and longer < w.ms[tail]:
            if w.ms[tail] == CLOSED_MS:
                if marks == len(touched):
                    wider = np.empty(2 * marks, np.int32)
                    wider[:marks] = touched
                    touched = wider
                touched[marks] = tail
                marks += 1
            w.ms[tail] = longer
            push(w.heap, size, (np.int64(longer) << 32) | np.int64(tail))
            size += 1
    return size, touched, marks


@njit(cache=True, nogil=True)
def _bucket(rank: Int, buckets: Int) -> Int:
    """A rank's place among a power of two of buckets (Knuth's multiplier)."""
    return ((np.uint64(rank) * np.uint64(2654435761)) >> np.uint64(16)) & np.uint64(buckets - 1)


@njit(cache=True, nogil=True)
def _wait(units: Gates) -> tuple[Ints, Ints, Ints]:
    """Put each gate in its rank's bucket; gives the first gate of each bucket, and per gate the next one and the unit.

    Buckets, few enough to stay in the processor's nearest cache, took less than marks on all ranks do.
    """
    buckets = 64
    while buckets < 2 * len(units.node):
        buckets *= 2
    waiting = np.full(buckets, -1, np.int32)
    after, owner = np.empty(len(units.node), np.int32), np.empty(len(units.node), np.int32)
    for unit in range(len(units.at) - 1):
        for gate in range(units.at[unit], units.at[unit + 1]):
            bucket = _bucket(units.node[gate], buckets)
            owner[gate] = unit
            after[gate] = waiting[bucket]
            waiting[bucket] = gate
    return waiting, after, owner


@njit(cache=True, nogil=True)
def _seed(goal: Gates, w: NearScratch, touched: Ints) -> Int:
    """Put the goal's gates on the heap; gives how many ranks that touched, which is the heap's size but for doubles."""
    size = 0
    for gate in range(len(goal.node)):
        here = goal.node[gate]
        if goal.ms[gate] < w.ms[here]:
            w.ms[here] = goal.ms[gate]
            touched[size] = here
            push(w.heap, size, (np.int64(goal.ms[gate]) << 32) | np.int64(here))
            size += 1
    return size


@njit(cache=True, nogil=True)
def nearest(r: Reverse, into_ms: Ints, goal: Gates, units: Gates, straight: Ints, k: Int, settle: Int,
            w: NearScratch) -> tuple[bool, Longs]:
    """The k least (time, unit) pairs, packed as time << 32 | unit and ascending, unreachable ones left out.

    `straight` are the units' direct times along the goal's own street. Gives False, and nothing of use, when `settle`
    ranks were not enough: then a sweep is the better tool.
    """
    empty = np.int64(CLOSED_MS) << 32
    best = np.full(k, empty, np.int64)
    for unit in range(len(straight)):
        if straight[unit] < CLOSED_MS:
            _enter(best, unit, straight[unit])
    waiting, after, owner = _wait(units)
    touched = np.empty(4096 + len(goal.node), np.int32)
    size = _seed(goal, w, touched)
    marks, done, enough = size, 0, True
    while size > 0 and enough:
        time, here = np.int32(w.heap[0] >> 32), np.int32(w.heap[0] & LOW)
        if time > best[k - 1] >> 32:
            break
        size -= 1
        pop(w.heap, size)
        if time > w.ms[here]:
            continue
        gate = waiting[_bucket(here, len(waiting))]
        while gate != -1:
            if units.node[gate] == here and np.int32(time + units.ms[gate]) < CLOSED_MS:
                _enter(best, owner[gate], np.int32(time + units.ms[gate]))
            gate = after[gate]
        size, touched, marks = _settle(r, into_ms, here, best[k - 1] >> 32, size, w, touched, marks)
        done += 1
        enough = done < settle
    for i in range(marks):
        w.ms[touched[i]] = CLOSED_MS
    found = 0
    while found < k and best[found] < empty:
        found += 1
    return enough, best[:found]
