"""AAC in MP4, read (ISO/IEC 14496-12 and -14): whole or in fragments, as a browser's recorder writes it, one track of sound and nothing beside it."""

import struct
from collections.abc import Iterator

import msgspec

from tocsin.engines.attachments.sound import Sound, broken, named, no_voice

FRAME = 1_024
RATES = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350)
"""By their index in AAC's own header (ISO/IEC 14496-3, table 1.18)."""
_LOW_COMPLEXITY = 2
_MOST_FRAMES = 20_000
_ENTRY = 28
_OWN_BASE, _OWN_DESCRIPTION, _OWN_DURATION, _OWN_SIZE = 0x1, 0x2, 0x8, 0x10
_OFFSET, _FIRST_FLAGS, _DURATIONS, _SIZES, _FLAGS, _COMPOSED = 0x1, 0x4, 0x100, 0x200, 0x400, 0x800


class _Track(msgspec.Struct, frozen=True):
    """What the movie's head says of its only track."""

    rate: int
    channels: int
    frames: list[tuple[int, int]]
    """Where each frame lies, and how long it is."""
    usual: int
    """The size of a fragment's frames where it names none."""
    beside: tuple[str, ...]


def read(content: bytes) -> Sound:
    """The one track of AAC; refused where there is another, a box is cut off, or a frame lies outside the file."""
    boxes = list(_boxes(content, 0, len(content)))
    moov = [(begin, end) for name, begin, end in boxes if name == b"moov"]
    if len(moov) != 1:
        raise broken()
    track = _moov(content, *moov[0])
    frames, beside = list(track.frames), track.beside
    for name, begin, end in boxes:
        if name == b"moof":
            frames += _fragment(content, begin, end, track.usual)
        elif name in (b"udta", b"meta", b"uuid"):
            beside += named(content[begin:end])
    if not 0 < len(frames) <= _MOST_FRAMES or any(size < 1 or at < 0 or at + size > len(content) for at, size in frames):
        raise broken()
    return Sound(codec="aac", rate=track.rate, channels=track.channels, packets=tuple(content[at:at + size] for at, size in frames),
                 samples=(FRAME,) * len(frames), beside=tuple(dict.fromkeys(beside)))


def _moov(content: bytes, begin: int, end: int) -> _Track:
    tracks, beside, usual = [], [], 0
    for name, first, last in _boxes(content, begin, end):
        if name == b"trak":
            tracks.append((first, last))
        elif name == b"mvhd":
            beside += ["times"] * any(content[first + 4:first + (20 if content[first] else 12)])
        elif name in (b"udta", b"meta"):
            beside += named(content[first:last])
        elif name == b"mvex":
            usual = next((_u32(content, at + 16) for inner, at, _ in _boxes(content, first, last) if inner == b"trex"), 0)
    if len(tracks) != 1:
        raise no_voice()
    if any(name in (b"udta", b"meta") for name, _, _ in _boxes(content, *tracks[0])):
        beside.append("tags")
    mdia = _one(content, *tracks[0], b"mdia")
    kind = _one(content, *mdia, b"hdlr")
    if content[kind[0] + 8:kind[0] + 12] != b"soun":
        raise no_voice()
    stbl = _one(content, *_one(content, *mdia, b"minf"), b"stbl")
    rate, channels = _described(content, *_one(content, *stbl, b"stsd"))
    return _Track(rate, channels, _listed(content, stbl), usual, tuple(beside))


def _described(content: bytes, begin: int, end: int) -> tuple[int, int]:
    """The rate and channels by AAC's own header (AudioSpecificConfig), which is the only description there may be."""
    entries = list(_boxes(content, begin + 8, end))
    if _u32(content, begin + 4) != 1 or len(entries) != 1 or entries[0][0] != b"mp4a":
        raise no_voice()
    _, first, last = entries[0]
    at, stop = _one(content, first + _ENTRY, last, b"esds")
    at, stop = _descriptor(content, at + 4, stop, 0x03)
    at += 3 + (2 if content[at + 2] & 0x80 else 0) + (2 if content[at + 2] & 0x20 else 0)
    if content[at - 1] & 0x40:
        raise broken()
    at, stop = _descriptor(content, at, stop, 0x04)
    if content[at] != 0x40:
        raise no_voice()
    at, stop = _descriptor(content, at + 13, stop, 0x05)
    if stop - at < 2:
        raise broken()
    bits = int.from_bytes(content[at:at + 2], "big")
    index, channels = bits >> 7 & 15, bits >> 3 & 15
    if bits >> 11 != _LOW_COMPLEXITY or index >= len(RATES) or channels not in (1, 2) or bits & 4:
        raise no_voice()
    return RATES[index], channels


def _listed(content: bytes, stbl: tuple[int, int]) -> list[tuple[int, int]]:
    """The frames that the head's own tables list: none where all are in fragments."""
    tables = {name: (begin, end) for name, begin, end in _boxes(content, *stbl)}
    if not {b"stsz", b"stsc"} <= tables.keys() or not tables.keys() & {b"stco", b"co64"}:
        raise broken()
    at = tables[b"stsz"][0]
    same, count = _u32(content, at + 4), _u32(content, at + 8)
    if count > _MOST_FRAMES:
        raise broken()
    sizes = [same] * count if same else [_u32(content, at + 12 + 4 * one) for one in range(count)]
    wide, name = (8, b"co64") if b"co64" in tables else (4, b"stco")
    at = tables[name][0]
    chunks = [int.from_bytes(content[at + 8 + wide * one:at + 8 + wide * (one + 1)], "big") for one in range(min(_u32(content, at + 4), _MOST_FRAMES))]
    at = tables[b"stsc"][0]
    runs = [(_u32(content, at + 8 + 12 * one), _u32(content, at + 12 + 12 * one)) for one in range(min(_u32(content, at + 4), _MOST_FRAMES))]
    frames: list[tuple[int, int]] = []
    each, runs_left = 0, runs[::-1]
    for number, place in enumerate(chunks, 1):
        if runs_left and runs_left[-1][0] == number:
            each = runs_left.pop()[1]
        for size in sizes[len(frames):len(frames) + each]:
            frames.append((place, size))
            place += size
    if len(frames) != count:
        raise broken()
    return frames


def _fragment(content: bytes, begin: int, end: int, usual: int) -> list[tuple[int, int]]:
    frames: list[tuple[int, int]] = []
    for name, first, last in _boxes(content, begin, end):
        if name != b"traf":
            continue
        head, _ = _one(content, first, last, b"tfhd")
        flags, at = _u32(content, head) & 0xFFFFFF, head + 8
        base = int.from_bytes(content[at:at + 8], "big") if flags & _OWN_BASE else begin - 8
        at += 8 * bool(flags & _OWN_BASE) + 4 * bool(flags & _OWN_DESCRIPTION) + 4 * bool(flags & _OWN_DURATION)
        size, place = _u32(content, at) if flags & _OWN_SIZE else usual, base
        for inner, run, _ in _boxes(content, first, last):
            if inner == b"trun":
                place = _run(content, run, base, place, size, frames)
    return frames


def _run(content: bytes, at: int, base: int, place: int, usual: int, frames: list[tuple[int, int]]) -> int:
    """One run of a fragment's frames; where the next one begins."""
    flags, count = _u32(content, at) & 0xFFFFFF, _u32(content, at + 4)
    if count > _MOST_FRAMES:
        raise broken()
    at += 8
    if flags & _OFFSET:
        place = base + struct.unpack_from(">i", content, at)[0]
        at += 4
    at += 4 * bool(flags & _FIRST_FLAGS)
    for _ in range(count):
        at += 4 * bool(flags & _DURATIONS)
        size = _u32(content, at) if flags & _SIZES else usual
        at += 4 * (bool(flags & _SIZES) + bool(flags & _FLAGS) + bool(flags & _COMPOSED))
        frames.append((place, size))
        place += size
    return place


def _boxes(content: bytes, begin: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes of a stretch: name, and where what each holds begins and ends."""
    while begin < end:
        size, name, head = _u32(content, begin), content[begin + 4:begin + 8], 8
        if size == 1:
            size, head = int.from_bytes(content[begin + 8:begin + 16], "big"), 16
        elif size == 0:
            size = end - begin
        if size < head or begin + size > end:
            raise broken()
        yield name, begin + head, begin + size
        begin += size


def _one(content: bytes, begin: int, end: int, wanted: bytes) -> tuple[int, int]:
    found = [(first, last) for name, first, last in _boxes(content, begin, end) if name == wanted]
    if len(found) != 1:
        raise broken()
    return found[0]


def _descriptor(content: bytes, begin: int, end: int, wanted: int) -> tuple[int, int]:
    """Where what a descriptor holds begins and ends (ISO/IEC 14496-1, section 8.3.3)."""
    if content[begin] != wanted:
        raise broken()
    size, at = 0, begin + 1
    for _ in range(4):
        size, more = size << 7 | content[at] & 0x7F, content[at] & 0x80
        at += 1
        if not more:
            break
    if at + size > end:
        raise broken()
    return at, at + size


def _u32(content: bytes, at: int) -> int:
    """Four bytes as a number; refused where they are not there."""
    if at + 4 > len(content):
        raise broken()
    return int.from_bytes(content[at:at + 4], "big")
