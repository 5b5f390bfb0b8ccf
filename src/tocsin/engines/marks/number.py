"""An export's number as 48 bits that nobody without the key can make: its day, its running number, and 20 bits of a keyed hash."""

import hmac
import re
from datetime import date, timedelta
from hashlib import sha256

BITS = 48
_FIRST = date(2020, 1, 1)
_DAY_BITS, _RUN_BITS, _SEAL_BITS = 14, 14, 20
_NUMBER = re.compile(r"(\d\d)(\d\d)(\d\d)-(\d{4,5})")


def packed(number: str, key: bytes) -> int:
    """The mark of `yymmdd-nnnn`; ValueError where it is no such number or beyond what 28 bits hold (the year 2064, 16,383 a day)."""
    found = _NUMBER.fullmatch(number)
    if found is None:
        raise ValueError(f"{number!r} is no number")
    day = (date(2000 + int(found[1]), int(found[2]), int(found[3])) - _FIRST).days
    run = int(found[4])
    if not 0 <= day < 1 << _DAY_BITS or run >= 1 << _RUN_BITS:
        raise ValueError(f"{number!r} is beyond what a mark holds")
    said = day << _RUN_BITS | run
    return said << _SEAL_BITS | _sealed(said, key)


def numbered(mark: int, key: bytes) -> str | None:
    """The number that a mark names; None where its hash is not ours, as that of chance bits is not but once in a million."""
    said, seal = mark >> _SEAL_BITS, mark & ((1 << _SEAL_BITS) - 1)
    if not 0 <= mark < 1 << BITS or not hmac.compare_digest(seal.to_bytes(4), _sealed(said, key).to_bytes(4)):
        return None
    day = _FIRST + timedelta(days=said >> _RUN_BITS)
    return f"{day:%y%m%d}-{said & ((1 << _RUN_BITS) - 1):04d}"


def _sealed(said: int, key: bytes) -> int:
    return int.from_bytes(hmac.digest(key, b"mark\0" + said.to_bytes(8), sha256)[:4]) >> (32 - _SEAL_BITS)
