"""What holds for every text and every address."""

import random
from typing import Any

import pytest
from bench.sf_places import load
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.places.towns import lahtela, xincheng
from tests.shared import DATA, needs_data
from tocsin.engines.places import Places
from tocsin.engines.places.compile import Shapes

WORDS = st.sampled_from(["新华路", "中山", "人民", "路口", "与", "号", "12", "3", "医院", "rd", "xinhua", "&", ",", "mannerheimintie", "18th", "-", "N"])
TYPED = st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=12).map(" ".join), st.lists(WORDS, max_size=12).map("".join))
NEAR = st.none() | st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@settings(max_examples=300)
@given(typed=TYPED.map(lambda text: "".join(letter for letter in text if letter.isprintable())[:200]), near=NEAR, limit=st.integers(-5, 60))
def test_any_text_has_an_ordered_answer(chinese: Places, finnish: Places, typed: str, near: tuple[float, float] | None, limit: int) -> None:
    for places in (chinese, finnish):
        hits = places.search(typed, limit, near)
        assert hits == places.search(typed, limit, near)
        assert len(hits) <= 50
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        assert all(0 <= hit.score <= 1 and hit.label and hit.accuracy_m >= 0 and not (hit.exact and hit.interpolated) for hit in hits)


@settings(max_examples=200)
@given(lon=st.floats(114.28, 114.40), lat=st.floats(30.48, 30.56))
def test_a_point_has_the_nearest_number_or_none(chinese: Places, lon: float, lat: float) -> None:
    hit = chinese.at(lon, lat)
    assert hit is None or (hit.dist_m is not None and hit.dist_m <= 510)


@pytest.mark.parametrize("town", ["chinese", "finnish"])
def test_every_address_of_a_town_finds_itself_and_its_point_finds_it(town: str, request: pytest.FixtureRequest) -> None:
    places: Places = request.getfixturevalue(town)
    streets, entries, *_ = xincheng() if town == "chinese" else lahtela()
    numbers = [entry for entry in entries if entry["kind"] == "number"]
    assert numbers
    for entry in numbers:
        check(places, streets[entry["street"]]["name"], entry, numbers)


@needs_data("roads", "san_francisco", "sf_addresses_eas_2025.csv.gz")
def test_a_sample_of_san_francisco_finds_itself(san_francisco: Places) -> None:
    streets, entries, _ = city()
    numbers = [entry for entry in entries if entry["kind"] == "number"]
    for entry in random.Random(7).sample(numbers, 500):
        check(san_francisco, streets[entry["street"]]["name"], entry, [])


def check(places: Places, street: str, entry: dict[str, Any], numbers: list[dict[str, Any]]) -> None:
    """Typed in full it comes first, exact, at its own place; its place gives it, or another that shares the very place."""
    for text in (f"{street} {entry['number']}", f"{entry['number']} {street}".lower()):
        hit = places.search(text)[0]
        assert (hit.street, hit.number, hit.exact, hit.lon, hit.lat) == (street, entry["number"], True, entry["lon"], entry["lat"]), text
    there = places.at(entry["lon"], entry["lat"])
    assert there is not None
    assert (there.kind, there.dist_m, there.lon, there.lat) == ("number", 0.0, entry["lon"], entry["lat"])
    alone = sum((other["lon"], other["lat"]) == (entry["lon"], entry["lat"]) for other in numbers) == 1
    assert not alone or there.number == entry["number"]


def city() -> tuple[list[dict[str, Any]], list[dict[str, Any]], Shapes]:
    return load(DATA / "roads" / "san_francisco")
