"""What may be asked about: kinds of unit, stations and units of these weeks, the record, and how near simulations of this city come."""

from collections.abc import Callable, Mapping
from datetime import tzinfo

import msgspec

from tocsin.facts.planning import Post
from tocsin.kernel import Instant, Row, Sight, View, Words
from tocsin.rooms.planning.commands import MOST_DAYS, MOST_REPLICATIONS, Floor, ReadChoices
from tocsin.rooms.planning.model import WEEKS, PlanningTable, enough, per_day_of
from tocsin.rooms.planning.views.roster import fleet_of
from tocsin.rooms.planning.views.served import DAY_US, days_of, past_calls
from tocsin.rooms.planning.views.studies import StudyRow

Validity = Callable[[], tuple[bool | None, Words]]
"""Whether simulations of this city passed their gate (None: nobody looked), and by how much they are off, in words."""
_FEWEST, _MANY = 4, 10


class KindChoice(msgspec.Struct, frozen=True):
    """A kind of unit."""

    code: str
    name: Words


class StationChoice(msgspec.Struct, frozen=True):
    """A station with the units that wait there."""

    name: str
    lon: float
    lat: float
    units: tuple[str, ...]


class UnitChoice(msgspec.Struct, frozen=True):
    """A unit with its hours of the day."""

    unit: str
    kind: str
    station: str
    from_h: float
    to_h: float


class RecordChoice(msgspec.Struct, frozen=True):
    """Residents' own calls of the last weeks; `enough` to draw days from."""

    calls: int
    days: int
    since: Instant
    until: Instant
    enough: bool


class Suggested(msgspec.Struct, frozen=True):
    """How much to play where nobody says: of about the calls that the city's table calls good."""

    days: int
    replications: int
    demand: str
    per_day: float


class ChoicesView(View, frozen=True, kw_only=True):
    """What may be asked."""

    unit_kinds: tuple[KindChoice, ...]
    stations: tuple[StationChoice, ...]
    units: tuple[UnitChoice, ...]
    record: RecordChoice
    validated: str
    validity: Words
    in_time_s: dict[str, int]
    most_days: int
    most_replications: int
    most_waiting: int
    suggested: Suggested


def floor_now(rows: Callable[[str], Mapping[str, Row]], now: Instant, zone: tzinfo) -> Floor:
    """What can be seen of the floor when something is asked."""
    calls, days = past_calls(rows("served"), now)
    waiting = sum(1 for row in rows("study").values() if isinstance(row, StudyRow) and row.stage == "waiting")
    return Floor(fleet=fleet_of(rows("roster"), now, zone), waiting=waiting, calls=calls, days=days)


def read_choices(table: PlanningTable, kinds: Mapping[str, Words], validity: Validity, ask: ReadChoices, sight: Sight) -> ChoicesView:
    """What may be asked, as things stand now."""
    (floor,) = sight.look("planning")
    assert isinstance(floor, Floor)
    days = days_of(sight.rows("served"), sight.now() - WEEKS * 7 * DAY_US, sight.now())
    passed, says = validity()
    record = RecordChoice(floor.calls, floor.days, int(days[0].id) * DAY_US if days else 0, (int(days[-1].id) + 1) * DAY_US if days else 0, enough(table, floor.calls, floor.days))
    return ChoicesView(unit_kinds=tuple(KindChoice(code, name) for code, name in kinds.items()), stations=stations_of(floor.fleet),
                       units=tuple(UnitChoice(post.unit, post.unit_kind, post.station, post.from_h, post.to_h) for post in floor.fleet), record=record,
                       validated={True: "yes", False: "no", None: "unknown"}[passed], validity=says, most_days=MOST_DAYS, most_replications=MOST_REPLICATIONS,
                       in_time_s={str(priority): table.limit_s(priority) for priority in range(1, 5)}, most_waiting=table.most_waiting,
                       suggested=suggested(table, floor, own=record.enough))


def stations_of(fleet: tuple[Post, ...]) -> tuple[StationChoice, ...]:
    """The stations of a fleet by name, each at its first unit's place."""
    found: dict[str, StationChoice] = {}
    for post in fleet:
        if post.station:
            was = found.get(post.station, StationChoice(post.station, post.lon, post.lat, ()))
            found[post.station] = StationChoice(was.name, was.lon, was.lat, tuple(dict.fromkeys((*was.units, post.unit))))
    return tuple(found[name] for name in sorted(found))


def suggested(table: PlanningTable, floor: Floor, *, own: bool) -> Suggested:
    """Days and replications that play about `good_calls` over both plans: up to a week, of four to ten replications."""
    per_day = max(per_day_of(floor), 1.0)
    whole = max(1, round(table.good_calls / 2 / per_day))
    replications = max(_FEWEST, min(_MANY, whole))
    return Suggested(max(1, min(7, whole // replications)), replications, "own" if own else "generated", round(per_day, 1))
