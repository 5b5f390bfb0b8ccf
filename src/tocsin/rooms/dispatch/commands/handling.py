"""What may be asked about a handling record: keep a unit's own, and show the form of an incident's kind."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from tocsin.kernel import Ask, Given
from tocsin.rooms.dispatch.commands.assigning import AssignmentCommand
from tocsin.rooms.dispatch.commands.incidents import Id

Text = Annotated[str, Meta(min_length=1, max_length=2000)]
Value = Annotated[str, Meta(max_length=1000)] | int | bool
_ANY_UNIT = frozenset({"dispatcher", "supervisor"})


class KeepHandling(AssignmentCommand, frozen=True, kw_only=True):
    """Say for a unit what it found at an incident, what it did, and to whom it handed over; said again, it corrects the record before.

    `fields` answers the form of the incident's kind by the codes of its fields. Who asks, and whether they may speak for any unit, the house says.
    """

    found: Text
    done: Text
    handed_to: Annotated[str, Meta(max_length=200)] = ""
    fields: Annotated[dict[str, Value], Meta(max_length=60)] = msgspec.field(default_factory=dict)
    by: str = ""
    any_unit: bool = False

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, by=given.by, any_unit=not given.roles or bool(given.roles & _ANY_UNIT))


class ReadHandlingForm(Ask, frozen=True, kw_only=True):
    """The form that the handling record of an incident follows, by its present kind."""

    incident: Id
