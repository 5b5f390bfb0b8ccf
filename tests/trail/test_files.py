"""A trail in files when things go wrong: a full disk, a crash, damage."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.trail.given import NOON, SECOND, Hand, fix, opened


def test_the_live_map_goes_on_and_history_waits_for_room(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True).returncode:
        pytest.skip("a small disk for the test can only be mounted by root")
    try:
        clock = Hand()
        with opened(folder, clock) as trail:
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
        with opened(folder, clock) as trail:
            assert len(trail.history("A7", NOON, clock.at)) == 6_000
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_after_a_crash_the_board_is_healed_from_the_last_flushes(tmp_path: Path, clock: Hand) -> None:
    with opened(tmp_path / "a", clock) as trail:
        trail.report([fix("A7", NOON - SECOND)])
        last = trail.since(0)[-1].seq
        (tmp_path / "a" / "latest").rename(tmp_path / "old")
        trail.report([fix("A7", NOON)])
        trail.flush()
        shutil.copytree(tmp_path / "a", tmp_path / "b")
    shutil.copy(tmp_path / "old", tmp_path / "b" / "latest")
    with opened(tmp_path / "b", clock) as trail:
        assert trail.latest("A7") == fix("A7", NOON)
        assert trail.since(0)[-1].seq > last


def test_a_damaged_snapshot_or_day_is_put_aside(tmp_path: Path, clock: Hand) -> None:
    with opened(tmp_path, clock) as trail:
        trail.report([fix("A7", NOON)])
    (day,) = tmp_path.glob("*.sqlite")
    day.write_bytes(b"no database" * 1_000)
    (tmp_path / "latest").write_bytes(b"\xff\xff")
    with opened(tmp_path, clock) as trail:
        assert trail.report([fix("A7", NOON)]) == ["kept"]
        assert trail.history("A7", 0, 2 * NOON) == [fix("A7", NOON)]
    assert len(list(tmp_path.glob("*.bad"))) == 2
