"""Rotation: what was sealed opens all the while, stopped at any step or not, and older copies of the vault open with nothing that is left."""

import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ledger.given import entry, opened
from tests.shared import ROOT
from tocsin.ledger import Ledger, LedgerFault, Vault, master, rewrap
from tocsin.ledger.keys import scrub
from tocsin.ledger.master import masters
from tocsin.ledger.wrapped_sqlite import WrappedFile

KEYS = 4_500


class Stopped(Exception):
    """The power went."""


def sealed(ledger: Ledger, count: int = KEYS) -> dict[str, bytes]:
    boxes = {f"call:{number}": ledger.vault.seal(f"call:{number}", str(number)) for number in range(count)}
    ledger.append([entry()])
    return boxes


def all_open(ledger: Ledger, boxes: dict[str, bytes]) -> bool:
    return all(ledger.vault.open(record, box) == record.partition(":")[2] for record, box in boxes.items())


def rotate(ledger: Ledger) -> None:
    ledger.rotation.begin()
    while not ledger.rotation.go_on(2_000):
        pass


def test_every_living_key_is_wrapped_anew_and_the_old_master_is_gone(store: str, tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        boxes = sealed(ledger, KEYS if store == "sqlite" else 2_500)
        before = (tmp_path / "keys" / "vault.key").read_bytes()
        ledger.rotation.begin()
        assert not ledger.rotation.go_on(2_000), "it goes in steps"
        late = ledger.vault.seal("call:late", "late")
        assert all_open(ledger, boxes), "everything opens while it is under way"
        while not ledger.rotation.go_on(2_000):
            pass
        assert ledger.vault.epoch == 2
        secret = before[-32:]
        assert not [path for path in tmp_path.rglob("*") if path.is_file() and secret in path.read_bytes()]
        assert not (tmp_path / "keys" / "vault.next").exists()
        assert all_open(ledger, {**boxes, "call:late": late})
    with opened(tmp_path) as ledger:
        assert all_open(ledger, boxes)
        rotate(ledger)
        assert (ledger.vault.epoch, all_open(ledger, boxes)) == (3, True)


def test_a_key_of_the_first_form_is_read_and_rotated(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        boxes = sealed(ledger, 10)
    (tmp_path / "keys" / "vault.key").write_bytes(masters(tmp_path, create=False)[1])
    with opened(tmp_path) as ledger:
        assert all_open(ledger, boxes)
        rotate(ledger)
    with opened(tmp_path) as ledger:
        assert (ledger.vault.epoch, all_open(ledger, boxes)) == (2, True)


def _before(real: Callable[..., object], at: int) -> Callable[..., object]:
    left = [at]

    def act(*given: object) -> object:
        left[0] -= 1
        if left[0] < 0:
            raise Stopped
        return real(*given)

    return act


@pytest.mark.parametrize(("where", "what", "at"), [
    (rewrap.master, "begin_next", 0), (Vault, "adopt", 0), (Vault, "rewrap", 0), (Vault, "rewrap", 1), (Vault, "settled", 0),
    (rewrap.master, "end_old", 0), (master, "scrub", 0), (master, "sync_folder", 0), (Vault, "disown", 0)])
def test_stopped_before_any_step_it_heals_at_the_next_start(store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: object, what: str, at: int) -> None:
    with opened(tmp_path) as ledger:
        boxes = sealed(ledger, KEYS if store == "sqlite" else 1_500)
        with monkeypatch.context() as patch:
            patch.setattr(where, what, _before(getattr(where, what), at))
            with pytest.raises(Stopped):
                rotate(ledger)
    with opened(tmp_path) as ledger:
        assert all_open(ledger, boxes)
        while not ledger.rotation.go_on(2_000):
            pass
        assert all_open(ledger, boxes)
        rotate(ledger)
    with opened(tmp_path) as ledger:
        assert all_open(ledger, boxes)
        assert len(masters(tmp_path, create=False)) == 1


def test_stopped_between_overwriting_the_old_master_and_its_replacement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(tmp_path) as ledger:
        boxes = sealed(ledger, 10)
        with monkeypatch.context() as patch:
            patch.setattr(rewrap.master, "end_old", lambda folder: scrub(folder / "keys" / "vault.key"))
            rotate(ledger)
    assert (tmp_path / "keys" / "vault.key").read_bytes() == b""
    with opened(tmp_path) as ledger:
        assert all_open(ledger, boxes)
        assert ledger.rotation.go_on(2_000)
    with opened(tmp_path) as ledger:
        assert (ledger.vault.epoch, all_open(ledger, boxes)) == (2, True)


def test_a_next_master_that_never_came_into_use_is_destroyed(store: str, tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        boxes = sealed(ledger, 10)
    master.begin_next(tmp_path, master.make(2))
    with opened(tmp_path) as ledger:
        assert (ledger.vault.epoch, ledger.rotation.under_way, all_open(ledger, boxes)) == (1, False, True)
        assert not (tmp_path / "keys" / "vault.next").exists()


def test_killed_at_random_moments_everything_opens(tmp_path: Path) -> None:
    chance, done = random.Random(11), 0
    with opened(tmp_path, "crash") as ledger:
        boxes = sealed(ledger)
    for _ in range(10):
        child = subprocess.Popen([sys.executable, "-m", "tests.ledger.rotating", str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE)
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        time.sleep(chance.uniform(0.0, 0.8))
        child.kill()
        done += len(child.stdout.read().splitlines())
        child.wait()
        child.stdout.close()
        with opened(tmp_path, "crash") as ledger:
            assert all_open(ledger, boxes)
    assert done, "some rotations ended before the kill"


def test_an_older_copy_of_the_vault_opens_with_nothing_that_is_left(tmp_path: Path) -> None:
    live, copy = tmp_path / "live", tmp_path / "copy.sqlite"
    with opened(live) as ledger:
        boxes = sealed(ledger, 20)
    shutil.copy(live / "vault.sqlite", copy)
    with opened(live) as ledger:
        assert ledger.vault.destroy("call:7")
        assert ledger.vault.owes_rotation
        rotate(ledger)
        assert not ledger.vault.owes_rotation
        assert ledger.vault.open("call:7", boxes["call:7"]) is None
        held = masters(live, create=False)
    with pytest.raises(LedgerFault, match=r"vault\.bad-key"):
        Vault(WrappedFile(copy), held)
    with pytest.raises(LedgerFault, match=r"vault\.bad-key"):
        Vault(WrappedFile(copy), {1: held[2]})
