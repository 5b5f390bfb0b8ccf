"""What the fleet does by itself: a key that takes over from a tracker's speaks for the same unit."""

from collections.abc import Iterable

from tocsin.facts.access import KeyGiven
from tocsin.kernel import Command, Kept
from tocsin.rooms.fleet.commands import CarryTracker


def carry_tracker(kept: Kept) -> Iterable[Command]:
    """A rotated key has a number of its own, and nobody should have to bind the same device again."""
    if isinstance(kept.fact, KeyGiven) and kept.fact.instead_of:
        yield CarryTracker(tracker=kept.fact.number, of=kept.fact.instead_of)
