"""Where units and places are snapped to: only roads that the drive's profile can reach and leave again."""

from pathlib import Path

import numpy as np
import pytest

from tocsin.city import City
from tocsin.city.building import build
from tocsin.city.calibration import Calibration
from tocsin.city.live import LiveRoads

NODES = {1: (24.900, 60.150), 2: (24.910, 60.150), 3: (24.910, 60.156), 4: (24.900, 60.156),
         5: (24.905, 60.153), 6: (24.920, 60.150), 7: (24.920, 60.156), 8: (24.930, 60.156)}
WAYS = [((1, 2, 3, 4, 1), {"highway": "residential", "name": "Ring"}),
        ((1, 5, 3), {"highway": "pedestrian", "name": "Fountain Walk"}),
        ((2, 6), {"highway": "residential", "oneway": "yes", "name": "Out"}),           # leaves the extract and never comes back
        ((3, 7), {"highway": "residential", "name": "Lane"}),
        ((7, 8), {"highway": "residential", "oneway": "yes", "name": "Barred"}),
        ((8, 7), {"highway": "residential", "oneway": "yes", "name": "Barred"})]
BAN = ('<relation id="1" version="1"><member type="way" ref="103" role="from"/><member type="node" ref="7" role="via"/>'
       '<member type="way" ref="104" role="to"/><tag k="type" v="restriction"/><tag k="restriction" v="no_left_turn"/></relation>')


@pytest.fixture(scope="module")
def roads(tmp_path_factory: pytest.TempPathFactory) -> LiveRoads:
    folder = tmp_path_factory.mktemp("edges")
    nodes = "".join(f'<node id="{n}" lat="{lat}" lon="{lon}" version="1"/>' for n, (lon, lat) in NODES.items())
    ways = "".join(f'<way id="{100 + n}" version="1">' + "".join(f'<nd ref="{ref}"/>' for ref in refs)
                   + "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items()) + "</way>" for n, (refs, tags) in enumerate(WAYS))
    source = Path(folder) / "edges.osm"
    source.write_text(f'<osm version="0.6">{nodes}{ways}{BAN}</osm>', encoding="utf-8")
    build([source], folder / "city", name="Edges")
    return LiveRoads(City.open(folder / "city"), Calibration.default())


def drive_s(roads: LiveRoads, a: tuple[float, float], b: tuple[float, float], *, lights: bool) -> float:
    arcs, alongs, directed = roads.spots([a[0], b[0]], [a[1], b[1]], [np.nan, np.nan], lights=lights)
    return float(roads.drive_s(arcs[:1], alongs[:1], directed[:1], (int(arcs[1]), float(alongs[1])), lights=lights, hour=12, closed=())[0])


@pytest.mark.parametrize("lights", [True, False])
@pytest.mark.parametrize("place", [(24.917, 60.150), (24.925, 60.156), (24.9035, 60.1521)], ids=["leaves the extract", "barred", "on foot"])
def test_a_place_that_cannot_be_driven_to_is_reached_by_the_nearest_road_that_can(
        roads: LiveRoads, place: tuple[float, float], lights: bool) -> None:
    station = (24.9001, 60.1555)
    assert np.isfinite(drive_s(roads, station, place, lights=lights))
    assert np.isfinite(drive_s(roads, place, station, lights=lights)), "and is left again"


def test_a_pedestrian_street_is_driven_with_lights_on_and_without_them_it_is_not(roads: LiveRoads) -> None:
    place = ([24.9035], [60.1521], [np.nan])
    city = roads._city
    names = {lights: city.streets[int(city.network.name[int(roads.spots(*place, lights=lights)[0][0])])].name for lights in (True, False)}
    assert names == {True: "Fountain Walk", False: "Ring"}
