"""A hit says what it is: exact, worked out or only near, in both languages, and how far off it may be."""

import pytest

from tocsin.engines.places import Hit, Places
from tocsin.kernel import Refused


def first(places: Places, text: str, near: tuple[float, float] | None = None) -> Hit:
    return places.search(text, near=near)[0]


def test_a_number_that_exists_is_exact(chinese: Places) -> None:
    hit = first(chinese, "新华路13号")
    assert (hit.kind, hit.street, hit.number, hit.exact, hit.interpolated) == ("number", "新华路", "13", True, False)
    assert (hit.lon, hit.lat, hit.label_zh) == (114.3013, 30.5002, "新华路13号")


def test_a_missing_number_lies_between_its_neighbours_on_its_own_side(chinese: Places) -> None:
    hit = first(chinese, "新华路12号")
    assert (hit.number, hit.exact, hit.interpolated) == ("12", False, True)
    assert (hit.lon, hit.lat) == pytest.approx((114.3012, 30.4998), abs=1e-6)


@pytest.mark.parametrize(("number", "lon"), [(1, 24.96), (11, 24.965), (21, 24.97), (2, 24.96), (20, 24.97)])
def test_without_numbers_a_range_places_it_along_the_segment(finnish: Places, number: int, lon: float) -> None:
    hit = first(finnish, f"rantakuja {number}")
    assert (hit.number, hit.interpolated) == (str(number), True)
    assert hit.lon == pytest.approx(lon, abs=1e-6)


def test_beyond_all_ranges_the_nearest_number_is_shown_as_what_it_is(finnish: Places) -> None:
    hit = first(finnish, "töölönkatu 900")
    assert (hit.label, hit.exact, hit.interpolated) == ("Töölönkatu 39", False, False)
    assert hit.accuracy_m >= 500


def test_a_crossing_names_both_streets_as_typed(chinese: Places) -> None:
    hit = first(chinese, "人民路与中山路")
    assert (hit.kind, hit.street, hit.cross, hit.exact) == ("crossing", "人民路", "中山路", True)
    assert (hit.lon, hit.lat) == (114.305, 30.51)


def test_a_street_is_as_vague_as_it_is_long(chinese: Places) -> None:
    hit = first(chinese, "新华路")
    assert hit.kind == "street"
    assert hit.accuracy_m == pytest.approx(950, rel=0.05)


def test_parallel_streets_do_not_cross(chinese: Places) -> None:
    assert all(hit.kind != "crossing" for hit in chinese.search("新华路与柳巷"))


def test_near_decides_between_equals(chinese: Places) -> None:
    for name, lon, lat in (("新城市第一人民医院", 114.3061, 30.5032), ("新城市第二人民医院", 114.3161, 30.5132)):
        hit = first(chinese, "人民医院", near=(lon, lat))
        assert (hit.label, hit.dist_m) == (name, 0.0)


def test_near_does_not_overrule_what_was_typed(chinese: Places) -> None:
    assert first(chinese, "第二人民医院", near=(114.3061, 30.5032)).label == "新城市第二人民医院"


def test_an_area_without_a_position_is_context_and_never_an_answer(chinese: Places) -> None:
    assert all(hit.label != "新城市" for hit in chinese.search("新城市"))


def test_a_line_is_not_repeated(chinese: Places) -> None:
    labels = [hit.label for hit in chinese.search("中山路", limit=50)]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize("limit", [-1, 0, 1, 3])
def test_no_more_than_asked_for(chinese: Places, limit: int) -> None:
    assert len(chinese.search("路", limit=limit)) == max(1, limit)


@pytest.mark.parametrize("text", ["", " ", "&", "号", "、，。", "😀", "9" * 200, "中" * 200, "a " * 100, "& " * 100])
def test_texts_without_a_place_in_them(chinese: Places, finnish: Places, text: str) -> None:
    assert all(hit.score <= 1 for places in (chinese, finnish) for hit in places.search(text))


@pytest.mark.parametrize("text", ["x" * 201, "mission\x00", "mission\n501", "\x1b[2J", "\ud800"])
def test_unreadable_text_is_refused(chinese: Places, text: str) -> None:
    with pytest.raises(Refused, match="place_text_too_long") as refused:
        chinese.search(text)
    assert refused.value.field == "text"
