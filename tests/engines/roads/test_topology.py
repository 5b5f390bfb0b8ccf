"""The compiled order: the same every time, whole after saving, and tied to its network."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from tests.engines.roads.towns import network_of, towns
from tocsin.engines.roads import Network, Roads, Spots, Topology, order, warm


def block(wide: int) -> Network:
    """A square town of wide × wide junctions with a missing street here and there."""
    numbers = np.arange(wide * wide)
    across = [(i, i + 1, "both") for i in numbers.tolist() if (i + 1) % wide and i % 7]
    down = [(i, i + wide, "on" if i % 5 == 0 else "both") for i in numbers[:-wide].tolist() if i % 6]
    return network_of((numbers % wide * 0.001).tolist(), (numbers // wide * 0.001).tolist(), across + down, [])


def equal(one: Topology, other: Topology) -> bool:
    return all(np.array_equal(array, other.arrays()[name]) for name, array in one.arrays().items())


def test_the_same_input_gives_the_same_order() -> None:
    assert equal(order(block(40), seed=1), order(block(40), seed=1))
    assert not np.array_equal(order(block(40), seed=1).main_rank, order(block(40), seed=2).main_rank)


def test_a_saved_topology_maps_back_whole(tmp_path: Path) -> None:
    network = block(12)
    topology = order(network)
    for name, array in topology.arrays().items():
        np.save(tmp_path / f"{name}.npy", array)
    mapped = Topology.from_arrays({path.stem: np.load(path, mmap_mode="r") for path in tmp_path.glob("*.npy")})
    assert equal(topology, mapped)
    drive_s = np.arange(len(network.tail), dtype=np.float32)
    assert np.array_equal(Roads(network, mapped).customise(drive_s).up_ms, Roads(network, topology).customise(drive_s).up_ms)


def test_a_topology_serves_only_its_network_and_format() -> None:
    topology = order(block(12))
    with pytest.raises(AssertionError, match="another network"):
        Roads(block(11), topology)
    arrays = topology.arrays() | {"head": np.array([99, 0, 0, 0])}
    with pytest.raises(AssertionError, match="format 99"):
        Topology.from_arrays(arrays)
    del arrays["parent"]
    with pytest.raises(AssertionError, match="parent"):
        Topology.from_arrays(arrays)


def test_the_order_is_good_on_a_block_town() -> None:
    """Nested dissection keeps shortcuts few: a 60 × 60 block has 9.5 arcs a junction, in row order 47."""
    topology = order(block(60))
    assert len(topology.up_head) < 12 * 3600


@given(towns())
@settings(max_examples=150)
def test_contraction_leaves_a_chordal_graph_with_a_tree_of_first_arcs(network: Network) -> None:
    topology = order(network)
    count = len(topology.parent)
    up = [set(topology.up_head[topology.up_at[v] : topology.up_at[v + 1]].tolist()) for v in range(count)]
    for node, heads in enumerate(up):
        assert all(head > node for head in heads)
        assert topology.parent[node] == min(heads, default=-1)
        if heads:
            assert heads - {min(heads)} <= up[min(heads)]
    down = [topology.up_tail[topology.down_arc[topology.down_at[v] : topology.down_at[v + 1]]].tolist() for v in range(count)]
    assert down == [[low for low in range(count) if high in up[low]] for high in range(count)]


def test_copies_stand_only_where_turns_are_forbidden() -> None:
    streets = [(0, 1, "both"), (1, 2, "both"), (1, 3, "both")]
    free = network_of([0, 1, 2, 1], [0, 0, 0, 1], streets, [])
    barred = network_of([0, 1, 2, 1], [0, 0, 0, 1], streets, [(0, 2), (0, 4)])
    assert len(order(free).parent) == 4
    assert len(order(barred).parent) == 5


def test_warming_runs_every_question() -> None:
    warm()


def test_a_town_without_streets_is_ordered_and_answers() -> None:
    for places in ([], [0.0], [0.0, 0.001, 0.002, 0.003, 0.004]):
        network = network_of(places, places, [], [])
        roads = Roads(network, order(network))
        metric = roads.recustomise(roads.customise([]), [], [])
        nowhere = roads.snap([0.0], [0.0], [])
        assert nowhere.arc.tolist() == [-1]
        assert np.isinf(roads.matrix(metric, nowhere, nowhere)).all()
        assert roads.matrix(metric, Spots.of([], []), nowhere).shape == (0, 1)
        assert roads.nearest(metric, Spots.of([], []), nowhere, 3)[0].tolist() == []
        assert roads.route(metric, nowhere, nowhere) is None
