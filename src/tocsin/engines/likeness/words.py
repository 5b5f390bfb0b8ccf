"""How alike two short texts are, in any script: the share of the shorter one's letter groups that the other has too.

Words of letters become groups of three, so that a slip of the pen costs little; runs of Chinese characters become pairs, since
nothing stands between their words; a number is whole, since 12 is not nearly 13.
"""

import re
import unicodedata
from functools import lru_cache

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PIECE = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<number>\d+)|(?P<word>[^\W\d_{_HAN}]+)")
_LIGHT = frozenset(("st", "street", "av", "ave", "avenue", "rd", "road", "dr", "drive", "ln", "lane", "bl", "blvd", "ct", "court", "pl", "place", "way", "of", "the", "and",
                    "at", "in", "on", "a", "block", "near", "by", "n", "s", "e", "w", "th", "nd", "rd", "dead", "end"))
"""Words that stand in most places and so tell none from another."""
_LIGHT_HAN = frozenset("路街道巷号號与和")
_LEAST = 2
"""A text of fewer groups than this says too little to be compared."""


def folded(text: str) -> str:
    """A text in one width and one case, without accents."""
    wide = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFC", "".join(letter for letter in wide if not "\u0300" <= letter <= "\u036f"))


@lru_cache(maxsize=65_536)
def grams(text: str) -> frozenset[str]:
    """The groups that a text is compared by; street types, joining words and house marks are left out."""
    found: set[str] = set()
    for piece in _PIECE.finditer(folded(text)):
        part = piece.group()
        if piece.lastgroup == "han":
            found |= {part[i : i + 2] for i in range(len(part) - 1)} or ({part} - _LIGHT_HAN)
        elif piece.lastgroup == "number":
            found.add(part)
        elif part not in _LIGHT:
            padded = f" {part} "
            found |= {padded[i : i + 3] for i in range(len(padded) - 2)}
    return frozenset(found)


def overlap(one: str, other: str) -> float:
    """0 where nothing is shared … 1 where the shorter text is all in the other (Szymkiewicz–Simpson); NaN where one says too little."""
    a, b = grams(one), grams(other)
    least = min(len(a), len(b))
    return len(a & b) / least if least >= _LEAST else float("nan")
