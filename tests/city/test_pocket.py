"""The file by which a phone reckons the way: the same bytes for the same city, nothing lost but what is said to be, and the very files that the phone's own tests read.

Where the form of the file or the town changes, `python -m tests.city.test_pocket` writes those files anew.
"""

import gzip
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.city.drawn import Drawing
from tests.engines.places.test_pocket import read
from tocsin.city import City, pocket
from tocsin.city.building import build
from tocsin.city.calibration import Calibration
from tocsin.city.live import LiveRoads

_HERE = Path(__file__).parent
TOWN = "A B C D\n\nE F G H\n\nI J K L\n\n  M   N"
WAYS = {
    "ABCD": {"name": "Elm Street"}, "EFG": {"name": "Oak Street"}, "GH": {"name": "Oak Street"}, "IJKL": {"name": "Pine Street"},
    "AE": {"name": "First Street"}, "EI": {"name": "First Street", "highway": "pedestrian"}, "BFJ": {"name": "Second Street", "oneway": "yes"},
    "CG": {"name": "Third Street"}, "GK": {"name": "Third Street"}, "DHL": {"name": "Fourth Street", "highway": "primary"}, "IMNL": {},
}  # fmt: skip
"""First Street has a stretch for emergency vehicles alone, Second Street runs south only, and nobody turns from Oak Street, going east, into Third, going south."""
TURNS = [("EFG", "G", "GK", {"restriction": "no_right_turn"})]
PAIRS = ("AL", "LA", "JB", "BJ", "FK", "EI", "IE", "DM", "MD", "CJ", "HH")
"""Ways from a little beside one letter to a little beside the other."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> City:
    """The drawn town."""
    return drawn(tmp_path_factory.mktemp("pocket"))


def drawn(folder: Path) -> City:
    """The drawn town, compiled in this folder."""
    build([Drawing(TOWN, WAYS, turns=TURNS).write(folder / "town.osm")], folder / "city", name="Drawn")
    return City.open(folder / "city")


def answers(town: City) -> list[dict[str, Any]]:
    """What the house says to each pair, with lights and as an ordinary drive, on open streets and with one shut; seconds, metres and streets in order."""
    live, at = LiveRoads(town, Calibration.default()), Drawing(TOWN, WAYS).at
    shut, name = live.stretch((at["F"][0] + at["G"][0]) / 2, at["F"][1])
    assert name == "Oak Street"
    found = []
    for pair in PAIRS:
        ends = [[round(at[letter][0] + 0.0004, 7), round(at[letter][1] + 0.0001, 7)] for letter in pair]
        for lights in (True, False):
            for closed in ((), shut):
                spots = [live.spots([lon], [lat], [np.nan], lights=lights) for lon, lat in ends]
                (arc, along, _), (goal, there, _) = spots
                way = live.route((int(arc[0]), float(along[0]), False), (int(goal[0]), float(there[0])), lights=lights, hour=12, closed=closed)
                found.append({"pair": pair, "from": ends[0], "to": ends[1], "lights": lights, "closed": [*closed], "shape": [[*point] for one in live.shapes(closed) for point in one],
                              "eta_s": way and round(way.eta_s, 2), "dist_m": way and round(way.dist_m, 1), "legs": way and [[street, round(far_m, 1)] for street, far_m in way.legs]})  # fmt: skip
    return found


def test_the_phones_tests_read_what_is_written_now(town: City) -> None:
    data = pocket.packed(town, Calibration.default())
    assert data == pocket.packed(town, Calibration.default()), "the same bytes"
    head, columns = _read(data)
    kept, kept_columns = _read((_HERE / "drawn.roads").read_bytes())
    assert (head | {"city": ""}, columns) == (kept | {"city": ""}, kept_columns), "write them anew: python -m tests.city.test_pocket"
    assert answers(town) == json.loads((_HERE / "drawn.roads.json").read_text(encoding="utf-8")), "write them anew: python -m tests.city.test_pocket"


def test_every_arc_is_there_with_its_ends_its_seconds_and_its_uses(town: City) -> None:
    head, columns = _read(pocket.packed(town, Calibration.default()))
    network, free = town.network, Calibration.default().free_s(town)
    start = np.cumsum(columns["from"])
    end, numbers, on = start + columns["to"], np.cumsum(columns["segment"]), np.array(columns["on_ds"])
    back = on + columns["back_ds"]
    found = {}
    for row, segment in enumerate(numbers.tolist()):
        for forward, uses, time, ends in ((True, columns["on_use"][row], on[row], (start[row], end[row])), (False, columns["back_use"][row], back[row], (end[row], start[row]))):
            if uses:
                found[segment, forward] = (*map(int, ends), uses, time)
    usable = {name: town.usable(name) for name in ("emergency", "ordinary")}
    wanted = {(int(network.segment[arc]), bool(network.forward[arc])): arc for arc in np.flatnonzero(usable["emergency"])}
    assert found.keys() == wanted.keys(), "one-ways stay one-ways"
    assert any((segment, not forward) not in found for segment, forward in found), "the town has one"
    for key, arc in wanted.items():
        tail, to, uses, time = found[key]
        assert (tail, to) == (network.tail[arc], network.head[arc])
        assert abs(time / 10 - free[arc]) <= 0.051
        assert [bool(uses & 1), bool(uses & 2)] == [usable["emergency"][arc], usable["ordinary"][arc]]
    assert np.abs(np.cumsum(columns["node_lon"]) / 1e5 - network.lon).max() <= 0.5e-5 + 1e-12
    assert len(columns["ban_from"]) == len(network.ban_from) > 0
    assert isinstance(head["streets"], list)
    assert head["streets"][int(np.cumsum(columns["name"])[0])] in {"Elm Street", "Oak Street", "Pine Street", "First Street", "Second Street", "Third Street", "Fourth Street"}


def test_a_city_beyond_what_a_phone_keeps_has_no_such_file(town: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pocket, "MOST_BYTES", 100)
    assert pocket.packed(town, Calibration.default()) == b""


def _read(data: bytes) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """The head and the columns, by the reader of the places' file, whose form is the same but for its mark."""
    raw = gzip.decompress(data)
    assert raw[:4] == b"TPR1"
    return read(gzip.compress(b"TPP1" + raw[4:]))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        city = drawn(Path(made))
        (_HERE / "drawn.roads").write_bytes(pocket.packed(city, Calibration.default()))
        rows = ",\n ".join(json.dumps(one) for one in answers(city))
        (_HERE / "drawn.roads.json").write_text(f"[{rows}]\n", encoding="utf-8")
