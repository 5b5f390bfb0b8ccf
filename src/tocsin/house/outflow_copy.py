"""Writing one copy: its table or story in the words of its mark, its pictures with the mark in their brightness, and the zip they go in."""

import csv
import hashlib
from collections.abc import Callable
from io import BytesIO, StringIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec
import numpy as np
from PIL import Image

from tocsin.engines.attachments import sniffed
from tocsin.engines.marks import LEAST_SIDE, chosen, hidden, marked_picture, marked_plain, packed
from tocsin.facts.access import ExportAsked
from tocsin.house.outflow_rows import Gathered, opened, told
from tocsin.house.outflow_words import PAIRS, said
from tocsin.house.sight import Looking
from tocsin.kernel import WITHHELD, Instant, from_instant

MOST_BYTES = 64 << 20
_FORMS = {"image/jpeg": ("JPEG", "jpg"), "image/png": ("PNG", "png"), "image/webp": ("WEBP", "webp")}
_OTHER = {"application/pdf": "pdf", "text/plain": "txt", "audio/ogg": "ogg", "audio/mp4": "m4a"}
_QUALITY = 92
_MOST_PIXELS = 24_000_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a copy, and by what it is marked: `wording`, `unseen`, `told`, `picture`, and `stamp`, which is seen on every page."""

    name: str
    content: bytes
    marks: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


class Marker:
    """The words of one copy; without a key, those of the preview, which is nobody's."""

    def __init__(self, export: str, key: bytes, tongue: str) -> None:
        self.export, self.tongue, self._key = export, tongue, key
        self._mark = packed(export, key) if key else 0

    def phrase(self, slot: str, pair: int, where: str) -> str:
        """The phrase for a slot at a place."""
        return PAIRS[slot][self.tongue][pair][bool(self._key) and chosen(self._mark, f"{where}/{slot}", self._key)]

    @property
    def unseen(self) -> str:
        """The letters without width."""
        return hidden(self._mark) if self._key else ""

    @property
    def copy(self) -> str:
        """What says openly which copy this is."""
        return f"{said('copy', self.tongue)} {self.export}"


def table(asked: ExportAsked, found: Gathered, sight: Looking, marker: Marker, most: int | None = None) -> tuple[list[str], list[list[str]]]:
    """Column names and rows, the first `most` of them; every row says which copy it is of."""
    rows = []
    columns: list[str] = []
    for line in found.lines[:most]:
        cells = opened(line, asked.fields, sight)
        cells |= {slot: marker.phrase(slot, pair, line.name) for slot, pair in line.phrases.items()}
        first = next(iter(line.phrases), "")
        if first:
            cells[first] += marker.unseen
        cells["copy"] = marker.copy + marker.unseen
        columns = columns or list(cells)
        rows.append([cells.get(column, "") for column in columns])
    return columns, rows


def as_csv(columns: list[str], rows: list[list[str]]) -> bytes:
    """The table as CSV with a byte order mark, which spreadsheets want; a text that would be a formula there is quoted."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def story_lines(found: Gathered, marker: Marker, recipient: str, kind: str) -> list[str]:
    """The story as lines of text, each under its position in the ledger."""
    story, tongue = found.story, marker.tongue
    assert story is not None
    head = [f"{said('for', tongue)} {recipient} ({said(kind, tongue)}). {marker.copy}{marker.unseen}", f"{said('incident', tongue)} {story.incident}"]
    head += [f"{said(word, tongue)}: {text}" for word, text in (("caller", story.caller), ("number", story.number), ("notes", story.notes))
             if text and text != WITHHELD]
    body = []
    for line in story.lines:
        name, says = f"#{line.position}", line.says.zh if tongue == "zh" else line.says.en
        parts = (f"{marker.phrase('happened', 0, name)} {told(line.happened_at)}", f"{marker.phrase('entered', 0, name)} {line.by}",
                 f"{marker.phrase('kept', 0, name)} {told(line.known_at)}", f"{marker.unseen}{says}")
        body.append(f"{name} · {' · '.join(parts)}")
    return [*head, "", *body]


def brightness(content: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]] | None:
    """A picture's brightness; None where it is no picture that can be read."""
    try:
        with Image.open(BytesIO(content), formats=("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF")) as image:
            if image.width * image.height > _MOST_PIXELS:
                return None
            return np.asarray(image.convert("L"), np.float32)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return None


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """What an attached file is marked with: the export, the key of marks, and what its copy says openly."""

    export: str
    key: bytes
    says: str
    """For whom it is, and which copy."""
    across: str
    """The short of it, for the middle of a page."""
    stamp: "Stamping | None" = None


Stamping = Callable[[bytes, str, str, str], bytes | None]
"""Stamps a PDF with a line on each page, a word across it, and a text in each page's data; None where that cannot be done."""


def marked_file(file: str, media: str, content: bytes, copy: Copy) -> Piece:
    """An attached file as it goes out, with the mark that its kind can carry; as it is where it can carry none."""
    form = _FORMS.get(media)
    if form is None:
        document, marks = _marked_document(file, media, content, copy)
        return Piece(name=f"files/{file}.{_OTHER.get(media, 'bin')}", content=document or content, marks=marks if document else ())
    with Image.open(BytesIO(content), formats=(form[0],)) as image:
        if min(image.size) < LEAST_SIDE:
            return Piece(name=f"files/{file}.{form[1]}", content=content)
        clear = image.getchannel("A") if image.mode in ("RGBA", "LA") else None
        bright, *colours = image.convert("RGB").convert("YCbCr").split()
    drawn = marked_picture(np.asarray(bright, np.float32), copy.export, copy.key)
    marked = Image.merge("YCbCr", (Image.fromarray(drawn.astype(np.uint8)), *colours)).convert("RGB")
    if clear is not None:
        marked.putalpha(clear)
    out = BytesIO()
    marked.save(out, form[0], **({} if form[0] == "PNG" else {"quality": _QUALITY}))
    return Piece(name=f"files/{file}.{form[1]}", content=out.getvalue(), marks=("picture",))


def _marked_document(file: str, media: str, content: bytes, copy: Copy) -> tuple[bytes | None, tuple[str, ...]]:
    """A PDF with a stamp on each page, or a text with a line round it, and by what they are marked; None where they can carry no mark."""
    unseen = packed(copy.export, copy.key)
    if media == "application/pdf" and copy.stamp is not None:
        return copy.stamp(content, f"{copy.says} · {file}", copy.across, f"{copy.says}{hidden(unseen)}"), ("stamp", "told", "unseen")
    if media == "text/plain":
        head = content[:3] if content[:3] == b"\xef\xbb\xbf" else b""
        text = marked_plain(content.decode("utf-8-sig", errors="replace"), unseen, copy.says)
        return None if text is None else head + text.encode(), ("told", "unseen")
    return None, ()


def zipped(pieces: list[Piece], at: Instant) -> bytes:
    """The pieces as one zip."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for piece in pieces:
            archive.writestr(ZipInfo(piece.name, from_instant(at).timetuple()[:6]), piece.content, ZIP_DEFLATED)
    return out.getvalue()


def looks_like_picture(content: bytes) -> bool:
    """Whether these bytes begin as a picture does."""
    return (sniffed(content) or "").startswith("image/") or content[:2] == b"BM" or content[:4] in (b"II*\0", b"MM\0*", b"GIF8")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    """A number, or a telephone number: no spreadsheet makes anything of it that acts."""
    return not cell.lstrip("+-").strip("0123456789 .()-")
