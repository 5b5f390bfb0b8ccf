"""What somebody may ask about their own seat on a unit: sign on with a check of the kit, sign off, see their own duty."""

from typing import Annotated, Literal, Self

import msgspec
from msgspec import Meta

from tocsin.kernel import Ask, Given
from tocsin.rooms.fleet.commands.shifts import ShiftCommand, months_before

KitState = Literal["ok", "missing", "defect"]


class KitFound(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One piece of kit as it was found."""

    item: Annotated[str, Meta(min_length=1, max_length=40)]
    state: KitState
    note: Annotated[str, Meta(max_length=120)] = ""


class SeatCommand(ShiftCommand, frozen=True, kw_only=True):
    """A command about the asker's own seat: it names nobody, so that nobody can be signed on or off by another.

    It also looks at where else that person has signed on in the last 31 days' months.
    """

    person: str = ""
    months: tuple[str, ...] = ()

    def prepared(self, given: Given) -> Self:
        at = self.happened_at if self.happened_at is not None else given.now
        return msgspec.structs.replace(self, person=given.by, months=months_before(at))

    def touches(self) -> tuple[str, ...]:
        return (*super().touches(), *(f"crew:{self.person}@{month}" for month in self.months))


class SignOn(SeatCommand, frozen=True, kw_only=True):
    """Take a seat on a unit for its shift, and say how its kit was found. Asked again for the same unit, it is said anew."""

    seat: Annotated[str, Meta(min_length=1, max_length=40)]
    kit: Annotated[tuple[KitFound, ...], Meta(max_length=60)] = ()


class SignOff(SeatCommand, frozen=True, kw_only=True):
    """Leave one's seat on a unit."""


class ReadOwnDuty(Ask, frozen=True, kw_only=True):
    """What the asker is on: their unit, shift and seat, what it is doing and may do next, and who is with them."""
