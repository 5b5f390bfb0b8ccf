"""Bytes in, harmless bytes out, or a refusal that says why; what the sender called them is not believed."""

import puremagic

from tocsin.engines.attachments.clean import Clean
from tocsin.engines.attachments.documents import check_pdf, plain_text
from tocsin.engines.attachments.pictures import redrawn
from tocsin.engines.attachments.sounds import put_anew, sniffed_sound
from tocsin.kernel import Refused

MOST_BYTES = 10 * 1024 * 1024
KINDS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "application/pdf": "PDF", "text/plain": "TXT",
         "audio/ogg": "OGG", "audio/webm": "WEBM", "audio/mp4": "MP4"}
"""What may be attached, by media type; everything else is refused, whatever it is called."""

_SURE = 0.4
"""From this confidence on puremagic's word for another kind is believed; below it stand guesses by two or three bytes."""

__all__ = ["KINDS", "MOST_BYTES", "Clean", "cleaned", "sniffed"]


def cleaned(content: bytes) -> Clean:
    """The same picture, document, recording or text with nothing in it that was not seen when it was looked at.

    A picture becomes its pixels: no EXIF, no place, no comment, no second file behind its end. A PDF is kept as it is once
    nothing active is found in it; what stands in its own metadata stays. A recording becomes its packets of sound in a container of ours. Raises
    Refused, always with a code of `file_…`.
    """
    if not content:
        raise Refused("file_empty", "The file is empty; choose it again.", "文件为空，请重新选择。", status=422)
    if len(content) > MOST_BYTES:
        raise too_large()
    media = sniffed(content)
    if media is None:
        raise Refused("file_kind", "Only JPEG, PNG or WebP pictures, voice recordings, PDF documents and plain text can be attached; this is none of them. "
                      "On a phone, choose 'most compatible' for photos.", "只能附 JPEG、PNG、WebP 图片、语音、PDF 文档或纯文本，该文件均不是。手机拍照请选“兼容性最佳”格式。", status=415)
    if media.startswith("image/"):
        return redrawn(content, media, MOST_BYTES)
    if media == "application/pdf":
        check_pdf(content)
        return Clean(media, content)
    if media.startswith("audio/"):
        return put_anew(content, media)
    return Clean(media, plain_text(content).encode())


def too_large() -> Refused:
    """The no to more than MOST_BYTES, wherever it is noticed."""
    return Refused("file_large", f"A file may be {MOST_BYTES // 1024 // 1024} MiB at most; send a smaller one.",
                   f"文件最大 {MOST_BYTES // 1024 // 1024} MiB，请发送较小的文件。", status=413)


def sniffed(content: bytes) -> str | None:
    """The media type by content, or None for what may not be attached."""
    if (sound := sniffed_sound(content)) is not None:
        return sound
    try:
        found = puremagic.magic_string(content)
    except (puremagic.PureError, ValueError, LookupError):
        found = []
    for one in found:
        if one.mime_type in KINDS and one.mime_type != "text/plain":
            return str(one.mime_type)
    sure = any(one.confidence >= _SURE and one.mime_type != "text/plain" for one in found)
    return "text/plain" if not sure and plain_text(content, or_none=True) else None
