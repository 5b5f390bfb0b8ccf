"""A sheet of A4 in one language: its faces, its head and foot, and text that never runs over its neighbour."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from fpdf import FPDF
from fpdf.enums import TextEmphasis

from tocsin.edges.paper.faces import Faces
from tocsin.edges.paper.printing import Printed
from tocsin.edges.paper.words import WORDS
from tocsin.kernel import Words

WIDE, EDGE, TOP, FOOT = 210.0, 12.0, 26.0, 16.0
LINE = 4.6


class Sheet(FPDF):
    """A4 pages in one language, with the head and foot that every page has."""

    def __init__(self, order: Printed, text: str, head: str, moment: str, marks: Sequence[str], foot: str = "") -> None:
        super().__init__(format="A4")
        self.tongue, self._head, self._moment, self._marks, self._foot = order.tongue, head, moment, marks, foot
        self.set_margins(EDGE, TOP, EDGE)
        self.set_auto_page_break(True, FOOT)
        self.faces = Faces(self, order.faces, Path(order.kept), text)
        self.set_fallback_fonts([key for key in self.fonts if not key.endswith("B")], exact_match=False)
        self.set_title(head)
        self.set_lang("zh-CN" if order.tongue == "zh" else "en")

    def get_fallback_font(self, char: str, style: str = "") -> str | None:
        """The face that was chosen for this letter when the document was begun."""
        return self.faces.of(char, TextEmphasis.coerce(style))

    def face(self, size: float, *, bold: bool = False) -> None:
        """Go on in this size and weight."""
        self.set_font(self.faces.family, "B" if bold else "", size)

    def word(self, name: str, **filled: object) -> str:
        """A word of the pages."""
        return self.said(WORDS[name]).format(**filled) if filled else self.said(WORDS[name])

    def said(self, words: Words) -> str:
        """Words in the pages' language."""
        return words.zh if self.tongue == "zh" else words.en

    def put(self, wide: float, text: str, *, align: str = "L", high: float = LINE, border: Literal[0, 1] | str = 0) -> None:
        """One cell on this line, cut off where it is too long: a line of paper never runs over its neighbour."""
        text = self.faces.printable(text)
        room = (wide or self.w - self.r_margin - self.x) - 1.5
        if self.get_string_width(text) > room:
            cut = "..." if self.faces.plain else "…"
            while text and self.get_string_width(text + cut) > room:
                text = text[:-max(1, len(text) // 12)]
            text += cut
        self.cell(wide, high, text, align=align, border=border)

    def over(self, text: str, high: float = LINE) -> None:
        """A paragraph."""
        self.multi_cell(0, high, self.faces.printable(text), new_x="LMARGIN", new_y="NEXT", align="L")

    def under(self, indent: float, text: str, *, bold: bool = False) -> None:
        """A paragraph that begins further in; the line goes on below it."""
        self.set_x(EDGE + indent)
        self.face(9, bold=bold)
        self.multi_cell(0, LINE, self.faces.printable(text), new_x="LMARGIN", new_y="NEXT", align="L")
        self.face(9)

    def header(self) -> None:
        """City and kind of paper, marks, and the moment, large."""
        self.set_xy(EDGE, 8)
        self.face(11, bold=True)
        self.put(72, self._head, high=9)
        self.face(10, bold=True)
        self.put(22, " · ".join(self._marks), high=9)
        self.face(17, bold=True)
        self.put(0, self._moment, align="R", high=9)
        self.line(EDGE, 19, WIDE - EDGE, 19)
        self.set_y(TOP - 4)

    def finish(self) -> None:
        """The foot of every page, once it is known how many there are: page x of y, and that no person is named."""
        self.set_auto_page_break(False)
        pages = self.pages_count
        for self.page in range(1, pages + 1):
            self.face(9)
            self.face(8)
            self.set_xy(EDGE, 297 - 12)
            self.put(140, self._foot or self.word("no_persons"))
            self.put(0, self.word("page", page=self.page, pages=pages), align="R")

    def section(self, title: str, mark: str = "") -> None:
        """A heading, kept with what follows."""
        if self.will_page_break(24):
            self.add_page()
        self.ln(3)
        self.face(12, bold=True)
        self.over(f"{title}{f' · {mark}' if mark else ''}", 7)
        self.face(9)
