"""Small networks for tests: made by Hypothesis, with loops, doubles, one-ways, bans and closures."""

import numpy as np
from hypothesis import strategies as st

from tocsin.engines.roads import Network, Spots


def network_of(lon: list[float], lat: list[float], streets: list[tuple[int, int, str]], bans: list[tuple[int, int]],
               metres: list[float] | None = None) -> Network:
    """Straight streets (from, to, ways) where ways is 'both', 'on' or 'back'; bans are pairs of arc numbers."""
    tail, head, segment, forward = [], [], [], []
    for number, (a, b, ways) in enumerate(streets):
        if ways != "back":
            tail, head, segment, forward = [*tail, a], [*head, b], [*segment, number], [*forward, True]
        if ways != "on":
            tail, head, segment, forward = [*tail, b], [*head, a], [*segment, number], [*forward, False]
    ends = np.array([(a, b) for a, b, _ in streets], np.int64).reshape(-1, 2)
    lons, lats = np.array(lon, float), np.array(lat, float)
    lengths = np.array(metres if metres else [100.0] * len(streets), np.float32)
    pairs = np.array(bans, np.int32).reshape(-1, 2)
    return Network(
        lons, lats, np.array(tail, np.int32), np.array(head, np.int32), lengths[segment], np.array(segment, np.int32),
        np.array(forward, bool), np.arange(len(streets) + 1, dtype=np.int64) * 2, lons[ends].ravel(), lats[ends].ravel(),
        pairs[:, 0].copy(), pairs[:, 1].copy(), np.array(segment, np.int32), np.zeros(len(tail), np.uint8))


def turns(network: Network) -> list[tuple[int, int]]:
    """Every turn there is, as a pair of arc numbers."""
    tails = network.tail.tolist()
    return [(a, b) for a, head in enumerate(network.head.tolist()) for b, tail in enumerate(tails) if head == tail]


@st.composite
def towns(draw: st.DrawFn) -> Network:
    """A network of a few junctions in which anything may happen that the compiler may hand over."""
    nodes = draw(st.integers(1, 9))
    node = st.integers(0, nodes - 1)
    streets = draw(st.lists(st.tuples(node, node, st.sampled_from(["both", "both", "on", "back"])), min_size=1, max_size=16))
    place = st.integers(0, 20).map(lambda step: step * 0.001)
    lon, lat = (draw(st.lists(place, min_size=nodes, max_size=nodes)) for _ in range(2))
    free = network_of(lon, lat, streets, [])
    every = turns(free)
    bans = draw(st.lists(st.sampled_from(every), unique=True, max_size=6)) if every else []
    return network_of(lon, lat, streets, bans)


def drives(arcs: int) -> st.SearchStrategy[np.ndarray]:
    """Drive times of all arcs in seconds, some of them nothing, some closed."""
    time = st.one_of(st.integers(0, 9), st.integers(0, 30_000).map(lambda ms: ms / 1000), st.just(float("inf")))
    return st.lists(time, min_size=arcs, max_size=arcs).map(lambda times: np.array(times, np.float32))


def spots_on(arcs: int, size: int = 6) -> st.SearchStrategy[Spots]:
    """A few spots, junctions and driving units among them."""
    share = st.one_of(st.sampled_from([0.0, 1.0, 0.5]), st.integers(0, 256).map(lambda step: step / 256))
    one = st.tuples(st.integers(0, arcs - 1), share, st.booleans())
    return st.lists(one, min_size=1, max_size=size).map(lambda rows: Spots.of(*zip(*rows, strict=True)))
