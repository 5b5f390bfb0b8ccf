"""Replications are kept and gone on with; figures have intervals; a validation passes or says by how much it does not."""

from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import pytest

from tests.floor import PLAN, TABLE, small_city
from tests.shared import needs_data
from tests.sim import san_francisco
from tests.sim.scenarios.worlds import day_of_calls
from tocsin.city.calibration import Calibration
from tocsin.kernel import Refused
from tocsin.sim.scenarios.asked import DAY
from tocsin.sim.scenarios.figures import Figure, figures, half_width, lines
from tocsin.sim.scenarios.outcome import CallFigures, Outcome, observed
from tocsin.sim.scenarios.preparing import Ground
from tocsin.sim.scenarios.running import replications
from tocsin.sim.scenarios.scenario import DispatchPart, Scenario
from tocsin.sim.scenarios.validate import compared, halves, passes


def ground(folder: Path, count: int) -> Ground:
    record = day_of_calls(folder)
    return Ground(Scenario(format=1, name="a few calls", days=0.05, replications=count, dispatch=DispatchPart(by="record")), small_city(), Calibration.default(), PLAN,
                  TABLE, record)


def test_a_run_that_was_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    one, stopped, told = ground(tmp_path, 3), Event(), list[int]()

    def stop_at_the_second(number: int, part: float) -> None:
        told.append(number)
        if number == 1:
            stopped.set()

    first = replications(one, tmp_path / "out", stopped, stop_at_the_second)
    assert len(first) == 1
    told.clear()
    whole = replications(one, tmp_path / "out", Event(), lambda number, part: told.append(number))
    assert len(whole) == 3
    assert told.count(0) == 1, "the first was not played again"
    assert told.count(1) > 1
    assert whole[0] == first[0]
    assert len({outcome.digest for outcome in whole}) == 3
    assert replications(one, None, Event(), lambda number, part: None) == whole, "kept or not, the same is played"
    other = Ground(msgspec.structs.replace(one.scenario, seed=2), one.city, one.timing, one.plan, one.table, one.record)
    assert replications(other, tmp_path / "out", Event(), lambda number, part: None) != whole, "what was kept of another scenario is not taken for this one's"


def test_figures_are_means_with_students_interval() -> None:
    def outcome(there_s: float) -> Outcome:
        return Outcome(begin=0, end=DAY, calls=[CallFigures(n * 1_000_000, "medical", 2, 30.0, there_s + n) for n in range(100)])

    found = figures([outcome(500.0), outcome(560.0)], small_zone(), {"2": 600})
    assert found["mean_s/all"].value == pytest.approx(579.5)
    assert found["mean_s/all"].half == pytest.approx(half_width([549.5, 609.5]))
    assert found["in_time/priority 2"].value == pytest.approx((1.0 + 0.41) / 2)
    assert found["p90_s/all"].value == pytest.approx((589.1 + 649.1) / 2)
    assert any("priority 2" in line for line in lines(found))


def small_zone() -> ZoneInfo:
    return ZoneInfo("Europe/Helsinki")


def test_an_interval_holds_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    held = sum(abs(np.mean(drawn)) <= half_width(list(drawn)) for drawn in rng.standard_normal((2000, 5)))
    assert held / 2000 == pytest.approx(0.95, abs=0.015)


def test_one_replication_has_intervals_by_batch_means() -> None:
    rng = np.random.default_rng(2)
    calls = [CallFigures(int(at), "medical", 2, 30.0, 400.0 + float(rng.exponential(200))) for at in np.sort(rng.integers(0, DAY, 600))]
    found = figures([Outcome(begin=0, end=DAY, calls=calls)], small_zone(), {})
    half = found["mean_s/all"].half
    assert half is not None
    assert abs(found["mean_s/all"].value - 600) <= half


def test_the_gate_is_three_percent_and_a_point_and_a_half() -> None:
    seen = {"p90_s/all": Figure(value=1000.0), "in_time/all": Figure(value=0.80)}
    near = {"p90_s/all": Figure(value=1029.0), "in_time/all": Figure(value=0.786)}
    assert passes(*compared(seen, near))
    assert not passes(*compared(seen, near | {"p90_s/all": Figure(value=1031.0)}))
    assert not passes(*compared(seen, near | {"in_time/all": Figure(value=0.784)}))
    with pytest.raises(Refused) as no:
        compared(seen, {})
    assert no.value.code == "too_few_arrivals"


def test_a_record_of_less_than_eight_days_cannot_be_halved(tmp_path: Path) -> None:
    with pytest.raises(Refused) as no:
        halves(day_of_calls(tmp_path), small_zone())
    assert no.value.code == "record_too_short"


@needs_data(*san_francisco.PARTS)
@pytest.mark.timeout(200)
def test_two_hours_of_san_francisco_by_events() -> None:
    record, scenario = san_francisco.record(), san_francisco.week(days=3 / 24, warm_up_h=1.0, replications=1)
    one = Ground(scenario, san_francisco.city(), Calibration.default(), PLAN, TABLE, record)
    played = replications(one, None, Event(), lambda number, part: None)[0]
    seen = observed(record, one.duties, one.count_from, one.end)
    assert [(call.at, call.kind, call.priority) for call in played.calls] == [(call.at, call.kind, call.priority) for call in seen.calls]
    assert len(played.calls) > 20
    assert played.refused == {}
    assert sum(unit.sent for unit in played.units.values()) == sum(unit.sent for unit in seen.units.values()) - played.dropped
    assert {kind for kind, unit in played.units.items() if unit.sent} == {kind for kind, unit in seen.units.items() if unit.sent}
    simulated, happened = (np.median([call.there_s for call in outcome.calls if call.there_s >= 0]) for outcome in (played, seen))
    assert simulated == pytest.approx(happened, rel=0.35), "uncalibrated and of two hours: the same world, not the same minutes"
