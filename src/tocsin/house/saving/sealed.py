"""One sealed piece: its frames packed by zstandard and sealed to public keys in the age format, so that `age -d | zstd -d` opens it too.

Whoever saves holds public keys alone, so a machine cannot read what it saved. Nothing here holds more than a frame in memory.
"""

import hashlib
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, cast

import pyrage
import zstandard
from pyrage import x25519

from tocsin.ledger import LedgerFault

MAX_FRAME = 1 << 24
_AT_ONCE = 1 << 18
_LONG = 4
_NONE: BaseException | None = None


def new_identity() -> tuple[str, str]:
    """A new pair: the private line, to be kept off the machine, and the public one that a backup is made for."""
    made = x25519.Identity.generate()
    return str(made), str(made.to_public())


def recipients(lines: Iterable[str]) -> Sequence[x25519.Recipient]:
    """The public keys of their lines; LedgerFault where one is none."""
    found = []
    for line in lines:
        try:
            found.append(x25519.Recipient.from_str(line))
        except pyrage.RecipientError as error:
            raise LedgerFault("backup.bad-recipient", f"{line[:20]!r} is no public key of a backup (age1…): {error}.") from error
    if not found:
        raise LedgerFault("backup.no-recipient", "no key is named that could open this backup; make one with `tocsin backup key --to FILE`, and keep that file elsewhere.")
    return found


def read_identity(path: Path) -> x25519.Identity:
    """The private key of an identity file, as `tocsin backup key` or `age-keygen` writes it; LedgerFault where it holds none."""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("AGE-SECRET-KEY-"):
            try:
                return x25519.Identity.from_str(line.strip())
            except pyrage.IdentityError as error:
                raise LedgerFault("backup.bad-identity", f"{path} holds no private key: {error}.") from error
    raise LedgerFault("backup.bad-identity", f"{path} holds no private key of a backup (AGE-SECRET-KEY-…).")


def seal(frames: Iterable[bytes], into: IO[bytes], to: Sequence[x25519.Recipient]) -> tuple[str, int]:
    """Pack and seal frames into a file; the SHA-256 and the length of what was written. What a frame's maker or the file raises is raised."""
    source, target = _Source(frames), _Target(into)
    with zstandard.ZstdCompressor(level=3, write_checksum=True).stream_reader(cast(IO[bytes], source), read_size=_AT_ONCE) as packed:
        try:
            pyrage.encrypt_io(cast(io.BufferedIOBase, packed), target, list(to))
        except pyrage.EncryptError as error:
            raise source.failed or target.failed or error from None
    return target.digest.hexdigest(), target.written


def frames(path: Path, identity: x25519.Identity, sha256: str, scratch: Path) -> Iterator[bytes]:
    """The frames of a sealed piece, after its digest was looked at. What is clear lies for the time being in a nameless file in `scratch`."""
    with path.open("rb") as sealed:
        if hashlib.file_digest(sealed, "sha256").hexdigest() != sha256:
            raise damaged(path, "its digest is another")
        sealed.seek(0)
        with tempfile.TemporaryFile(dir=scratch) as clear:
            try:
                pyrage.decrypt_io(sealed, clear, [identity])
            except pyrage.DecryptError as error:
                raise LedgerFault("backup.wrong-identity", f"this identity does not open {path.name} ({error}); give the file that belongs to the backup's key.") from error
            except OSError as error:
                raise damaged(path, str(error)) from error
            clear.seek(0)
            with zstandard.ZstdDecompressor().stream_reader(clear, read_size=_AT_ONCE) as packed:
                try:
                    yield from _unframed(packed, path)
                except zstandard.ZstdError as error:
                    raise damaged(path, str(error)) from error


def damaged(path: Path, why: str) -> LedgerFault:
    """The fault of a piece or run that is not as it was written."""
    return LedgerFault("backup.damaged", f"{path} was altered or cut short: {why}. Take another copy of the backup, or an older run (`--run`).")


def _unframed(packed: IO[bytes], path: Path) -> Iterator[bytes]:
    while head := _exactly(packed, _LONG, path, ends=True):
        length = int.from_bytes(head)
        if length > MAX_FRAME:
            raise damaged(path, "a frame is too long")
        yield _exactly(packed, length, path)


def _exactly(packed: IO[bytes], count: int, path: Path, *, ends: bool = False) -> bytes:
    found = b""
    while len(found) < count:
        block = packed.read(count - len(found))
        if not block:
            break
        found += block
    if len(found) != count and not (ends and not found):
        raise damaged(path, "it ends too early")
    return found


class _Source(io.BufferedIOBase):
    """Frames as a file that is read; it remembers what their maker raised, since the sealing library turns that into words."""

    def __init__(self, made: Iterable[bytes]) -> None:
        super().__init__()
        self._made, self._left, self.failed = iter(made), bytearray(), _NONE

    def read(self, count: int | None = -1) -> bytes:
        """At least one byte, until the frames end."""
        assert count is not None and count > 0, "read in blocks"
        try:
            while len(self._left) < count and (frame := next(self._made, None)) is not None:
                assert len(frame) <= MAX_FRAME, "a frame is bounded by whoever makes it"
                self._left += len(frame).to_bytes(_LONG)
                self._left += frame
        except BaseException as error:
            self.failed = error
            raise
        found = bytes(self._left[:count])
        del self._left[:count]
        return found


class _Target(io.BufferedIOBase):
    """A file that is written, with the digest of what went into it."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file, self.digest, self.written, self.failed = file, hashlib.sha256(), 0, _NONE

    def write(self, block: Any) -> int:
        """All of the block."""
        try:
            self._file.write(block)
        except BaseException as error:
            self.failed = error
            raise
        self.digest.update(block)
        self.written += len(block)
        return len(block)

    def flush(self) -> None:
        """The caller makes the file durable."""
