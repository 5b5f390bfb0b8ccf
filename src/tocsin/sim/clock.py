"""Clocks for simulation: one that runs fast against a wall clock handed in, and one that only moves when it is told to."""

from collections.abc import Callable
from threading import Event
from typing import Protocol

from tocsin.kernel import Instant

SECOND: Instant = 1_000_000
"""Microseconds in a second, as instants count."""

_LONGEST_REST_S = 0.5


class Pace(Protocol):
    """A Clock that can also be brought to a later instant: by waiting for it or by jumping there."""

    def now(self) -> Instant:
        """The present instant in microseconds of UTC."""
        ...

    def reach(self, at: Instant, stopped: Event) -> bool:
        """Return True once it is `at` or later, False if `stopped` was set before."""
        ...


class FastClock:
    """House time that starts at `start` and runs `speed` times as fast as `wall`, a monotonic clock in seconds.

    The wall is handed in so that nothing here reads the machine's time; `speed` is fixed, because the clients of a house
    extrapolate their own clocks by it.
    """

    def __init__(self, start: Instant, speed: float, wall: Callable[[], float]) -> None:
        assert speed > 0, "a clock that stands still is a StepClock"
        self.start, self.speed = start, speed
        self._wall, self._from = wall, wall()

    def now(self) -> Instant:
        """The start and what the wall clock has gone on since, `speed` times over."""
        return self.start + int((self._wall() - self._from) * self.speed * SECOND)

    def reach(self, at: Instant, stopped: Event) -> bool:
        """Rest until it is `at`, waking now and then so that a stop is heard."""
        while (left := at - self.now()) > 0:
            if stopped.wait(min(_LONGEST_REST_S, left / SECOND / self.speed)):
                return False
        return not stopped.is_set()


class StepClock:
    """House time that moves only when told to, so that a run is the same bit for bit however fast the machine is."""

    def __init__(self, start: Instant) -> None:
        self._now = start

    def now(self) -> Instant:
        """The instant it was last brought to."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Go on by so many seconds, to the whole microsecond."""
        assert seconds >= 0, "time does not go back"
        self._now += round(seconds * SECOND)

    def reach(self, at: Instant, stopped: Event) -> bool:
        """Jump to `at`; an instant that has passed already changes nothing."""
        self._now = max(self._now, at)
        return not stopped.is_set()
