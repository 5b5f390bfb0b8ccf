"""What a trail asks of the place where its days and its board lie: files beside the ledger, or PostgreSQL."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import msgspec
import numpy as np

from tocsin.kernel import Instant
from tocsin.trail.fix import AHEAD_US, Fix
from tocsin.trail.latest import Board, Step
from tocsin.trail.points import Points, merge

DAY_US = 86_400_000_000
LOOK_BACK_US = (60_000_000, 600_000_000, 2 * DAY_US, 1 << 62)
"""How far back the newest point is looked for, one after the other: one found in a short look cannot be beaten from before it."""


class PlaceFailed(Exception):
    """The place did not do what was asked; it may do it later."""


class Deposed(Exception):
    """Another leads this trail by now: nothing that this one writes is kept any more."""


class Batch(msgspec.Struct, frozen=True):
    """What is written at once: fixes of any day, and what changed on the board since the batch before."""

    fixes: Sequence[Fix]
    step: Step


class Place(Protocol):
    """Where one trail lies. What writes is asked by one thread at a time, what reads by any. Everything may raise PlaceFailed."""

    flush_s: float
    """How long what was told may wait to be written."""
    shared: bool
    """Whether other nodes stand on it too: then one leads and the others follow."""

    def load(self, board: Board) -> None:
        """Put a fresh board where this place was last seen."""

    def catch_up(self) -> Sequence[Step] | None:
        """What the leader wrote since this place was last seen, in order; None where that is not there any more, and `load` is needed."""

    def lead(self, epoch: int) -> None:
        """Write from now on, as the leader of this epoch; an earlier one's writing ends. Deposed where a later one leads."""

    def write(self, batch: Batch) -> Batch | None:
        """Write a batch; what could not be written is given back and is to be tried again before any other. Deposed."""

    def save(self, board: bytes, head: int) -> None:
        """Keep the board as it stood when the batch up to `head` was taken. Deposed."""

    def days(self) -> list[int]:
        """The days that are held, oldest first, by their number since 1970."""

    def read(self, day: int, unit: str, since: Instant, until: Instant) -> Points:
        """One unit's points of a day, `since` <= device time < `until`, in order; none of a day that expired meanwhile."""

    def last(self, day: int, wanted: Mapping[str, Instant], at: Instant) -> tuple[dict[str, Points], bool]:
        """Of each wanted unit the newest point that was heard by `at` and is later than the unit's own instant; and whether the day is thinned."""

    def make(self, day: int) -> None:
        """Have room for a day before its first fix comes."""

    def thin_some(self, day: int, every_us: int) -> bool:
        """Thin a bit of a day; True when the whole day is thinned. Begun again after a restart, it does no harm. Deposed."""

    def forget(self, day: int) -> None:
        """Let a whole day go. Deposed."""

    def close(self) -> None:
        """Let everything go."""


def newest_of(parts: Iterable[Points], since: Instant, at: Instant) -> Points | None:
    """The newest of one unit's points that was heard by `at` and is not from before `since`; None where there is none."""
    points = merge(list(parts), since, at + AHEAD_US + 1)
    heard = np.flatnonzero(points["heard_at"] <= at)
    return points[heard[-1]:heard[-1] + 1] if len(heard) else None
