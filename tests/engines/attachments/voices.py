"""Recordings made for tests, by writers of their own: silence as a phone's recorder would wrap it, with what phones write beside it."""

import struct
from collections.abc import Sequence

OPUS = b"\xf8\xff\xfe"
"""Twenty milliseconds of silence, full band, one channel."""
AAC = bytes.fromhex("00c800802380")
"""A frame of silence, one channel."""
PLACE = b"+60.1700+024.9400/"
_OPUS_HEAD = b"OpusHead\x01\x01" + struct.pack("<HIhB", 312, 48_000, 0, 0)


def ogg_page(packets: Sequence[bytes], number: int, kind: int, granule: int = 0, serial: int = 7) -> bytes:
    """One page; its sum is reckoned bit by bit, as the specification words it."""
    lacing = b"".join(b"\xff" * (len(one) // 255) + bytes([len(one) % 255]) for one in packets)
    head = b"OggS\0" + bytes([kind]) + struct.pack("<QII", granule, serial, number)
    rest = bytes([len(lacing)]) + lacing + b"".join(packets)
    crc = 0
    for one in head + bytes(4) + rest:
        crc ^= one << 24
        for _ in range(8):
            crc = (crc << 1 ^ 0x04C11DB7 if crc & 0x80000000 else crc << 1) & 0xFFFFFFFF
    return head + struct.pack("<I", crc) + rest


def ogg(seconds: float = 2, *, comment: bytes = b"LOCATION=" + PLACE, head: bytes = _OPUS_HEAD, packet: bytes = OPUS) -> bytes:
    """Opus in Ogg, with a comment that tells where it was recorded."""
    tags = b"OpusTags" + struct.pack("<I", 4) + b"shop" + (struct.pack("<II", 1, len(comment)) + comment if comment else struct.pack("<I", 0))
    pages = [ogg_page([head], 0, 2), ogg_page([tags], 1, 0)]
    left = int(seconds * 50)
    while left > 0:
        pages.append(ogg_page([packet] * min(left, 50), len(pages), 4 if left <= 50 else 0, 0))
        left -= 50
    return b"".join(pages)


def ebml(name: str, body: bytes, *, size: bool = True) -> bytes:
    """An element, by the hexadecimal of its name; without a size it is as long as what follows."""
    return bytes.fromhex(name) + (struct.pack(">Q", 1 << 56 | len(body)) if size else b"\x01" + b"\xff" * 7) + body


def webm(seconds: float = 2, *, codec: bytes = b"A_OPUS", kind: int = 2, doc: bytes = b"webm", more: bytes = b"", tracks: int = 1, flags: int = 0x80) -> bytes:
    """Opus in WebM as a browser streams it: segment and clusters without a size. It has a date, a title and tags too."""
    head = ebml("1a45dfa3", ebml("4286", b"\1") + ebml("4282", doc))
    track = ebml("ae", ebml("d7", b"\1") + ebml("83", bytes([kind])) + ebml("86", codec) + ebml("63a2", _OPUS_HEAD))
    told = ebml("1549a966", ebml("2ad7b1", b"\x0f\x42\x40") + ebml("4461", bytes(8)) + ebml("7ba9", b"at home"))
    tags = ebml("1254c367", ebml("7373", b"LOCATION " + PLACE))
    blocks = [ebml("a3", b"\x81" + struct.pack(">h", at % 1_000) + bytes([flags]) + OPUS) for at in range(0, int(seconds * 1_000), 20)]
    clusters = b"".join(ebml("1f43b675", ebml("e7", bytes([at // 50])) + b"".join(blocks[at:at + 50]), size=False) for at in range(0, len(blocks), 50))
    return head + ebml("18538067", told + ebml("1654ae6b", track * tracks) + tags + more + clusters, size=False)


def box(name: bytes, *parts: bytes) -> bytes:
    """A box of MP4."""
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + name + body


def _described(config: bytes, codec: bytes, kind: int) -> bytes:
    decoder = bytes([0x04, 13 + 2 + len(config), kind, 0x15]) + bytes(11) + bytes([0x05, len(config)]) + config
    stream = b"\0\1\0" + decoder + b"\x06\1\2"
    esds = bytes(4) + b"\x03\x80\x80" + bytes([len(stream)]) + stream
    return box(b"stsd", struct.pack(">II", 0, 1), box(codec, bytes(6), struct.pack(">H", 1), bytes(8), struct.pack(">HHI", 1, 16, 0), struct.pack(">I", 48_000 << 16), box(b"esds", esds)))


def mp4(seconds: float = 2, *, fragments: bool = False, config: bytes = bytes.fromhex("1188"), codec: bytes = b"mp4a", kind: int = 0x40, handler: bytes = b"soun",
        tracks: int = 1, behind: bytes = b"") -> bytes:
    """AAC in MP4 with a place and a time of making; whole, or in fragments of ten frames as a browser streams it."""
    count = int(seconds * 48_000 / 1_024)
    listed = 0 if fragments else count
    beside = box(b"udta", box(b"\xa9xyz", struct.pack(">HH", len(PLACE), 0) + PLACE))
    chunks = [listed // 2, listed - listed // 2] if listed else []

    def head(first: int) -> bytes:
        places = [first, first + len(AAC) * chunks[0]] if chunks else []
        runs = [(1, chunks[0], 1), (2, chunks[1], 1)] if chunks else []
        tables = box(b"stbl", _described(config, codec, kind), box(b"stts", struct.pack(">II", 0, 0)),
                     box(b"stsc", struct.pack(">II", 0, len(runs)), *(struct.pack(">III", *run) for run in runs)),
                     box(b"stsz", struct.pack(">III", 0, 0, listed), struct.pack(">I", len(AAC)) * listed), box(b"stco", struct.pack(">II", 0, len(places)), *(struct.pack(">I", one) for one in places)))
        track = box(b"trak", box(b"tkhd", bytes(84)), box(b"mdia", box(b"mdhd", bytes(24)), box(b"hdlr", bytes(8), handler, bytes(13)),
                                                          box(b"minf", box(b"smhd", bytes(8)), tables)))
        more = box(b"mvex", box(b"trex", struct.pack(">IIIIII", 0, 1, 1, 1_024, len(AAC), 0))) if fragments else b""
        return box(b"moov", box(b"mvhd", struct.pack(">IIIII", 0, 3_900_000_000, 3_900_000_000, 48_000, 0), bytes(80)), track * tracks, more, beside)

    kind_of = box(b"ftyp", b"iso5\0\0\0\0iso5mp42")
    if not fragments:
        return kind_of + head(len(kind_of) + len(head(0)) + 8) + box(b"mdat", AAC * count) + behind
    parts = []
    for at in range(0, count, 10):
        held = min(10, count - at)

        def moof(offset: int, held: int = held, at: int = at) -> bytes:
            sizes = b"" if at % 20 else struct.pack(">I", len(AAC)) * held
            run = box(b"trun", struct.pack(">IIi", 0x1 | (0x200 if sizes else 0), held, offset), sizes)
            return box(b"moof", box(b"mfhd", struct.pack(">II", 0, at)), box(b"traf", box(b"tfhd", struct.pack(">II", 0x20000, 1)), box(b"tfdt", bytes(8)), run))
        parts.append(moof(len(moof(0)) + 8) + box(b"mdat", AAC * held))
    return kind_of + head(0) + b"".join(parts) + behind
