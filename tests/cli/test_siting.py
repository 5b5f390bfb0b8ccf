"""`tocsin siting` on the drawn town: the answer against trying everything, what must hold, what cannot, and what is said wrong."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from tests.floor import corner, small_city
from tocsin.city import CityFault
from tocsin.city.calibration import Calibration
from tocsin.city.siting import Ground, Site, read_sites
from tocsin.cli import main

CITY = ["--city", str(small_city().path)]


@pytest.fixture
def sites(tmp_path: Path) -> Path:
    """Eight candidate sites over the town, each dearer than the one before."""
    path = tmp_path / "sites.csv"
    spots = [corner(across, up) for across in (0, 2, 3, 5) for up in (1, 4)]
    path.write_text("name,lon,lat,cost\n" + "".join(f"S{number},{spot.lon},{spot.lat},{number}\n" for number, spot in enumerate(spots, 1)))
    return path


def asked(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    code = main(["siting", *map(str, words), *CITY])
    said = capsys.readouterr()
    return code, said.out + said.err


def ground() -> Ground:
    return Ground(small_city(), Calibration.default(), unit_kind="engine", hour=12)


def test_the_answer_is_the_best_there_is(sites: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    town, out = ground(), tmp_path / "answer.json"
    times_s, weight = town.times_s(read_sites(sites)), town.cells.road_m / town.cells.road_m.sum()
    reach_s = float(np.quantile(times_s, 0.3))
    code, said = asked(capsys, "mclp", "--sites", sites, "--count", 2, "--reach-s", reach_s, "--enough", 0, "--json", out)
    best = max(float(weight[(times_s[list(pair)] <= reach_s).any(axis=0)].sum()) for pair in itertools.combinations(range(8), 2))
    answer = json.loads(out.read_text())
    assert code == 0 and answer["value"] == pytest.approx(best) and answer["gap"] == 0
    assert f"in time: {best:.1%} of the demand, and no other choice more than {best:.1%}" in said and "metres of street" in said
    assert sum(one["nearest_to"] for one in answer["sites"]) == pytest.approx(1, abs=1e-3)
    code, said = asked(capsys, "p-median", "--sites", sites, "--count", 3, "--enough", 0)
    least = min(float((times_s[list(three)].min(axis=0) * weight).sum()) for three in itertools.combinations(range(8), 3))
    assert code == 0 and f"mean time to the nearest: {least:.0f} s" in said


def test_what_must_hold_holds(sites: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "answer.json"
    code, _ = asked(capsys, "p-median", "--sites", sites, "--budget", 12, "--keep", "S7", "--bar", "S1", "--enough", 0, "--json", out)
    names = [one["name"] for one in json.loads(out.read_text())["sites"]]
    assert code == 0 and "S7" in names and "S1" not in names
    assert sum(int(name[1:]) for name in names) <= 12
    code, said = asked(capsys, "mclp", "--sites", sites, "--count", 1, "--keep", "S2", "--keep", "S3")
    assert code == 1 and said.startswith("These cannot hold together: ") and "at most 1 units" in said and "site S2 is kept" in said and "site S3 is kept" in said


def test_where_nobody_is_in_time_is_told(sites: Path, capsys: pytest.CaptureFixture[str]) -> None:
    soonest_s = ground().times_s(read_sites(sites)).min(axis=0)
    reach_s = float(np.sort(soonest_s)[-3])
    code, said = asked(capsys, "lscp", "--sites", sites, "--reach-s", reach_s)
    assert code == 1 and "every place is within reach" in said
    assert f"Even with every site held {int((soonest_s > reach_s).sum())} cells are reached too late: the farthest" in said and f"in {soonest_s.max():.0f} s" in said


@pytest.mark.parametrize("question", ["lscp", "backup", "mexclp", "p-center", "survival"])
def test_every_question_is_answered_with_its_bound(sites: Path, capsys: pytest.CaptureFixture[str], question: str) -> None:
    far_s = float(ground().times_s(read_sites(sites)).max())
    code, said = asked(capsys, question, "--sites", sites, "--count", 3, "--busy", 0.3, "--reach-s", far_s)
    assert code == 0 and "no " in said and "(gap " in said


def test_calls_of_a_record_are_counted_where_they_were() -> None:
    town = ground()
    here = corner(2, 2)
    counted = town.by_calls([here.lon] * 3 + [corner(5, 5).lon], [here.lat] * 3 + [corner(5, 5).lat])
    assert counted.sum() == 4 and sorted(counted[counted > 0].tolist()) == [1, 3]


@pytest.mark.parametrize(("text", "code", "words"), [
    ("name,lon\nA,24.9\n", "siting.sites_wrong", "needs the columns name, lon, lat"),
    ("name,lon,lat\nA,here,60.1\n", "siting.sites_wrong", "line 2"),
    ("name,lon,lat\nA,24.9,60.15\nA,24.91,60.15\n", "siting.sites_wrong", "has A twice"),
    ("name,lon,lat\nA,24.9,160\n", "siting.sites_wrong", "degrees of longitude and latitude"),
    ("name,lon,lat\n", "siting.no_sites", "holds no sites"),
    ("name,lon,lat\nA,2.35,48.85\n", "siting.site_outside", "A lies outside the city"),
])
def test_a_file_that_cannot_be_is_told_in_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, code: str, words: str) -> None:
    path = tmp_path / "sites.csv"
    path.write_text(text)
    with pytest.raises(CityFault, match=words) as fault:
        ground().times_s(read_sites(path))
    assert fault.value.code == code
    ended, said = asked(capsys, "mclp", "--sites", path, "--count", 1)
    assert ended == 2 and words in said and "Traceback" not in said


def test_what_is_said_wrong_is_told_in_a_line(sites: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words, said in (
        (["--sites", sites], "say how many: --count N"), (["--kind", "lighthouse", "--count", 1], "no assets of the kind lighthouse"),
        (["--sites", sites, "--count", 1, "--keep", "S99"], "there is no site S99"), (["--sites", sites, "--count", 1, "--least", "Atlantis=0.9"], "no area Atlantis"),
        (["--sites", sites, "--count", 1, "--least", "North"], "--least takes an area and a share"),
        (["--sites", sites, "--count", 1, "--calls", sites], "come together"),
    ):
        code, out = asked(capsys, "mclp", *words)
        assert code == 2 and said in out, out


def test_a_site_may_stand_a_little_outside() -> None:
    west, south, _, _ = small_city().manifest.bounds
    assert np.isfinite(ground().times_s([Site("yard", west - 0.005, south)])).all()
