"""The secret keys of a ledger as files that only their owner reads: written durably, read, overwritten; the signing key."""

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tocsin.ledger.faults import LedgerFault


def load_signing_key(folder: Path, *, create: bool) -> Ed25519PrivateKey:
    """The Ed25519 key of `keys/signing.pem`, made with a new ledger; missing from an old one it is never remade."""
    path = folder / "keys" / "signing.pem"
    if create and not path.exists():
        key = Ed25519PrivateKey.generate()
        write_secret(path, key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                              serialization.NoEncryption()))
    fault = LedgerFault("ledger.bad-key", f"{path} is not an Ed25519 key in PEM; restore it from your copy.")
    try:
        loaded = serialization.load_pem_private_key(read_secret(path), password=None)
    except ValueError as error:
        raise fault from error
    if not isinstance(loaded, Ed25519PrivateKey):
        raise fault
    return loaded


def load_marking_key(folder: Path) -> bytes:
    """The 32 bytes of `keys/marks.key` from which marks of given-out copies are made, made when first needed.

    Without it no ledger is lost, but marks that were made with it can no longer be read.
    """
    return _load_random(folder / "keys" / "marks.key")


def load_trail_key(folder: Path) -> bytes:
    """The 32 bytes of `keys/trail.key` under which codes of people's own trails are digested, made when first needed.

    Without it no ledger is lost, but every code that was given has to be given anew.
    """
    return _load_random(folder / "keys" / "trail.key")


def load_papers_key(folder: Path) -> bytes:
    """The 32 bytes of `keys/papers.key` that seal a house's papers in a database, made when first needed.

    Without it no ledger is lost, but everybody has to be let in anew.
    """
    return _load_random(folder / "keys" / "papers.key")


def _load_random(path: Path) -> bytes:
    if not path.exists():
        write_secret(path, os.urandom(32))
    key = read_secret(path)
    if len(key) != 32:
        raise LedgerFault("ledger.bad-key", f"{path} must be 32 bytes; restore it from your copy.")
    return key


def write_secret(path: Path, secret: bytes) -> None:
    """Put a secret in its place, whole and durable; a crash leaves the old file or the new one."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    draft = path.with_suffix(".new")
    handle = os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    try:
        os.write(handle, secret)
        os.fsync(handle)
    finally:
        os.close(handle)
    draft.rename(path)
    sync_folder(path.parent)


def read_secret(path: Path) -> bytes:
    """The bytes of a secret file, its permissions put right first."""
    try:
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
        return path.read_bytes()
    except OSError as error:
        raise LedgerFault("ledger.no-key", f"{path} cannot be read; restore it from your copy of the keys.") from error


def scrub(path: Path) -> None:
    """Write chance over a secret and cut the file to nothing, durably. On a disk that writes elsewhere (an SSD, a copying file system)
    the old block may outlive this until it is used again; only encryption of the whole disk, or its destruction, answers for that."""
    with path.open("r+b") as file:
        file.write(os.urandom(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
        file.truncate(0)
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make a rename in the folder durable; without this a power cut may bring the old name back."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
