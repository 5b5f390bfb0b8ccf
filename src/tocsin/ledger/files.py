"""Attached files beside the vault: each sealed under its own record's key, durable before anything says that it is there."""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from tocsin.ledger.faults import LedgerFault, disk_faults
from tocsin.ledger.keys import sync_folder
from tocsin.ledger.vault import Vault

_NAME = re.compile(r"\d{6}-\d{4,12}")
_PART = ".part"


class FileStore:
    """Sealed files by number, `yymmdd-nnnn`, in one folder a day.

    A file is written as `.part` before its fact is kept and settled after, so that what a crash leaves behind is a few parts,
    each of which the ledger either names or does not.
    """

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder, self._vault = folder, vault

    def put(self, number: str, clear: bytes) -> str:
        """Seal and write, durably; the SHA-256 of the sealed bytes. Kept for good only once `settle` follows its fact."""
        box = self._vault.seal_bytes(record(number), clear)
        path = self._path(number)
        with disk_faults():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(path.with_suffix(_PART), os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(box)
                file.flush()
                os.fsync(file.fileno())
            sync_folder(path.parent)
        return hashlib.sha256(box).hexdigest()

    def settle(self, number: str) -> None:
        """The fact of this file is kept: it loses its `.part`. A power cut may bring that back; then the next start settles it."""
        path = self._path(number)
        with disk_faults():
            path.with_suffix(_PART).rename(path)

    def drop(self, number: str) -> None:
        """Take away a part that no fact names."""
        with disk_faults():
            self._path(number).with_suffix(_PART).unlink(missing_ok=True)

    def forget(self, number: str) -> None:
        """Take a file's sealed bytes away, once its key is destroyed; what is gone already may be gone."""
        path = self._path(number)
        with disk_faults():
            path.unlink(missing_ok=True)
            path.with_suffix(_PART).unlink(missing_ok=True)

    def settle_parts(self, named: Callable[[str], bool]) -> None:
        """A crash between a file's writing and its fact leaves a part: what the ledger names stays, the rest was never acknowledged."""
        for number in list(self._parts()):
            if named(number):
                self.settle(number)
            else:
                self.drop(number)

    def _parts(self) -> Iterator[str]:
        """The numbers of the parts that stand there, after a crash."""
        for path in sorted(self._folder.glob(f"*/*{_PART}")):
            if _NAME.fullmatch(path.stem):
                yield path.stem

    def read(self, number: str, sha256: str) -> bytes | None:
        """The clear bytes; None once the record's key was destroyed. LedgerFault where the file is gone or is not the one kept."""
        path = self._path(number)
        box = next((one.read_bytes() for one in (path, path.with_suffix(_PART)) if one.exists()), None)
        if box is None and not self._vault.living((record(number),)):
            return None
        if box is None or hashlib.sha256(box).hexdigest() != sha256:
            raise LedgerFault("files.damaged", f"{path} is gone or was altered; restore it from a copy.")
        return self._vault.open_bytes(record(number), box)

    def _path(self, number: str) -> Path:
        assert _NAME.fullmatch(number), "a file's number is given by the house"
        return self._folder / number[:6] / f"{number}.sealed"


def record(number: str) -> str:
    """The vault's record of a file; destroying its key is the deletion."""
    return f"file:{number}"
