"""Coordinates in every common writing, and what only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.engines.places.coordinates import parse


@pytest.mark.parametrize(("text", "lon", "lat"), [
    ("37.76,-122.42", -122.42, 37.76),
    ("37.76 -122.42", -122.42, 37.76),
    ("-122.42, 37.76", -122.42, 37.76),
    ("60.17 N 24.94 E", 24.94, 60.17),
    ("24.94E 60.17N", 24.94, 60.17),
    ("N60.17 E24.94", 24.94, 60.17),
    ("33.5 S, 70.6 W", -70.6, -33.5),
    ("37°45'36\"N 122°25'12\"W", -122.42, 37.76),
    ("37 45.6 N, 122 25.2 W", -122.42, 37.76),
    ("37:45:36, -122:25:12", -122.42, 37.76),
    ("北纬30.5 东经114.3", 114.3, 30.5),
    ("东经114度18分，北纬30度30分", 114.3, 30.5),
    ("３７.７６，-122.42", -122.42, 37.76),
])  # fmt: skip
def test_pairs(text: str, lon: float, lat: float) -> None:
    assert parse(text) == pytest.approx((lon, lat), abs=1e-9)


@pytest.mark.parametrize("text", [
    "", "12 14", "501 mission", "37.76", "12.5 Main", "99.5, 99.5", "91.0, 181.0", "N60 N24", "60.17 N", "37°61'N 122°W", "1.2.3 4", "n e", "-",
])  # fmt: skip
def test_not_coordinates(text: str) -> None:
    assert parse(text) is None


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_written_pair_reads_back(lat: float, lon: float) -> None:
    if "e" not in f"{lat}{lon}":
        assert parse(f"{lat:.6f}, {lon:.6f}") == pytest.approx((lon, lat), abs=1e-6)


@given(st.text("0123456789.,;°'\" nsewNSEW+-:", max_size=40))
def test_any_text_has_an_answer(text: str) -> None:
    point = parse(text)
    assert point is None or (abs(point[0]) <= 180 and abs(point[1]) <= 90)
