"""What a decision of this room may rest on beside the histories: the city's plan and its ground; and the shape of a decision."""

from collections.abc import Callable
from typing import Any

import msgspec

from tocsin.engines.likeness import Likeness
from tocsin.kernel import Fact
from tocsin.rooms.dispatch.model.plan import Plan
from tocsin.rooms.dispatch.model.ranking import Ground
from tocsin.rooms.dispatch.model.state import State


class Rules(msgspec.Struct, frozen=True):
    """One city's plan and roads, and which of its kinds of incident go together."""

    plan: Plan
    ground: Ground
    likeness: Likeness = Likeness()


Decision = Callable[[Rules, State, Any], tuple[Fact, ...]]
"""The facts that follow from one kind of command, or Refused; pure and total."""
