"""What may be asked about receiving hospitals: what they can take, when not to send them patients, and how many went."""

from typing import Annotated

import msgspec
from msgspec import Meta

from tocsin.kernel import Command, Given, from_instant
from tocsin.rooms.command.commands.agencies import AgencyCommand
from tocsin.rooms.command.commands.majors import Due, Id

Category = Annotated[str, Meta(min_length=1, max_length=40)]
Places = Annotated[dict[Category, Annotated[int, Meta(ge=0, le=9_999)]], Meta(min_length=1, max_length=20)]
Counts = Annotated[dict[Category, Annotated[int, Meta(ge=-999, le=999)]], Meta(min_length=1, max_length=20)]
FacilityId = Annotated[str, Meta(min_length=1, max_length=80)]


class ReportCapacity(AgencyCommand, frozen=True, kw_only=True):
    """Say how many patients of each category a hospital can take now; it replaces what was reported before."""

    facility: FacilityId
    places: Places
    until: Due = 0
    """When this is no longer to be believed; 0: until the next report."""
    day: Annotated[str, Meta(max_length=10)] = ""
    """Filled by the house: a facility never ends, so its reports stand under the day."""

    def prepared(self, given: Given) -> Command:
        return super(ReportCapacity, msgspec.structs.replace(self, day=f"{from_instant(given.now):%Y-%m-%d}")).prepared(given)

    def touches(self) -> tuple[str, ...]:
        return (f"facility:{self.facility}@{self.day}",)


class BeginDiversion(AgencyCommand, frozen=True, kw_only=True):
    """Ask that a hospital be sent no patients of these categories (none named: of any) for a while."""

    facility: FacilityId
    reason: Annotated[str, Meta(min_length=1, max_length=200)]
    categories: Annotated[tuple[Category, ...], Meta(max_length=20)] = ()
    until: Due = 0
    diversion: Annotated[str, Meta(max_length=24)] = ""
    """Left empty: the house gives the next number of the day."""

    def prepared(self, given: Given) -> Command:
        numbered = self if self.diversion else msgspec.structs.replace(self, diversion=given.number("diversion"))
        return super(BeginDiversion, numbered).prepared(given)

    def touches(self) -> tuple[str, ...]:
        return (f"diversion:{self.diversion}",)


class EndDiversion(AgencyCommand, frozen=True, kw_only=True):
    """Say that a hospital can be sent patients again."""

    diversion: Id

    def touches(self) -> tuple[str, ...]:
        return (f"diversion:{self.diversion}",)


class SendPatients(Command, frozen=True, kw_only=True):
    """Write down how many patients of each category go to a hospital; a negative count takes a mistake back."""

    facility: FacilityId
    counts: Counts
    incident: Annotated[str, Meta(max_length=40)] = ""
    major: Annotated[str, Meta(max_length=40)] = ""

    def touches(self) -> tuple[str, ...]:
        named = (("incident", self.incident), ("major", self.major))
        return tuple(f"{series}:{number}" for series, number in named if number)
