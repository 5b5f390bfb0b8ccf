"""Recordings put together anew: the encoder's packets in a container of ours, and nothing that stood beside them."""

import struct

from tocsin.engines.attachments import mp4, mp4_written, ogg, webm
from tocsin.engines.attachments.clean import Clean
from tocsin.engines.attachments.sound import MOST_S, MOST_SOUND_BYTES, broken
from tocsin.kernel import Refused

_READ = {"audio/ogg": ogg.read, "audio/webm": webm.read, "audio/mp4": mp4.read}
_BRANDS = (b"M4A ", b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"iso8", b"mp41", b"mp42", b"dash")
_MARK = 12


def sniffed_sound(content: bytes) -> str | None:
    """The container by its first bytes; whether it holds a voice alone is looked at when it is read."""
    if content.startswith(b"OggS"):
        return "audio/ogg"
    if content.startswith(b"\x1aE\xdf\xa3"):
        return "audio/webm"
    return "audio/mp4" if content[4:8] == b"ftyp" and content[8:_MARK] in _BRANDS else None


def put_anew(content: bytes, media: str) -> Clean:
    """The recording as Opus in Ogg or AAC in MP4. The sound itself is not encoded anew: what its encoder wrote is what is kept.

    Raises Refused: `file_large` and `file_long` beyond what a voice note is, `file_kind` for films and other codecs, `file_broken`.
    """
    if len(content) > MOST_SOUND_BYTES:
        raise Refused("file_large", f"A recording may be {MOST_SOUND_BYTES // 1024 // 1024} MiB at most.", f"录音最大 {MOST_SOUND_BYTES // 1024 // 1024} MiB。", status=413)
    try:
        sound = _READ[media](content)
    except (IndexError, struct.error) as fault:
        raise broken() from fault
    if sound.length_ms > MOST_S * 1000:
        raise Refused("file_long", "A recording may be two minutes long at most; send it in parts.", "录音最长两分钟，请分段发送。", status=422)
    if sound.length_ms < 1:
        raise broken()
    kept = ogg.written(sound) if sound.codec == "opus" else mp4_written.written(sound)
    return Clean("audio/ogg" if sound.codec == "opus" else "audio/mp4", kept, stripped=sound.beside, length_ms=sound.length_ms)
