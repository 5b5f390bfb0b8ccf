"""The rules of joining, separating and linking incidents, and what the board shows of it."""

from functools import partial
from typing import Any, cast

import msgspec
import pytest

from tests.floor import PLAN, corner
from tests.rooms.story import NOW, kept, when
from tests.rooms.test_fleet import DAY, started
from tocsin.facts.calls import CallTaken
from tocsin.facts.dispatch import (
    DifferenceLookedAt,
    DifferenceTold,
    IncidentClosed,
    IncidentJoined,
    IncidentOpened,
    IncidentSeparated,
    IncidentsLinked,
    IncidentsUnlinked,
    KindChanged,
    NoteAdded,
    PriorityChanged,
    UnitAssigned,
)
from tocsin.house.build import LIKENESS, read_likeness
from tocsin.kernel import Command, Fact, Sealed
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.calls.model import Rules as CallRules
from tocsin.rooms.calls.model import State as Calls
from tocsin.rooms.calls.model import decider as calls_decider
from tocsin.rooms.calls.model import evolve as calls_evolve
from tocsin.rooms.dispatch.commands import (
    AddNote,
    AssignUnit,
    ChangePriority,
    CloseIncident,
    FollowAnswers,
    JoinIncident,
    LinkIncidents,
    LookAtDifference,
    OpenIncident,
    SeparateIncident,
    SwapUnits,
    UnlinkIncidents,
)
from tocsin.rooms.dispatch.model import Rules, State, decider, evolve
from tocsin.rooms.dispatch.views import IncidentRow, Incidents

dispatch = partial(when, state=State, evolve=evolve, decide=decider(Rules(plan=PLAN, ground=cast(Any, None), likeness=read_likeness(LIKENESS))))


def opened(incident: str, kind: str = "crash", priority: int = 2) -> IncidentOpened:
    """An incident of this kind at one corner."""
    return IncidentOpened(incident=incident, place=corner(1, 1), kind=kind, priority=priority, needs=PLAN.needs(kind, priority), plan=PLAN.version, called_at=NOW)


def note(incident: str, into: str = "", differs: tuple[str, ...] = ()) -> NoteAdded:
    """A note that tells of these families."""
    return NoteAdded(incident=incident, note=Sealed(f"incident:{incident}", "x"), into=into, differs=differs)


MAIN, OTHER, FIRE = opened("31"), opened("32"), opened("33", "fire", 1)
JOINED = IncidentJoined(incident="32", into="31", into_kind="crash")
FIRE_JOINED = IncidentJoined(incident="33", into="31", into_kind="crash", differs=("fire",))
APART = IncidentSeparated(incident="32", out_of="31")
ENDED = IncidentClosed(incident="31", disposition="resolved")
LINKED = IncidentsLinked(incident="32", to="31")
LOOKED = DifferenceLookedAt(incident="31", joined="33")
OPEN_32 = OpenIncident(incident="32", place=corner(1, 1), kind="crash", priority=2, called_at=NOW, joins="31", likeness=0.8, asked_by="desk 1")
FIRE_TOLD = (KindChanged(incident="32", kind="fire", priority=1, needs=PLAN.needs("fire", 1), plan=PLAN.version),
             DifferenceTold(incident="32", into="31", differs=("fire", "priority")))
MORE_PRESSING = PriorityChanged(incident="32", priority=1, needs=PLAN.needs("crash", 1))
LESS_PRESSING = PriorityChanged(incident="32", priority=3, needs=PLAN.needs("crash", 3))
CLOSE = CloseIncident(incident="31", disposition="resolved")


@pytest.mark.parametrize(("given", "command", "then"), [
    ([MAIN], OPEN_32, (OTHER, IncidentJoined(incident="32", into="31", score=0.8, asked_by="desk 1", into_kind="crash"))),
    ([MAIN], msgspec.structs.replace(OPEN_32, kind="fire", priority=1),
     (opened("32", "fire", 1), IncidentJoined(incident="32", into="31", score=0.8, asked_by="desk 1", into_kind="crash", differs=("fire",)))),
    ([MAIN], msgspec.structs.replace(OPEN_32, mentions=("fire", "medical")),
     (OTHER, IncidentJoined(incident="32", into="31", score=0.8, asked_by="desk 1", into_kind="crash", differs=("fire",)))),
    ([MAIN], msgspec.structs.replace(OPEN_32, priority=1),
     (opened("32", "crash", 1), IncidentJoined(incident="32", into="31", score=0.8, asked_by="desk 1", into_kind="crash", differs=("priority",)))),
    ([], OPEN_32, (OTHER,)),
    ([MAIN, ENDED], OPEN_32, (OTHER, LINKED)),
    ([opened("30"), MAIN, IncidentJoined(incident="31", into="30")], OPEN_32, (OTHER, LINKED)),
    ([MAIN, OTHER], JoinIncident(incident="32", into="31", score=0.7), (IncidentJoined(incident="32", into="31", score=0.7, into_kind="crash"),)),
    ([MAIN, FIRE], JoinIncident(incident="33", into="31"), (FIRE_JOINED,)),
    ([MAIN, OTHER, JOINED], SeparateIncident(incident="32", out_of="31", reason="another car"),
     (IncidentSeparated(incident="32", out_of="31", reason="another car"),)),
    ([MAIN, OTHER, JOINED, APART], JoinIncident(incident="32", into="31"), (JOINED,)),
    ([MAIN, OTHER, JOINED, APART], JoinIncident(incident="31", into="32"), (IncidentJoined(incident="31", into="32", into_kind="crash"),)),
    ([MAIN, FIRE, FIRE_JOINED], LookAtDifference(incident="31", joined="33"), (LOOKED,)),
    ([MAIN, OTHER], LinkIncidents(incident="32", to="31"), (LINKED,)),
    ([MAIN, ENDED, OTHER], LinkIncidents(incident="32", to="31"), (LINKED,)),
    ([MAIN, OTHER, LINKED], UnlinkIncidents(incident="31", to="32"), (IncidentsUnlinked(incident="31", to="32"),)),
    ([MAIN, OTHER, JOINED], CLOSE, (ENDED, IncidentClosed(incident="32", disposition="resolved", closed_with="31"))),
    ([MAIN, OTHER, JOINED, APART], CLOSE, (ENDED,)),
    ([MAIN, FIRE, FIRE_JOINED, LOOKED], CLOSE, (ENDED, IncidentClosed(incident="33", disposition="resolved", closed_with="31"))),
    ([MAIN, FIRE, FIRE_JOINED, IncidentSeparated(incident="33", out_of="31")], CLOSE, (ENDED,)),
    ([MAIN, OTHER, JOINED], AddNote(incident="32", note="smoke from the second car"),
     (NoteAdded(incident="32", note=Sealed("incident:32", "smoke from the second car"), into="31", differs=("fire",)),)),
    ([MAIN, OTHER, JOINED], AddNote(incident="31", note="有人持刀"), (NoteAdded(incident="31", note=Sealed("incident:31", "有人持刀"), differs=("police",)),)),
    ([MAIN, OTHER, JOINED], AddNote(incident="32", note="driver is bleeding"),
     (NoteAdded(incident="32", note=Sealed("incident:32", "driver is bleeding"), into="31"),)),
    ([MAIN, OTHER, JOINED], FollowAnswers(incident="32", kind="fire", priority=1), FIRE_TOLD),
    ([MAIN, OTHER, JOINED], FollowAnswers(incident="32", priority=1), (MORE_PRESSING, DifferenceTold(incident="32", into="31", differs=("priority",)))),
    ([MAIN, OTHER, JOINED], FollowAnswers(incident="32", priority=3), (LESS_PRESSING,)),
    ([MAIN, OTHER, JOINED, APART], FollowAnswers(incident="32", priority=1), (MORE_PRESSING,)),
    ([MAIN], AddNote(incident="31", note="smoke seen"), (NoteAdded(incident="31", note=Sealed("incident:31", "smoke seen")),)),
])
def test_what_follows(given: list[Fact], command: Command, then: tuple[Fact, ...]) -> None:
    assert dispatch(given, command) == then


SENT = UnitAssigned(incident="32", unit="E7", shift=DAY)


@pytest.mark.parametrize(("given", "command", "code"), [
    ([MAIN], JoinIncident(incident="31", into="31"), "joined_to_itself"),
    ([MAIN], JoinIncident(incident="32", into="31"), "incident_unknown"),
    ([MAIN], JoinIncident(incident="31", into="32"), "incident_unknown"),
    ([MAIN, OTHER, ENDED], JoinIncident(incident="32", into="31"), "incident_closed"),
    ([MAIN, OTHER, IncidentClosed(incident="32", disposition="other")], JoinIncident(incident="32", into="31"), "incident_closed"),
    ([MAIN, OTHER, JOINED], JoinIncident(incident="32", into="31"), "incident_joined"),
    ([MAIN, OTHER, FIRE, JOINED], JoinIncident(incident="33", into="32"), "incident_joined"),
    ([MAIN, OTHER, FIRE, JOINED], JoinIncident(incident="31", into="33"), "others_joined_here"),
    ([MAIN, OTHER, started(), SENT], JoinIncident(incident="32", into="31"), "units_still_on"),
    ([MAIN, OTHER], SeparateIncident(incident="32", out_of="31"), "not_joined"),
    ([MAIN, OTHER, FIRE, JOINED], SeparateIncident(incident="32", out_of="33"), "not_joined"),
    ([MAIN, OTHER, JOINED, ENDED, IncidentClosed(incident="32", disposition="resolved", closed_with="31")], SeparateIncident(incident="32", out_of="31"),
     "incident_closed"),
    ([MAIN, OTHER, JOINED], LookAtDifference(incident="31", joined="32"), "nothing_to_look_at"),
    ([MAIN, FIRE, FIRE_JOINED, LOOKED], LookAtDifference(incident="31", joined="33"), "nothing_to_look_at"),
    ([MAIN], LinkIncidents(incident="31", to="31"), "linked_to_itself"),
    ([MAIN, OTHER, LINKED], LinkIncidents(incident="31", to="32"), "already_linked"),
    ([MAIN, OTHER], UnlinkIncidents(incident="31", to="32"), "not_linked"),
    ([MAIN, OTHER, started(), JOINED], AssignUnit(incident="32", unit="E7", shift=DAY), "incident_joined"),
    ([MAIN, OTHER, started(), JOINED], SwapUnits(incident="32", unit="E7", shift=DAY, to_unit="E8", to_shift=DAY), "incident_joined"),
    ([MAIN, OTHER, JOINED], ChangePriority(incident="32", priority=1), "incident_joined"),
    ([MAIN, OTHER, JOINED], CloseIncident(incident="32", disposition="resolved"), "incident_joined"),
    ([MAIN, FIRE, FIRE_JOINED], CLOSE, "difference_unseen"),
    ([MAIN, OTHER, JOINED, note("32", "31", ("fire",))], CLOSE, "difference_unseen"),
    ([MAIN, OTHER, JOINED, *FIRE_TOLD], CLOSE, "difference_unseen"),
    ([MAIN, OTHER, JOINED, note("31", differs=("police",))], CLOSE, "difference_unseen"),
])
def test_what_is_refused(given: list[Fact], command: Command, code: str) -> None:
    assert dispatch(given, command) == code


def test_a_call_keeps_what_its_notes_tell_of_and_not_a_word_of_them() -> None:
    take = partial(when, state=Calls, evolve=calls_evolve, decide=calls_decider(CallRules({"crash": 2}, mentions=lambda text: ("fire",) if "smoke" in text else ())))
    facts = take([], TakeCall(place=corner(1, 1), kind="crash", notes="smoke from it", joins="31", likeness=0.6))
    assert not isinstance(facts, str)
    call = facts[0]
    assert isinstance(call, CallTaken)
    assert (call.joins, call.likeness, call.mentions) == ("31", 0.6, ("fire",))
    assert call.notes == Sealed("call:260304-call", "smoke from it")
    alone = take([], TakeCall(place=corner(1, 1), kind="crash", notes="smoke from it", likeness=0.6))
    assert not isinstance(alone, str)
    assert isinstance(alone[0], CallTaken)
    assert (alone[0].joins, alone[0].likeness, alone[0].mentions) == ("", -1.0, ())


def board(*facts: Fact) -> dict[str, IncidentRow]:
    """The board after these facts, taken through a snapshot half way, as a house that was started again."""
    picture = Incidents()
    for n, fact in enumerate(facts, 1):
        picture.fold(kept(n, fact))
        again = Incidents()
        again.rows = dict(msgspec.msgpack.decode(msgspec.msgpack.encode(picture.rows), type=dict[str, IncidentRow]))
        again.memo = msgspec.msgpack.decode(msgspec.msgpack.encode(picture.memo), type=dict[str, Any])
        picture = again
    return {number: row for number, row in picture.rows.items() if isinstance(row, IncidentRow)}


def test_the_main_row_shows_every_joined_call_and_separating_gives_it_back_whole() -> None:
    before = board(MAIN, OTHER, note("32"))
    rows = board(MAIN, OTHER, note("32"), JOINED, note("32", "31"))
    assert set(rows) == {"31"}
    assert rows["31"].calls == 2
    call = rows["31"].joined[0]
    assert (call.incident, call.kind, call.priority, call.notes, call.differs) == ("32", "crash", 2, 2, ())
    apart = board(MAIN, OTHER, note("32"), JOINED, note("32", "31"), APART)
    assert apart["32"] == msgspec.structs.replace(before["32"], notes=2)
    assert apart["31"] == before["31"]


def test_a_different_emergency_is_flagged_until_somebody_has_looked() -> None:
    assert board(MAIN, FIRE, FIRE_JOINED)["31"].joined[0].differs == ("fire",)
    assert board(MAIN, FIRE, FIRE_JOINED, LOOKED)["31"].joined[0].differs == ()
    later = board(MAIN, FIRE, FIRE_JOINED, LOOKED, note("33", "31", ("hazard",)))["31"]
    assert (later.joined[0].differs, later.joined[0].kind) == (("hazard",), "fire")
    own = board(MAIN, OTHER, JOINED, note("31", differs=("police",)))["31"]
    assert (own.differs, own.notes) == (("police",), 1)
    assert board(MAIN, OTHER, JOINED, note("31", differs=("police",)), DifferenceLookedAt(incident="31", joined="31"))["31"].differs == ()
    assert board(MAIN, OTHER, JOINED, note("31", differs=("police",)), APART)["31"].differs == ()


def test_what_a_joined_call_answers_later_stands_on_the_main_row_and_comes_back_with_it() -> None:
    rows = board(MAIN, OTHER, JOINED, *FIRE_TOLD)
    assert (rows["31"].kind, rows["31"].priority) == ("crash", 2), "the main incident follows its own caller only"
    call = rows["31"].joined[0]
    assert (call.kind, call.priority, call.differs) == ("fire", 1, ("fire", "priority"))
    assert board(MAIN, OTHER, JOINED, *FIRE_TOLD, DifferenceLookedAt(incident="31", joined="32"))["31"].joined[0].differs == ()
    apart = board(MAIN, OTHER, JOINED, *FIRE_TOLD, APART)["32"]
    assert (apart.kind, apart.priority, apart.needs, apart.unmet) == ("fire", 1, FIRE_TOLD[0].needs, FIRE_TOLD[0].needs)


def test_closing_leaves_nothing_behind_and_links_are_on_both_rows() -> None:
    both = (MAIN, OTHER, JOINED, ENDED, IncidentClosed(incident="32", disposition="resolved", closed_with="31"))
    assert board(*both) == {}
    assert board(*both, note("32", "31")) == {}, "a note on one that has ended is kept and changes no board"
    rows = board(MAIN, OTHER, LINKED)
    assert (rows["31"].linked, rows["32"].linked) == (("32",), ("31",))
    rows = board(MAIN, OTHER, LINKED, IncidentsUnlinked(incident="31", to="32"))
    assert (rows["31"].linked, rows["32"].linked) == ((), ())
    kept_link = board(MAIN, OTHER, FIRE, JOINED, IncidentsLinked(incident="33", to="32"), APART)
    assert kept_link["32"].linked == ("33",)
    assert board(MAIN, OTHER, JOINED, PriorityChanged(incident="31", priority=1, needs=PLAN.needs("crash", 1)))["31"].calls == 2
