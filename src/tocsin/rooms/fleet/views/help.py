"""Open calls for help as rows: every console shows them before anything else, until somebody on the floor ends them."""

from collections.abc import Mapping

import msgspec

from tocsin.facts.calls import Place
from tocsin.facts.field import HelpCalled, HelpConfirmed, HelpEnded, HelpEscalated
from tocsin.facts.fleet import ShiftEnded
from tocsin.kernel import Instant, Kept, Picture, Row
from tocsin.rooms.fleet.commands import Unconfirmed

_SECOND = 1_000_000


class HelpRow(Row, frozen=True, kw_only=True, tag="help"):
    """A call for help, under the callsign. `since` is when the key was pressed, `heard_at` when the floor could first know, from which
    `due_at` counts; a phone without a network may be long between the two."""

    shift: str
    person: str
    place: Place | None
    since: int
    heard_at: int
    due_at: int
    confirmed_by: str = ""
    confirmed_at: int = 0
    raised_to: str = ""


class Helps(Picture):
    """Open calls for help by callsign."""

    name = "help"
    row_type = HelpRow

    def __init__(self, confirm_within_s: int) -> None:
        super().__init__()
        self._within_s = confirm_within_s
        self.version = str(confirm_within_s)

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact, entry = kept.fact, kept.entry
        match fact:
            case HelpCalled():
                self.rows[fact.unit] = HelpRow(id=fact.unit, shift=fact.shift, person=fact.person, place=fact.place, since=entry.happened_at,
                                               heard_at=entry.known_at, due_at=entry.known_at + self._within_s * _SECOND)
            case HelpConfirmed() | HelpEscalated() | HelpEnded() | ShiftEnded():
                row = self.rows.get(fact.unit)
                if not isinstance(row, HelpRow) or row.shift != fact.shift:
                    return ()
                if isinstance(fact, HelpConfirmed):
                    self.rows[fact.unit] = msgspec.structs.replace(row, confirmed_by=entry.by, confirmed_at=entry.known_at)
                elif isinstance(fact, HelpEscalated):
                    self.rows[fact.unit] = msgspec.structs.replace(row, raised_to=fact.to)
                else:
                    del self.rows[fact.unit]
            case _:
                return ()
        return (fact.unit,)


def unconfirmed(calls: Mapping[str, Row], now: Instant) -> tuple[Unconfirmed, ...]:
    """The calls for help that nobody confirmed in time and that were not raised yet, the longest first."""
    late = [row for row in calls.values() if isinstance(row, HelpRow) and not row.confirmed_by and not row.raised_to and row.due_at <= now]
    return tuple(Unconfirmed(unit=row.id, shift=row.shift, due_at=row.due_at) for row in sorted(late, key=lambda row: row.due_at))
