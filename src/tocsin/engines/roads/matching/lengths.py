"""Metres by road between streets that lie near one another: searches forwards, each as far as the positions allow."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from tocsin.engines.roads.heap import pop, push
from tocsin.engines.roads.network import Bools, Int, Ints, Network, opposites
from tocsin.engines.roads.snap import Grid
from tocsin.engines.roads.topology import Topology, frozen

Longs = npt.NDArray[np.int64]
FAR_MM = np.int32(2**30 - 1)
LOW = 0xFFFFFFFF            # the packed rank of a key; the millimetres stand above it


class Ways(NamedTuple):
    """The searched graph forwards, in ranks, with forbidden turns held by its copied nodes (see `split`).

    Rank i leads to `head[at[i]:at[i + 1]]` by the network's arcs `arc`. `mm` is an arc's length in the grid's plane, in which
    the straight lines between positions are measured too; -1 for an arc that may not be driven. `opposite` is as in `opposites`.
    """

    at: Ints
    head: Ints
    arc: Ints
    mm: Ints
    opposite: Ints
    exit_rank: Ints
    enter_at: Ints
    enter_rank: Ints


class Seeking(NamedTuple):
    """Working arrays of one search at a time; kernels leave `mm` and `goal` as they found them."""

    mm: Ints            # FAR_MM everywhere (n ranks)
    goal: Ints          # -1 everywhere: the first goal that is entered at a rank
    slot: Ints          # anything: by which arc of Ways a rank was reached
    first: Ints         # anything: the arc by which the way to a rank begins, -1 at its start
    touched: Ints       # anything
    heap: Longs         # anything


class Found(NamedTuple):
    """Per goal the millimetres to its entrance, FAR_MM if none, and the first and the last arc of the way there, -1 if it has none."""

    mm: Ints
    first: Ints
    last: Ints


def ways(network: Network, topology: Topology, grid: Grid, usable: Bools) -> Ways:
    """Turn the backward graph of a topology round, leaving out what may not be driven."""
    heads = np.repeat(np.arange(len(topology.into_at) - 1, dtype=np.int32), np.diff(topology.into_at))
    kept = np.flatnonzero(usable[topology.into_arc])
    order = kept[np.argsort(topology.into_tail[kept], kind="stable")]
    at = np.searchsorted(topology.into_tail[order], np.arange(len(topology.into_at)))
    mm = np.where(usable, np.rint(grid.length_m[network.segment] * 1000.0), -1.0)
    return Ways(frozen(at, np.int32), frozen(heads[order], np.int32), frozen(topology.into_arc[order], np.int32),
                frozen(mm, np.int32), frozen(opposites(network), np.int32), topology.exit_rank, topology.enter_at, topology.enter_rank)


def seeking(w: Ways) -> Seeking:
    """Fresh working arrays."""
    ranks = len(w.at) - 1
    return Seeking(np.full(ranks, FAR_MM, np.int32), np.full(ranks, -1, np.int32), np.empty(ranks, np.int32),
                   np.empty(ranks, np.int32), np.empty(ranks, np.int32), np.empty(ranks + len(w.head) + 1, np.int64))


@njit(cache=True, nogil=True)
def nothing_found(goals: Int) -> Found:
    """Room for what a search finds."""
    return Found(np.full(goals, FAR_MM, np.int32), np.full(goals, -1, np.int32), np.full(goals, -1, np.int32))


@njit(cache=True, nogil=True)
def aim(w: Ways, arc: Ints, s: Seeking) -> tuple[Ints, Ints]:
    """Mark the ranks from which each of the goals' arcs is entered; gives per mark the goal and the next mark of its rank."""
    most = 0
    for j in range(len(arc)):
        most += w.enter_at[arc[j] + 1] - w.enter_at[arc[j]]
    owner, after = np.empty(most, np.int32), np.empty(most, np.int32)
    size = 0
    for j in range(len(arc)):
        for slot in range(w.enter_at[arc[j]], w.enter_at[arc[j] + 1]):
            rank = w.enter_rank[slot]
            owner[size], after[size] = j, s.goal[rank]
            s.goal[rank] = size
            size += 1
    return owner, after


@njit(cache=True, nogil=True)
def unaim(w: Ways, arc: Ints, s: Seeking) -> None:
    """Take the marks away again."""
    for j in range(len(arc)):
        for slot in range(w.enter_at[arc[j]], w.enter_at[arc[j] + 1]):
            s.goal[w.enter_rank[slot]] = -1


@njit(cache=True, nogil=True)
def search(w: Ways, start: Int, bound_mm: Int, owner: Ints, after: Ints, found: Found, s: Seeking) -> Int:
    """Find the way from the rank `start` to the entrance of each goal within the bound; gives how many ranks it touched.

    Ends when every goal is found. The caller reads `s.slot` if it wants the ways, and then calls `forget`.
    """
    found.mm[:] = FAR_MM
    left, count, size = len(found.mm), 1, 1
    s.mm[start], s.slot[start], s.first[start], s.touched[0] = 0, -1, -1, start
    s.heap[0] = np.int64(start)
    while size > 0 and left > 0:
        far, here = np.int32(s.heap[0] >> 32), np.int32(s.heap[0] & LOW)
        size -= 1
        pop(s.heap, size)
        if far > s.mm[here]:
            continue
        mark = s.goal[here]
        while mark != -1:
            goal = owner[mark]
            if found.mm[goal] == FAR_MM:
                found.mm[goal], found.first[goal] = far, s.first[here]
                found.last[goal] = w.arc[s.slot[here]] if here != start else -1
                left -= 1
            mark = after[mark]
        for slot in range(np.uint64(w.at[here]), np.uint64(w.at[here + 1])):
            head, longer = np.uint32(w.head[slot]), np.int32(far + w.mm[w.arc[slot]])
            if longer <= bound_mm and longer < s.mm[head]:
                if s.mm[head] == FAR_MM:
                    s.touched[count] = head
                    count += 1
                s.mm[head], s.slot[head] = longer, slot
                s.first[head] = w.arc[slot] if here == start else s.first[here]
                push(s.heap, size, (np.int64(longer) << 32) | np.int64(head))
                size += 1
    return count


@njit(cache=True, nogil=True)
def forget(count: Int, s: Seeking) -> None:
    """Clean what a search of `count` touched ranks left."""
    for i in range(count):
        s.mm[s.touched[i]] = FAR_MM


@njit(cache=True, nogil=True)
def between(w: Ways, arc: Int, goal: Int, bound_mm: Int, s: Seeking) -> Ints:
    """The arcs between the end of one arc and the beginning of another, in order, by the shortest way, which must be there."""
    goals = np.array([goal], np.int32)
    owner, after = aim(w, goals, s)
    found = nothing_found(1)
    touched = search(w, w.exit_rank[arc], bound_mm, owner, after, found, s)
    assert found.mm[0] < FAR_MM
    here = np.int32(-1)
    for slot in range(w.enter_at[goal], w.enter_at[goal + 1]):
        if s.mm[w.enter_rank[slot]] == found.mm[0] and here == -1:
            here = w.enter_rank[slot]
    count, walk = 0, here
    while s.slot[walk] != -1:
        count += 1
        walk = _tail(w, s.slot[walk])
    out = np.empty(count, np.int32)
    walk = here
    while s.slot[walk] != -1:
        count -= 1
        out[count] = w.arc[s.slot[walk]]
        walk = _tail(w, s.slot[walk])
    unaim(w, goals, s)
    forget(touched, s)
    return out


@njit(cache=True, nogil=True)
def _tail(w: Ways, slot: Int) -> Int:
    """The rank that an arc of the forward graph leaves: the last whose cut is not above it."""
    low, high = 0, len(w.at) - 1
    while low + 1 < high:
        middle = (low + high) >> 1
        if w.at[middle] <= slot:
            low = middle
        else:
            high = middle
    return np.int32(low)
