"""The floor as Cursor on Target: units on duty and open incidents, for phones that show it. Nothing of a person is in a board's rows, nor here.

Types are those of MITRE's CoTtypes.xml; which one a kind of unit has stands in the city's table of units. An incident is a marker
(`b-m-p-s-m`), named by its number, kind and priority; what is gone is taken away by the task `t-x-d-d`.
"""

from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from tocsin.edges.gateways.trackers.cot import UNKNOWN
from tocsin.house import House, PositionRow
from tocsin.kernel import Instant, from_instant
from tocsin.rooms.dispatch.views import IncidentRow
from tocsin.rooms.fleet.views import UnitRow

VEHICLE = "a-f-G-E-V"
"""A kind of unit of which the table says nothing."""
STALE_S = 120
"""Each is told again within a quarter of that, so a phone that hears nothing any more says so by itself."""
_MARKER, _GONE, _PONG = "b-m-p-s-m", "t-x-d-d", "t-x-c-t-r"
_ARGB = {1: -65536, 2: -35072, 3: -256, 4: -1}
"""Of priorities: red, orange, yellow, white; as signed whole numbers, which is how phones write colours."""


class Drawing:
    """What a phone is shown now, by uid."""

    def __init__(self, house: House, kinds: Mapping[str, str]) -> None:
        """`kinds` are the types of the table of units."""
        self._house, self._kinds = house, kinds

    def now(self, of: str) -> dict[str, tuple[str, bytes]]:
        """Of each thing what it stands at (to be told when that changes) and its event; the unit `of` a phone is not shown to it twice."""
        at, positions = self._house.clock.now(), self._house.positions()
        drawn: dict[str, tuple[str, bytes]] = {}
        for unit in self._house.rows("unit").values():
            if isinstance(unit, UnitRow) and unit.id != of:
                drawn[f"tocsin.unit.{unit.id}"] = self._unit(unit, positions.get(unit.id), at)
        for incident in self._house.rows("incident").values():
            if isinstance(incident, IncidentRow):
                drawn[f"tocsin.incident.{incident.id}"] = _incident(incident, at)
        return drawn

    def gone(self, uid: str) -> bytes:
        """The task to take a thing away."""
        return event(uid, _GONE, "h-g-i-g-o", self._house.clock.now(), 0.0, 0.0, f'<link uid={_attribute(uid)} relation="none" type="none"/><__forcedelete/>')

    def pong(self) -> bytes:
        """The answer to a ping."""
        return event("takPong", _PONG, "h-g-i-g-o", self._house.clock.now(), 0.0, 0.0, "")

    def _unit(self, unit: UnitRow, position: PositionRow | None, at: Instant) -> tuple[str, bytes]:
        lon, lat = (unit.home.lon, unit.home.lat) if position is None else (position.lon, position.lat)
        track = ""
        if position is not None and position.speed_mps is not None:
            track = f'<track speed="{position.speed_mps:.1f}" course="{position.heading_deg or 0.0:.0f}"/>'
        on = f" {unit.incident}" if unit.incident else ""
        detail = f"<contact callsign={_attribute(unit.id)}/>{track}<remarks>{_text(unit.state)}{_text(on)}</remarks>"
        accuracy_m = UNKNOWN if position is None or position.accuracy_m is None else position.accuracy_m
        stands = f"{lon} {lat} {unit.state} {unit.incident}"
        return stands, event(f"tocsin.unit.{unit.id}", self._kinds.get(unit.unit_kind) or VEHICLE, "m-g" if position else "h-g-i-g-o", at, lon, lat, detail, accuracy_m)


def _incident(row: IncidentRow, at: Instant) -> tuple[str, bytes]:
    name = f"{row.id} {row.kind} P{row.priority}"
    detail = (f'<contact callsign={_attribute(name)}/><color argb="{_ARGB.get(row.priority, -1)}"/><usericon iconsetpath="COT_MAPPING_SPOTMAP/b-m-p-s-m/{_ARGB.get(row.priority, -1)}"/>'
              f'<remarks>{_text(", ".join(row.units))}</remarks>')
    stands = f"{row.place.lon} {row.place.lat} {row.kind} {row.priority} {row.units}"
    return stands, event(f"tocsin.incident.{row.id}", _MARKER, "h-g-i-g-o", at, row.place.lon, row.place.lat, detail, row.place.accuracy_m or UNKNOWN)


def event(uid: str, kind: str, how: str, at: Instant, lon: float, lat: float, detail: str, accuracy_m: float = UNKNOWN) -> bytes:
    """One event, which is stale two minutes from now."""
    now, stale = _zulu(at), _zulu(at + STALE_S * 1_000_000)
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n<event version="2.0" uid={_attribute(uid)} type={quoteattr(kind)} how="{how}" time="{now}" start="{now}" stale="{stale}">'
            f'<point lat="{lat:.7f}" lon="{lon:.7f}" hae="{UNKNOWN}" ce="{accuracy_m:.1f}" le="{UNKNOWN}"/><detail>{detail}</detail></event>\n').encode()


def _text(said: str) -> str:
    """Words as XML holds them: a control character would end the phone's reading of all that follows."""
    return escape("".join(one if one.isprintable() else " " for one in said))


def _attribute(said: str) -> str:
    return quoteattr("".join(one if one.isprintable() else " " for one in said))


def _zulu(at: Instant) -> str:
    return from_instant(at).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
