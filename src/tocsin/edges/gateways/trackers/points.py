"""What any tracker can say, whatever its protocol: who it is, where it was; and how the numbers in it are read."""

from datetime import UTC, datetime
from math import isfinite
from typing import Any

import msgspec

from tocsin.kernel import Instant

_LONGEST = 40
_KNOT_MPS = 1852 / 3600
_MOST_S = 1e11
"""Seconds since 1970 beyond which a number is no time; whether one of below is plausible is the trail's to say."""


class Garbage(Exception):
    """What came is not of its protocol. `code` is one of a short list, so that it can be counted."""

    def __init__(self, code: str = "tracker_garbage") -> None:
        super().__init__(code)
        self.code = code


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A position as a tracker tells it: degrees in WGS 84; None where it does not say."""

    lon: float
    lat: float
    device_at: Instant | None = None
    accuracy_m: float | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """One message: the name that it gives its sender (empty: it gives none), and its points, none where it speaks of something else."""

    names: str = ""
    points: tuple[Point, ...] = ()


def tree(body: bytes) -> dict[str, Any]:
    """An object of JSON; Garbage."""
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, ValueError, RecursionError) as fault:
        raise Garbage from fault


def number(said: object) -> float:
    """A finite number from JSON or text; Garbage."""
    if isinstance(said, bool) or not isinstance(said, int | float | str) or (isinstance(said, str) and len(said) > _LONGEST):
        raise Garbage
    try:
        found = float(said)
    except (ValueError, OverflowError) as fault:
        raise Garbage from fault
    if not isfinite(found):
        raise Garbage
    return found


def told(said: object) -> float | None:
    """A number that a device may not know: absent, empty, or below 0 (as the systems of telephones write what they do not know)."""
    if said is None or said == "":
        return None
    found = number(said)
    return None if found < 0 else found


def knots(said: object) -> float | None:
    """A speed in knots as metres per second."""
    found = told(said)
    return None if found is None else found * _KNOT_MPS


def kmh(said: object) -> float | None:
    """A speed in kilometres per hour as metres per second."""
    found = told(said)
    return None if found is None else found / 3.6


def epoch(said: object, *, per_s: int = 1) -> Instant:
    """An instant from a number of seconds since 1970, or of so many parts of one."""
    seconds = number(said) / per_s
    if not 0 <= seconds < _MOST_S:
        raise Garbage
    return round(seconds * 1_000_000)


def written(said: object) -> Instant:
    """An instant from ISO 8601; without a zone it is UTC."""
    if not isinstance(said, str) or len(said) > _LONGEST:
        raise Garbage
    try:
        found = datetime.fromisoformat(said)
        return round((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1_000_000)
    except (ValueError, OverflowError) as fault:
        raise Garbage from fault
