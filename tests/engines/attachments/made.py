"""Files made for tests: a photo with its place in it, documents with and without something active, and things that are neither."""

import struct
import zlib
from datetime import UTC, datetime
from io import BytesIO

from fpdf import FPDF
from PIL import Image
from PIL.PngImagePlugin import PngInfo


def photo(form: str = "JPEG", size: tuple[int, int] = (300, 200), *, turned: bool = True) -> bytes:
    """A picture whose left half is red, with a camera's EXIF: its place, a serial number, and (if turned) that it lies on its side."""
    picture = Image.new("RGB", size, (20, 40, 200))
    picture.paste((220, 20, 20), (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x010F], exif[0xA431] = "Camera Maker", "SERIAL-77"
    exif[0x8825] = {1: "N", 2: (60.0, 10.0, 12.5), 3: "E", 4: (24.0, 56.0, 30.0)}
    if turned:
        exif[0x0112] = 6
    out = BytesIO()
    if form == "PNG":
        told = PngInfo()
        told.add_text("Comment", "taken at home")
        picture.save(out, form, exif=exif, pnginfo=told)
    else:
        picture.save(out, form, exif=exif, quality=90, **({"comment": b"taken at home"} if form == "JPEG" else {}))
    return out.getvalue()


def bomb(side: int = 60_000) -> bytes:
    """A PNG of a few kilobytes that says it is 60,000 pixels a side."""
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(b"\0" * 1_000_000)) + chunk(b"IEND", b""))


def document(inside: bytes = b"", *, packed: bytes = b"") -> bytes:
    """A one-page PDF, with `inside` as one more object, or `packed` as the content of a compressed object stream."""
    page = FPDF()
    page.creation_date = datetime(2026, 3, 4, tzinfo=UTC)  # two that are made alike are alike, whenever that is
    page.add_page()
    page.set_font("helvetica")
    page.cell(text="Floor plan")
    whole = bytes(page.output())
    extra = b""
    if inside:
        extra = b"90 0 obj\n" + inside + b"\nendobj\n"
    if packed:
        body = zlib.compress(packed)
        extra = b"91 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n" % len(body) + body + b"\nendstream\nendobj\n"
    head, at, rest = whole.partition(b"xref")
    return head + extra + at + rest
