"""The contraction order: METIS nested dissection, then the elimination tree's post-order so that neighbours lie together."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pymetis
from numba import njit

from tocsin.engines.roads.network import Int, Ints

Longs = npt.NDArray[np.int64]

DISSECT_FROM = 4    # METIS is asked only from this many nodes on; a smaller graph keeps its own order


class Chordal(NamedTuple):
    """The graph after contraction: each node's arcs to later nodes, and the tree of first ones."""

    up_at: Ints
    up_head: Ints
    up_tail: Ints
    down_at: Ints
    down_arc: Ints
    parent: Ints


def dissect(nodes: int, tail: Ints, head: Ints, seed: int) -> Ints:
    """Rank the nodes (n) so that the separators of the graph come last; equal input and seed give equal ranks."""
    at, to = _undirected(nodes, tail, head)
    if nodes >= DISSECT_FROM and len(to):
        _, rank = pymetis.nested_dissection(pymetis.CSRAdjacency(at, to), options=pymetis.Options(seed=seed))
        first = np.array(rank, dtype=np.int32)
    else:
        first = np.arange(nodes, dtype=np.int32)
    assert np.array_equal(np.sort(first), np.arange(nodes)), "the dissection must rank each node once"
    return _post_order(_elimination_tree(at, to, first), first)


def contract(nodes: int, tail: Ints, head: Ints) -> Chordal:
    """Add the shortcuts of contraction in node order, `tail` and `head` being ranks (Dibbelt, Strasser, Wagner 2016, sec. 4).

    Contracting a node joins its later neighbours to one another; instead of doing that, each node hands its list to the
    first of them, its parent in the elimination tree, which comes to the same set.
    """
    low, high = np.minimum(tail, head), np.maximum(tail, head)
    keys = _distinct((low.astype(np.int64) * max(nodes, 1) + high)[low != high])
    base_low, base_high = keys // max(nodes, 1), (keys % max(nodes, 1)).astype(np.int32)
    base_at = np.searchsorted(base_low, np.arange(nodes + 1)).astype(np.int32)
    up_at, heads, parent = _complete(nodes, base_at, base_high)
    up_tail = np.repeat(np.arange(nodes, dtype=np.int32), np.diff(up_at))
    up_head = (np.sort(up_tail.astype(np.int64) * max(nodes, 1) + heads) % max(nodes, 1)).astype(np.int32)
    down_at = np.zeros(nodes + 1, np.int32)
    np.cumsum(np.bincount(up_head, minlength=nodes), out=down_at[1:])
    down_arc = np.argsort(up_head, kind="stable").astype(np.int32)
    return Chordal(up_at, up_head, up_tail, down_at, down_arc, parent)


def _undirected(nodes: int, tail: Ints, head: Ints) -> tuple[Ints, Ints]:
    """Neighbour lists without directions, loops and doubles, as METIS wants them."""
    keys = np.concatenate([tail.astype(np.int64) * nodes + head, head.astype(np.int64) * nodes + tail])
    keys = _distinct(keys[np.concatenate([tail != head, tail != head])])
    at = np.searchsorted(keys // max(nodes, 1), np.arange(nodes + 1)).astype(np.int32)
    return at, (keys % max(nodes, 1)).astype(np.int32)


def _distinct(keys: Longs) -> Longs:
    """The distinct keys, ascending; by sorting, which on millions of keys is several times quicker than NumPy's hashing."""
    keys = np.sort(keys)
    fresh = np.ones(len(keys), np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=fresh[1:])
    return keys[fresh]


@njit(cache=True, nogil=True)
def _elimination_tree(at: Ints, to: Ints, rank: Ints) -> Ints:
    """Each rank's parent, -1 at a root, by Liu's algorithm with path compression (Liu 1990)."""
    nodes = len(rank)
    node_at = np.empty(nodes, np.int32)
    for node in range(nodes):
        node_at[rank[node]] = node
    parent = np.full(nodes, -1, np.int32)
    ancestor = np.full(nodes, -1, np.int32)
    for here in range(nodes):
        node = node_at[here]
        for slot in range(at[node], at[node + 1]):
            walk = rank[to[slot]]
            while walk < here and walk != -1:
                onward = ancestor[walk]
                ancestor[walk] = here
                if onward == -1:
                    parent[walk] = here
                walk = onward
    return parent


@njit(cache=True, nogil=True)
def _post_order(parent: Ints, rank: Ints) -> Ints:
    """Renumber so that each subtree is one block: the same shortcuts, but searches stay within few cache lines."""
    nodes = len(parent)
    child = np.full(nodes, -1, np.int32)
    sibling = np.full(nodes, -1, np.int32)
    for node in range(nodes - 1, -1, -1):
        if parent[node] != -1:
            sibling[node] = child[parent[node]]
            child[parent[node]] = node
    fresh = np.empty(nodes, np.int32)
    count = 0
    for root in range(nodes):
        if parent[root] != -1:
            continue
        here: Int = np.int32(root)
        while here != -1:
            while child[here] != -1:
                here = child[here]
            fresh[here] = count
            count += 1
            while here != root and sibling[here] == -1:
                here = parent[here]
                fresh[here] = count
                count += 1
            here = np.int32(-1) if here == root else sibling[here]
    out = np.empty(nodes, np.int32)
    for node in range(nodes):
        out[node] = fresh[rank[node]]
    return out


@njit(cache=True, nogil=True)
def _complete(nodes: Int, base_at: Ints, base_head: Ints) -> tuple[Ints, Ints, Ints]:
    """Each node's later neighbours after contraction, in any order, and its parent, the first of them."""
    heads = np.empty(4 * len(base_head) + 16, np.int32)
    up_at = np.zeros(nodes + 1, np.int32)
    parent = np.full(nodes, -1, np.int32)
    child = np.full(nodes, -1, np.int32)
    sibling = np.full(nodes, -1, np.int32)
    seen = np.full(nodes, -1, np.int32)
    size = 0
    for here in range(nodes):
        most = size + base_at[here + 1] - base_at[here]
        kid = child[here]
        while kid != -1:
            most += up_at[kid + 1] - up_at[kid]
            kid = sibling[kid]
        if most > len(heads):
            wider = np.empty(2 * most, np.int32)
            wider[:size] = heads[:size]
            heads = wider
        start = size
        for slot in range(base_at[here], base_at[here + 1]):
            heads[size] = base_head[slot]
            seen[base_head[slot]] = here
            size += 1
        kid = child[here]
        while kid != -1:
            for slot in range(up_at[kid], up_at[kid + 1]):
                head = heads[slot]
                if head != here and seen[head] != here:
                    seen[head] = here
                    heads[size] = head
                    size += 1
            kid = sibling[kid]
        up_at[here + 1] = size
        if size > start:
            first = heads[start]
            for slot in range(start + 1, size):
                first = min(first, heads[slot])
            parent[here] = first
            sibling[here] = child[first]
            child[first] = here
    return up_at, heads[:size].copy(), parent
