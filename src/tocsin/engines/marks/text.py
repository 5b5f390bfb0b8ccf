"""The two plain layers of a text's mark: letters without width that name the copy, and the words that say so openly.

The first goes when a program keeps letters of the common scripts alone, the second when somebody cuts it out; what is left then is
the choice of words (wording.py).
"""

import re

from tocsin.engines.marks.number import BITS, numbered

_LETTERS = "\u200b\u200c\u200d\u2060"
_OF = {letter: value for value, letter in enumerate(_LETTERS)}
_LONG = BITS // 2
_RUN = re.compile(f"[{_LETTERS}]{{{_LONG}}}")
_TOLD = re.compile(r"\b(?:Copy No\.|副本编号)\s*(\d{6}-\d{4,5})")


def hidden(mark: int) -> str:
    """The mark as 24 letters without width, two bits each (U+200B, U+200C, U+200D, U+2060); NFC and NFKC leave them as they are."""
    return "".join(_LETTERS[mark >> 2 * at & 3] for at in reversed(range(_LONG)))


def unhidden(text: str, key: bytes) -> list[str]:
    """The numbers that letters without width name in this text, each once, as they come; a run that was cut off names nothing."""
    found: dict[str, None] = {}
    for run in _RUN.finditer(text):
        mark = 0
        for letter in run[0]:
            mark = mark << 2 | _OF[letter]
        number = numbered(mark, key)
        if number is not None:
            found[number] = None
    return list(found)


def told(text: str) -> list[str]:
    """The numbers that this text says openly, each once. Anybody can write one: it says where to look and proves nothing."""
    return list(dict.fromkeys(_TOLD.findall(text)))
