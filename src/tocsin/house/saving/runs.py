"""The folder of a backup: sealed pieces by their digest, and one signed run for each time, chained to the one before it.

A run names every piece that makes up the whole, so that any run can be brought back alone and older ones can go: a piece that a former run
holds already is named, not written again. A run counts once its own file is there, which is the last thing written; what a broken run left
behind is swept away by the next.
"""

import base64
import binascii
import fcntl
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from errno import EDQUOT, ENOSPC
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pyrage import x25519

from tocsin.house.saving.sealed import damaged, seal
from tocsin.kernel import Instant
from tocsin.ledger import LedgerFault
from tocsin.ledger.keys import sync_folder

FORM = 1
RUNS, PIECES = "runs", "pieces"
_RUN = ".run"
_PURPOSE = b"tocsin backup run\n"
"""What is signed begins with it, so that no signature of another purpose can be taken for a run's."""


class Held(msgspec.Struct, frozen=True):
    """A piece that a run holds: what it is, of which state (`stamp`), and the digest and length of its sealed file."""

    name: str
    stamp: str
    sha256: str
    bytes: int


class Piece(msgspec.Struct, frozen=True):
    """Something to be saved. Where the former run has this name and stamp, its frames are not asked for."""

    name: str
    stamp: str
    frames: Callable[[], Iterable[bytes]]


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One time of saving: which ledger, how far it reached and its signed checkpoint, of which rotation the wrapped keys are, and the pieces."""

    form: int
    version: str
    number: int
    at: Instant
    ledger: str
    entries: int
    root: str
    checkpoint: str
    epoch: int
    made_for: tuple[str, ...]
    before: str
    pieces: tuple[Held, ...]


class Backup:
    """The folder of a backup, for one process at a time to write into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder, made where it is not there; LedgerFault where another process writes into it."""
        with target_faults(self.folder):
            for part in (RUNS, PIECES):
                (self.folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(self.folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError as error:
            raise LedgerFault("backup.in-use", f"another process is writing into {self.folder}; wait for it.") from error
        finally:
            os.close(lock)

    def numbers(self) -> list[int]:
        """The runs that are there, oldest first; LedgerFault where this is no backup at all."""
        return sorted(int(path.stem) for path in (self.folder / RUNS).glob(f"*{_RUN}") if path.stem.isdecimal())

    def read(self, number: int, key: Ed25519PublicKey | None = None) -> tuple[Run, str]:
        """A run and the digest of its file. With a key its signature must be of that; LedgerFault where it is not, or the run is damaged."""
        path = self._path(number)
        try:
            text = path.read_bytes()
        except OSError as error:
            raise LedgerFault("backup.no-run", f"{path} cannot be read ({error.strerror}); is this the folder of a backup?") from error
        body, _, signature = text.rstrip(b"\n").rpartition(b"\n")
        try:
            run = msgspec.json.decode(body, type=Run)
            if key is not None:
                key.verify(base64.b64decode(signature, validate=True), _PURPOSE + body)
        except InvalidSignature as error:
            raise LedgerFault("backup.not-signed", f"{path} was not signed by this ledger's key; somebody else wrote it, or the key was renewed since.") from error
        except (msgspec.DecodeError, binascii.Error, ValueError) as error:
            raise damaged(path, "it cannot be read") from error
        if run.form != FORM:
            raise LedgerFault("backup.other-form", f"{path} is of form {run.form}; bring it back with the release {run.version} that wrote it.")
        return run, hashlib.sha256(text).hexdigest()

    def newest(self, key: Ed25519PublicKey | None = None) -> tuple[Run, str] | None:
        """The newest run, None where there is none yet."""
        numbers = self.numbers()
        return self.read(numbers[-1], key) if numbers else None

    def write_piece(self, piece: Piece, to: Sequence[x25519.Recipient]) -> Held:
        """Seal a piece into the folder, durably."""
        draft = self.folder / PIECES / "piece.new"
        with target_faults(self.folder), draft.open("wb") as file:
            sha256, size = seal(piece.frames(), file, to)
            file.flush()
            os.fsync(file.fileno())
        with target_faults(self.folder):
            draft.replace(self.piece(sha256))
        return Held(piece.name, piece.stamp, sha256, size)

    def write_run(self, run: Run, key: Ed25519PrivateKey) -> None:
        """Put the run in its place: from here on it counts."""
        body = msgspec.json.encode(run)
        draft = self._path(run.number).with_suffix(".new")
        with target_faults(self.folder):
            sync_folder(self.folder / PIECES)
            with draft.open("wb") as file:
                file.write(body + b"\n" + base64.b64encode(key.sign(_PURPOSE + body)) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path(run.number))
            sync_folder(self.folder / RUNS)

    def prune(self, keep: int) -> int:
        """Let all runs but the newest `keep` go, and every piece that none of these names; how many pieces went."""
        assert keep > 0, "the newest run always stays"
        numbers = self.numbers()
        named = {held.sha256 for number in numbers[-keep:] for held in self.read(number)[0].pieces}
        gone = 0
        with target_faults(self.folder):
            for number in numbers[:-keep]:
                self._path(number).unlink()
            for path in (*(self.folder / RUNS).glob("*.new"), *(self.folder / PIECES).iterdir()):
                if path.name not in named:
                    with suppress(FileNotFoundError):
                        path.unlink()
                    gone += 1
        return gone

    def has(self, held: Held) -> bool:
        """Whether a piece's file is there, whole as far as its length tells; whether it is sound is found out when it is brought back."""
        path = self.piece(held.sha256)
        return path.is_file() and path.stat().st_size == held.bytes

    def piece(self, sha256: str) -> Path:
        """Where a sealed piece lies."""
        return self.folder / PIECES / sha256

    def _path(self, number: int) -> Path:
        return self.folder / RUNS / f"{number:08d}{_RUN}"


@contextmanager
def target_faults(folder: Path) -> Iterator[None]:
    """Turn what the system says of a folder that is written to into a fault that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in (ENOSPC, EDQUOT):
            raise LedgerFault("backup.full", f"the disk of {folder} is full; the run before this one is whole. Make room and do it again.") from error
        raise LedgerFault("backup.unwritable", f"{folder} cannot be written ({error.strerror or error}); is the disk there, and this user's?") from error
