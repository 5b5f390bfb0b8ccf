"""One way through the streets: its arcs from unpacked shortcuts, its drawn line, and its metres by street name."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from tocsin.engines.roads.metric import CLOSED_MS, arc_between, own_ms
from tocsin.engines.roads.network import Bools, Floats, Int, Ints, Network
from tocsin.engines.roads.spots import Gates
from tocsin.engines.roads.sweep import Scratch, climb
from tocsin.engines.roads.topology import Hierarchy, Under


@dataclass(frozen=True, slots=True)
class Route:
    """A driven way: `arcs` in order (the first and last perhaps in part), its line in WGS84 degrees, seconds and metres.

    `legs` are (street name index, metres) along the way, one for each stretch of one name; -1 is a street without name.
    """

    arcs: Ints
    lon: Floats
    lat: Floats
    eta_s: float
    dist_m: float
    legs: list[tuple[int, float]]


class Drawing(NamedTuple):
    """What of the network is needed to draw a way: see Network."""

    segment: Ints
    forward: Bools
    shape_at: npt.NDArray[np.int64]
    shape_lon: Floats
    shape_lat: Floats


@njit(cache=True, nogil=True)
def meet(h: Hierarchy, up_ms: Ints, down_ms: Ints, start: Gates, goal: Gates, w: Scratch) -> tuple[Int, Ints]:
    """The quickest way from any gate of `start` to any of `goal`: its time (CLOSED_MS if none) and its ranks, still packed.

    Both sides climb the elimination tree; the way turns where their sum is least. Uses `w.climb` and `w.memo` as the two
    sides' times and leaves them clean.
    """
    there, back = w.climb, w.memo
    back_count = climb(h, down_ms, goal.node, goal.ms, there, w.chain)
    for slot in range(back_count):              # the goal's side is moved over, so that `climb` can be used again
        w.stack[slot] = w.chain[slot]
        back[w.chain[slot]] = there[w.chain[slot]]
        there[w.chain[slot]] = CLOSED_MS
    count = climb(h, up_ms, start.node, start.ms, there, w.chain)
    best, top = CLOSED_MS, np.int32(-1)
    for slot in range(count):
        here = w.chain[slot]
        if back[here] >= 0 and np.int32(there[here] + back[here]) < best:
            best, top = np.int32(there[here] + back[here]), here
    way = np.empty(0, np.int32)
    if top != -1:
        left = _trace(h, up_ms, start, there, top)
        right = _trace(h, down_ms, goal, back, top)
        way = np.empty(len(left) + len(right) - 1, np.int32)
        way[: len(left)] = left[::-1]
        way[len(left) :] = right[1:]
    for slot in range(count):
        there[w.chain[slot]] = CLOSED_MS
    for slot in range(back_count):
        back[w.stack[slot]] = -1
    return best, way


@njit(cache=True, nogil=True)
def _trace(h: Hierarchy, arc_ms: Ints, gates: Gates, time: Ints, top: Int) -> Ints:
    """The ranks from `top` down to the gate that its time came from."""
    way = np.empty(64, np.int32)
    count, here = 0, top
    while True:
        if count == len(way):
            wider = np.empty(2 * count, np.int32)
            wider[:count] = way
            way = wider
        way[count] = here
        count += 1
        for gate in range(len(gates.node)):
            if gates.node[gate] == here and gates.ms[gate] == time[here]:
                return way[:count]
        found = False
        for slot in range(h.down_at[here], h.down_at[here + 1]):
            arc = h.down_arc[slot]
            tail = h.up_tail[arc]
            if 0 <= time[tail] < CLOSED_MS and np.int32(time[tail] + arc_ms[arc]) == time[here]:
                here, found = tail, True
                break
        assert found


@njit(cache=True, nogil=True)
def unpack(h: Hierarchy, under: Under, up_ms: Ints, down_ms: Ints, arc_ms: Ints, way: Ints) -> Ints:
    """The network's arcs along a packed way: each shortcut is the sum of two arcs below it, down to real ones."""
    out = np.empty(256, np.int32)
    stack = np.empty((256, 2), np.int32)
    count = 0
    for i in range(len(way) - 1):
        stack[0, 0], stack[0, 1] = way[i], way[i + 1]
        size = 1
        while size > 0:
            size -= 1
            tail, head = stack[size, 0], stack[size, 1]
            if tail < head:
                arc, down = arc_between(h, tail, head), 0
                time = up_ms[arc]
            else:
                arc, down = arc_between(h, head, tail), 1
                time = down_ms[arc]
            own, real = own_ms(under, 2 * arc + down, arc_ms)
            if own == time:
                if count == len(out):
                    wider = np.empty(2 * count, np.int32)
                    wider[:count] = out
                    out = wider
                out[count] = real
                count += 1
                continue
            if size + 2 > len(stack):
                taller = np.empty((2 * len(stack), 2), np.int32)
                taller[:size] = stack[:size]
                stack = taller
            middle = _middle(h, up_ms, down_ms, tail, head, time)
            stack[size, 0], stack[size, 1] = middle, head
            stack[size + 1, 0], stack[size + 1, 1] = tail, middle
            size += 2
    return out[:count]


@njit(cache=True, nogil=True)
def _middle(h: Hierarchy, up_ms: Ints, down_ms: Ints, tail: Int, head: Int, time: Int) -> Int:
    """The lower rank through which a shortcut of this time runs."""
    near, far = h.down_at[tail], h.down_at[head]
    while near < h.down_at[tail + 1] and far < h.down_at[head + 1]:
        a, b = h.down_arc[near], h.down_arc[far]
        if h.up_tail[a] < h.up_tail[b]:
            near += 1
        elif h.up_tail[a] > h.up_tail[b]:
            far += 1
        elif np.int32(down_ms[a] + up_ms[b]) == time:
            return h.up_tail[a]
        else:
            near += 1
            far += 1
    raise AssertionError("a shortcut has no arcs below it")


def gate_used(gates: Gates, rank: int) -> int:
    """Which gate a way that starts (or ends) at this rank goes through: the least of those that stand there."""
    here = np.flatnonzero(gates.node == rank)
    return int(here[np.argmin(gates.ms[here])])


@njit(cache=True, nogil=True)
def _walk(d: Drawing, arcs: Ints, start: float, end: float) -> tuple[Floats, Floats]:
    """The points of a way in driving direction, from the share `start` of its first arc to `end` of its last."""
    size = 0
    for i in range(len(arcs)):
        size += d.shape_at[d.segment[arcs[i]] + 1] - d.shape_at[d.segment[arcs[i]]] + 2
    lon, lat = np.empty(size), np.empty(size)
    size = 0
    for i in range(len(arcs)):
        first, last = d.shape_at[d.segment[arcs[i]]], d.shape_at[d.segment[arcs[i]] + 1] - 1
        step = 1
        if not d.forward[arcs[i]]:
            first, last, step = last, first, -1
        flat = np.cos(np.radians(d.shape_lat[first]))
        whole = 0.0
        for point in range(first, last, step):
            dx, dy = d.shape_lon[point + step] - d.shape_lon[point], d.shape_lat[point + step] - d.shape_lat[point]
            whole += np.hypot(dx * flat, dy)
        low, high = start * whole if i == 0 else 0.0, end * whole if i == len(arcs) - 1 else whole
        done = 0.0
        for point in range(first, last, step):
            x, y = d.shape_lon[point], d.shape_lat[point]
            dx, dy = d.shape_lon[point + step] - x, d.shape_lat[point + step] - y
            length = np.hypot(dx * flat, dy)
            outside = low > done + length or high < done
            a = min(max((low - done) / length, 0.0), 1.0) if length > 0.0 else 0.0
            b = min(max((high - done) / length, 0.0), 1.0) if length > 0.0 else 1.0
            done += length
            if outside:
                continue
            for share in (a, b):
                px = d.shape_lon[point + step] if share == 1.0 else x + share * dx
                py = d.shape_lat[point + step] if share == 1.0 else y + share * dy
                if size == 0 or lon[size - 1] != px or lat[size - 1] != py:
                    lon[size], lat[size] = px, py
                    size += 1
    return lon[:size], lat[:size]


def describe(drawing: Drawing, network: Network, arcs: Ints, start: float, end: float, eta_ms: int) -> Route:
    """The route along `arcs`, from the share `start` of the first to the share `end` of the last."""
    lon, lat = _walk(drawing, arcs, start, end)
    share = np.ones(len(arcs))
    share[0] -= start
    share[-1] -= 1.0 - end
    metres, names = np.asarray(network.dist_m)[arcs] * share, np.asarray(network.name)[arcs]
    cuts = np.flatnonzero(np.concatenate([[True], names[1:] != names[:-1]]))
    lengths = np.add.reduceat(metres, cuts)
    legs = list(zip(names[cuts].tolist(), lengths.tolist(), strict=True))
    return Route(arcs, lon, lat, eta_ms / 1000.0, float(metres.sum()), legs)
