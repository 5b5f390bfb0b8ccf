"""Everything about a network that no travel time changes: the order, the shortcuts, and what lies under each of them."""

from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tocsin.engines.roads.dissection import contract, dissect
from tocsin.engines.roads.network import Ints, Network, check
from tocsin.engines.roads.split import split

FORMAT = 1


class Hierarchy(NamedTuple):
    """The contracted graph as the kernels take it; every array is read-only, so that each kernel is compiled once.

    Nodes are ranks, low first. Arc a of the hierarchy joins `up_tail[a]` to the higher `up_head[a]`; `up_at` cuts the
    arcs by their lower end, `down_at` cuts `down_arc` by their higher end; `parent` is the elimination tree (-1 a root).
    """

    up_at: Ints
    up_head: Ints
    up_tail: Ints
    down_at: Ints
    down_arc: Ints
    parent: Ints


class Under(NamedTuple):
    """Which arcs of the network lie on which arc of the hierarchy, sorted by key = 2 × hierarchy arc + (1 if downwards)."""

    key: Ints
    arc: Ints


class Doors(NamedTuple):
    """For each arc or junction i, the ranks `node[at[i]:at[i + 1]]` through which it is entered."""

    at: Ints
    node: Ints


class Reverse(NamedTuple):
    """The searched graph read backwards: rank i is led into from the ranks `tail[at[i]:at[i + 1]]`."""

    at: Ints
    tail: Ints


@dataclass(frozen=True, slots=True)
class Topology:
    """The compiled order of one network, as plain arrays that the city compiler saves and maps back.

    `head` holds the format, the counts of junctions and arcs it was made for, and the seed. All others are as in
    Hierarchy, Under, Doors and Reverse, with `main_rank` the rank of each junction, `exit_rank` that of each arc's end,
    `enter_*` the ranks an arc is entered from, and `stand_*` all copies of a junction.
    """

    head: Ints
    up_at: Ints
    up_head: Ints
    up_tail: Ints
    down_at: Ints
    down_arc: Ints
    parent: Ints
    under_key: Ints
    under_arc: Ints
    main_rank: Ints
    exit_rank: Ints
    enter_at: Ints
    enter_rank: Ints
    stand_at: Ints
    stand_rank: Ints
    into_at: Ints
    into_tail: Ints
    into_arc: Ints

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """Every array by its name, for saving."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: dict[str, npt.NDArray[Any]]) -> "Topology":
        """The topology that `arrays()` gave, memory-mapped arrays included; asserts the format."""
        names = [field.name for field in fields(cls)]
        assert set(names) <= arrays.keys(), f"the topology lacks {sorted(set(names) - arrays.keys())}"
        topology = cls(**{name: frozen(arrays[name], np.int32) for name in names})
        assert int(topology.head[0]) == FORMAT, f"topology format {topology.head[0]}, this code reads {FORMAT}"
        return topology

    @property
    def hierarchy(self) -> Hierarchy:
        """The part that sweeps and customisation read."""
        return Hierarchy(self.up_at, self.up_head, self.up_tail, self.down_at, self.down_arc, self.parent)


def frozen(values: Any, kind: Any) -> npt.NDArray[Any]:
    """A read-only contiguous view of `values` (copied only if it must be): kernels see one type, readers cannot write."""
    view = np.ascontiguousarray(values, dtype=kind).view()
    view.flags.writeable = False
    return view


def order(network: Network, seed: int = 1) -> Topology:
    """Compile the contraction order and the shortcuts of a network; the same input and seed give the same arrays.

    Customisable contraction hierarchies: Dibbelt, Strasser, Wagner, ACM JEA 21 (2016). About a second per 200,000 nodes.
    """
    check(network)
    inner = split(network)
    rank = dissect(inner.nodes, inner.tail, inner.head, seed)
    tail, head = rank[inner.tail], rank[inner.head]
    chordal = contract(inner.nodes, tail, head)
    key, under_arc = _under(chordal.up_at, chordal.up_head, tail, head, inner.arc)
    nodes, arcs = len(network.lon), len(network.tail)
    into_at, into = _cut(head, inner.nodes)
    enter_at, enter = _cut(inner.arc, arcs)
    stand_at, stand = _cut(inner.owner, nodes)
    arrays: dict[str, npt.NDArray[Any]] = dict(chordal._asdict()) | {
        "head": np.array([FORMAT, nodes, arcs, seed]), "under_key": key, "under_arc": under_arc,
        "main_rank": rank[:nodes], "exit_rank": rank[inner.exit_node],
        "enter_at": enter_at, "enter_rank": tail[enter], "stand_at": stand_at, "stand_rank": rank[stand],
        "into_at": into_at, "into_tail": tail[into], "into_arc": inner.arc[into]}
    return Topology.from_arrays(arrays)


def _cut(owner: Ints, count: int) -> tuple[Ints, Ints]:
    """Group 0..len(owner)-1 by owner: where each group starts, and the members in order."""
    at = np.zeros(count + 1, np.int32)
    np.cumsum(np.bincount(owner, minlength=count), out=at[1:])
    return at, np.argsort(owner, kind="stable").astype(np.int32)


def _under(up_at: Ints, up_head: Ints, tail: Ints, head: Ints, arc: Ints) -> tuple[Ints, Ints]:
    """Place every searched arc on its hierarchy arc; loops lie on none."""
    real = np.flatnonzero(tail != head)
    low, high = np.minimum(tail, head)[real].astype(np.int64), np.maximum(tail, head)[real]
    nodes = np.int64(len(up_at) - 1)
    all_keys = np.repeat(np.arange(nodes), np.diff(up_at)) * nodes + up_head
    place = np.searchsorted(all_keys, low * nodes + high)
    key = 2 * place + (tail[real] > head[real])
    by_key = np.lexsort((arc[real], key))
    return key[by_key].astype(np.int32), arc[real][by_key]
