"""Attached files beside the vault: each sealed under its own record's key, durable before anything says that it is there."""

import hashlib
import re
from collections.abc import Callable
from typing import Protocol

from tocsin.ledger.faults import LedgerFault
from tocsin.ledger.vault import Vault

NUMBER = re.compile(r"\d{6}-\d{4,12}")


class Boxes(Protocol):
    """Where sealed files lie: a folder, or a table of the ledger's database. Each is a part first, and settled after. What was written is
    durable when the call returns. Refused where it cannot be done."""

    @property
    def words(self) -> str:
        """What it is called in messages."""

    def put(self, number: str, box: bytes) -> None:
        """Write a part, over one that is there."""

    def settle(self, number: str) -> None:
        """Make a part a settled file."""

    def drop(self, number: str) -> None:
        """Take a part away, if it is there."""

    def forget(self, number: str) -> None:
        """Take a file away, settled or not, if it is there."""

    def parts(self) -> list[str]:
        """The numbers of the parts that stand there."""

    def read(self, number: str) -> bytes | None:
        """The bytes of a file, settled or not; None where there is none."""

    def close(self) -> None:
        """Let it go."""


class FileStore:
    """Sealed files by number, `yymmdd-nnnn`.

    A file is written as a part before its fact is kept and settled after, so that what a crash leaves behind is a few parts,
    each of which the ledger either names or does not.
    """

    def __init__(self, boxes: Boxes, vault: Vault) -> None:
        self._boxes, self._vault = boxes, vault

    def put(self, number: str, clear: bytes) -> str:
        """Seal and write, durably; the SHA-256 of the sealed bytes. Kept for good only once `settle` follows its fact."""
        box = self._vault.seal_bytes(record(number), clear)
        self._boxes.put(_checked(number), box)
        return hashlib.sha256(box).hexdigest()

    def settle(self, number: str) -> None:
        """The fact of this file is kept: it is a part no more. A power cut may make it one again; then the next start settles it."""
        self._boxes.settle(_checked(number))

    def drop(self, number: str) -> None:
        """Take away a part that no fact names."""
        self._boxes.drop(_checked(number))

    def forget(self, number: str) -> None:
        """Take a file's sealed bytes away, once its key is destroyed; what is gone already may be gone."""
        self._boxes.forget(_checked(number))

    def settle_parts(self, named: Callable[[str], bool]) -> None:
        """A crash between a file's writing and its fact leaves a part: what the ledger names stays, the rest was never acknowledged."""
        for number in self._boxes.parts():
            if named(number):
                self.settle(number)
            else:
                self.drop(number)

    def read(self, number: str, sha256: str) -> bytes | None:
        """The clear bytes; None once the record's key was destroyed. LedgerFault where the file is gone or is not the one kept."""
        box = self._boxes.read(_checked(number))
        if box is None and not self._vault.living((record(number),)):
            return None
        if box is None or hashlib.sha256(box).hexdigest() != sha256:
            raise LedgerFault("files.damaged", f"file {number} in {self._boxes.words} is gone or was altered; restore it from a copy.")
        return self._vault.open_bytes(record(number), box)

    def close(self) -> None:
        """Let go of where they lie."""
        self._boxes.close()


def record(number: str) -> str:
    """The vault's record of a file; destroying its key is the deletion."""
    return f"file:{number}"


def _checked(number: str) -> str:
    assert NUMBER.fullmatch(number), "a file's number is given by the house"
    return number
