"""What may be asked about a call for help: make it, confirm it, end it, and (nobody's but the house's to ask) raise what nobody confirmed."""

from typing import Annotated, Literal, Self

import msgspec
from msgspec import Meta

from tocsin.kernel import Command, Given, Instant
from tocsin.rooms.fleet.commands.shifts import ShiftCommand

Outcome = Literal["safe", "mistake", "handled"]
Lon = Annotated[float, Meta(ge=-180, le=180)]
Lat = Annotated[float, Meta(ge=-90, le=90)]

AT_ONCE = 60
"""How many one append raises: each is guarded by its shift's tag, and an append has 64 at most."""


class CallForHelp(ShiftCommand, frozen=True, kw_only=True):
    """Call for help for a unit's crew. Any responder may, signed on or not; asked again while it is open, it is the same call."""

    lon: Lon | None = None
    lat: Lat | None = None
    person: str = ""

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, person=given.by)


class ConfirmHelp(ShiftCommand, frozen=True, kw_only=True):
    """Say that the floor has seen a call for help and is on it."""


class EndHelp(ShiftCommand, frozen=True, kw_only=True):
    """End a call for help, once somebody has confirmed it."""

    outcome: Outcome
    note: Annotated[str, Meta(max_length=200)] = ""


class Unconfirmed(msgspec.Struct, frozen=True, kw_only=True):
    """A call for help that nobody confirmed in time, as the house saw it."""

    unit: str
    shift: str
    due_at: Instant

    def tag(self) -> str:
        """The history that says whether it still is so."""
        return f"unit:{self.unit}@{self.shift}"


class RaiseHelp(Command, frozen=True, kw_only=True):
    """Raise every call for help that nobody confirmed in time; asked by the room itself as time passes. It has no door."""

    due: tuple[Unconfirmed, ...] = ()

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, due=tuple(given.look("help due"))[:AT_ONCE])

    def touches(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.tag() for one in self.due))
