"""What the room does by itself as time passes: an asking ends with its incident, and a borrowed unit that is free then goes home."""

from collections.abc import Mapping

from tocsin.kernel import Row
from tocsin.rooms.aid.commands import EndAid, GiveBack
from tocsin.rooms.aid.views.askings import AidRow, LoanRow


def to_settle(aids: Mapping[str, Row], loans: Mapping[str, Row]) -> tuple[EndAid | GiveBack, ...]:
    """Those commands, in order."""
    over = [EndAid(aid=row.id) for row in aids.values() if isinstance(row, AidRow) and row.ours and row.incident_closed and row.state != "ended"]
    ended = {row.id for row in aids.values() if isinstance(row, AidRow) and row.state == "ended"}
    home = [GiveBack(unit=row.unit, shift=row.shift) for row in loans.values()
            if isinstance(row, LoanRow) and row.borrowed and row.state == "available" and row.aid in ended]
    return (*over, *home)
