"""The third layer of a text's mark: of two phrases that say the same, the copy's key and the line's own name choose which stands there.

Each line carries its bits by itself, so lines may be sorted, filtered and cut out, and spaces and encodings changed. Who has the lines
back asks of every copy that was ever made how often its choices stand there: the right one's always do, another's half of the time.
The chance that any of them agrees as often by luck is the binomial tail times their number; only far below one is a copy named.
After Boneh and Shaw, 'Collusion-secure fingerprinting for digital data' (1998), without their code against many who put copies together.
"""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from math import exp, lgamma, log

import msgspec

SURE = 1e-6
"""A copy is named where the chance that any copy would agree as well by luck is below this."""


_ENOUGH = 400
"""So many choices tell a copy among any number; a long text is not weighed whole against every copy ever made."""


class Seen(msgspec.Struct, frozen=True):
    """One choice that was found: the line's own name (`261125-0003/sent`), and which of its two phrases stands there."""

    where: str
    second: bool


class Match(msgspec.Struct, frozen=True):
    """The copy that agrees best, in how many of how many choices, and the chance that any would by luck."""

    number: str
    agree: int
    seen: int
    chance: float

    @property
    def sure(self) -> bool:
        """Whether it may be named."""
        return self.chance < SURE


def chosen(mark: int, where: str, key: bytes) -> bool:
    """Whether the second phrase stands at this place in the copy with this mark."""
    return bool(hmac.digest(key, b"word\0" + mark.to_bytes(8) + where.encode(), sha256)[0] & 1)


def matched(seen: Iterable[Seen], marks: Mapping[str, int], key: bytes) -> Match | None:
    """The best of all copies (number to mark) for what was found; None where nothing was."""
    once = list({one.where: one for one in seen}.values())[:_ENOUGH]
    if not once or not marks:
        return None
    agree, number = max((sum(chosen(mark, one.where, key) == one.second for one in once), number) for number, mark in marks.items())
    return Match(number, agree, len(once), min(1.0, len(marks) * _tail(agree, len(once))))


def _tail(agree: int, of: int) -> float:
    """The chance of at least so many heads in `of` throws."""
    return min(1.0, sum(exp(lgamma(of + 1) - lgamma(k + 1) - lgamma(of - k + 1) - of * log(2)) for k in range(agree, of + 1)))


def phrase(pair: Sequence[str], mark: int, where: str, key: bytes) -> str:
    """The one of two phrases that this copy has at this place."""
    return pair[chosen(mark, where, key)]
