"""What simulated people see of the floor: the rows of the live stream by kind, kept up from frame to frame."""

from typing import Any, TypeVar

from tocsin.house import House, PositionRow
from tocsin.kernel import Row
from tocsin.rooms.dispatch.views import ClosureRow, IncidentRow, TimerRow
from tocsin.rooms.fleet.views import UnitRow
from tocsin.rooms.messages.views import MessageRow

R = TypeVar("R", bound=Row)


class Floor:
    """A client of the live stream without a network: the same frames that a console gets, folded the same way."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._since: str | None = None
        self._rows: dict[tuple[str, str], Row] = {}

    def look(self) -> None:
        """Take in what has changed since the last look."""
        frame = self._house.frame(self._since)
        if frame.whole:
            self._rows.clear()
        for row in frame.rows:
            self._rows[(_tag(row), row.id)] = row
        for kind, name in frame.gone:
            self._rows.pop((kind, name), None)
        self._since = frame.id

    def incidents(self) -> dict[str, IncidentRow]:
        """The open incidents by number, in the order of their opening."""
        return self._of(IncidentRow)

    def units(self) -> dict[str, UnitRow]:
        """The units on duty by callsign."""
        return self._of(UnitRow)

    def timers(self) -> dict[str, TimerRow]:
        """The running timers by name."""
        return self._of(TimerRow)

    def messages(self) -> dict[str, MessageRow]:
        """The messages on the board by number."""
        return self._of(MessageRow)

    def position(self, unit: str) -> PositionRow | None:
        """Where a unit was last, if it ever said so."""
        row = self._rows.get(("position", unit))
        return row if isinstance(row, PositionRow) else None

    def closed_segments(self) -> frozenset[int]:
        """The street segments that are shut at present."""
        return frozenset(segment for row in self._of(ClosureRow).values() for segment in row.segments)

    def _of(self, row_type: type[R]) -> dict[str, R]:
        return {row.id: row for row in self._rows.values() if isinstance(row, row_type)}


def _tag(row: Row) -> str:
    config: Any = row.__struct_config__
    return str(config.tag)
