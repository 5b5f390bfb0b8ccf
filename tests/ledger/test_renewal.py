"""A lost signing key: the ledger goes on under a new one, joined to all that the lost key signed, and a forged ledger does not."""

import shutil
from pathlib import Path

import pytest

from tests.ledger.given import Ticking, entry, opened
from tests.ledger.test_audit import edit
from tocsin.ledger import Ledger, LedgerFault, Witnessing, audit, tiles
from tocsin.ledger.keys import load_signing_key
from tocsin.ledger.note import read, read_verifier
from tocsin.ledger.renewal import FORMER, renew_key
from tocsin.ledger.tree import Growth, hash_leaf


def served(ledger: Ledger) -> tiles.Fetch:
    """The log's addresses, answered by the ledger itself."""
    def fetch(path: str) -> bytes:
        if path.startswith("checkpoint"):
            return ledger.checkpoint().encode()
        found = tiles.read_tile(path.removeprefix("tile/"))
        assert found is not None
        return ledger.tile(*found)

    return fetch


@pytest.fixture
def lost(tmp_path: Path) -> tuple[Path, str, str, Path]:
    """A ledger of 300 entries without its key, the old verifier line, the last witnessed note, and the witness's folder."""
    folder, watching = tmp_path / "ledger", tmp_path / "witness"
    with opened(folder) as ledger:
        for number in range(250):
            ledger.append([entry(str(number).encode(), "all")])
        witness = Witnessing(watching, "east", ledger.verifier, Ticking())
        note = witness.look(served(ledger)).note
        for number in range(50):
            ledger.append([entry(str(number).encode(), "all")])
        line = ledger.verifier
    (folder / "keys" / "signing.pem").unlink()
    return folder, line, note, watching


def test_a_ledger_goes_on_under_a_new_key_and_what_the_lost_one_signed_still_counts(lost: tuple[Path, str, str, Path]) -> None:
    folder, old, note, watching = lost
    with pytest.raises(LedgerFault, match=r"ledger\.no-key"):
        Ledger.open(folder, Ticking(), name="test")
    new = renew_key(folder, note)
    assert new != old
    assert read((folder / "checkpoint").read_text(), *read_verifier(new)).size == 300
    report = audit.verify(folder, new, [note], [old])
    assert (report.sound, report.size, report.signed) == (True, 300, 300), report.sentences()
    assert {finding.code for finding in audit.verify(folder, new, [note]).findings} == {"bad-checkpoint"}, "a key that is not named does not count"
    with opened(folder) as ledger:
        ledger.append([entry(b"new", "all")])
        assert Witnessing(watching, "east", new, Ticking(), former=old).look(served(ledger)).verdict == "cosigned"
        assert Witnessing(watching, "east", new, Ticking()).look(served(ledger)).verdict == "same"
    assert audit.verify(folder, new, [note], [old]).size == 301
    with pytest.raises(LedgerFault, match=r"ledger\.key-not-lost"):
        renew_key(folder, note)


def test_a_forged_ledger_gets_no_new_key(lost: tuple[Path, str, str, Path], tmp_path: Path) -> None:
    folder, _, note, _ = lost
    lines = list(audit.raw_lines(folder))
    lines[6] = lines[6].replace(b"dispatcher 4", b"dispatcher 9")
    growth = Growth()
    edit(folder, f"UPDATE entries SET line = x'{lines[6].hex()}' WHERE position = 7",
         *(f"UPDATE entries SET nodes = x'{growth.add(hash_leaf(line)).hex()}' WHERE position = {at}" for at, line in enumerate(lines, 1)))
    with pytest.raises(LedgerFault, match=r"ledger\.not-as-signed"):
        renew_key(folder, note)
    (folder / "checkpoints").unlink()
    (folder / "checkpoint").unlink()
    with pytest.raises(LedgerFault, match=r"ledger\.not-as-signed"):
        renew_key(folder, note)


def test_a_witness_does_not_follow_a_new_key_to_another_history(lost: tuple[Path, str, str, Path], tmp_path: Path) -> None:
    """Somebody who claims that the key was lost and begins anew under the same name."""
    _, old, _, watching = lost
    with opened(tmp_path / "anew") as ledger:
        for number in range(400):
            ledger.append([entry(str(number).encode(), "all")])
        saw = Witnessing(watching, "east", ledger.verifier, Ticking(), former=old).look(served(ledger))
    assert (saw.verdict, saw.wrong) == ("not_grown", True)
    assert list((watching / "evidence").iterdir())


@pytest.mark.parametrize("step", ["former", "key", "checkpoint", "history"])
def test_cut_off_anywhere_it_can_be_done_again(lost: tuple[Path, str, str, Path], tmp_path: Path, step: str) -> None:
    """The folder as a crash leaves it after each step, made from one before and one after."""
    folder, old, note, _ = lost
    before = shutil.copytree(folder, tmp_path / "before")
    renew_key(folder, note)
    key = load_signing_key(folder, create=False).private_bytes_raw()
    shutil.copytree(folder / FORMER, before / FORMER)
    if step != "former":
        shutil.copy(folder / "keys" / "signing.pem", before / "keys" / "signing.pem")
    if step in ("checkpoint", "history"):
        shutil.copy(folder / "checkpoint", before / "checkpoint")
    if step == "history":
        shutil.copy(folder / "checkpoints", before / "checkpoints")
    new = renew_key(before, note)
    assert (load_signing_key(before, create=False).private_bytes_raw() == key) == (step != "former")
    assert audit.verify(before, new, [note], [old]).sound


def test_a_ledger_in_postgresql_goes_on_under_a_new_key_and_no_longer_under_the_old_one(tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.ledger.given.DATABASE", postgres)
    folder, found = tmp_path / "ledger", tmp_path / "found"
    with opened(folder) as ledger:
        ledger.append([entry()])
        note = ledger.checkpoint()
    shutil.copytree(folder, found)  # where the lost key turns up afterwards
    (folder / "keys" / "signing.pem").unlink()
    new = renew_key(folder, note)
    for _ in range(2):
        with opened(folder) as ledger:
            assert ledger.verifier == new and ledger.append([entry()]).first > 1
    with pytest.raises(LedgerFault, match=r"ledger\.other-keys"), opened(found):
        pass
