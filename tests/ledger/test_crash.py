"""Killed at any moment: everything that was acknowledged is there, opens, and verifies; nothing is there by half."""

import random
import subprocess
import sys
import time
from pathlib import Path

from tests.ledger.given import opened
from tests.shared import ROOT
from tocsin.ledger import Appended, audit

ROUNDS = 12


def test_kill_at_random_moments_loses_nothing_acknowledged(tmp_path: Path) -> None:
    chance = random.Random(7)
    acknowledged: dict[str, int] = {}
    for life in range(ROUNDS):
        if life % 3 == 0:
            acknowledged |= _one_life(tmp_path, str(life), chance.uniform(0.1, 0.6), begun=False)
        acknowledged |= _one_life(tmp_path, f"{life}b", chance.uniform(0.0, 0.25), begun=True)
        with opened(tmp_path, "crash") as ledger:
            for name, first in acknowledged.items():
                assert ledger.by_key(name) == Appended(first, first + 1, repeated=True)
            lines = dict(ledger.read())
            assert list(lines) == list(range(1, ledger.head() + 1))
            assert len(lines) % 2 == 0, "a submission is kept whole or not at all"
            for name, first in acknowledged.items():
                assert lines[first + 1].body.decode() == name
                assert ledger.vault.open(f"record:{name}", lines[first].body) == name
            cached = ledger.load_cache("view")
            assert cached is None or lines[cached[0]].body * 100 == cached[1]
        report = audit.verify(tmp_path, ledger.verifier)
        assert report.sound, report.sentences()
    assert len(acknowledged) > ROUNDS * 4


def _one_life(folder: Path, life: str, lasting_s: float, *, begun: bool) -> dict[str, int]:
    """Start a child, kill it a while after its start or after it has `begun`, and give what it acknowledged."""
    child = subprocess.Popen([sys.executable, "-m", "tests.ledger.appending", str(folder), life], cwd=ROOT,
                             stdout=subprocess.PIPE)
    assert child.stdout is not None
    if begun:
        assert child.stdout.readline() == b"ready\n"
    time.sleep(lasting_s)
    child.kill()
    said = child.stdout.read().decode().split("\n")
    child.wait()
    child.stdout.close()
    whole = [line.split(" ", 1) for line in said[:-1] if line != "ready"]
    return {name: int(first) for first, name in whole}
