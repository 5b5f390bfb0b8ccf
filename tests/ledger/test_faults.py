"""What the ledger answers when the disk is full, a sync fails or nothing can be read, and how it comes back."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.ledger.faulty import Disk, faulty_disk
from tests.ledger.given import Ticking, entry, opened
from tocsin.ledger import Appended, DiskFailed, Ledger, LedgerFault, LedgerFull, Uncertain, audit


@pytest.fixture
def disk() -> Iterator[Disk]:
    with faulty_disk() as disk:
        yield disk


def test_a_full_disk_refuses_clearly_reads_on_and_recovers_by_itself(tmp_path: Path, disk: Disk) -> None:
    with opened(tmp_path) as ledger:
        ledger.append([entry(b"1", "t")], key="one")
        disk.full = True
        for _ in range(3):
            with pytest.raises(LedgerFull):
                ledger.append([entry(b"2", "t", "new")], guard=["t"], after=1, key="two")
        assert [kept.body for _, kept in ledger.read()] == [kept.body for _, kept in ledger.read_tags(["t"])] == [b"1"]
        assert ledger.by_key("two") is None
        disk.full = False
        assert ledger.append([entry(b"2", "t", "new")], guard=["t"], after=1, key="two") == Appended(2, 2)
        assert [position for position, _ in ledger.read_tags(["new"])] == [2]
        assert audit.verify(tmp_path, ledger.verifier, [ledger.checkpoint()]).sound


def test_a_really_full_disk(tmp_path: Path) -> None:
    with _small_disk(tmp_path / "small") as folder, opened(folder) as ledger:
        kept = 0
        while (problem := ledger.submit([entry(b"x" * 100_000, "t")]).exception(10)) is None and kept < 100:
            kept += 1
        assert isinstance(problem, LedgerFull)
        assert kept > 5
        assert len(list(ledger.read())) == len(list(ledger.read_tags(["t"]))) == kept
        with pytest.raises(LedgerFull):
            ledger.append([entry(b"x" * 100_000)])
        (folder / "ballast").unlink()
        assert ledger.append([entry(b"x" * 100_000)]).last == kept + 1
        assert audit.verify(folder, ledger.verifier, [ledger.checkpoint()]).sound


@pytest.mark.parametrize("reading", [True, False], ids=["while another reads", "alone"])
def test_a_failed_sync_is_answered_by_what_the_file_then_holds(tmp_path: Path, disk: Disk, reading: bool) -> None:
    with opened(tmp_path / "a") as ledger:
        ledger.append([entry(b"1")])
        if reading:
            assert len(list(ledger.read())) == 1
        disk.failing_syncs = 1
        try:
            answer = ledger.append([entry(b"2", "t")], key="two")
        except DiskFailed:
            answer = None
        shutil.copytree(tmp_path / "a", tmp_path / "crashed")
        assert ledger.by_key("two") == (None if answer is None else Appended(2, 2, repeated=True))
        assert ledger.append([entry(b"2", "t")], key="two").first == 2
        assert ledger.append([entry(b"3")]) == Appended(3, 3)
    with opened(tmp_path / "crashed") as crashed:
        assert crashed.head() == (1 if answer is None else 2), "a machine that stops now must not change the answer"
        assert audit.verify(tmp_path / "crashed", crashed.verifier, [crashed.checkpoint()]).sound


def test_when_nothing_can_be_read_the_answer_is_uncertain_and_a_retry_is_kept_once(tmp_path: Path, disk: Disk) -> None:
    heard: list[int] = []
    with opened(tmp_path) as ledger:
        ledger.listen(lambda kept: heard.extend(position for position, _ in kept))
        ledger.append([entry(b"1")])
        disk.failing_syncs = 1_000
        for _ in range(2):
            with pytest.raises(Uncertain):
                ledger.append([entry(b"2")], key="two")
        disk.failing_syncs = 0
        kept = ledger.append([entry(b"2")], key="two")
        assert (kept.first, kept.last) == (2, 2)
        assert ledger.append([entry(b"3")]) == Appended(3, 3)
        assert heard == [1, 2, 3]
        assert [kept.body for _, kept in ledger.read()] == [b"1", b"2", b"3"]


def test_a_vault_without_room_refuses_the_entry_that_needs_its_key(tmp_path: Path, disk: Disk) -> None:
    with opened(tmp_path) as ledger:
        box = ledger.vault.seal("incident:1/caller", "0401 234 567")
        disk.vault_full = True
        with pytest.raises(LedgerFull):
            ledger.append([entry(box)])
        assert ledger.head() == 0
        disk.vault_full = False
        ledger.append([entry(box)])
    with opened(tmp_path) as ledger:
        assert ledger.vault.open("incident:1/caller", box) == "0401 234 567"


def test_a_ledger_closes_on_a_full_disk_and_caches_are_refused_like_facts(tmp_path: Path) -> None:
    with _small_disk(tmp_path / "small") as folder:
        with opened(folder) as ledger:
            ledger.append([entry()])
            ledger.vault.seal("record:1", "never kept")
            room = shutil.disk_usage(folder).free
            (folder / "more ballast").write_bytes(b"\0" * (room - 8_192))
            with pytest.raises(LedgerFull):
                ledger.save_cache("view", 1, b"x" * 100_000)
            ledger.submit([entry(b"x" * 100_000)])
        with opened(folder) as ledger:
            assert (ledger.head(), ledger.load_cache("view")) == (1, None)


def test_a_restart_on_a_full_disk_still_reads(tmp_path: Path, disk: Disk) -> None:
    with opened(tmp_path) as ledger:
        ledger.append([entry(b"1")])
    disk.full = True
    with opened(tmp_path) as ledger:
        assert [kept.body for _, kept in ledger.read()] == [b"1"]
        with pytest.raises(LedgerFull):
            ledger.append([entry(b"2")])
        disk.full = False
        assert ledger.append([entry(b"2")]) == Appended(2, 2)


def test_a_vault_whose_sync_fails_refuses_the_entry_and_goes_on(tmp_path: Path, disk: Disk) -> None:
    with opened(tmp_path) as ledger:
        ledger.append([entry(ledger.vault.seal("incident:0/caller", "first"))])
        box = ledger.vault.seal("incident:1/caller", "0401 234 567")
        disk.failing_vault_syncs = 1
        with pytest.raises(DiskFailed):
            ledger.append([entry(box)])
        assert ledger.append([entry(box)]) == Appended(2, 2)
    with opened(tmp_path) as ledger:
        assert ledger.vault.open("incident:1/caller", box) == "0401 234 567"


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    """A disk of three megabytes with one of ballast on it."""
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("a small disk for the test can only be mounted by root")
    try:
        (folder / "ballast").write_bytes(b"\0" * (1 << 20))
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_opening_on_a_disk_that_cannot_be_read_is_one_clear_fault(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.append([entry()])
    with faulty_disk() as disk:
        disk.unreadable = True
        with pytest.raises(LedgerFault, match=r"ledger\.unreadable"):
            Ledger.open(tmp_path, Ticking(), name="test")
