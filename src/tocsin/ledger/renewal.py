"""A new signing key for a ledger whose key was lost: the tree is held against all that the lost key signed, and goes on under a new one."""

import shutil
from functools import partial
from pathlib import Path

from tocsin.ledger.checkpoints import FORMER, HISTORY, NEWEST, VERIFIER, WITNESSED, history
from tocsin.ledger.durable import replace_text
from tocsin.ledger.faults import LedgerFault
from tocsin.ledger.keys import load_signing_key, sync_folder
from tocsin.ledger.note import BadNote, Checkpoint, read, read_verifier, sign, verifier_key
from tocsin.ledger.place import store_of
from tocsin.ledger.store import with_nodes
from tocsin.ledger.tree import root_at


def renew_key(folder: Path, witnessed: str) -> str:
    """Give the ledger in `folder` a new signing key; returns its verifier line, to be given out by hand as the first was.

    `witnessed` is the last checkpoint that somebody outside kept. LedgerFault where the key is not lost, or where the
    ledger does not begin with every tree that the lost key signed: a new key must never make a forged ledger good. What
    the lost key signed is moved to `former/KEYID`. Cut off at any point, it can be done again. The house must not run.
    """
    line = (folder / VERIFIER).read_text().strip()
    signing = folder / "keys" / "signing.pem"
    origin, lost = read_verifier(line)
    if signing.exists() and verifier_key(origin, load_signing_key(folder, create=False).public_key()) == line:
        raise LedgerFault("ledger.key-not-lost", f"{signing} is this ledger's key; nothing needs to be renewed.")
    former = folder / FORMER / line.split("+")[1]
    kept = former if (former / NEWEST).exists() else folder
    try:
        signed = [read(note, origin, lost) for note in (*history(kept), witnessed)]
    except BadNote as error:
        raise LedgerFault("ledger.bad-checkpoint", f"a checkpoint is not one of the lost key ({error}); run `tocsin audit verify`.") from error
    size, root = _agreed(folder, origin, signed)
    former.mkdir(parents=True, exist_ok=True)
    for name in (VERIFIER, HISTORY, NEWEST):  # the newest last: while it is not there, all this is done again
        if (folder / name).exists() and not (former / NEWEST).exists():
            shutil.copyfile(folder / name, former / f"{name}.new")
            (former / f"{name}.new").replace(former / name)
    (former / WITNESSED).write_text(witnessed)
    sync_folder(former)
    key = load_signing_key(folder, create=True)
    note = sign(Checkpoint(origin, size, root), key)
    for name, text in ((NEWEST, note), (HISTORY, note + "\n\n\n"), (VERIFIER, verifier_key(origin, key.public_key()) + "\n")):  # the line last
        replace_text(folder / name, text)
    return verifier_key(origin, key.public_key())


def _agreed(folder: Path, origin: str, signed: list[Checkpoint]) -> tuple[int, bytes]:
    """The ledger's size and root, once each signed tree is seen to be its beginning."""
    reading = store_of(folder, origin.partition("/")[2]).reading()
    try:
        head = reading.head()
        for checkpoint in {(one.size, one.root): one for one in signed}.values():
            size = checkpoint.size
            if size > head or (size and with_nodes(reading, partial(root_at, size)) != checkpoint.root):
                raise LedgerFault("ledger.not-as-signed", f"the ledger of {head:,} entries is not what the lost key signed at {size:,}; restore a copy.")
        return head, with_nodes(reading, lambda node: root_at(head, node))
    finally:
        reading.close()
