"""Handling records: by a unit that was sent, by the form of the incident's kind, corrected by a later one that says so."""

from functools import partial
from typing import Any, cast

import msgspec
import pytest

from tests.floor import HANDLING, PLAN
from tests.rooms.story import when
from tests.rooms.test_crew import CREW, on
from tests.rooms.test_dispatch import CLOSED, OPENED, SENT
from tests.rooms.test_fleet import DAY, started
from tocsin.facts.dispatch import KindChanged, UnitStoodDown
from tocsin.facts.fleet import ShiftEnded
from tocsin.facts.handling import HandlingKept
from tocsin.kernel import Fact, Sealed, Words
from tocsin.rooms.dispatch.commands import KeepHandling
from tocsin.rooms.dispatch.model import Rules, State, decider, evolve, handling_faults, told

dispatch = partial(when, state=State, evolve=evolve, decide=decider(Rules(plan=PLAN, ground=cast(Any, None), handling=HANDLING)), by="crew 1", roles=CREW)
FULL: dict[str, str | int | bool] = {"extent": "room", "out": True, "rescued": 2, "cause": "a pan"}
ENDED = ShiftEnded(unit="E7", shift=DAY, month="2026-03")


def keep(fields: dict[str, Any] | None = None, **more: Any) -> KeepHandling:
    return KeepHandling(incident="31", unit="E7", shift=DAY, found="smoke in the kitchen", done="put out", fields=FULL if fields is None else fields, **more)


def sealed(text: str) -> Sealed:
    return Sealed("incident:31", text)


def record(number: int = 1, **other: Any) -> HandlingKept:
    fields: dict[str, Any] = {"extent": "room", "out": True, "rescued": 2}
    return HandlingKept(**{"incident": "31", "unit": "E7", "shift": DAY, "kind": "fire", "form": "fire", "version": HANDLING.version, "number": number,
                           "found": sealed("smoke in the kitchen"), "done": sealed("put out"), "fields": fields, "texts": sealed('{"cause":"a pan"}'), **other})


def test_what_was_written_is_sealed_and_what_was_chosen_is_not() -> None:
    assert dispatch([OPENED, started(), SENT], keep()) == (record(),)
    assert dispatch([OPENED, started(), SENT], keep(handed_to="the owner")) == (record(handed_to=sealed("the owner")),)


def test_it_is_kept_when_the_incident_is_over_and_a_later_one_corrects_it() -> None:
    assert dispatch([OPENED, started(), SENT, UnitStoodDown(incident="31", unit="E7", shift=DAY), CLOSED], keep()) == (record(),)
    assert dispatch([OPENED, started(), SENT, record()], keep()) == (record(2),)
    assert dispatch([OPENED, started(), SENT, msgspec.structs.replace(record(), unit="E8")], keep()) == (record(),), "another unit's is its own"


def test_the_form_is_that_of_the_present_kind_and_a_kind_without_one_has_no_fields() -> None:
    other = KindChanged(incident="31", kind="flooding", priority=3, needs=(), plan=PLAN.version)
    plain = record(kind="flooding", form="", fields={}, texts=None)
    assert dispatch([OPENED, started(), SENT, other], keep({})) == (plain,)
    assert dispatch([OPENED, started(), SENT, other], keep()) == "field_unknown"


SENT_OUT: list[Fact] = [OPENED, started(), SENT]


@pytest.mark.parametrize(("given", "command", "code"), [
    ([], keep(), "incident_unknown"),
    ([OPENED, started()], keep(), "unit_not_on_incident"),
    ([*SENT_OUT, on("crew 2")], keep(), "not_your_unit"),
    ([*SENT_OUT, on("crew 2")], keep(any_unit=True, by="crew 2"), "not_your_unit"),
    ([*SENT_OUT, ENDED], keep(), "unit_not_on_shift"),
    (SENT_OUT, keep({**FULL, "colour": "red"}), "field_unknown"),
    (SENT_OUT, keep({"out": True}), "field_missing"),
    (SENT_OUT, keep({"extent": "", "out": True}), "field_missing"),
    (SENT_OUT, keep({**FULL, "extent": "galaxy"}), "field_wrong"),
    (SENT_OUT, keep({**FULL, "extent": 3}), "field_wrong"),
    (SENT_OUT, keep({**FULL, "out": "yes"}), "field_wrong"),
    (SENT_OUT, keep({**FULL, "out": 1}), "field_wrong"),
    (SENT_OUT, keep({**FULL, "rescued": -1}), "field_wrong"),
    (SENT_OUT, keep({**FULL, "rescued": 1001}), "field_wrong"),
    (SENT_OUT, keep({**FULL, "rescued": True}), "field_wrong"),
    (SENT_OUT, keep({**FULL, "rescued": "two"}), "field_wrong"),
    (SENT_OUT, keep({**FULL, "cause": "x" * 301}), "field_wrong"),
    (SENT_OUT, keep({**FULL, "cause": 7}), "field_wrong"),
])
def test_what_is_refused(given: list[Fact], command: KeepHandling, code: str) -> None:
    assert dispatch(given, command) == code


def test_no_is_an_answer_and_the_floor_writes_for_a_crew_that_went_home() -> None:
    assert dispatch(SENT_OUT, keep({"extent": "none", "out": False, "rescued": 0})) == (
        record(fields={"extent": "none", "out": False, "rescued": 0}, texts=None),)
    assert dispatch([*SENT_OUT, ENDED], keep(), roles=frozenset({"dispatcher"})) == (record(),)
    assert dispatch([*SENT_OUT, on("crew 2")], keep(), roles=frozenset({"supervisor"})) == (record(),)
    assert dispatch([*SENT_OUT, on("crew 1")], keep()) == (record(),)


def test_the_caller_may_be_told_only_what_the_table_says_for_that_end() -> None:
    form = HANDLING.form("fire")[1]
    assert told(form, "resolved", {"extent": "room", "out": True}) == Words(
        "The fire service has been there and has finished its work (one room).", "消防人员已到场并处置完毕（一间房间）。")
    assert told(form, "resolved", {"out": True}) is None, "a field that nobody answered"
    assert told(form, "cancelled", {"extent": "room"}) is None
    assert told(HANDLING.form("flooding")[1], "resolved", {}) is None


def test_the_sample_is_sound_and_faults_are_named() -> None:
    assert list(handling_faults(HANDLING, PLAN.kinds, PLAN.dispositions)) == []
    form = HANDLING.forms["fire"]
    wrong = msgspec.structs.replace(HANDLING, forms={"fire": form, "again": msgspec.structs.replace(
        form, kinds=("fire", "dragon"),
        fields={"cause": form.fields["cause"], "extent": msgspec.structs.replace(form.fields["extent"], choices={}),
                "rescued": msgspec.structs.replace(form.fields["rescued"], least=9, most=3)},
        told={"eaten": Words("{cause}", "{nothing}")})})
    assert list(handling_faults(wrong, PLAN.kinds, PLAN.dispositions)) == [
        "form again: the kind fire has the form fire already", "form again: the plan has no kind dragon",
        "form again, field extent: choices belong to a choice, and a choice has some", "form again, field rescued: from 9 to 3 there is no number",
        "form again: the plan has no disposition eaten", "form again, told eaten: cause is no field that is chosen or counted",
        "form again, told eaten: nothing is no field that is chosen or counted"]
