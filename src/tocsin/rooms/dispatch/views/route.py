"""The way of a unit to an incident, or to a place that its crew looked up, as it would drive now."""

from tocsin.kernel import Refused, Sight, View
from tocsin.rooms.dispatch.commands import ReadRoute, ReadWay, Seen
from tocsin.rooms.dispatch.model import Ground
from tocsin.rooms.dispatch.model.ranking import lights_on, point
from tocsin.rooms.dispatch.views.board import IncidentRow


class RouteLeg(View, frozen=True, kw_only=True):
    """A stretch of a route along one street."""

    street: str
    dist_m: int


class Route(View, frozen=True, kw_only=True):
    """The way of a unit: its line as (lon, lat), seconds of driving, metres, streets in order."""

    found: bool
    eta_s: int
    dist_m: int
    line: tuple[tuple[float, float], ...]
    legs: tuple[RouteLeg, ...]


def read_route(ground: Ground, ask: ReadRoute, sight: Sight) -> Route:
    """The way, round every closure; `found` is False where no open road leads there."""
    row = sight.rows("incident").get(ask.incident)
    if not isinstance(row, IncidentRow):
        raise Refused("incident_unknown", f"no open incident {ask.incident}", f"没有未结警情 {ask.incident}", field="incident", status=404)
    return _route(ground, sight, ask.unit, row.place.lon, row.place.lat, lights=lights_on(row.priority))


def read_way(ground: Ground, ask: ReadWay, sight: Sight) -> Route:
    """The way as an ordinary drive: a look at a place is no leave for lights, so a unit on its way to an incident asks for the route there."""
    return _route(ground, sight, ask.unit, ask.lon, ask.lat, lights=False)


def _route(ground: Ground, sight: Sight, unit_id: str, lon: float, lat: float, *, lights: bool) -> Route:
    unit = next((one for one in sight.look("units") if isinstance(one, Seen) and one.unit == unit_id), None)
    if unit is None:
        raise Refused("unit_not_on_shift", f"{unit_id} is not on duty", f"{unit_id} 不在岗", field="unit", status=404)
    start = point(ground, unit.lon, unit.lat, unit.heading_deg, lights=lights)
    target = point(ground, lon, lat, None, lights=lights)
    way = ground.route(start, (target[0], target[1]), lights=lights, hour=ground.hour_of_week(sight.now()), closed=tuple(sight.look("closed")))
    if way is None:
        return Route(found=False, eta_s=-1, dist_m=0, line=(), legs=())
    return Route(found=True, eta_s=round(way.eta_s), dist_m=round(way.dist_m), line=tuple(way.line),
                 legs=tuple(RouteLeg(street=street, dist_m=round(dist_m)) for street, dist_m in way.legs))
