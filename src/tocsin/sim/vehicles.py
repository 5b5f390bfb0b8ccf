"""Where the units of a record are, which it does not say: at their stations, on the way, at scenes and hospitals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tocsin.kernel import Instant
from tocsin.sim.clock import SECOND
from tocsin.sim.travel import Drive, Point, Spot, Streets, Way, metres
from tocsin.trail import Fix

MOVING_FIX: Instant = 5 * SECOND
PARKED_FIX: Instant = 600 * SECOND
"""A unit away from its station says so at least every ten minutes, since an older position counts for less."""

_FASTEST_MPS = 60.0
"""Where a record's times ask for more than this, a button was pressed late: the unit says no speed."""


Where = tuple[float, float] | tuple[Drive, Instant]
"""Where a vehicle stands, or the drive that it is on and how far by its time: as much as is known without drawing its way."""


@dataclass(frozen=True, slots=True)
class Said:
    """That a unit reported its position; the position itself when it is asked for."""

    unit: str
    where: Where
    at: Instant

    def fix(self) -> Fix:
        """The report as a device sends it."""
        on, past = self.where
        spot = on.at(self.at) if isinstance(on, Drive) else Spot((on, float(past)), 0.0, None)
        told = spot.speed_mps <= _FASTEST_MPS
        return Fix(unit=self.unit, lon=round(spot.point[0], 6), lat=round(spot.point[1], 6), device_at=self.at, heard_at=self.at,
                   speed_mps=round(spot.speed_mps, 1) if told else None, heading_deg=spot.heading_deg if told else None)


@dataclass(slots=True)
class _Vehicle:
    home: Point
    here: Point
    drive: Drive | None = None
    reported: Where | None = None
    reported_at: Instant = 0

    def where(self, now: Instant) -> Where:
        if self.drive is None:
            return self.here
        return self.drive.resting(now) or (self.drive, now)

    def spot(self, now: Instant) -> Spot:
        return Spot(self.here, 0.0, None) if self.drive is None else self.drive.at(now)



class Vehicles:
    """Units on duty and where they are. Under way they follow the streets at the even pace that the recorded times give.

    The hospital is not in a record: it is taken to be the nearest one of the city, and where the city names none the unit
    stays at the scene, since a place is not made up. After its end a unit drives home at the modelled time.
    """

    def __init__(self, streets: Streets, hospitals: Sequence[Point]) -> None:
        self._streets, self._hospitals = streets, tuple(hospitals)
        self._vehicles: dict[str, _Vehicle] = {}
        self._abroad: dict[str, _Vehicle] = {}
        """Those that may have something to report."""
        self._driven: list[tuple[Way, float]] = []
        """Each way that was begun and left, and how much of it was driven."""

    def on(self, unit: str, home: Point) -> None:
        """A unit comes on duty, at home."""
        self._vehicles[unit] = _Vehicle(home, home)

    def off(self, unit: str) -> None:
        """A unit goes off duty."""
        vehicle = self._vehicles.pop(unit, None)
        self._abroad.pop(unit, None)
        if vehicle is not None:
            self._left(vehicle, None)

    def drive(self, unit: str, to: Point, starts: Instant, arrives: Instant | None) -> None:
        """A unit drives off; without a time of arrival it takes the modelled time."""
        vehicle = self._vehicles.get(unit)
        if vehicle is None:
            return
        here = vehicle.spot(starts).point
        way = self._streets.over(here, to, starts, lights=arrives is not None)
        drive_s = (arrives - starts) / SECOND if arrives is not None and arrives >= starts else way.seconds
        self._left(vehicle, starts)
        vehicle.drive, vehicle.here = Drive.over(way, starts, drive_s), to
        self._abroad[unit] = vehicle

    def follow(self, unit: str, way: Way, starts: Instant, drive_s: float) -> None:
        """A unit drives a way in so many seconds."""
        vehicle = self._vehicles.get(unit)
        if vehicle is not None:
            self._left(vehicle, starts)
            vehicle.drive, vehicle.here = Drive.over(way, starts, drive_s), way.last
            self._abroad[unit] = vehicle

    def driven_m(self) -> float:
        """Metres that all units drove so far, for which every way is drawn. A way counts when the next begins or the unit has arrived."""
        return sum(way.reach_m[-1] * part for way, part in self._driven)

    def _left(self, vehicle: _Vehicle, now: Instant | None) -> None:
        """A vehicle leaves the way that it was on, at this time; None: at its end."""
        if vehicle.drive is not None:
            self._driven.append((vehicle.drive.way, 1.0 if now is None else vehicle.drive.part(now)))

    def spot(self, unit: str, now: Instant) -> Spot:
        """Where a unit on duty is."""
        return self._vehicles[unit].spot(now)

    def stand(self, unit: str, at: Point) -> None:
        """A unit stands at a place."""
        vehicle = self._vehicles.get(unit)
        if vehicle is not None:
            self._left(vehicle, None)
            vehicle.drive, vehicle.here = None, at
            self._abroad[unit] = vehicle

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

    def said(self, now: Instant) -> Iterator[Said]:
        """Who would report now: moving ones every 5 s, others when they have moved since, or rarely, or not at all."""
        for unit, vehicle in tuple(self._abroad.items()):
            where = vehicle.where(now)
            at_home = where == vehicle.home
            idle = where == vehicle.reported or (vehicle.reported is None and at_home)
            age = now - vehicle.reported_at
            if idle and at_home:
                del self._abroad[unit]  # until it drives again
            elif age >= MOVING_FIX and not (idle and age < PARKED_FIX):
                vehicle.reported, vehicle.reported_at = where, now
                yield Said(unit, where, now)

    def fixes(self, now: Instant) -> Iterator[Fix]:
        """The same as devices send it."""
        return (one.fix() for one in self.said(now))
