"""A short run of `make faults`: real processes, a real database with its standby, and the independent look at what was kept."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.shared import ROOT


def test_nothing_is_lost_or_doubled_whatever_machines_do(tmp_path: Path) -> None:
    run = subprocess.run([sys.executable, "-m", "faults", "--short", "--out", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=280,
                         env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])})
    assert run.returncode == 0, run.stdout[-4_000:] + run.stderr[-4_000:]
    told = json.loads((tmp_path / "faults.json").read_text())
    assert not told["wrong"] and told["counts"].get("lost", 0) == told["counts"].get("doubled", 0) == 0
    assert told["counts"]["commands"] > 30 and told["counts"]["faults"] == 3 and told["counts"]["sendings"] > 5
    assert max(told["longest_silence_s"].values()) < 30.0


def test_a_house_alone_on_its_files_loses_and_doubles_nothing_when_it_is_killed(tmp_path: Path) -> None:
    run = subprocess.run([sys.executable, "-m", "faults", "--store", "sqlite", "--short", "--out", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=280,
                         env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])})
    assert run.returncode == 0, run.stdout[-4_000:] + run.stderr[-4_000:]
    told = json.loads((tmp_path / "faults.json").read_text())
    assert not told["wrong"] and told["counts"].get("lost", 0) == told["counts"].get("doubled", 0) == 0
    assert told["counts"]["commands"] > 20 and told["counts"]["faults"] == 2 and told["counts"]["sendings"] > 3
