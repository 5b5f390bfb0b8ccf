"""What may be asked about posts and spot checks: report a post, ask units to answer, answer, and (the house's own) note what nobody answered."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from tocsin.kernel import Ask, Command, Given, Instant
from tocsin.rooms.fleet.commands.help import AT_ONCE, Lat, Lon
from tocsin.rooms.fleet.commands.shifts import CrewWord, Id


class ReportPost(CrewWord, frozen=True, kw_only=True):
    """Say that the crew stands at a post, or has passed one on patrol."""

    post: Annotated[str, Meta(min_length=1, max_length=80)]
    note: Annotated[str, Meta(max_length=200)] = ""
    lon: Lon | None = None
    lat: Lat | None = None


class CallSpotCheck(Command, frozen=True, kw_only=True):
    """Ask units on duty to say that they are there. The shifts are those that the house sees them on; the number is the house's too."""

    units: Annotated[tuple[Id, ...], Meta(min_length=1, max_length=60)]
    within_s: Annotated[int, Meta(ge=10, le=3600)] = 120
    words: Annotated[str, Meta(max_length=200)] = ""
    check: str = ""
    shifts: tuple[str, ...] = ()

    def prepared(self, given: Given) -> Self:
        on = {seen.unit: seen.shift for seen in given.look("units")}
        units = tuple(dict.fromkeys(self.units))
        return msgspec.structs.replace(self, units=units, check=given.number("check"), shifts=tuple(on.get(unit, "") for unit in units))

    def touches(self) -> tuple[str, ...]:
        return tuple(f"unit:{unit}@{shift}" for unit, shift in zip(self.units, self.shifts, strict=True) if shift)


class AnswerSpotCheck(CrewWord, frozen=True, kw_only=True):
    """Answer a spot check for a unit: by its crew, or by the floor that heard it on the radio."""

    check: Id
    lon: Lon | None = None
    lat: Lat | None = None
    at: Instant = 0

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(super().prepared(given), at=self.happened_at if self.happened_at is not None else given.now)


class Unanswered(msgspec.Struct, frozen=True, kw_only=True):
    """A unit's check that nobody answered in time, as the house saw it."""

    unit: str
    shift: str
    check: str
    due_at: Instant


class MissChecks(Command, frozen=True, kw_only=True):
    """Note every check that nobody answered in time; asked by the room itself as time passes. It has no door."""

    due: tuple[Unanswered, ...] = ()

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, due=tuple(given.look("checks due"))[:AT_ONCE])

    def touches(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(f"unit:{one.unit}@{one.shift}" for one in self.due))


class ReadPosts(Ask, frozen=True, kw_only=True):
    """The posts of the last day: which units were told to wait there, and which said that they were there, and when."""


class ReadChecks(Ask, frozen=True, kw_only=True):
    """The latest spot checks: which units answered, which late, of which nothing was heard."""
