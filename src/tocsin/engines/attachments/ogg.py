"""Opus in Ogg, read and written (RFC 3533, RFC 7845): one stream, whole pages, and no comment."""

import zlib

from tocsin.engines.attachments.sound import OPUS_RATE, OpusHead, Sound, broken, named, no_voice, opus_head, opus_samples

_TURNED = bytes(int(f"{one:08b}"[::-1], 2) for one in range(256))
_ALL = 0xFFFFFFFF
_FIRST, _LAST, _ON = 2, 4, 1
_PAGE_S = 1
_MOST_SEGMENTS = 255
_SERIAL = 1


def read(content: bytes) -> Sound:
    """The one stream of Opus in these pages; refused where a page is damaged, missing, or of another stream."""
    packets: list[bytes] = []
    part, at, count, serial = b"", 0, 0, None
    while at < len(content):
        head, segments = content[at:at + 27], content[at + 27:at + 27 + content[at + 26]] if at + 26 < len(content) else b""
        end = at + 27 + len(segments) + sum(segments)
        if head[:5] != b"OggS\0" or len(segments) != head[26] or end > len(content) or _sum(content[at:at + 22] + bytes(4) + content[at + 26:end]) != head[22:26]:
            raise broken()
        if serial is not None and head[14:18] != serial:
            raise no_voice()
        if int.from_bytes(head[18:22], "little") != count or bool(head[5] & _ON) != bool(part) or bool(head[5] & _FIRST) != (count == 0):
            raise broken()
        serial, body = head[14:18], at + 27 + len(segments)
        for size in segments:
            part += content[body:body + size]
            body += size
            if size < _MOST_SEGMENTS:
                packets.append(part)
                part = b""
        at, count = end, count + 1
    if part or len(packets) < 3:
        if packets and not packets[0].startswith(b"OpusHead"):
            raise no_voice()
        raise broken()
    begin = opus_head(packets[0])
    heard = tuple(packet for packet in packets[2:] if packet)
    return Sound(codec="opus", rate=OPUS_RATE, channels=begin.channels, packets=heard, samples=tuple(opus_samples(packet) for packet in heard),
                 skip=begin.skip, gain=begin.gain, beside=_comments(packets[1]))


def written(sound: Sound) -> bytes:
    """The same packets in pages of about a second; its comment header is empty, as one must stand there."""
    head = OpusHead(sound.channels, sound.skip, sound.gain)
    pages = [_page(_head_packet(head), 0, 0, _FIRST), _page([b"OpusTags" + bytes(8)], 0, 1, 0)]
    held: list[bytes] = []
    segments, heard, begun = 0, 0, 0
    for packet, samples in zip(sound.packets, sound.samples, strict=True):
        needs = len(packet) // 255 + 1
        if held and (segments + needs > _MOST_SEGMENTS or heard - begun >= _PAGE_S * OPUS_RATE):
            pages.append(_page(held, heard, len(pages), 0))
            held, segments, begun = [], 0, heard
        held.append(packet)
        segments, heard = segments + needs, heard + samples
    return b"".join([*pages, _page(held, heard, len(pages), _LAST)])


def _head_packet(head: OpusHead) -> list[bytes]:
    return [b"OpusHead\x01" + bytes([head.channels]) + head.skip.to_bytes(2, "little") + OPUS_RATE.to_bytes(4, "little")
            + head.gain.to_bytes(2, "little", signed=True) + b"\0"]


def _page(packets: list[bytes], granule: int, number: int, kind: int) -> bytes:
    segments = b"".join(b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255]) for packet in packets)
    head = (b"OggS\0" + bytes([kind]) + granule.to_bytes(8, "little") + _SERIAL.to_bytes(4, "little") + number.to_bytes(4, "little"))
    rest = bytes([len(segments)]) + segments + b"".join(packets)
    return head + _sum(head + bytes(4) + rest) + rest


def _sum(page: bytes) -> bytes:
    """Ogg's sum of a page: zlib's polynomial, read from the other end of each byte, begun at nothing and left as it comes out."""
    turned = zlib.crc32(page.translate(_TURNED), _ALL) ^ _ALL
    return bytes(_TURNED[one] for one in turned.to_bytes(4, "big"))


def _comments(packet: bytes) -> tuple[str, ...]:
    """What the comment header told beside the encoder's own name."""
    if not packet.startswith(b"OpusTags") or len(packet) < 16:
        raise broken()
    at = 12 + int.from_bytes(packet[8:12], "little")
    return named(packet[at + 4:] if any(packet[at:at + 4]) else b"")
