"""Every question of the engine against plain Dijkstra, on made networks in which anything may happen."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.roads.plain import Plain
from tests.engines.roads.towns import drives, network_of, spots_on, towns
from tocsin.engines.roads import Metric, Network, Roads, Spots, order
from tocsin.kernel import Refused


def times(answer: np.ndarray) -> list[int | None]:
    """Seconds as whole milliseconds, None where there is no way."""
    return [None if np.isinf(s) else round(float(s) * 1000) for s in answer.tolist()]


def same(one: Metric, other: Metric) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("arc_ms", "into_ms", "up_ms", "down_ms"))


@st.composite
def questions(draw: st.DrawFn) -> tuple[Network, np.ndarray, Spots, Spots]:
    network = draw(towns())
    arcs = len(network.tail)
    return network, draw(drives(arcs)), draw(spots_on(arcs)), draw(spots_on(arcs))


@given(questions())
@settings(max_examples=200)
def test_times_are_those_of_plain_dijkstra(question: tuple[Network, np.ndarray, Spots, Spots]) -> None:
    network, drive_s, sources, targets = question
    roads = Roads(network, order(network))
    metric, plain = roads.customise(drive_s), Plain(network, drive_s)
    expected = [plain.times(sources.at(i), targets) for i in range(len(sources))]

    assert [times(row) for row in roads.matrix(metric, sources, targets)] == expected
    for j in range(len(targets)):
        column = [row[j] for row in expected]
        assert times(roads.to_one(metric, sources, targets.at(j))) == column
        for k in (1, 3, len(sources) + 2):
            index, eta_s = roads.nearest(metric, sources, targets.at(j), k)
            ranked = sorted((time, i) for i, time in enumerate(column) if time is not None)[:k]
            assert list(zip(times(eta_s), index.tolist(), strict=True)) == ranked
    for i in range(len(sources)):
        assert times(roads.from_one(metric, sources.at(i), targets)) == expected[i]


@given(questions())
@settings(max_examples=150)
def test_a_route_can_be_driven_and_takes_its_time(question: tuple[Network, np.ndarray, Spots, Spots]) -> None:
    network, drive_s, sources, targets = question
    roads = Roads(network, order(network))
    metric, plain = roads.customise(drive_s), Plain(network, drive_s)
    for i in range(len(sources)):
        for j, time in enumerate(plain.times(sources.at(i), targets)):
            route = roads.route(metric, sources.at(i), targets.at(j))
            if time is None:
                assert route is None
                continue
            assert route is not None
            assert round(route.eta_s * 1000) == time
            chain = route.arcs.tolist()
            for one, onward in pairwise(chain):
                assert network.head[one] == network.tail[onward]
                assert (one, onward) not in plain.bans
            assert all(plain.ms[arc] < 2**30 - 1 for arc in chain)
            whole = sum(plain.ms[arc] for arc in chain)
            rest = sum(plain.ms[arc] for arc in chain[1:-1])
            assert rest - 1 <= time <= whole + 1
            assert route.dist_m == pytest.approx(sum(metres for _, metres in route.legs))
            assert len(route.lon) == len(route.lat) >= 1


@given(questions(), st.data())
@settings(max_examples=150)
def test_a_partial_reweight_is_the_full_one(question: tuple[Network, np.ndarray, Spots, Spots], data: st.DataObject) -> None:
    network, drive_s, _, _ = question
    roads = Roads(network, order(network))
    metric = roads.customise(drive_s)
    kept = (metric.up_ms.copy(), metric.down_ms.copy())
    for _ in range(3):
        arcs = data.draw(st.lists(st.integers(0, len(drive_s) - 1), unique=True, max_size=4))
        fresh = data.draw(drives(len(arcs)))
        before, drive_s = metric, drive_s.copy()
        drive_s[arcs] = fresh
        metric = roads.recustomise(before, arcs, fresh)
        assert same(metric, roads.customise(drive_s))
    first = roads.customise(question[1])
    assert np.array_equal(first.up_ms, kept[0])
    assert np.array_equal(first.down_ms, kept[1])


def test_a_metric_cannot_be_written() -> None:
    network = network_of([0.0, 0.001], [0.0, 0.0], [(0, 1, "both")], [])
    metric = Roads(network, order(network)).customise([1.0, 2.0])
    with pytest.raises(ValueError, match="read-only"):
        metric.up_ms[0] = 7


def test_spots_nowhere_are_unreachable() -> None:
    network = network_of([0.0, 0.001], [0.0, 0.0], [(0, 1, "both")], [])
    roads = Roads(network, order(network))
    metric = roads.customise([1.0, 2.0])
    lost = roads.snap([np.nan, 0.0005], [0.0, 0.0], np.zeros(2, bool))
    here = roads.snap([0.0005], [0.0], np.ones(2, bool))
    assert lost.arc.tolist() == [-1, -1]
    assert np.isinf(lost.gap_m).all()
    assert np.isinf(roads.to_one(metric, lost, here)).all()
    assert np.isinf(roads.matrix(metric, here, lost)).all()
    assert len(roads.nearest(metric, lost, here, 2)[0]) == 0
    assert roads.route(metric, here, lost.at(0)) is None
    assert roads.route(metric, lost.at(0), here) is None


def test_a_table_without_bound_is_refused() -> None:
    network = network_of([0.0, 0.001], [0.0, 0.0], [(0, 1, "both")], [])
    roads = Roads(network, order(network))
    many = Spots.of(np.zeros(6000, np.int32), np.zeros(6000, np.float32))
    with pytest.raises(Refused, match="matrix-too-large"):
        roads.matrix(roads.customise([1.0, 2.0]), many, many)
