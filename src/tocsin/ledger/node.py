"""The secret that the nodes of a house share, `keys/node.key`, under which a new master key goes from the one that leads to the others.

It moves on with each rotation, one way only, and the one before is overwritten as a master key is: so what an older copy of the
database holds of an older master opens with nothing that exists, and a node that slept through some rotations still catches up.
"""

import hmac
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tocsin.ledger import master
from tocsin.ledger.faults import LedgerFault, disk_faults
from tocsin.ledger.keys import scrub, sync_folder
from tocsin.ledger.master import Master

KEY, NEXT = "node.key", "node.next"
_NONCE, _LONG = 12, 32
_MOST = 100_000


def make(folder: Path, epoch: int) -> None:
    """Make the secret, of this epoch, unless the folder has one."""
    keys = folder / "keys"
    if not (keys / KEY).exists() and not (keys / NEXT).exists():
        master.put(keys / KEY, Master(epoch, os.urandom(_LONG)))


def seal(folder: Path, held: Master) -> bytes:
    """A master key for the other nodes."""
    nonce = os.urandom(_NONCE)
    return nonce + _box(folder, held.epoch).encrypt(nonce, held.secret, _about(held.epoch))


def open_sealed(folder: Path, epoch: int, sealed: bytes) -> Master:
    """A master key that the leader sealed; LedgerFault where this folder's secret is not theirs."""
    try:
        return Master(epoch, _box(folder, epoch).decrypt(sealed[:_NONCE], sealed[_NONCE:], _about(epoch)))
    except InvalidTag as error:
        raise LedgerFault("node.bad-key", f"{folder / 'keys' / KEY} is not the secret of the other nodes; lay their keys here with `tocsin node keys`.") from error


def move_on(folder: Path, epoch: int) -> None:
    """Let the secret be of this epoch and no older one. Stopped anywhere, it is done again."""
    held, keys = _held(folder), folder / "keys"
    if held is None or held.epoch >= epoch:
        return
    master.put(keys / NEXT, _at(held, epoch))
    with disk_faults():
        if (keys / KEY).exists():
            scrub(keys / KEY)
        (keys / NEXT).rename(keys / KEY)
        sync_folder(keys)


def _held(folder: Path) -> Master | None:
    """The secret as it stands: the next one where the one before it was overwritten already."""
    keys = folder / "keys"
    found = [one for one in (master.load(keys / name, needed=False) for name in (KEY, NEXT)) if one is not None]
    return min(found, key=lambda one: one.epoch, default=None)


def _box(folder: Path, epoch: int) -> AESGCM:
    held = _held(folder)
    if held is None or not held.epoch <= epoch <= held.epoch + _MOST:
        raise LedgerFault("node.bad-key", f"{folder / 'keys' / KEY} is missing, or newer than what it is to open; lay the other nodes' keys here with `tocsin node keys`.")
    return AESGCM(hmac.digest(_at(held, epoch).secret, b"tocsin node: seal", "sha256"))


def _at(held: Master, epoch: int) -> Master:
    secret = held.secret
    for _ in range(held.epoch, epoch):
        secret = hmac.digest(secret, b"tocsin node: move on", "sha256")
    return Master(epoch, secret)


def _about(epoch: int) -> bytes:
    return b"tocsin master " + epoch.to_bytes(4)
