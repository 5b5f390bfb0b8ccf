"""What may be asked about a partner's tasks: give one, and what the agency, or the floor for it, answers."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from tocsin.facts.calls import Place
from tocsin.kernel import Command, Given
from tocsin.rooms.command.commands.agencies import AgencyCommand
from tocsin.rooms.command.commands.majors import Due, Id, Name, Reason

Said = Annotated[str, Meta(max_length=2000)]


class GiveTask(Command, frozen=True, kw_only=True):
    """Ask another agency to do something for an incident or a major incident."""

    agency: Name
    text: Annotated[str, Meta(min_length=1, max_length=2000)]
    incident: Annotated[str, Meta(max_length=40)] = ""
    major: Annotated[str, Meta(max_length=40)] = ""
    place: Place | None = None
    """Left out: the place of the incident, or of the major incident."""
    due: Due = 0
    task: Annotated[str, Meta(max_length=24)] = ""
    """Left empty: the house gives the next number of the day."""

    def prepared(self, given: Given) -> Self:
        return self if self.task else msgspec.structs.replace(self, task=given.number("task"))

    def touches(self) -> tuple[str, ...]:
        named = (("task", self.task), ("incident", self.incident), ("major", self.major))
        return tuple(f"{series}:{number}" for series, number in named if number)


class TaskCommand(AgencyCommand, frozen=True, kw_only=True):
    """A command about one task; a partner's only where the task is its own agency's."""

    task: Id

    def touches(self) -> tuple[str, ...]:
        return (f"task:{self.task}",)


class AcceptTask(TaskCommand, frozen=True, kw_only=True):
    """Take a task on."""


class DeclineTask(TaskCommand, frozen=True, kw_only=True):
    """Say that it cannot be done, or hand it back."""

    reason: Annotated[str, Meta(min_length=1, max_length=500)]


class FinishTask(TaskCommand, frozen=True, kw_only=True):
    """Say that a task is done."""

    note: Said = ""


class NoteTask(TaskCommand, frozen=True, kw_only=True):
    """Say something about a task."""

    note: Annotated[str, Meta(min_length=1, max_length=2000)]


class WithdrawTask(Command, frozen=True, kw_only=True):
    """Say that a task is no longer needed."""

    task: Id
    reason: Reason = ""

    def touches(self) -> tuple[str, ...]:
        return (f"task:{self.task}",)
