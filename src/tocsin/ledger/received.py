"""The checkpoints of another house's ledger, as they came with its lines: read with that house's key. This one signs none."""

from pathlib import Path

from tocsin.ledger.checkpoints import NEWEST, VERIFIER
from tocsin.ledger.durable import replace_text
from tocsin.ledger.faults import LedgerFault
from tocsin.ledger.note import BadNote, Checkpoint, read, read_verifier


class Received:
    """Stands where Checkpoints stand, in the folder of a copy."""

    def __init__(self, folder: Path, verifier: str) -> None:
        """`verifier` is the floor's public line; a folder that copies one floor never takes another's lines."""
        self._folder, self.verifier = folder, verifier.strip()
        self._origin, self._key = read_verifier(self.verifier)
        public = folder / VERIFIER
        if public.exists() and public.read_text().strip() != self.verifier:
            raise LedgerFault("ledger.other-floor", f"{folder} copies the ledger of another key than the one given; give a new folder, or the right verifier line.")
        if not public.exists():
            replace_text(public, self.verifier + "\n")
        self.size = self.newest().size

    def read(self, note: str) -> Checkpoint:
        """What a note says; BadNote where the floor did not sign it."""
        return read(note, self._origin, self._key)

    def newest(self) -> Checkpoint:
        """The newest that came, of size 0 where none did."""
        path = self._folder / NEWEST
        if not path.exists():
            return Checkpoint(self._origin, 0, b"")
        try:
            return self.read(path.read_text())
        except (BadNote, UnicodeDecodeError) as error:
            raise LedgerFault("ledger.bad-checkpoint", f"{path}: {error}; run `tocsin audit verify`.") from error

    def keep(self, note: str, size: int) -> None:
        """Remember the newest, once the lines that it signs are kept."""
        replace_text(self._folder / NEWEST, note)
        self.size = size

    def write(self, size: int, root: bytes, *, history: bool = False) -> str:
        """The newest note as it came: there is no key here to sign another with."""
        path = self._folder / NEWEST
        return path.read_text() if path.exists() else ""
