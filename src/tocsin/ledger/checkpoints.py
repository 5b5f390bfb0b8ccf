"""Signed checkpoints beside the ledger: the newest in `checkpoint`, and in `checkpoints` one a minute for ever."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tocsin.kernel import Clock
from tocsin.ledger.durable import replace_text
from tocsin.ledger.faults import LedgerFault
from tocsin.ledger.note import BadNote, Checkpoint, read, sign, verifier_key

NEWEST = "checkpoint"
HISTORY = "checkpoints"
VERIFIER = "verifier"
FORMER, WITNESSED, WITNESSED_HISTORY = "former", "witnessed", "witnessed-history"
SIGNED = (NEWEST, HISTORY, VERIFIER, WITNESSED, WITNESSED_HISTORY)
"""What was signed, beside the entries: whoever has a copy of these and of the entries can audit them."""
BETWEEN_US = 1_000_000
BETWEEN_HISTORY_US = 60_000_000
_GAP = "\n\n\n"
"""Between notes in the history; a note itself never holds two empty lines."""


class Checkpoints:
    """Signs and writes checkpoints; a disk without room costs a checkpoint, never an entry."""

    def __init__(self, folder: Path, origin: str, key: Ed25519PrivateKey, clock: Clock) -> None:
        self._folder, self._origin, self._key, self._clock = folder, origin, key, clock
        self._lock = threading.Lock()
        self._written_at = self._history_at = 0
        self.verifier = verifier_key(origin, key.public_key())
        public = folder / VERIFIER
        if not public.exists() or public.read_text() != self.verifier + "\n":
            public.write_text(self.verifier + "\n")
        _drop_torn_end(folder / HISTORY)
        self.size = self.newest().size

    def newest(self) -> Checkpoint:
        """The newest written checkpoint, of size 0 when there is none; a fault when it is not ours."""
        path = self._folder / NEWEST
        if not path.exists():
            return Checkpoint(self._origin, 0, b"")
        try:
            return read(path.read_text(), self._origin, self._key.public_key())
        except (BadNote, UnicodeDecodeError) as error:
            raise LedgerFault("ledger.bad-checkpoint", f"{path}: {error}; run `tocsin audit verify`.") from error

    def due(self, size: int) -> bool:
        """Whether entries were kept that no checkpoint covers and the last one is a second old."""
        return size > self.size and abs(self._clock.now() - self._written_at) >= BETWEEN_US

    def sign(self, size: int, root: bytes) -> str:
        """Sign this size and root, of which the ledger may have outgrown the one; nothing is written."""
        return sign(Checkpoint(self._origin, size, root), self._key)

    def vouch(self, said: bytes) -> bytes:
        """A signature by the same key over something else that this house says; what it says never begins as a checkpoint does."""
        assert not said.startswith(self._origin.encode()), "that would be a checkpoint"
        return self._key.sign(said)

    def write(self, size: int, root: bytes, *, history: bool = False) -> str:
        """Sign this size and root, and keep the note if it is newer; raises OSError when the disk does not take it."""
        note = self.sign(size, root)
        with self._lock:
            now = self._clock.now()
            if size > self.size:
                replace_text(self._folder / NEWEST, note)
                self.size, self._written_at = size, now
                if history or abs(now - self._history_at) >= BETWEEN_HISTORY_US:
                    with (self._folder / HISTORY).open("a") as file:
                        file.write(note + _GAP)
                    self._history_at = now
        return note


def history(folder: Path) -> Iterator[str]:
    """Every note kept beside a ledger, oldest first, the newest last; streamed, since there may be years of them."""
    path = folder / HISTORY
    if path.exists():
        note: list[str] = []
        with path.open(errors="replace") as file:
            for line in file:
                if line == "\n" and note and note[-1].startswith("\u2014"):
                    yield "".join(note)
                    note = []
                elif line != "\n" or note:
                    note.append(line)
        if note:
            yield "".join(note)
    newest = folder / NEWEST
    if newest.exists():
        yield newest.read_text(errors="replace")


def _drop_torn_end(path: Path) -> None:
    """Cut off a note that a crash left half-written; it was never given to anyone."""
    if path.exists():
        text = path.read_bytes()
        whole = text.rfind(_GAP.encode()) + len(_GAP) if _GAP.encode() in text else 0
        if whole < len(text):
            os.truncate(path, whole)


def former_verifiers(folder: Path) -> frozenset[str]:
    """The verifier lines of keys that were lost and that the present one took the place of (`audit new-key`)."""
    return frozenset(path.read_text().strip() for path in folder.glob(f"{FORMER}/*/{VERIFIER}"))
