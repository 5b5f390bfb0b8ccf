"""A point gives its address and cross street."""

import math

import pytest

from tocsin.engines.places import Places


def test_the_point_of_a_number_is_that_number(chinese: Places) -> None:
    hit = chinese.at(114.3013, 30.5002)
    assert hit is not None
    assert (hit.label, hit.cross, hit.exact, hit.dist_m) == ("新华路13号", "中山路", True, 0.0)


def test_a_point_beside_a_number_tells_how_far(chinese: Places) -> None:
    hit = chinese.at(114.3013, 30.5003)
    assert hit is not None
    assert (hit.label, hit.dist_m) == ("新华路13号", pytest.approx(11.1, abs=0.1))


@pytest.mark.parametrize(("lat", "number"), [(60.1901, "13"), (60.1899, "14")])
def test_where_only_a_range_is_known_the_side_decides_the_number(finnish: Places, lat: float, number: str) -> None:
    hit = finnish.at(24.9662, lat)
    assert hit is not None
    assert (hit.street, hit.number, hit.cross, hit.interpolated) == ("Rantakuja", number, "Hämeentie", True)


@pytest.mark.parametrize(("lon", "lat"), [(0.0, 0.0), (math.nan, 30.5), (math.inf, 30.5), (114.31, -30.5)])
def test_far_from_everything_there_is_no_address(chinese: Places, lon: float, lat: float) -> None:
    assert chinese.at(lon, lat) is None
