"""Copies of the keys, apart from every backup; and the notes of which rotation the last copies were."""

from collections.abc import Iterable
from pathlib import Path

from tocsin.ledger import master
from tocsin.ledger.durable import replace_text
from tocsin.ledger.faults import disk_faults
from tocsin.ledger.keys import read_secret, scrub, write_secret
from tocsin.ledger.saved import rotating

COPIED_VAULT, COPIED_KEY = "copied-vault", "copied-key"
SIGNING = "signing.pem"
LESSER = ("marks.key", "trail.key", "papers.key")
"""Keys without which no fact is lost, but the marks of copies that were given out, people's codes, and papers in a database."""


def copy_key(folder: Path, safe: Path, beside: Iterable[Path] = ()) -> int:
    """Copy every key of a ledger, and those `beside` it, to a place of their own, over the copies before them, which are overwritten; the epoch."""
    keys = folder / "keys"
    if (keys / master.NEXT).exists():
        raise rotating()
    held = master.load(keys / master.KEY, needed=True)
    assert held is not None, "a key that is needed is there, or a fault"
    others = [path for path in (*(keys / name for name in LESSER), *beside) if path.exists()]
    with disk_faults():
        safe.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in (keys / master.KEY, keys / SIGNING, *others):
            secret, copy = read_secret(path), safe / path.name
            if copy.exists() and copy.read_bytes() != secret:
                scrub(copy)
            write_secret(copy, secret)
        note_copied(folder, COPIED_KEY, held.epoch)
    return held.epoch


def note_copied(folder: Path, what: str, epoch: int) -> None:
    """Note of which rotation the newest copy is."""
    replace_text(folder / what, str(epoch))


def copied(folder: Path, what: str) -> int | None:
    """Of which rotation the last copy was; None where none was ever made."""
    try:
        return int((folder / what).read_text())
    except (OSError, ValueError):
        return None
