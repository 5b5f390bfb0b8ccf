"""What the asker is on: their own unit and seat, and nobody else's; a phone begins with it."""

from collections.abc import Mapping

from tocsin.facts.calls import Place
from tocsin.facts.fleet import KitLine, Seated, Standby
from tocsin.kernel import Row, Sight, View, Words
from tocsin.rooms.fleet.commands import ReadOwnDuty
from tocsin.rooms.fleet.model import FleetTable
from tocsin.rooms.fleet.views.checks import PostRow, asked_of
from tocsin.rooms.fleet.views.help import HelpRow
from tocsin.rooms.fleet.views.units import UnitRow


class NextState(View, frozen=True, kw_only=True):
    """A state that the crew may report now."""

    state: str
    says: Words


class OpenCheck(View, frozen=True, kw_only=True):
    """A spot check that waits for the unit's answer."""

    check: str
    words: str
    called_at: int
    due_at: int


class OwnUnit(View, frozen=True, kw_only=True):
    """The unit that the asker is signed on to, as it is now."""

    unit: str
    shift: str
    unit_kind: str
    seat: str
    state: str
    since: int
    next: tuple[NextState, ...]
    """What its crew may report next, in the table's order."""
    incident: str
    stacked: tuple[str, ...]
    station: str
    home: Place
    standby: Standby | None
    crew: tuple[Seated, ...]
    """Everybody on it, the asker too."""
    kit_faults: tuple[KitLine, ...]
    help: HelpRow | None
    """The unit's open call for help, and who on the floor has confirmed it."""
    checks: tuple[OpenCheck, ...]
    """Spot checks that the unit has not answered; a late answer is still one."""
    post: PostRow | None
    """Where the unit last said that it stands."""


class OwnDuty(View, frozen=True, kw_only=True):
    """One's own duty; `on` is None where one is signed on to nothing, and then nothing of oneself is kept here."""

    person: str
    on: OwnUnit | None


def unit_of(person: str, units: Mapping[str, Row]) -> UnitRow | None:
    """The unit on duty that somebody is signed on to; None where there is none."""
    return next((row for row in units.values() if isinstance(row, UnitRow) and any(one.person == person for one in row.seats)), None)


def own_duty(table: FleetTable, ask: ReadOwnDuty, sight: Sight) -> OwnDuty:
    """What the asker is on."""
    person = sight.by.name
    row = unit_of(person, sight.rows("unit"))
    if row is None:
        return OwnDuty(person=person, on=None)
    moves = table.moves(row.unit_kind).get(row.state, ()) if row.state != "lent" else ()
    call, post = sight.rows("help").get(row.id), sight.rows("post").get(row.id)
    checks = tuple(OpenCheck(check=one.id, words=one.words, called_at=one.called_at, due_at=one.due_at) for one in asked_of(sight.rows("check"), row.id, row.shift))
    return OwnDuty(person=person, on=OwnUnit(
        unit=row.id, shift=row.shift, unit_kind=row.unit_kind, seat=next(one.seat for one in row.seats if one.person == person),
        state=row.state, since=row.since, next=tuple(NextState(state=code, says=table.states[code]) for code in moves), incident=row.incident,
        stacked=row.stacked, station=row.station, home=row.home, standby=row.standby, crew=row.seats, kit_faults=row.kit_faults,
        help=call if isinstance(call, HelpRow) and call.shift == row.shift else None, checks=checks,
        post=post if isinstance(post, PostRow) and post.shift == row.shift else None))
