"""Units on duty as rows, with those who signed on to them."""

from tocsin.facts.calls import Place
from tocsin.facts.fleet import KitLine, Seated, ShiftStarted, Standby, UnitNow, unit_after
from tocsin.kernel import Kept, Picture, Row


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
    seats: tuple[Seated, ...] = ()
    """Who has signed on to it."""
    kit_faults: tuple[KitLine, ...] = ()
    """What of its kit was last found missing or not in order."""


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
            state=row.state, crew=row.crew, incident=row.incident, stacked=row.stacked, lender=row.lender, standby=row.standby,
            seats=row.seats, kit_faults=row.kit_faults)
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
                standby=now.standby, standby_since=waits, seats=now.seats,
                kit_faults=now.kit_faults)
        return (unit,)
