"""What can be seen of the fleet: each unit on duty beside its latest position, for ranking, routes and the live stream."""

from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from math import cos, hypot, radians
from typing import Any

from tocsin.house.asker import PositionRow
from tocsin.kernel import Instant, Row
from tocsin.rooms.access.model import REVIEW_WITHIN_S
from tocsin.rooms.access.views import overdue
from tocsin.rooms.aid.views import to_settle
from tocsin.rooms.dispatch.commands import Due, Seen
from tocsin.rooms.dispatch.views import ClosureRow, TimerRow
from tocsin.rooms.fleet.views import UnitRow, unanswered, unconfirmed
from tocsin.rooms.planning.views import floor_now
from tocsin.trail import AHEAD_US, Fix

_HOME_M = 150.0
_ROLLING_MPS = 2.0
_HEADING_S = 60
_M_PER_DEGREE = 111_320.0


def position_row(fix: Fix) -> PositionRow:
    """A fix as the row that goes out."""
    return PositionRow(id=fix.unit, lon=fix.lon, lat=fix.lat, device_at=fix.device_at, heard_at=fix.heard_at,
                       accuracy_m=fix.accuracy_m, speed_mps=fix.speed_mps, heading_deg=fix.heading_deg)


class Looked:
    """Units as they were last seen. Of a thousand units a second changes few, and a look at all of them is asked for with every offer:
    one whose row, position and age in whole seconds are those of the last look is the same as then."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[Row, Fix | PositionRow | None, int, Seen]] = {}

    def units(self, units: Mapping[str, Row], fixes: Mapping[str, Fix | PositionRow], now: Instant) -> tuple[Seen, ...]:
        """Every unit on duty with where it is; one that never reported stands at its station, as its shift began."""
        last, seen = self._last, []
        for row in units.values():
            if not isinstance(row, UnitRow):
                continue
            fix = fixes.get(row.id)
            age_s = _age_s(row.since if fix is None else fix.device_at, now)
            held = last.get(row.id)
            if held is None or held[0] is not row or held[1] is not fix or held[2] != age_s:
                held = last[row.id] = (row, fix, age_s, _seen(row, fix, age_s))
            seen.append(held[3])
        if len(last) > 2 * len(seen) + 100:
            self._last = {}
        return tuple(seen)


def units_seen(units: Mapping[str, Row], fixes: Mapping[str, Fix | PositionRow], now: Instant) -> tuple[Seen, ...]:
    """The same, once, with nothing remembered."""
    return Looked().units(units, fixes, now)


def _age_s(at: Instant, now: Instant) -> int:
    """How old, in whole seconds. What lies further ahead than a device's clock may be was said before this machine's clock was put back:
    nobody knows how old it is, and it counts as being as old as the clock jumped."""
    age_us = now - at
    return (age_us if age_us >= 0 else -age_us if -age_us > AHEAD_US else 0) // 1_000_000


def _seen(row: UnitRow, fix: Fix | PositionRow | None, age_s: int) -> Seen:
    if fix is None:
        at_home = row.state in ("available", "assigned")
        return Seen(unit=row.id, shift=row.shift, unit_kind=row.unit_kind, skills=row.skills, state=row.state, station=row.station, lon=row.home.lon,
                    lat=row.home.lat, age_s=0 if at_home else age_s, at_home=at_home, since=row.since, incident=row.incident, lender=row.lender)
    heading_deg, at_home = told(fix, (row.home.lon, row.home.lat), age_s)
    return Seen(unit=row.id, shift=row.shift, unit_kind=row.unit_kind, skills=row.skills, state=row.state, station=row.station, lon=fix.lon, lat=fix.lat,
                heading_deg=heading_deg, age_s=age_s, at_home=at_home, since=row.since, incident=row.incident, lender=row.lender)


def told(fix: Fix | PositionRow, home: tuple[float, float], age_s: int) -> tuple[float | None, bool]:
    """What a position of this age tells of a unit: the heading it drives on (None: it is not known to drive), and whether it is at home (lon, lat)."""
    away_m = _M_PER_DEGREE * hypot((fix.lon - home[0]) * cos(radians(fix.lat)), fix.lat - home[1])
    rolling = fix.heading_deg is not None and (fix.speed_mps or 0.0) > _ROLLING_MPS and age_s <= _HEADING_S
    return fix.heading_deg if rolling else None, away_m <= _HOME_M


def closed_segments(closures: Mapping[str, Row]) -> tuple[int, ...]:
    """Every segment that is shut now, in order, once."""
    return tuple(sorted({segment for row in closures.values() if isinstance(row, ClosureRow) for segment in row.segments}))


def timers_running(timers: Mapping[str, Row]) -> tuple[Due, ...]:
    """Every running timer."""
    return tuple(_due(row) for row in timers.values() if isinstance(row, TimerRow))


def timers_due(timers: Mapping[str, Row], now: Instant, history: Callable[[str, Instant, Instant], Sequence[Fix]]) -> tuple[Due, ...]:
    """The timers of which a step is due, the longest first, and those whose unit was not seen moving and now was."""
    found = []
    for row in timers.values():
        if not isinstance(row, TimerRow) or row.due_at > now:
            continue
        moved_m = _farthest_m(history(row.unit, row.since, now)) if row.condition == "not_moving" else 0
        if moved_m or 0 < row.next_at <= now:
            found.append((row.next_at or row.due_at, _due(row, moved_m)))
    return tuple(due for _, due in sorted(found, key=lambda one: one[0]))


def _due(row: TimerRow, moved_m: int = 0) -> Due:
    return Due(timer=row.id, rule=row.rule, since=row.since, due_at=row.due_at, step=row.step, incident=row.incident, unit=row.unit,
               shift=row.shift, message=row.message, moved_m=moved_m)


def _farthest_m(fixes: Sequence[Fix]) -> int:
    """How far a unit has been from where it first said it was, in whole metres."""
    if not fixes:
        return 0
    first = fixes[0]
    return round(max(_M_PER_DEGREE * hypot((fix.lon - first.lon) * cos(radians(first.lat)), fix.lat - first.lat) for fix in fixes))


Rows = Callable[[str], Mapping[str, Row]]
FROM_ROWS: Mapping[str, Callable[[Rows, Instant, tzinfo], tuple[Any, ...]]] = {
    "closed": lambda rows, now, zone: closed_segments(rows("closure")),
    "timers": lambda rows, now, zone: timers_running(rows("timer")),
    "aid due": lambda rows, now, zone: to_settle(rows("aid"), rows("loan")),
    "glass overdue": lambda rows, now, zone: overdue(rows("glass"), now, REVIEW_WITHIN_S),
    "checks due": lambda rows, now, zone: unanswered(rows("check"), now),
    "help due": lambda rows, now, zone: unconfirmed(rows("help"), now),
    "planning": lambda rows, now, zone: (floor_now(rows, now, zone),),
}
"""What is seen from pictures alone, by its name."""
