"""What goes over the line between a floor and its sites: who said it is signed, how large it is has a limit, all of it is MessagePack.

Subjects, for a floor called NAME: `tocsin.NAME.facts` (the stream of kept lines), `tocsin.NAME.ask` (a site asks, the floor answers).
"""

import os
from collections.abc import Sequence

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tocsin.kernel import Instant

MOST_BYTES = 512 * 1024
"""Of one message; NATS itself takes 1 MiB where nobody set it otherwise."""
MOST_LINES = 500
NONCE = 16
_LONGEST_NAME = 8
_ASKED, _TOLD = b"tocsin site asks 1\n", b"tocsin floor tells 1\n"


class Bundle(msgspec.Struct, frozen=True, tag="bundle"):
    """Lines of the ledger in order, as they are kept there; `note` is the floor's signed checkpoint at the last of them."""

    first: int
    lines: Sequence[bytes]
    note: str


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """A site is there, and this is how far its copy reaches."""

    head: int


class Fetch(msgspec.Struct, frozen=True, tag="fetch"):
    """A site asks for the lines after a position: the stream has lost them, or never had them."""

    after: int


class Do(msgspec.Struct, frozen=True, tag="do"):
    """Somebody at a site asks for something while the line stands: the door's path, and its command as JSON, path fields and key included."""

    person: str
    roles: tuple[str, ...]
    door: str
    command: bytes
    purpose: str = ""


class Join(msgspec.Struct, frozen=True, tag="join"):
    """What a site did by itself: the fork's number, the place in it, and the command with when it was done."""

    fork: int
    number: int
    person: str
    roles: tuple[str, ...]
    door: str
    key: str
    command: bytes
    done_at: Instant
    purpose: str = ""


class Standing(msgspec.Struct, frozen=True, tag="standing"):
    """The floor is there: how far its ledger reaches, and what this site may do: its roles, and the doors it may open by itself."""

    head: int
    roles: tuple[str, ...]
    apart: tuple[str, ...]
    withdrawn: bool = False


class Done(msgspec.Struct, frozen=True, tag="done"):
    """It is kept: the receipt, and how far the floor's ledger reached by then, with what the rooms did because of it."""

    position: int
    subject: str
    kept: tuple[str, ...]
    repeated: bool
    head: int = 0


class No(msgspec.Struct, frozen=True, tag="no"):
    """It is refused, and nothing was kept."""

    code: str
    en: str
    zh: str
    status: int
    field: str | None = None


class Conflicted(msgspec.Struct, frozen=True, tag="conflicted"):
    """What was done could not be kept; it stands at the floor as a conflict that somebody has to settle."""

    conflict: str
    position: int


class Again(msgspec.Struct, frozen=True, tag="again"):
    """Not now; nothing is known to be kept. Ask again, with the same key."""


Asked = Hello | Fetch | Do | Join
Told = Standing | Bundle | Done | No | Conflicted | Again


class Asking(msgspec.Struct, frozen=True, array_like=True):
    """One question of a site, signed with its key. The nonce ties the answer to it."""

    site: str
    nonce: bytes
    body: bytes
    signature: bytes


class Telling(msgspec.Struct, frozen=True, array_like=True):
    """The floor's answer, signed with the key of its ledger."""

    body: bytes
    signature: bytes


class Forged(Exception):
    """A message that is malformed, too large, or not signed by whom it names."""


_ENCODE = msgspec.msgpack.encode
_ASKING, _TELLING = msgspec.msgpack.Decoder(Asking), msgspec.msgpack.Decoder(Telling)
_ASKED_BODY: msgspec.msgpack.Decoder[Asked] = msgspec.msgpack.Decoder(Asked)
_TOLD_BODY: msgspec.msgpack.Decoder[Told] = msgspec.msgpack.Decoder(Told)
read_bundle = msgspec.msgpack.Decoder(Bundle).decode


def subject(floor: str, what: str) -> str:
    """The subject for one purpose of one floor."""
    return f"tocsin.{floor}.{what}"


def ask(floor: str, site: str, key: Ed25519PrivateKey, what: Asked) -> tuple[bytes, bytes]:
    """A signed question's bytes, and its nonce."""
    nonce, body = os.urandom(NONCE), _ENCODE(what)
    return _ENCODE(Asking(site, nonce, body, key.sign(_question(floor, site, nonce, body)))), nonce


def who_asks(said: bytes) -> Asking:
    """A question before anybody's word is believed. Forged."""
    try:
        asking = _ASKING.decode(said) if len(said) <= MOST_BYTES else None
    except msgspec.DecodeError as error:
        raise Forged(str(error)) from error
    if asking is None or len(asking.nonce) != NONCE:
        raise Forged("its size is none that is sent")
    return asking


def named(said: bytes) -> str:
    """The site that a question names, before anybody's word is believed; nothing where it names none that could be."""
    try:
        return who_asks(said).site[:_LONGEST_NAME]
    except Forged:
        return ""


def read_asked(floor: str, asking: Asking, key: Ed25519PublicKey) -> Asked:
    """What a site asks, once its signature holds. Forged."""
    try:
        key.verify(asking.signature, _question(floor, asking.site, asking.nonce, asking.body))
        return _ASKED_BODY.decode(asking.body)
    except (InvalidSignature, msgspec.DecodeError) as error:
        raise Forged(str(error) or "its signature does not hold") from error


def answer_text(floor: str, site: str, nonce: bytes, body: bytes) -> bytes:
    """What the floor signs of an answer."""
    return _TOLD + _ENCODE((floor, site, nonce, body))


def read_told(floor: str, site: str, nonce: bytes, said: bytes, key: Ed25519PublicKey) -> Told:
    """What the floor answers to the question with this nonce. Forged."""
    try:
        telling = _TELLING.decode(said)
        key.verify(telling.signature, answer_text(floor, site, nonce, telling.body))
        return _TOLD_BODY.decode(telling.body)
    except (InvalidSignature, msgspec.DecodeError) as error:
        raise Forged(str(error) or "its signature does not hold") from error


def _question(floor: str, site: str, nonce: bytes, body: bytes) -> bytes:
    return _ASKED + _ENCODE((floor, site, nonce, body))
