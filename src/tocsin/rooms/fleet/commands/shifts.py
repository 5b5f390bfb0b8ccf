"""What may be asked about a unit's shift: start it, end it, say what the unit is doing."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from tocsin.facts.calls import Place
from tocsin.kernel import Ask, Command, Given, Instant, from_instant

Id = Annotated[str, Meta(min_length=1, max_length=40)]
_DAY_US = 86_400 * 1_000_000
_ANY_UNIT = frozenset({"dispatcher", "supervisor"})


def months_before(at: Instant) -> tuple[str, ...]:
    """The months (yyyy-mm) of the 31 days up to an instant, latest first."""
    return tuple(sorted({f"{from_instant(then):%Y-%m}" for then in (at, at - 15 * _DAY_US, at - 31 * _DAY_US)}, reverse=True))


def speaks_for_all(given: Given) -> bool:
    """Whether the asker may speak for any unit: the floor does, and a room that asks by itself; a plain responder speaks for their own."""
    return not given.roles or bool(given.roles & _ANY_UNIT)


class ShiftCommand(Command, frozen=True, kw_only=True):
    """A command about one unit on one shift."""

    unit: Id
    shift: Id

    def touches(self) -> tuple[str, ...]:
        return (f"unit:{self.unit}@{self.shift}",)


class CrewWord(ShiftCommand, frozen=True, kw_only=True):
    """A command that speaks for a unit's crew. Who asks, and whether they may speak for any unit, is the house's to say."""

    by: str = ""
    any_unit: bool = False

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, by=given.by, any_unit=speaks_for_all(given))


class DutyCommand(ShiftCommand, frozen=True, kw_only=True):
    """A command that starts or ends a shift: it also looks at the unit's other shifts of the last 31 days' months.

    A shift is at most 31 days long, so an open one is always found there, and no tag has to live for ever.
    """

    months: tuple[str, ...] = ()

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, months=months_before(self.happened_at if self.happened_at is not None else given.now))

    def touches(self) -> tuple[str, ...]:
        return (*super().touches(), *(f"duty:{self.unit}@{month}" for month in self.months))


class StartShift(DutyCommand, frozen=True, kw_only=True):
    """Bring a unit on duty at its station."""

    unit_kind: Annotated[str, Meta(min_length=1, max_length=40)]
    station: Annotated[str, Meta(max_length=80)]
    home: Place
    skills: Annotated[tuple[str, ...], Meta(max_length=20)] = ()
    """Left empty: the usual skills of the unit's kind."""
    crew: Annotated[int, Meta(ge=0, le=20)] = 0


class EndShift(DutyCommand, frozen=True, kw_only=True):
    """Take a unit off duty; refused while it is on an incident. Whoever is signed on to it is signed off with it."""

    by: str = ""
    any_unit: bool = False

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(super().prepared(given), by=given.by, any_unit=speaks_for_all(given))


class ReportState(CrewWord, frozen=True, kw_only=True):
    """Say what the unit is doing now; the unit kind's own table says which states may follow."""

    state: Annotated[str, Meta(min_length=1, max_length=24)]
    reason: Annotated[str, Meta(max_length=200)] = ""
    incident: Annotated[str, Meta(max_length=40)] | None = None
    """The incident that the crew speaks of, empty for none: refused where the unit is on another by now. Left out, whatever it is on is meant."""


class ReadFleet(Ask, frozen=True, kw_only=True):
    """The kinds of unit, their skills and the states that may follow each state."""
