"""The shape of a decision of this room."""

from collections.abc import Callable
from typing import Any

from tocsin.kernel import Fact
from tocsin.rooms.access.model.state import State

Decision = Callable[[State, Any], tuple[Fact, ...]]
"""The facts that follow from one kind of command, or Refused; pure and total."""
