"""The secret keys of a ledger: one signs checkpoints, one wraps the vault's keys; only their owner reads the files."""

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
        _write_secret(path, key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                              serialization.NoEncryption()))
    fault = LedgerFault("ledger.bad-key", f"{path} is not an Ed25519 key in PEM; restore it from your copy.")
    try:
        loaded = serialization.load_pem_private_key(_read_secret(path), password=None)
    except ValueError as error:
        raise fault from error
    if not isinstance(loaded, Ed25519PrivateKey):
        raise fault
    return loaded


def load_master_key(folder: Path, *, create: bool) -> bytes:
    """The 32 bytes of `keys/vault.key` that wrap every record's key; without them nothing personal is readable."""
    path = folder / "keys" / "vault.key"
    if create and not path.exists():
        _write_secret(path, os.urandom(32))
    key = _read_secret(path)
    if len(key) != 32:
        raise LedgerFault("vault.bad-key", f"{path} must be 32 bytes; restore it from your copy.")
    return key


def load_marking_key(folder: Path) -> bytes:
    """The 32 bytes of `keys/marks.key` from which marks of given-out copies are made, made when first needed.

    Without it no ledger is lost, but marks that were made with it can no longer be read.
    """
    path = folder / "keys" / "marks.key"
    if not path.exists():
        _write_secret(path, os.urandom(32))
    key = _read_secret(path)
    if len(key) != 32:
        raise LedgerFault("ledger.bad-key", f"{path} must be 32 bytes; restore it from your copy.")
    return key


def _write_secret(path: Path, secret: bytes) -> None:
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


def _read_secret(path: Path) -> bytes:
    try:
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
        return path.read_bytes()
    except OSError as error:
        raise LedgerFault("ledger.no-key", f"{path} cannot be read; restore it from your copy of the keys.") from error


def sync_folder(folder: Path) -> None:
    """Make a rename in the folder durable; without this a power cut may bring the old name back."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
