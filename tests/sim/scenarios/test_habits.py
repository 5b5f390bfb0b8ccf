"""What a record teaches of its crews is drawn again as it was: ratios by prediction, works of one call together, waiting places."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.floor import small_city
from tests.sim.record import read, row
from tests.sim.scenarios.worlds import day_of_calls, place
from tocsin.city.calibration import Calibration
from tocsin.city.live import LiveRoads
from tocsin.city.record import Run
from tocsin.kernel import Refused
from tocsin.sim.clock import SECOND
from tocsin.sim.scenarios.duties import from_record, posts
from tocsin.sim.scenarios.habits import Habits, Ratios, alike
from tocsin.sim.scenarios.waiting import drives, roving
from tocsin.sim.scenarios.works import PastWorks, work_of
from tocsin.sim.travel import Streets


def run(**times: int | None) -> Run:
    known = {"dispatch_at": 0, "response_at": None, "on_scene_at": None, "transport_at": None, "hospital_at": None, "available_at": None} | times
    return Run(unit="M1", unit_kind="medic", station="", sequence=1, **{name: None if at is None else at * SECOND for name, at in known.items()})


def test_ratios_are_those_of_about_the_same_prediction() -> None:
    predicted = np.repeat([60.0, 600.0], 200)
    took = predicted * np.concatenate([np.linspace(0.5, 2.5, 200), np.linspace(0.9, 1.1, 200)])
    ratios = Ratios(predicted, took)
    drawn = {usual: [ratios.at(usual, share) for share in np.linspace(0, 0.999, 300)] for usual in (60.0, 600.0)}
    assert (min(drawn[60.0]), max(drawn[60.0])) == (pytest.approx(0.5, abs=0.02), pytest.approx(2.5, abs=0.05))
    assert (min(drawn[600.0]), max(drawn[600.0])) == (pytest.approx(0.9, abs=0.02), pytest.approx(1.1, abs=0.02))
    assert np.median(drawn[60.0]) == pytest.approx(1.5, abs=0.02)
    assert Ratios(np.array([]), np.array([])).at(100.0, 0.5) == 1.0


@pytest.mark.parametrize("planted", [0.0, 0.3, 0.7])
def test_how_much_drives_to_one_call_go_together_is_found_again(planted: float) -> None:
    rng, calls = np.random.default_rng(2), 1500
    shared = rng.standard_normal(calls)
    scores = np.concatenate([np.sqrt(planted) * shared + np.sqrt(1 - planted) * rng.standard_normal(calls) for _ in range(2)])
    predicted = rng.uniform(60, 600, 2 * calls)
    took = predicted * np.exp(0.4 * scores)
    ratios = Ratios(predicted, took)
    found = alike(np.tile(np.arange(calls), 2), np.array([ratios.score(usual, seconds) for usual, seconds in zip(predicted, took, strict=True)]))
    assert found == pytest.approx(planted, abs=0.08)


times = st.lists(st.one_of(st.none(), st.integers(0, 5_000)), min_size=4, max_size=4)


@given(times, st.integers(0, 6_000))
@settings(max_examples=200)
def test_a_work_lasts_as_long_as_its_run_did(steps: list[int | None], end: int) -> None:
    """However wrong the order of its buttons: what it adds up to ends when the unit was free, or when it was there where that came later."""
    _, scene, left, hospital = steps
    work = work_of(run(on_scene_at=scene, transport_at=left, hospital_at=hospital, available_at=end))
    assert work is not None
    if scene is None:
        assert (work.arrives, work.free_s) == (False, end)
        return
    assert min(work.scene_s, work.hospital_s) >= 0
    assert scene + work.scene_s + max(0.0, work.transport_s) + work.hospital_s == pytest.approx(max(end, scene))
    assert (work.transport_s >= 0) == (left is not None)


def test_a_run_without_its_ends_is_no_work() -> None:
    assert work_of(run(dispatch_at=None, available_at=10)) is None
    assert work_of(run(available_at=None)) is None
    assert work_of(run(dispatch_at=20, available_at=10)) is None


def test_the_units_of_a_call_are_drawn_from_one_past_call(tmp_path: Path) -> None:
    """Twenty calls of two engines, of which the one named first is called off whenever the other takes long."""
    rows = []
    for n in range(20):
        long = n % 2
        at, sent = f"{n:02d}:00:00", f"{n:02d}:01:00"
        rows.append(row(n, "E1", at, sent, "", "" if long else f"{n:02d}:05:00", "", "", f"{n:02d}:{'03' if long else '09'}:00", kind="Fire"))
        rows.append(row(n, "E2", at, sent, "", f"{n:02d}:04:00", "", "", f"{n:02d}:{'50' if long else '10'}:00", kind="Fire", seq=2))
    works = PastWorks(read(tmp_path, *rows).calls)
    rng = np.random.default_rng(3)
    seen = set()
    for _ in range(60):
        first, second = works.together("outside_fire", 2, ["engine", "engine"], rng)
        seen.add((first.arrives, first.scene_s, second.arrives))
        assert works.delay_s("outside_fire", 2, ["engine", "engine"], rng) == 60.0
    assert seen == {(True, 46 * 60.0, False), (True, 6 * 60.0, True)}, "the first to be there is the first that is sent"


def test_what_was_never_seen_is_drawn_from_what_is_nearest_to_it(tmp_path: Path) -> None:
    works = PastWorks(day_of_calls(tmp_path).calls)
    drawn = works.together("hazard", 1, ["engine", "medic", "truck"], np.random.default_rng(4))
    assert len(drawn) == 3
    assert all(work.arrives for work in drawn)


def test_too_few_calls_teach_nothing(tmp_path: Path) -> None:
    with pytest.raises(Refused) as no:
        Habits(day_of_calls(tmp_path, 40), small_city(), Calibration.default())
    assert no.value.code == "record_too_short"


def test_waiting_places_are_the_greedy_medians() -> None:
    west, east, between = (0.0, 0.0), (0.1, 0.0), (0.05, 0.0)
    assert posts([west] * 5 + [east] * 4, [between, east, west]) == [2, 1, 0]
    assert posts([], [between, east]) == [0, 1]


def test_units_wait_at_their_station_and_others_are_spread(tmp_path: Path) -> None:
    record = day_of_calls(tmp_path)
    duties = from_record(record, record)
    homes = {duty.unit: (duty.home.lon, duty.home.lat) for duty in duties}
    assert homes["E1"] == (place(0, 0).lon, place(0, 0).lat)
    assert homes["E2"] == (place(5, 5).lon, place(5, 5).lat)
    assert homes["M1"] != homes["M2"]
    for unit in homes:
        mine = sorted((duty.on, duty.off) for duty in duties if duty.unit == unit)
        assert all(on < off for on, off in mine)
        assert all(before[1] <= after[0] for before, after in pairwise(mine))


def test_units_without_a_station_are_held_beside_where_a_play_would_have_sent_them(tmp_path: Path) -> None:
    """The usual seconds are those of the soonest medic on duty and free, each way looked up by itself."""
    record, city, timing = day_of_calls(tmp_path), small_city(), Calibration.default()
    assert roving(record) == {"medic"}
    on = from_record(record, record)
    usual, took = drives(record, on, city, timing, roving(record))["medic", True]
    medics = [(call, run) for call in record.calls for run in call.runs if run.unit_kind == "medic"]
    assert sorted(took) == sorted(((run.on_scene_at or 0) - (run.response_at or 0)) / SECOND for _, run in medics)
    streets = Streets(LiveRoads(city, timing), timing)
    access_s = timing.accessed_s("medic", "", False)
    for (call, run), mine in list(zip(medics, usual, strict=True))[:12]:
        at = run.dispatch_at or 0
        busy = {other.unit for _, other in medics if (other.dispatch_at or 0) < at < (other.available_at or 0)}
        homes = [(duty.home.lon, duty.home.lat) for duty in on if duty.unit_kind == "medic" and duty.on <= at < duty.off and duty.unit not in busy]
        assert homes
        assert mine == pytest.approx(min(streets.way(home, (call.lon or 0.0, call.lat or 0.0), at, lights=True)[1] for home in homes) + access_s, abs=1.5)


def test_roving_units_drive_as_their_record_did(tmp_path: Path) -> None:
    record = day_of_calls(tmp_path)
    habits, rng = Habits(record, small_city(), Calibration.default()), np.random.default_rng(6)
    usual, observed = drives(record, from_record(record, record), small_city(), Calibration.default(), roving(record))["medic", True]
    drawn = [habits.drive_s("medic", float(rng.choice(usual)), rng, priority=2, on_road=False, shared=float(rng.standard_normal())) for _ in range(800)]
    assert np.median(drawn) == pytest.approx(np.median(observed), rel=0.15)
    assert {habits.turnout_s("medic", 999.0, rng, priority=2, on_road=True) for _ in range(20)} == {60.0}, "a past turnout as it was"
