"""The index at rest: the same bytes for the same input, oddities counted, damage refused."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.engines.places.towns import lahtela, xincheng
from tocsin.engines.places import Places
from tocsin.engines.places.compile import build_index


def digest(folder: Path) -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        streets, entries, shapes = lahtela()
        build_index(streets, iter(entries), str(tmp_path / name), shapes)
    assert digest(tmp_path / "one") == digest(tmp_path / "two")


def test_what_went_in_is_counted(tmp_path: Path) -> None:
    counts = build_index(*xincheng(), str(tmp_path))
    assert counts == {"area": 2, "crossing": 9, "number": 401, "place": 7}


@pytest.mark.parametrize(("entry", "code"), [
    ({"kind": "river", "name": "x"}, "odd_kind"),
    ({"kind": "number", "street": 99, "number": "1", "lon": 1.0, "lat": 1.0}, "odd_street"),
    ({"kind": "crossing", "streets": [0, -1], "lon": 1.0, "lat": 1.0}, "odd_street"),
    ({"kind": "number", "street": 0, "number": "1", "lon": None, "lat": 1.0}, "odd_position"),
    ({"kind": "place", "name": "x", "lon": float("nan"), "lat": 1.0}, "odd_position"),
    ({"kind": "number", "street": 0, "number": "s/n", "lon": 1.0, "lat": 1.0}, "odd_number"),
    ({"kind": "range", "street": 0, "segment": 7, "left": [1, 9], "right": None}, "odd_range_without_shape"),
])  # fmt: skip
def test_what_is_odd_is_counted_not_raised(tmp_path: Path, entry: dict[str, Any], code: str) -> None:
    assert build_index([{"name": "A"}], [entry], str(tmp_path))[code] == 1
    assert Places.open(str(tmp_path)).search("a 1") == []


def test_an_empty_city_answers_nothing(tmp_path: Path) -> None:
    assert build_index([], [], str(tmp_path)) == {}
    places = Places.open(str(tmp_path))
    assert places.search("anything 12") == []
    assert places.at(0.0, 0.0) is None


def test_a_folder_that_is_no_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"names\.npy"):
        Places.open(str(tmp_path))


def test_an_index_whose_arrays_do_not_fit_together_is_refused(tmp_path: Path) -> None:
    build_index(*xincheng(), str(tmp_path))
    np.save(tmp_path / "number_value.npy", np.zeros(3, dtype=np.int64))
    with pytest.raises(ValueError, match="damaged"):
        Places.open(str(tmp_path))


def test_streets_that_meet_twice_at_one_place_cross_once(tmp_path: Path) -> None:
    streets = [{"name": "Long St"}, {"name": "Wide St"}]
    meetings = [{"kind": "crossing", "streets": [0, 1], "lon": lon, "lat": 60.0} for lon in (25.0, 25.0003, 25.1)]
    build_index(streets, meetings, str(tmp_path))
    assert [hit.lon for hit in Places.open(str(tmp_path)).search("long & wide") if hit.kind == "crossing"] == [25.0, 25.1]
