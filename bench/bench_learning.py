"""How much nearer forecasts come to the truth as drives are observed: hidden true times on a real city's streets, drives that were not seen."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tests.shared import DATA

from bench.bench_matching import _judged
from bench.driven import ACCURACY, LEAST_M, Drive, Floats, told, tracks_of
from tocsin.city import City
from tocsin.city.building import build
from tocsin.city.calibrate.learning import Learner
from tocsin.city.calibrate.observing import Observed, observe
from tocsin.city.calibrate.sums import Sums, moved, with_day
from tocsin.city.calibration import HOURS, Calibration
from tocsin.city.speeds import ROAD_CLASSES
from tocsin.engines.roads import Roads, Spots
from tocsin.trail import Fix

EXTRACT = DATA / "osm" / "porto_alegre_r5r" / "poa_osm.pbf"
COUNTS, UNSEEN, SEEDS = (20, 100, 500), 200, (1, 2, 3)
AT_HOURS = (3, 8, 13, 18, 32, 60, 90, 130, 155)
NOISE_M = 10.0
APART = 0.25            # of classes among one another, in the logarithm; the whole city is as far off once more
OWN, LUCK, EACH = 0.15, 0.10, 0.15
"""How much one street differs from its class for ever, one drive from the usual, and each street of it from that: in the logarithm."""


@dataclass(frozen=True, slots=True)
class World:
    """What is true and hidden: seconds of each arc in an hour, inf where ordinary cars may not go and no drive goes here; and what of them a
    calibration could ever know."""

    city: City
    roads: Roads
    arc_s: Floats
    knowable_s: Floats
    curve: Floats

    @classmethod
    def of(cls, city: City, roads: Roads, seed: int, apart: float) -> "World":
        """A world of a seed; `apart` 0 is one in which the class table is right."""
        rng = np.random.default_rng(seed)
        factor = np.exp(rng.normal(0.0, 1.0) * apart + rng.normal(0.0, 1.0, len(ROAD_CLASSES)) * apart)
        curve = 1.0 + apart * np.sin(2 * np.pi * (np.arange(HOURS) % 24 - 8) / 24)
        knowable = city.drive_s("ordinary").astype(np.float64) * factor[city.network.road_class]
        return cls(city, roads, knowable * np.exp(rng.normal(0.0, OWN, len(knowable))), knowable, curve)

    def trips(self, count: int, step_s: float, rng: np.random.Generator) -> list[tuple[int, Drive, float]]:
        """Drives by the truly quickest ways, each with its hour of the week and the seconds that it took in all."""
        metrics = {hour: self.roads.customise((self.arc_s * self.curve[hour]).astype(np.float32)) for hour in AT_HOURS}
        inside = np.flatnonzero(self.city.connected("ordinary"))
        found: list[tuple[int, Drive, float]] = []
        while len(found) < count:
            hour, ends = int(rng.choice(AT_HOURS)), rng.choice(inside, 2)
            route = self.roads.route(metrics[hour], Spots.of([ends[0]], [0.0]), Spots.of([ends[1]], [0.0]))
            if route is None or route.dist_m < LEAST_M:
                continue
            arcs = route.arcs[:-1]  # the last ends where it begins
            seconds = self.arc_s[arcs] * self.curve[hour] * np.exp(rng.normal(0.0, LUCK) + rng.normal(0.0, EACH, len(arcs)))
            found.append((hour, told(self.city, arcs, seconds, step_s, NOISE_M, rng), float(seconds.sum())))
        return found

    def missed_s(self, arc_s: Mapping[int, Floats], trips: Sequence[tuple[int, Drive, float]]) -> float:
        """The mean error of forecasts, each by the way that the forecast itself takes to be the quickest."""
        metrics = {hour: self.roads.customise(seconds.astype(np.float32)) for hour, seconds in arc_s.items()}
        errors = []
        for hour, drive, seconds in trips:
            route = self.roads.route(metrics[hour], Spots.of([drive.arcs[0]], [0.0]), Spots.of([drive.arcs[-1]], [1.0]))
            errors.append(abs(route.eta_s - seconds) if route is not None else seconds)
        return float(np.mean(errors))

    def forecast_s(self, timing: Calibration, trips: Sequence[tuple[int, Drive, float]]) -> float:
        """The mean error of a calibration's forecasts."""
        return self.missed_s({hour: np.where(np.isfinite(self.arc_s), timing.drive_s(self.city, "emergency", hour), np.inf) for hour in AT_HOURS}, trips)


def run(report: Callable[..., None]) -> None:
    """Report what thinning leaves of what is matched, and the error of unseen drives before and after so many observed ones."""
    if not EXTRACT.exists():
        print("Porto Alegre's extract is not on this machine; nothing is measured.")
        return
    with tempfile.TemporaryDirectory() as folder:
        build([EXTRACT], Path(folder) / "city")
        city = City.open(Path(folder) / "city")
        roads = Roads(city.network, city.topology)
        _thinned(report, World.of(city, roads, SEEDS[0], APART))
        for apart, what in ((APART, "hidden times"), (0.0, "the class table is right")):
            _worlds(report, [World.of(city, roads, seed, apart) for seed in SEEDS], what)


def _worlds(report: Callable[..., None], worlds: Sequence[World], what: str) -> None:
    """Errors over all worlds, beside what was believed before and what no calibration by class and hour could be below."""
    missed: dict[tuple[int, int], list[float]] = {}
    least, believed, learner = [], Calibration.default(), Learner(worlds[0].city)
    for seed, world in zip(SEEDS, worlds, strict=True):
        rng = np.random.default_rng(1000 + seed)
        unseen, seen = world.trips(UNSEEN, 5.0, rng), world.trips(max(COUNTS), 5.0, rng)
        least.append(world.missed_s({hour: world.knowable_s * world.curve[hour] for hour in AT_HOURS}, unseen))
        missed.setdefault((0, 0), []).append(world.forecast_s(believed, unseen))
        for every, step in ((5, 1), (10, 2)):
            found = _found(learner, seen, step)
            for count in COUNTS:
                first = Observed(*(getattr(found, name)[found.drive < count] for name in ("arc", "hour", "drive", "seconds")))
                sums = with_day(Sums(city=world.city.version), world.city, "2026-11-01", first, {})
                missed.setdefault((count, every), []).append(world.forecast_s(moved(believed, sums), unseen))
    data = f"Porto Alegre, {len(SEEDS)} worlds, {UNSEEN} unseen drives each; best by class and hour {np.mean(least):.1f} s"
    before = missed[0, 0]
    for (count, every), after in missed.items():
        if count:
            report(name=f"learning, {what}: mean error of unseen drives after {count} drives, each {every} s", value=float(np.mean(after)), unit="s", peer="before",
                   peer_value=float(np.mean(before)), runs=len(SEEDS) * UNSEEN, data=data)
            report(name=f"learning, {what}: the worst world after {count} drives, each {every} s, over before", value=max(a / b for a, b in zip(after, before, strict=True)),
                   unit="", runs=len(SEEDS), data=data)


def _found(learner: Learner, trips: Sequence[tuple[int, Drive, float]], step: int) -> Observed:
    """What the whole path makes of drives' positions. The hour is handed in, since drives begin at second nought."""
    found, _ = learner.learn([_fixes(drive, step) for _, drive, _ in trips])
    hour = np.array([hour for hour, _, _ in trips], np.int64)
    return Observed(found.arc, hour[found.drive], found.drive, found.seconds)


def _fixes(drive: Drive, step: int) -> list[Fix]:
    return [Fix("", lon, lat, int(at * 1e6), int(at * 1e6), NOISE_M * ACCURACY)
            for lon, lat, at in zip(drive.told_lon[::step].tolist(), drive.told_lat[::step].tolist(), drive.t_s[::step].tolist(), strict=True)]


def _thinned(report: Callable[..., None], world: World) -> None:
    """The same drives told each 5 s and as the trail leaves them after a day: right roads, streets found whole, and their seconds."""
    trips = world.trips(200, 5.0, np.random.default_rng(7))
    usable = world.city.usable("emergency")
    matcher = world.roads.matcher(usable, usable & ~world.city.usable("ordinary"))
    for every, step in ((5, 1), (10, 2)):
        made = [Drive(drive.arcs, drive.t_s[::step], drive.row[::step], drive.share[::step], drive.told_lon[::step], drive.told_lat[::step]) for _, drive, _ in trips]
        found = matcher.match(tracks_of(made, NOISE_M))
        tally = _judged(made, world.city, found)
        seen = observe(found, world.city.network.dist_m, world.city.manifest.timezone)
        right = np.array([arc in set(made[drive].arcs[1:-1].tolist()) for arc, drive in zip(seen.arc.tolist(), seen.drive.tolist(), strict=True)])
        driven = sum(len(set(drive.arcs[1:-1].tolist())) for drive in made)
        data = "Porto Alegre, 200 drives by hidden times, 10 m of Gaussian noise on each axis, bus lanes and footways open"
        for name, value in (("on the right road, its direction too", 100 * tally.directed / tally.points), ("wrong metres over metres driven", 100 * tally.route_error),
                            ("streets driven whole that were found", 100 * right.sum() / driven), ("streets found that were driven", 100 * right.mean())):
            report(name=f"learning, each {every} s: {name}", value=float(value), unit="%", runs=len(trips), data=data)
