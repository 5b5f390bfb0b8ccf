"""When the units that are on their way to an incident will be there, from where each is now, whether or not an offer was made for it."""

from tocsin.kernel import Instant, Refused, Sight, View
from tocsin.rooms.dispatch.commands import ReadArrivals, Seen
from tocsin.rooms.dispatch.model import Ground
from tocsin.rooms.dispatch.model.ranking import lights_on, point, stand, travel
from tocsin.rooms.dispatch.views.board import IncidentRow
from tocsin.rooms.dispatch.views.driving import DRIVING


class Arrival(View, frozen=True, kw_only=True):
    """One unit on its way: seconds until it is there (-1: no open road leads there), and how old the position is that this is told from."""

    unit: str
    eta_s: int
    age_s: int


class Arrivals(View, frozen=True, kw_only=True):
    """The units on their way to an incident, the next to arrive first."""

    incident: str
    at: Instant
    units: tuple[Arrival, ...]


def read_arrivals(ground: Ground, ask: ReadArrivals, sight: Sight) -> Arrivals:
    """By the same times as an offer's: driving from where the unit is, and what its kind needs to set off, where it has not."""
    row = sight.rows("incident").get(ask.incident)
    if not isinstance(row, IncidentRow):
        raise Refused("incident_unknown", f"no open incident {ask.incident}", f"没有未结警情 {ask.incident}", field="incident", status=404)
    now, bound = sight.now(), [one for one in sight.look("units") if isinstance(one, Seen) and one.incident == row.id and one.state in DRIVING]
    if not bound:
        return Arrivals(incident=row.id, at=now, units=())
    lights = lights_on(row.priority)
    arcs, alongs, directed = stand(ground, bound, lights=lights)
    target = point(ground, row.place.lon, row.place.lat, None, lights=lights)[:2]
    etas = travel(ground, [one.unit_kind for one in bound], [one.station for one in bound], [one.at_home for one in bound], arcs, alongs, directed, target,
                  priority=row.priority, hour=ground.hour_of_week(now), closed=tuple(sight.look("closed")))
    units = [Arrival(unit=one.unit, eta_s=eta_s, age_s=one.age_s) for one, eta_s in zip(bound, etas, strict=True)]
    return Arrivals(incident=row.id, at=now, units=tuple(sorted(units, key=lambda one: (one.eta_s < 0, one.eta_s, one.unit))))
