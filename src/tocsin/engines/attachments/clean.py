"""What may be kept of a file once it was looked through."""

import msgspec


class Clean(msgspec.Struct, frozen=True):
    """What may be kept. `stripped` names what stood beside a picture's pixels (`location`, `exif`, `xmp`, `profile`, `comment`, `frames`) or a recording's
    sound (`tags`, `location`, `times`) and is gone; a picture has a width and height, a recording a length."""

    media: str
    content: bytes
    width: int = 0
    height: int = 0
    stripped: tuple[str, ...] = ()
    length_ms: int = 0
