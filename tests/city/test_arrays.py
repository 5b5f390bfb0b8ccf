"""The road arrays: what each arc and segment says, held to the drawing."""

from pathlib import Path

import h3
import numpy as np
import pytest
import shapely

from tests.city.drawn import ORIGIN, STEP, Drawing
from tocsin.city.access import EMERGENCY, ORDINARY
from tocsin.city.arrays import lay, middles, strong_share
from tocsin.city.sketch import imagine
from tocsin.city.survey import Area
from tocsin.engines.roads.network import check


def test_arcs_follow_their_segments_with_the_drawing_first(tmp_path: Path) -> None:
    seen = Drawing("A B C", {"AB": {}, "BC": {"oneway": "-1"}}).read(tmp_path)
    network = seen.ground.network
    assert seen.arcs == ["AB", "BA", "CB"]
    assert network.segment.tolist() == [0, 0, 1]
    assert network.forward.tolist() == [True, False, False]
    assert network.dist_m.tolist() == pytest.approx([2 * STEP * 111_195] * 3, rel=1e-3)


def test_the_smallest_area_around_the_middle_of_a_street_is_its_area(tmp_path: Path) -> None:
    survey = Drawing("A B   C D   E F", {"AB": {}, "CD": {}, "EF": {}}).read(tmp_path).survey
    west, south = ORIGIN[0] - STEP, ORIGIN[1] - STEP
    district = shapely.box(west, south, west + 10 * STEP, south + 2 * STEP)
    quarter = shapely.box(west, south, west + 5 * STEP, south + 2 * STEP)
    survey.areas = [
        Area("Quarter", None, 10, quarter),
        Area("District", None, 9, district),
        Area("Also", None, 9, district.buffer(0.0001)),
    ]
    assert lay(survey).area.tolist() == [0, 1, -1]


def test_the_middle_is_half_way_along_a_bent_street(tmp_path: Path) -> None:
    survey = Drawing("A   B\n\nC   D", {"ABDC": {}}).read(tmp_path).survey
    lon, lat = middles(survey.segments)
    assert ((lon[0] - ORIGIN[0]) / STEP, (lat[0] - ORIGIN[1]) / STEP) == pytest.approx((4, -1), abs=1e-3)
    assert h3.int_to_str(int(lay(survey).cell[0])) == h3.latlng_to_cell(lat[0], lon[0], 9)


def test_the_strongly_connected_share_tells_the_profiles_apart(tmp_path: Path) -> None:
    seen = Drawing("A B C D", {"AB": {}, "BC": {"access": "private"}, "CD": {}}).read(tmp_path)
    assert strong_share(seen.ground.network, seen.ground.access, EMERGENCY) == 1.0
    assert strong_share(seen.ground.network, seen.ground.access, ORDINARY) == 0.5


def test_a_made_city_keeps_what_the_engine_asks_of_its_arrays() -> None:
    survey = imagine(9, 3_000)
    ground = lay(survey)
    check(ground.network)
    assert len(ground.network.ban_from) == len(survey.bans) > 0
    assert (ground.access > 0).all()
    assert (ground.network.dist_m > 0).all()
    assert np.isfinite(ground.speed_kph).all()
