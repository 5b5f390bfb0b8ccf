"""What is measured where it happens: values in a few fixed steps, which cost next to nothing to add to, and how the batches went."""

from bisect import bisect_left
from collections.abc import Sequence

import msgspec

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper ends of steps for something that should take milliseconds."""
ENTRIES = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000)


class Spread:
    """How many values fell up to each of some ends, and their sum. One thread adds; any may read, and sees at worst one value in part."""

    def __init__(self, ends: Sequence[float] = SECONDS) -> None:
        self.ends = tuple(ends)
        self.total = 0.0
        self._counts = [0] * (len(self.ends) + 1)

    def add(self, value: float) -> None:
        """Take in one value."""
        self._counts[bisect_left(self.ends, value)] += 1
        self.total += value

    def upto(self) -> list[tuple[float, int]]:
        """Each end with how many values were no greater; the last, which is endless, has them all."""
        found, count = [], 0
        for end, more in zip((*self.ends, float("inf")), self._counts, strict=True):
            count += more
            found.append((end, count))
        return found


class Batches:
    """How the writing of batches went since the start."""

    def __init__(self) -> None:
        self.entries, self.took_s, self.write_s = Spread(ENTRIES), Spread(), Spread()
        self.failed = 0
        """Batches after which the store had to be opened again."""


class Probe(msgspec.Struct, frozen=True):
    """What the store answered when it was asked whether it is there."""

    round_trip_s: float
    ahead_s: float | None
    """How far its own clock is before ours, give or take half the round trip; None where it has none of its own."""
