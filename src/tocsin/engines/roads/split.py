"""Turn restrictions as extra nodes: only the junctions that forbid a turn are copied, so a ban costs only where it stands."""

from typing import NamedTuple

import numpy as np

from tocsin.engines.roads.network import Ints, Network


class Inner(NamedTuple):
    """The graph that is searched: nodes 0..n-1 are the junctions, then one copy for each arc that ends in a ban.

    An arc that has bans leads into its own copy, which continues by every arc of the junction but the banned ones; all
    other arcs lead into the junction itself. So an arc of the network may stand here several times, once for each place
    from which it may be entered, always with the same end.
    """

    nodes: int
    tail: Ints
    head: Ints
    arc: Ints           # the network's arc that each inner arc drives
    exit_node: Ints     # per network arc: the inner node at which it ends
    owner: Ints         # per inner node: the junction it is a copy of


def split(network: Network) -> Inner:
    """Copy the via nodes of bans and list the inner arcs, in the order of network arcs with copies after originals."""
    nodes, arcs = len(network.lon), len(network.tail)
    banned = np.unique(network.ban_from)
    exit_node = network.head.astype(np.int32)
    exit_node[banned] = nodes + np.arange(len(banned), dtype=np.int32)
    owner = np.concatenate([np.arange(nodes, dtype=np.int32), network.head[banned]]).astype(np.int32)

    by_tail = np.argsort(network.tail, kind="stable").astype(np.int32)
    first = np.searchsorted(network.tail[by_tail], np.arange(nodes + 1))
    forbidden = set(zip(network.ban_from.tolist(), network.ban_to.tolist(), strict=True))
    extra_tail: list[int] = []
    extra_arc: list[int] = []
    for copy, arc in enumerate(banned.tolist(), start=nodes):
        via = int(network.head[arc])
        for onward in by_tail[first[via] : first[via + 1]].tolist():
            if (arc, onward) not in forbidden:
                extra_tail.append(copy)
                extra_arc.append(onward)
    arc_of = np.concatenate([np.arange(arcs, dtype=np.int32), np.array(extra_arc, np.int32)])
    tail = np.concatenate([network.tail.astype(np.int32), np.array(extra_tail, np.int32)])
    return Inner(nodes + len(banned), tail, exit_node[arc_of], arc_of, exit_node, owner)
