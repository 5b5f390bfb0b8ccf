"""Travel times poured into the hierarchy: all of it at once, or only what a few changed arcs touch."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from tocsin.engines.roads.network import Int, Ints
from tocsin.engines.roads.topology import Hierarchy, Under, frozen

CLOSED_MS = np.int32(2**30 - 1)     # two of them still fit an int32, so sums need no check; about 12 days


@dataclass(frozen=True, slots=True)
class Metric:
    """One immutable set of travel times in milliseconds; readers keep theirs while a newer one is made.

    `arc_ms` (m) are the network's arcs; `into_ms` the same in the order of Reverse, so that a search reads them in line;
    `up_ms`, `down_ms` are the hierarchy's arcs towards their higher and lower end.
    """

    arc_ms: Ints
    into_ms: Ints
    up_ms: Ints
    down_ms: Ints


def whole_ms(drive_s: npt.ArrayLike) -> Ints:
    """Seconds as whole milliseconds; infinite means closed, and so does anything of 12 days or more; NaN is a bug."""
    seconds = np.asarray(drive_s, dtype=np.float64)
    assert bool(np.all(seconds >= 0.0)), "drive times must be numbers of at least 0"
    return np.rint(np.minimum(seconds * 1000.0, float(CLOSED_MS))).astype(np.int32)


def customise(hierarchy: Hierarchy, under: Under, into_arc: Ints, arc_ms: Ints) -> Metric:
    """A metric from travel times of all arcs (m), from nothing."""
    size = len(hierarchy.up_head)
    up_ms, down_ms = np.empty(size, np.int32), np.empty(size, np.int32)
    arc_ms = frozen(arc_ms, np.int32)
    _pour(under, arc_ms, up_ms, down_ms)
    _relax_all(hierarchy, up_ms, down_ms)
    return Metric(arc_ms, frozen(arc_ms[into_arc], np.int32), frozen(up_ms, np.int32), frozen(down_ms, np.int32))


def recustomise(hierarchy: Hierarchy, under: Under, places: Ints, into: Ints, into_arc: Ints, old: Metric,
                arc_ms: Ints) -> Metric:
    """A metric that equals `customise` of `arc_ms`, made from `old`, if only arcs on the hierarchy arcs `places` changed.

    `into` are the changed arcs' places in the order of Reverse, whose arcs are `into_arc`.
    """
    up_ms, down_ms, into_ms = old.up_ms.copy(), old.down_ms.copy(), old.into_ms.copy()
    into_ms[into] = arc_ms[into_arc[into]]
    arc_ms = frozen(arc_ms, np.int32)
    _relax_some(hierarchy, under, frozen(places, np.int32), arc_ms, up_ms, down_ms)
    return Metric(arc_ms, frozen(into_ms, np.int32), frozen(up_ms, np.int32), frozen(down_ms, np.int32))


@njit(cache=True, nogil=True)
def _pour(under: Under, arc_ms: Ints, up_ms: Ints, down_ms: Ints) -> None:
    """Set each hierarchy arc to the quickest network arc that lies on it."""
    up_ms[:] = CLOSED_MS
    down_ms[:] = CLOSED_MS
    for slot in range(len(under.key)):
        time = arc_ms[under.arc[slot]]
        place = under.key[slot] >> 1
        if under.key[slot] & 1:
            down_ms[place] = min(down_ms[place], time)
        else:
            up_ms[place] = min(up_ms[place], time)


@njit(cache=True, nogil=True)
def _relax_all(h: Hierarchy, up_ms: Ints, down_ms: Ints) -> None:
    """Lower each arc to its best detour through a lower node, from the lowest tail upwards (the paper's section 5.1)."""
    nodes = len(h.up_at) - 1
    place = np.zeros(nodes, np.int32)
    for tail in range(nodes):
        for arc in range(h.up_at[tail], h.up_at[tail + 1]):
            place[h.up_head[arc]] = arc
        for slot in range(h.down_at[tail], h.down_at[tail + 1]):
            below = h.down_arc[slot]
            last = h.up_at[h.up_tail[below] + 1]
            climb, fall = up_ms[below], down_ms[below]
            for side in range(np.uint64(below + 1), np.uint64(last)):      # unsigned: no test for negative indices
                third = np.uint32(place[np.uint32(h.up_head[side])])
                up_ms[third] = min(up_ms[third], np.int32(fall + up_ms[side]))
                down_ms[third] = min(down_ms[third], np.int32(down_ms[side] + climb))


@njit(cache=True, nogil=True)
def arc_between(h: Hierarchy, low: Int, high: Int) -> Int:
    """The hierarchy arc from the node `low` to the node `high`, -1 if there is none."""
    left, right = h.up_at[low], h.up_at[low + 1]
    while left < right:
        middle = (left + right) >> 1
        if h.up_head[middle] < high:
            left = middle + 1
        else:
            right = middle
    if left < h.up_at[low + 1] and h.up_head[left] == high:
        return left
    return -1


@njit(cache=True, nogil=True)
def own_ms(under: Under, key: Int, arc_ms: Ints) -> tuple[Int, Int]:
    """The quickest network arc that lies on a hierarchy arc and direction: its time and number, or closed and -1."""
    best, which = CLOSED_MS, np.int32(-1)
    slot, after = 0, len(under.key)
    while slot < after:
        middle = (slot + after) >> 1
        if under.key[middle] < key:
            slot = middle + 1
        else:
            after = middle
    while slot < len(under.key) and under.key[slot] == key:
        if arc_ms[under.arc[slot]] < best:
            best, which = arc_ms[under.arc[slot]], under.arc[slot]
        slot += 1
    return best, which


@njit(cache=True, nogil=True)
def _renew(h: Hierarchy, under: Under, arc: Int, arc_ms: Ints, up_ms: Ints, down_ms: Ints) -> tuple[Int, Int]:
    """Both times of one arc from what lies on it and from all triangles below it."""
    tail, head = h.up_tail[arc], h.up_head[arc]
    there, _ = own_ms(under, 2 * arc, arc_ms)
    back, _ = own_ms(under, 2 * arc + 1, arc_ms)
    near, far = h.down_at[tail], h.down_at[head]
    near_end, far_end = h.down_at[tail + 1], h.down_at[head + 1]
    while near < near_end and far < far_end:
        a, b = h.down_arc[near], h.down_arc[far]
        if h.up_tail[a] < h.up_tail[b]:
            near += 1
        elif h.up_tail[a] > h.up_tail[b]:
            far += 1
        else:
            there = min(there, np.int32(down_ms[a] + up_ms[b]))
            back = min(back, np.int32(down_ms[b] + up_ms[a]))
            near += 1
            far += 1
    return there, back


@njit(cache=True, nogil=True)
def _relax_some(h: Hierarchy, under: Under, places: Ints, arc_ms: Ints, up_ms: Ints, down_ms: Ints) -> None:
    """Renew the arcs `places` and whatever depended on an arc that changed, lowest first, so that each is renewed once.

    An upper triangle is passed on only if its old sum was the other arc's time or its new sum beats it.
    """
    if not len(places):
        return
    dirty = np.zeros(len(up_ms), np.bool_)
    arc, last = places[0], places[0]
    for place in places:
        dirty[place] = True
        arc, last = min(arc, place), max(last, place)
    while arc <= last:
        if not dirty[arc]:
            arc += 1
            continue
        old_up, old_down = up_ms[arc], down_ms[arc]
        up, down = _renew(h, under, arc, arc_ms, up_ms, down_ms)
        if up != old_up or down != old_down:
            up_ms[arc], down_ms[arc] = up, down
            tail, head = h.up_tail[arc], h.up_head[arc]
            for side in range(h.up_at[tail], h.up_at[tail + 1]):
                other = h.up_head[side]
                if other == head:
                    continue
                if other < head:        # the third side runs from `other` up to `head`, through `tail`
                    third = arc_between(h, other, head)
                    was_up, now_up = down_ms[side] + old_up, down_ms[side] + up
                    was_down, now_down = old_down + up_ms[side], down + up_ms[side]
                else:
                    third = arc_between(h, head, other)
                    was_up, now_up = old_down + up_ms[side], down + up_ms[side]
                    was_down, now_down = down_ms[side] + old_up, down_ms[side] + up
                if (was_up == up_ms[third] or now_up < up_ms[third]
                        or was_down == down_ms[third] or now_down < down_ms[third]):
                    dirty[third] = True
                    last = max(last, third)
        arc += 1
