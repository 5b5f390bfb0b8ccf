"""The call-takers' rules: who waits and who answers, how contacts end, what a call takes with it, and where it may be handed."""

from functools import partial

import pytest

from tests.floor import INTAKE, PLAN, corner
from tests.rooms.story import NOW, kept, when
from tocsin.facts.calls import (
    CallHandedOver,
    CallTaken,
    ContactAnswered,
    ContactArrived,
    ContactCalledBack,
    ContactEnded,
    ContactLocated,
    Place,
    QuestionAnswered,
)
from tocsin.kernel import Command, Fact, Sealed, Words
from tocsin.rooms.calls.commands import (
    AnswerContact,
    AnswerQuestion,
    ArriveContact,
    CallBack,
    EndContact,
    HandOverCall,
    LocateContact,
    TakeCall,
)
from tocsin.rooms.calls.model import (
    Centre,
    Intake,
    Lines,
    Neighbours,
    Rules,
    State,
    Target,
    decider,
    evolve,
    line_faults,
    neighbour_faults,
)
from tocsin.rooms.calls.model.lines import Line
from tocsin.rooms.calls.views import Answering, AnsweringRow, ContactRow, Contacts

KINDS = {code: kind.priority for code, kind in PLAN.kinds.items()}
BOUNDS = (24.8, 60.1, 25.1, 60.3)
NEAR = Neighbours(en="Town", zh="本市", centres={
    "north": Centre("North", "北部", "line 1", box=(24.0, 60.3, 26.0, 61.0)),
    "bay": Centre("Bay", "海湾", "line 2", ring=((25.0, 60.1), (25.1, 60.1), (25.05, 60.2))),
    "land": Centre("Land", "全省", "line 3", rest=True)})
TABLES = Intake(INTAKE.lines, NEAR, INTAKE.trees)
calls = partial(when, state=State, evolve=evolve, decide=decider(Rules(KINDS, TABLES, BOUNDS)))

CIRCLE = Place(lon=24.91, lat=60.16, accuracy_m=400.0, source="network", located_at=NOW - 9_000_000)
RANG = ContactArrived(contact="c1", channel="voice", line="119", place=CIRCLE)
MINE = ContactAnswered(contact="c1", by="desk 1")
SILENT = ContactEnded(contact="c1", how="silent", call_back_due=True)
TAKEN = CallTaken(call="31", channel="voice", place=corner(1, 1), kind="fire", priority=1, protocol="fire@example-2026.1")
FAR = CallTaken(call="31", channel="voice", place=Place(lon=25.0, lat=60.5), kind="fire", priority=1, protocol="fire@example-2026.1")
HANDED = CallHandedOver(call="31", to="north", place=FAR.place)


def answered(question: str, answer: str, *, tree: str = "fire", priority: int = 0, kind: str = "", words: str = "") -> QuestionAnswered:
    """A question of an example tree, answered in its own words."""
    asked, given = INTAKE.trees[tree].questions[question], INTAKE.trees[tree].answer(question, answer)
    assert given is not None
    return QuestionAnswered(call="31", tree=tree, version=INTAKE.trees[tree].version, question=question, answer=answer,
                            asked=Words(asked.en, asked.zh), answered=Words(given.en, given.zh), priority=priority, kind=kind,
                            certain=given.certain, words=Sealed("call:31", words) if words else None)


def ask(question: str, answer: str, tree: str = "fire", words: str = "", version: str = "") -> AnswerQuestion:
    return AnswerQuestion(call="31", tree=tree, question=question, answer=answer, words=words, version=version)


@pytest.mark.parametrize(("given", "command", "then"), [
    ([], ArriveContact(line="119", place=CIRCLE, contact="c1"), (RANG,)),
    ([], ArriveContact(channel="text", line="110", number="1390", words="help", contact="c2"),
     (ContactArrived(contact="c2", channel="text", line="110", number=Sealed("contact:c2", "1390"), words=Sealed("contact:c2", "help")),)),
    ([], ArriveContact(line="a line of no table"), (ContactArrived(contact="260304-contact", channel="voice", line="a line of no table"),)),
    ([RANG], LocateContact(contact="c1", place=corner(1, 1)), (ContactLocated(contact="c1", place=corner(1, 1)),)),
    ([RANG], AnswerContact(contact="c1", by="somebody else"), (MINE,)),
    ([RANG], EndContact(contact="c1", how="abandoned", call_back_due=True), (ContactEnded(contact="c1", how="abandoned", call_back_due=True),)),
    *(([RANG, MINE], EndContact(contact="c1", how=how), (ContactEnded(contact="c1", how=how),))
      for how in ("silent", "wrong_number", "test", "information", "handed_over")),
    ([RANG, MINE], EndContact(contact="c1", how="information", note="asked the way"),
     (ContactEnded(contact="c1", how="information", note=Sealed("contact:c1", "asked the way")),)),
    ([RANG, MINE, SILENT], CallBack(contact="c1", outcome="no_answer"), (ContactCalledBack(contact="c1", outcome="no_answer"),)),
    ([RANG, MINE, SILENT, ContactCalledBack(contact="c1", outcome="no_answer")], CallBack(contact="c1", outcome="reached"),
     (ContactCalledBack(contact="c1", outcome="reached"),)),
    ([], TakeCall(place=corner(1, 1), kind="fire", call="31"), (TAKEN,)),
    ([], TakeCall(place=corner(1, 1), kind="other", priority=2, call="31"),
     (CallTaken(call="31", channel="voice", place=corner(1, 1), kind="other", priority=2),)),
    ([RANG, MINE], TakeCall(place=corner(1, 1), kind="fire", contact="c1", call="31"),
     (CallTaken(call="31", channel="voice", place=corner(1, 1), kind="fire", priority=1, contact="c1", line="119", protocol="fire@example-2026.1"),)),
    ([TAKEN], ask("what", "building"), (answered("what", "building", priority=1),)),
    ([TAKEN, answered("what", "building")], ask("inside", "trapped"), (answered("inside", "trapped"),)),
    ([TAKEN], ask("what", "outside"), (answered("what", "outside", priority=2, kind="outside_fire"),)),
    ([TAKEN, answered("what", "outside")], ask("what", "smoke_only"), (answered("what", "smoke_only", kind="fire"),)),
    ([TAKEN, answered("what", "building"), answered("inside", "trapped")], ask("floor", "said", words="third floor"),
     (answered("floor", "said", words="third floor"),)),
    ([FAR], HandOverCall(call="31"), (HANDED,)),
    ([TAKEN], HandOverCall(call="31", to="bay", reason="on the water"), (CallHandedOver(call="31", to="bay", reason="on the water", place=TAKEN.place),)),
])
def test_what_follows(given: list[Fact], command: Command, then: tuple[Fact, ...]) -> None:
    assert calls(given, command) == then


@pytest.mark.parametrize("command", [EndContact(contact="c1", how="abandoned", machine="desk 1"), LocateContact(contact="c1", place=CIRCLE, machine="desk 1")])
def test_a_machine_ends_and_locates_what_it_let_in_itself(command: Command) -> None:
    machine, desk = frozenset({"device"}), frozenset({"device", "call_taker"})
    assert calls([RANG], command, by="desk 1", roles=machine) != "contact_unknown"  # what is kept in these stories is by desk 1
    assert calls([RANG], command, by="another", roles=machine) == "contact_unknown"
    assert calls([RANG, SILENT], command, by="another", roles=machine) == "contact_unknown", "nor is it told that it is over"
    assert calls([RANG], command, by="another", roles=desk) != "contact_unknown"


@pytest.mark.parametrize(("given", "command", "code"), [
    ([RANG], ArriveContact(contact="c1"), "contact_known"),
    ([], LocateContact(contact="c1", place=CIRCLE), "contact_unknown"),
    ([RANG, MINE, SILENT], LocateContact(contact="c1", place=CIRCLE), "contact_over"),
    ([RANG, MINE], AnswerContact(contact="c1"), "contact_answered"),
    ([RANG, ContactEnded(contact="c1", how="abandoned")], AnswerContact(contact="c1"), "contact_over"),
    ([RANG, MINE], EndContact(contact="c1", how="abandoned"), "contact_not_waiting"),
    ([RANG], EndContact(contact="c1", how="silent"), "contact_not_answered"),
    ([RANG, MINE, SILENT], EndContact(contact="c1", how="test"), "contact_over"),
    ([RANG, MINE], CallBack(contact="c1", outcome="reached"), "no_call_back_due"),
    ([RANG, MINE, SILENT, ContactCalledBack(contact="c1", outcome="given_up")], CallBack(contact="c1", outcome="reached"), "no_call_back_due"),
    ([], CallBack(contact="c1", outcome="reached"), "contact_unknown"),
    ([TAKEN], TakeCall(place=corner(1, 1), kind="fire", call="31"), "call_taken"),
    ([], TakeCall(place=corner(1, 1), kind="dragon"), "kind_unknown"),
    ([], TakeCall(place=corner(1, 1), kind="fire", contact="c1"), "contact_unknown"),
    ([RANG, CallTaken(call="30", channel="voice", place=CIRCLE, kind="fire", priority=1, contact="c1")],
     TakeCall(place=corner(1, 1), kind="fire", contact="c1", call="31"), "contact_over"),
    ([], ask("what", "building"), "call_unknown"),
    ([FAR, HANDED], ask("what", "building"), "call_handed_over"),
    ([TAKEN], ask("what", "building", tree="dragon"), "tree_unknown"),
    ([TAKEN], ask("what", "building", version="example-1999"), "tree_changed"),
    ([TAKEN], ask("what", "dragon"), "answer_unknown"),
    ([TAKEN], ask("inside", "trapped"), "question_not_due"),
    ([TAKEN, answered("what", "outside"), answered("what", "building")], ask("spreading", "close"), "question_not_due"),
    ([TAKEN, answered("what", "building")], ask("what", "building"), "answer_same"),
    ([TAKEN], HandOverCall(call="31"), "centre_unclear"),
    ([TAKEN], HandOverCall(call="31", to="moon"), "centre_unknown"),
    ([FAR, HANDED], HandOverCall(call="31", to="bay"), "call_handed_over"),
    ([], HandOverCall(call="31"), "call_unknown"),
])
def test_what_is_refused(given: list[Fact], command: Command, code: str) -> None:
    assert calls(given, command) == code


@pytest.mark.parametrize(("lon", "lat", "centre"), [
    (24.9, 60.16, ""), (25.0, 60.5, "north"), (25.05, 60.15, "bay"), (25.01, 60.19, ""), (20.0, 50.0, "land")])
def test_a_point_belongs_to_a_neighbours_area_to_us_or_to_the_rest(lon: float, lat: float, centre: str) -> None:
    assert NEAR.of(lon, lat, BOUNDS) == centre
    assert NEAR.ours(lon, lat, BOUNDS) == (centre == "")


def test_our_own_ring_stands_above_every_box() -> None:
    ours = Neighbours(ring=((24.9, 60.2), (25.2, 60.2), (25.2, 60.6), (24.9, 60.6)), centres=NEAR.centres)
    assert ours.of(25.0, 60.5, BOUNDS) == ""
    assert ours.of(24.85, 60.15, BOUNDS) == "land", "within the bounds of the map, but not in our ring"


def test_faulty_tables_are_named() -> None:
    assert line_faults(INTAKE.lines, KINDS) == []
    assert neighbour_faults(NEAR) == neighbour_faults(INTAKE.neighbours) == []
    broken = Lines(lines={"1": Line("", "一", ("dragon",), Target(0, 2.0))})
    assert line_faults(broken, KINDS) == ["line 1: no words in English", "line 1: there is no kind dragon", "line 1: 2 within 0 s is no target"]
    odd = Neighbours(ring=((0.0, 0.0),), centres={"a": Centre("A", "", " "), "b": Centre("B", "乙", "x", box=(2.0, 0.0, 1.0, 1.0), rest=True),
                                                   "c": Centre("C", "丙", "x", ring=((0.0, 0.0),), rest=True)})
    assert neighbour_faults(odd) == [
        "centre a: no words in Chinese", "centre a: nobody knows how to reach it", "centre a: it has no area",
        "centre b: its box is not west, south, east, north", "centre c: its ring has only 1 corners", "more than one centre has the rest",
        "this centre's own ring has only 1 corners"]


def test_the_queue_shows_who_waits_and_whom_to_call_back() -> None:
    queue = Contacts()
    assert queue.fold(kept(1, RANG)) == ("c1",)
    assert queue.rows["c1"] == ContactRow(id="c1", channel="voice", line="119", state="waiting", arrived_at=NOW + 1, place=CIRCLE)
    queue.fold(kept(2, ContactLocated(contact="c1", place=corner(1, 1))))
    queue.fold(kept(3, MINE))
    row = queue.rows["c1"]
    assert isinstance(row, ContactRow)
    assert (row.state, row.by, row.answered_at, row.place) == ("answered", "desk 1", NOW + 3, corner(1, 1))
    queue.fold(kept(4, SILENT))
    queue.fold(kept(5, ContactCalledBack(contact="c1", outcome="no_answer")))
    row = queue.rows["c1"]
    assert isinstance(row, ContactRow)
    assert (row.state, row.how, row.tried) == ("call_back", "silent", 1)
    assert queue.fold(kept(6, ContactCalledBack(contact="c1", outcome="reached"))) == ("c1",)
    assert not queue.rows
    queue.fold(kept(7, ContactArrived(contact="c2", channel="app", line="112")))
    assert queue.fold(kept(8, CallTaken(call="31", channel="app", place=CIRCLE, kind="fire", priority=1, contact="c2"))) == ("c2",)
    assert not queue.rows


def test_every_end_stays_in_the_answer_times() -> None:
    answering = Answering(Lines(lines={"119": Line("Fire", "火警", target=Target(15, 0.9))}))
    second, at = 1_000_000, 0
    ends = [(5, MINE), (20, MINE), (3, ContactEnded(contact="c1", how="abandoned")), (40, ContactEnded(contact="c1", how="abandoned")),
            (9, CallTaken(call="1", channel="voice", place=CIRCLE, kind="fire", priority=1, contact="c1"))]
    for waited, end in ends:
        answering.fold(kept(at := at + second, RANG))
        answering.fold(kept(at := at + waited * second, end))
        answering.fold(kept(at := at + second, ContactEnded(contact="c1", how="test")))
    assert answering.rows["119"] == AnsweringRow(id="119", of=5, within=3, abandoned=2, p90_s=40)
    answering.fold(kept(at, ContactArrived(contact="c9", channel="voice", line="unheard of")))
    answering.fold(kept(at + second, ContactAnswered(contact="c9", by="desk 1")))
    assert answering.rows["other"] == AnsweringRow(id="other", of=1, within=1, abandoned=0, p90_s=1)
