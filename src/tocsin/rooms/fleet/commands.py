"""What may be asked of the fleet's room."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from tocsin.facts.calls import Place
from tocsin.kernel import Ask, Command, Given, from_instant

Id = Annotated[str, Meta(min_length=1, max_length=40)]
_DAY_US = 86_400 * 1_000_000


class ShiftCommand(Command, frozen=True, kw_only=True):
    """A command about one unit on one shift."""

    unit: Id
    shift: Id

    def touches(self) -> tuple[str, ...]:
        return (f"unit:{self.unit}@{self.shift}",)


class DutyCommand(ShiftCommand, frozen=True, kw_only=True):
    """A command that starts or ends a shift: it also looks at the unit's other shifts of the last 31 days' months.

    A shift is at most 31 days long, so an open one is always found there, and no tag has to live for ever.
    """

    months: tuple[str, ...] = ()

    def prepared(self, given: Given) -> Self:
        now = self.happened_at if self.happened_at is not None else given.now
        months = {f"{from_instant(at):%Y-%m}" for at in (now, now - 15 * _DAY_US, now - 31 * _DAY_US)}
        return msgspec.structs.replace(self, months=tuple(sorted(months, reverse=True)))

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
    """Take a unit off duty; refused while it is on an incident."""


class ReportState(ShiftCommand, frozen=True, kw_only=True):
    """Say what the unit is doing now; the unit kind's own table says which states may follow."""

    state: Annotated[str, Meta(min_length=1, max_length=24)]
    reason: Annotated[str, Meta(max_length=200)] = ""
    incident: Annotated[str, Meta(max_length=40)] | None = None
    """The incident that the crew speaks of, empty for none: refused where the unit is on another by now. Left out, whatever it is on is meant."""


class ReadFleet(Ask, frozen=True, kw_only=True):
    """The kinds of unit, their skills and the states that may follow each state."""
