"""A city's own files through a mapping: CSV, GeoJSON, shapefiles; San Francisco beside its own figures."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapefile

from tests.shared import DATA, ROOT, needs_data
from tocsin.city import City, CityFault
from tocsin.city.building import build
from tocsin.city.files import read_files
from tocsin.city.mapping import Mapping, Streets, read_mapping
from tocsin.city.street_names import tidy
from tocsin.city.survey import Survey

SF = DATA / "roads" / "san_francisco"
SF_MAPPING = ROOT / "docs" / "examples" / "san-francisco.toml"
MINIMAL = '[streets]\nfile = "roads.csv"\nname = "name"\ngeometry = "line"\n'
ROADS = 'name,line,way\nElm,"0,0 0.001,0 0.002,0",B\nOak,"0.001,0 0.001,0.001",F\n'


def quiet(line: str) -> None:
    """Say nothing."""


def survey(folder: Path, mapping: str, **files: str) -> Survey:
    """Read files, given by name without .csv, through a mapping."""
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "map.toml").write_text(mapping, encoding="utf-8")
    return read_files([folder], read_mapping(folder / "map.toml"), quiet)[0]


def fault(folder: Path, mapping: str, **files: str) -> CityFault:
    """Return the fault of reading them."""
    with pytest.raises(CityFault) as caught:
        survey(folder, mapping, **files)
    assert "\n" not in caught.value.sentence
    return caught.value


@pytest.fixture(scope="module")
def san_francisco(tmp_path_factory: pytest.TempPathFactory) -> City:
    """San Francisco, built once."""
    out = tmp_path_factory.mktemp("city") / "sf"
    build([SF], out, mapping=SF_MAPPING)
    return City.open(out)


@needs_data("roads", "san_francisco", "sf_edges.csv.gz")
def test_san_francisco_beside_its_own_figures(san_francisco: City) -> None:
    """The files hold 9,401 nodes and 15,602 edges: 12,538 both ways, 2,569 one-way, 495 unknown; 164 are not drivable."""
    counts, odd = san_francisco.manifest.counts, san_francisco.manifest.odd
    assert odd["street_left_out"]["count"] == 164
    loops = counts["segments"] - (15_602 - 164)
    assert loops == 12  # a street that returns to its start is cut once
    unsure_ramps = 8 + 4  # '?' on freeways and ramps runs with the drawing, elsewhere both ways
    assert counts["one_way_segments"] == 2_569 + unsure_ramps
    assert odd["direction_unsure"]["count"] == 495 - 164
    assert odd["end_off_its_node"]["count"] == 20  # of the 21 that the files are known to have, one is not drivable
    assert 9_369 <= counts["nodes"] <= 9_401
    assert counts["numbers"] == 219_301
    assert counts["areas"] == 37
    assert counts["assets"] == {"fire_station": 45}
    assert counts["strongly_connected_share"]["emergency"] > 0.99
    assert counts["length_km"] == pytest.approx(1957, rel=0.01)
    assert san_francisco.manifest.name == "San Francisco"


@needs_data("roads", "san_francisco", "sf_edges.csv.gz")
@pytest.mark.parametrize(
    ("street", "east"), [("Fell St", -1), ("Oak St", 1), ("Pine St", -1), ("Bush St", 1), ("Howard St", -1), ("Folsom St", 1)]
)
def test_known_one_way_streets_run_the_right_way(san_francisco: City, street: str, east: int) -> None:
    network = san_francisco.network
    name = [one.name for one in san_francisco.streets].index(street)
    both = np.bincount(network.segment, minlength=len(network.shape_at) - 1)
    single = (network.name == name) & (both[network.segment] == 1)
    run = np.sign(network.lon[network.head[single]] - network.lon[network.tail[single]])
    assert single.sum() > 10
    assert (run == east).mean() > 0.95


def test_streets_that_share_a_vertex_meet_there(tmp_path: Path) -> None:
    found = survey(tmp_path, MINIMAL, roads=ROADS)
    assert (found.segments.count, len(found.segments.lon)) == (3, 4)
    assert [one.name for one in found.streets] == ["Elm", "Oak"]


def test_directions_classes_speeds_and_ranges(tmp_path: Path) -> None:
    roads = (
        "a,b,name,line,way,kind,limit,lf,lt,rf,rt\n"
        '1,2,MAIN ST,"0,0 0.01,0",F,hwy,30,1,99,2,100\n2,3,MAIN ST,"0.01,0 0.02,0",T,hwy,,0,0,,\n'
        '3,1,03RD AVE,"0.02,0 0,0.01 0,0",?,lane,fast,x,1,1,1\n3,1,GONE,"0.02,0 0,0",N,foot,,,,,\n'
    )
    mapping = (
        'upper_case_names = true\n[streets]\nfile = "roads.csv"\nname = "name"\nfrom_node = "a"\nto_node = "b"\ngeometry = "line"\n'
        'closed = { column = "kind", values = ["foot"] }\nspeed = { column = "limit", unit = "mph" }\n'
        'ranges = { left_from = "lf", left_to = "lt", right_from = "rf", right_to = "rt" }\n'
        '[streets.direction]\ncolumn = "way"\nvalues = { F = "forward", T = "backward" }\nunsure = ["?"]\n'
        '[streets.classes]\ncolumn = "kind"\nvalues = { hwy = "primary" }\ndefault = "service"\n'
    )
    found = survey(tmp_path, mapping, roads=roads)
    assert [one.name for one in found.streets] == ["Main St", "3rd Ave"]
    assert found.segments.access.tolist() == [[3, 0], [0, 3], [3, 3]]
    assert found.segments.speed_kph[:, 0].tolist() == pytest.approx([48.28, 60, 20], abs=0.01)
    assert [(one.segment, one.left, one.right) for one in found.ranges] == [(0, (1, 99), (2, 100))]
    assert found.odd.counts == {
        "street_left_out": 1,
        "direction_unsure": 1,
        "class_unknown": 1,
        "maxspeed_unreadable": 1,
        "range_unreadable": 1,
    }


@pytest.mark.parametrize(
    ("wanted", "column"),
    [
        (MINIMAL.replace('"name"', '"nom"'), "nom"),
        (MINIMAL.replace('"line"', '"shape"'), "shape"),
        (MINIMAL + 'direction = { column = "dir", values = {} }\n', "dir"),
    ],
)
def test_a_missing_column_is_named_with_those_that_are_there(tmp_path: Path, wanted: str, column: str) -> None:
    found = fault(tmp_path, wanted, roads=ROADS)
    assert found.code == "city.column_missing"
    assert f"no column '{column}'" in found.sentence
    assert "name, line, way" in found.sentence


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        ("[streets]\n", "city.mapping_wrong"),
        ("not toml at all", "city.mapping_wrong"),
        (MINIMAL + 'colour = "red"\n', "city.mapping_wrong"),
        (MINIMAL + 'from_node = "a"\n', "city.mapping_wrong"),
        (MINIMAL + '[streets.classes]\ncolumn = "way"\nvalues = { B = "boulevard" }\n', "city.mapping_wrong"),
        (MINIMAL.replace("roads.csv", "../roads.csv"), "city.source_missing"),
        (MINIMAL.replace("roads.csv", "other.csv"), "city.source_missing"),
    ],
)
def test_wrong_mappings(tmp_path: Path, mapping: str, code: str) -> None:
    assert fault(tmp_path, mapping, roads=ROADS).code == code


@pytest.mark.parametrize(
    "roads", ['name,line\nElm,"37.7,-122.4 37.8,-122.5"\n', "name,line\nElm,nowhere\n", 'name,line\nElm,"nan,nan 1,1"\n']
)
def test_streets_without_a_place_on_earth_are_a_fault(tmp_path: Path, roads: str) -> None:
    assert fault(tmp_path, MINIMAL, roads=roads).code == "city.coordinates_out_of_range"


def test_a_file_that_is_no_text_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "roads.csv").write_bytes(b"\xff\xfe\x00bad\n")
    (tmp_path / "map.toml").write_text(MINIMAL)
    with pytest.raises(CityFault, match="cannot be read as CSV"):
        read_files([tmp_path], read_mapping(tmp_path / "map.toml"), quiet)


def test_geojson_streets_and_areas(tmp_path: Path) -> None:
    line = {"type": "Feature", "properties": {"n": "Elm"}, "geometry": {"type": "LineString", "coordinates": [[0, 0], [0.01, 0]]}}
    square = {"type": "Polygon", "coordinates": [[[0, -1], [1, -1], [1, 1], [0, 1], [0, -1]]]}
    areas = [
        {"type": "Feature", "properties": {"n": "West"}, "geometry": square},
        {"type": "Feature", "properties": {"n": "Lost"}, "geometry": None},
    ]
    (tmp_path / "roads.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [line]}))
    (tmp_path / "areas.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": areas}))
    found = survey(
        tmp_path, '[streets]\nfile = "roads.geojson"\nname = "n"\n[[areas]]\nfile = "areas.geojson"\nname = "n"\nlevel = 9\n'
    )
    assert (found.segments.count, [area.name for area in found.areas], found.odd.counts) == (1, ["West"], {"area_broken": 1})
    (tmp_path / "roads.geojson").write_text('{"type": "FeatureCollection"}')
    assert fault(tmp_path, '[streets]\nfile = "roads.geojson"\n').code == "city.source_unreadable"


def test_a_zipped_shapefile_is_brought_to_degrees_by_its_own_projection(tmp_path: Path) -> None:
    parts = {suffix: io.BytesIO() for suffix in ("shp", "shx", "dbf")}
    feet = pyproj.CRS.from_epsg(2227)
    there = pyproj.Transformer.from_crs("EPSG:4326", feet, always_xy=True)
    with shapefile.Writer(**parts, shapeType=shapefile.POLYLINE) as writer:
        writer.field("STREET", "C")
        writer.line([[there.transform(-122.42, 37.77), there.transform(-122.41, 37.77)]])
        writer.record("Market")
    with zipfile.ZipFile(tmp_path / "roads.zip", "w") as archive:
        for suffix, content in parts.items():
            archive.writestr(f"in/roads.{suffix}", content.getvalue())
        archive.writestr("in/roads.prj", feet.to_wkt("WKT1_ESRI"))
    found = survey(tmp_path, '[streets]\nfile = "roads.zip"\nname = "STREET"\n')
    assert found.segments.lon.tolist() == pytest.approx([-122.42, -122.41], abs=1e-6)
    assert found.streets[0].name == "Market"


@needs_data("roads", "virginia_beach_tiger", "VB_Roads.zip")
def test_a_real_shapefile() -> None:
    folder = DATA / "roads" / "virginia_beach_tiger"
    mapping = Mapping(Streets("VB_Roads.zip", name="FULLNAME"))
    found = read_files([folder], mapping, quiet)[0]
    assert found.segments.count > 20_000
    assert any(one.name == "Shore Dr" for one in found.streets)


@pytest.mark.parametrize(
    ("shouted", "said"),
    [
        ("03RD ST", "3rd St"),
        ("SAINT GERMAIN AVE", "Saint Germain Ave"),
        ("VIA DEL MAR", "Via del Mar"),
        ("19TH AVE", "19th Ave"),
        ("O'FARRELL ST", "O'farrell St"),
        ("JEAN-LUC  WAY", "Jean-Luc Way"),
    ],
)
def test_shouted_names(shouted: str, said: str) -> None:
    assert tidy(shouted, True) == said
    assert tidy(shouted, False) == " ".join(shouted.split())
