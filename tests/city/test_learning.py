"""Which stretches can be learnt from, and that forecasts of drives that were not seen come nearer to the truth and are never made worse."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.city.drawn import Drawing
from tests.city.test_observing import STREETS, WAYS, driven
from tocsin.city import City
from tocsin.city.building import build
from tocsin.city.calibrate import learning
from tocsin.city.calibrate.learning import Learner
from tocsin.city.calibrate.observing import Observed
from tocsin.city.calibrate.runs import Floats
from tocsin.city.calibrate.sums import Sums, moved, with_day
from tocsin.city.calibration import HOURS, Calibration
from tocsin.city.sketch import sketch
from tocsin.trail import Fix

ROUGHLY = {"accuracy_m": 80.0}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> City:
    folder: Path = tmp_path_factory.mktemp("learning")
    build([Drawing(STREETS, WAYS).write(folder / "drawn.osm")], folder / "city")
    return City.open(folder / "city")


def changed(fixes: list[Fix], **words: float) -> list[Fix]:
    return [msgspec.structs.replace(fix, **words) for fix in fixes]


def test_what_cannot_be_learnt_from_is_left_out_by_its_first_rule(drawn: City) -> None:
    sound = driven("ABCDH", 36.0)
    away = [msgspec.structs.replace(fix, lat=fix.lat + 0.05) for fix in sound]
    short = [fix for fix in driven("AB", 6.0) if fix.device_at - sound[0].device_at < 40_000_000]
    cases = {learning.NONE: [], learning.FEW: sound[:5], learning.LENGTH: driven("ABCDH", 36.0, every_s=1.0)[:15], learning.ROUGH: changed(sound, **ROUGHLY),
             learning.APART: driven("ABCDHGFE", 15.0, every_s=30.0), learning.OFF: away, learning.NO_STREET: short}
    for why, stretch in cases.items():
        found, left = Learner(drawn).learn([stretch, sound])
        assert left == {why: 1}, why
        assert set(found.drive.tolist()) == {1}, "the drive beside it is learnt from all the same, under its own place"


def test_drives_of_many_batches_stay_apart_and_progress_is_told(drawn: City) -> None:
    told: list[tuple[int, int]] = []
    found, left = Learner(drawn).learn([driven("ABCDH", 36.0, datetime(2026, 11, 2, 8, number % 60, tzinfo=UTC)) for number in range(30)], lambda *done: told.append(done))
    assert (len(set(found.drive.tolist())), left) == (30, {})
    assert told == [(25, 30), (30, 30)]


class World:
    """A made city in which streets take other times than is believed: by class, by hour, and by each drive's own luck."""

    def __init__(self, city: City, seed: int, apart: float) -> None:
        self.city, self.rng = city, np.random.default_rng(seed)
        self.factor = np.exp(self.rng.normal(0.15 if apart else 0.0, apart, 32))
        self.hour = 1.0 + apart * np.sin(2 * np.pi * (np.arange(HOURS) % 24) / 24)
        self.table = city.network.dist_m / (city.speed_kph / 3.6)

    def drive(self) -> tuple[np.ndarray, int, Floats]:
        """A walk of twenty streets at an hour, and the seconds of each."""
        network, arcs = self.city.network, []
        arc = int(self.rng.integers(len(network.tail)))
        for _ in range(20):
            arcs.append(arc)
            arc = int(self.rng.choice(np.flatnonzero(network.tail == network.head[arc])))
        hour = int(self.rng.integers(HOURS))
        luck = np.exp(self.rng.normal(0.0, 0.15) + self.rng.normal(0.0, 0.25, len(arcs)))
        return np.array(arcs), hour, self.table[arcs] * self.factor[network.road_class[arcs]] * self.hour[hour] * luck

    def observed(self, count: int) -> Observed:
        drives = [self.drive() for _ in range(count)]
        return Observed(np.concatenate([arcs for arcs, _, _ in drives]).astype(np.int32), np.concatenate([np.full(len(arcs), hour) for arcs, hour, _ in drives]),
                        np.repeat(np.arange(count), [len(arcs) for arcs, _, _ in drives]), np.concatenate([seconds for _, _, seconds in drives]))

    def missed_s(self, timing: Calibration, drives: list[tuple[np.ndarray, int, Floats]]) -> float:
        """By how many seconds forecasts of these drives are wrong on average."""
        free = timing.free_s(self.city).astype(float)
        return float(np.mean([abs(free[arcs].sum() * timing.hour_factor[hour] - seconds.sum()) for arcs, hour, seconds in drives]))


def test_unseen_drives_are_forecast_nearer_and_never_worse_beyond_noise(tmp_path: Path) -> None:
    sketch(4, 200, tmp_path / "made")
    city = City.open(tmp_path / "made")
    believed = Calibration.default()
    gains: dict[tuple[float, int], list[float]] = {}
    for apart in (0.0, 0.1, 0.3):
        for seed in range(8):
            world = World(city, seed, apart)
            unseen = [world.drive() for _ in range(150)]
            before = world.missed_s(believed, unseen)
            for count in (3, 30, 150):
                after = world.missed_s(moved(believed, with_day(Sums(city=city.version), city, "2026-11-02", world.observed(count), {})), unseen)
                gains.setdefault((apart, count), []).append(1.0 - after / before)
    worst = {key: min(found) for key, found in gains.items()}
    assert min(worst.values()) > -0.08, worst
    assert all(np.mean(found) > -0.03 for found in gains.values()), gains
    assert np.mean(gains[0.3, 150]) > 0.4 and np.mean(gains[0.3, 30]) > 0.2 and np.mean(gains[0.1, 150]) > 0.1
