"""Checkpoints as C2SP signed notes: the tree's size and root under an Ed25519 signature that any witness can check."""

import base64
import binascii
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tocsin.ledger.tree import HASH

_ED25519 = b"\1"
MAX_NOTE = 4_096


class Checkpoint(msgspec.Struct, frozen=True):
    """What a checkpoint says: in the log `origin`, the first `size` entries have this root."""

    origin: str
    size: int
    root: bytes


class BadNote(Exception):
    """A note that is malformed, speaks of another log, or was not signed by the key in hand."""


def verifier_key(origin: str, key: Ed25519PublicKey) -> str:
    """The public key in the C2SP verifier form `name+keyid+base64`; this line is what auditors are given."""
    return f"{origin}+{_key_id(origin, key).hex()}+{_base64(_ED25519 + key.public_bytes_raw())}"


def read_verifier(line: str) -> tuple[str, Ed25519PublicKey]:
    """The origin and key of a verifier line; BadNote when its parts do not belong together."""
    origin, _, rest = line.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        raw = base64.b64decode(encoded, validate=True)
        key = Ed25519PublicKey.from_public_bytes(raw[1:])
    except (ValueError, binascii.Error) as error:
        raise BadNote("the public key is not a verifier line (name+keyid+base64)") from error
    if raw[:1] != _ED25519 or not origin or _key_id(origin, key).hex() != key_id:
        raise BadNote("the public key's id does not belong to its name and bytes")
    return origin, key


def sign(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """The checkpoint as a signed note: origin, size, root in base64, an empty line, and one signature line."""
    text = f"{checkpoint.origin}\n{checkpoint.size}\n{_base64(checkpoint.root)}\n"
    signature = _key_id(checkpoint.origin, key.public_key()) + key.sign(text.encode())
    return f"{text}\n\u2014 {checkpoint.origin} {_base64(signature)}\n"


def read(note: str, origin: str, key: Ed25519PublicKey) -> Checkpoint:
    """What a note says once its signature is checked; BadNote otherwise. Other signers' lines are passed over."""
    text, gap, signatures = note.partition("\n\n")
    lines = text.split("\n")
    if not gap or len(note) > MAX_NOTE or len(lines) < 3:
        raise BadNote("the note is not a checkpoint")
    if lines[0] != origin:
        raise BadNote(f"the checkpoint is of {lines[0]!r}, not of {origin!r}")
    wanted = f"\u2014 {origin} "
    for line in signatures.split("\n"):
        try:
            raw = base64.b64decode(line.removeprefix(wanted), validate=True) if line.startswith(wanted) else b""
            if raw[:4] != _key_id(origin, key):
                continue
            key.verify(raw[4:], f"{text}\n".encode())
            size, root = int(lines[1]), base64.b64decode(lines[2], validate=True)
        except (InvalidSignature, ValueError) as error:
            raise BadNote("the checkpoint's signature does not hold") from error
        if str(size) != lines[1] or size < 0 or len(root) != HASH:
            raise BadNote("the checkpoint's size or root is malformed")
        return Checkpoint(origin, size, root)
    raise BadNote("the checkpoint is not signed by this key")


def _key_id(origin: str, key: Ed25519PublicKey) -> bytes:
    return sha256(origin.encode() + b"\n" + _ED25519 + key.public_bytes_raw()).digest()[:4]


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
