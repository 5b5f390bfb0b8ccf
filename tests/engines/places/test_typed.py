"""What people type, in both languages, and what must come first; a phone's own search is held to the same examples (console/tests/places.test.ts)."""

import pytest

from tests.engines.places.towns import examples
from tests.shared import needs_data
from tocsin.engines.places import Places

SF = needs_data("roads", "san_francisco", "sf_addresses_eas_2025.csv.gz")


@pytest.mark.parametrize(("typed", "label"), examples("xincheng"))
def test_chinese(chinese: Places, typed: str, label: str) -> None:
    assert chinese.search(typed)[0].label == label


@pytest.mark.parametrize(("typed", "label"), examples("lahtela"))
def test_finnish(finnish: Places, typed: str, label: str) -> None:
    assert finnish.search(typed)[0].label == label


@SF
@pytest.mark.parametrize(("typed", "label"), examples("san_francisco"))
def test_san_francisco(san_francisco: Places, typed: str, label: str) -> None:
    assert san_francisco.search(typed)[0].label == label


@SF
def test_a_typed_name_grows_towards_its_street(san_francisco: Places) -> None:
    """From the third letter on, every keystroke of '2162 mission st' keeps the street among the first eight lines."""
    text = "2162 mission st"
    for size in range(len("2162 mis"), len(text) + 1):
        assert "MISSION ST" in {hit.street for hit in san_francisco.search(text[:size])}, text[:size]
