"""What is drawn and read before a play begins, and what a call and a unit are while it lasts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from tocsin.kernel import Instant
from tocsin.sim.clock import StepClock
from tocsin.sim.scenarios.asked import Asked
from tocsin.sim.scenarios.duties import Duty
from tocsin.sim.scenarios.floors import Floor, Offered
from tocsin.sim.scenarios.outcome import Outcome
from tocsin.sim.scenarios.rest import Rest
from tocsin.sim.scenarios.works import Work, Works
from tocsin.sim.travel import Point


@dataclass(frozen=True, slots=True)
class Shut:
    """Segments that are shut from one instant to another."""

    segments: tuple[int, ...]
    since: Instant
    until: Instant
    text: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """A unit that is out of service from one instant to another."""

    unit: str
    since: Instant
    until: Instant


@dataclass(frozen=True, slots=True)
class Play:
    """All that a play turns on. Calls from `count_from` on and before `until` are counted.

    `by_record` sends the kinds of unit that each call had sent to it; else the house's proposals are taken. `wait_s` is
    the dispatcher's time; None draws it. Chance is keyed by seed, replication and the call's number, so that two plays of
    other fleets or rules meet the same calls with the same works.
    """

    calls: Sequence[Asked]
    duties: Sequence[Duty]
    works: Works
    begin: Instant
    count_from: Instant
    until: Instant
    by_record: bool
    wait_s: float | None = None
    seed: int = 1
    replication: int = 0
    shut: Sequence[Shut] = ()
    broken: Sequence[Broken] = ()
    rests: Sequence[Rest] = ()
    hospitals: Sequence[Point] = ()
    ways: bool = False
    """Whether the metres that units drive are measured, for which every way has to be drawn."""


@dataclass(slots=True, eq=False)
class Case:
    """One call under way: its incident, what its units will do there, how many are out or still to be sent, and its times."""

    number: int
    asked: Asked
    rng: np.random.Generator
    shared: float = 0.0
    """The chance that all drives to it have in common."""
    incident: str = ""
    works: Sequence[Work] = ()
    out: int = 0
    due: int = 0
    offer: Offered | None = None
    units: int = 0
    """How many units were sent so far."""
    sent_at: Instant = -1
    there_at: Instant = -1
    carried: bool = False
    waits: list[int] = field(default_factory=list)
    """Sendings by their number that found nobody free; by the plan, [0] while any need is open."""
    skills: frozenset[str] = frozenset()
    """By the plan: the skills that are still wanted."""


@dataclass(slots=True, eq=False)
class Unit:
    """One unit on duty. Its state stands in the house alone; here is what its crew has yet to do."""

    duty: Duty
    skills: frozenset[str]
    on_at: Instant
    case: Case | None = None
    work: Work | None = None
    rng: np.random.Generator | None = None
    sent_at: Instant = 0
    rolled_at: Instant = 0
    on_road: bool = False
    leaving: bool = False
    out: bool = False
    """Whether it is out of service: broken, or on a break."""
    resting: bool = False
    rests: list[Rest] = field(default_factory=list)
    """Breaks that are due."""
    then: Duty | None = None
    """The duty that begins once this one, which is over its time, has ended."""


class Flag(Protocol):
    """Whether to stop: an event between threads or between processes."""

    def is_set(self) -> bool:
        """Whether it is set."""
        ...


class Stage(Protocol):
    """What the units of a play ask of the rest of it."""

    floor: Floor
    clock: StepClock
    play: Play
    outcome: Outcome

    def at(self, at: Instant, phase: int, act: Callable[[], None]) -> None:
        """Do something at an instant."""
        ...

    def there(self, case: Case) -> None:
        """A unit has arrived."""
        ...

    def done(self, case: Case) -> None:
        """A unit has finished with a call."""
        ...

    def freed(self, unit: Unit) -> None:
        """A unit is free."""
        ...
