"""A copy of a ledger in use: entries, wrapped keys, sealed files and checkpoints, and never a master key; and its way back.

The order makes any copy whole: checkpoints before entries, so that none signs more than there is; entries before keys and files, since
each key and file is durable before the entry that needs it. What was forgotten is in no newer copy, and the wrapped keys in an older
one open with nothing once the master key was rotated.
"""

import os
import shutil
from pathlib import Path

import apsw
import msgspec

from tocsin.kernel import Instant
from tocsin.ledger import master
from tocsin.ledger.checkpoints import FORMER, SIGNED
from tocsin.ledger.faults import LedgerFault, disk_faults
from tocsin.ledger.keys import read_secret, scrub, sync_folder, write_secret
from tocsin.ledger.place import named

_LEDGER, _VAULT, _FILES, _SAID = "ledger.sqlite", "vault.sqlite", "files", "backup.json"
_SIGNING = "signing.pem"
COPIED_VAULT, COPIED_KEY = "copied-vault", "copied-key"
_FIRST = 1


class Said(msgspec.Struct, frozen=True):
    """What a copy is: how many entries, of which rotation its wrapped keys are, and when it was made."""

    entries: int
    epoch: int
    at: Instant


def back_up(folder: Path, into: Path, at: Instant) -> Said:
    """Copy the ledger in `folder`, which may be in use, over the copy in `into`; stopped anywhere, a whole copy is left."""
    if named(folder):
        raise LedgerFault("backup.elsewhere", f"the entries of {folder} lie in PostgreSQL; copy them into a folder with `tocsin ledger copy --to DIR`, or with that "
                          "database's own means, and the vault and files beside it by hand.")
    if not (folder / _LEDGER).is_file():
        raise LedgerFault("backup.no-ledger", f"{folder} holds no ledger.")
    with disk_faults():
        into.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in SIGNED:
            if (folder / name).exists():
                _copy(folder / name, into / f"{name}.new")
        entries = _snapshot(folder / _LEDGER, into / f"{_LEDGER}.new", "SELECT coalesce(max(position), 0) FROM entries")
        epochs = _snapshot_vault(folder / _VAULT, into / f"{_VAULT}.new")
        for name in (_FILES, FORMER):
            _copy_files(folder / name, into / name)
        for name in (_VAULT, _LEDGER, *SIGNED):
            if (into / f"{name}.new").exists():
                (into / f"{name}.new").replace(into / name)
        said = Said(entries, epochs, at)
        _write(into / _SAID, msgspec.json.encode(said))
        sync_folder(into)
        _write(folder / COPIED_VAULT, str(epochs).encode())
    return said


def bring_back(copy: Path, keys: Path, folder: Path) -> Said:
    """Lay a copy and the keys from the safe into a folder where no ledger is."""
    if folder.exists() and any(folder.iterdir()):
        raise LedgerFault("backup.not-empty", f"{folder} is not empty; move what is there aside first.")
    try:
        said = msgspec.json.decode((copy / _SAID).read_bytes(), type=Said)
    except (OSError, msgspec.DecodeError) as error:
        raise LedgerFault("backup.not-a-copy", f"{copy} holds no whole copy.") from error
    held = master.load(keys / master.KEY, needed=True)
    if held is None or held.epoch != said.epoch:
        raise LedgerFault("vault.bad-key", f"the key in {keys} is of rotation {held.epoch if held else 0}, the copy of rotation {said.epoch}; bring both "
                          "from the same time, or begin a new vault after laying the copy in its place by hand.")
    with disk_faults():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in (_VAULT, *SIGNED):
            if (copy / name).exists():
                _copy(copy / name, folder / name)
        for name in (_FILES, FORMER):
            if (copy / name).exists():
                _copy_files(copy / name, folder / name)
        for name in (master.KEY, _SIGNING):
            write_secret(folder / "keys" / name, read_secret(keys / name))
        _copy(copy / _LEDGER, folder / _LEDGER)  # last: until it is there, there is no ledger
        sync_folder(folder)
    return said


def copy_key(folder: Path, safe: Path) -> int:
    """Copy the master key and the signing key to a place of their own, over the copy before them, which is overwritten; the epoch."""
    keys = folder / "keys"
    if (keys / master.NEXT).exists():
        raise _rotating()
    held = master.load(keys / master.KEY, needed=True)
    assert held is not None, "a key that is needed is there, or a fault"
    with disk_faults():
        safe.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in (master.KEY, _SIGNING):
            secret = read_secret(keys / name)
            if (safe / name).exists() and (safe / name).read_bytes() != secret:
                scrub(safe / name)
            write_secret(safe / name, secret)
        _write(folder / COPIED_KEY, str(held.epoch).encode())
    return held.epoch


def copied(folder: Path, what: str) -> int | None:
    """Of which rotation the last copy was; None where none was ever made."""
    try:
        return int((folder / what).read_text())
    except (OSError, ValueError):
        return None


def _rotating() -> LedgerFault:
    return LedgerFault("vault.rotating", "the master key is being rotated; try again in a minute.")


def _snapshot(source: Path, target: Path, ask: str) -> int:
    """Copy a database as it is at one moment, and ask the copy for one number."""
    target.unlink(missing_ok=True)
    reading = apsw.Connection(str(source), flags=apsw.SQLITE_OPEN_READWRITE)
    reading.set_busy_timeout(5_000)
    writing = apsw.Connection(str(target))
    try:
        with writing.backup("main", reading, "main") as copying:
            copying.step(-1)
        return int(writing.execute(ask).get)
    finally:
        writing.close()
        reading.close()


def _snapshot_vault(source: Path, target: Path) -> int:
    """Copy the vault; the epoch of its keys. Refused in the middle of a rotation, since no one master key would open the copy."""
    if (source.parent / "keys" / master.NEXT).exists():
        raise _rotating()
    epoch = _snapshot(source, target, "SELECT coalesce((SELECT value FROM meta WHERE name = 'epoch'), 1)")
    form = b"\1" if epoch == _FIRST else b"\2" + epoch.to_bytes(4)
    check = apsw.Connection(str(target))
    mixed = check.execute("SELECT count(*) FROM keys WHERE wrapped IS NOT NULL AND substr(wrapped, 1, ?) <> ?", (len(form), form)).get
    check.close()
    if mixed:
        target.unlink()
        raise _rotating()
    return epoch


def _copy_files(source: Path, target: Path) -> None:
    """Copy sealed files that are not there yet (they never change), and take away those that were forgotten."""
    there = {path.relative_to(source) for path in source.rglob("*") if path.is_file()} if source.exists() else set()
    for path in there:
        if not (target / path).exists():
            (target / path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                _copy(source / path, target / path)
            except FileNotFoundError:
                continue  # forgotten, or settled under its lasting name, while this was on its way
    if target.exists():
        for held in [path for path in target.rglob("*") if path.is_file() and path.relative_to(target) not in there]:
            held.unlink()


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    handle = os.open(target, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write(path: Path, content: bytes) -> None:
    draft = path.with_name(f"{path.name}.new")
    draft.write_bytes(content)
    draft.replace(path)
