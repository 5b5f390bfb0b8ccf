"""Opus in WebM, read (RFC 8794 for EBML, RFC 9559 for its elements): what a browser's recorder writes, one track of sound and nothing beside it."""

from collections.abc import Iterator

from tocsin.engines.attachments.sound import OPUS_RATE, OpusHead, Sound, broken, named, no_voice, opus_head, opus_samples

_EBML, _DOC_TYPE = 0x1A45DFA3, 0x4282
_SEGMENT, _CLUSTER, _INFO, _TRACKS, _TAGS, _CHAPTERS, _ATTACHMENTS = 0x18538067, 0x1F43B675, 0x1549A966, 0x1654AE6B, 0x1254C367, 0x1043A770, 0x1941A469
_TRACK, _NUMBER, _TYPE, _CODEC, _PRIVATE, _ENCODINGS = 0xAE, 0xD7, 0x83, 0x86, 0x63A2, 0x6D80
_SIMPLE, _GROUP, _BLOCK = 0xA3, 0xA0, 0xA1
_DATE, _TITLE = 0x4461, 0x7BA9
_OPEN = (_SEGMENT, _CLUSTER)
"""Read as if they were not there: a recorder that does not know yet how long they are gives them no size, and what they hold follows them."""
_SOUND = 2
_LACED = 0x06


def read(content: bytes) -> Sound:
    """The one track of Opus; refused where there is another, or an element is cut off."""
    packets: list[bytes] = []
    head: OpusHead | None = None
    number, first = 0, True
    beside: list[str] = []
    for name, body in _elements(content, opened=True):
        if first and (name != _EBML or dict(_elements(body)).get(_DOC_TYPE, b"").rstrip(b"\0") != b"webm"):
            raise no_voice()
        if not first and name in (_EBML, _ATTACHMENTS):
            raise no_voice()
        first = False
        if name == _TRACKS:
            if head is not None:
                raise broken()
            number, head = _track(body)
        elif name in (_TAGS, _CHAPTERS):
            beside += named(body)
        elif name == _INFO:
            told = dict(_elements(body))
            beside += ["times"] * (_DATE in told) + ["tags"] * (_TITLE in told)
        elif name in (_SIMPLE, _GROUP):
            block = body if name == _SIMPLE else dict(_elements(body)).get(_BLOCK, b"")
            if head is None or len(block) < 4 or block[0] != 0x80 | number or block[3] & _LACED:
                raise broken()
            packets += [block[4:]] if block[4:] else []
    if head is None or not packets:
        raise broken()
    return Sound(codec="opus", rate=OPUS_RATE, channels=head.channels, packets=tuple(packets), samples=tuple(opus_samples(packet) for packet in packets),
                 skip=head.skip, gain=head.gain, beside=tuple(dict.fromkeys(beside)))


def _track(body: bytes) -> tuple[int, OpusHead]:
    """The number and header of the only track."""
    tracks = [inner for name, inner in _elements(body) if name == _TRACK]
    if len(tracks) != 1:
        raise no_voice()
    told = dict(_elements(tracks[0]))
    if int.from_bytes(told.get(_TYPE, b""), "big") != _SOUND or told.get(_CODEC, b"").rstrip(b"\0") != b"A_OPUS" or _ENCODINGS in told:
        raise no_voice()
    number = int.from_bytes(told.get(_NUMBER, b""), "big")
    if not 0 < number < 127:
        raise broken()
    return number, opus_head(told.get(_PRIVATE, b""))


def _elements(content: bytes, *, opened: bool = False) -> Iterator[tuple[int, bytes]]:
    """The elements of these bytes; with `opened` those of a segment and its clusters too, in the order they lie."""
    at = 0
    while at < len(content):
        name, at = _number(content, at, 4, kept=True)
        size, at = _number(content, at, 8, kept=False)
        if opened and name in _OPEN:
            continue
        if size < 0 or at + size > len(content):
            raise broken()
        yield name, content[at:at + size]
        at += size


def _number(content: bytes, at: int, most: int, *, kept: bool) -> tuple[int, int]:
    """A number of as many bytes as its first says, with that mark (`kept`) or without; -1 is a size that is not known. And where it ends."""
    if at >= len(content) or not content[at]:
        raise broken()
    wide = 9 - content[at].bit_length()
    if wide > most or at + wide > len(content):
        raise broken()
    value = int.from_bytes(content[at:at + wide], "big")
    if kept:
        return value, at + wide
    value &= (1 << 7 * wide) - 1
    return (-1 if value == (1 << 7 * wide) - 1 else value), at + wide
