"""The units of a play: their crews' steps at their own times, where each is, and what work they did on duty."""

import numpy as np

from tocsin.kernel import Instant
from tocsin.sim.clock import SECOND
from tocsin.sim.scenarios.duties import Duty
from tocsin.sim.scenarios.outcome import RunFigures, UnitFigures, within
from tocsin.sim.scenarios.play import Case, Stage, Unit
from tocsin.sim.scenarios.rest import Rest
from tocsin.sim.scenarios.works import Work
from tocsin.sim.travel import Point, Streets, metres
from tocsin.sim.vehicles import Vehicles

HOME_M = 150.0
"""Within so much of its station the house takes a unit to be in quarters."""
LIGHTS = 2
"""The least pressing priority that is driven with lights and siren, as in the house."""
STEP = 3
"""Crews' steps come after shifts and before calls and dispatchers that are due at the same instant."""


class FleetAtWork:
    """Every unit on duty of one play."""

    def __init__(self, stage: Stage, streets: Streets) -> None:
        self._stage, self._sorts, self._streets = stage, stage.floor.sorts, streets
        self._vehicles = Vehicles(streets, stage.play.hospitals)
        self._units: dict[str, Unit] = {}
        self._left: dict[str, tuple[Instant, Point]] = {}
        self._broken: set[str] = set()

    def is_free(self, unit: str) -> bool:
        """Whether a unit can be sent."""
        found = self._units.get(unit)
        return found is not None and found.case is None and not found.leaving and not found.out

    def any_free(self, unit_kind: str) -> bool:
        """Whether any unit of a kind can be sent."""
        return any(unit.duty.unit_kind == unit_kind and self.is_free(name) for name, unit in self._units.items())

    def say_positions(self) -> None:
        """Report where every unit is that has moved: what the house ranks by."""
        self._stage.floor.positions(self._vehicles)

    def on(self, duty: Duty) -> None:
        """A unit comes on duty; one that is still at work for its last duty does when that ends."""
        before, now = self._units.get(duty.unit), self._stage.clock.now()
        if before is not None:
            before.then = duty
            return
        if not self._stage.floor.come_on(duty):
            return
        unit = self._units[duty.unit] = Unit(duty, self._sorts[duty.unit_kind].skills, now)
        self._vehicles.on(duty.unit, (duty.home.lon, duty.home.lat))
        left_at, place = self._left.pop(duty.unit, (-1, (0.0, 0.0)))
        if left_at == now:  # relieved on the road: the next crew drives the unit home
            self._vehicles.stand(duty.unit, place)
            self._vehicles.go_home(duty.unit, now)
        if duty.unit in self._broken:
            self._stand_by(unit)
        else:
            self._stage.freed(unit)

    def off(self, duty: Duty) -> None:
        """A duty ends; a unit at work finishes that first."""
        unit = self._units.get(duty.unit)
        if unit is None:
            return
        if unit.then is duty:  # it was at work for its last duty all through this one
            unit.then = None
        elif unit.duty is duty:
            unit.leaving = True
            if unit.case is None:
                self._end(unit)

    def fails(self, name: str) -> None:
        """A unit goes out of service, when it is free."""
        self._broken.add(name)
        unit = self._units.get(name)
        if unit is not None and unit.case is None:
            self._stand_by(unit)

    def mended(self, name: str) -> None:
        """A unit is in service again."""
        self._broken.discard(name)
        unit = self._units.get(name)
        if unit is not None and unit.case is None:
            self._stand_by(unit)

    def rest_due(self, rest: Rest) -> None:
        """A unit's break is due: it takes it when it is free."""
        unit = self._units.get(rest.unit)
        if unit is not None and unit.duty.shift == rest.shift:
            unit.rests.append(rest)
            if unit.case is None:
                self._stand_by(unit)

    def rest_over(self, rest: Rest) -> None:
        """The window of a break has ended."""
        unit = self._units.get(rest.unit)
        if unit is not None and rest in unit.rests:
            unit.rests.remove(rest)
            self._stage.outcome.missed += 1

    def _stand_by(self, unit: Unit) -> None:
        """A unit without a call is out of service while it is broken or on a break, and else free; the house is told where that changes."""
        broken = unit.duty.unit in self._broken
        if unit.rests and not unit.resting and not broken and not unit.leaving:
            rest = unit.rests.pop(0)
            unit.resting = True
            self._stage.outcome.breaks += 1
            self._later(rest.lasts_s, unit, "rested")
        out = broken or unit.resting
        if out != unit.out:
            unit.out = out
            self._report(unit, "out_of_service" if out else "available")
            if not out:
                self._stage.freed(unit)

    def _rested(self, unit: Unit) -> None:
        unit.resting = False
        if self._units.get(unit.duty.unit) is unit:
            self._stand_by(unit)

    def sent(self, name: str, case: Case, work: Work) -> None:
        """A unit was sent to a call: its crew turns out, and does its work there."""
        unit, now, play = self._units[name], self._stage.clock.now(), self._stage.play
        spot = self._vehicles.spot(name, now)
        home = (unit.duty.home.lon, unit.duty.home.lat)
        unit.case, unit.work, unit.sent_at = case, work, now
        unit.on_road = spot.speed_mps > 0 or metres(spot.point, home) > HOME_M
        case.units += 1
        unit.rng = np.random.default_rng([play.seed, play.replication, case.number, case.units])
        usual_s = self._streets.turnout_s(unit.duty.unit_kind, unit.duty.station, now, on_road=unit.on_road)
        turnout_s = play.works.turnout_s(unit.duty.unit_kind, usual_s, unit.rng, priority=case.asked.priority, on_road=unit.on_road)
        if self._counts(case):
            self._of_kind(unit).sent += 1
        if not work.arrives:
            self._later(work.free_s, unit, "free")
        if work.arrives or turnout_s < work.free_s:
            self._later(turnout_s, unit, "roll")

    def finish(self) -> None:
        """Count the ways of all units, and the time on duty of whoever is still there at the end of play."""
        if self._stage.play.ways:
            self._stage.outcome.driven_m = self._vehicles.driven_m()
        for unit in self._units.values():
            self._count_duty(unit)

    def _later(self, wait_s: float, unit: Unit, step: str) -> None:
        steps = {"roll": self._roll, "there": self._there, "take": self._take, "bring": self._bring, "free": self._free,
                 "rested": self._rested}
        act = steps[step]
        self._stage.at(self._stage.clock.now() + round(max(0.0, wait_s) * SECOND), STEP, lambda: act(unit))

    def _roll(self, unit: Unit) -> None:
        case, work, rng, now = _busy(unit), unit.work, unit.rng, self._stage.clock.now()
        assert work is not None and rng is not None, "a unit that rolls has work"
        self._report(unit, "en_route")
        unit.rolled_at = now
        place = (case.asked.place.lon, case.asked.place.lat)
        way = self._streets.over(self._vehicles.spot(unit.duty.unit, now).point, place, now, lights=case.asked.priority <= LIGHTS)
        usual_s = way.seconds + self._streets.access_s(unit.duty.unit_kind, unit.duty.station, on_road=unit.on_road)
        took_s = self._stage.play.works.drive_s(unit.duty.unit_kind, usual_s, rng, priority=case.asked.priority, on_road=unit.on_road, shared=case.shared)
        self._vehicles.follow(unit.duty.unit, way, now, took_s)
        if work.arrives:
            self._later(took_s, unit, "there")

    def _there(self, unit: Unit) -> None:
        case, work, now = _busy(unit), unit.work, self._stage.clock.now()
        assert work is not None, "a unit that arrives has work"
        self._report(unit, "at_scene")
        self._vehicles.stand(unit.duty.unit, (case.asked.place.lon, case.asked.place.lat))
        self._stage.there(case)
        if self._counts(case):
            self._stage.outcome.runs.append(RunFigures(unit.duty.unit_kind, case.asked.priority, (unit.rolled_at - unit.sent_at) / SECOND,
                                                       (now - unit.rolled_at) / SECOND))
        if work.whole_s >= 0:
            self._later(work.whole_s - (now - unit.sent_at) / SECOND, unit, "free")
        elif work.transport_s >= 0 and "transporting" in self._sorts[unit.duty.unit_kind].moves.get("at_scene", ()):
            self._later(work.scene_s, unit, "take")
        else:
            self._later(work.scene_s + max(0.0, work.transport_s) + work.hospital_s, unit, "free")

    def _take(self, unit: Unit) -> None:
        case, work, now = _busy(unit), unit.work, self._stage.clock.now()
        assert work is not None, "a unit that takes a patient has work"
        self._report(unit, "transporting")
        case.carried = True
        self._vehicles.to_hospital(unit.duty.unit, now, now + round(work.transport_s * SECOND))
        self._later(work.transport_s, unit, "bring")

    def _bring(self, unit: Unit) -> None:
        assert unit.work is not None, "a unit that brings a patient has work"
        self._report(unit, "at_destination")
        self._later(unit.work.hospital_s, unit, "free")

    def _free(self, unit: Unit) -> None:
        case, now, play, name = _busy(unit), self._stage.clock.now(), self._stage.play, unit.duty.unit
        unit.out = name in self._broken
        self._report(unit, "out_of_service" if unit.out else "available")
        self._of_kind(unit).busy_s += within(unit.sent_at, now, play.count_from, play.until)
        unit.case = unit.work = unit.rng = None
        self._vehicles.go_home(name, now)
        self._stage.done(case)
        if unit.leaving:
            self._end(unit)
            return
        self._stand_by(unit)  # a break that is due comes before a call that waits
        if self.is_free(name):
            self._stage.freed(unit)

    def _end(self, unit: Unit) -> None:
        name, now = unit.duty.unit, self._stage.clock.now()
        self._stage.floor.go_off(unit.duty)
        self._count_duty(unit)
        self._left[name] = (now, self._vehicles.spot(name, now).point)
        self._vehicles.off(name)
        del self._units[name]
        if unit.then is not None:
            self.on(unit.then)

    def _count_duty(self, unit: Unit) -> None:
        play = self._stage.play
        self._of_kind(unit).duty_s += within(unit.on_at, self._stage.clock.now(), play.count_from, play.until)

    def _counts(self, case: Case) -> bool:
        return self._stage.play.count_from <= case.asked.at < self._stage.play.until

    def _of_kind(self, unit: Unit) -> UnitFigures:
        return self._stage.outcome.units.setdefault(unit.duty.unit_kind, UnitFigures())

    def _report(self, unit: Unit, state: str) -> None:
        self._stage.floor.report(unit.duty, state)


def _busy(unit: Unit) -> Case:
    assert unit.case is not None, "a step of a unit that is on no call"
    return unit.case
