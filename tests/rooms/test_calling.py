"""Who is called, by what, and when it ends: nobody who is not signed on at that moment, each means for its time, and no callout forgotten."""

from collections.abc import Sequence
from functools import partial

import msgspec
import pytest

from tests.rooms.story import NOW, kept, when
from tests.rooms.test_crew import off, on
from tests.rooms.test_fleet import DAY, assigned, started
from tocsin.facts.calling import Called, CallFailed, Carried, GaveUp
from tocsin.facts.dispatch import IncidentClosed, UnitStoodDown
from tocsin.facts.field import HelpCalled, HelpConfirmed
from tocsin.facts.fleet import ShiftEnded, UnitStateChanged
from tocsin.facts.messages import MessageRead, MessageSent
from tocsin.facts.timers import AssignmentAcknowledged, MovementSeen
from tocsin.kernel import Fact, Kept, Sealed
from tocsin.rooms.calling.commands import Call, Due, GiveUp, NoteOutcome
from tocsin.rooms.calling.model import CallingTable, Mail, Means, Push, Sms, State, decide, evolve, faults
from tocsin.rooms.calling.views import MOST, CalloutRow, Callouts, Unreached, UnreachedRow, due

S = 1_000_000
calling = partial(when, state=State, evolve=evolve, decide=decide, by="calling")
ONE = {"unit": "E7", "shift": DAY, "person": "crew 1", "about": "assigned", "of": "31", "because": 3}
CALL = Call(**ONE, means="push", number=1)
TABLE = CallingTable(means=(Means(kind="push", wait_s=30, tries=2, retry_s=5), Means(kind="sms", wait_s=60, tries=3, retry_s=10)))
ALL = ("push", "sms")


def sent(number: str = "260304-0007", urgent: bool = True, to: str = "unit:E7") -> MessageSent:
    return MessageSent(message=number, sender="person:desk 1", to_kind="unit", to="E7", recipients=(to,), text=Sealed(f"message:{number}", "words"), urgent=urgent)


def acknowledged() -> AssignmentAcknowledged:
    return AssignmentAcknowledged(incident="31", unit="E7", shift=DAY)


def of(kind: type[Fact], **more: object) -> Fact:
    return kind(**{**ONE, **more})


def rows(facts: Sequence[Fact], picture: Callouts | None = None) -> dict[str, CalloutRow]:
    held = picture or Callouts()
    for position, fact in enumerate(facts, 1):
        held.fold(kept(position, fact))
    return {name: row for name, row in held.rows.items() if isinstance(row, CalloutRow)}


def test_who_is_signed_on_is_called_and_it_is_kept_before_it_is_sent() -> None:
    assert calling([started(), on(), assigned()], CALL) == (Called(**ONE, means="push", number=1),)


@pytest.mark.parametrize("meanwhile", [
    [off()], [ShiftEnded(unit="E7", shift=DAY, month="2026-03")], [acknowledged()], [UnitStoodDown(incident="31", unit="E7", shift=DAY)],
    [UnitStateChanged(unit="E7", shift=DAY, state="en_route", was="assigned", incident="31")],
    [of(Called, means="push", number=1)], [of(GaveUp, code="no_answer")],
], ids=["signed off", "off duty", "acknowledged", "stood down", "drives", "sent already", "given up"])
def test_nothing_is_kept_and_so_nothing_sent(meanwhile: list[Fact]) -> None:
    assert calling([started(), on(), assigned(), *meanwhile], CALL) == ()


def test_nobody_is_called_who_is_not_on_the_unit() -> None:
    assert calling([started(), assigned()], CALL) == ()
    assert calling([started(), on("crew 2"), assigned()], CALL) == ()


def test_who_is_sent_to_the_same_incident_again_is_called_again() -> None:
    again = [started(), on(), assigned(), acknowledged(), UnitStoodDown(incident="31", unit="E7", shift=DAY), assigned()]
    assert calling(again, msgspec.structs.replace(CALL, because=6)) == (Called(**{**ONE, "because": 6}, means="push", number=1),)
    assert list(rows(again)) == ["E7/crew 1/6"]


def test_a_message_that_was_read_is_called_for_no_more() -> None:
    about = {**ONE, "about": "message", "of": "260304-0007"}
    assert calling([started(), on(), sent()], Call(**about, means="push", number=1)) == (Called(**about, means="push", number=1),)
    assert calling([started(), on(), sent(), MessageRead(message="260304-0007", recipient="unit:E7")], Call(**about, means="push", number=1)) == ()


def test_an_outcome_is_kept_once_and_only_of_what_was_sent() -> None:
    before = [started(), on(), assigned()]
    note = NoteOutcome(**ONE, means="push", number=1, code="http_500")
    assert calling(before, note) == ()
    assert calling([*before, of(Called, means="push", number=1)], note) == (CallFailed(**ONE, means="push", number=1, code="http_500"),)
    assert calling([*before, of(Called, means="push", number=1), of(Carried, means="push", number=1)], note) == ()
    assert calling([*before, of(Called, means="push", number=1), acknowledged()], NoteOutcome(**ONE, means="push", number=1)) == (Carried(**ONE, means="push", number=1),)
    assert calling(before, GiveUp(**ONE, code="no_answer", tried=("push",))) == (GaveUp(**ONE, code="no_answer", tried=("push",)),)


def test_those_signed_on_at_that_moment_have_a_row_each() -> None:
    assert [row.person for row in rows([started(), on(), on("crew 2"), off("crew 2"), on("crew 3"), assigned(), on("crew 4")]).values()] == ["crew 1", "crew 3"]
    assert not rows([started(), assigned(), on()]), "who came later sees it on the page"
    assert not rows([started(), on(), sent(urgent=False)])
    assert [row.about for row in rows([started(), on(), sent()]).values()] == ["message"]
    assert not rows([started(), on(), sent(to="unit:E8")])


@pytest.mark.parametrize("end", [
    acknowledged(), UnitStateChanged(unit="E7", shift=DAY, state="en_route", was="assigned", incident="31"), off(), ShiftEnded(unit="E7", shift=DAY, month="2026-03"),
    UnitStoodDown(incident="31", unit="E7", shift=DAY), IncidentClosed(incident="31", disposition="handled"),
    MovementSeen(incident="31", unit="E7", shift=DAY, moved_m=200),
], ids=["acknowledged", "drives", "signed off", "off duty", "stood down", "closed", "seen to move"])
def test_a_callout_ends(end: Fact) -> None:
    begun = [started(), on(), assigned()]
    assert len(rows(begun)) == 1
    assert not rows([*begun, end])
    assert not rows([*begun, of(Called, means="push", number=1), of(GaveUp, code="no_answer"), end]), "and a dead letter with it"


def test_a_call_for_help_is_told_to_units_near_it_until_the_floor_confirms() -> None:
    other = msgspec.structs.replace(started(), unit="E8", shift=DAY)
    far = msgspec.structs.replace(started(), unit="E9", shift=DAY, station="Station far away")
    begun = [started(), other, far, on(), on("crew 2", unit="E8"), on("crew 3", unit="E9"), HelpCalled(unit="E7", shift=DAY, person="crew 1")]
    assert [(row.unit, row.of) for row in rows(begun).values()] == [("E8", "E7")]
    assert not rows([*begun, HelpConfirmed(unit="E7", shift=DAY)])


def test_what_was_on_paper_calls_nobody() -> None:
    picture = Callouts()
    for position, fact in enumerate([started(), on()], 1):
        picture.fold(kept(position, fact))
    one = kept(3, assigned())
    picture.fold(Kept(3, msgspec.structs.replace(one.entry, purpose="paper-entry"), one.fact))
    assert not picture.rows


def test_too_many_at_once_are_given_up_and_not_forgotten() -> None:
    picture = Callouts()
    crews = [on(f"crew {n}") for n in range(MOST + 1)]
    found = rows([started(), *crews, assigned()], picture)
    assert [row.code for row in found.values()].count("too_many") == 1
    assert due(list(found.values())[-1], TABLE, ALL, NOW) == Due(code="too_many")


def row(**more: object) -> CalloutRow:
    return CalloutRow(id="E7/crew 1/3", **{**ONE, "since": NOW, "means_since": NOW, "at": NOW, **more})


PUSHED = {"means": "push", "number": 1, "times": 1, "tried": ("push",)}


@pytest.mark.parametrize(("one", "after_s", "expected"), [
    ({}, 0, Due(means="push")),
    ({}, 601, Due(code="late")),
    ({**PUSHED, "stage": "sending"}, 59, None),
    ({**PUSHED, "stage": "sending"}, 60, Due(means="sms")),
    ({**PUSHED, "stage": "carried"}, 29, None),
    ({**PUSHED, "stage": "carried"}, 30, Due(means="sms")),
    ({**PUSHED, "stage": "failed", "code": "http_500"}, 4, None),
    ({**PUSHED, "stage": "failed", "code": "http_500"}, 5, Due(means="push")),
    ({**PUSHED, "stage": "failed", "code": "http_500", "times": 2}, 0, Due(means="sms")),
    ({**PUSHED, "stage": "failed", "code": "http_410", "lasting": True}, 0, Due(means="sms")),
    ({"stage": "carried", "means": "sms", "times": 1, "tried": ("push", "sms")}, 59, None),
    ({"stage": "carried", "means": "sms", "times": 1, "tried": ("push", "sms")}, 60, Due(code="no_answer")),
    ({"stage": "failed", "means": "sms", "times": 2, "code": "timeout", "tried": ("push", "sms")}, 19, None),
    ({"stage": "failed", "means": "sms", "times": 2, "code": "timeout", "tried": ("push", "sms")}, 20, Due(means="sms")),
    ({"stage": "failed", "means": "sms", "times": 3, "code": "timeout", "tried": ("push", "sms")}, 0, Due(code="timeout")),
    ({"stage": "carried", "means": "fax", "times": 1, "tried": ("fax",)}, 0, Due(means="push")),
    ({"over": True, "code": "no_answer"}, 9_999, None),
])
def test_what_is_due_next(one: dict[str, object], after_s: int, expected: Due | None) -> None:
    assert due(row(**one), TABLE, ALL, NOW + after_s * S) == expected


def test_a_means_that_its_person_has_not_given_is_passed_over() -> None:
    assert due(row(), TABLE, ("sms",), NOW) == Due(means="sms")
    assert due(row(), TABLE, (), NOW) == Due(code="no_way")
    assert due(row(**PUSHED, stage="carried"), TABLE, ("push",), NOW + 30 * S) == Due(code="no_answer")
    assert due(row(), CallingTable(), ALL, NOW) is None, "a city without means calls nobody, and keeps nothing of it"


def test_every_callout_comes_to_an_end_whatever_becomes_of_its_sendings() -> None:
    """Liveness: with any mix of outcomes, and never an acknowledgement, it is given up within the time that the table allows."""
    outcomes = [None, Carried(**ONE, means="", number=0), CallFailed(**ONE, means="", number=0, code="http_500"),
                CallFailed(**ONE, means="", number=0, code="http_404", lasting=True)]
    for mix in range(len(outcomes) ** 3):
        picture, at, position = Callouts(), NOW, 3
        for number, fact in enumerate([started(), on(), assigned()], 1):
            picture.fold(kept(number, fact))
        for step in range(400):
            held = next(iter(picture.rows.values()))
            assert isinstance(held, CalloutRow)
            if held.over:
                break
            what = due(held, TABLE, ALL, at)
            if what is None:
                at += S
                continue
            said: list[Fact] = [GaveUp(**ONE, code=what.code)]
            if what.means:
                outcome = outcomes[mix // len(outcomes) ** (step % 3) % len(outcomes)]
                said = [Called(**ONE, means=what.means, number=held.number + 1)]
                said += [] if outcome is None else [msgspec.structs.replace(outcome, means=what.means, number=held.number + 1)]
            for fact in said:
                position += 1
                one = kept(position, fact)
                picture.fold(Kept(position, msgspec.structs.replace(one.entry, known_at=at), fact))
        assert held.over, mix
        assert at - NOW <= (60 + 5 + 60 + 3 * 60 + 30) * S, mix


def test_a_unit_with_a_dead_letter_is_marked_until_it_is_heard_of() -> None:
    callouts, marks = Callouts(), Unreached()
    marks.among({"callout": callouts})
    for position, fact in enumerate([started(), on(), on("crew 2"), assigned(), of(GaveUp, because=4, code="no_answer")], 1):
        callouts.fold(kept(position, fact))
        marks.fold(kept(position, fact))
    assert marks.rows == {"E7": UnreachedRow(id="E7", people=1, since=NOW + 5, code="no_answer")}
    callouts.fold(kept(6, acknowledged()))
    assert marks.fold(kept(6, acknowledged())) == ("E7",)
    assert not marks.rows


def test_a_table_that_is_wrong_is_said_to_be() -> None:
    sms = Sms(url="https://sms.example/v1", fields={"to": "{number}", "body": "{text}"})
    assert not faults(msgspec.structs.replace(TABLE, sms=sms))
    for wrong, words in [
        (TABLE, "there is no [sms]"),
        (CallingTable(means=(Means(kind="push", wait_s=30), Means(kind="push", wait_s=30))), "twice"),
        (CallingTable(means=(Means(kind="push", wait_s=0),)), "wait_s"),
        (CallingTable(sms=Sms(url="file:///etc/passwd", fields={"body": "{text}"})), "url"),
        (CallingTable(sms=Sms(url="https://sms.example", fields={"to": "{number}"})), "{text}"),
        (CallingTable(push=Push(services=("*",))), "no name of a host"),
        (CallingTable(mail=Mail(host="mail.example", sender="a@b.example", user="a", starttls=False)), "STARTTLS"),
    ]:
        assert any(words in fault for fault in faults(wrong)), (words, faults(wrong))
