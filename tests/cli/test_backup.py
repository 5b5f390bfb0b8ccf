"""Backups hold no way back, a fresh one brings everything back that lives, and a lost vault stops nobody from taking calls."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.floor import CHIEF, DESK, StillClock, asker, corner, small_house
from tests.house.test_forgetting import days, gone, scanned
from tests.shared import ROOT
from tocsin.cli import main
from tocsin.edges.web.health import health
from tocsin.facts.access import VaultBegun
from tocsin.house import House
from tocsin.house.envelope import disclose
from tocsin.house.saving.bring_back import _Laying
from tocsin.house.saving.runs import Backup
from tocsin.house.saving.sealed import read_identity
from tocsin.kernel import Refused
from tocsin.ledger import Ledger, LedgerFault, Vault
from tocsin.ledger.master import masters
from tocsin.ledger.saved import lay_wrapped
from tocsin.ledger.wrapped_sqlite import WrappedFile
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AddNote, CloseIncident, ReadStory
from tocsin.rooms.dispatch.views import Story

_TOLD = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); from tocsin.cli import main; sys.exit(main(sys.argv[1:]))"
"""The command line where whoever started the tests ignores interrupts, as a shell in the background does."""
FIRST, SECOND = "Aino Planted-First", "Bertil Planted-Second"


def call(house: House, caller: str, *, closed: bool = True) -> str:
    number = house.do(TakeCall(kind="fire", place=corner(1, 1), caller=caller), DESK).subject.partition(":")[2]
    if closed:
        house.do(CloseIncident(incident=number, disposition="treated"), DESK)
    return number


def caller(house: House, number: str) -> str | None:
    story = house.see(ReadStory(incident=number), DESK)
    assert isinstance(story, Story)
    return story.caller


def copy(data: Path, to: Path, safe: Path) -> None:
    if not (data.parent / "identity").exists():
        assert main(["backup", "key", "--to", str(data.parent / "identity"), "--data", str(data)]) == 0
    assert main(["backup", "run", "--to", str(to), "--data", str(data)]) == 0
    assert main(["vault", "key", "--out", str(safe), "--data", str(data)]) == 0


def back_again(to: Path, safe: Path, data: Path) -> int:
    return main(["restore", "--from", str(to), "--identity", str(to.parent / "identity"), "--keys", str(safe), "--data", str(data)])


def wrapped(to: Path, number: int, into: Path) -> Path:
    """The wrapped keys of a run, as they would lie in a vault; whoever has the backup's own key can come so far."""
    run, _ = Backup(to).read(number)
    into.mkdir()
    laying = _Laying(Backup(to), run, read_identity(to.parent / "identity"), into, lambda done, of: None)
    lay_wrapped(into, {"epoch": run.epoch}, laying.frames(lambda name: name.startswith("vault/") and name != "vault/meta"))
    return into / "vault.sqlite"


def state(house: House, data: Path) -> str:
    return next((part.state for part in health(house, data, data).parts if part.name == "backup"), "")


def test_an_older_backup_and_all_that_is_left_on_the_machine_bring_a_forgotten_name_back_nowhere(tmp_path: Path) -> None:
    data, to, safe, clock = tmp_path / "data", tmp_path / "copy", tmp_path / "safe", StillClock()
    with small_house(data, clock) as house:
        first, second = call(house, FIRST), call(house, SECOND, closed=False)
        copy(data, to, safe)  # while the house is in use
        assert state(house, data) == "ok"
        box = next(fact.caller.box for fact in (kept.fact for kept in disclose(house.ledger.read())) if fact.fact_kind == "calls.call-taken")
        days(house, clock, 182)
        assert set(gone(house)) == {f"call:{first}"}
        assert state(house, data) == "low", "the copies are older than the rotation"
        copy(data, to, safe)  # the safe's copy is overwritten
        assert state(house, data) == "ok"
        assert caller(house, second) == SECOND
    left = [secret for folder in (data / "ledger", ) for secret in masters(folder, create=False).values()]
    left += [path.read_bytes()[-32:] for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_size >= 32]
    assert box is not None
    opened, stolen = 0, wrapped(to, 1, tmp_path / "stolen")
    for secret in dict.fromkeys(left):
        for epoch in (1, 2):
            try:
                vault = Vault(WrappedFile(stolen), {epoch: secret})
            except LedgerFault:
                continue
            opened += vault.open(f"call:{first}", box) is not None
            vault.close()
    assert not opened, "no 32 bytes that end any file on the machine open the older run"
    words = ["restore", "--from", str(to), "--identity", str(tmp_path / "identity"), "--keys", str(safe), "--data", str(tmp_path / "back"), "--run", "1"]
    assert main(words) == 2, "and it is not brought back beside the newest key"
    assert not scanned(tmp_path, FIRST, SECOND)


def test_with_the_safe_as_it_was_the_older_copy_would_open_so_the_test_above_can_fail(tmp_path: Path) -> None:
    data, to, safe, clock = tmp_path / "data", tmp_path / "copy", tmp_path / "safe", StillClock()
    with small_house(data, clock) as house:
        number = call(house, FIRST)
        copy(data, to, safe)
        days(house, clock, 182)
        assert set(gone(house)) == {f"call:{number}"}
    held = (safe / "vault.key").read_bytes()[-32:]
    vault = Vault(WrappedFile(wrapped(to, 1, tmp_path / "stolen")), {1: held})
    assert vault.living([f"call:{number}"])
    vault.close()


def test_a_fresh_backup_brings_back_all_that_lives_and_the_tree_is_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, to, safe, clock = tmp_path / "data", tmp_path / "copy", tmp_path / "safe", StillClock()
    with small_house(data, clock) as house:
        first, second = call(house, FIRST), call(house, SECOND, closed=False)
        days(house, clock, 182)
        copy(data, to, safe)
        head = house.ledger.head()
    back = tmp_path / "back"
    assert back_again(to, safe, back) == 0
    assert "Sound" in capsys.readouterr().out
    with small_house(back, clock) as house:
        assert house.ledger.head() >= head
        assert (caller(house, first), caller(house, second)) == (None, SECOND)
        call(house, "and calls are taken")
    assert back_again(to, safe, back) == 2, "never over records that are there"


def test_what_witnesses_signed_and_what_lost_keys_signed_goes_with_a_backup_and_an_auditors_copy(tmp_path: Path) -> None:
    data, to, safe, audited, back = (tmp_path / name for name in ("data", "copy", "safe", "audited", "back"))
    with small_house(data, StillClock()) as house:
        call(house, FIRST)
        note = house.ledger.checkpoint()
    for name in ("witnessed", "witnessed-history", "former/0a1b2c3d/checkpoint"):
        (data / "ledger" / name).parent.mkdir(parents=True, exist_ok=True)
        (data / "ledger" / name).write_text(note)
    copy(data, to, safe)
    assert main(["ledger", "copy", "--data", str(data), "--to", str(audited)]) == 0
    assert back_again(to, safe, back) == 0
    for folder in (back / "ledger", audited):
        assert [(folder / name).read_text() for name in ("witnessed", "witnessed-history", "former/0a1b2c3d/checkpoint")] == [note] * 3


def test_an_older_vault_that_is_brought_back_forgets_again_at_the_start(tmp_path: Path) -> None:
    data, clock, older = tmp_path / "data", StillClock(), tmp_path / "older"
    with small_house(data, clock) as house:
        number = call(house, FIRST)
    older.mkdir()
    shutil.copy(data / "ledger" / "vault.sqlite", older)
    shutil.copy(data / "ledger" / "keys" / "vault.key", older)
    with small_house(data, clock) as house:
        days(house, clock, 182)
    shutil.copy(older / "vault.sqlite", data / "ledger")
    shutil.copy(older / "vault.key", data / "ledger" / "keys")
    with small_house(data, clock) as house:
        assert not house.ledger.vault.living([f"call:{number}"])
        assert caller(house, number) is None


def test_a_copy_whose_key_is_of_another_rotation_is_refused_by_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, to, safe, clock = tmp_path / "data", tmp_path / "copy", tmp_path / "safe", StillClock()
    with small_house(data, clock) as house:
        call(house, FIRST)
        copy(data, to, safe)
        days(house, clock, 182)
        assert main(["backup", "run", "--to", str(to), "--data", str(data)]) == 0
    assert back_again(to, safe, tmp_path / "back") == 2
    assert "vault.bad-key" in capsys.readouterr().err


@pytest.mark.parametrize("lost", ["vault.sqlite", "keys/vault.key"])
def test_a_lost_vault_or_key_is_said_by_code_and_a_new_one_lets_calls_be_taken(tmp_path: Path, lost: str) -> None:
    data, clock = tmp_path / "data", StillClock()
    with small_house(data, clock) as house:
        number = call(house, FIRST, closed=False)
    for path in (data / "ledger").glob(f"{lost}*"):
        path.unlink()
    with pytest.raises(LedgerFault) as fault:
        small_house(data, clock)
    assert fault.value.code in ("vault.missing", "ledger.no-key")
    words = ["vault", "begin", "--by", "operator 1", "--reason", "the disk of the keys broke", "--data", str(data)]
    assert main(words) == 0
    with small_house(data, clock) as house:
        assert caller(house, number) is None, "what was sealed stays unreadable"
        house.do(AddNote(incident=number, note="still burning"), DESK)
        story = house.see(ReadStory(incident=number), DESK)
        assert isinstance(story, Story)
        assert any(line.says.en == "still burning" for line in story.lines), "an open incident goes on under new keys"
        assert caller(house, call(house, SECOND, closed=False)) == SECOND
        begun = [kept for kept in disclose(house.ledger.read()) if isinstance(kept.fact, VaultBegun)]
        assert [kept.entry.by for kept in begun] == ["operator 1"]


def test_one_lost_key_is_said_by_code_and_given_up_with_a_fact(tmp_path: Path) -> None:
    data, clock = tmp_path / "data", StillClock()
    with small_house(data, clock) as house:
        number = call(house, FIRST, closed=False)
        house.do(AddNote(incident=number, note="still burning"), DESK)
    with Ledger.open(data / "ledger", clock, name="floor") as ledger:
        ledger.vault._place.connection.execute("DELETE FROM keys WHERE record = ?", (f"call:{number}",))
    with small_house(data, clock) as house, pytest.raises(LedgerFault) as fault:
        caller(house, number)
    assert fault.value.code == "vault.no-key"
    assert main(["vault", "give-up", f"call:{number}", "--by", "operator 1", "--data", str(data)]) == 0
    assert main(["vault", "give-up", f"incident:{number}", "--by", "operator 1", "--data", str(data)]) == 2, "one that has its key is not given up"
    with small_house(data, clock) as house:
        story = house.see(ReadStory(incident=number), CHIEF)
        assert isinstance(story, Story)
        assert story.caller is None
        assert any(line.says.en == "still burning" for line in story.lines)


def test_who_may_not_look_is_refused(tmp_path: Path) -> None:
    with small_house(tmp_path, StillClock()) as house, pytest.raises(Refused):
        house.see(ReadStory(incident=call(house, FIRST)), asker("device 1", "device"))


def test_every_so_many_minutes_a_run_is_made_until_it_is_stopped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, to = tmp_path / "data", tmp_path / "copy"
    with small_house(data, StillClock()) as house:
        call(house, FIRST)
    assert main(["backup", "key", "--to", str(tmp_path / "identity"), "--data", str(data)]) == 0
    runs = to / "runs"
    child = subprocess.Popen([sys.executable, "-c", _TOLD, "backup", "run", "--to", str(to), "--data", str(data), "--every", "0.0001", "--keep", "2"], cwd=ROOT,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(2_000):
            if any(int(path.stem) >= 3 for path in runs.glob("*.run")):
                break
            time.sleep(0.01)
    finally:
        child.send_signal(signal.SIGINT)
    assert child.wait(60) == 2
    numbers = Backup(to).numbers()
    assert numbers[-1] >= 3 and len(numbers) <= 3
    assert Backup(to).read(numbers[-1])[0].entries
