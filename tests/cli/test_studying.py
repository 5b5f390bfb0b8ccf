"""Studies beside a floor, in real processes: asked, killed, gone on with and kept; stopped ones end; what was promised is held beside what came."""

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.floor import TABLE, StillClock, asker, corner, small_city
from tests.sim.scenarios.worlds import ONE_UNIT
from tocsin.city.calibration import Calibration
from tocsin.cli.studying import Studies
from tocsin.facts.planning import UnitMore
from tocsin.house import House
from tocsin.house import build as build_house
from tocsin.house.studying import FOLDER, folder_of
from tocsin.kernel import Refused
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AssignUnit
from tocsin.rooms.fleet.commands import ReportState, StartShift
from tocsin.rooms.planning.commands import (
    AdoptPlan,
    AskStudy,
    ProposeAdoption,
    ReadChoices,
    ReadHappened,
    ReadStudies,
    ReadStudy,
    StopStudy,
)
from tocsin.rooms.planning.model import PlanningTable
from tocsin.rooms.planning.views import ChoicesView, HappenedView, StudiesView, StudyView
from tocsin.sim.studies.answering import answer
from tocsin.sim.studies.order import read_order
from tocsin.sim.studies.playing import mark, play_pair
from tocsin.sim.studies.question import grounds

PLANNER, CHIEF, DESK = asker("planner 1", "planner"), asker("chief 1", "supervisor"), asker("desk 1", "call_taker", "dispatcher", "responder")
TOWN = PlanningTable(processes=1, least_promise=3)
PLAN = msgspec.structs.replace(ONE_UNIT, areas={})
SHIFT = "2026-03-04D"


class Floor:
    """A house with two ambulances in its west, and a planner's words for it."""

    def __init__(self, data: Path) -> None:
        self.data, self.clock = data, StillClock()
        self.house: House = build_house(data, small_city(), Calibration.default(), PLAN, TABLE, self.clock, planning_table=TOWN)
        for unit in ("M1", "M2"):
            self.house.do(StartShift(unit=unit, shift=SHIFT, unit_kind="medic", station="West", home=corner(0, 2), crew=2), CHIEF)

    def studies(self) -> Studies:
        return Studies(self.house, self.data, PLAN, TABLE, TOWN)

    def ask(self, replications: int = 2) -> str:
        there = corner(5, 2)
        more = UnitMore(unit_kind="medic", lon=there.lon, lat=there.lat, station="East")
        return self.house.do(AskStudy(changes=(more,), days=1, replications=replications, demand="generated"), PLANNER).subject.removeprefix("study:")

    def study(self, study: str) -> StudyView:
        view = self.house.see(ReadStudy(study=study), PLANNER)
        assert isinstance(view, StudyView)
        return view

    def until(self, studies: Studies, study: str, *ends: str) -> StudyView:
        for _ in range(2_400):
            studies.step()
            if self.study(study).state in ends:
                return self.study(study)
            time.sleep(0.1)
        raise AssertionError(f"{study} is {self.study(study).state}")


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    made = Floor(tmp_path)
    yield made
    made.house.close()


@pytest.mark.timeout(600)
def test_a_killed_study_goes_on_where_it_was_and_answers_the_same(floor: Floor, tmp_path: Path) -> None:
    study, first = floor.ask(3), floor.studies()
    folder = folder_of(tmp_path, study)
    for _ in range(2_400):
        first.step()
        if (folder / "pair-0000.json").exists():
            break
        time.sleep(0.1)
    first.stop()
    assert floor.study(study).state == "running", "nobody answered it"
    kept = (folder / "pair-0000.json").stat().st_mtime_ns
    order, record = read_order(folder)
    again = floor.studies()
    again.step()
    assert (folder / "pair-0000.json").stat().st_mtime_ns == kept
    view = floor.until(again, study, "answered", "failed")
    assert view.state == "answered", view.failed
    assert view.progress == 1.0
    two = grounds(order, record)
    plainly = answer(order, two, [play_pair(two, number, mark(two), lambda part: None) for number in range(3)])
    assert view.answer == plainly, "cut off or not, the same comes of it"
    again.step()
    assert not (tmp_path / FOLDER).exists(), "nothing is left lying about"
    lines = floor.house.see(ReadStudies(), PLANNER)
    assert isinstance(lines, StudiesView)
    assert lines.rows[0].first_line == plainly.first_line
    entry = next(entry for _, entry in floor.house.ledger.read(0) if entry.kind == "planning.study-answered")
    assert (entry.by, entry.purpose) == ("planning", "planning")
    with pytest.raises(Refused) as no:
        floor.house.do(StopStudy(study=study), PLANNER)
    assert no.value.code == "study_not_waiting"
    promised_beside_happened(floor, study)


def promised_beside_happened(floor: Floor, study: str) -> None:
    """Adopted by a second person; then calls come, and the two are held side by side."""
    with pytest.raises(Refused) as no:
        floor.house.see(ReadHappened(study=study), PLANNER)
    assert no.value.code == "plan_not_adopted"
    floor.house.do(ProposeAdoption(study=study, because="the east waits"), PLANNER)
    with pytest.raises(Refused) as no:
        floor.house.do(AdoptPlan(study=study), PLANNER)
    assert no.value.code == "own_proposal"
    floor.house.do(AdoptPlan(study=study), CHIEF)
    assert [step.what for step in floor.study(study).trail] == ["asked", "answered", "proposed", "adopted"]
    assert happened(floor, study).early
    for day in range(3):
        for number in range(2):
            floor.clock.pass_s(40_000)
            incident = floor.house.do(TakeCall(place=corner(1, 2), kind="medical", priority=2), DESK).subject.removeprefix("call:")
            floor.house.do(AssignUnit(incident=incident, unit="M1", shift=SHIFT, override="by hand"), DESK)
            floor.clock.pass_s(300 + 600 * (number == 1))
            for state in ("en_route", "at_scene", "available"):
                floor.house.do(ReportState(unit="M1", shift=SHIFT, state=state), DESK)
        floor.clock.pass_s(6_400 - 1_200 + day)
    floor.clock.pass_s(86_400)
    view = happened(floor, study)
    assert not view.early
    assert view.happened is not None
    assert view.calls == view.happened.calls
    assert 0 < view.happened.late.value < 1
    assert view.promised.late.low <= view.promised.late.value <= view.promised.late.high
    assert "promised" in view.says.en


def happened(floor: Floor, study: str) -> HappenedView:
    view = floor.house.see(ReadHappened(study=study), PLANNER)
    assert isinstance(view, HappenedView)
    return view


@pytest.mark.timeout(300)
def test_a_stopped_study_ends_its_process_and_the_next_one_has_its_turn(floor: Floor, tmp_path: Path) -> None:
    one, other, studies = floor.ask(), floor.ask(), floor.studies()
    studies.step()
    process = studies._process
    assert process is not None
    floor.house.do(StopStudy(study=one), PLANNER)
    studies.step()
    assert process.poll() is not None
    assert studies._study == other
    assert studies._tries == 1, "each study has tries of its own"
    assert floor.study(one).state == "stopped"
    studies.stop()
    assert studies._process is None


@pytest.mark.timeout(300)
def test_a_study_that_breaks_off_twice_fails_with_words(floor: Floor, tmp_path: Path) -> None:
    study, studies = floor.ask(), floor.studies()
    studies.step()
    (folder_of(tmp_path, study) / "order.msgpack").write_bytes(b"damaged")
    studies.stop()
    view = floor.until(floor.studies(), study, "failed")
    assert view.failed is not None
    assert view.failed.code == "study_broken"


def test_what_may_be_asked_is_told_with_how_near_simulations_come(floor: Floor) -> None:
    view = floor.house.see(ReadChoices(), PLANNER)
    assert isinstance(view, ChoicesView)
    assert [(one.name, one.units) for one in view.stations] == [("West", ("M1", "M2"))]
    assert (view.validated, view.record.enough, view.suggested.demand) == ("unknown", False, "generated")
    with pytest.raises(Refused) as no:
        floor.house.do(AskStudy(changes=(UnitMore(unit_kind="medic", lon=24.91, lat=60.16),)), PLANNER)
    assert no.value.code == "record_too_short"
