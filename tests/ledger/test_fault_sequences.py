"""Random sequences of faults and appends: whatever the disk does, what was answered is what is there, also after a crash."""

import random
import shutil
from pathlib import Path

import pytest

from tests.ledger.faulty import Disk, faulty_disk
from tests.ledger.given import entry, opened
from tocsin.kernel import Entry, Refused
from tocsin.ledger import Ledger, LedgerFull, Uncertain, audit

STEPS = 60


class Witness:
    """What the callers were told, by the key of what they asked to keep."""

    def __init__(self) -> None:
        self.kept: dict[str, int] = {}
        self.refused: set[str] = set()
        self.heard: list[tuple[int, Entry]] = []

    def ask(self, ledger: Ledger, key: str) -> None:
        try:
            self.kept[key] = ledger.append([entry(key.encode(), "t")], key=key).first
            self.refused.discard(key)
        except Uncertain:
            self.refused.discard(key)
        except Refused:
            self.refused.add(key)

    def check(self, ledger: Ledger) -> None:
        """Everything acknowledged is there in its place, nothing refused is, and each key once."""
        lines = {position: kept.key for position, kept in ledger.read()}
        assert list(lines) == list(range(1, len(lines) + 1))
        assert len(set(lines.values())) == len(lines)
        assert all(lines[first] == key for key, first in self.kept.items())
        assert not self.refused & set(lines.values())


def trouble(disk: Disk, chance: random.Random) -> None:
    """Most of the time nothing; else a full disk, some failed syncs, or a stretch in which every sync fails."""
    disk.full = chance.random() < 0.1
    disk.failing_syncs = chance.choice([0, 0, 0, 0, 1, 2, 30])
    disk.vault_full = chance.random() < 0.05


@pytest.mark.parametrize("seed", range(6))
def test_the_answer_is_the_truth_whatever_the_disk_does(tmp_path: Path, seed: int) -> None:
    chance, witness = random.Random(seed), Witness()
    with faulty_disk() as disk:
        with opened(tmp_path / "live") as ledger:
            ledger.listen(witness.heard.extend)
            for step in range(STEPS):
                trouble(disk, chance)
                if chance.random() < 0.3:
                    ledger.vault.seal(f"record:{step}", "text")
                witness.ask(ledger, f"k{step if chance.random() < 0.8 else chance.randrange(step + 1)}")
                disk.full = disk.vault_full = False
                disk.failing_syncs = 0
                if chance.random() < 0.2:
                    witness.check(ledger)
                if chance.random() < 0.1:
                    crash(tmp_path, witness)
            witness.ask(ledger, "last")
            witness.check(ledger)
            assert witness.heard == list(ledger.read())
        assert "last" in witness.kept
        assert audit.verify(tmp_path / "live", ledger.verifier).sound


def crash(home: Path, witness: Witness) -> None:
    """The files as they lie at this moment, opened as if the machine had stopped here.

    A checkpoint is written beside its place and renamed into it after the answer, so it may vanish while it is copied: left out.
    """
    shutil.copytree(home / "live", home / "crashed", ignore=shutil.ignore_patterns("*.new"))
    with opened(home / "crashed") as ledger:
        witness.check(ledger)
        assert ledger.append([entry(b"after")]).first == ledger.head()
    shutil.rmtree(home / "crashed")


def test_refusals_of_a_full_disk_are_told_apart_from_those_of_a_failing_one(tmp_path: Path) -> None:
    with faulty_disk() as disk, opened(tmp_path) as ledger:
        disk.full = True
        with pytest.raises(LedgerFull) as full:
            ledger.append([entry()])
        assert (full.value.status, full.value.code) == (507, "ledger.full")
