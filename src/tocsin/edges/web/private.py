"""Private files of the data folder: replaced whole, readable by their owner only; and the key that seals secrets within them."""

import base64
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SESSION_KEY, CREDENTIALS_KEY = "session.key", "credentials.key"
_NONCE = 12


def write_privately(path: Path, data: bytes) -> None:
    """Replace a file whole, readable by its owner only; a crash leaves the old one or the new one."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:  # a full disk, most often; a draft that stayed would fill it further
        beside.unlink(missing_ok=True)
        raise


def key_file(path: Path) -> bytes:
    """The 32 bytes of a key file, made where there is none."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_privately(path, secrets.token_bytes(32))
    key = path.read_bytes()
    assert len(key) == 32, f"{path.name} is damaged"
    return key


def lay_keys(folder: Path, to: Path) -> None:
    """Lay the keys of cookies and of sealed secrets into another node's folder, so that it believes whom this one let in."""
    for name in (SESSION_KEY, CREDENTIALS_KEY):
        write_privately(to / name, key_file(folder / name))


class Sealing:
    """Seals a secret for one person (AES-256-GCM, the name bound in), so that a copy of `people.json` alone gives nobody's away."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def seal(self, secret: str, name: str) -> str:
        """The sealed text, with its nonce."""
        nonce = secrets.token_bytes(_NONCE)
        return base64.b64encode(nonce + self._box().encrypt(nonce, secret.encode(), name.encode())).decode()

    def open(self, sealed: str, name: str) -> str:
        """The secret."""
        data = base64.b64decode(sealed)
        return self._box().decrypt(data[:_NONCE], data[_NONCE:], name.encode()).decode()

    def _box(self) -> AESGCM:
        return AESGCM(key_file(self._folder / CREDENTIALS_KEY))
