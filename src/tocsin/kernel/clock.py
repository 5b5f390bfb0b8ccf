"""Time as Tocsin keeps it: whole microseconds of UTC since 1970, read from a Clock that is handed in."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Instant = int
"""Microseconds since 1970-01-01T00:00:00Z. An integer, so that the ledger's bytes are the same everywhere."""


class Clock(Protocol):
    """Whoever needs the time is given one of these: the machine's own at the edges, a made one in tests and simulation."""

    def now(self) -> Instant:
        """The present instant in microseconds of UTC."""
        ...


def instant(moment: datetime) -> Instant:
    """The instant of an aware datetime; a naive one is our own bug, since nobody can know which zone it meant."""
    assert moment.tzinfo is not None, "a moment without a zone"
    return (moment - _EPOCH) // timedelta(microseconds=1)


def from_instant(at: Instant) -> datetime:
    """The aware UTC datetime of an instant; the inverse of `instant`."""
    return _EPOCH + timedelta(microseconds=at)
