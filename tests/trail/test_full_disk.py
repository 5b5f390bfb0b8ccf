"""A trail whose disk is full: the live map goes on, the history waits, and it is written when there is room again."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.trail.test_trail import NOON, SECOND, Hand, fix
from tocsin.trail import Trail


def test_the_live_map_goes_on_and_history_waits_for_room(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True).returncode:
        pytest.skip("a small disk for the test can only be mounted by root")
    try:
        clock = Hand()
        with Trail.open(folder, clock, keep_days=7) as trail:
            trail.report([fix("A7", NOON)])
            trail.flush()
            (folder / "ballast").write_bytes(b"\0" * (shutil.disk_usage(folder).free - 4_096))
            clock.at += 600 * SECOND
            many = [fix("A7", NOON + number * SECOND // 10) for number in range(1, 6_000)]
            assert set(trail.report(many)) == {"kept"}
            trail.flush()
            assert trail.latest("A7") == many[-1]
            assert len(trail.history("A7", NOON, clock.at)) == 6_000, "what waits is read as if it were written"
            (folder / "ballast").unlink()
            trail.flush()
            assert trail.counts["history-lost"] == 0
        with Trail.open(folder, clock, keep_days=7) as trail:
            assert len(trail.history("A7", NOON, clock.at)) == 6_000
    finally:
        subprocess.run(["umount", str(folder)], check=True)
