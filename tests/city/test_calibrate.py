"""A calibration finds planted speeds again, judges itself on days it did not see, and refuses a record that cannot teach it."""

from dataclasses import dataclass, replace
from functools import cache

import msgspec
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.city.planted import (
    ACCESS_S,
    FACTOR,
    MOBILISE_S,
    MOVING_S,
    ROAD_ACCESS_S,
    SECOND,
    START_US,
    Town,
    hourly,
    past,
    past_call,
    town,
)
from tests.shared import DATA, ROOT, needs_data
from tocsin.city.arrays import lay
from tocsin.city.calibrate import calibrate, tell
from tocsin.city.calibrate.calibrating import prepare
from tocsin.city.calibrate.held_out import folds, predict_unseen
from tocsin.city.calibrate.judging import noise, wrong_order
from tocsin.city.calibrate.runs import pick
from tocsin.city.calibrate.ways import Ground
from tocsin.city.calibration import Calibration
from tocsin.city.faults import CityFault, Odd
from tocsin.city.files import read_files
from tocsin.city.mapping import read_mapping as read_streets
from tocsin.city.record import Record, Run, Station, read_record
from tocsin.city.record_mapping import read_mapping
from tocsin.engines.roads import order

NOISE_SD = 0.15


@dataclass(frozen=True)
class Shut(Town):
    """The town with the last share of its arcs closed to everybody."""

    share: float = 0.0

    def usable(self, profile: str) -> npt.NDArray[np.bool_]:
        arcs = len(self.network.tail)
        return np.arange(arcs) < arcs * (1.0 - self.share)


@cache
def made_town() -> Town:
    return town()


@cache
def made_past() -> Record:
    return past(made_town(), 900, NOISE_SD, seed=1)


@cache
def fitted() -> Calibration:
    return calibrate(made_town(), made_past())


@pytest.mark.parametrize("road_class", ["primary", "residential"])
def test_planted_speeds_are_found_again(road_class: str) -> None:
    found = fitted().factor[road_class] * np.mean(fitted().hour_factor)
    planted = FACTOR[road_class] * np.mean([hourly(START_US + hour * 3600 * SECOND) for hour in range(24)])
    assert found == pytest.approx(planted, rel=0.1)


def test_planted_offsets_and_hours_are_found_again() -> None:
    calibration = fitted()
    assert calibration.accessed_s("engine", "1", on_road=False) == pytest.approx(ACCESS_S, abs=12)
    assert calibration.road_access_s == pytest.approx(ROAD_ACCESS_S, abs=12)
    assert calibration.mobilised_s("engine", "2", 30, on_road=False) == pytest.approx(MOBILISE_S, rel=0.1)
    assert calibration.moving_s == pytest.approx(MOVING_S, abs=2)
    slow, quick = (np.mean(calibration.hour_factor[hour::24]) for hour in (6, 18))
    assert slow / quick == pytest.approx(hourly(START_US + 6 * 3600 * SECOND) ** 2, rel=0.12)


def test_unseen_days_are_predicted_as_well_as_the_noise_allows_and_the_interval_covers() -> None:
    figures = fitted().figures
    assert figures["calibrated"]["median_ape"] < 0.6745 * NOISE_SD * 1.2
    assert figures["calibrated"]["median_ape"] < figures["table"]["median_ape"]
    assert figures["calibrated"]["median_ape"] < figures["straight"]["median_ape"]
    assert 0.86 <= figures["coverage_drive"] <= 0.94
    assert 0.86 <= figures["coverage_eta"] <= 0.94
    assert figures["responses"] == fitted().fitted_on[0].runs
    assert figures["days"] == 14


def test_what_is_predicted_for_a_day_does_not_depend_on_what_happened_on_it() -> None:
    ground = Ground.of(made_town())
    known, _ = prepare(ground, made_past())
    part = known.days()[::7]
    mine = known.settled.of_days(part)
    other = replace(known.settled.runs, drive_s=np.where(mine, 9.0, 1.0) * known.settled.runs.drive_s,
                    turnout_s=np.where(mine, 5.0, 1.0) * known.settled.runs.turnout_s)
    turnouts = replace(known.turnouts, turnout_s=np.where(np.isin(known.turnouts.day, part), 5.0, 1.0) * known.turnouts.turnout_s)
    changed = replace(known, settled=replace(known.settled, runs=other), turnouts=turnouts)
    before, after = (predict_unseen(ground, one, [part]) for one in (known, changed))
    for name in ("drive_s", "eta_s", "drive_low_s", "drive_high_s", "eta_low_s", "eta_high_s", "straight_s"):
        assert np.array_equal(getattr(before, name)[mine], getattr(after, name)[mine]), name
        assert np.isnan(getattr(before, name)[~mine]).all(), name


def test_the_report_says_what_was_fitted_left_out_and_how_wrong_it_is() -> None:
    lines = tell(fitted())
    runs, figures = fitted().fitted_on[0].runs, fitted().figures
    assert lines[0] == f"A made town, 2020-01-01 to 2020-01-14: {runs:,} runs from quarters on 14 days."
    line = next(line for line in lines if line.startswith("  calibrated"))
    assert f"{100 * figures['calibrated']['median_ape']:.1f} %" in line
    assert any("The 90 % interval held" in line for line in lines)
    assert tell(Calibration.default()) == ["The documented default; no record has been read."]


@given(some.lists(some.integers(1, 1000), unique=True, min_size=1), some.integers(1, 9))
def test_every_day_is_left_out_exactly_once(days: list[int], count: int) -> None:
    parts = folds(np.array(sorted(days)), count)
    assert sorted(day for part in parts for day in part.tolist()) == sorted(days)


def test_a_record_with_too_few_runs_is_refused_with_the_reason() -> None:
    with pytest.raises(CityFault) as fault:
        calibrate(made_town(), msgspec.structs.replace(made_past(), calls=made_past().calls[:100]))
    assert fault.value.code == "calibrate.too_few"
    assert "at least 200 on 4 days" in fault.value.sentence
    assert "\n" not in fault.value.sentence


def _one(*, dispatch: int = 0, turnout: int = 60, drive: int = 200, station: str = "1", lon: float | None = 0.02,
         transport: int | None = None) -> tuple[str, Record]:
    scene = None if drive < 0 else START_US + (dispatch + turnout + drive) * SECOND
    run = Run(unit="E1", unit_kind="engine", station=station, sequence=1, dispatch_at=START_US + dispatch * SECOND,
              response_at=START_US + (dispatch + turnout) * SECOND, on_scene_at=scene, transport_at=transport, hospital_at=None,
              available_at=None)
    record = Record(name="", attribution="", zone="UTC", source="", sha256="", rows=1, odd=Odd(),
                    calls=(past_call("1", START_US, (lon, 0.01), run),), stations={"1": Station(name="1", lon=0.0, lat=0.0, address="")})
    return next(iter(pick(record).left_out), ""), record


@pytest.mark.parametrize(("change", "rule"), [
    ({}, ""), ({"drive": -1}, "a time is missing"), ({"turnout": -5}, "times out of order"), ({"lon": None}, "no place"),
    ({"station": ""}, "start not known"), ({"drive": 19}, "drive under 20 s or over 30 min"),
    ({"drive": 1801}, "drive under 20 s or over 30 min"), ({"turnout": 19}, "turnout under 20 s or over 5 min"),
    ({"turnout": 301}, "turnout under 20 s or over 5 min"), ({"drive": 60}, "faster than 108 km/h as the crow flies")])
def test_each_rule_of_cleaning_leaves_its_runs_out_and_counts_them(change: dict[str, int], rule: str) -> None:
    found, record = _one(**change)
    assert found == rule
    assert len(pick(record).settled) == (0 if rule else 1)


@pytest.mark.parametrize(("free_s", "settled", "rolling"), [(119, 1, 1), (121, 1, 0), (1199, 1, 0), (1200, 2, 0)])
def test_a_unit_starts_from_its_last_call_or_its_quarters_by_how_long_it_was_free(free_s: int, settled: int, rolling: int) -> None:
    first, second = _one()[1].calls[0], _one(dispatch=260 + free_s)[1].calls[0]
    record = msgspec.structs.replace(_one()[1], calls=(first, msgspec.structs.replace(second, call="2", lon=0.021)))
    picked = pick(record)
    assert (len(picked.settled), len(picked.rolling)) == (settled, rolling)
    if rolling:
        assert picked.rolling.from_lon.tolist() == [first.lon]


def test_the_models_own_error_is_told_from_the_records_noise() -> None:
    chance = np.random.default_rng(5)
    known, _ = prepare(Ground.of(made_town()), made_past())
    route = np.repeat(np.arange(300), 3)[: len(known.settled.runs)]
    runs = replace(known.settled.runs.take(np.arange(len(route))), station=route * 0, lon=route * 0.001, lat=route * 0.0)
    predicted_s = np.full(len(route), 200.0)
    observed_s = predicted_s * np.exp(chance.normal(0, 0.1, 300)[route] + chance.normal(0, 0.3, len(route)))
    figures = noise(predicted_s, observed_s, runs)
    assert figures["model_sd"] == pytest.approx(0.1, abs=0.03)
    assert figures["noise_sd"] == pytest.approx(0.3, abs=0.03)


def test_order_is_judged_only_where_the_record_can_tell() -> None:
    predicted_s, observed_s = np.array([10.0, 20.0, 30.0]), np.array([100.0, 50.0, 120.0])
    pairs = (np.array([0, 0, 1]), np.array([1, 2, 2]))
    assert wrong_order(predicted_s, observed_s, pairs, 0.0, 0.0)[:2] == (3, 1 / 3)
    assert wrong_order(predicted_s, observed_s, pairs, 0.0, 60.0)[:2] == (1, 0.0)


@settings(max_examples=10)
@given(some.integers(0, 167), some.floats(0, 1))
def test_an_arc_takes_its_class_and_hour_and_longer_without_siren(hour: int, share: float) -> None:
    shut = Shut(*(getattr(made_town(), name) for name in ("network", "topology", "speed_kph")), share=share)
    with_siren, without = (fitted().drive_s(shut, profile, hour) for profile in ("emergency", "ordinary"))
    open_arcs = shut.usable("emergency")
    assert with_siren.dtype == np.float32
    assert np.isinf(with_siren[~open_arcs]).all()
    assert np.allclose(without[open_arcs], with_siren[open_arcs] * fitted().ordinary_factor)
    assert np.allclose(with_siren[open_arcs], (fitted().free_s(shut) * fitted().hour_factor[hour])[open_arcs])


@needs_data("roads", "san_francisco", "sf_edges.csv.gz")
@needs_data("calls", "sf_fire_calls_2020-04-07_2020-04-20.csv.gz")
def test_san_franciscos_fortnight_is_predicted_on_unseen_days() -> None:
    examples = ROOT / "docs" / "examples"
    rules = msgspec.structs.replace(read_streets(examples / "san-francisco.toml"), addresses=None, areas=(), places=())
    ground = lay(read_files([DATA / "roads" / "san_francisco"], rules, lambda _: None)[0])
    city = Town(ground.network, order(ground.network, seed=1), ground.speed_kph)
    calls = DATA / "calls" / "sf_fire_calls_2020-04-07_2020-04-20.csv.gz"
    figures = calibrate(city, read_record(calls, read_mapping(examples / "san-francisco-calls.toml"))).figures
    assert figures["responses"] > 1300
    assert figures["days"] == 14
    assert figures["calibrated"]["median_ape"] < 0.22
    assert figures["calibrated"]["median_ape"] < 0.7 * figures["straight"]["median_ape"] < 0.7 * figures["table"]["median_ape"]
    assert 0.87 <= figures["coverage_all"] <= 0.93
