"""Who is on which unit: one person on one unit at a time, in a seat that it has, and nobody signed on by another."""

from functools import partial

import msgspec
import pytest

from tests.floor import TABLE
from tests.rooms.story import NOW, kept, when
from tests.rooms.test_fleet import DAY, assigned, started
from tocsin.facts.fleet import CrewSignedOff, CrewSignedOn, KitLine, Seated, ShiftEnded, UnitStateChanged
from tocsin.kernel import Command, Fact
from tocsin.rooms.fleet.commands import EndShift, KitFound, ReportState, SignOff, SignOn
from tocsin.rooms.fleet.model import State, decider, evolve
from tocsin.rooms.fleet.views import UnitRow, Units

CREW = frozenset({"responder"})
crew = partial(when, state=State, evolve=evolve, decide=decider(TABLE), by="crew 1", roles=CREW)
BARE = msgspec.structs.replace(TABLE, kinds={code: msgspec.structs.replace(kind, seats={}, kit={}) for code, kind in TABLE.kinds.items()})


def on(person: str = "crew 1", seat: str = "driver", unit: str = "E7", month: str = "2026-03", kit: tuple[KitLine, ...] = ()) -> CrewSignedOn:
    return CrewSignedOn(unit=unit, shift=DAY, person=person, seat=seat, kit=kit, month=month)


def off(person: str = "crew 1", unit: str = "E7") -> CrewSignedOff:
    return CrewSignedOff(unit=unit, shift=DAY, person=person, month="2026-03")


def sign_on(seat: str = "driver", unit: str = "E7", kit: tuple[KitFound, ...] = ()) -> SignOn:
    return SignOn(unit=unit, shift=DAY, seat=seat, kit=kit)


def test_somebody_takes_a_seat_and_says_how_the_kit_was_found() -> None:
    torn = KitFound(item="hose", state="defect", note="torn at the coupling")
    assert crew([started()], sign_on(kit=(torn,))) == (on(kit=(KitLine(item="hose", state="defect", note="torn at the coupling"),)),)


def test_who_signs_on_is_who_asks_whatever_the_request_says() -> None:
    forged = SignOn(unit="E7", shift=DAY, seat="driver", person="crew 9", months=("1999-01",))
    assert crew([started()], forged) == (on(),)
    assert crew([started(), on("crew 9")], SignOff(unit="E7", shift=DAY, person="crew 9")) == "not_signed_on"


@pytest.mark.parametrize(("given", "command", "code"), [
    ([], sign_on(), "unit_not_on_shift"),
    ([msgspec.structs.replace(started(), lender="B")], sign_on(), "unit_borrowed"),
    ([started(), started("M2", "medic"), on(unit="M2")], sign_on(), "signed_on_elsewhere"),
    ([started(), started("M2", "medic"), on(unit="M2", month="2026-02")], sign_on(), "signed_on_elsewhere"),
    ([started()], sign_on("pilot"), "seat_unknown"),
    ([started(), on("crew 2")], sign_on(), "seat_taken"),
    ([started()], sign_on(kit=(KitFound(item="anvil", state="ok"),)), "kit_unknown"),
    ([started()], sign_on(kit=(KitFound(item="hose", state="ok"), KitFound(item="hose", state="missing"))), "kit_twice"),
    ([], SignOff(unit="E7", shift=DAY), "unit_not_on_shift"),
    ([started()], SignOff(unit="E7", shift=DAY), "not_signed_on"),
    ([started(), on("crew 2"), assigned()], ReportState(unit="E7", shift=DAY, state="en_route"), "not_your_unit"),
    ([started(), on("crew 2")], EndShift(unit="E7", shift=DAY), "not_your_unit"),
])
def test_what_is_refused(given: list[Fact], command: Command, code: str) -> None:
    assert crew(given, command) == code


def test_a_seat_of_which_there_are_many_is_taken_by_many() -> None:
    assert crew([started(), on("crew 2", "firefighter"), on("crew 3", "firefighter")], sign_on("firefighter")) == (on(seat="firefighter"),)


def test_a_seat_and_a_check_are_said_anew() -> None:
    assert crew([started(), on()], sign_on("officer")) == (on(seat="officer"),)
    assert crew([started(), on()], sign_on("driver")) == (on(),), "one's own seat is not taken by another"


def test_who_signed_off_may_sign_on_elsewhere() -> None:
    given = [started(), started("M2", "medic"), on(unit="M2"), off(unit="M2")]
    assert crew(given, sign_on()) == (on(),)


def test_a_city_without_lists_takes_any_seat_and_no_kit() -> None:
    bare = partial(crew, decide=decider(BARE))
    assert bare([started()], sign_on("wherever there is room")) == (on(seat="wherever there is room"),)
    assert bare([started()], sign_on(kit=(KitFound(item="hose", state="ok"),))) == "kit_unknown"


def test_the_end_of_a_shift_signs_its_crew_off() -> None:
    ended = ShiftEnded(unit="E7", shift=DAY, month="2026-03")
    assert crew([started(), on(), on("crew 2", "officer")], EndShift(unit="E7", shift=DAY)) == (off(), off("crew 2"), ended)
    assert crew([started(), on(), off(), ended, started("M2", "medic")], sign_on(unit="M2")) == (on(unit="M2"),)


def test_its_own_crew_the_floor_and_a_crew_on_the_radio_speak_for_a_unit() -> None:
    moving = (UnitStateChanged(unit="E7", shift=DAY, state="en_route", was="assigned", incident="31"),)
    report = ReportState(unit="E7", shift=DAY, state="en_route")
    assert crew([started(), on(), assigned()], report) == moving
    assert crew([started(), assigned()], report) == moving, "with nobody signed on it is as it always was"
    assert crew([started(), on("crew 2"), off("crew 2"), assigned()], report) == moving
    for role in ("dispatcher", "supervisor"):
        assert crew([started(), on("crew 2"), assigned()], report, roles=frozenset({role, "responder"})) == moving
    assert crew([started(), on("crew 2"), assigned()], ReportState(unit="E7", shift=DAY, state="en_route", by="crew 2", any_unit=True)) == "not_your_unit"


def test_the_row_shows_seats_and_what_is_wrong_with_the_kit() -> None:
    units = Units()
    torn, whole = KitLine(item="hose", state="defect", note="torn"), KitLine(item="hose", state="ok")
    facts: list[Fact] = [started(), on(kit=(torn, KitLine(item="radio", state="ok"))), on("crew 2", "officer")]
    assert [units.fold(kept(n, fact)) for n, fact in enumerate(facts, 1)] == [("E7",)] * 3
    row = units.rows["E7"]
    assert isinstance(row, UnitRow)
    assert row.seats == (Seated(person="crew 1", seat="driver"), Seated(person="crew 2", seat="officer"))
    assert row.kit_faults == (torn,)
    units.fold(kept(4, on("crew 2", "officer", kit=(whole,))))
    units.fold(kept(5, off()))
    row = units.rows["E7"]
    assert isinstance(row, UnitRow)
    assert (row.seats, row.kit_faults) == ((Seated(person="crew 2", seat="officer"),), ())
    assert row.since == NOW + 1, "its state is as old as it was"
