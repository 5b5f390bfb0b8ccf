"""A stamp on each page of somebody else's PDF: whatever its pages are like, in the page itself, and never a fault of ours where it is broken."""

import io
import zlib
from pathlib import Path

import pytest
from fpdf import FPDF
from pypdf import PdfReader, PdfWriter

from tests.engines.attachments.made import document
from tests.shared import ROOT
from tocsin.edges.paper.printing import faces_in
from tocsin.edges.paper.stamping import Stamper
from tocsin.engines.marks import hidden, packed
from tocsin.house.outflow import traced

KEY, NUMBER = b"\7" * 32, "261125-0777"
LINE, ACROSS = f"Copy for 新华区人民法院 Court of Plinth (court). Copy No. {NUMBER} (2) · 261125-0009", f"Copy No. {NUMBER} · 新华区人民法院"
DATA = LINE + hidden(packed(NUMBER, KEY))


@pytest.fixture(scope="module")
def stamper(tmp_path_factory: pytest.TempPathFactory) -> Stamper:
    return Stamper(faces_in(ROOT / "src" / "tocsin" / "edges" / "web" / "console"), tmp_path_factory.mktemp("faces"))


def pages() -> bytes:
    """Pages of three sizes; one is turned, one cut, and one begins elsewhere than at nought."""
    pdf = FPDF()
    for number, (form, way) in enumerate((("A4", "P"), ("A4", "P"), ("A3", "L"), ("letter", "P"))):
        pdf.add_page(format=form, orientation=way)
        pdf.set_font("helvetica", size=11)
        pdf.cell(text=f"Floor plan {number}")
    writer = PdfWriter(clone_from=io.BytesIO(bytes(pdf.output())))
    writer.pages[1].rotate(90)
    writer.pages[2].cropbox.lower_left = (100, 120)
    writer.pages[3].mediabox.lower_left = (-40, -30)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def places(page: object) -> dict[str, tuple[float, float]]:
    """Where on a page each text stands, from its lower left."""
    found: dict[str, tuple[float, float]] = {}

    def see(text: str, around: list[float], within: list[float], *_: object) -> None:
        if text.strip():
            found[text.strip()] = (around[4] + within[4] * around[0], around[5] + within[5] * around[3])

    page.extract_text(visitor_text=see)  # type: ignore[attr-defined]  # a page of pypdf's
    return found


def test_every_page_says_for_whom_it_is_and_which_copy_and_keeps_what_it_said(stamper: Stamper) -> None:
    made = stamper(pages(), LINE, ACROSS, DATA)
    assert made is not None
    before, after = PdfReader(io.BytesIO(pages())), PdfReader(io.BytesIO(made))
    assert len(after.pages) == 4
    for number, page in enumerate(after.pages):
        text = page.extract_text()
        assert f"Floor plan {number}" in text
        assert LINE in text
        assert ACROSS in text, "twice, so that neither a margin nor a corner cut off takes both"
        assert "/Annots" not in page, "in the page, where what prints or copies it has no choice"
        if number != 1:
            assert (page.cropbox, page.mediabox) == (before.pages[number].cropbox, before.pages[number].mediabox)


def test_it_stands_within_what_is_seen_of_the_page(stamper: Stamper) -> None:
    made = stamper(pages(), LINE.replace("新华区人民法院", "Town"), ACROSS.replace("新华区人民法院", "Town"), DATA)
    assert made is not None
    for page in PdfReader(io.BytesIO(made)).pages:
        box = page.cropbox
        [(across, up)] = [place for text, place in places(page).items() if text.startswith("Copy for")]
        assert box.left <= across <= box.left + 40, "at the foot of what is seen, from its left edge"
        assert box.bottom <= up <= box.bottom + 14


def test_its_data_name_the_copy_until_a_program_takes_them_off(stamper: Stamper) -> None:
    made = stamper(pages(), LINE, ACROSS, DATA)
    assert made is not None
    assert (traced(made, KEY, ()).export, traced(made, KEY, ()).layer) == (NUMBER, "unseen")
    again, alone, printed = PdfWriter(clone_from=io.BytesIO(made)), PdfWriter(), PdfWriter()
    alone.add_page(PdfReader(io.BytesIO(made)).pages[2])
    for page in PdfReader(io.BytesIO(made)).pages:
        del page["/Metadata"]
        printed.add_page(page)
    for writer, layer in ((again, "unseen"), (alone, "unseen"), (printed, "none")):
        out = io.BytesIO()
        writer.write(out)
        assert traced(out.getvalue(), KEY, ()).layer == layer
        assert LINE in PdfReader(out).pages[0].extract_text(), "what the eye reads is left in any case"


def _hostile() -> dict[str, bytes]:
    loop = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Count 1 /Kids [2 0 R] >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF"
    body = zlib.compress(zlib.compress(b"\0" * 200_000_000, 9), 9)
    bomb = (b"%%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Count 1 /Kids [3 0 R] >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R "
            b"/MediaBox [0 0 600 800] /Contents 4 0 R >>\nendobj\n4 0 obj\n<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n" % len(body)
            + body + b"\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF")
    return {"nothing": b"", "no PDF": b"%PDF-1.4 junk %%EOF startxref", "cut off": document()[:400], "pages that hold themselves": loop, "a bomb": bomb,
            "no pages": loop.replace(b"/Kids [2 0 R]", b"/Kids []").replace(b"/Count 1", b"/Count 0")}


@pytest.mark.parametrize("what", _hostile())
def test_a_document_that_is_broken_or_made_to_harm_is_not_stamped_and_no_fault(stamper: Stamper, what: str) -> None:
    assert stamper(_hostile()[what], LINE, ACROSS, DATA) is None


def test_without_the_consoles_faces_it_still_says_which_copy(tmp_path: Path) -> None:
    made = Stamper("", tmp_path / "kept")(document(), LINE, ACROSS, DATA)
    assert made is not None
    assert f"Copy No. {NUMBER} (2)" in PdfReader(io.BytesIO(made)).pages[0].extract_text()
