"""The shape of one decision of the fleet's room."""

from collections.abc import Callable
from typing import Any

from tocsin.kernel import Fact
from tocsin.rooms.fleet.model.state import State
from tocsin.rooms.fleet.model.table import FleetTable

Decision = Callable[[FleetTable, State, Any], tuple[Fact, ...]]
"""The facts that follow from one kind of command, or Refused; pure and total."""
