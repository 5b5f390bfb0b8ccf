"""The floor of a play in arrays: ranks and chooses as the house does, by the very functions of its model, and keeps nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tocsin.city.live import LiveRoads
from tocsin.facts.dispatch import Need
from tocsin.house.look import told
from tocsin.kernel import Clock, Instant, Refused
from tocsin.rooms.dispatch.commands import Seen
from tocsin.rooms.dispatch.model import Plan
from tocsin.rooms.dispatch.model.filling import fill, left_open
from tocsin.rooms.dispatch.model.ranking import MOST_RANKED, cover, dear_s, lack, lights_on, point, stand, travel
from tocsin.rooms.fleet.model import FleetTable
from tocsin.sim.clock import SECOND
from tocsin.sim.scenarios.asked import Asked
from tocsin.sim.scenarios.duties import Duty
from tocsin.sim.scenarios.floors import Choice, Offered, Sort
from tocsin.sim.vehicles import Said, Vehicles
from tocsin.trail import Fix

ON_THE_WAY = ("assigned", "en_route")
_Spot = tuple[int, float, bool]


@dataclass(slots=True)
class _Unit:
    """A unit on duty as the house would know it: its state, and the last position that it told."""

    duty: Duty
    skills: tuple[str, ...]
    state: str = "available"
    incident: str = ""
    said: Said | None = None
    known: Fix | None = None
    seen: Seen | None = None
    spots: dict[bool, _Spot] = field(default_factory=dict)
    """Where that is on the streets, with lights and without."""

    def look(self, now: Instant) -> Seen:
        """As `house.look` would show it, free."""
        if self.seen is None or not self.seen.at_home or self.seen.heading_deg is not None:
            duty = self.duty
            at, age_s = (duty.home.lon, duty.home.lat), 0
            heading_deg, at_home = None, True
            if self.said is not None:
                fix = self.fix()
                at, age_s = (fix.lon, fix.lat), (now - fix.device_at) // SECOND
                heading_deg, at_home = told(fix, (duty.home.lon, duty.home.lat), age_s)
            if self.seen is not None and heading_deg != self.seen.heading_deg:
                self.spots.clear()
            self.seen = Seen(unit=duty.unit, shift=duty.shift, unit_kind=duty.unit_kind, skills=self.skills, state=self.state, station=duty.station,
                             lon=at[0], lat=at[1], heading_deg=heading_deg, age_s=age_s, at_home=at_home)
        return self.seen


    def fix(self) -> Fix:
        """The last position that it told."""
        assert self.said is not None, "a position that was never told"
        if self.known is None:
            self.known = self.said.fix()
        return self.known


@dataclass(slots=True)
class _Incident:
    """An open incident: what it needs, and who is on it or was there."""

    asked: Asked
    needs: tuple[Need, ...]
    target: tuple[int, float]
    on: set[str] = field(default_factory=set)


class ArrayFloor:
    """A floor without ledger, trail, views and words, for one play under `clock`. What it decides is what the house decides; a test holds the two equal."""

    def __init__(self, clock: Clock, roads: LiveRoads, plan: Plan, table: FleetTable) -> None:
        self._clock, self._roads, self._plan = clock, roads, plan
        self.sorts = {code: Sort(frozenset(kind.skills), table.moves(code)) for code, kind in table.kinds.items()}
        self.endings = tuple(plan.dispositions)
        self._skills = {code: kind.skills for code, kind in table.kinds.items()}
        self._units: dict[str, _Unit] = {}
        self._free: dict[str, _Unit] = {}
        self._heard: dict[str, Instant] = {}
        """Of each unit the time that a position must be later than: that of its last, or of the end of a shift that had one."""
        self._incidents: dict[str, _Incident] = {}
        self._shut: dict[str, tuple[int, ...]] = {}
        self._closed: tuple[int, ...] = ()
        self._count = 0

    def come_on(self, duty: Duty) -> bool:
        if len(self._units) == MOST_RANKED:
            raise Refused("fleet_too_large", f"More than {MOST_RANKED:,} units are on duty at once: play this on the house.",
                          f"同时在岗单位超过 {MOST_RANKED:,} 个：请在完整系统上推演。", field="fleet", status=422)
        unit = self._units[duty.unit] = _Unit(duty, self._skills[duty.unit_kind])
        self._free[duty.unit] = unit
        return True

    def go_off(self, duty: Duty) -> None:
        unit = self._units.pop(duty.unit)
        self._free.pop(duty.unit, None)
        if unit.said is not None:
            self._heard[duty.unit] = self._clock.now()

    def report(self, duty: Duty, state: str) -> None:
        unit = self._units[duty.unit]
        was, unit.state, unit.seen = unit.state, state, None
        unit.spots.clear()
        if state not in ("available", "out_of_service"):
            return
        if state == "available":
            self._free[duty.unit] = unit
        else:
            self._free.pop(duty.unit, None)
        if unit.incident and was in ON_THE_WAY:
            self._incidents[unit.incident].on.discard(_key(duty))
        unit.incident = ""

    def positions(self, vehicles: Vehicles) -> None:
        for said in vehicles.said(self._clock.now()):
            if said.at > self._heard.get(said.unit, -1):
                unit = self._units[said.unit]
                unit.said, unit.known, unit.seen = said, None, None
                unit.spots.clear()
                self._heard[said.unit] = said.at

    def take(self, number: int, asked: Asked) -> str:
        lon, lat = asked.place.lon, asked.place.lat
        needs = self._plan.needs(asked.kind, asked.priority, self._plan.area(lon, lat))
        self._incidents[str(number)] = _Incident(asked, needs, point(self._roads, lon, lat, None, lights=lights_on(asked.priority))[:2])
        return str(number)

    def offer(self, incident: str, *, propose: bool) -> Offered | None:
        now, one = self._clock.now(), self._incidents[incident]
        priority, lights, hour = one.asked.priority, lights_on(one.asked.priority), self._roads.hour_of_week(now)
        seen = [unit.look(now) for unit in self._free.values()]
        spots = self._stand(list(self._free.values()), seen, lights=lights)
        arcs, alongs, directed = ([spot[part] for spot in spots] for part in range(3))
        eta_s = travel(self._roads, [unit.unit_kind for unit in seen], [unit.station for unit in seen], [unit.at_home for unit in seen], arcs, alongs, directed,
                       one.target, priority=priority, hour=hour, closed=self._closed)
        lacks = [lack(unit, one.needs) for unit in seen]
        order = sorted((i for i in range(len(seen)) if eta_s[i] >= 0 and lacks[i] in ("", "skill")), key=lambda i: (eta_s[i], seen[i].unit))
        chosen: set[int] = set()
        unfilled: tuple[Need, ...] = ()
        if propose:
            still = left_open(one.needs, [self._units[key.split("@")[0]].skills if key.split("@")[0] in self._units else () for key in sorted(one.on)])
            able = [i for i in order if not lacks[i]]
            costs: Sequence[float] = ()
            weight = self._plan.weight(priority)
            if weight:
                all_costs, _ = cover(self._roads, seen, np.asarray(arcs, np.int32), np.asarray(alongs), np.asarray(directed, np.bool_), hour=hour, closed=self._closed)
                costs = dear_s(weight, self._plan.cover.most_s, [all_costs[i] for i in able])
            found = [able[rank] for rank, _ in fill(still, [seen[i].skills for i in able], [eta_s[i] for i in able], [""] * len(able), costs)]
            chosen, unfilled = set(found), left_open(still, [seen[i].skills for i in found])
        return Offered("", now, [Choice(seen[i].unit, seen[i].shift, seen[i].unit_kind, eta_s[i], not lacks[i], i in chosen) for i in order], unfilled)

    def _stand(self, units: Sequence[_Unit], seen: Sequence[Seen], *, lights: bool) -> list[_Spot]:
        """Each unit as a spot on the road; of those that have not moved since it is remembered."""
        moved = [i for i, unit in enumerate(units) if lights not in unit.spots]
        if moved:
            arcs, alongs, directed = stand(self._roads, [seen[i] for i in moved], lights=lights)
            for i, arc, along, rolling in zip(moved, arcs.tolist(), np.round(alongs.astype(float), 6).tolist(), directed.tolist(), strict=True):
                units[i].spots[lights] = (arc, along, rolling)
        return [unit.spots[lights] for unit in units]

    def send(self, incident: str, choice: Choice, offered: Offered, override: str) -> bool:
        unit = self._free.pop(choice.unit)
        unit.state, unit.incident = "assigned", incident
        self._incidents[incident].on.add(_key(unit.duty))
        return True

    def close(self, incident: str, disposition: str) -> None:
        del self._incidents[incident]

    def shut(self, segments: tuple[int, ...], text: str) -> str:
        self._count += 1
        self._shut[str(self._count)] = segments
        self._know_closures()
        return str(self._count)

    def reopen(self, closure: str) -> None:
        del self._shut[closure]
        self._know_closures()

    def _know_closures(self) -> None:
        self._closed = tuple(sorted({segment for part in self._shut.values() for segment in part}))

    def left(self) -> tuple[dict[str, int], dict[str, str], int, str]:
        return {}, {}, 0, ""


def _key(duty: Duty) -> str:
    return f"{duty.unit}@{duty.shift}"
