"""A generated hour's ledger checked and counted twice, by the product and by a program that shares no code with it."""

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.floor import StillClock, small_city, small_house
from tests.shared import ROOT
from tocsin.city.calibration import Calibration
from tocsin.house.figures import figures
from tocsin.sim.clock import StepClock
from tocsin.sim.player import Player

SCRIPT = ROOT / "tools" / "figures.py"


def outsider(folder: Path, key: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the outsider's program with nothing of the product on its path."""
    return subprocess.run([sys.executable, "-I", str(SCRIPT), str(folder), "--key", key, *words], capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The records of a generated hour in the drawn town."""
    data = tmp_path_factory.mktemp("records")
    clock = StepClock(StillClock().at)
    with small_house(data, clock) as house:
        player = Player(house, small_city(), Calibration.default(), 7, per_day=480)
        for _ in range(720):
            player.step()
            clock.advance(5.0)
    return data


def test_both_count_the_same(played: Path, tmp_path: Path) -> None:
    ours = figures(played, StillClock(), name="floor")
    assert ours.calls > 10
    assert ours.called_to_sent["2"].n > 0
    assert ours.sent_to_there.n > 0
    assert ours.clashes == 0
    copy, claim = tmp_path / "ledger", tmp_path / "claim.json"
    shutil.copytree(played / "ledger", copy)
    claim.write_bytes(msgspec.json.encode(ours))
    key = (copy / "verifier").read_text()
    found = outsider(copy, key, "--expect", str(claim))
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout) == json.loads(claim.read_text())

    claim.write_bytes(msgspec.json.encode(msgspec.structs.replace(ours, calls=ours.calls + 1)))
    found = outsider(copy, key, "--expect", str(claim))
    assert found.returncode == 1
    assert "calls is" in found.stderr


def test_the_outsider_sees_a_changed_line_and_another_key(played: Path, tmp_path: Path) -> None:
    copy = tmp_path / "ledger"
    shutil.copytree(played / "ledger", copy)
    key = (copy / "verifier").read_text()
    with sqlite3.connect(copy / "ledger.sqlite") as connection:
        connection.execute("DROP TRIGGER entries_no_update")
        line = bytearray(connection.execute("SELECT line FROM entries WHERE position = 9").fetchone()[0])
        line[-1] ^= 1
        connection.execute("UPDATE entries SET line = ? WHERE position = 9", (bytes(line),))
    assert "do not have the signed root" in outsider(copy, key).stderr
    other = key.replace(key.split("+")[1], "00000000")
    assert "not signed by this key" in outsider(played / "ledger", other).stderr
