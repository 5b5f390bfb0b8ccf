"""Rooms and doors: a bounded context as the house sees it, and the menu of what may be asked of it, by whom, and why."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

import msgspec

from tocsin.kernel.command import Command
from tocsin.kernel.fact import Fact, Kept
from tocsin.kernel.view import Ask, Picture, Sight, View

Role = Literal["call_taker", "dispatcher", "supervisor", "responder", "planner", "auditor", "admin", "device", "partner", "neighbour"]

Pace = Literal["quick", "weighty", "look", "later"]
"""The lane in which something is done (house/lanes.py): commands of the response, those that compute much, its questions, all else."""

Reaction = Callable[[Kept], Iterable[Command]]
"""Another room's fact in, this room's commands out; pure, so that replaying it at start heals a crash."""


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the menu: a verb and path, what is asked, who may ask, and for which purpose.

    A `POST` door takes a Command; a `GET` door an Ask, answered by a View. `{name}` in the path fills the field `name`.
    """

    verb: Literal["GET", "POST"]
    path: str
    asks: type[Command] | type[Ask]
    roles: tuple[Role, ...]
    purpose: str
    says: str
    """One sentence for the OpenAPI page."""
    also: tuple[str, ...] = ()
    """Further purposes under which it may be used, each of which may show other fields; `purpose` is the usual one."""
    glass: bool = False
    """Whether one of the staff who broke the glass may ask it, whatever their roles."""
    pace: Pace | None = None
    """Its lane, where purpose and verb do not say it: `weighty` ranks a fleet, `later` may wait whatever its purpose."""


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """A room as `house.build()` wires it. The house knows no more of a room than this."""

    name: str
    doors: tuple[Door, ...]
    state: Callable[[], Any] | None = None
    """A fresh, empty decision state; None for a room that only shows."""
    evolve: Callable[[Any, Kept], Any] | None = None
    """The state after one more fact of the touched histories; pure."""
    decide: Callable[[Any, Command], tuple[Fact, ...]] | None = None
    """The facts that follow from a command, or Refused; pure and total."""
    commands: tuple[type[Command], ...] = ()
    """Every command this room decides; one without a door is given by reactions only."""
    pictures: tuple[Picture, ...] = ()
    answers: Mapping[type[Ask], Callable[[Any, Sight], View]] = {}
    """Each question's answer: (ask, sight) -> View."""
    reactions: tuple[Reaction, ...] = ()
    ticks: tuple[Callable[[], Command], ...] = ()
    """What the room asks by itself as time passes; a command that finds nothing to do leaves no fact."""
