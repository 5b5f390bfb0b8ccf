"""The master keys that wrap the vault's keys, by epoch, in `keys/vault.key`, and while they are being changed also in `keys/vault.next`."""

import os
from pathlib import Path

import msgspec

from tocsin.ledger.faults import LedgerFault, disk_faults
from tocsin.ledger.keys import read_secret, scrub, sync_folder, write_secret

KEY, NEXT = "vault.key", "vault.next"
_LONG = 32
_MAGIC = b"tocsin vault key\n"


class Master(msgspec.Struct, frozen=True):
    """One master key: the epoch that counts rotations from 1, and its 32 bytes."""

    epoch: int
    secret: bytes

    def __repr__(self) -> str:
        return f"Master(epoch={self.epoch})"


def make(epoch: int) -> Master:
    """A new master key."""
    return Master(epoch, os.urandom(_LONG))


def masters(folder: Path, *, create: bool) -> dict[int, bytes]:
    """Every master key that is there, by epoch: one, or two while a rotation is under way; the first is made with a new ledger."""
    keys = folder / "keys"
    if create and not (keys / KEY).exists():
        put(keys / KEY, make(1))
    found = [one for one in (load(keys / KEY, needed=not (keys / NEXT).exists()), load(keys / NEXT, needed=False)) if one is not None]
    return {one.epoch: one.secret for one in found}


def load(path: Path, *, needed: bool) -> Master | None:
    """The key in a file. One of 32 bytes alone is of the first form and epoch; an empty one was overwritten. LedgerFault where a key is
    needed and there is none."""
    if not path.exists() and not needed:
        return None
    held = read_secret(path)
    if len(held) == _LONG:
        return Master(1, held)
    if held.startswith(_MAGIC) and len(held) == len(_MAGIC) + 4 + _LONG:
        return Master(int.from_bytes(held[len(_MAGIC):-_LONG]), held[-_LONG:])
    if needed:
        raise LedgerFault("vault.bad-key", f"{path} is not a master key; restore it from your copy.")
    return None


def put(path: Path, master: Master) -> None:
    """Write a master key, durably."""
    with disk_faults():
        write_secret(path, _MAGIC + master.epoch.to_bytes(4) + master.secret)


def begin_next(folder: Path, master: Master) -> None:
    """Lay the next master key beside the one in use; from here on it must not be lost."""
    put(folder / "keys" / NEXT, master)


def end_old(folder: Path) -> None:
    """Overwrite the old master key and put the next one in its place. Stopped anywhere, it is done again from the beginning."""
    keys = folder / "keys"
    with disk_faults():
        if (keys / KEY).exists():
            scrub(keys / KEY)
        (keys / NEXT).rename(keys / KEY)
        sync_folder(keys)


def set_aside(folder: Path, suffix: str) -> None:
    """Put what is left of a vault and its master keys aside under other names, when another is begun. Stopped anywhere, it is done again."""
    keys = folder / "keys"
    with disk_faults():
        for path in (folder / "vault.sqlite", folder / "vault.sqlite-wal", folder / "vault.sqlite-shm", keys / KEY, keys / NEXT, keys / "node.key", keys / "node.next"):
            if path.exists():
                path.rename(path.with_name(f"{path.name}.{suffix}"))
        sync_folder(keys)
        sync_folder(folder)


def scrap_next(folder: Path) -> None:
    """Destroy a next master key that never came to wrap anything."""
    path = folder / "keys" / NEXT
    with disk_faults():
        scrub(path)
        path.unlink()
        sync_folder(path.parent)
