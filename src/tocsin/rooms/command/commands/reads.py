"""What the command room is asked to show: a board, hospitals, tasks, and the table that they are named in."""

from typing import Annotated

from msgspec import Meta

from tocsin.kernel import Ask
from tocsin.rooms.command.commands.majors import Id


class ReadMajor(Ask, frozen=True, kw_only=True):
    """One major incident's whole board, its log included; the reading is kept."""

    major: Id


class ReadHospitals(Ask, frozen=True, kw_only=True):
    """Where patients of an incident can go, best first."""

    incident: Id
    category: Annotated[str, Meta(max_length=40)] = ""
    """Ranked for patients of this category; left empty: of any."""


class ReadFacilities(Ask, frozen=True, kw_only=True):
    """The receiving hospitals as they stand; a partner sees its own alone."""


class ReadTasks(Ask, frozen=True, kw_only=True):
    """Tasks as they stand, without their texts; a partner sees its own agency's alone."""


class ReadTask(Ask, frozen=True, kw_only=True):
    """One task with its text and what was said about it; the reading is kept."""

    task: Id


class ReadCommand(Ask, frozen=True, kw_only=True):
    """The levels, roles, plans, categories of patients and agencies of this city."""
