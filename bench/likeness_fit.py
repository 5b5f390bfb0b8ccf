"""Fit the model of likeness on the training days and write its weights into the shipped file: python -m bench.likeness_fit."""

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from tests.shared import DATA, ROOT

from bench.likeness_calls import Calls, Real, injected, montgomery, san_francisco
from bench.likeness_pairs import Pairs, best_threshold, pairs, scored
from tocsin.city import City
from tocsin.city.building import build
from tocsin.city.calibration import Calibration
from tocsin.city.live import LiveRoads
from tocsin.city.record import read_record
from tocsin.city.record_mapping import read_mapping
from tocsin.engines.likeness import Likeness, far_m, fit, stand_in_m
from tocsin.engines.roads import warm
from tocsin.house.build import LIKENESS, read_likeness
from tocsin.rooms.dispatch.model import Plan

SF_CALLS = DATA / "calls" / "sf_fire_calls_2020-04-07_2020-04-20.csv.gz"
SF_STREETS = DATA / "roads" / "san_francisco"
MONTGOMERY = DATA / "calls" / "montgomery_county_pa_911_2015-12_2016-08.csv.zip"
PLAN = msgspec.toml.decode((ROOT / "src" / "tocsin" / "samples" / "plan.toml").read_bytes(), type=Plan)
TRAINING = {"San Francisco": 9, "Montgomery County": 155}
"""Whole days from the first on which a city is fitted; it is judged on all the later ones."""
SEED = 1


@dataclass
class Place:
    """One city with its calls, and the pairs among them in training and in judgement."""

    real: Real
    calls: Calls
    train: Pairs
    test: Pairs
    days: int

    def repeats(self, *, training: bool) -> int:
        """How many repeat callers there are in those days."""
        return int((~self.calls.first & ((self.calls.day < TRAINING[self.real.name]) == training)).sum())


def present() -> bool:
    """Whether the records are on this machine."""
    return SF_CALLS.exists() and SF_STREETS.exists() and MONTGOMERY.exists()


def records() -> tuple[Real, Real]:
    """Both records as they are."""
    return (san_francisco(read_record(SF_CALLS, read_mapping(ROOT / "docs" / "examples" / "san-francisco-calls.toml"))), montgomery(MONTGOMERY))


def roads(folder: Path) -> LiveRoads:
    """San Francisco's streets."""
    build([SF_STREETS], folder / "city", mapping=ROOT / "docs" / "examples" / "san-francisco.toml")
    warm()
    return LiveRoads(City.open(folder / "city"), Calibration.default())


def place(real: Real, calls: Calls, model: Likeness, ground: LiveRoads | None) -> Place:
    """A city's pairs; without roads the straight line, lengthened, stands in for the way by road."""
    def apart(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], at: tuple[float, float]) -> npt.NDArray[np.float64]:
        straight = stand_in_m(far_m(lon, lat, at))
        if ground is None:
            return straight
        by_road = np.asarray(ground.apart_m(lon, lat, at), np.float64)
        return np.where(np.isfinite(by_road), by_road, straight)

    found = pairs(calls, PLAN, model, apart)
    early = calls.day < TRAINING[real.name]
    together = early[found.call] == early[found.side]
    return Place(real, calls, found.of(together & early[found.call]), found.of(together & ~early[found.call]), int(calls.day[-1]) + 1)


def fitted(model: Likeness, places: list[Place]) -> Likeness:
    """The model fitted on all training days, each city counting as much as the other, with the threshold that serves both best."""
    measures = np.concatenate([one.train.measures for one in places])
    same = np.concatenate([one.train.same for one in places])
    share = np.concatenate([np.full(len(one.train.same), len(same) / len(places) / len(one.train.same)) for one in places])
    made = fit(model, measures, same, share)
    threshold = best_threshold([(scored(one.calls, one.train, made), one.repeats(training=True)) for one in places])
    told = "; ".join(f"{one.real.name}: the first {TRAINING[one.real.name]} of {one.days} days, {len(one.train.same)} pairs of which "
                     f"{int(one.train.same.sum())} the same" for one in places)
    return msgspec.structs.replace(made, propose=threshold, fitted_on=f"{told}; repeat callers injected by bench/likeness_calls.py, seed {SEED}")


def written(model: Likeness, text: str) -> str:
    """The file's text with these weights in it, its tables untouched."""
    def block(name: str, values: object) -> str:
        assert isinstance(values, msgspec.Struct)
        return f"[{name}]\n" + "".join(f"{field} = {getattr(values, field)}\n" for field in values.__struct_fields__) + "\n"

    text = re.sub(r"\[weights\]\n.*?(?=\[centre\])", block("weights", model.weights), text, flags=re.S)
    text = re.sub(r"\[centre\]\n.*?(?=\n*# Kinds)", block("centre", model.centre).rstrip("\n"), text, flags=re.S)
    for name, value in (("fitted_on", f'"{model.fitted_on}"'), ("base", model.base), ("propose", model.propose)):
        text = re.sub(rf"(?m)^{name} = .*$", f"{name} = {value}", text)
    return text


def main() -> None:
    """Fit anew and write."""
    if not present():
        print("the records are not on this machine; nothing is fitted")
        return
    model = read_likeness(LIKENESS)
    sf, county = records()
    with tempfile.TemporaryDirectory() as folder:
        ground = roads(Path(folder))
        places = [place(sf, injected(sf, SEED), model, ground), place(county, injected(county, SEED), model, None)]
    made = fitted(model, places)
    LIKENESS.write_text(written(made, LIKENESS.read_text(encoding="utf-8")), encoding="utf-8")
    print(made.fitted_on, made.base, made.weights, made.centre, made.propose, sep="\n")


if __name__ == "__main__":
    main()
