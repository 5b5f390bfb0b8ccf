"""From a door to the floor on a real house: contacts, one desk each, early warning, answers that are followed, and a call between two houses."""

from pathlib import Path
from threading import Barrier, Thread

import msgspec
import pytest

from tests.floor import CHIEF, DESK, INTAKE, StillClock, asker, corner, on_duty, small_city, small_house
from tocsin.city.calibration import Calibration
from tocsin.city.live import LiveRoads
from tocsin.facts.calls import CallHandedOver, Place
from tocsin.facts.dispatch import CandidatesOffered, UnitsAlerted
from tocsin.house import Asker, House
from tocsin.kernel import Refused
from tocsin.rooms.calls.commands import (
    AnswerContact,
    AnswerQuestion,
    ArriveContact,
    EndContact,
    FindCentre,
    HandOverCall,
    ReadAnswers,
    ReadContact,
    ReadHandover,
    TakeCall,
)
from tocsin.rooms.calls.model import Centre, Intake, Neighbours
from tocsin.rooms.calls.views import AnsweringRow, Belonging, CallAnswers, ContactOpened, ContactRow, Handover
from tocsin.rooms.dispatch.commands import AddNote, AssignUnit, ChangePriority, ReadStory
from tocsin.rooms.dispatch.model import recompute
from tocsin.rooms.dispatch.views import IncidentRow, Story

GATEWAY = asker("switchboard", "device")
OTHER = asker("desk 2", "call_taker")
CIRCLE = Place(lon=24.91, lat=60.16, accuracy_m=350.0, source="network")


def arrives(house: House, line: str = "119", **more: object) -> str:
    receipt = house.do(msgspec.structs.replace(ArriveContact(line=line, place=CIRCLE), **more), GATEWAY)
    return receipt.subject.removeprefix("contact:")


def answers(house: House, call: str, *given: tuple[str, str], tree: str = "fire") -> None:
    for question, answer in given:
        house.do(AnswerQuestion(call=call, tree=tree, question=question, answer=answer), DESK)


def incident(house: House, number: str) -> IncidentRow:
    row = house.rows("incident")[number]
    assert isinstance(row, IncidentRow)
    return row


def takes(house: House, kind: str = "fire", **more: object) -> str:
    receipt = house.do(msgspec.structs.replace(TakeCall(place=corner(1, 0), kind=kind), **more), DESK)
    return receipt.subject.removeprefix("call:")


def refused(house: House) -> list[str]:
    """The codes of the reactions that were refused."""
    return [line["code"] for _, entry in house.ledger.read() if entry.kind == "access.reaction-refused" for line in [msgspec.msgpack.decode(entry.body)]]


def test_a_contact_waits_is_answered_once_and_becomes_a_call(tmp_path: Path) -> None:
    clock = StillClock()
    with small_house(tmp_path, clock) as house:
        contact = arrives(house, number="13900000000", words="kitchen")
        assert contact == "260304-0001"
        clock.pass_s(7)
        house.do(AnswerContact(contact=contact), OTHER)
        with pytest.raises(Refused, match="contact_answered"):
            house.do(AnswerContact(contact=contact), DESK)
        row = house.rows("contact")[contact]
        assert isinstance(row, ContactRow)
        assert (row.state, row.by, row.answered_at - row.arrived_at) == ("answered", "desk 2", 7_000_000)
        opened = house.see(ReadContact(contact=contact), OTHER)
        assert isinstance(opened, ContactOpened)
        assert (opened.number, opened.words) == ("13900000000", "kitchen")
        shown = [kept.entry.by for kept in house.history(f"contact:{contact}") if kept.entry.kind == "access.record-shown"]
        assert shown == ["desk 2"]
        call = takes(house, contact=contact)
        assert not house.rows("contact")
        assert incident(house, call).kind == "fire"
        answering = house.rows("answering")["119"]
        assert isinstance(answering, AnsweringRow)
        assert (answering.of, answering.within, answering.p90_s) == (1, 1, 7)
        assert b"13900000000" not in b"".join(entry.body for _, entry in house.ledger.read())


def test_of_many_desks_that_answer_at_once_one_has_the_contact(tmp_path: Path) -> None:
    with small_house(tmp_path) as house:
        contact, together, said = arrives(house), Barrier(8), list[str]()

        def answer(desk: Asker) -> None:
            together.wait()
            try:
                house.do(AnswerContact(contact=contact), desk)
                said.append("answered")
            except Refused as no:
                said.append(no.code)

        desks = [Thread(target=answer, args=(asker(f"desk {n}", "call_taker"),)) for n in range(8)]
        for desk in desks:
            desk.start()
        for desk in desks:
            desk.join()
        assert sorted(said) == ["answered", *["contact_answered"] * 7]


def test_a_queue_outlives_a_restart(tmp_path: Path) -> None:
    with small_house(tmp_path) as house:
        silent, waiting = arrives(house), arrives(house, "120")
        house.do(AnswerContact(contact=silent), DESK)
        house.do(EndContact(contact=silent, how="silent", call_back_due=True), DESK)
        before = house.rows("contact"), house.rows("answering")
    with small_house(tmp_path) as again:
        assert (again.rows("contact"), again.rows("answering")) == before
        assert [row.id for row in again.rows("contact").values()] == [silent, waiting]
        assert arrives(again) == "260304-0003"


def test_units_are_warned_at_the_first_certain_answer_and_stay_available(tmp_path: Path) -> None:
    with small_house(tmp_path) as house:
        for unit, kind, column in (("E1", "engine", 0), ("E2", "engine", 1), ("E3", "engine", 4), ("T1", "truck", 2), ("M1", "medic", 3)):
            on_duty(house, unit, kind, corner(column, 0))
        call = takes(house, "fire", priority=2)
        assert incident(house, call).alerted == ()
        answers(house, call, ("what", "building"))
        row = incident(house, call)
        assert (row.priority, row.units) == (1, ())
        warned = row.alerted
        assert {"E1", "E2", "E3", "T1"} <= set(warned), "what priority 1 needs, since the answer made it that before units were warned"
        assert {unit.state for unit in house.look("units")} == {"available"}
        alerts = [kept.fact for kept in house.history(f"incident:{call}") if isinstance(kept.fact, UnitsAlerted)]
        offers = [kept.fact for kept in house.history(f"offers:{call}") if isinstance(kept.fact, CandidatesOffered)]
        assert [alert.units for alert in alerts] == [offers[0].chosen]
        assert recompute(LiveRoads(small_city(), Calibration.default()), offers[0]) == [], "the warning's ranking can be computed again"
        answers(house, call, ("inside", "trapped"))
        assert refused(house) == ["alert_same"]
        house.do(AssignUnit(incident=call, unit="E1", shift="2026-03-04D"), DESK)
        assert incident(house, call).alerted == tuple(unit for unit in warned if unit != "E1")
        answers(house, call, ("inside", "leaving"))
        assert refused(house) == ["alert_same", "units_sent"]
        story = house.see(ReadStory(incident=call), DESK)
        assert isinstance(story, Story)
        said = [line.says.en for line in story.lines]
        assert "Is anybody still inside? Yes, and they cannot get out." in said
        assert f"Pre-alert to {', '.join(warned)}: not sent yet." in said


def test_answers_change_kind_and_priority_and_a_correction_takes_both_back(tmp_path: Path) -> None:
    with small_house(tmp_path) as house:
        call = takes(house)
        answers(house, call, ("what", "outside"))
        row = incident(house, call)
        assert (row.kind, row.priority, [need.skill for need in row.needs]) == ("outside_fire", 2, ["fire"])
        answers(house, call, ("what", "building"))
        row = incident(house, call)
        assert (row.kind, row.priority) == ("fire", 1)
        assert refused(house) == ["nobody_to_alert"], "nobody is on duty: the refusal is kept, the call goes on"
        house.do(ChangePriority(incident=call, priority=3, reason="the caller is sure"), DESK)
        answers(house, call, ("inside", "trapped"))
        assert incident(house, call).priority == 3, "the answers said nothing new, so the desk's word stands"
        shown = house.see(ReadAnswers(call=call), DESK)
        assert isinstance(shown, CallAnswers)
        assert shown.protocol == "fire@example-2026.1"
        assert [(one.question, one.answer) for one in shown.answers] == [("what", "building"), ("inside", "trapped")]


def test_a_call_is_handed_to_a_second_house_with_its_whole_story(tmp_path: Path) -> None:
    near = Neighbours(en="Town", zh="本市", centres={"north": Centre("North", "北部", "direct line 7", box=(24.0, 60.3, 26.0, 61.0))})
    there = Place(lon=25.0, lat=60.5, text="Lake Road 4", accuracy_m=30.0, source="map")
    with (small_house(tmp_path / "town", intake=Intake(INTAKE.lines, near, INTAKE.trees)) as town, small_house(tmp_path / "north") as north):
        belongs = town.see(FindCentre(lon=there.lon, lat=there.lat), DESK)
        assert belongs == Belonging(ours=False, centre="north", says=near.centres["north"].says, contact="direct line 7")
        call = takes(town, "crash", place=there, number="13900000000", caller="a passer-by", notes="two cars", line="110")
        answers(town, call, ("hurt", "badly"), tree="crash")
        town.do(AddNote(incident=call, note="one lane is free"), DESK)
        with pytest.raises(Refused, match="call_not_handed_over"):
            town.see(ReadHandover(call=call), DESK)
        town.do(HandOverCall(call=call, reason="outside our area"), DESK)
        assert call not in town.rows("incident")
        closed = [kept.entry for kept in town.history(f"incident:{call}") if kept.entry.kind == "dispatch.incident-closed"]
        assert [entry.by for entry in closed] == ["room:dispatch"]
        document = town.see(ReadHandover(call=call), DESK)
        assert isinstance(document, Handover)
        shown = [kept.entry.by for kept in town.history(f"call:{call}") if kept.entry.kind == "access.record-shown"]
        assert shown == ["desk 1"]

        body = msgspec.json.decode(msgspec.json.encode(document), type=ArriveContact)  # the document is the other door's body, as it stands
        contact = north.do(body, GATEWAY).subject.removeprefix("contact:")
        row = north.rows("contact")[contact]
        assert isinstance(row, ContactRow)
        assert (row.channel, row.from_centre, row.their_number) == ("centre", "Town", call)
        north.do(AnswerContact(contact=contact), OTHER)
        opened = north.see(ReadContact(contact=contact), OTHER)
        assert isinstance(opened, ContactOpened)
        story = opened.story
        assert story is not None
        assert story == document.story
        assert (opened.number, story.caller, story.notes, story.remarks) == ("13900000000", "a passer-by", "two cars", ("one lane is free",))
        assert (story.place, story.kind, story.priority, story.line, story.reason) == (there, "crash", 1, "110", "outside our area")
        assert [(one.asked.en, one.answered.zh) for one in story.answers] == [("Is anybody hurt?", "有，伤得重：不动、叫不应或大量出血")]
        taken = takes(north, "crash", contact=contact, place=there)
        assert incident(north, taken).place == there
        assert b"13900000000" not in b"".join(entry.body for _, entry in north.ledger.read())


def test_a_call_with_units_on_it_stays_open_when_it_is_handed_over(tmp_path: Path) -> None:
    with small_house(tmp_path) as house:
        on_duty(house, "E1", "engine", corner(0, 0))
        call = takes(house)
        house.do(AssignUnit(incident=call, unit="E1", shift="2026-03-04D"), DESK)
        house.do(HandOverCall(call=call, to="neighbour"), CHIEF)
        assert incident(house, call).units == ("E1",)
        assert refused(house) == ["units_still_on"]
        assert any(isinstance(kept.fact, CallHandedOver) for kept in house.history(f"call:{call}"))
