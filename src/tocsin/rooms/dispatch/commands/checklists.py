"""What may be asked about checklists: tick an item for a unit, take its tick back, and show the lists."""

from typing import Self

import msgspec

from tocsin.kernel import Ask, Given
from tocsin.rooms.dispatch.commands.assigning import AssignmentCommand
from tocsin.rooms.dispatch.commands.hazards import Code

_ANY_UNIT = frozenset({"dispatcher", "supervisor"})


class ItemCommand(AssignmentCommand, frozen=True, kw_only=True):
    """A command about one item of a list, for a unit that was sent to the incident; whether the asker speaks for any unit, the house says."""

    list: Code
    item: Code
    by: str = ""
    any_unit: bool = False

    def prepared(self, given: Given) -> Self:
        return msgspec.structs.replace(self, by=given.by, any_unit=not given.roles or bool(given.roles & _ANY_UNIT))


class TickItem(ItemCommand, frozen=True, kw_only=True):
    """Say for a unit that an item of the checklist is done."""


class UntickItem(ItemCommand, frozen=True, kw_only=True):
    """Take a unit's own tick back."""


class ReadChecklists(Ask, frozen=True, kw_only=True):
    """The checklists, by kind of incident."""
