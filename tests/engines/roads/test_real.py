"""The engine on a real city against plain Dijkstra, and under several readers at once."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest

from tests.engines.roads.plain import Plain
from tests.engines.roads.real import FOLDER, san_francisco
from tests.shared import needs_data
from tocsin.engines.roads import Network, Roads, Spots, order

pytestmark = needs_data(*FOLDER)


@pytest.fixture(scope="module")
def city() -> tuple[Network, np.ndarray, Roads]:
    network, drive_s = san_francisco()
    return network, drive_s, Roads(network, order(network))


def some(roads: Roads, rng: np.random.Generator, count: int) -> Spots:
    """Points within the city, snapped; every third one drives."""
    network = roads.network
    near = rng.integers(0, len(network.lon), count)
    lon, lat = network.lon[near] + rng.normal(0, 5e-4, count), network.lat[near] + rng.normal(0, 5e-4, count)
    spots = roads.snap(lon, lat, np.ones(len(network.tail), bool))
    return Spots(spots.arc, spots.along, spots.gap_m, np.arange(count) % 3 == 0)


def place(network: Network, spot: Spots) -> tuple[float, float]:
    """Where a spot is, by its share of the shape's length."""
    segment, share = network.segment[spot.arc[0]], float(spot.along[0])
    at, to = network.shape_at[segment], network.shape_at[segment + 1]
    lon, lat = network.shape_lon[at:to], network.shape_lat[at:to]
    done = np.concatenate([[0], np.cumsum(np.hypot(np.diff(lon) * np.cos(np.radians(37.75)), np.diff(lat)))])
    where = (share if network.forward[spot.arc[0]] else 1 - share) * done[-1]
    return float(np.interp(where, done, lon)), float(np.interp(where, done, lat))


def test_times_and_routes_are_exact_with_bans_and_closures(city: tuple[Network, np.ndarray, Roads]) -> None:
    network, drive_s, roads = city
    rng = np.random.default_rng(7)
    closed = rng.choice(len(drive_s), 200, replace=False)
    metric = roads.recustomise(roads.customise(drive_s), closed, np.full(200, np.inf))
    drive_s = drive_s.copy()
    drive_s[closed] = np.inf
    full = roads.customise(drive_s)
    assert np.array_equal(metric.up_ms, full.up_ms)
    assert np.array_equal(metric.down_ms, full.down_ms)
    sources, targets = some(roads, rng, 6), some(roads, rng, 60)
    plain = Plain(network, drive_s)
    table = roads.matrix(metric, sources, targets)
    for i in range(len(sources)):
        expected = np.array([np.inf if time is None else time / 1000 for time in plain.times(sources.at(i), targets)])
        np.testing.assert_allclose(table[i], expected, rtol=1e-6)
        assert np.array_equal(table[i], roads.from_one(metric, sources.at(i), targets))
        for j in range(0, len(targets), 10):
            route = roads.route(metric, sources.at(i), targets.at(j))
            assert (np.inf if route is None else route.eta_s) == pytest.approx(expected[j], rel=1e-6)


def test_the_few_nearest_are_the_same_by_search_and_by_sweep(city: tuple[Network, np.ndarray, Roads]) -> None:
    _, drive_s, roads = city
    rng = np.random.default_rng(8)
    metric = roads.customise(drive_s)
    for count in (3, 40, 400):
        units, places = some(roads, rng, count), some(roads, rng, 20)
        for j in range(len(places)):
            eta_s = roads.to_one(metric, units, places.at(j))
            for k in (1, 5, 40):
                index, near_s = roads.nearest(metric, units, places.at(j), k)
                expected = np.argsort(eta_s, kind="stable")[:k]
                expected = expected[np.isfinite(eta_s[expected])]
                assert index.tolist() == expected.tolist()
                assert np.array_equal(near_s, eta_s[expected])


def test_a_route_runs_unbroken_from_spot_to_spot(city: tuple[Network, np.ndarray, Roads]) -> None:
    network, drive_s, roads = city
    metric = roads.customise(drive_s)
    east = np.cos(np.radians(37.75))
    pieces = np.hypot(np.diff(network.shape_lon) * east, np.diff(network.shape_lat)) * 111_195
    longest = np.delete(pieces, network.shape_at[1:-1] - 1).max()
    spots = some(roads, np.random.default_rng(9), 80)
    there = [i for i, eta_s in enumerate(roads.from_one(metric, spots.at(0), spots)) if np.isfinite(eta_s)]
    assert len(there) > 70
    for i in there[1:]:
        route = roads.route(metric, spots.at(0), spots.at(i))
        assert route is not None
        for end, spot in ((0, spots.at(0)), (-1, spots.at(i))):
            lon, lat = place(network, spot)
            assert route.lon[end] == pytest.approx(lon, abs=1e-6)
            assert route.lat[end] == pytest.approx(lat, abs=1e-6)
        steps = np.hypot(np.diff(route.lon) * east, np.diff(route.lat)) * 111_195
        assert steps.sum() == pytest.approx(route.dist_m, rel=0.05, abs=50)
        assert steps.max() <= longest + 1
        assert 5 < route.dist_m / max(route.eta_s, 0.1) * 3.6 < 81 or route.dist_m < 50
        assert all(one != onward for (one, _), (onward, _) in pairwise(route.legs))


def test_readers_with_different_metrics_do_not_disturb_one_another(city: tuple[Network, np.ndarray, Roads]) -> None:
    _, drive_s, roads = city
    units, places = some(roads, np.random.default_rng(10), 200), some(roads, np.random.default_rng(11), 40)
    usual = roads.customise(drive_s)
    metrics = [usual, roads.customise(drive_s * 1.7), roads.recustomise(usual, [5], [np.inf])]
    expected = [roads.matrix(metric, units, places) for metric in metrics]

    def read(turn: int) -> bool:
        metric, answer = metrics[turn % 3], expected[turn % 3]
        for j in range(len(places)):
            index, eta_s = roads.nearest(metric, units, places.at(j), 5)
            swept_s = roads.to_one(metric, units, places.at(j))
            if not (np.array_equal(swept_s, answer[:, j]) and np.array_equal(eta_s, answer[index, j])):
                return False
            if turn == 3:
                roads.recustomise(metric, [j], [np.inf])
        return bool(np.array_equal(roads.matrix(metric, units, places), answer))

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(read, range(12)))
