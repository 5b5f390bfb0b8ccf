"""What a recording is made of, whichever container it came in, and the refusals of what is none."""

from typing import Literal

import msgspec

from tocsin.kernel import Refused

MOST_S = 125
"""A voice note is of two minutes; a phone's timer may be a little late."""
MOST_SOUND_BYTES = 4 * 1024 * 1024
OPUS_RATE = 48_000
"""What Opus counts its samples by, whatever it was recorded at (RFC 7845, section 4)."""
_MOST_PACKET = 5_760
"""The samples of 120 ms, the longest packet of Opus (RFC 6716, section 2)."""


class Sound(msgspec.Struct, frozen=True, kw_only=True):
    """One track of sound as its encoder made it: packets in order with the samples that each holds, and what a player has to know of them.

    `beside` names what stood in the container with them and is left behind: `tags`, `location`, `times`.
    """

    codec: Literal["opus", "aac"]
    rate: int
    channels: int
    packets: tuple[bytes, ...]
    samples: tuple[int, ...]
    skip: int = 0
    """Samples at the beginning that are not to be heard."""
    gain: int = 0
    """By how much it is to be louder, in 256ths of a decibel."""
    beside: tuple[str, ...] = ()

    @property
    def length_ms(self) -> int:
        """How long it is heard."""
        return max(0, sum(self.samples) - self.skip) * 1000 // self.rate


class OpusHead(msgspec.Struct, frozen=True):
    """The identification header of a stream of Opus (RFC 7845, section 5.1)."""

    channels: int
    skip: int
    gain: int


def opus_head(packet: bytes) -> OpusHead:
    """The header as it is read; refused where it is another codec's, or of more than two channels."""
    if not packet.startswith(b"OpusHead"):
        raise no_voice()
    if len(packet) < 19 or packet[8] >> 4 or packet[18] != 0 or packet[9] not in (1, 2):
        raise broken()
    return OpusHead(packet[9], int.from_bytes(packet[10:12], "little"), int.from_bytes(packet[16:18], "little", signed=True))


def opus_samples(packet: bytes) -> int:
    """How many samples a packet of Opus holds, by its first bytes (RFC 6716, section 3.1); refused where it can be none."""
    config, code = packet[0] >> 3, packet[0] & 3
    frame = (480, 960, 1920, 2880)[config & 3] if config < 12 else (480, 960)[config & 1] if config < 16 else (120, 240, 480, 960)[config & 3]
    if code == 3 and len(packet) < 2:
        raise broken()
    samples = frame * (packet[1] & 63 if code == 3 else (1, 2, 2)[code])
    if not 0 < samples <= _MOST_PACKET:
        raise broken()
    return samples


def broken() -> Refused:
    """The no to a container that is not whole."""
    return Refused("file_broken", "This recording is damaged or cut off; record it again.", "录音已损坏或不完整，请重新录制。", status=422)


def no_voice() -> Refused:
    """The no to a container that holds something else than one voice."""
    return Refused("file_kind", "Of recordings only a voice alone can be attached: Opus in WebM or Ogg, or AAC in MP4; this is something else, or holds more.",
                   "录音仅可附单一语音：WebM 或 Ogg 内的 Opus，或 MP4 内的 AAC；该文件不是，或含有其他内容。", status=415)


def named(tags: bytes) -> tuple[str, ...]:
    """What these tags told, for the record: that there were some, and whether a place was among them."""
    if not tags:
        return ()
    return ("tags", "location") if any(word in tags.lower() for word in (b"location", b"\xa9xyz", b"loci", b"iso6709", b"gps")) else ("tags",)
