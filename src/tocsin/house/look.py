"""What can be seen of the fleet: each unit on duty beside its latest position, for ranking, routes and the live stream."""

from collections.abc import Mapping
from math import cos, hypot, radians

from tocsin.house.asker import PositionRow
from tocsin.kernel import Instant, Row
from tocsin.rooms.dispatch.commands import Seen
from tocsin.rooms.dispatch.views import ClosureRow
from tocsin.rooms.fleet.views import UnitRow
from tocsin.trail import Fix

_HOME_M = 150.0
_ROLLING_MPS = 2.0
_HEADING_S = 60
_M_PER_DEGREE = 111_320.0


def position_row(fix: Fix) -> PositionRow:
    """A fix as the row that goes out."""
    return PositionRow(id=fix.unit, lon=fix.lon, lat=fix.lat, device_at=fix.device_at, heard_at=fix.heard_at,
                       accuracy_m=fix.accuracy_m, speed_mps=fix.speed_mps, heading_deg=fix.heading_deg)


def units_seen(units: Mapping[str, Row], positions: Mapping[str, PositionRow], now: Instant) -> tuple[Seen, ...]:
    """Every unit on duty with where it is; one that never reported stands at its station, as its shift began."""
    return tuple(_seen(row, positions.get(row.id), now) for row in units.values() if isinstance(row, UnitRow))


def _seen(row: UnitRow, fix: PositionRow | None, now: Instant) -> Seen:
    if fix is None:
        at_home = row.state in ("available", "assigned")
        return Seen(unit=row.id, shift=row.shift, unit_kind=row.unit_kind, skills=row.skills, state=row.state, station=row.station, lon=row.home.lon,
                    lat=row.home.lat, age_s=0 if at_home else max(0, (now - row.since) // 1_000_000), at_home=at_home)
    age_s = max(0, (now - fix.device_at) // 1_000_000)
    away_m = _M_PER_DEGREE * hypot((fix.lon - row.home.lon) * cos(radians(fix.lat)), fix.lat - row.home.lat)
    rolling = fix.heading_deg is not None and (fix.speed_mps or 0.0) > _ROLLING_MPS and age_s <= _HEADING_S
    return Seen(unit=row.id, shift=row.shift, unit_kind=row.unit_kind, skills=row.skills, state=row.state, station=row.station, lon=fix.lon, lat=fix.lat,
                heading_deg=fix.heading_deg if rolling else None, age_s=age_s, at_home=away_m <= _HOME_M)


def closed_segments(closures: Mapping[str, Row]) -> tuple[int, ...]:
    """Every segment that is shut now, in order, once."""
    return tuple(sorted({segment for row in closures.values() if isinstance(row, ClosureRow) for segment in row.segments}))
