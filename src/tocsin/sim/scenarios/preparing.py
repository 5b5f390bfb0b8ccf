"""From a scenario to what is played, and what of it cannot be, explained before anything runs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from tocsin.city import City
from tocsin.city.calibration import Calibration
from tocsin.city.live import LiveRoads
from tocsin.city.record import Record
from tocsin.facts.calls import Place
from tocsin.kernel import Instant, Refused
from tocsin.rooms.dispatch.model import Plan
from tocsin.rooms.dispatch.model.filling import left_open
from tocsin.rooms.dispatch.views.plan import plan_view
from tocsin.rooms.fleet.model import FleetTable
from tocsin.sim.clock import SECOND
from tocsin.sim.demand import CallPlaces, Demand
from tocsin.sim.scenarios.asked import DAY, Asked, by_calls, by_days, generated, local_instant, local_midnight, replayed
from tocsin.sim.scenarios.duties import Duty, from_record, from_table
from tocsin.sim.scenarios.habits import Habits
from tocsin.sim.scenarios.play import Broken, Play, Shut
from tocsin.sim.scenarios.rest import rests
from tocsin.sim.scenarios.scenario import Scenario
from tocsin.sim.scenarios.works import ExponentialWorks, TableWorks, Works

HOUR_S = 3_600
MOST_AWAY = 0.01
_CALLS, _EXAMPLES = 1, 3
"""The stream of chance by which calls are drawn, apart from those of the single calls; how many of a kind of fault are named."""


class Ground:
    """A scenario with the city, tables and record that it stands on. `taught` is what crews' habits are learnt from, by default all of the record."""

    def __init__(self, scenario: Scenario, city: City, timing: Calibration, plan: Plan, table: FleetTable, record: Record | None,
                 taught: Record | None = None) -> None:
        if record is None and scenario.needs_record:
            raise Refused("scenario_needs_record", "This scenario takes something from a record of past calls: name one.", "该推演方案需要历史警情记录，请指明文件。", status=422)
        if record is None and (scenario.start is None or scenario.days is None):
            raise Refused("scenario_without_start", "Without a record a scenario says when it starts and for how many days.", "没有历史记录时，须写明开始时间和天数。", status=422)
        self.scenario, self.city, self.timing, self.plan, self.table, self.record = scenario, city, timing, plan, table, record
        self.taught = taught or record
        self.zone = ZoneInfo(city.manifest.timezone)
        self.roads = LiveRoads(city, timing)
        self.hospitals = [(asset.lon, asset.lat) for asset in city.assets if asset.kind == "hospital"]
        self.begin, self.end = self._span()
        self.count_from = min(self.end, self.begin + round(scenario.warm_up_h * HOUR_S) * SECOND)
        self.works = self._works()
        self.duties = self._duties()

    def __getstate__(self) -> dict[str, object]:
        """What another process needs of it: the city is opened there from its folder, and what was learnt goes along."""
        return {name: part for name, part in vars(self).items() if name not in ("city", "roads")} | {"folder": self.city.path, "version": self.city.version}

    def __setstate__(self, state: dict[str, object]) -> None:
        folder, version = state.pop("folder"), state.pop("version")
        assert isinstance(folder, Path), "a city lies in a folder"
        vars(self).update(state)
        self.city = City.open(folder)
        assert self.city.version == version, f"{folder} is another build of the city there"
        self.roads = LiveRoads(self.city, self.timing)

    def play(self, replication: int) -> Play:
        """What the replication of this number plays, from 0."""
        one = self.scenario
        return Play(calls=self._calls(replication), duties=self.duties, works=self.works, begin=self.begin, count_from=self.count_from, until=self.end,
                    by_record=one.dispatch.by == "record", wait_s=one.dispatch.wait_s, seed=one.seed, replication=replication, shut=self._shut(),
                    broken=[Broken(fail.unit, self._hour(fail.from_h), self._hour(fail.to_h)) for fail in one.failures],
                    rests=rests(one.breaks, self.duties, self.begin, self.end, self.zone), hospitals=self.hospitals)

    def _span(self) -> tuple[Instant, Instant]:
        one, record = self.scenario, self.record
        first = record.calls[0].received_at if record is not None and record.calls else 0
        begin = local_instant(one.start, self.zone) if one.start is not None else local_midnight(first, self.zone)
        if one.days is not None:
            return begin, begin + round(one.days * DAY)
        last = record.calls[-1].received_at if record is not None and record.calls else begin
        return begin, last + SECOND

    def _works(self) -> Works:
        work = self.scenario.work
        if work.law == "record":
            assert self.taught is not None, "a scenario that learns from a record has one"
            return Habits(self.taught, self.city, self.timing)
        return TableWorks() if work.law == "tables" else ExponentialWorks(work.mean_s)

    def _duties(self) -> list[Duty]:
        if self.scenario.fleet.source == "table":
            return from_table(self.scenario.fleet.units, self.begin, self.end, self.zone)
        assert self.record is not None and self.taught is not None, "a fleet of a record has one"
        whole = from_record(self.record, self.taught)  # of all of the record: who happens to be sent out in two hours is not all who are there
        return [replace(duty, on=max(duty.on, self.begin)) for duty in whole if duty.on < self.end and duty.off > self.begin]

    def _calls(self, replication: int) -> list[Asked]:
        demand, rng = self.scenario.demand, np.random.default_rng([self.scenario.seed, replication, 0, 0, _CALLS])
        if demand.source == "generated":
            units = len({duty.unit for duty in self.duties})
            kinds = plan_view(self.plan).kinds
            drawn = Demand(CallPlaces(self.city), kinds, self.city.manifest.timezone, self.scenario.seed + replication,
                           per_day=demand.factor * (demand.per_day if demand.per_day is not None else 8.0 * units))
            return generated(drawn.between(self.begin, self.end), self.begin, self.end)
        assert self.record is not None, "a demand of a record has one"
        if demand.source == "record":
            return replayed(self.record, self.begin, self.end, demand.factor, rng)
        draw = by_days if demand.source == "days" else by_calls
        return draw(self.record, self.begin, self.end, demand.factor, rng, self.zone)

    def _shut(self) -> list[Shut]:
        found = []
        for closing in self.scenario.closures:
            segments = self.city.segments_of(closing.street, closing.segments)
            found.append(Shut(segments, self._hour(closing.from_h), self._hour(closing.to_h), closing.street or "scenario"))
        return found

    def _hour(self, hours: float) -> Instant:
        return self.begin + round(hours * HOUR_S) * SECOND


def cannot(ground: Ground, play: Play) -> list[Refused]:
    """Everything about a play that cannot be, each with its code; empty where it can run."""
    if not play.calls:
        return [Refused("no_demand", "No call comes in the time that is played.", "推演时段内没有警情。", field="demand", status=422)]
    if not play.duties:
        return [Refused("no_fleet", "No unit is on duty in the time that is played.", "推演时段内没有在岗单位。", field="fleet", status=422)]
    found = _unknown_words(ground, play)
    if not found:
        found += _never_filled(ground, play)
        found += _out_of_reach(ground, play)
    found += _breaks(ground, play)
    names = {duty.unit for duty in play.duties}
    for broken in play.broken:
        if broken.unit not in names:
            found.append(Refused("unit_unknown", f"{broken.unit} fails in the scenario and is never on duty.", f"方案中 {broken.unit} 停用，但该单位从未在岗。",
                                 field="failures", status=422))
    return found


def _unknown_words(ground: Ground, play: Play) -> list[Refused]:
    found = []
    units = sorted({duty.unit_kind for duty in play.duties} - set(ground.table.kinds))
    if units:
        found.append(Refused("unit_kind_unknown", f"The fleet table has no kind of unit {', '.join(units)}.", f"单位类型表中没有 {'、'.join(units)}。", field="fleet", status=422))
    kinds = sorted({call.kind for call in play.calls} - set(ground.plan.kinds))
    if kinds:
        found.append(Refused("kind_unknown", f"The response plan has no kind of incident {', '.join(kinds)}.", f"预案中没有 {'、'.join(kinds)} 类型。", field="demand", status=422))
    return found


def _breaks(ground: Ground, play: Play) -> list[Refused]:
    found = []
    for one in ground.scenario.breaks:
        if (one.hours[1] - one.hours[0]) * 60 < one.minutes:
            found.append(Refused("break_never_fits", f"A break of {one.minutes:g} minutes does not fit between {one.hours[0]:g} and {one.hours[1]:g} o'clock.",
                                 f"{one.minutes:g} 分钟的休息无法安排在 {one.hours[0]:g} 时至 {one.hours[1]:g} 时之间。", field="breaks", status=422))
        unknown = sorted(set(one.kinds) - {duty.unit_kind for duty in play.duties})
        if unknown:
            found.append(Refused("unit_kind_unknown", f"Breaks are planned for {', '.join(unknown)}, and no such unit is on duty.",
                                 f"已为 {'、'.join(unknown)} 安排休息，但无此类单位在岗。", field="breaks", status=422))
    return found


def _never_filled(ground: Ground, play: Play) -> list[Refused]:
    units = {duty.unit: duty.unit_kind for duty in play.duties}
    if play.by_record:
        there = set(units.values())
        missing = Counter(one.unit_kind for call in play.calls for one in call.sends if one.unit_kind not in there)
        return [Refused("kind_never_on_duty", f"{count} times a {kind} is to be sent, and none is ever on duty.", f"需派出 {kind} {count} 次，但从无此类单位在岗。",
                        field="fleet", status=422) for kind, count in sorted(missing.items())]
    skills = [ground.table.kinds[kind].skills for kind in units.values()]
    found = []
    for kind, priority in sorted({(call.kind, call.priority) for call in play.calls}):
        open_needs = left_open(ground.plan.needs(kind, priority), skills)
        if open_needs:
            lack = ", ".join(f"{need.count} × {need.skill}" for need in open_needs)
            found.append(Refused("plan_never_filled", f"For {kind} at priority {priority} the plan needs {lack} more than the whole fleet has.",
                                 f"{kind}（{priority} 级）的预案需求超出全部力量：缺 {lack}。", field="fleet", status=422))
    return found


def _out_of_reach(ground: Ground, play: Play) -> list[Refused]:
    """Calls from places that no street is near, or to which none leads from any unit's home while what is shut throughout is shut.

    One call in a hundred may be such a one, as records are; nobody will come to it, and it is counted as never sent to.
    """
    roads = ground.roads
    closed = tuple(sorted({segment for shut in play.shut if shut.since <= play.begin and shut.until >= play.until for segment in shut.segments}))
    places = sorted({(call.place.lon, call.place.lat) for call in play.calls})
    arcs, alongs, _ = roads.spots([lon for lon, _ in places], [lat for _, lat in places], [np.nan] * len(places), lights=True)
    far = np.array([not _has_road(roads, lon, lat) for lon, lat in places])
    left = np.ones(len(places), np.bool_)
    for home in _homes(play.duties):
        start, along, _ = roads.spots([home.lon], [home.lat], [np.nan], lights=True)
        index = np.flatnonzero(left)
        times = roads.spread_s((int(start[0]), float(along[0])), arcs[index], alongs[index], lights=True, hour=12, closed=closed)
        left[index] = ~np.isfinite(times)
        if not left.any():
            break
    wrong = {places[i] for i in np.flatnonzero(left | far)}
    calls = sum((call.place.lon, call.place.lat) in wrong for call in play.calls)
    if calls <= MOST_AWAY * len(play.calls):
        return []
    which = "; ".join(f"{lon:.5f}, {lat:.5f}" for lon, lat in sorted(wrong)[:_EXAMPLES])
    return [Refused("place_out_of_reach", f"No unit can reach the places of {calls} of the {len(play.calls)} calls (for example {which}).",
                    f"{len(play.calls)} 起警情中有 {calls} 起的地点没有单位可达（例如 {which}）。", field="demand", status=422)]


def _has_road(roads: LiveRoads, lon: float, lat: float) -> bool:
    try:
        roads.stretch(lon, lat)
    except Refused:
        return False
    return True


def _homes(duties: Sequence[Duty]) -> list[Place]:
    return list({(duty.home.lon, duty.home.lat): duty.home for duty in duties}.values())
