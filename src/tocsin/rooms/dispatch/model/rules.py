"""What a city has settled and this room decides and speaks by: its plan, roads, states' words, likeness and timers; and a decision's shape."""

from collections.abc import Callable
from typing import Any

import msgspec

from tocsin.engines.likeness import Likeness
from tocsin.kernel import Fact, Words
from tocsin.rooms.dispatch.model.forms import NO_HANDLING, HandlingTable
from tocsin.rooms.dispatch.model.hazard_table import NO_HAZARDS, HazardTable
from tocsin.rooms.dispatch.model.lists import NO_CHECKLISTS, ChecklistTable
from tocsin.rooms.dispatch.model.plan import Plan
from tocsin.rooms.dispatch.model.ranking import Ground
from tocsin.rooms.dispatch.model.state import State
from tocsin.rooms.dispatch.model.timing import NO_TIMERS, TimerTable


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """One city's tables and roads."""

    plan: Plan
    ground: Ground
    states: dict[str, Words] = {}
    """The words of the states of units."""
    likeness: Likeness = Likeness()
    timers: TimerTable = NO_TIMERS
    handling: HandlingTable = NO_HANDLING
    hazards: HazardTable = NO_HAZARDS
    checklists: ChecklistTable = NO_CHECKLISTS


Decision = Callable[[Rules, State, Any], tuple[Fact, ...]]
"""The facts that follow from one kind of command, or Refused; pure and total."""
