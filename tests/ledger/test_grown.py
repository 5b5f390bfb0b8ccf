"""The tree over all tags in a process of its own gives what it gives here, begins again when it is killed, and ends with its house."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.floor import StillClock
from tocsin.kernel import Entry
from tocsin.ledger import Ledger
from tocsin.ledger.grown import Grown
from tocsin.ledger.histories import holds
from tocsin.ledger.sqlite import FILE, SqliteStore


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    clock = StillClock()
    with Ledger.open(tmp_path, clock, name="test") as kept:
        for first in (0, 100):
            kept.append([Entry(kind="x.y", body=b"x", tags=(f"record:{n % 7}", f"one:{first + n}"), happened_at=n, known_at=n, by="desk") for n in range(100)])
    return tmp_path


def worker(grown: Grown) -> int:
    (pid,) = grown._process()._processes
    return int(pid)


def test_beside_and_here_are_the_same_at_every_size(ledger: Path) -> None:
    here, beside = Grown(SqliteStore(ledger / FILE), short=1_000), Grown(SqliteStore(ledger / FILE), short=0)
    try:
        for size in (1, 99, 150, 200):
            ours, theirs = here.prove(size, ["record:3", "one:17", "none"]), beside.prove(size, ["record:3", "one:17", "none"])
            assert ours == theirs
            root, _, found = theirs
            assert all(holds(root, tag, blind, positions, path) for tag, blind, positions, path in found)
        assert found[0][2] == [n + 1 for n in range(200) if n % 100 % 7 == 3]
    finally:
        beside.close()


def test_from_here_to_beside_as_the_log_grows(ledger: Path) -> None:
    grown, whole = Grown(SqliteStore(ledger / FILE), short=150), Grown(SqliteStore(ledger / FILE))
    try:
        grown.prove(100, ["record:1"])
        assert grown._beside is None
        assert grown.prove(200, ["record:1"]) == whole.prove(200, ["record:1"])
        assert grown._beside is not None and grown._here is None, "what was grown here is let go"
    finally:
        grown.close()


def test_one_that_was_killed_is_begun_again(ledger: Path) -> None:
    grown = Grown(SqliteStore(ledger / FILE), short=0)
    try:
        before = grown.prove(200, ["record:1"])
        grown._process()._processes[worker(grown)].kill()
        assert grown.prove(200, ["record:1"]) == before
    finally:
        grown.close()


KILLED = """
import os, sys
from pathlib import Path
from tocsin.ledger.grown import Grown
from tocsin.ledger.sqlite import SqliteStore
if __name__ == "__main__":
    grown = Grown(SqliteStore(Path(sys.argv[1])), short=0)
    grown.prove(200, ["record:1"])
    print(*grown._process()._processes, flush=True)
    os.kill(os.getpid(), 9)
"""


def test_it_ends_with_a_house_that_is_killed(ledger: Path, tmp_path: Path) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    said = subprocess.run([sys.executable, script, ledger / FILE], stdout=subprocess.PIPE, text=True, timeout=60, check=False)
    pid = int(said.stdout)
    assert any(not _runs(pid) or time.sleep(0.05) for _ in range(400)), "within twenty seconds"


def _runs(pid: int) -> bool:
    """Whether a process is there and is no corpse that nobody has fetched."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
