"""The ways of all units that are driving to incidents, together: one answer for a map layer, asked for every few seconds."""

from collections.abc import Mapping

from tocsin.kernel import Instant, Row, Sight, View
from tocsin.rooms.dispatch.commands import ReadRoutes, Seen
from tocsin.rooms.dispatch.model import Ground
from tocsin.rooms.dispatch.model.ranking import lights_on, point
from tocsin.rooms.dispatch.views.board import IncidentRow

FRESH_US = 2_000_000
"""An answer this young is given again, unless a road was shut or opened since."""

DRIVING = frozenset({"assigned", "en_route"})


class DrivenWay(View, frozen=True, kw_only=True):
    """One unit's way to its incident: the line as lon, lat, lon, lat …, and the seconds of driving that are left."""

    unit: str
    incident: str
    priority: int
    eta_s: int
    line: tuple[float, ...]


class DrivenWays(View, frozen=True, kw_only=True):
    """The ways being driven. `more` counts units on the way for which no way was asked, `lost` those that no open road leads there."""

    at: Instant
    ways: tuple[DrivenWay, ...]
    more: int
    lost: tuple[str, ...]


class Driving:
    """The last answer. Nothing turns on it but what it saves: two desks that ask at once are driven once."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._last: tuple[int, tuple[int, ...], DrivenWays] | None = None

    def read(self, ask: ReadRoutes, sight: Sight) -> DrivenWays:
        """The ways now, the most pressing incidents first, and at most `limit` of them."""
        now, closed = sight.now(), tuple(sight.look("closed"))
        if self._last is not None and self._last[:2] == (ask.limit, closed) and 0 <= now - self._last[2].at < FRESH_US:
            return self._last[2]
        bound = bound_for(sight.rows("incident"), [one for one in sight.look("units") if isinstance(one, Seen)])
        hour = self._ground.hour_of_week(now)
        ways, lost = [], []
        for unit, row in bound[:ask.limit]:
            way = _way(self._ground, unit, row, hour, closed)
            if way is None:
                lost.append(unit.unit)
            else:
                ways.append(way)
        answer = DrivenWays(at=now, ways=tuple(ways), more=len(bound) - len(ways) - len(lost), lost=tuple(lost))
        self._last = (ask.limit, closed, answer)
        return answer


def bound_for(incidents: Mapping[str, Row], units: list[Seen]) -> list[tuple[Seen, IncidentRow]]:
    """Who is on the way where: the most pressing incident first, of equals the older one, then by callsign."""
    of = {unit: row for row in incidents.values() if isinstance(row, IncidentRow) for unit in row.units}
    pairs = [(unit, of[unit.unit]) for unit in units if unit.state in DRIVING and unit.unit in of]
    return sorted(pairs, key=lambda pair: (pair[1].priority, pair[1].called_at, pair[0].unit))


def _way(ground: Ground, unit: Seen, row: IncidentRow, hour: int, closed: tuple[int, ...]) -> DrivenWay | None:
    lights = lights_on(row.priority)
    start = point(ground, unit.lon, unit.lat, unit.heading_deg, lights=lights)
    target = point(ground, row.place.lon, row.place.lat, None, lights=lights)
    way = ground.route(start, target[:2], lights=lights, hour=hour, closed=closed)
    if way is None:
        return None
    line = tuple(degrees for spot in dict.fromkeys((round(lon, 5), round(lat, 5)) for lon, lat in way.line) for degrees in spot)
    return DrivenWay(unit=unit.unit, incident=row.id, priority=row.priority, eta_s=round(way.eta_s), line=line)
