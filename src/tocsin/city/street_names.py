"""Street names as city files shout them, made readable: 03RD ST becomes 3rd St."""

import re

_ORDINAL = re.compile(r"0*(\d+)(ST|ND|RD|TH)")
_SMALL = frozenset({"de", "del", "la", "las", "los", "of", "the", "and", "da", "do", "dos"})


def tidy(name: str, shouted: bool) -> str:
    """Return the name with single blanks and, if the file shouts, in title case with ordinals as people write them."""
    words = name.split()
    if not shouted:
        return " ".join(words)
    return " ".join(_word(word, at) for at, word in enumerate(words))


def _word(word: str, at: int) -> str:
    ordinal = _ORDINAL.fullmatch(word)
    if ordinal is not None:
        return ordinal[1] + ordinal[2].lower()
    lower = word.lower()
    if at and lower in _SMALL:
        return lower
    return "-".join(part[:1].upper() + part[1:] for part in lower.split("-"))
