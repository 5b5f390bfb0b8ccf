"""`tocsin demand` and `tocsin beats`: figures and JSON from files and from a floor's own ledger, and one line for what is refused."""

import json
from collections.abc import Iterator
from pathlib import Path

import h3.api.basic_int as h3
import numpy as np
import pytest

from tests.floor import DESK, StillClock, corner, small_city, small_house
from tocsin.cli import main
from tocsin.house.own_calls import own_calls
from tocsin.rooms.calls.commands import TakeCall

MAP = 'format = 1\nname = "A town"\nzone = "UTC"\nresolution = 8\n[columns]\ntime = "at"\nkind = "kind"\nlon = "lon"\nlat = "lat"\n'


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """Sixteen weeks of three calls an hour at four places."""
    rng = np.random.default_rng(1)
    lines = ["at,kind,lon,lat"]
    start = np.datetime64("2026-01-05T00:00:00")
    for hour in range(24 * 7 * 16 + 1):
        for _ in range(rng.poisson(3.0) + (hour == 24 * 7 * 16)):
            lines.append(f"{start + np.timedelta64(hour * 3_600 + int(rng.integers(3_600)), 's')},{'fire' if rng.random() < 0.3 else 'fall'},{24.9 + 0.02 * rng.integers(2)},{60.15 + 0.02 * rng.integers(2)}")
    (tmp_path / "calls.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "map.toml").write_text(MAP)
    return tmp_path


def test_a_back_test_is_printed_and_given_as_json(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["demand", "back-test", str(record / "calls.csv"), "--mapping", str(record / "map.toml"), "--weeks", "1"]
    assert main(words) == 0
    out = capsys.readouterr()
    assert "hour, cell" in out.out and "Never counted" in out.out and "back-test: 8 of 8 weeks" in out.err
    assert main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["days"] == 112 and found["not_counted"]["hours"] == 24 * 112
    level = found["levels"]["hour, city"]
    assert level["counts"] == 2 * 168 and 0.7 < level["cover_80"] < 0.9 and level["deviance"] < level["deviance_last_4"]


def test_a_forecast_goes_on_after_the_record(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (record / "days.csv").write_text("day,holiday\n2026-01-06,1\n2026-05-01,1\n")
    assert main(["demand", "forecast", str(record / "calls.csv"), "--mapping", str(record / "map.toml"), "--weeks", "2", "--days", str(record / "days.csv"),
                 "--out", str(record / "out.json")]) == 0
    capsys.readouterr()
    found = json.loads((record / "out.json").read_text())
    assert found["hours"][0] == "2026-04-27T00:00:00+00:00" and len(found["hours"]) == 336 and found["kinds"] == ["fall", "fire"]
    day = found["levels"]["day, city"]
    assert len(day["mean"]) == 14 and all(60 < row[0] < 85 for row in day["mean"])
    assert all(low[0] <= mean[0] <= high[0] for mean, low, high in zip(day["mean"], *day["interval_95"], strict=True))
    assert found["forecasts_that_taught_the_intervals"] == 7


@pytest.mark.parametrize(("head", "code"), [("at,kind,lon,officer_initiated", "column-of-people"), ("at,kind,lon,lat,weather", "column-refused")])
def test_another_column_is_refused_in_one_line(record: Path, capsys: pytest.CaptureFixture[str], head: str, code: str) -> None:
    text = (record / "calls.csv").read_text().replace("at,kind,lon,lat", f"{head},lat" if "officer" in head else head)
    (record / "calls.csv").write_text(text)
    assert main(["demand", "back-test", str(record / "calls.csv"), "--mapping", str(record / "map.toml")]) == 2
    out = capsys.readouterr()
    assert f"[demand.{code}]" in out.err and out.out == ""


def test_a_floors_own_calls_are_demand_and_a_crews_own_are_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clock = StillClock()
    house = small_house(tmp_path, clock)
    for day in range(10):
        for hour in range(24):
            house.do(TakeCall(place=corner(hour % 5, day % 5), kind="medical", channel="radio" if hour == 7 else "voice"), DESK)
            clock.pass_s(3_600)
    house.close()
    calls = own_calls(tmp_path, clock, lambda lon, lat: h3.latlng_to_cell(lat, lon, 8), name="floor")
    assert len(calls) == 230 and calls.left_out == {"not called by a resident": 10} and calls.kinds == ("medical",)
    assert main(["demand", "forecast", "--data", str(tmp_path), "--city", str(small_city().path), "--weeks", "1"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["not_counted"]["rows_left_out"] == {"not called by a resident": 10} and found["forecasts_that_taught_the_intervals"] == 0
    assert sum(row[0] for row in found["levels"]["day, city"]["mean"]) == pytest.approx(7 * 23, rel=0.1)
    for words in (["--data", str(tmp_path)], [str(tmp_path), "--data", str(tmp_path)], [str(tmp_path / "calls.csv")]):
        assert main(["demand", "forecast", *words]) == 2
        assert "tocsin: say " in capsys.readouterr().err


def _pairs(wide: int) -> Iterator[tuple[int, int]]:
    for zone in range(wide * wide):
        if zone % wide < wide - 1:
            yield zone, zone + 1
        if zone < wide * (wide - 1):
            yield zone, zone + wide


def test_beats_are_drawn_beside_todays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wide = 6
    (tmp_path / "zones.csv").write_text("zone,work_s,residents,beat\n" + "".join(f"Z{zone},{600 + 10 * zone},100,{'west' if zone % wide < 2 else 'east'}\n" for zone in range(wide * wide)))
    times = "".join(f"Z{a},Z{b},{60 * (abs(a % wide - b % wide) + abs(a // wide - b // wide))}\n" for a in range(wide * wide) for b in range(wide * wide))
    (tmp_path / "times.csv").write_text("from,to,time_s\n" + times)
    (tmp_path / "near.csv").write_text("zone,neighbour\n" + "".join(f"Z{a},Z{b}\n" for a, b in _pairs(wide)))
    words = ["beats", str(tmp_path / "zones.csv"), "--times", str(tmp_path / "times.csv"), "--neighbours", str(tmp_path / "near.csv"), "--beats", "2"]
    assert main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["met"] and found["uneven"] <= 0.05 and sorted(zone for beat in found["beats"] for zone in beat["zones"]) == sorted(f"Z{zone}" for zone in range(wide * wide))
    assert 0.1 < found["today"]["moved"] < 0.5 and found["today"]["moved_of"] == "residents" and {beat["goes_on_from"] for beat in found["beats"]} == {"west", "east"}
    assert main(words) == 0
    assert "2 beats: work differs by" in capsys.readouterr().out
    assert main([*words[:-1], "40"]) == 2
    assert "40 beats cannot be drawn" in capsys.readouterr().err
    (tmp_path / "zones.csv").write_text("zone,arrests\nA,1\n")
    assert main(words) == 2
    assert "[beats.column-refused]" in capsys.readouterr().err
