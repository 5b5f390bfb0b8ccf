"""What is asked of a fleet and what comes of it: calls by place, who goes first, second … to each, how long one is busy."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Fleet:
    """n units and m places.

    `calls_per_h` float[m]; `busy_h` float[n], the mean hours that a call keeps each unit; `time_s` float[n, m], how soon a unit that
    is free is at a place. `order` int[m, n] says who is sent first, second … to each place, by default the soonest. While all are
    busy calls wait in one line, first come first served (`waits`), or are lost to somebody else.
    """

    calls_per_h: Floats
    busy_h: Floats
    time_s: Floats
    waits: bool
    order: Ints | None = None

    def __post_init__(self) -> None:
        units, places = self.time_s.shape
        if units == 0 or places == 0 or self.busy_h.shape != (units,) or self.calls_per_h.shape != (places,):
            raise ValueError("busy_h has one number for each unit, calls_per_h one for each place, and there is one of each at least")
        if not (np.isfinite(self.calls_per_h) & (self.calls_per_h >= 0)).all() or self.calls_per_h.sum() <= 0:
            raise ValueError("calls come at 0 or more an hour, and some do come")
        if not (np.isfinite(self.busy_h) & (self.busy_h > 0)).all() or not np.isfinite(self.time_s).all():
            raise ValueError("a call takes some time, and every unit can come to every place")
        if self.order is not None and not (np.sort(self.order, axis=1) == np.arange(units)).all():
            raise ValueError("order names every unit once for each place")
        if self.waits and self.calls >= float((1 / self.busy_h).sum()):
            raise ValueError("more calls come than the units can do: the line would grow for ever")

    @property
    def calls(self) -> float:
        """All calls an hour."""
        return float(self.calls_per_h.sum())

    def ordered(self) -> Ints:
        """Who is sent first, second … to each place: int32[m, n]."""
        order = np.argsort(self.time_s, axis=0, kind="stable").T if self.order is None else self.order
        return np.ascontiguousarray(order, dtype=np.int32)


@dataclass(frozen=True)
class Workload:
    """What to expect in the long run.

    `busy` float64[n] is the part of its time that each unit is busy; `sent` float64[n, m] the share of all answered calls that is this
    unit going to this place (they add up to 1); `held` the share of calls that must wait, or that are lost; `wait_s` the mean wait in
    line over all calls; `response_s` the mean from the call to arrival over all answered calls, the wait included.
    """

    busy: Floats
    sent: Floats
    held: float
    wait_s: float
    response_s: float


def told(fleet: Fleet, busy: Floats, at_once: Floats, held: float, waiting: float) -> Workload:
    """Sum up: `at_once` float64[n, m] are the calls an hour that find their unit free, `waiting` the mean number in line.

    A call that waited is answered by whoever is free first, which is each unit by how fast it gets done.
    """
    sent = at_once
    if fleet.waits:
        speed = 1 / fleet.busy_h
        sent = sent + held * np.outer(speed / speed.sum(), fleet.calls_per_h)
    sent = sent / sent.sum()
    wait_s = 3_600 * waiting / fleet.calls
    return Workload(busy, sent, held, wait_s, float((sent * fleet.time_s).sum()) + wait_s)
