"""Checkpoints as C2SP signed notes: the tree's size and root under an Ed25519 signature that any witness can check."""

import base64
import binascii
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tocsin.ledger.tree import HASH

_ED25519, _COSIGNATURE = b"\1", b"\4"
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


def text_of(note: str) -> str:
    """What a note's signatures are over: everything before the empty line."""
    text, gap, _ = note.partition("\n\n")
    if not gap or len(note) > MAX_NOTE:
        raise BadNote("the note is not a checkpoint")
    return f"{text}\n"


class Witness(msgspec.Struct, frozen=True):
    """A witness as others know it: its name and its key."""

    name: str
    key: Ed25519PublicKey

    @property
    def line(self) -> str:
        """Its verifier line, in the C2SP form of a cosigner's key (type 0x04)."""
        return f"{self.name}+{_key_id(self.name, self.key, _COSIGNATURE).hex()}+{_base64(_COSIGNATURE + self.key.public_bytes_raw())}"


def read_witness(line: str) -> Witness:
    """The witness of a cosigner's verifier line; BadNote when its parts do not belong together."""
    name, _, rest = line.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        raw = base64.b64decode(encoded, validate=True)
        key = Ed25519PublicKey.from_public_bytes(raw[1:])
    except (ValueError, binascii.Error) as error:
        raise BadNote("the witness's key is not a verifier line (name+keyid+base64)") from error
    if raw[:1] != _COSIGNATURE or not name or _key_id(name, key, _COSIGNATURE).hex() != key_id:
        raise BadNote("the witness's key id does not belong to its name and bytes")
    return Witness(name, key)


def cosign(note: str, name: str, key: Ed25519PrivateKey, at_s: int) -> str:
    """A witness's line under a checkpoint (C2SP tlog-cosignature, cosignature/v1): that at this second, of POSIX time, it had seen no
    other history of this log."""
    signature = key.sign(_cosigned_text(note, at_s))
    return f"\u2014 {name} {_base64(_key_id(name, key.public_key(), _COSIGNATURE) + at_s.to_bytes(8, 'big') + signature)}\n"


def cosigned_at(note: str, witness: Witness) -> int | None:
    """The second at which this witness cosigned a note; None where it did not. BadNote where a line claims to be its and is not."""
    wanted = f"\u2014 {witness.name} "
    for line in note.partition("\n\n")[2].split("\n"):
        if not line.startswith(wanted):
            continue
        try:
            raw = base64.b64decode(line.removeprefix(wanted), validate=True)
            if raw[:4] != _key_id(witness.name, witness.key, _COSIGNATURE):
                continue
            at_s = int.from_bytes(raw[4:12], "big")
            witness.key.verify(raw[12:], _cosigned_text(note, at_s))
        except (InvalidSignature, ValueError) as error:
            raise BadNote(f"the cosignature of {witness.name} does not hold") from error
        return at_s
    return None


def lines_of(note: str) -> list[str]:
    """The signature lines of a note, each with its end."""
    return [f"{line}\n" for line in note.partition("\n\n")[2].split("\n") if line]


def _cosigned_text(note: str, at_s: int) -> bytes:
    return f"cosignature/v1\ntime {at_s}\n{text_of(note)}".encode()


def _key_id(origin: str, key: Ed25519PublicKey, kind: bytes = _ED25519) -> bytes:
    return sha256(origin.encode() + b"\n" + kind + key.public_bytes_raw()).digest()[:4]


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
