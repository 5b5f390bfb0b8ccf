"""What may be asked of a major incident: declare it, gather incidents, and keep its board."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from tocsin.facts.calls import Place
from tocsin.kernel import Command, Given

Id = Annotated[str, Meta(min_length=1, max_length=40)]
Code = Annotated[str, Meta(min_length=1, max_length=40)]
Name = Annotated[str, Meta(min_length=1, max_length=80)]
Reason = Annotated[str, Meta(max_length=500)]
Due = Annotated[int, Meta(ge=0, le=253_402_300_800_000_000)]
"""An instant, 0 where none was set."""
Lon = Annotated[float, Meta(ge=-180, le=180)]
Lat = Annotated[float, Meta(ge=-90, le=90)]


class MajorCommand(Command, frozen=True, kw_only=True):
    """A command about one major incident."""

    major: Id

    def touches(self) -> tuple[str, ...]:
        return (f"major:{self.major}",)


class DeclareMajor(Command, frozen=True, kw_only=True):
    """Put a command over an incident, or over a place; further incidents are gathered under it later."""

    name: Name
    level: Code
    plan: Annotated[str, Meta(max_length=40)] = ""
    place: Place | None = None
    """Left out: the place of the incident."""
    incident: Annotated[str, Meta(max_length=40)] = ""
    """The first incident under it, if there is one."""
    major: Annotated[str, Meta(max_length=24)] = ""
    """Left empty: the house gives the next number of the day."""

    def prepared(self, given: Given) -> Self:
        return self if self.major else msgspec.structs.replace(self, major=given.number("major"))

    def touches(self) -> tuple[str, ...]:
        return (f"major:{self.major}", *((f"incident:{self.incident}",) if self.incident else ()))


class GatheringCommand(MajorCommand, frozen=True, kw_only=True):
    """A command about one incident under a command; both histories guard it."""

    incident: Id

    def touches(self) -> tuple[str, ...]:
        return (f"major:{self.major}", f"incident:{self.incident}")


class GatherIncident(GatheringCommand, frozen=True, kw_only=True):
    """Work an incident under this command."""


class ReleaseIncident(GatheringCommand, frozen=True, kw_only=True):
    """Work an incident by itself again."""


class ChangeLevel(MajorCommand, frozen=True, kw_only=True):
    """Raise the command to another alarm level, or bring it down."""

    level: Code
    reason: Reason = ""


class GiveRole(MajorCommand, frozen=True, kw_only=True):
    """Give a role to a desk or a unit; whoever had it before gives it up in the same step."""

    role: Code
    holder: Name


class TakeRoleBack(MajorCommand, frozen=True, kw_only=True):
    """Leave a role without a holder."""

    role: Code


class MakeSector(MajorCommand, frozen=True, kw_only=True):
    """Make a sector: a part of the scene or of the work, with a leader."""

    name: Name
    place: Place | None = None
    shape: Annotated[tuple[tuple[Lon, Lat], ...], Meta(max_length=200)] = ()
    leader: Annotated[str, Meta(max_length=80)] = ""


class EndSector(MajorCommand, frozen=True, kw_only=True):
    """End a sector, once no unit is in it."""

    sector: Code


class SetObjective(MajorCommand, frozen=True, kw_only=True):
    """Say what is wanted, of whom, and by when; the board shows it to everybody, so no person is named in it."""

    text: Annotated[str, Meta(min_length=1, max_length=300)]
    owner: Annotated[str, Meta(max_length=80)] = ""
    due: Due = 0


class MeetObjective(MajorCommand, frozen=True, kw_only=True):
    """Say that an objective is reached."""

    objective: Code


class DropObjective(MajorCommand, frozen=True, kw_only=True):
    """Give an objective up."""

    objective: Code
    reason: Reason = ""


class PlaceResource(MajorCommand, frozen=True, kw_only=True):
    """Put a unit into a sector or into `staging`; an empty sector takes it off this board. Its state stays its crew's to say."""

    unit: Id
    shift: Id
    sector: Annotated[str, Meta(max_length=40)]

    def touches(self) -> tuple[str, ...]:
        return (f"major:{self.major}", f"unit:{self.unit}@{self.shift}")


class NoteLog(MajorCommand, frozen=True, kw_only=True):
    """Write an entry into the command log."""

    entry: Annotated[str, Meta(min_length=1, max_length=4000)]


class EndMajor(MajorCommand, frozen=True, kw_only=True):
    """Stand the command down; its incidents are worked by themselves again."""

    reason: Reason = ""
