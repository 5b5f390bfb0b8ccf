"""What is seen of the fleet: units on duty, the kinds of unit and their states."""

from tocsin.facts.access import KeyRevoked
from tocsin.facts.calls import Place
from tocsin.facts.fleet import ShiftStarted, Standby, TrackerBound, TrackerFreed, UnitNow, unit_after
from tocsin.kernel import Kept, Picture, Row, View, Words
from tocsin.rooms.fleet.model import FleetTable

LENT = Words("lent", "已借出")
"""The state of a unit that is a neighbouring city's to send; every city has it, whatever its table says."""


class UnitRow(Row, frozen=True, kw_only=True, tag="unit"):
    """A unit on duty; `since` is when it took up its present state."""

    shift: str
    unit_kind: str
    skills: tuple[str, ...]
    station: str
    home: Place
    crew: int
    state: str
    since: int
    incident: str = ""
    stacked: tuple[str, ...] = ()
    """The incidents that wait until it is available, in order."""
    lender: str = ""
    """The neighbouring city whose unit it is; empty for one of our own."""
    standby: Standby | None = None
    """Where it was told to wait while it is free; None where that is its station."""
    standby_since: int = 0
    on_since: int = 0
    """When its shift began: it has no position from before that. 0 for one that a snapshot of an older program holds."""


class Units(Picture):
    """Units on duty by callsign. A unit that goes off duty leaves the picture, and its position with it."""

    name = "unit"
    row_type = UnitRow

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact = kept.fact
        unit, shift = getattr(fact, "unit", ""), getattr(fact, "shift", "")
        if not unit or not shift:
            return ()
        row = self.rows.get(unit)
        assert row is None or isinstance(row, UnitRow)
        mine = row is not None and row.shift == shift
        if not mine and not isinstance(fact, ShiftStarted):
            return ()
        was = None if row is None or not mine else UnitNow(
            unit=row.id, shift=row.shift, unit_kind=row.unit_kind, skills=row.skills, station=row.station, home=row.home,
            state=row.state, crew=row.crew, incident=row.incident, stacked=row.stacked, lender=row.lender, standby=row.standby)
        now = unit_after(was, fact)
        if now == was:
            return ()
        if now is None:
            del self.rows[unit]
        else:
            same = row is not None and was is not None and (was.state, was.incident) == (now.state, now.incident)
            # A form that is entered late tells of an earlier hour; the unit has been in its present state since the later one.
            late = kept.entry.from_paper and row is not None and mine
            since = max(row.since, kept.entry.happened_at) if late and row is not None else kept.entry.happened_at
            waits = 0 if now.standby is None else row.standby_since if row is not None and was is not None and was.standby == now.standby else since
            self.rows[unit] = UnitRow(
                id=unit, shift=shift, unit_kind=now.unit_kind, skills=now.skills, station=now.station, home=now.home, crew=now.crew,
                state=now.state, since=row.since if same and row is not None else since, incident=now.incident, stacked=now.stacked, lender=now.lender,
                standby=now.standby, standby_since=waits, on_since=row.on_since if row is not None and mine else kept.entry.happened_at)
        return (unit,)


class TrackerRow(Row, frozen=True, kw_only=True, tag="tracker"):
    """A tracker that speaks for a unit; its id is the number of its key. Without a shift it speaks in each."""

    unit: str
    shift: str = ""


class Trackers(Picture):
    """Trackers by number; one whose key is revoked speaks for nothing."""

    name = "tracker"
    row_type = TrackerRow

    def fold(self, kept: Kept) -> tuple[str, ...]:
        match kept.fact:
            case TrackerBound(tracker=tracker, unit=unit, shift=shift):
                self.rows[tracker] = TrackerRow(id=tracker, unit=unit, shift=shift)
                return (tracker,)
            case TrackerFreed(tracker=gone) | KeyRevoked(number=gone) if self.rows.pop(gone, None):
                return (gone,)
        return ()


class UnitKindLine(View, frozen=True, kw_only=True):
    """A kind of unit: names, the letter on its symbol, usual skills, and which states its crew may report after each state."""

    code: str
    letter: str
    says: Words
    skills: tuple[str, ...]
    moves: dict[str, tuple[str, ...]]


class FleetView(View, frozen=True, kw_only=True):
    """The kinds of unit and the names of the states."""

    sample: bool
    kinds: tuple[UnitKindLine, ...]
    states: dict[str, Words]


def fleet_view(table: FleetTable) -> FleetView:
    """The table as it goes out."""
    lines = tuple(UnitKindLine(code=code, letter=kind.letter, says=Words(kind.en, kind.zh), skills=kind.skills, moves=table.moves(code))
                  for code, kind in table.kinds.items())
    return FleetView(sample=table.sample, kinds=lines, states={"lent": LENT, **table.states})
