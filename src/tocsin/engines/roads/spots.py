"""Positions on the streets: where one may leave a spot, where one may reach it, and the direct way between two on a street."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from tocsin.engines.roads.metric import CLOSED_MS
from tocsin.engines.roads.network import Int, Ints
from tocsin.engines.roads.topology import frozen


@dataclass(frozen=True, slots=True)
class Spots:
    """k positions on the streets: `arc` (-1: nowhere), `along` 0..1 of that arc, `gap_m` from the asked point to the street.

    A spot strictly inside a street may be left and reached in either direction that the street has, unless `directed`:
    then it must first go on to the end of its arc, as a unit that is driving does. A spot at 0 or 1 stands on the
    junction and uses any street there; if `directed`, one at 0 has just left the junction and one at 1 comes by its arc.
    """

    arc: Ints
    along: npt.NDArray[np.float32]
    gap_m: npt.NDArray[np.float32]
    directed: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, arc: npt.ArrayLike, along: npt.ArrayLike, directed: npt.ArrayLike = False) -> "Spots":
        """Spots right on the streets; `directed` may be one answer for all."""
        arcs = np.atleast_1d(np.asarray(arc, np.int32))
        heading = np.broadcast_to(np.asarray(directed, np.bool_), arcs.shape)
        return cls(frozen(arcs, np.int32), frozen(np.atleast_1d(np.asarray(along)), np.float32),
                   frozen(np.zeros(len(arcs)), np.float32), frozen(heading, np.bool_))

    def at(self, index: int) -> "Spots":
        """The one spot at `index`, as Spots of length 1."""
        cut = slice(index, index + 1)
        return Spots(self.arc[cut], self.along[cut], self.gap_m[cut], self.directed[cut])

    def __len__(self) -> int:
        return len(self.arc)


class Gates(NamedTuple):
    """Spot i is joined to the searched graph at ranks `node[at[i]:at[i + 1]]`, each `ms` away."""

    at: Ints
    node: Ints
    ms: Ints


class Streets(NamedTuple):
    """What the kernels need of arcs: their ends as ranks and junctions, their opposites, and the doors of both."""

    tail: Ints
    head: Ints
    opposite: Ints
    main_rank: Ints
    exit_rank: Ints
    enter_at: Ints
    enter_rank: Ints
    stand_at: Ints
    stand_rank: Ints


@njit(cache=True, nogil=True)
def part_ms(whole: Int, share: float) -> Int:
    """The time of a share of an arc, to the nearest millisecond; no share of a closed arc can be driven."""
    return CLOSED_MS if whole >= CLOSED_MS else np.int32(whole * share + 0.5)


@njit(cache=True, nogil=True)
def exits(s: Streets, arc_ms: Ints, arc: Ints, along: npt.NDArray[np.float32], directed: npt.NDArray[np.bool_]) -> Gates:
    """Where each spot joins the graph when one starts there."""
    count = len(arc)
    at = np.zeros(count + 1, np.int32)
    node, ms = np.empty(2 * count, np.int32), np.empty(2 * count, np.int32)
    size = 0
    for i in range(count):
        a = arc[i]
        if a >= 0:
            share = min(max(np.float64(along[i]), 0.0), 1.0)
            if not directed[i] and (share == 0.0 or share == 1.0):
                node[size] = s.main_rank[s.tail[a] if share == 0.0 else s.head[a]]
                ms[size] = 0
                size += 1
            elif share == 1.0:
                node[size] = s.exit_rank[a]
                ms[size] = 0
                size += 1
            else:
                node[size] = s.exit_rank[a]
                ms[size] = part_ms(arc_ms[a], 1.0 - share)
                size += 1
                back = s.opposite[a]
                if not directed[i] and back >= 0:
                    node[size] = s.exit_rank[back]
                    ms[size] = part_ms(arc_ms[back], share)
                    size += 1
        at[i + 1] = size
    return Gates(at, node[:size], ms[:size])


@njit(cache=True, nogil=True)
def entries(s: Streets, arc_ms: Ints, arc: Ints, along: npt.NDArray[np.float32]) -> Gates:
    """Where each spot joins the graph when one ends there."""
    count = len(arc)
    at = np.zeros(count + 1, np.int32)
    most = 0
    for i in range(count):
        a = arc[i]
        if a >= 0:
            most += s.enter_at[a + 1] - s.enter_at[a]
            most += s.stand_at[s.tail[a] + 1] - s.stand_at[s.tail[a]] + s.stand_at[s.head[a] + 1] - s.stand_at[s.head[a]]
            if s.opposite[a] >= 0:
                most += s.enter_at[s.opposite[a] + 1] - s.enter_at[s.opposite[a]]
    node, ms = np.empty(most, np.int32), np.empty(most, np.int32)
    size = 0
    for i in range(count):
        a = arc[i]
        if a >= 0:
            share = min(max(np.float64(along[i]), 0.0), 1.0)
            if share == 0.0 or share == 1.0:
                stand = s.tail[a] if share == 0.0 else s.head[a]
                for slot in range(s.stand_at[stand], s.stand_at[stand + 1]):
                    node[size] = s.stand_rank[slot]
                    ms[size] = 0
                    size += 1
            else:
                back = s.opposite[a]
                for slot in range(s.enter_at[a], s.enter_at[a + 1]):
                    node[size] = s.enter_rank[slot]
                    ms[size] = part_ms(arc_ms[a], share)
                    size += 1
                if back >= 0:
                    for slot in range(s.enter_at[back], s.enter_at[back + 1]):
                        node[size] = s.enter_rank[slot]
                        ms[size] = part_ms(arc_ms[back], 1.0 - share)
                        size += 1
        at[i + 1] = size
    return Gates(at, node[:size], ms[:size])


@njit(cache=True, nogil=True)
def direct(s: Streets, arc_ms: Ints, arc: Int, along: float, directed: bool, goal: Int, goal_along: float) -> tuple[Int, Int]:
    """The way along one street from a spot to another inside it: time and the arc driven, or closed and -1.

    Two spots on one street may still be joined faster round the block; the caller takes the better. A goal on a junction
    is reached through its gates alone, whichever street it was named by.
    """
    if arc < 0 or goal < 0 or (goal != arc and s.opposite[arc] != goal) or goal_along <= 0.0 or goal_along >= 1.0:
        return CLOSED_MS, np.int32(-1)
    here = min(max(np.float64(along), 0.0), 1.0)
    there = min(max(np.float64(goal_along), 0.0), 1.0)
    if goal != arc:
        there = 1.0 - there
    best: Int = CLOSED_MS
    way: Int = np.int32(-1)
    if there >= here:
        best, way = part_ms(arc_ms[arc], there - here), arc
    back = s.opposite[arc]
    if not directed and back >= 0 and there <= here and part_ms(arc_ms[back], here - there) < best:
        best, way = part_ms(arc_ms[back], here - there), back
    return best, way


@njit(cache=True, nogil=True)
def lower_by_direct(s: Streets, arc_ms: Ints, arc: Ints, along: npt.NDArray[np.float32], directed: npt.NDArray[np.bool_],
                    goal: Ints, goal_along: npt.NDArray[np.float32], ms: npt.NDArray[np.int32]) -> None:
    """Lower the table `ms` (sources × goals) in place wherever the direct way along one street is quicker."""
    for i in range(len(arc)):
        if arc[i] < 0:
            continue
        back = s.opposite[arc[i]]
        for j in range(len(goal)):
            if goal[j] == arc[i] or (goal[j] == back and back >= 0):
                time, _ = direct(s, arc_ms, arc[i], along[i], directed[i], goal[j], goal_along[j])
                if time < ms[i, j]:
                    ms[i, j] = time
