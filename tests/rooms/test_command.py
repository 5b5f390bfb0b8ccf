"""The command room's rules: boards of major incidents, tasks of partners, hospitals' words; each refusal by its code."""

from functools import partial

import pytest

from tests.floor import COMMAND, corner
from tests.rooms.story import NOW, kept, when
from tocsin.facts.command import (
    CapacityReported,
    DiversionBegun,
    DiversionEnded,
    IncidentGathered,
    IncidentReleased,
    LevelChanged,
    LogNoted,
    MajorDeclared,
    MajorEnded,
    ObjectiveDropped,
    ObjectiveMet,
    ObjectiveSet,
    PatientsSent,
    ResourcePlaced,
    RoleGiven,
    RoleTakenBack,
    SectorEnded,
    SectorMade,
    TaskAccepted,
    TaskDeclined,
    TaskDone,
    TaskGiven,
    TaskNoted,
    TaskWithdrawn,
)
from tocsin.facts.dispatch import IncidentClosed, IncidentOpened
from tocsin.facts.fleet import ShiftEnded, ShiftStarted
from tocsin.kernel import Command, Fact, Sealed
from tocsin.rooms.command.commands import (
    AcceptTask,
    BeginDiversion,
    ChangeLevel,
    DeclareMajor,
    DeclineTask,
    DropObjective,
    EndDiversion,
    EndMajor,
    EndSector,
    FinishTask,
    ForAgency,
    GatherIncident,
    GiveRole,
    GiveTask,
    MakeSector,
    MeetObjective,
    NoteLog,
    NoteTask,
    PlaceResource,
    ReleaseIncident,
    ReportCapacity,
    SendPatients,
    SetObjective,
    TakeRoleBack,
    WithdrawTask,
)
from tocsin.rooms.command.model import State, decider, evolve, faults, with_hospitals
from tocsin.rooms.command.model.table import CommandPlan, CommandTable, Facility
from tocsin.rooms.command.views import MajorRow, Majors, Tasks

WATER, POWER = "Sample water works", "Sample power grid"
DAY = "2026-03-04D"
TABLE = with_hospitals(COMMAND, [("Town Hospital", 24.98, 60.17)])
command = partial(when, state=State, evolve=evolve, decide=decider(TABLE))

HERE = corner(1, 1)
opened = IncidentOpened(incident="31", place=HERE, kind="fire", priority=1, needs=(), plan="p", called_at=NOW)
closed = IncidentClosed(incident="31", disposition="resolved")
declared = MajorDeclared(major="M1", name="Harbour fire", place=HERE, level="second", plan="", table=COMMAND.version)
gathered = IncidentGathered(major="M1", incident="31")
ended = MajorEnded(major="M1")
on_shift = ShiftStarted(unit="E7", shift=DAY, unit_kind="engine", skills=("fire",), station="7", home=HERE, crew=4, month="2026-03")
sector = SectorMade(major="M1", sector="s1", name="North")
objective = ObjectiveSet(major="M1", objective="o1", text="Evacuate the quay")
role = RoleGiven(major="M1", role="commander", holder="desk 1")
task = TaskGiven(task="T1", agency=WATER, incident="31", text=Sealed("task:T1", "Shut the main"), place=HERE)
accepted = TaskAccepted(task="T1", agency=WATER, incident="31")
diverted = DiversionBegun(diversion="D1", facility="town-hospital", name="Town Hospital", reason="CT down")
sent = PatientsSent(facility="town-hospital", name="Town Hospital", counts={"major": 2}, incident="31")


def declare(**more: object) -> DeclareMajor:
    return DeclareMajor(major="M1", name="Harbour fire", level="second", incident="31", **more)  # type: ignore[arg-type]  # one test's own fields


def placed(where: str) -> ResourcePlaced:
    return ResourcePlaced(major="M1", unit="E7", shift=DAY, sector=where)


def place(where: str) -> PlaceResource:
    return PlaceResource(major="M1", unit="E7", shift=DAY, sector=where)


def of(agency: str | None, said: Command) -> ForAgency:
    """What the house makes of a command that a partner of this agency gives; None: the floor."""
    return ForAgency(said=said, agency=agency)


@pytest.mark.parametrize(("given", "asked", "facts"), [
    ([opened], declare(), (declared, gathered)),
    ([], DeclareMajor(major="M1", name="Harbour fire", level="second", place=HERE), (declared,)),
    ([opened, declared], GatherIncident(major="M1", incident="31"), (gathered,)),
    ([opened, declared, gathered], ReleaseIncident(major="M1", incident="31"), (IncidentReleased(major="M1", incident="31"),)),
    ([declared], ChangeLevel(major="M1", level="third", reason="wind"), (LevelChanged(major="M1", level="third", was="second", reason="wind"),)),
    ([declared], GiveRole(major="M1", role="commander", holder="desk 1"), (role,)),
    ([declared, role], GiveRole(major="M1", role="commander", holder="C1"),
     (RoleTakenBack(major="M1", role="commander", holder="desk 1"), RoleGiven(major="M1", role="commander", holder="C1"))),
    ([declared, role], TakeRoleBack(major="M1", role="commander"), (RoleTakenBack(major="M1", role="commander", holder="desk 1"),)),
    ([declared], MakeSector(major="M1", name="North"), (sector,)),
    ([declared, sector, SectorEnded(major="M1", sector="s1")], MakeSector(major="M1", name="North"), (SectorMade(major="M1", sector="s2", name="North"),)),
    ([declared, sector], EndSector(major="M1", sector="s1"), (SectorEnded(major="M1", sector="s1"),)),
    ([declared], SetObjective(major="M1", text="Evacuate the quay"), (objective,)),
    ([declared, objective], MeetObjective(major="M1", objective="o1"), (ObjectiveMet(major="M1", objective="o1"),)),
    ([declared, objective], DropObjective(major="M1", objective="o1"), (ObjectiveDropped(major="M1", objective="o1"),)),
    ([on_shift, declared], place("staging"), (placed("staging"),)),
    ([on_shift, declared, sector, placed("staging")], place("s1"), (placed("s1"),)),
    ([on_shift, declared, placed("staging")], place(""), (placed(""),)),
    ([declared], NoteLog(major="M1", entry="Wind turns"), (LogNoted(major="M1", entry=Sealed("log:M1", "Wind turns")),)),
    ([opened, declared, gathered], EndMajor(major="M1"), (IncidentReleased(major="M1", incident="31"), ended)),
    ([opened], GiveTask(task="T1", agency=WATER, incident="31", text="Shut the main"), (task,)),
    ([task], of(WATER, AcceptTask(task="T1")), (accepted,)),
    ([task], of(None, AcceptTask(task="T1")), (accepted,)),
    ([task, accepted], of(WATER, FinishTask(task="T1")), (TaskDone(task="T1", agency=WATER, incident="31"),)),
    ([task, accepted], of(WATER, DeclineTask(task="T1", reason="no crew")),
     (TaskDeclined(task="T1", agency=WATER, incident="31", reason=Sealed("task:T1", "no crew")),)),
    ([task], of(WATER, NoteTask(task="T1", note="On the way")), (TaskNoted(task="T1", agency=WATER, incident="31", note=Sealed("task:T1", "On the way")),)),
    ([task], WithdrawTask(task="T1"), (TaskWithdrawn(task="T1", agency=WATER, incident="31"),)),
    ([diverted], of("Town Hospital", EndDiversion(diversion="D1")), (DiversionEnded(diversion="D1", facility="town-hospital"),)),
    ([], of("Town Hospital", BeginDiversion(facility="town-hospital", diversion="D1", reason="CT down")), (diverted,)),
    ([opened], SendPatients(facility="town-hospital", counts={"major": 2}, incident="31"), (sent,)),
    ([opened, sent], SendPatients(facility="town-hospital", counts={"major": -1}, incident="31"),
     (PatientsSent(facility="town-hospital", name="Town Hospital", counts={"major": -1}, incident="31"),)),
])
def test_what_follows(given: list[Fact], asked: Command, facts: tuple[Fact, ...]) -> None:
    assert command(given, asked) == facts


@pytest.mark.parametrize(("given", "asked", "code"), [
    ([opened, declared], declare(), "major_exists"),
    ([], declare(), "incident_unknown"),
    ([opened, closed], declare(), "incident_closed"),
    ([opened, IncidentGathered(major="M0", incident="31")], declare(), "incident_gathered"),
    ([], DeclareMajor(major="M1", name="x", level="second"), "major_without_place"),
    ([], DeclareMajor(major="M1", name="x", level="ninth", place=HERE), "level_unknown"),
    ([], DeclareMajor(major="M1", name="x", level="second", plan="picnic", place=HERE), "plan_unknown"),
    ([opened], GatherIncident(major="M1", incident="31"), "major_unknown"),
    ([opened, declared, ended], GatherIncident(major="M1", incident="31"), "major_ended"),
    ([opened, declared, gathered], GatherIncident(major="M1", incident="31"), "incident_gathered"),
    ([opened, declared], ReleaseIncident(major="M1", incident="31"), "incident_not_under_it"),
    ([declared], ChangeLevel(major="M1", level="second"), "level_same"),
    ([declared], GiveRole(major="M1", role="king", holder="desk 1"), "role_unknown"),
    ([declared, role], GiveRole(major="M1", role="commander", holder="desk 1"), "role_same"),
    ([declared], TakeRoleBack(major="M1", role="commander"), "role_vacant"),
    ([declared, sector], MakeSector(major="M1", name="North"), "sector_exists"),
    ([declared], MakeSector(major="M1", name="North", shape=((0.0, 0.0), (1.0, 1.0))), "shape_too_small"),
    ([declared], EndSector(major="M1", sector="s1"), "sector_unknown"),
    ([on_shift, declared, sector, placed("s1")], EndSector(major="M1", sector="s1"), "units_in_sector"),
    ([declared], MeetObjective(major="M1", objective="o1"), "objective_unknown"),
    ([declared, objective, ObjectiveMet(major="M1", objective="o1")], DropObjective(major="M1", objective="o1"), "objective_over"),
    ([declared], place("staging"), "unit_not_on_shift"),
    ([on_shift, ShiftEnded(unit="E7", shift=DAY, month="2026-03"), declared], place("staging"), "unit_not_on_shift"),
    ([on_shift, declared], place("s1"), "sector_unknown"),
    ([on_shift, declared], place(""), "resource_not_placed"),
    ([on_shift, declared, placed("staging")], place("staging"), "resource_same"),
    ([declared, ended], NoteLog(major="M1", entry="late"), "major_ended"),
    ([declared, ended], EndMajor(major="M1"), "major_ended"),
    ([opened], GiveTask(task="T1", agency="Unknown Ltd", incident="31", text="x"), "agency_unknown"),
    ([], GiveTask(task="T1", agency=WATER, text="x"), "task_without_cause"),
    ([opened, closed], GiveTask(task="T1", agency=WATER, incident="31", text="x"), "incident_closed"),
    ([opened, task], GiveTask(task="T1", agency=WATER, incident="31", text="x"), "task_exists"),
    ([task], of(POWER, AcceptTask(task="T1")), "task_unknown"),
    ([task], of(POWER, DeclineTask(task="T1", reason="x")), "task_unknown"),
    ([task, accepted], of(POWER, FinishTask(task="T1")), "task_unknown"),
    ([task], of(POWER, NoteTask(task="T1", note="x")), "task_unknown"),
    ([task], of("", NoteTask(task="T1", note="x")), "task_unknown"),
    ([], of(WATER, AcceptTask(task="T1")), "task_unknown"),
    ([task, accepted], of(WATER, AcceptTask(task="T1")), "task_accepted"),
    ([task], of(WATER, FinishTask(task="T1")), "task_not_accepted"),
    ([task, TaskWithdrawn(task="T1", agency=WATER)], of(WATER, AcceptTask(task="T1")), "task_over"),
    ([], of(WATER, ReportCapacity(facility="town-hospital", places={"major": 1}, day="d")), "facility_unknown"),
    ([], of("", ReportCapacity(facility="town-hospital", places={"major": 1}, day="d")), "facility_unknown"),
    ([], of(None, ReportCapacity(facility="nowhere", places={"major": 1}, day="d")), "facility_unknown"),
    ([], of(None, ReportCapacity(facility="town-hospital", places={"vip": 1}, day="d")), "category_unknown"),
    ([diverted], of(WATER, EndDiversion(diversion="D1")), "diversion_unknown"),
    ([diverted, DiversionEnded(diversion="D1", facility="town-hospital")], of(None, EndDiversion(diversion="D1")), "diversion_unknown"),
    ([diverted], of(None, BeginDiversion(facility="town-hospital", diversion="D1", reason="x")), "diversion_exists"),
    ([], SendPatients(facility="town-hospital", counts={"major": 1}), "patients_from_nowhere"),
    ([opened], SendPatients(facility="town-hospital", counts={"major": 0}, incident="31"), "nobody_sent"),
    ([opened, sent], SendPatients(facility="town-hospital", counts={"major": -3}, incident="31"), "count_below_zero"),
])
def test_what_is_refused(given: list[Fact], asked: Command, code: str) -> None:
    assert command(given, asked) == code


def test_a_plan_sets_its_objectives_in_both_languages() -> None:
    facts = command([opened], declare(plan="flood"))
    assert not isinstance(facts, str)
    assert [(one.objective, one.text, one.text_zh) for one in facts if isinstance(one, ObjectiveSet)] == [
        (f"o{n}", words.en, words.zh) for n, words in enumerate(COMMAND.plans["flood"].objectives, 1)]


def test_a_report_replaces_the_one_before_and_stands_under_its_day() -> None:
    said = command([], ReportCapacity(facility="town-hospital", places={"major": 4}))
    assert said == (CapacityReported(facility="town-hospital", name="Town Hospital", places={"major": 4}, day="2026-03-04"),)
    assert said[0].tags() == ("facility:town-hospital@2026-03-04",)


def test_who_asks_for_an_agency_is_the_houses_to_say_and_never_the_requests() -> None:
    assert not {"agency", "bound"} & {field for asked in (AcceptTask, FinishTask, NoteTask, ReportCapacity, EndDiversion) for field in asked.__struct_fields__}


def test_the_sample_table_is_sound_and_faults_are_named() -> None:
    assert faults(COMMAND) == []
    broken = CommandTable(plans={"x": CommandPlan("x", "x", roles=("nobody",))}, facilities={"h": Facility(name="h", lon=200.0, lat=0.0, categories=("vip",))})
    assert faults(broken) == ["plan x: there is no role nobody", "facility h: 200.0, 0.0 is no place", "facility h: there is no category vip"]


def test_hospitals_keep_their_codes_whatever_else_is_built() -> None:
    one = with_hospitals(COMMAND, [("St. Mary's", 1.0, 2.0), ("", 3.0, 4.0)])
    more = with_hospitals(COMMAND, [("Another", 0.5, 2.0), ("St. Mary's", 1.0001, 2.0), ("市医院", 5.0, 5.0)])
    assert set(one.facilities) == {"st-mary-s", "at-3.000-4.000"}
    assert set(more.facilities) == {"another", "st-mary-s", "市医院"}
    assert one.facilities["st-mary-s"].agency == "St. Mary's"


def test_a_unit_stands_on_one_board_and_leaves_it_with_its_shift() -> None:
    majors = Majors()
    other = MajorDeclared(major="M2", name="Flood", place=HERE, level="second", plan="", table="t")
    facts: list[Fact] = [declared, other, sector, placed("s1"), ResourcePlaced(major="M2", unit="E7", shift=DAY, sector="staging"),
                         ShiftEnded(unit="E7", shift="older", month="2026-03")]
    changed = [majors.fold(kept(n, fact)) for n, fact in enumerate(facts, 1)]
    assert changed == [("M1",), ("M2",), ("M1",), ("M1",), ("M2", "M1"), ()]
    on = {number: [one.unit for one in row.board.resources] for number, row in majors.rows.items() if isinstance(row, MajorRow)}
    assert on == {"M1": [], "M2": ["E7"]}
    assert majors.fold(kept(7, ShiftEnded(unit="E7", shift=DAY, month="2026-03"))) == ("M2",)
    assert majors.fold(kept(8, ended)) == ("M1",)
    assert set(majors.rows) == {"M2"}


def test_a_task_stays_on_the_board_until_it_and_what_it_served_are_over() -> None:
    tasks = Tasks()
    assert [tasks.fold(kept(n, fact)) for n, fact in enumerate((task, accepted, closed), 1)] == [("T1",)] * 3
    assert set(tasks.rows) == {"T1"}, "the water main is still being mended"
    assert tasks.fold(kept(4, TaskDone(task="T1", agency=WATER, incident="31"))) == ("T1",)
    assert tasks.rows == {}
