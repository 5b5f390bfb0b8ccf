"""Pictures drawn anew: what comes out is made of pixels alone, upright, and of a size that a screen can hold."""

import struct
import zlib
from io import BytesIO

from PIL import Image, ImageOps

from tocsin.engines.attachments.clean import Clean
from tocsin.kernel import Refused

MOST_PIXELS = 50_000_000
MOST_SIDE = 4_096
_FORMS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_SMALL_SIDE = 320
_QUALITY = 88
_GPS, _GPS_IFD = "location", 0x8825
_BROKEN = (OSError, ValueError, SyntaxError, TypeError, LookupError, EOFError, ArithmeticError, MemoryError, AttributeError, struct.error, zlib.error)
"""What Pillow raises over a file that is not what it should be; a file's fault is never ours."""


def redrawn(content: bytes, media: str, most_bytes: int) -> Clean:
    """The picture as JPEG, PNG or WebP again, at most MOST_SIDE a side; one too large to keep losslessly becomes a JPEG."""
    try:
        with _opened(content, _FORMS[media]) as image:
            gone = _beside(image)
            if media == "image/jpeg":
                image.draft("RGB", (MOST_SIDE, MOST_SIDE))
            image.thumbnail((MOST_SIDE, MOST_SIDE), reducing_gap=3.0)  # before it is turned: the large one stands in memory once
            upright = ImageOps.exif_transpose(image)
            clear = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
            seen = upright.convert("RGBA" if clear and media != "image/jpeg" else "RGB")
            plain = Image.frombytes(seen.mode, seen.size, seen.tobytes())
    except _BROKEN as fault:
        raise Refused("file_broken", "This picture is damaged or cut off; send it again.", "图片已损坏或不完整，请重新发送。", status=422) from fault
    drawn = _saved(plain, _FORMS[media])
    if len(drawn) > most_bytes:
        media = "image/jpeg"
        drawn = _saved(_on_white(plain), "JPEG")
    return Clean(media, drawn, plain.width, plain.height, gone)


def small(content: bytes) -> bytes:
    """A JPEG of a kept picture, at most 320 a side, for a list of pictures."""
    with Image.open(BytesIO(content), formats=tuple(_FORMS.values())) as image:
        image.draft("RGB", (_SMALL_SIDE * 2, _SMALL_SIDE * 2))
        plain = _on_white(image.convert("RGBA" if image.mode in ("RGBA", "LA", "P") else "RGB"))
    plain.thumbnail((_SMALL_SIDE, _SMALL_SIDE))
    return _saved(plain, "JPEG")


def _opened(content: bytes, form: str) -> Image.Image:
    """The picture with its header read and nothing else; refused by its size before a pixel of it is made."""
    try:
        image = Image.open(BytesIO(content), formats=(form,))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise _too_many() from bomb
    if image.width * image.height > MOST_PIXELS:
        raise _too_many()
    return image


def _too_many() -> Refused:
    return Refused("file_pixels", f"This picture says it is larger than {MOST_PIXELS // 1_000_000} million pixels; send a smaller one.",
                   f"图片超过 {MOST_PIXELS // 10_000} 万像素，请发送较小的图片。", status=422)


def _beside(image: Image.Image) -> tuple[str, ...]:
    exif = image.getexif()
    found = {_GPS: bool(exif.get_ifd(_GPS_IFD)), "exif": len(exif) > 0, "xmp": any(name in image.info for name in ("xmp", "XML:com.adobe.xmp")),
             "profile": "icc_profile" in image.info, "comment": any(isinstance(image.info.get(name), str | bytes) for name in ("comment", "Comment", "Description")),
             "frames": getattr(image, "n_frames", 1) > 1}
    return tuple(name for name, there in found.items() if there)


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    ground = Image.new("RGB", picture.size, (255, 255, 255))
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _saved(picture: Image.Image, form: str) -> bytes:
    out = BytesIO()
    if form == "PNG":
        picture.save(out, form)
    else:
        picture.save(out, form, quality=_QUALITY)
    return out.getvalue()
