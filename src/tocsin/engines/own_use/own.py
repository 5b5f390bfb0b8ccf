"""Whether a text that somebody is about to be shown has their own name, number or address in it; whole words and whole numbers only."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta

OwnKind = Literal["name", "number", "address"]
OWN_KINDS: tuple[OwnKind, ...] = get_args(OwnKind)
_MOST_CHARACTERS = 20_000
_RUN = re.compile(r"\+?\d(?:[ ().\-/]{0,2}\d){4,24}")
_LEAST_DIGITS, _COMPARED_DIGITS, _BEFORE_THEM = 6, 9, 6
_HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿]")
_Some = Annotated[tuple[Annotated[str, Meta(min_length=2, max_length=200)], ...], Meta(max_length=5)]


class Own(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody on the staff is called, rings from and lives at; at most five of each. It is compared, and shown to nobody."""

    names: _Some = ()
    numbers: _Some = ()
    addresses: _Some = ()

    def kinds(self) -> tuple[OwnKind, ...]:
        """Of which kinds there is something."""
        return tuple(kind for kind, held in zip(OWN_KINDS, (self.names, self.numbers, self.addresses), strict=True) if held)

    def faults(self) -> Iterator[tuple[str, str]]:
        """What could match half of what anybody is shown, as (field, text): a name or address of one word, a number of a few digits."""
        yield from (("names", text) for text in self.names if len(_words(text)) < 2)
        yield from (("numbers", text) for text in self.numbers if not _LEAST_DIGITS <= len(_digits(text)) <= 20)
        yield from (("addresses", text) for text in self.addresses if len(_words(text)) < 2 or not _digits(text))


class OwnIn:
    """Own details, made ready to be looked for."""

    def __init__(self, own: Own) -> None:
        self._names = _phrases(own.names, turned=True)
        self._numbers = [_digits(text)[-_COMPARED_DIGITS:] for text in own.numbers]
        self._addresses = _phrases(own.addresses)

    def found(self, text: str) -> frozenset[OwnKind]:
        """Which of them stand in a text."""
        text = text[:_MOST_CHARACTERS]
        found: set[OwnKind] = self._in(self._names, "name", text) | self._in(self._addresses, "address", text)
        if self._numbers:
            runs = [_digits(run) for run in _RUN.findall(unicodedata.normalize("NFKC", text))]
            if any(run.endswith(own) and len(run) <= len(own) + _BEFORE_THEM for run in runs for own in self._numbers):
                found.add("number")
        return frozenset(found)

    @property
    def addresses(self) -> bool:
        """Whether there is an address to look for."""
        return bool(self._addresses)

    def at(self, address: str) -> bool:
        """Whether a place's words are those of an own address, whatever stands after them."""
        return bool(self._in(self._addresses, "address", address[:_MOST_CHARACTERS]))

    def _in(self, phrases: list[str], kind: OwnKind, text: str) -> set[OwnKind]:
        if not phrases:
            return set()
        said = _padded(_words(text))
        return {kind} if any(phrase in said for phrase in phrases) else set()


def _phrases(texts: Iterable[str], *, turned: bool = False) -> list[str]:
    """Each text as words between spaces; a name of separate words with the last of them first as well."""
    found = []
    for text in texts:
        words = _words(text)
        found.append(_padded(words))
        if turned and not _HAN.search(text):
            found.append(_padded([words[-1], *words[:-1]]))
    return found


def _words(text: str) -> list[str]:
    """Words without case, accents and signs; each Chinese character is one, since nothing stands between them."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    return "".join(f" {sign} " if _HAN.match(sign) else sign if sign.isalnum() else " " for sign in plain).split()


def _padded(words: list[str]) -> str:
    return f" {' '.join(words)} "


def _digits(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isascii() and sign.isdigit())
