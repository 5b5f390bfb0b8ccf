"""The player: generated calls, simulated crews and a stand-in dispatcher at work on a house, in steps or in a thread."""

from collections import deque
from collections.abc import Sequence
from datetime import timedelta
from threading import Event, Thread
from zlib import crc32
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from tocsin.city import City
from tocsin.city.calibration import Calibration
from tocsin.city.live import LiveRoads
from tocsin.house import Asker, House
from tocsin.kernel import Instant, Refused, from_instant
from tocsin.rooms.coverage.commands import EndStandby
from tocsin.rooms.dispatch.commands import ReadPlan, ReadRoute
from tocsin.rooms.dispatch.views import PlanView, Route
from tocsin.rooms.fleet.commands import EndShift, ReadFleet, StartShift
from tocsin.rooms.fleet.views import FleetView, UnitRow
from tocsin.sim.crews import Crew, Way
from tocsin.sim.demand import HOUR, Call, CallPlaces, Demand
from tocsin.sim.desk import Desk
from tocsin.sim.fleet import SERVICES, sample_fleet, stations
from tocsin.sim.floor import Floor
from tocsin.sim.profile import CALLS_PER_UNIT, KINDS, OTHER
from tocsin.sim.radio import Radio
from tocsin.sim.standin import StandIn
from tocsin.sim.travel import Point, Streets, metres
from tocsin.trail import Fix

WAIT_S = 25.0
"""House time that the stand-in dispatcher leaves to a human."""

RELIEF_H = 8
"""The local hour at which crews are relieved."""

_SAMPLE = "-sample"
_SHORTEST_TICK_S, _LONGEST_TICK_S, _TICK = 0.1, 1.0, 5.0
_MOST_CALLS_A_STEP = 50

CALLERS = Asker("generated calls", frozenset({"call_taker"}))
CREWS = Asker("simulated crews", frozenset({"responder", "device", "supervisor"}))
STAND_IN = Asker("stand-in dispatcher", frozenset({"dispatcher"}))


class Player:
    """Plays a generated day on a house from its clock's present on. One seed, city and fleet table play the same day.

    `per_day` is the expected number of calls a day (without it, 8 for each unit of the fleet); `stand_in=False` leaves all
    dispatching to people; `calls=False` generates none, so that only the crews live. `fleet` is who comes on duty, in place
    of a sample fleet. A player started on a house that already has units on duty takes them over as they are.
    """

    def __init__(self, house: House, city: City, timing: Calibration, seed: int, *, per_day: float | None = None,
                 wait_s: float = WAIT_S, stand_in: bool = True, calls: bool = True, fleet: Sequence[StartShift] | None = None) -> None:
        self.house, self.seed = house, seed
        self.callers, self.crews_desk, self.dispatch = Desk(house, CALLERS), Desk(house, CREWS), Desk(house, STAND_IN)
        plan, kinds = house.see(ReadPlan(), STAND_IN), house.see(ReadFleet(), STAND_IN)
        assert isinstance(plan, PlanView) and isinstance(kinds, FleetView), "the house answered with another view"
        self.floor, self.streets, self.carried = Floor(house), Streets(LiveRoads(city, timing), timing), set[str]()
        self._moves = {kind.code: kind.moves for kind in kinds.kinds}
        self._hospitals = [(asset.lon, asset.lat) for asset in city.assets if asset.kind == "hospital"] or [
            (place.lon, place.lat) for place in stations(city, SERVICES[1])]
        self._radio = Radio(self.crews_desk)
        self._stand_in = StandIn(self.dispatch, wait_s) if stand_in else None
        self._calls, self._crews = deque[Call](), dict[str, Crew]()
        now = house.clock.now()
        self._drawn: Instant | None = now if calls else None
        self._zone = ZoneInfo(city.manifest.timezone)
        starts = sample_fleet(city, kinds.kinds, self._watch(now)) if fleet is None else fleet
        self._fleet = {start.unit: start for start in starts}
        rate = CALLS_PER_UNIT * len(self._fleet) if per_day is None else per_day
        self.demand = Demand(CallPlaces(city), plan.kinds, city.manifest.timezone, seed, per_day=rate)
        self._started = False
        self._stopped, self._thread = Event(), Thread(target=self._run, name="player", daemon=True)

    def open(self) -> None:
        """Bring the fleet on duty; a unit that is on duty already stays as it is."""
        self.floor.look()
        for unit, start in self._fleet.items():
            if unit not in self.floor.units():
                self.crews_desk.do(start)
        self._started = True

    def step(self) -> None:
        """Do everything that is due at the house's present instant."""
        if not self._started:
            self.open()
        now = self.house.clock.now()
        self._take_calls(now)
        self.floor.look()
        self.streets.close(self.floor.closed_segments())
        if self._stand_in is not None:
            incidents = self.floor.incidents()
            self.carried.intersection_update(incidents)
            self._stand_in.step(now, incidents, self.floor.units(), self.carried)
            self.floor.look()
        self._step_crews(now)
        self._radio.step(now, self.floor)
        self.house.tick()

    def no_more_calls(self) -> None:
        """Generate no calls from now on; what is open is worked to its end."""
        self._drawn = None
        self._calls.clear()

    def start(self) -> None:
        """Play in a thread of its own until `stop`."""
        self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """End the playing; units and incidents stay as they are. Returns when the thread has ended, at most after the timeout."""
        self._stopped.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)

    @property
    def playing(self) -> bool:
        """Whether the thread is alive; a fault in it ends it and goes to the thread's except hook."""
        return self._thread.is_alive()

    def _run(self) -> None:
        tick_s = min(_LONGEST_TICK_S, max(_SHORTEST_TICK_S, _TICK / self.house.speed))
        while not self._stopped.is_set():
            self.step()
            self._stopped.wait(tick_s)

    def _take_calls(self, now: Instant) -> None:
        """Take down the calls that are due; hours that nobody played are not made up for."""
        if self._drawn is not None and self._drawn <= now:
            begin = max(self._drawn, now - HOUR)
            end = now - now % HOUR + HOUR
            self._calls.extend(self.demand.between(begin, end))
            self._drawn = end
        for _ in range(_MOST_CALLS_A_STEP):
            if not self._calls or self._calls[0].at > now:
                return
            self.callers.do(self._calls[0].command)
            if self.callers.unheard:
                return
            self._calls.popleft()

    def _watch(self, now: Instant) -> str:
        """The name of the present watch, which is a day long and begins at eight in the morning."""
        return f"{(from_instant(now) - timedelta(hours=RELIEF_H)).astimezone(self._zone):%y%m%d}{_SAMPLE}"

    def _relieve(self, unit: str, row: UnitRow, watch: str) -> bool:
        """Hand a free unit at its station over to the next watch: nobody works for days, and a shift's history stays short. One that waits
        elsewhere is sent home for it first."""
        crew = self._crews.get(unit)
        if row.state != "available" or not row.shift.endswith(_SAMPLE) or row.shift >= watch or crew is None:
            return False
        key = f"{_SAMPLE}/{watch}/{unit}"
        if row.standby is not None:
            self.crews_desk.do(EndStandby(unit=unit, shift=row.shift))
            return False
        if not crew.at_home:
            return False
        self.crews_desk.do(EndShift(unit=unit, shift=row.shift, key=f"{key}/off"))
        self.crews_desk.do(msgspec.structs.replace(self._fleet[unit], shift=watch, key=f"{key}/on"))
        self._crews.pop(unit, None)
        return True

    def _step_crews(self, now: Instant) -> None:
        fixes, watch = [], self._watch(now)
        for unit, row in self.floor.units().items():
            if unit not in self._fleet or self._relieve(unit, row, watch):
                continue
            home = (row.home.lon, row.home.lat)
            crew = self._crews.get(unit)
            if crew is None:
                rng = np.random.default_rng([self.seed, crc32(unit.encode())])
                crew = self._crews[unit] = Crew(unit, home, self._moves[row.unit_kind], rng, self._last_known(unit, home))
            report = crew.step(now, row, self)
            if report is not None:
                self.crews_desk.do(report)
            spot = crew.fix_due(now)
            if spot is not None:
                fixes.append(Fix(unit=unit, lon=round(spot.point[0], 6), lat=round(spot.point[1], 6), device_at=now, heard_at=now,
                                 accuracy_m=8.0, speed_mps=round(spot.speed_mps, 1), heading_deg=spot.heading_deg))
        self.crews_desk.report(fixes)

    def _last_known(self, unit: str, home: Point) -> Point:
        row = self.floor.position(unit)
        return home if row is None else (row.lon, row.lat)

    def turnout_s(self, row: UnitRow, at: Instant, *, on_road: bool) -> float:
        """What the calibration says of this unit's kind and station."""
        return self.streets.turnout_s(row.unit_kind, row.station, at, on_road=on_road)

    def to_incident(self, row: UnitRow, here: Point, at: Instant, *, on_road: bool) -> Way:
        """The way that the house shows the crew, joined to where it is; another, where it shows none."""
        try:
            route = self.house.see(ReadRoute(incident=row.incident, unit=row.id), CREWS)
        except Refused as no:
            self.crews_desk.count(no.code, no.words.en)
            route = None
        if isinstance(route, Route) and route.found:
            line, drive_s = (here, *route.line), float(route.eta_s)
        else:
            incident = self.floor.incidents().get(row.incident)
            there = here if incident is None else (incident.place.lon, incident.place.lat)
            line, drive_s = self.streets.way(here, there, at, lights=True)
        return line, drive_s + self.streets.access_s(row.unit_kind, row.station, on_road=on_road)

    def way(self, a: Point, b: Point, at: Instant) -> Way:
        """Any other way over the streets as they are open now."""
        return self.streets.way(a, b, at)

    def hospital(self, here: Point) -> Point:
        """The nearest hospital in a straight line, or the nearest ambulance post where the city has no hospital."""
        return min(self._hospitals, key=lambda place: metres(here, place))

    def family(self, incident: str) -> str:
        """The family of the incident's kind."""
        row = self.floor.incidents().get(incident)
        return KINDS.get(row.kind, OTHER).family if row is not None else OTHER.family

    def takes_patient(self, incident: str) -> bool:
        """One patient an incident."""
        if incident in self.carried:
            return False
        self.carried.add(incident)
        return True
