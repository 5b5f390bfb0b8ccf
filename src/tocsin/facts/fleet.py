"""What is kept of units: their shifts and states; and the one fold of a unit's status, since two rooms decide by it."""

from collections.abc import Mapping

import msgspec

from tocsin.facts.calls import Place
from tocsin.facts.coverage import StandbyEnded, StandbyOrdered
from tocsin.facts.dispatch import IncidentStacked, IncidentUnstacked, UnitAssigned, UnitStoodDown
from tocsin.kernel import Fact, fact


class ShiftFact(Fact, frozen=True, kw_only=True):
    """A fact in the history of one unit's shift."""

    unit: str
    shift: str

    def tags(self) -> tuple[str, ...]:
        return (f"unit:{self.unit}@{self.shift}",)


@fact("fleet.shift-started")
class ShiftStarted(ShiftFact, frozen=True, kw_only=True):
    """A unit came on duty; `month` (yyyy-mm of the start) keeps one unit from being on duty twice without an endless tag."""

    unit_kind: str
    skills: tuple[str, ...]
    station: str
    home: Place
    crew: int
    month: str
    lender: str = ""
    """The neighbouring city whose unit it is; empty for one of our own."""

    def tags(self) -> tuple[str, ...]:
        return (f"unit:{self.unit}@{self.shift}", f"duty:{self.unit}@{self.month}")


@fact("fleet.shift-ended")
class ShiftEnded(ShiftFact, frozen=True, kw_only=True):
    """A unit went off duty; from here on its position is nobody's business."""

    month: str

    def tags(self) -> tuple[str, ...]:
        return (f"unit:{self.unit}@{self.shift}", f"duty:{self.unit}@{self.month}")


@fact("fleet.unit-state-changed")
class UnitStateChanged(ShiftFact, frozen=True, kw_only=True):
    """A unit said what it is doing now; `incident` is the one it was on, which it leaves when it is available again.

    `next` is the first incident stacked behind a unit that became available: dispatch sends it there at once.
    """

    state: str
    was: str
    incident: str = ""
    reason: str = ""
    next: str = ""

    def tags(self) -> tuple[str, ...]:
        own = f"unit:{self.unit}@{self.shift}"
        return (own, f"incident:{self.incident}") if self.incident else (own,)


class KitLine(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of a unit's kit as somebody found it when they signed on: `ok`, `missing` or `defect`."""

    item: str
    state: str
    note: str = ""


@fact("fleet.crew-signed-on")
class CrewSignedOn(ShiftFact, frozen=True, kw_only=True):
    """Somebody took a seat on a unit for this shift and said how they found its kit; said again, it is their seat and check from then on.

    `month` (yyyy-mm) keeps one person from being on two units without an endless tag, as it does for a unit's shifts.
    """

    person: str
    seat: str
    kit: tuple[KitLine, ...] = ()
    month: str

    def tags(self) -> tuple[str, ...]:
        return (f"unit:{self.unit}@{self.shift}", f"crew:{self.person}@{self.month}")


@fact("fleet.crew-signed-off")
class CrewSignedOff(ShiftFact, frozen=True, kw_only=True):
    """Somebody left a unit; it is kept as well for everybody who is still on a unit whose shift ends."""

    person: str
    month: str

    def tags(self) -> tuple[str, ...]:
        return (f"unit:{self.unit}@{self.shift}", f"crew:{self.person}@{self.month}")


class Seated(msgspec.Struct, frozen=True, kw_only=True):
    """Who sits where on a unit."""

    person: str
    seat: str


class Standby(msgspec.Struct, frozen=True, kw_only=True):
    """Where a unit that is free was told to wait, beside its own station."""

    name: str
    place: Place


class UnitNow(msgspec.Struct, frozen=True, kw_only=True):
    """A unit on duty as its facts leave it: what it is, what it is doing, for which incident, and which wait for it, in order."""

    unit: str
    shift: str
    unit_kind: str
    skills: tuple[str, ...]
    station: str
    home: Place
    state: str
    crew: int = 0
    incident: str = ""
    stacked: tuple[str, ...] = ()
    lender: str = ""
    standby: Standby | None = None
    seats: tuple[Seated, ...] = ()
    """Who has signed on to it, in order; none where its crew is known by its number alone."""
    kit_faults: tuple[KitLine, ...] = ()
    """What of its kit was last found missing or not in order."""


def crewed_by_others(unit: UnitNow, person: str) -> bool:
    """Whether a unit has its crew signed on and this person is not of it: then they do not speak for it."""
    return bool(unit.seats) and all(one.person != person for one in unit.seats)


def unit_after(unit: UnitNow | None, kept: Fact) -> UnitNow | None:
    """A unit's status after one more fact of its shift; None before the shift and after it. The only place that says so."""
    match kept:
        case ShiftStarted():
            return UnitNow(unit=kept.unit, shift=kept.shift, unit_kind=kept.unit_kind, skills=kept.skills,
                           station=kept.station, home=kept.home, state="available", crew=kept.crew, lender=kept.lender)
        case ShiftEnded():
            return None
        case UnitAssigned() if unit is not None:
            return msgspec.structs.replace(unit, state="assigned", incident=kept.incident, stacked=_without(unit.stacked, kept.incident),
                                           standby=None)
        case UnitStoodDown() if unit is not None:
            return msgspec.structs.replace(unit, state="available", incident="")
        case UnitStateChanged() if unit is not None:
            free = kept.state in ("available", "out_of_service")
            return msgspec.structs.replace(unit, state=kept.state, incident="" if free else unit.incident, standby=None)
        case IncidentStacked() if unit is not None:
            return msgspec.structs.replace(unit, stacked=(*_without(unit.stacked, kept.incident), kept.incident))
        case IncidentUnstacked() if unit is not None:
            return msgspec.structs.replace(unit, stacked=_without(unit.stacked, kept.incident))
        case StandbyOrdered() if unit is not None:
            return msgspec.structs.replace(unit, standby=Standby(name=kept.post, place=kept.place))
        case StandbyEnded() if unit is not None:
            return msgspec.structs.replace(unit, standby=None)
        case CrewSignedOn() if unit is not None:
            seated = (*(one for one in unit.seats if one.person != kept.person), Seated(person=kept.person, seat=kept.seat))
            found = {line.item: line for line in (*unit.kit_faults, *kept.kit)}
            return msgspec.structs.replace(unit, seats=seated, kit_faults=tuple(line for line in found.values() if line.state != "ok"))
        case CrewSignedOff() if unit is not None:
            return msgspec.structs.replace(unit, seats=tuple(one for one in unit.seats if one.person != kept.person))
    return unit


def units_after(units: Mapping[str, UnitNow], kept: Fact) -> dict[str, UnitNow]:
    """Every unit's status by `unit@shift` after one more fact; a shift that ended is gone. A fact about no unit's shift changes nothing."""
    unit, shift = getattr(kept, "unit", ""), getattr(kept, "shift", "")
    if not unit or not shift:
        return dict(units)
    key = f"{unit}@{shift}"
    after = unit_after(units.get(key), kept)
    others = {other: now for other, now in units.items() if other != key}
    return others if after is None else {**others, key: after}


def _without(stacked: tuple[str, ...], incident: str) -> tuple[str, ...]:
    return tuple(other for other in stacked if other != incident)
