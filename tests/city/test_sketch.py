"""Made cities: of the size asked for, the same for the same seed, whole, called made, and no uniform grid."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from tocsin.city import City, CityFault
from tocsin.city.sketch import imagine, sketch
from tocsin.city.sketch_names import avenue, numeral, ring, street
from tocsin.city.survey import Survey


def parts(survey: Survey) -> int:
    """Return the number of strongly connected parts of a survey's streets."""
    segments = survey.segments
    forward, backward = segments.access[:, 0] > 0, segments.access[:, 1] > 0
    tail = np.concatenate([segments.tail[forward], segments.head[backward]])
    head = np.concatenate([segments.head[forward], segments.tail[backward]])
    graph = coo_array((np.ones(len(tail)), (tail, head)), shape=(len(segments.lon), len(segments.lon)))
    return int(connected_components(graph.tocsr(), directed=True, connection="strong")[0])


@settings(max_examples=12)
@given(st.integers(0, 10_000), st.integers(200, 6_000))
def test_any_seed_and_size_give_one_whole_city(seed: int, size: int) -> None:
    survey = imagine(seed, size)
    segments = survey.segments
    assert 0.75 * size < len(segments.lon) < 1.35 * size
    assert parts(survey) == 1
    assert (segments.tail != segments.head).all()
    assert (segments.street >= 0).all()
    assert len({one.name for one in survey.streets}) == len(survey.streets)
    assert all(one.name_en and one.name_zh for one in survey.streets)
    assert {"hospital", "fire_station", "police"} <= {asset.kind for asset in survey.assets}
    assert len(survey.areas) >= 6
    assert len(survey.numbers) > size


def test_the_same_seed_gives_the_same_bytes_and_another_another_city(tmp_path: Path) -> None:
    first, again, other = (sketch(seed, 400, tmp_path / name) for seed, name in ((5, "a"), (5, "b"), (6, "c")))
    assert first == again
    assert first.version != other.version
    city = City.open(tmp_path / "a")
    assert city.manifest.made
    assert "Made" in city.manifest.name
    assert "Made" in city.manifest.attribution
    assert city.manifest.timezone == "Asia/Shanghai"


def test_a_larger_city_has_rivers_bridges_one_ways_and_bans() -> None:
    survey = imagine(3, 12_000)
    one_way = (survey.segments.access == 0).any(axis=1)
    assert 0.05 < one_way.mean() < 0.5
    assert len(survey.bans) > 20
    assert {one.kind for one in survey.scenery} >= {"river", "park"}
    assert {"中", "环"} & set("".join(one.name for one in survey.streets))


def test_it_is_no_uniform_grid() -> None:
    """A grid of n junctions falls into halves only across about √n streets; a city of districts does across far fewer."""
    survey = imagine(1, 10_000)
    segments = survey.segments
    degree = np.bincount(np.concatenate([segments.tail, segments.head]))
    assert len(np.unique(degree)) >= 4
    bearing = np.arctan2(
        segments.lat[segments.head] - segments.lat[segments.tail], segments.lon[segments.head] - segments.lon[segments.tail]
    )
    spread, _ = np.histogram(bearing % (np.pi / 2), bins=18)
    assert spread.max() < 4 * spread.min()


@pytest.mark.parametrize(("seed", "size"), [(1, 10), (1, 10**9), (-1, 500)])
def test_absurd_wishes(tmp_path: Path, seed: int, size: int) -> None:
    with pytest.raises(CityFault):
        sketch(seed, size, tmp_path / "out")
    assert not any(tmp_path.iterdir())


def test_names_are_as_people_say_them() -> None:
    assert [numeral(number) for number in (3, 10, 12, 20, 35, 105)] == ["三", "十", "十二", "二十", "三十五", "一零五"]
    assert (ring(2).name, ring(2).name_en) == ("二环路", "2nd Ring Road")
    for make in (street, avenue):
        names = {make(number).name for number in range(40_000 if make is street else 3_000)}
        assert len(names) == (40_000 if make is street else 3_000)
