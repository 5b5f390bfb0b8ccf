"""One line of the ledger as bytes: what is stored is exactly what is hashed, so no field escapes the proof."""

import msgspec

from tocsin.kernel import Entry, Refused

MAX_BODY = 1 << 20
MAX_TAGS = 64
MAX_NAME = 200
MAX_ENTRIES = 1_000
MAX_BYTES = 8 << 20
"""Of one submission: all bodies and names together."""
_INT64 = 1 << 63
SALT = 16
"""Bytes of chance at the end of each line: its leaf hash is public, and a small fact could be guessed without them."""


class Line(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True, gc=False):
    """A line's values in order. The salt is empty in what was kept before lines had one."""

    position: int
    kind: str
    body: bytes
    tags: tuple[str, ...]
    happened_at: int
    known_at: int
    by: str
    purpose: str
    cause: int
    key: str
    salt: bytes = b""


_ENCODER = msgspec.msgpack.Encoder()
read_line = msgspec.msgpack.Decoder(Line).decode
"""A line's values; raises `msgspec.DecodeError` for bytes that `encode` cannot have written."""


def encode(position: int, entry: Entry, salt: bytes = b"") -> bytes:
    """The canonical bytes of an entry at its position: a MessagePack array, each value in its shortest form.

    In order: position, kind, body, tags, happened_at, known_at, by, purpose, cause, key and, where there is one, salt.
    Two entries that differ in anything have different bytes, and an auditor can write the same array with any
    MessagePack library.
    """
    values = (position, entry.kind, entry.body, entry.tags, entry.happened_at, entry.known_at, entry.by, entry.purpose,
              entry.cause, entry.key)
    return _ENCODER.encode((*values, salt) if salt else values)


def decode(line: bytes) -> tuple[int, Entry]:
    """The position and entry of a line; raises `msgspec.DecodeError` for bytes that `encode` cannot have written."""
    said = read_line(line)
    return said.position, Entry(kind=said.kind, body=said.body, tags=said.tags, happened_at=said.happened_at, known_at=said.known_at,
                                by=said.by, purpose=said.purpose, cause=said.cause, key=said.key)


def weigh(entry: Entry) -> int:
    """About how many bytes the entry takes; Refused when one of its fields is beyond what the ledger keeps."""
    if len(entry.body) > MAX_BODY:
        raise _too_much("body", f"A fact is at most {MAX_BODY:,} bytes.", f"单条事实最多 {MAX_BODY:,} 字节。")
    if len(entry.tags) > MAX_TAGS:
        raise _too_much("tags", f"A fact has at most {MAX_TAGS} tags.", f"单条事实最多 {MAX_TAGS} 个标签。")
    if not -_INT64 <= min(entry.happened_at, entry.known_at) <= max(entry.happened_at, entry.known_at) < _INT64:
        raise _too_much("happened_at", "An instant is a 64-bit count of microseconds.", "时刻须为 64 位微秒数。")
    if not 0 <= entry.cause < _INT64:
        raise _too_much("cause", "A cause is the position of an earlier fact.", "起因须为先前事实的位置。")
    weight = len(entry.body) + 64
    for name in (entry.kind, entry.by, *entry.tags):
        weight += check_name(name)
    return weight + check_name(entry.purpose, empty=True) + check_name(entry.key, empty=True)


def check_name(name: str, *, empty: bool = False) -> int:
    """The length in bytes of a kind, tag, key or asker; Refused when empty, too long or not writable as UTF-8."""
    try:
        length = len(name.encode())
    except UnicodeEncodeError:
        length = MAX_NAME + 1
    if length > MAX_NAME or not (name or empty) or "\0" in name:
        raise _too_much("name", f"A kind, tag, key, purpose or name is 1 to {MAX_NAME} bytes of UTF-8.",
                        f"类型、标签、标识、目的和名称须为 1 至 {MAX_NAME} 字节的 UTF-8 文字。")
    return length


def _too_much(field: str, en: str, zh: str) -> Refused:
    return Refused("ledger.beyond-limits", en, zh, field=field, status=422)
