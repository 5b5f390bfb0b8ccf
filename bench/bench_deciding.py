"""Choosing the whole need at once, beside the nearest unit need by need: a real fortnight in arrays, paired; and how long a choice takes.

Units are the record's own, stand at their stations when free, drive by the city's roads and stay as long as the record says they
did. Added load overlays the calls of the day a week off; the last two scenes leave one in two and one in three units on duty, so
that units run short. Every policy gets the same calls, needs, times and service times.

The nearest need by need is as good as any choice where a plan names the scarce skill first and the fleet's skills are nested, as the
sample's are; so it is also played with each line of the plan written the other way round, which changes nothing for the joint choice.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from pathlib import Path
from statistics import fmean, median
from time import perf_counter, process_time
from typing import Any

import msgspec
import numpy as np
from tests.shared import DATA, ROOT

from tocsin.city import City
from tocsin.city.building import build
from tocsin.city.calibration import Calibration
from tocsin.city.live import LiveRoads
from tocsin.city.record import PastCall, Record, read_record
from tocsin.city.record_mapping import read_mapping
from tocsin.engines.coverage import left_s, soonest_s
from tocsin.engines.roads import warm
from tocsin.facts.dispatch import Need
from tocsin.rooms.dispatch.commands import Seen
from tocsin.rooms.dispatch.model import Plan
from tocsin.rooms.dispatch.model.filling import fill
from tocsin.rooms.dispatch.model.ranking import lights_on, offer, point
from tocsin.rooms.fleet.model import FleetTable
from tocsin.sim.replay import homes as homes_of

CALLS = DATA / "calls" / "sf_fire_calls_2020-04-07_2020-04-20.csv.gz"
SAMPLES = ROOT / "src" / "tocsin" / "samples"
SECOND = 1_000_000
WEEK = 7 * 86_400 * SECOND
SCENES = ((1.0, 1), (1.5, 1), (2.0, 1), (2.0, 2), (2.0, 3))
"""Calls against the record's, and one in how many units is on duty."""
COVER_EVERY = 20
UNITS, TARGETS, LIMIT_MS = 500, 200, 50
Chosen = Sequence[tuple[int, str]]


@dataclass
class Town:
    """The record's units as parallel arrays, and what the plan would send to each call at each time."""

    ground: LiveRoads
    kinds: list[str]
    stations: list[str]
    skills: list[tuple[str, ...]]
    lon: Any
    lat: Any
    spots: dict[bool, Any] = field(default_factory=dict)
    cells: dict[int, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, ground: LiveRoads, record: Record, table: FleetTable, one_in: int = 1) -> "Town":
        """The units of a record at their stations: all, or one in so many of each kind."""
        every = {run.unit: run for call in record.calls for run in call.runs if table.kinds[run.unit_kind].skills}
        names = sorted(every, key=lambda unit: (every[unit].unit_kind, unit))
        runs = {unit: every[unit] for unit in names[::one_in]}
        homes = homes_of(record)
        lon, lat = (np.array([homes[unit][at] for unit in runs]) for at in (0, 1))
        town = cls(ground, [run.unit_kind for run in runs.values()], [run.station for run in runs.values()],
                   [table.kinds[run.unit_kind].skills for run in runs.values()], lon, lat)
        town.spots = {lights: ground.spots(lon, lat, np.full(len(lon), np.nan), lights=lights) for lights in (True, False)}
        return town

    def added(self, hour: int) -> Any:
        """Seconds beside driving, from the station."""
        return np.array([self.ground.added_s(kind, station, hour, False) for kind, station in zip(self.kinds, self.stations, strict=True)], np.float32)

    def eta_s(self, call: PastCall, at: int, priority: int) -> Any:
        """Whole seconds to a call from every unit's station, -1 where there is no way."""
        lights, hour = lights_on(priority), self.ground.hour_of_week(at)
        target = point(self.ground, call.lon or 0.0, call.lat or 0.0, None, lights=lights)[:2]
        arcs, alongs, directed = self.spots[lights]
        drive = self.ground.drive_s(arcs, alongs, directed, target, lights=lights, hour=hour, closed=())
        return np.where(np.isfinite(drive), np.round(np.nan_to_num(drive + self.added(hour), posinf=0.0)), -1).astype(int)

    def to_cells(self, hour: int) -> Any:
        """Seconds from each station to each cell in this hour, with mobilisation."""
        if hour not in self.cells:
            self.cells = {hour: self.ground.cells_s(*self.spots[True], lights=True, hour=hour, closed=()) + self.added(hour)[:, None]}
        return self.cells[hour]


@dataclass
class Job:
    """A call with its needs, the time to it from every station, and how long a unit stays."""

    at: int
    priority: int
    needs: tuple[Need, ...]
    eta_s: Any
    stay_s: float
    open: list[str] = field(default_factory=list)
    arrivals: list[float] = field(default_factory=list)
    at_once: bool = True


Policy = Callable[[Town, Job, Any, list[str]], Chosen]


def greedy(town: Town, job: Job, free: Any, wanted: list[str]) -> Chosen:
    """The nearest free unit for each need in the plan's order."""
    taken: list[tuple[int, str]] = []
    for skill in wanted:
        able = [i for i in free if skill in town.skills[i] and job.eta_s[i] >= 0 and all(i != j for j, _ in taken)]
        if able:
            taken.append((min(able, key=lambda i: job.eta_s[i]), skill))
    return taken


def reversed_plan(town: Town, job: Job, free: Any, wanted: list[str]) -> Chosen:
    """The nearest free unit for each need, of a plan whose lines name the needs the other way round."""
    return greedy(town, job, free, wanted[::-1])


def joint(town: Town, job: Job, free: Any, wanted: list[str], dear: Sequence[float] = ()) -> Chosen:
    """All needs at once, exactly."""
    needs = tuple(Need(skill=skill) for skill in wanted)
    found = fill(needs, [town.skills[i] for i in free], [int(job.eta_s[i]) for i in free], [""] * len(free), dear)
    return [(int(free[row]), skill) for row, skill in found]


def covering(plan: Plan) -> Policy:
    """All needs at once with cover weighed in, as the plan says."""

    def policy(town: Town, job: Job, free: Any, wanted: list[str]) -> Chosen:
        weight = plan.weight(job.priority)
        if not weight:
            return joint(town, job, free, wanted)
        times, cost = town.to_cells(town.ground.hour_of_week(job.at))[free], np.zeros(len(free))
        for skill in {skill for i in free for skill in town.skills[i]}:
            having = [row for row, i in enumerate(free) if skill in town.skills[i]]
            cost[having] = np.maximum(cost[having], left_s(times[having], town.ground.cells.road_m))
        return joint(town, job, free, wanted, np.minimum(cost.round(1) * weight, plan.cover.most_s).tolist())

    return policy


def jobs(town: Town, record: Record, plan: Plan, load: float) -> list[Job]:
    """The fortnight's calls with what the plan sends, and beside them as many of the week's other day as the load adds."""
    rng = np.random.default_rng(1)
    has = {skill for own in town.skills for skill in own}
    first = min(call.received_at for call in record.calls)
    found = []
    for call in record.calls:
        if call.lon is None or call.kind not in plan.kinds:
            continue
        priority = call.priority if 1 <= call.priority <= 4 else plan.kinds[call.kind].priority
        needs = tuple(need for need in plan.needs(call.kind, priority) if need.skill in has)
        stays = [(run.available_at - (run.on_scene_at or run.dispatch_at or call.received_at)) / SECOND for run in call.runs if run.available_at]
        stay_s = min(max(median(stays) if stays else 1200.0, 60.0), 4 * 3600.0)
        times = [call.received_at]
        if rng.random() < load - 1.0:
            times.append(first + (call.received_at - first + WEEK) % (2 * WEEK))
        found += [Job(at, priority, needs, town.eta_s(call, at, priority), stay_s) for at in times if needs]
    return sorted(found, key=lambda job: job.at)


@dataclass
class Outcome:
    """What one policy made of the calls."""

    done: list[Job]
    cover_s: list[float]


def play(town: Town, calls: Sequence[Job], policy: Policy) -> Outcome:
    """Play all calls: units are taken at once; what nobody free can fill waits for the next that is, the most pressing first."""
    done = [Job(job.at, job.priority, job.needs, job.eta_s, job.stay_s, [need.skill for need in job.needs for _ in range(need.count)]) for job in calls]
    freed: list[tuple[float, int]] = []
    free = set(range(len(town.skills)))
    waiting: list[Job] = []
    cover: list[float] = []

    def serve(job: Job, now: float) -> None:
        for i, skill in policy(town, job, np.array(sorted(free)), job.open):
            free.discard(i)
            arrival = now + float(job.eta_s[i]) * SECOND
            job.open.remove(skill)
            job.arrivals.append((arrival - job.at) / SECOND)
            heappush(freed, (arrival + job.stay_s * SECOND, i))

    def until(at: float) -> None:
        while freed and freed[0][0] <= at:
            now, i = heappop(freed)
            free.add(i)
            for job in sorted(waiting, key=lambda job: (job.priority, job.at)):
                if set(job.open) & set(town.skills[i]):
                    serve(job, now)
                    if not job.open:
                        waiting.remove(job)
                    break

    for n, job in enumerate(done):
        until(job.at)
        serve(job, job.at)
        if job.open:
            job.at_once = False
            waiting.append(job)
        if n % COVER_EVERY == 0:
            cover.append(_cover_s(town, sorted(free), town.ground.hour_of_week(job.at)))
    until(float("inf"))
    return Outcome(done, cover)


def _cover_s(town: Town, free: list[int], hour: int) -> float:
    """Mean seconds until help over all roads, for the skills that most calls need, counting an hour where there is none."""
    times, share = town.to_cells(hour), town.ground.cells.road_m / town.ground.cells.road_m.sum()
    soonest = [soonest_s(times[[i for i in free if skill in town.skills[i]]])[0] for skill in ("fire", "als", "transport")]
    return fmean(float((np.minimum(first, 3600.0) * share).sum()) for first in soonest)


def run(report: Callable[..., None]) -> None:
    """The policies beside one another at three loads, then the time of one choice."""
    if not CALLS.exists():
        print("the San Francisco record is not on this machine")
        return
    plan = msgspec.toml.decode((SAMPLES / "plan.toml").read_bytes(), type=Plan)
    table = msgspec.toml.decode((SAMPLES / "fleet.toml").read_bytes(), type=FleetTable)
    record = read_record(CALLS, read_mapping(ROOT / "docs" / "examples" / "san-francisco-calls.toml"))
    with tempfile.TemporaryDirectory() as folder:
        build([DATA / "roads" / "san_francisco"], Path(folder) / "city", mapping=ROOT / "docs" / "examples" / "san-francisco.toml")
        ground = LiveRoads(City.open(Path(folder) / "city"), Calibration.default())
        warm()
        for load, one_in in SCENES:
            town = Town.of(ground, record, table, one_in)
            _compare(report, town, jobs(town, record, plan, load), load)
            print(f"weights {plan.cover.weight}, at most {plan.cover.most_s} s a unit")
        _decide(report, ground, plan, table)


def _compare(report: Callable[..., None], town: Town, calls: list[Job], load: float) -> None:
    plan = msgspec.toml.decode((SAMPLES / "plan.toml").read_bytes(), type=Plan)
    peer, many = play(town, calls, greedy), [n for n, job in enumerate(calls) if sum(need.count for need in job.needs) > 1]
    data = f"San Francisco fortnight × {load:g}: {len(calls):,} calls, {len(many):,} of them need several units, {len(town.skills)} units"
    first: dict[str, Callable[[Outcome], float]] = {
        "last needed unit there, mean s": lambda one: fmean(max(one.done[n].arrivals) for n in many if one.done[n].arrivals),
        "all needed units there, mean s": lambda one: fmean(arrival for n in many for arrival in one.done[n].arrivals),
        "calls that waited for a unit to become free": lambda one: sum(not job.at_once for job in one.done),
    }
    rest: dict[str, Callable[[Outcome], float]] = {
        "last needed unit there, 90th percentile s": lambda one: float(np.percentile([max(one.done[n].arrivals) for n in many if one.done[n].arrivals], 90)),
        "priority 1, first unit there, mean s": lambda one: fmean(min(job.arrivals) for job in one.done if job.priority == 1 and job.arrivals),
        "all calls, first unit there, mean s": lambda one: fmean(min(job.arrivals) for job in one.done if job.arrivals),
        "cover left, mean seconds to help": lambda one: fmean(one.cover_s),
    }
    assert not any(job.open and job.arrivals for job in peer.done if load == 1.0), "the whole fleet fills every need of the record"
    for name, policy, figures in (("need by need, the plan's lines reversed", reversed_plan, first), ("jointly", joint, first),
                                  ("jointly, cover weighed", covering(plan), first | rest)):
        outcome = play(town, calls, policy)
        for what, of in figures.items():
            report(name=f"deciding, {name}: {what}", value=of(outcome), unit="calls" if what.startswith("calls") else "s",
                   peer="nearest, need by need", peer_value=of(peer), data=data)
        later = [max(outcome.done[n].arrivals) - max(peer.done[n].arrivals) for n in many if outcome.done[n].arrivals and peer.done[n].arrivals]
        report(name=f"deciding, {name}: of those that need several, complete sooner", value=100 * fmean(gap < -1 for gap in later), unit="%",
               peer="complete later", peer_value=100 * fmean(gap > 1 for gap in later), data=data)
        never = sum(len(job.open) for job in outcome.done), sum(len(job.open) for job in peer.done)
        if any(never):
            report(name=f"deciding, {name}: needs never filled", value=never[0], unit="needs", peer="nearest, need by need", peer_value=never[1], data=data)


def _decide(report: Callable[..., None], ground: LiveRoads, plan: Plan, table: FleetTable) -> None:
    """The whole way of `offer` on a floor of 500 units: snapping, driving times, cover, assignment, columns."""
    rng = np.random.default_rng(2)
    kinds = [kind for kind, line in table.kinds.items() if line.skills]
    cells = ground.cells
    lon, lat = (rng.choice(place, UNITS) + rng.normal(0, 0.002, UNITS) for place in (cells.lon, cells.lat))
    seen = [Seen(unit=f"U{n}", shift="D", unit_kind=kind, skills=table.kinds[kind].skills, state="available" if rng.random() < 0.8 else "en_route",
                 lon=float(lon[n]), lat=float(lat[n]), heading_deg=90.0 if n % 5 == 0 else None, at_home=n % 2 == 0)
            for n, kind in enumerate(rng.choice(kinds, UNITS).tolist())]
    needs, at = plan.needs("fire", 1), 1_586_800_000 * SECOND
    for closed in ((), (100, 2000, 3000)):
        took: list[float] = []
        busy_s = 0.0
        for n in range(TARGETS + 5):
            place = float(rng.choice(cells.lon)), float(rng.choice(cells.lat))
            began, busy = perf_counter(), process_time()
            kept = offer(ground, seen, incident="1", number=str(n), plan=plan.version, priority=2, needs=needs, place=place, closed=closed, at=at,
                         weight=plan.weight(2), most_s=plan.cover.most_s)
            took.append(1000 * (perf_counter() - began))
            busy_s += process_time() - busy
            assert len(kept.chosen) == sum(need.count for need in needs)
        data = f"San Francisco, {UNITS} units, {sum(need.count for need in needs)} needs, {len(cells)} cells, {len(closed)} closures"
        report(name=f"deciding: one whole choice, {len(closed)} closures, median", value=float(np.percentile(took[5:], 50)), unit="ms", runs=TARGETS, data=data)
        report(name=f"deciding: one whole choice, {len(closed)} closures, 95 of 100", value=float(np.percentile(took[5:], 95)), unit="ms", limit=LIMIT_MS,
               runs=TARGETS, data=data)
        report(name=f"deciding: one whole choice, {len(closed)} closures, processor time", value=1000 * busy_s / len(took), unit="ms", runs=TARGETS, data=data)
