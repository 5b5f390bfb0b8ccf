"""Where the units of a record are, which it does not say: at their stations, on the way, at scenes and hospitals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tocsin.kernel import Instant
from tocsin.sim.clock import SECOND
from tocsin.sim.travel import Drive, Point, Spot, Streets, metres
from tocsin.trail import Fix

MOVING_FIX: Instant = 5 * SECOND
PARKED_FIX: Instant = 600 * SECOND
"""A unit away from its station says so at least every ten minutes, since an older position counts for less."""

_FASTEST_MPS = 60.0
"""Where a record's times ask for more than this, a button was pressed late: the unit says no speed."""


@dataclass(slots=True)
class _Vehicle:
    home: Point
    here: Point
    drive: Drive | None = None
    reported: Spot | None = None
    reported_at: Instant = 0

    def spot(self, now: Instant) -> Spot:
        return Spot(self.here, 0.0, None) if self.drive is None else self.drive.at(now)

    def gone_m(self, now: Instant | None) -> float:
        """Metres of the present way that are driven by then; None: to its end."""
        return 0.0 if self.drive is None else self.drive.reach_m[-1] if now is None else self.drive.gone_m(now)


class Vehicles:
    """Units on duty and where they are. Under way they follow the streets at the even pace that the recorded times give.

    The hospital is not in a record: it is taken to be the nearest one of the city, and where the city names none the unit
    stays at the scene, since a place is not made up. After its end a unit drives home at the modelled time.
    """

    def __init__(self, streets: Streets, hospitals: Sequence[Point]) -> None:
        self._streets, self._hospitals = streets, tuple(hospitals)
        self._vehicles: dict[str, _Vehicle] = {}
        self.driven_m = 0.0
        """Metres that all units drove so far. A way counts when the next begins or the unit has arrived."""

    def on(self, unit: str, home: Point) -> None:
        """A unit comes on duty, at home."""
        self._vehicles[unit] = _Vehicle(home, home)

    def off(self, unit: str) -> None:
        """A unit goes off duty."""
        vehicle = self._vehicles.pop(unit, None)
        if vehicle is not None:
            self.driven_m += vehicle.gone_m(None)

    def drive(self, unit: str, to: Point, starts: Instant, arrives: Instant | None) -> None:
        """A unit drives off; without a time of arrival it takes the modelled time."""
        vehicle = self._vehicles.get(unit)
        if vehicle is None:
            return
        here = vehicle.spot(starts).point
        line, drive_s = self._streets.way(here, to, starts, lights=arrives is not None)
        if arrives is not None and arrives >= starts:
            drive_s = (arrives - starts) / SECOND
        self.driven_m += vehicle.gone_m(starts)
        vehicle.drive, vehicle.here = Drive.along(line, starts, drive_s), to

    def follow(self, unit: str, line: Sequence[Point], starts: Instant, drive_s: float) -> None:
        """A unit drives along a line in so many seconds."""
        vehicle = self._vehicles.get(unit)
        if vehicle is not None:
            self.driven_m += vehicle.gone_m(starts)
            vehicle.drive, vehicle.here = Drive.along(line, starts, drive_s), line[-1]

    def spot(self, unit: str, now: Instant) -> Spot:
        """Where a unit on duty is."""
        return self._vehicles[unit].spot(now)

    def stand(self, unit: str, at: Point) -> None:
        """A unit stands at a place."""
        vehicle = self._vehicles.get(unit)
        if vehicle is not None:
            self.driven_m += vehicle.gone_m(None)
            vehicle.drive, vehicle.here = None, at

    def to_hospital(self, unit: str, starts: Instant, arrives: Instant | None) -> None:
        """A unit takes somebody to the nearest hospital, where the city names one."""
        vehicle = self._vehicles.get(unit)
        if vehicle is not None and self._hospitals:
            here = vehicle.spot(starts).point
            self.drive(unit, min(self._hospitals, key=lambda place: metres(here, place)), starts, arrives)

    def go_home(self, unit: str, starts: Instant) -> None:
        """A unit that is done drives home, unless it never left."""
        vehicle = self._vehicles.get(unit)
        if vehicle is not None and vehicle.spot(starts).point != vehicle.home:
            self.drive(unit, vehicle.home, starts, None)

    def fixes(self, now: Instant) -> Iterator[Fix]:
        """What the units would report now: moving ones every 5 s, others when they have moved since, or rarely, or not at all."""
        for unit, vehicle in self._vehicles.items():
            spot = vehicle.spot(now)
            idle = spot == vehicle.reported or (vehicle.reported is None and spot.point == vehicle.home)
            age = now - vehicle.reported_at
            if age < MOVING_FIX or (idle and (age < PARKED_FIX or spot.point == vehicle.home)):
                continue
            vehicle.reported, vehicle.reported_at = spot, now
            told = spot.speed_mps <= _FASTEST_MPS
            yield Fix(unit=unit, lon=round(spot.point[0], 6), lat=round(spot.point[1], 6), device_at=now, heard_at=now,
                      speed_mps=round(spot.speed_mps, 1) if told else None, heading_deg=spot.heading_deg if told else None)
