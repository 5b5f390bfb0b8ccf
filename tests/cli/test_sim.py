"""`tocsin sim` as it is typed: a scenario is played and its figures printed and kept; what cannot be is said, line by line."""

import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.floor import corner, small_city
from tests.shared import ROOT
from tocsin.cli import main

PLAN = """
version = "one-2026.1"
[skills]
transport = { en = "transport", zh = "转运" }
[dispositions]
resolved = { en = "resolved", zh = "已处置" }
[kinds.medical]
en = "medical"
zh = "急救"
priority = 2
needs.1 = [{ skill = "transport" }]
needs.2 = [{ skill = "transport" }]
needs.3 = [{ skill = "transport" }]
needs.4 = [{ skill = "transport" }]
"""
SCENARIO = f"""
format = 1
name = "three ambulances"
start = 2026-03-04T08:00:00
days = 0.1
replications = 2
[demand]
from = "generated"
per_day = 250
[fleet]
from = "table"
[[fleet.units]]
unit = "M1"
kind = "medic"
lon = {corner(1, 1).lon}
lat = {corner(1, 1).lat}
[[fleet.units]]
unit = "M2"
kind = "medic"
lon = {corner(4, 4).lon}
lat = {corner(4, 4).lat}
hours = [7, 19]
[work]
law = "tables"
"""


def say(folder: Path, text: str, *more: str) -> int:
    (folder / "plan.toml").write_text(PLAN, encoding="utf-8")
    (folder / "day.toml").write_text(text, encoding="utf-8")
    return main(["sim", "run", str(folder / "day.toml"), "--city", str(small_city().path), "--plan", str(folder / "plan.toml"), *more])


def test_a_scenario_is_played_printed_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert say(tmp_path, SCENARIO) == 0
    printed = capsys.readouterr()
    assert "priority 2" in printed.out
    assert "medic" in printed.out
    assert "Nobody has looked yet" in printed.out
    assert "replication 2 of 2" in printed.err
    kept = msgspec.json.decode((tmp_path / "day.out" / "result.json").read_bytes())
    assert kept["replications"] == 2
    assert 0 < kept["figures"]["busy/medic"]["value"] < 1
    assert kept["refused"] == {}
    assert len(set(kept["digests"])) == 2
    before = [(path.name, path.stat().st_mtime_ns) for path in sorted((tmp_path / "day.out").glob("replication-*"))]
    assert say(tmp_path, SCENARIO) == 0
    assert [(path.name, path.stat().st_mtime_ns) for path in sorted((tmp_path / "day.out").glob("replication-*"))] == before
    assert msgspec.json.decode((tmp_path / "day.out" / "result.json").read_bytes()) == kept


def test_in_arrays_the_same_is_decided_and_no_fact_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert say(tmp_path, SCENARIO, "--workers", "1") == 0
    on_house = [msgspec.json.decode(path.read_bytes())["outcome"] for path in sorted((tmp_path / "day.out").glob("replication-*"))]
    assert say(tmp_path, SCENARIO, "--workers", "1", "--on", "arrays") == 0
    in_arrays = [msgspec.json.decode(path.read_bytes())["outcome"] for path in sorted((tmp_path / "day.out").glob("replication-*"))]
    assert [one["calls"] for one in in_arrays] == [one["calls"] for one in on_house]
    assert [one["decisions"] for one in in_arrays] == [one["decisions"] for one in on_house]
    assert all(one["facts"] for one in on_house)
    assert not any(one["facts"] for one in in_arrays)
    assert msgspec.json.decode((tmp_path / "day.out" / "result.json").read_bytes())["digests"] == [one["decisions"] for one in in_arrays]
    assert say(tmp_path, SCENARIO, "--workers", "0") == 2
    assert "--workers" in capsys.readouterr().err


@pytest.mark.parametrize(("was", "now", "code"), [
    ("per_day = 250", "per_day = 0.001", "no_demand"), ('kind = "medic"', 'kind = "zeppelin"', "unit_kind_unknown"), ('kind = "medic"', 'kind = "engine"', "plan_never_filled"),
    ("format = 1", "format = 7", "scenario_wrong"), ('from = "generated"', 'from = "record"', "scenario_needs_record")])
def test_what_cannot_be_played_is_said_with_its_code(tmp_path: Path, capsys: pytest.CaptureFixture[str], was: str, now: str, code: str) -> None:
    assert say(tmp_path, SCENARIO.replace(was, now)) == 2
    assert f"[{code}]" in capsys.readouterr().err
    assert not (tmp_path / "day.out").exists()


def test_a_record_needs_its_mapping(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert say(tmp_path, SCENARIO, "--calls", "calls.csv") == 2
    assert "--map" in capsys.readouterr().err


@pytest.mark.timeout(120)
def test_ctrl_c_stops_a_run_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text(PLAN, encoding="utf-8")
    (tmp_path / "month.toml").write_text(SCENARIO.replace("days = 0.1", "days = 30"), encoding="utf-8")
    words = [sys.executable, "-m", "tocsin.cli", "sim", "run", str(tmp_path / "month.toml"), "--city", str(small_city().path), "--plan", str(tmp_path / "plan.toml"),
             "--workers", "1"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stderr is not None
        assert "replication 1 of 2" in run.stderr.readline()
        run.send_signal(signal.SIGINT)
        said = run.stderr.read()
        assert run.wait(60) == 2
    assert "stopping; once more stops at once" in said
    assert "stopped before one replication was played" in said
