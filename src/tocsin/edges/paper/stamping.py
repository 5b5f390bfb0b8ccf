"""A stamp on each page of a PDF that goes out: for whom this copy is and which it is, legible to whoever holds the page, printed or not.

It is drawn into the page itself rather than laid on it as a note: notes are left out by some programs that print, and taken off by many.
"""

import logging
import subprocess
import sys
from io import BytesIO
from math import atan2, degrees, hypot
from pathlib import Path

import msgspec
from fpdf import FPDF
from fpdf.enums import TextEmphasis
from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from pypdf.errors import PyPdfError
from pypdf.generic import NameObject, StreamObject

from tocsin.edges.paper.faces import Faces

_PATIENCE_S = 120.0
MOST_PAGES = 2_000
_HIGH, _EDGE, _LETTERS = 14.0, 12.0, 7.5
_PALE, _PALE_LETTERS = 0.13, 44.0
_XMP = ('<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        '<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt></dc:rights></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>')


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """What the stamping process is told: the document, the line on each page, the word across it, and the mark in each page's data."""

    content: bytes
    line: str
    across: str
    data: str
    faces: str
    kept: str


class Stamper:
    """Stamps in a process of its own with bounded memory and time: the document is somebody else's, and may be made to harm its reader."""

    def __init__(self, faces: str, kept: Path) -> None:
        self._faces, self._kept = faces, kept

    def __call__(self, content: bytes, line: str, across: str, data: str) -> bytes | None:
        """The stamped document; None where it cannot be read, is too long, or takes too much."""
        self._kept.mkdir(parents=True, exist_ok=True)
        order = Stamp(content=content, line=line, across=across, data=data, faces=self._faces, kept=str(self._kept))
        try:
            done = subprocess.run([sys.executable, "-m", "tocsin.edges.paper", "stamp"], input=msgspec.msgpack.encode(order),
                                  capture_output=True, timeout=_PATIENCE_S, check=False)
        except subprocess.TimeoutExpired:
            return None
        return done.stdout or None if done.returncode == 0 else None


def stamped(order: Stamp) -> bytes:
    """The document with the stamp on every page; empty where it cannot be read."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its complaints quote the document
    try:
        writer = PdfWriter(clone_from=PdfReader(BytesIO(order.content)))
        if not 0 < len(writer.pages) <= MOST_PAGES:
            return b""
        mark = StreamObject()
        mark.set_data(_XMP.format(order.data.replace("&", "&amp;").replace("<", "&lt;")).encode())
        mark[NameObject("/Type")], mark[NameObject("/Subtype")] = NameObject("/Metadata"), NameObject("/XML")
        held = writer._add_object(mark)  # there is no public way to add a stream that several pages name
        drawn: dict[tuple[float, float], PageObject] = {}
        for page in writer.pages:
            if page.rotation:
                page.transfer_rotation_to_content()
            box = page.cropbox
            size = round(float(box.width), 1), round(float(box.height), 1)
            if size not in drawn:
                drawn[size] = _drawn(order, *size)
            page.merge_transformed_page(drawn[size], Transformation().translate(float(box.left), float(box.bottom)), expand=False)
            page[NameObject("/Metadata")] = held
        out = BytesIO()
        writer.write(out)
        return out.getvalue()
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, RecursionError, MemoryError, OverflowError, ZeroDivisionError):
        return b""  # whatever else a damaged document makes of its reader, it is not stamped, and the manifest says so


class _Overlay(FPDF):
    """One page of the given size with nothing but the stamp on it."""

    def __init__(self, order: Stamp, wide: float, high: float) -> None:
        super().__init__(unit="pt", format=(wide, high))
        self.set_auto_page_break(False)
        self.add_page()
        self.faces = Faces(self, order.faces, Path(order.kept), order.line + order.across + "0?…")
        self.set_fallback_fonts([key for key in self.fonts if not key.endswith("B")], exact_match=False)

    def get_fallback_font(self, char: str, style: str = "") -> str | None:
        """The face that has this letter."""
        return self.faces.of(char, TextEmphasis.coerce(style))


def _drawn(order: Stamp, wide: float, high: float) -> PageObject:
    paper = _Overlay(order, wide, high)
    line, across = paper.faces.printable(order.line), paper.faces.printable(order.across)
    with paper.local_context(fill_opacity=_PALE):
        paper.set_text_color(60)
        paper.set_font(paper.faces.family, "B", _PALE_LETTERS)
        paper.set_font_size(min(_PALE_LETTERS, 0.8 * hypot(wide, high) / max(1.0, paper.get_string_width(across)) * _PALE_LETTERS))
        with paper.rotation(degrees(atan2(high, wide)), wide / 2, high / 2):
            paper.x, paper.y = (wide - paper.get_string_width(across)) / 2 - paper.c_margin, high / 2  # `set_x` takes less than 0 for the other side
            paper.cell(text=across)
    paper.set_fill_color(255)
    paper.rect(0, high - _HIGH, wide, _HIGH, "F")
    paper.set_text_color(0)
    paper.set_font(paper.faces.family, "", _LETTERS)
    paper.set_font_size(min(_LETTERS, (wide - 2 * _EDGE) / max(1.0, paper.get_string_width(line)) * _LETTERS))
    paper.set_xy(_EDGE, high - _HIGH)
    paper.cell(h=_HIGH, text=line)
    return PdfReader(BytesIO(bytes(paper.output()))).pages[0]
