"""Letters for paper: of the console's own faces just the slices that hold what is to be printed, each cut down to one weight."""

import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from fpdf import FPDF
from fpdf.enums import TextEmphasis

_FACE = re.compile(r"@font-face\{([^}]*)\}")
_FILE = re.compile(r"url\([^)]*?([\w.-]+\.woff2)\)")
_RANGE = re.compile(r"unicode-range:([^;}]+)")
_WEIGHTS = (("", 420), ("B", 680))
LATIN = "Inter Variable"


class Faces:
    """The letters of one document: which face draws which letter, found once a letter."""

    def __init__(self, pdf: FPDF, folder: str, kept: Path, text: str) -> None:
        self._of: dict[str, str] = {}
        slices = list(_slices(Path(folder))) if folder else []
        self.family = ""
        for letter in sorted(set(text)):
            found = next((name for name, held, _ in slices if any(first <= ord(letter) <= last for first, last in held)), "")
            if found:
                self._of[letter] = found
        paths = {name: path for name, _, path in slices}
        for name in dict.fromkeys(self._of.values()):
            for style, path in _cut(paths[name], kept):
                pdf.add_font(name, style, path)
        self.family = self._of.get("0", "helvetica")

    def of(self, letter: str, style: TextEmphasis) -> str | None:
        """The key of the face that has this letter."""
        name = self._of.get(letter)
        return None if name is None else f"{name}{'B' if style & TextEmphasis.B else ''}"

    @property
    def plain(self) -> bool:
        """Whether there are no faces but the one that every reader of PDF has, which knows Latin letters alone."""
        return self.family == "helvetica"

    def printable(self, text: str) -> str:
        """The text with what no face has shown as such, rather than left out."""
        if self.plain:
            return text.encode("latin-1", "replace").decode("latin-1")
        return "".join(letter if letter in self._of or letter == "\n" else "?" for letter in text)


def _slices(folder: Path) -> Iterable[tuple[str, list[tuple[int, int]], Path]]:
    """Each slice: a name for it, the letters it has, its file; Latin first, as the console's own style sheet has it."""
    for sheet in sorted(folder.glob("*.css")):
        found = [(rule, _FILE.search(rule), _RANGE.search(rule)) for rule in _FACE.findall(sheet.read_text(encoding="utf-8"))]
        for latin in (True, False):
            for rule, file, letters in found:
                if file and letters and (LATIN in rule) is latin and (folder / file[1]).is_file():
                    yield file[1].split("-wght")[0].lower(), [_range(one) for one in letters[1].split(",")], folder / file[1]


def _cut(path: Path, kept: Path) -> Iterable[tuple[str, Path]]:
    """A slice in both weights, as plain files. Unpacking and setting a weight takes a tenth of a second, so it is done once and kept."""
    for style, weight in _WEIGHTS:
        found = kept / f"{path.stem}.{weight}.ttf"
        if not found.is_file():
            face = instantiateVariableFont(TTFont(path), {"wght": weight})
            face.flavor = None
            with tempfile.NamedTemporaryFile(dir=kept, delete=False) as draft:
                face.save(draft)
            Path(draft.name).replace(found)
        yield style, found


def _range(said: str) -> tuple[int, int]:
    """The first and last letter of `U+4E00`, `U+4E00-4E10` or `U+1F??` (CSS Fonts 4, section 4.5)."""
    first, _, last = said.strip()[2:].partition("-")
    return int(first.replace("?", "0"), 16), int((last or first).replace("?", "F"), 16)
