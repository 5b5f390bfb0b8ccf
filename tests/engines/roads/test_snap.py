"""The nearest street, against trying every one, and its part-way offset."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.roads.towns import network_of, towns
from tocsin.engines.roads import Network, Roads, order

DEGREE_M = 6_371_008.8 * np.pi / 180


def nearest_by_trying(network: Network, lon: float, lat: float, usable: np.ndarray) -> float:
    """Metres from a point to the nearest usable street in the same local metric, piece by piece."""
    east = DEGREE_M * np.cos(np.radians((network.shape_lat.min() + network.shape_lat.max()) / 2))
    best = np.inf
    for segment in np.unique(network.segment[usable]).tolist():
        at, to = network.shape_at[segment], network.shape_at[segment + 1]
        x, y = (network.shape_lon[at:to] - lon) * east, (network.shape_lat[at:to] - lat) * DEGREE_M
        for i in range(len(x) - 1):
            dx, dy = x[i + 1] - x[i], y[i + 1] - y[i]
            square = dx * dx + dy * dy
            t = min(max(-(x[i] * dx + y[i] * dy) / square, 0), 1) if square else 0
            best = min(best, float(np.hypot(x[i] + t * dx, y[i] + t * dy)))
    return best


@given(towns(), st.data())
@settings(max_examples=150)
def test_no_usable_street_is_nearer(network: Network, data: st.DataObject) -> None:
    place = st.floats(-0.03, 0.05)
    points = data.draw(st.lists(st.tuples(place, place), min_size=1, max_size=8))
    usable = np.array(data.draw(st.lists(st.booleans(), min_size=len(network.tail), max_size=len(network.tail))))
    lon, lat = np.array(points).T
    spots = Roads(network, order(network)).snap(lon, lat, usable)
    assert (usable[spots.arc] | (spots.arc < 0)).all()
    expected = [nearest_by_trying(network, *point, usable) for point in points]
    np.testing.assert_allclose(spots.gap_m, expected, rtol=1e-5, atol=1e-3)


def bent() -> Network:
    """One street of two junctions with a right-angled bend, 300 m east then 100 m north, one-way against its shape."""
    step = 100 / DEGREE_M
    free = network_of([0.0, 3 * step], [0.0, step], [(0, 1, "back")], [])
    return Network(**free.arrays() | {"shape_at": np.array([0, 3]), "shape_lon": np.array([0, 3, 3]) * step,
                                      "shape_lat": np.array([0, 0, 1]) * step, "dist_m": np.array([400], np.float32)})


def test_the_share_runs_along_the_arc_even_against_the_shape() -> None:
    network, step = bent(), 100 / DEGREE_M
    spots = Roads(network, order(network)).snap([step, 3.1 * step], [0.2 * step, 0.5 * step], [True])
    assert spots.arc.tolist() == [0, 0]
    assert spots.along.tolist() == pytest.approx([0.75, 0.125], abs=1e-4)
    assert spots.gap_m.tolist() == pytest.approx([20, 10], abs=0.01)


def test_a_point_at_an_end_stands_on_the_junction() -> None:
    network, step = bent(), 100 / DEGREE_M
    roads = Roads(network, order(network))
    assert roads.snap([0.0, 3 * step], [0.0, step], [True]).along.tolist() == [1.0, 0.0]
    assert roads.snap([0.004 * step], [0.0], [True]).along.tolist() == [1.0]
    assert 0 < roads.snap([0.02 * step], [0.0], [True]).along[0] < 1


def test_a_driving_unit_is_put_on_the_street_that_goes_its_way() -> None:
    """Two one-way carriageways 20 m apart, eastwards on the south side, and a two-way street across."""
    step = 100 / DEGREE_M
    lon, lat = np.array([0, 5, 5, 0, 2.5, 2.5]) * step, np.array([0, 0, 0.2, 0.2, -2, 2]) * step
    network = network_of(lon.tolist(), lat.tolist(), [(0, 1, "on"), (2, 3, "on"), (4, 5, "both")], [])
    roads = Roads(network, order(network))
    point = np.array([1.0, 1.0, 1.0, 1.0, 2.55, 2.55, 2.55]) * step, np.array([0.06] * 4 + [1.0] * 3) * step
    spots = roads.snap(*point, np.ones(4, bool), [np.nan, 90.0, 270.0, 250.0, np.inf, 5.0, 170.0])
    assert spots.arc.tolist() == [0, 0, 1, 1, 2, 2, 3]
    assert spots.directed.tolist() == [False, True, True, True, False, True, True]
    assert spots.along.tolist() == pytest.approx([0.2, 0.2, 0.8, 0.8, 0.75, 0.75, 0.25], abs=1e-3)
    assert spots.gap_m.tolist() == pytest.approx([6, 6, 14, 14, 5, 5, 5], abs=0.05)


def test_a_point_far_outside_or_no_point_at_all_is_answered() -> None:
    network = bent()
    spots = Roads(network, order(network)).snap([150.0, np.nan, np.inf, 1e300], [-80.0, 0.0, 0.0, 0.0], [True])
    assert spots.arc.tolist() == [0, -1, -1, -1]
    assert 1.5e7 < spots.gap_m[0] < 3e7
    assert np.isinf(spots.gap_m[1:]).all()
