"""The floor in arrays sends the unit that the house sends, at the same instant and with the same forecast, on real days and on drawn ones."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.floor import MORNING, PLAN, TABLE, small_city
from tests.shared import needs_data
from tests.sim import san_francisco
from tests.sim.scenarios.worlds import ROADS, Played, place, sendings
from tocsin.city.calibration import Calibration
from tocsin.house import build as build_house
from tocsin.kernel import Refused
from tocsin.rooms.dispatch.model.ranking import MOST_RANKED
from tocsin.sim.clock import SECOND, StepClock
from tocsin.sim.scenarios.arrays import ArrayFloor
from tocsin.sim.scenarios.asked import Asked
from tocsin.sim.scenarios.duties import Duty
from tocsin.sim.scenarios.floors import HouseFloor
from tocsin.sim.scenarios.outcome import Outcome, decided
from tocsin.sim.scenarios.play import Broken, Play, Shut
from tocsin.sim.scenarios.preparing import Ground
from tocsin.sim.scenarios.rest import Rest
from tocsin.sim.scenarios.scenario import Closing, DispatchPart, Failing, Scenario
from tocsin.sim.scenarios.simulate import Simulation
from tocsin.sim.scenarios.works import TableWorks, Work
from tocsin.sim.travel import Streets

HOUR = 3600 * SECOND


def bare(outcome: Outcome) -> Outcome:
    """An outcome without what only a ledger has."""
    return msgspec.structs.replace(outcome, facts=0, digest="")


def both(folder: Path, ground: Ground) -> tuple[Simulation, Simulation]:
    """A ground's first replication on the house and in arrays."""
    play, streets = ground.play(0), Streets(ground.roads, ground.timing)
    clock = StepClock(play.begin - SECOND)
    with build_house(folder, ground.city, ground.timing, ground.plan, ground.table, clock) as house:
        on_house = Simulation(HouseFloor(house), clock, streets, play)
        assert on_house.run() is not None
        sent = [(entry.happened_at, fact["unit"], fact["shift"], fact["eta_s"]) for _, entry in house.ledger.read(0) if entry.kind == "dispatch.unit-assigned"
                for fact in [msgspec.msgpack.decode(entry.body)]]
    assert sent == [(one.at, one.unit, one.shift, one.eta_s) for one in on_house.decisions], "what is compared is what was kept"
    clock = StepClock(play.begin - SECOND)
    in_arrays = Simulation(ArrayFloor(clock, ground.roads, ground.plan, ground.table), clock, streets, play)
    assert in_arrays.run() is not None
    return on_house, in_arrays


def held_equal(on_house: Simulation, in_arrays: Simulation) -> None:
    assert on_house.outcome.refused == {}
    for mine, other in zip(in_arrays.decisions, on_house.decisions, strict=False):
        assert mine == other
    assert len(in_arrays.decisions) == len(on_house.decisions)
    assert bare(in_arrays.outcome) == bare(on_house.outcome)
    assert in_arrays.outcome.decisions == decided(on_house.decisions) != ""


def san_franciscos(**changes: object) -> Ground:
    scenario: Scenario = san_francisco.week(replications=1, **changes)
    return Ground(scenario, san_francisco.city(), Calibration.default(), PLAN, TABLE, san_francisco.record())


@needs_data(*san_francisco.PARTS)
@pytest.mark.timeout(500)
def test_a_real_day_of_san_francisco_is_decided_alike(tmp_path: Path) -> None:
    on_house, in_arrays = both(tmp_path, san_franciscos(days=27 / 24))
    held_equal(on_house, in_arrays)
    assert len(on_house.decisions) > 700
    assert len({one.unit for one in on_house.decisions}) > 80


@needs_data(*san_francisco.PARTS)
@pytest.mark.timeout(500)
def test_by_the_plan_with_cover_weighed_a_street_shut_and_a_unit_broken_too(tmp_path: Path) -> None:
    ground = san_franciscos(days=6 / 24, warm_up_h=1.0, dispatch=DispatchPart(by="plan"), closures=(Closing(from_h=1, to_h=4, street="MARKET ST"),),
                            failures=(Failing(unit="E01", from_h=1, to_h=3),))
    assert any(ground.plan.cover.weight.values())
    on_house, in_arrays = both(tmp_path, ground)
    held_equal(on_house, in_arrays)
    assert len(on_house.decisions) > 80


class Fickle(TableWorks):
    """Works of which three in ten are called off before or after they have set out."""

    def together(self, kind: str, priority: int, unit_kinds: Sequence[str], rng: np.random.Generator) -> list[Work]:
        return [Work(False, free_s=float(rng.uniform(0, 500))) if rng.random() < 0.3 else work for work in super().together(kind, priority, unit_kinds, rng)]


@st.composite
def plays(draw: st.DrawFn) -> Play:
    """A short busy time in the drawn town: units of two kinds, relieved on the way, broken at times, streets shut, too few for what is asked."""
    rng = np.random.default_rng(draw(st.integers(0, 1 << 30)))
    by_record = draw(st.booleans())
    on = [Duty(f"{kind[0]}{n}", kind, f"Post {n % 2}", place(int(rng.integers(6)), int(rng.integers(6))), MORNING + begin, MORNING + end, shift)
          for kind in ("medic", "engine") for n in range(draw(st.integers(1, 3)))
          for begin, end, shift in [(0, int(rng.integers(1, 60)) * 60 * SECOND, "early")] for begin, end, shift in [(begin, end, shift), (end, 6 * HOUR, "late")]]
    calls = sorted((Asked(MORNING + round(float(rng.uniform(0, 5400))) * SECOND, place(int(rng.integers(6)), int(rng.integers(6))),
                          str(rng.choice(["medical", "outside_fire"])), int(rng.integers(1, 5)), sendings(*rng.choice(["medic", "engine"], rng.integers(1, 4))))
                    for _ in range(draw(st.integers(1, 12)))), key=lambda call: call.at)
    shut = [Shut(tuple(int(one) for one in np.unique(rng.choice(small_city().network.segment, 5))), MORNING + 600 * SECOND, MORNING + 3000 * SECOND)]
    broken = [Broken("m0", MORNING + int(rng.integers(3000)) * SECOND, MORNING + 4000 * SECOND)]
    rests = [Rest(duty.unit, duty.shift, duty.on + 600 * SECOND, duty.off, 900.0) for duty in on if draw(st.booleans())]
    return Play(calls=calls, duties=on, rests=rests, works=Fickle(), begin=MORNING, count_from=MORNING, until=MORNING + 6 * HOUR, by_record=by_record,
                shut=shut if draw(st.booleans()) else (), broken=broken if draw(st.booleans()) else (), hospitals=[(place(5, 0).lon, place(5, 0).lat)])


@given(plays())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@pytest.mark.timeout(300)
def test_whatever_is_asked_of_a_few_units(tmp_path_factory: pytest.TempPathFactory, play: Play) -> None:
    played = Played(tmp_path_factory.mktemp("house"), play)
    clock = StepClock(play.begin - SECOND)
    mine = Simulation(ArrayFloor(clock, ROADS, PLAN, TABLE), clock, Streets(ROADS, Calibration.default()), play)
    assert mine.run() is not None
    assert mine.decisions == played.decisions
    assert bare(mine.outcome) == bare(played.outcome)
    assert played.outcome.refused == {}


def test_more_units_than_an_offer_ranks_are_left_to_the_house() -> None:
    floor = ArrayFloor(StepClock(MORNING), ROADS, PLAN, TABLE)
    duty = Duty("M", "medic", "", place(0, 0), MORNING, MORNING + HOUR, "day")
    for number in range(MOST_RANKED):
        floor.come_on(replace(duty, unit=f"M{number}"))
    with pytest.raises(Refused) as no:
        floor.come_on(duty)
    assert no.value.code == "fleet_too_large"
