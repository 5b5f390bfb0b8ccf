"""Drives to incidents, cut from a house's own ledger and trail, also while it runs: from setting out to being there, with lights and siren.

What a unit's positions say of streets is all that comes of them: no unit, incident or person goes further than the `Day` that holds its
stretches, which is thrown away once the streets are summed (ADR 61).
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from tocsin.facts.dispatch import IncidentClosed, IncidentOpened, KindChanged, PriorityChanged, UnitAssigned, UnitStoodDown
from tocsin.facts.fleet import ShiftEnded, UnitStateChanged
from tocsin.house.envelope import disclose
from tocsin.house.moving import TRAIL_FOLDER
from tocsin.kernel import Instant, Kept, from_instant
from tocsin.ledger import LedgerFault
from tocsin.ledger.line import decode
from tocsin.ledger.place import named
from tocsin.ledger.saved import Source
from tocsin.rooms.dispatch.model.ranking import lights_on
from tocsin.trail import DAY_US, Fix, PlaceFailed, Reader

LATE_US = 3_600_000_000
"""So long after its end a day is read: what trackers and phones held back for a moment has come by then."""
BEFORE_US = 2 * DAY_US
"""So long before the first day that is wanted the ledger is read from, for incidents that were open by then."""

NO_LIGHTS = "without lights and siren"
PARTLY = "with lights and siren for a part of the way"
NOT_THERE = "called off or sent elsewhere before it was there"
NOT_SET_OUT = "setting out was not told"
NOT_KNOWN = "priority not known"

_WANTED = frozenset(kind.fact_kind for kind in (IncidentOpened, IncidentClosed, KindChanged, PriorityChanged, UnitAssigned, UnitStoodDown, ShiftEnded, UnitStateChanged))


class Way(msgspec.Struct, frozen=True):
    """One unit's way to one incident, and why it says nothing of streets; empty where it does."""

    unit: str
    began_at: Instant
    ended_at: Instant
    why_not: str = ""


@dataclass(slots=True)
class Day:
    """A day of the trail: the positions of each drive that ended on it, and why other ways to incidents are not among them."""

    name: str
    thinned: bool
    stretches: list[list[Fix]] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)


class _Setting(msgspec.Struct):
    """A unit that is on its way."""

    incident: str
    began_at: Instant
    lights: bool | None
    partly: bool = False


class Ways:
    """Finds ways to incidents in facts, as they come: priorities 1 and 2 are driven with lights and siren, as dispatch reckons."""

    def __init__(self) -> None:
        self._lights: dict[str, bool] = {}
        self._on: dict[str, _Setting] = {}

    def take(self, kept: Kept) -> Way | None:
        """The way that ended with this fact, if one did."""
        fact, at = kept.fact, kept.entry.happened_at
        match fact:
            case IncidentOpened() | PriorityChanged() | KindChanged():
                self._pressing(fact.incident, lights_on(fact.priority))
            case IncidentClosed():
                self._lights.pop(fact.incident, None)
            case UnitStateChanged() if fact.state == "en_route":
                before = self._ended(fact.unit, fact.shift, at, NOT_THERE)
                self._on[f"{fact.unit}@{fact.shift}"] = _Setting(fact.incident, at, self._lights.get(fact.incident))
                return before
            case UnitStateChanged() if fact.state == "at_scene":
                return self._ended(fact.unit, fact.shift, at, "") or Way(fact.unit, at, at, NOT_SET_OUT)
            case UnitStateChanged() | UnitAssigned() | UnitStoodDown() | ShiftEnded():
                return self._ended(fact.unit, fact.shift, at, NOT_THERE)
        return None

    def _pressing(self, incident: str, lights: bool) -> None:
        self._lights[incident] = lights
        for one in self._on.values():
            if one.incident == incident and one.lights is not None:
                one.partly |= one.lights != lights

    def _ended(self, unit: str, shift: str, at: Instant, why_not: str) -> Way | None:
        one = self._on.pop(f"{unit}@{shift}", None)
        if one is None:
            return None
        if not why_not:
            why_not = NOT_KNOWN if one.lights is None else PARTLY if one.partly else "" if one.lights else NO_LIGHTS
        return Way(unit, one.began_at, at, why_not)


def days_to_read(data: Path, name: str, now: Instant, counted: Collection[str]) -> list[tuple[int, str]]:
    """The days, by number and date in UTC, that the trail holds, that are over and not among those counted; oldest first. LedgerFault."""
    with ExitStack() as stack:
        try:
            trail = stack.enter_context(_trail(data, name))
            held = [(day, _date(day)) for day in trail.days() if (day + 1) * DAY_US + LATE_US <= now]
        except PlaceFailed as error:
            raise _unreadable(error) from error
        return [(day, date) for day, date in held if date not in counted]


def drives(data: Path, name: str, days: Collection[int], progress: Callable[[int, int], None]) -> Iterator[Day]:
    """Those days with their drives, one after the other; `progress` is told entries read and entries in all. LedgerFault."""
    if not days:
        return
    with Source.opened(data / "ledger", name) as source:
        first = _first(source, min(days) * DAY_US - BEFORE_US)
        ways = _ways(source, first, {*days}, progress)
    with ExitStack() as stack:
        try:
            trail = stack.enter_context(_trail(data, name))
            for day in sorted(days):
                found = Day(_date(day), trail.thinned(day))
                for way in ways.get(day, ()):
                    if way.why_not:
                        found.left[way.why_not] += 1
                    else:
                        found.stretches.append(trail.history(way.unit, way.began_at, way.ended_at + 1))
                yield found
        except PlaceFailed as error:
            raise _unreadable(error) from error


def ways_of(facts: Iterable[Kept]) -> Iterator[Way]:
    """The ways to incidents that facts, in order, tell of."""
    ways = Ways()
    for kept in facts:
        found = ways.take(kept)
        if found is not None:
            yield found


def _ways(source: Source, first: int, days: Collection[int], progress: Callable[[int, int], None]) -> dict[int, list[Way]]:
    """The ways that ended on each day, read line by line, so that a year is never held at once."""
    found: dict[int, list[Way]] = {}
    for way in ways_of(_kept(source, first, progress)):
        if way.ended_at // DAY_US in days:
            found.setdefault(way.ended_at // DAY_US, []).append(way)
    return found


def _kept(source: Source, first: int, progress: Callable[[int, int], None]) -> Iterator[Kept]:
    for read, content in enumerate(source.lines(first, source.size)):
        progress(read + 1, source.size - first + 1)
        line = decode(content)
        if line[1].kind in _WANTED:
            yield from disclose([line])


def _first(source: Source, since: Instant) -> int:
    """The first position that was kept since an instant, by halving."""
    low, high = 1, source.size + 1
    while low < high:
        middle = (low + high) // 2
        if decode(next(source.lines(middle, middle)))[1].known_at < since:
            low = middle + 1
        else:
            high = middle
    return low


def _trail(data: Path, name: str) -> AbstractContextManager[Reader]:
    return Reader.opened(data / TRAIL_FOLDER, database=named(data / "ledger"), name=name)


def _date(day: int) -> str:
    return from_instant(day * DAY_US).date().isoformat()


def _unreadable(error: PlaceFailed) -> LedgerFault:
    return LedgerFault("trail.unreadable", f"past positions cannot be read ({error}); make sure of the disk or the database, and do it again.")
