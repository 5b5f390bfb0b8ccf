"""AAC in MP4, written: the least that a player needs, and no word, time or place beside it."""

from tocsin.engines.attachments.mp4 import FRAME, RATES
from tocsin.engines.attachments.sound import Sound

_UPRIGHT = b"".join(one.to_bytes(4, "big") for one in (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000))
_UNDETERMINED = 0x55C4
"""The language of what is said: `und`."""


def written(sound: Sound) -> bytes:
    """The same frames in one stretch, with a head that lists them."""
    kind = _box(b"ftyp", b"M4A \0\0\0\0M4A mp42isom")
    head = _moov(sound, 0)
    return kind + _moov(sound, len(kind) + len(head) + 8) + _box(b"mdat", *sound.packets)


def _moov(sound: Sound, first: int) -> bytes:
    length = len(sound.packets) * FRAME
    movie = _box(b"mvhd", bytes(12), _u32(sound.rate), _u32(length), _u32(0x10000), b"\1\0", bytes(10), _UPRIGHT, bytes(24), _u32(2))
    track = _box(b"tkhd", b"\0\0\0\7", bytes(8), _u32(1), bytes(4), _u32(length), bytes(8), bytes(4), b"\1\0\0\0", _UPRIGHT, bytes(8))
    media = _box(b"mdhd", bytes(12), _u32(sound.rate), _u32(length), _UNDETERMINED.to_bytes(2, "big"), bytes(2))
    handler = _box(b"hdlr", bytes(8), b"soun", bytes(13))
    here = _box(b"dinf", _box(b"dref", bytes(4), _u32(1), _box(b"url ", b"\0\0\0\1")))
    tables = _box(b"stbl", _box(b"stsd", bytes(4), _u32(1), _described(sound)), _box(b"stts", bytes(4), _u32(1), _u32(len(sound.packets)), _u32(FRAME)),
                  _box(b"stsc", bytes(4), _u32(1), _u32(1), _u32(len(sound.packets)), _u32(1)),
                  _box(b"stsz", bytes(8), _u32(len(sound.packets)), *(_u32(len(one)) for one in sound.packets)), _box(b"stco", bytes(4), _u32(1), _u32(first)))
    return _box(b"moov", movie, _box(b"trak", track, _box(b"mdia", media, handler, _box(b"minf", _box(b"smhd", bytes(8)), here, tables))))


def _described(sound: Sound) -> bytes:
    config = (2 << 11 | RATES.index(sound.rate) << 7 | sound.channels << 3).to_bytes(2, "big")
    decoder = _descriptor(0x04, b"\x40\x15", bytes(11), _descriptor(0x05, config))
    whole = _descriptor(0x03, bytes(3), decoder, _descriptor(0x06, b"\2"))
    return _box(b"mp4a", bytes(6), b"\0\1", bytes(8), sound.channels.to_bytes(2, "big"), b"\0\x10", bytes(4), _u32(min(sound.rate, 0xFFFF) << 16), _box(b"esds", bytes(4), whole))


def _box(name: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return _u32(len(body) + 8) + name + body


def _descriptor(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return bytes([tag, len(body)]) + body


def _u32(value: int) -> bytes:
    return value.to_bytes(4, "big")
