"""Which kinds of incident go together, and which matters free words tell of: small declared tables, read by people, learnt from nobody."""

import re
from collections.abc import Iterable, Mapping

import msgspec

from tocsin.engines.likeness.words import folded


class Family(msgspec.Struct, frozen=True):
    """Kinds that callers take for one another. `expects` names families whose mention is no news here; `words` tell of this one."""

    en: str
    zh: str
    kinds: tuple[str, ...]
    expects: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


def family_of(families: Mapping[str, Family], kind: str) -> str:
    """The family of a kind; one in no family is a family by itself."""
    return next((code for code, family in families.items() if kind in family.kinds), kind)


def kin(families: Mapping[str, Family], akin: Iterable[tuple[str, str]], one: str, other: str) -> tuple[float, float]:
    """(same kind, kind akin) as 1.0 or 0.0; the same kind is akin too. Akin: of one family, or of two that are declared akin."""
    if not one or not other:
        return float("nan"), float("nan")
    a, b = family_of(families, one), family_of(families, other)
    near = a == b or (a, b) in akin or (b, a) in akin
    return float(one == other), float(near)


def mentions(families: Mapping[str, Family], text: str) -> tuple[str, ...]:
    """The families that a text tells of, in the table's order: their words, whole for words of letters, anywhere for Chinese."""
    said = folded(text)
    return tuple(code for code, family in families.items() if any(_says(said, word) for word in family.words))


def _says(said: str, word: str) -> bool:
    word = folded(word)
    if word.isascii():
        return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said) is not None
    return word in said


def differs(families: Mapping[str, Family], kind: str, other: str, said: Iterable[str]) -> tuple[str, ...]:
    """The families that another call tells of and an incident of this kind does not: by its kind strictly, by its words loosely."""
    own = family_of(families, kind)
    expected = {own, *(families[own].expects if own in families else ())}
    theirs = family_of(families, other)
    news = [theirs] if theirs != own else []
    return tuple(dict.fromkeys([*news, *(family for family in said if family not in expected)]))
