"""A command in a whole house: what the board shows after a restart, who was shown the log, and what two desks cannot both do."""

from pathlib import Path

import pytest

from tests.floor import CHIEF, DESK, StillClock, asker, corner, on_duty, small_house
from tocsin.house import House
from tocsin.kernel import Refused
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.command.commands import (
    BeginDiversion,
    DeclareMajor,
    EndMajor,
    GatherIncident,
    GiveRole,
    GiveTask,
    MakeSector,
    NoteLog,
    PlaceResource,
    ReadMajor,
    ReportCapacity,
    SendPatients,
)
from tocsin.rooms.command.views import Board, MajorRow
from tocsin.rooms.dispatch.commands import CloseIncident, ReadStory
from tocsin.rooms.dispatch.views import Story
from tocsin.rooms.fleet.commands import EndShift

PICTURES = ("major", "facility", "task")


def taken(house: House) -> str:
    return house.do(TakeCall(place=corner(1, 1), kind="fire"), DESK).subject.removeprefix("call:")


def commanded(house: House) -> tuple[str, str]:
    """A major incident with something of everything; its number and that of its incident."""
    incident = taken(house)
    shift = on_duty(house, "E7", "engine", corner(0, 0))
    major = house.do(DeclareMajor(name="Harbour fire", level="second", plan="fire", incident=incident), DESK).subject.removeprefix("major:")
    for command in (GiveRole(major=major, role="commander", holder="C1"), PlaceResource(major=major, unit="E7", shift=shift, sector="staging"),
                    MakeSector(major=major, name="North", shape=((24.9, 60.1), (24.91, 60.1), (24.91, 60.11))), NoteLog(major=major, entry="Wind turns"),
                    ReportCapacity(facility="town-hospital", places={"major": 3}), BeginDiversion(facility="town-hospital", reason="CT down", categories=("minor",)),
                    SendPatients(facility="town-hospital", counts={"major": 1}, major=major), GiveTask(agency="Sample water works", text="Shut it", major=major)):
        house.do(command, DESK)
    return major, incident


def test_the_pictures_are_the_same_from_a_snapshot_and_from_the_ledger(tmp_path: Path) -> None:
    clock = StillClock()
    with small_house(tmp_path, clock) as house:
        commanded(house)
        before = {name: house.rows(name) for name in PICTURES}
        assert all(before.values())
    with small_house(tmp_path, clock) as house:
        assert {name: house.rows(name) for name in PICTURES} == before, "from the snapshot"
    for path in (tmp_path / "ledger" / "cache").iterdir():
        path.unlink()
    with small_house(tmp_path, clock) as house:
        assert {name: house.rows(name) for name in PICTURES} == before, "folded anew"


def test_the_log_is_sealed_its_reading_is_kept_and_an_ended_board_can_be_read(tmp_path: Path) -> None:
    with small_house(tmp_path) as house:
        major, incident = commanded(house)
        with pytest.raises(Refused) as no:
            house.do(GatherIncident(major=major, incident=incident), CHIEF)
        assert no.value.code == "incident_gathered"
        house.do(EndMajor(major=major), DESK)
        assert house.rows("major") == {}
        auditor = asker("auditor 1", "auditor")
        board = house.see(ReadMajor(major=major), auditor)
        assert isinstance(board, Board)
        assert board.board.ended
        assert "Wind turns" in [line.says.en for line in board.lines]
        assert [line.says.zh for line in board.lines][-1] == "指挥解除。"
        shown = house.history(f"log:{major}")
        assert [(kept.entry.kind, kept.entry.by) for kept in shown] == [("access.record-shown", "auditor 1")]
        story = house.see(ReadStory(incident=incident), DESK)
        assert isinstance(story, Story)
        assert [line.fact for line in story.lines if line.fact.startswith("command.")] == ["command.incident-gathered", "command.incident-released"]
    assert b"Wind turns" not in (tmp_path / "ledger" / "ledger.sqlite").read_bytes()


def test_a_unit_that_goes_off_duty_leaves_the_board_and_a_closed_incident_may_stay(tmp_path: Path) -> None:
    with small_house(tmp_path) as house:
        major, incident = commanded(house)
        house.do(EndShift(unit="E7", shift="2026-03-04D"), CHIEF)
        house.do(CloseIncident(incident=incident, disposition="resolved"), DESK)
        row = house.rows("major")[major]
        assert isinstance(row, MajorRow)
        assert (row.board.resources, row.board.incidents) == ((), (incident,))
