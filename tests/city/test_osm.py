"""OSM extracts drawn as text: what becomes of one-ways, barriers, restrictions, addresses and broken things."""

import bz2
import gzip
from pathlib import Path

import pytest

from tests.city.drawn import ORIGIN, Drawing
from tests.shared import DATA, needs_data
from tocsin.city.access import EMERGENCY, ORDINARY
from tocsin.city.entries import crossings
from tocsin.city.faults import CityFault
from tocsin.city.osm import read_osm

CROSS = """
  B
A X C
  D
"""


def quiet(line: str) -> None:
    """Say nothing."""


def test_ways_are_cut_where_they_meet(tmp_path: Path) -> None:
    seen = Drawing(CROSS, {"AXC": {}, "BXD": {}}).read(tmp_path)
    assert seen.ordinary == "AX BX CX DX XA XB XC XD"
    assert seen.survey.segments.count == 4


def test_what_only_crosses_on_the_map_does_not_meet(tmp_path: Path) -> None:
    assert Drawing(CROSS, {"AC": {}, "BD": {"bridge": "yes"}}).read(tmp_path).ordinary == "AC BD CA DB"


def test_shape_points_are_kept_and_are_no_junctions(tmp_path: Path) -> None:
    seen = Drawing(" B C\nA   D", {"ABCD": {}}).read(tmp_path)
    assert seen.ordinary == "AD DA"
    assert seen.ground.network.shape_at.tolist() == [0, 4]


@pytest.mark.parametrize(
    ("tags", "arcs"),
    [({"oneway": "yes"}, "AB"), ({"oneway": "-1"}, "BA"), ({"oneway": "no"}, "AB BA"), ({"highway": "motorway"}, "AB")],
)
def test_one_way(tmp_path: Path, tags: dict[str, str], arcs: str) -> None:
    assert Drawing("A  B", {"AB": tags}).read(tmp_path).ordinary == arcs


def test_a_roundabout_runs_one_way_round(tmp_path: Path) -> None:
    seen = Drawing(" A\nD B\n C\nE", {"ABCDA": {"junction": "roundabout"}, "CE": {}, "AE": {}}).read(tmp_path)
    assert seen.ordinary == "AC AE CA CE EA EC"


def test_a_loop_road_never_joins_a_junction_to_itself(tmp_path: Path) -> None:
    seen = Drawing("B C\nA D", {"ABCDA": {}}).read(tmp_path)
    assert all(arc[0] != arc[1] for arc in seen.arcs)
    assert seen.survey.segments.count == 2


def test_a_bollard_is_a_gap_and_a_private_gate_is_one_for_cars_only(tmp_path: Path) -> None:
    bollard = Drawing("A B C", {"ABC": {}}, nodes={"B": {"barrier": "bollard"}}).read(tmp_path)
    assert not bollard.reaches("A", "C", ORDINARY)
    assert not bollard.reaches("A", "C", EMERGENCY)
    assert bollard.reaches("A", "B", ORDINARY)
    gate = Drawing("A B C", {"ABC": {}}, nodes={"B": {"barrier": "gate", "access": "private"}}).read(tmp_path)
    assert not gate.reaches("A", "C", ORDINARY)
    assert gate.reaches("A", "C", EMERGENCY)
    total_m = gate.ground.network.dist_m[gate.ground.network.forward].sum()
    assert total_m == pytest.approx(4 * 111.195, rel=1e-3)
    standing_open = Drawing("A B C", {"ABC": {}}, nodes={"B": {"barrier": "gate"}}).read(tmp_path)
    assert standing_open.ordinary == "AC CA"


@pytest.mark.parametrize("end", ["A", "C"])
def test_a_bollard_at_a_ways_end_still_closes_it(tmp_path: Path, end: str) -> None:
    seen = Drawing("Z A B C Y", {"ZA": {}, "ABC": {}, "CY": {}}, nodes={end: {"barrier": "bollard"}}).read(tmp_path)
    assert not seen.reaches("Z", "Y", EMERGENCY)


def test_the_emergency_profile_is_wider(tmp_path: Path) -> None:
    seen = Drawing("A B\nC D", {"AB": {"highway": "pedestrian"}, "CD": {}, "AC": {"highway": "steps"}}).read(tmp_path)
    assert (seen.ordinary, seen.emergency) == ("CD DC", "AB BA CD DC")


@pytest.mark.parametrize(
    ("kind", "bans"),
    [
        ("no_left_turn", "AX>XB"),
        ("no_u_turn", "AX>XB"),
        ("only_straight_on", "AX>XA AX>XC AX>XD"),
    ],
)
def test_restriction(tmp_path: Path, kind: str, bans: str) -> None:
    ways = {"AX": {}, "XB": {}, "XC": {}, "XD": {}}
    assert Drawing(CROSS, ways, turns=[("AX", "X", "XB", {"restriction": kind})]).read(tmp_path).bans == bans


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ({"restriction": "no_left_turn", "except": "psv;emergency"}, "restriction_excepts_emergency"),
        ({"restriction:conditional": "no_left_turn @ (07:00-09:00)"}, "restriction_conditional"),
        ({"restriction:hgv": "no_left_turn"}, "restriction_of_other_vehicles"),
        ({"restriction": "no_dancing"}, "restriction_unknown"),
    ],
)
def test_restrictions_that_do_not_bind_are_counted(tmp_path: Path, tags: dict[str, str], code: str) -> None:
    seen = Drawing(CROSS, {"AX": {}, "XB": {}, "XC": {}}, turns=[("AX", "X", "XB", tags)]).read(tmp_path)
    assert (seen.bans, seen.odd) == ("", {code: 1})


def test_restrictions_that_cannot_be_kept_are_counted(tmp_path: Path) -> None:
    ways: dict[str, dict[str, str]] = {"AX": {}, "BXD": {}, "XC": {}, "PQ": {}, "TU": {"oneway": "yes"}, "VT": {}}
    sign = {"restriction": "no_left_turn"}
    turns = [("AX", "X", "BXD", sign), ("AX", "X", "PQ", sign), ("AX", "XC", "BXD", sign), ("AX", "Q", "PQ", sign)]
    seen = Drawing("  B\nA X C\n  D\nP Q\nV T U", ways, turns=turns).read(tmp_path)
    assert seen.bans == ""
    assert seen.odd == {
        "restriction_within_way": 1,
        "restriction_needless": 1,
        "restriction_via_way": 1,
        "restriction_dangling": 1,
    }


def test_names_crossings_and_numbers(tmp_path: Path) -> None:
    ways = {"AXC": {"name": "人民路", "name:zh": "人民路", "name:en": "Renmin Road"}, "BXD": {"name": "中山路"}}
    house = {"N": {"addr:housenumber": "501;503", "addr:street": "人民路"}, "M": {"addr:housenumber": "7"}}
    seen = Drawing("  B\nM  N\nA X C\n  D", ways, nodes=house).read(tmp_path)
    names = seen.survey.streets
    assert [(one.name, one.name_en) for one in names] == [("人民路", "Renmin Road"), ("中山路", None)]
    assert [(names[one.street].name, one.number) for one in seen.survey.numbers] == [
        ("人民路", "501"),
        ("人民路", "503"),
        ("人民路", "7"),
    ]
    assert seen.odd == {"address_given_nearest_street": 1}
    assert [one.streets for one in crossings(seen.survey.segments)] == [(0, 1)]


def test_interpolated_numbers_lie_between_their_ends(tmp_path: Path) -> None:
    house = {"P": {"addr:housenumber": "2", "addr:street": "Elm"}, "Q": {"addr:housenumber": "10", "addr:street": "Elm"}}
    drawing = Drawing("P   Q\nA   B", {"AB": {"name": "Elm"}, "PQ": {"addr:interpolation": "even", "highway": "no"}}, nodes=house)
    numbers = {one.number: one.lon - ORIGIN[0] for one in drawing.read(tmp_path).survey.numbers}
    assert numbers == pytest.approx({"2": 0, "4": 0.001, "6": 0.002, "8": 0.003, "10": 0.004}, abs=1e-9)


def test_speeds_by_direction_and_by_class(tmp_path: Path) -> None:
    ways = {"AB": {"maxspeed": "30 mph", "maxspeed:backward": "20"}, "CD": {}, "EF": {"maxspeed": "quick"}}
    seen = Drawing("A B\nC D\nE F", ways).read(tmp_path)
    speeds = dict(zip(seen.arcs, seen.ground.speed_kph.round(2).tolist(), strict=True))
    assert speeds == pytest.approx({"AB": 48.28, "BA": 20, "CD": 35, "DC": 35, "EF": 35, "FE": 35}, abs=0.01)
    assert seen.ground.tagged.tolist() == [True, True, False, False, False, False]
    assert seen.odd == {"maxspeed_unreadable": 1}


def test_broken_things_are_counted_and_the_rest_is_kept(tmp_path: Path) -> None:
    ways = {
        "ABC": {},
        "DE": {},
        "FF": {},
        "GH": {"highway": "hyperloop"},
        "IJ": {"oneway": "perhaps"},
        "KL": {"access:conditional": "no @ (Su)"},
    }
    seen = Drawing("A B C\nD E F\nG H I J\nK L", ways, missing="CE").read(tmp_path)
    assert seen.ordinary == "AB BA IJ JI KL LK"
    assert seen.odd == {
        "way_node_missing": 2,
        "way_of_one_point": 1,
        "highway_unknown": 1,
        "oneway_unreadable": 1,
        "conditional_not_read": 1,
    }


def test_two_extracts_that_overlap_are_one_city(tmp_path: Path) -> None:
    west = Drawing("A B C", {"AB": {}, "BC": {}}).write(tmp_path / "west.osm")
    text = (
        west.read_text().replace('<way id="100"', '<way id="300"').replace('ref="65"', 'ref="67"').replace('id="101"', 'id="301"')
    )
    (tmp_path / "east.osm").write_text(text)
    assert read_osm([west, tmp_path / "east.osm"], quiet).segments.count == 4


def test_packed_forms_read_alike(tmp_path: Path) -> None:
    plain = Drawing(CROSS, {"AXC": {}, "BXD": {}}).write(tmp_path / "a.osm")
    (tmp_path / "a.osm.gz").write_bytes(gzip.compress(plain.read_bytes()))
    (tmp_path / "a.osm.bz2").write_bytes(bz2.compress(plain.read_bytes()))
    counts = {read_osm([tmp_path / name], quiet).segments.count for name in ("a.osm", "a.osm.gz", "a.osm.bz2")}
    assert counts == {4}


def test_an_extract_without_roads_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(CityFault, match="no road") as caught:
        Drawing("A B", {"AB": {"highway": "steps"}}).read(tmp_path)
    assert caught.value.code == "city.no_roads"


@needs_data("osm", "graphhopper_moscow.osm.gz")
def test_the_restrictions_of_a_real_district_are_all_accounted_for() -> None:
    survey = read_osm([DATA / "osm" / "graphhopper_moscow.osm.gz"], quiet)
    unkept = sum(count for code, count in survey.odd.counts.items() if code.startswith("restriction_"))
    # 26 of the 106 relations refer to ways outside the extract; four more forbid what cannot be driven anyway or meet nowhere.
    assert unkept == 30
    assert len(survey.bans) == 85


@needs_data("osm", "graphhopper_monaco.osm.gz")
def test_a_real_country() -> None:
    survey = read_osm([DATA / "osm" / "graphhopper_monaco.osm.gz"], quiet)
    assert survey.segments.count == 798
    assert {area.name for area in survey.areas} >= {"Monaco"}
    assert [asset.kind for asset in survey.assets].count("hospital") == 2
