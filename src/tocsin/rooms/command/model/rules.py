"""What a decision of this room may rest on beside the histories: the city's table of command; and the shape of a decision."""

from collections.abc import Callable
from typing import Any

import msgspec

from tocsin.kernel import Fact, Refused
from tocsin.rooms.command.model.state import State
from tocsin.rooms.command.model.table import CommandTable, Facility


class Rules(msgspec.Struct, frozen=True):
    """One city's table, with its hospitals."""

    table: CommandTable

    def facility(self, code: str, agency: str | None = None) -> Facility:
        """The hospital of this code; for a partner only its own, and any other is as unknown as one that does not exist."""
        found = self.table.facilities.get(code)
        if found is None or (agency is not None and not self.owns(agency, code)):
            raise Refused("facility_unknown", f"there is no receiving hospital {code}", f"没有接收医院 {code}", field="facility", status=404)
        return found

    def owns(self, agency: str, code: str) -> bool:
        """Whether a hospital is this agency's; no agency owns none."""
        found = self.table.facilities.get(code)
        return bool(agency) and found is not None and found.agency == agency


Decision = Callable[[Rules, State, Any], tuple[Fact, ...]]
"""The facts that follow from one kind of command, or Refused; pure and total."""

AgencyDecision = Callable[[Rules, State, Any, str | None], tuple[Fact, ...]]
"""The same, for a partner of this agency; None: for the floor itself."""
