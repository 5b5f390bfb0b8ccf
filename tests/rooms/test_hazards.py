"""Hazards: of places and incidents by the kinds of the table, with an end that no kind outlives, renewed by a reviewer, gone by the clock alone."""

from functools import partial
from typing import Any, cast

import msgspec
import pytest

from tests.floor import CHECKLISTS, HAZARDS, PLAN, corner
from tests.rooms.story import NOW, kept, when
from tests.rooms.test_crew import CREW, on
from tests.rooms.test_dispatch import CLOSED, OPENED, SENT
from tests.rooms.test_fleet import DAY, started
from tocsin.facts.calls import Place
from tocsin.facts.dispatch import IncidentClosed, IncidentJoined, IncidentOpened, IncidentSeparated
from tocsin.facts.fleet import ShiftEnded
from tocsin.facts.hazards import HazardMarked, HazardRenewed, HazardWithdrawn, ItemTicked, ItemUnticked
from tocsin.kernel import Command, Fact, Sealed, Words
from tocsin.rooms.dispatch.commands import MarkHazard, RenewHazard, TickItem, UntickItem, WithdrawHazard
from tocsin.rooms.dispatch.model import ChecklistTable, Rules, State, checklist_faults, decider, evolve, hazard_faults
from tocsin.rooms.dispatch.model.hazard_table import HazardKind
from tocsin.rooms.dispatch.views import HazardRow, Hazards, Incidents
from tocsin.rooms.dispatch.views.checklists import ChecklistRow, Checklists, of_items

S, H = 1_000_000, 3_600
RULES = Rules(plan=PLAN, ground=cast(Any, None), hazards=HAZARDS, checklists=CHECKLISTS)
crew = partial(when, state=State, evolve=evolve, decide=decider(RULES), by="crew 1", roles=CREW)
desk = partial(when, state=State, evolve=evolve, decide=decider(RULES), by="desk 2", roles=frozenset({"dispatcher"}))
chief = partial(when, state=State, evolve=evolve, decide=decider(RULES), by="chief 1", roles=frozenset({"supervisor"}))
SENT_OUT: list[Fact] = [OPENED, started(), SENT]
NUMBER = "260304-hazard"


def mark(**more: Any) -> MarkHazard:
    return MarkHazard(**{"kind": "gas", "source": "seen", "lasts_s": H, "incident": "31", **more})


def marked(**other: Any) -> HazardMarked:
    return HazardMarked(**{"hazard": NUMBER, "incident": "31", "kind": "gas", "source": "seen", "version": HAZARDS.version, "until": NOW + H * S, **other})


AT_PLACE = marked(place=corner(1, 1), radius_m=200)
BY_CREW = {"unit": "E7", "shift": DAY}


@pytest.mark.parametrize(("ask", "given", "command", "then"), [
    (desk, [OPENED], mark(), marked()),
    (desk, [OPENED], mark(words="main shut at the street"), marked(words=Sealed(f"hazard:{NUMBER}", "main shut at the street"))),
    (desk, [OPENED], mark(radius_m=200), AT_PLACE),
    (desk, [], mark(incident="", place=corner(4, 4), radius_m=50), marked(incident="", place=corner(4, 4), radius_m=50)),
    (desk, [OPENED], mark(place=corner(4, 4)), marked()),
    (crew, SENT_OUT, mark(**BY_CREW), marked(**BY_CREW)),
    (crew, [*SENT_OUT, on("crew 1")], mark(**BY_CREW, radius_m=50), marked(**BY_CREW, place=corner(1, 1), radius_m=50)),
    (crew, SENT_OUT, mark(**BY_CREW, happened_at=NOW - 600 * S), marked(**BY_CREW, until=NOW + (H - 600) * S)),
    (desk, [*SENT_OUT, on("crew 1"), ShiftEnded(unit="E7", shift=DAY, month="2026-03")], mark(**BY_CREW), marked(**BY_CREW)),
    (desk, [OPENED, CLOSED], mark(), marked()),
])
def test_what_is_marked(ask: Any, given: list[Fact], command: Command, then: Fact) -> None:
    assert ask(given, command) == (then,)


@pytest.mark.parametrize(("ask", "given", "command", "code"), [
    (desk, [], mark(), "incident_unknown"),
    (desk, [], mark(incident=""), "hazard_without_place"),
    (desk, [], mark(incident="", place=corner(1, 1)), "hazard_without_place"),
    (desk, [OPENED], mark(kind="dragon"), "hazard_kind_unknown"),
    (desk, [OPENED], mark(source="rumour"), "hazard_source_unknown"),
    (desk, [OPENED], mark(lasts_s=24 * H + 1), "hazard_too_long"),
    (desk, [OPENED], mark(kind="traffic", lasts_s=13 * H), "hazard_too_long"),
    (crew, [OPENED], mark(), "hazard_without_incident"),
    (crew, [], mark(incident="", place=corner(1, 1), radius_m=50), "hazard_without_incident"),
    (crew, [], mark(incident="", place=corner(1, 1), radius_m=50, **BY_CREW), "hazard_without_incident"),
    (crew, [OPENED, started()], mark(**BY_CREW), "unit_not_on_incident"),
    (crew, [*SENT_OUT, on("crew 2")], mark(**BY_CREW), "not_your_unit"),
    (crew, [*SENT_OUT, ShiftEnded(unit="E7", shift=DAY, month="2026-03")], mark(**BY_CREW), "unit_not_on_shift"),
])
def test_what_is_not_marked(ask: Any, given: list[Fact], command: Command, code: str) -> None:
    assert ask(given, command) == code


RENEW = RenewHazard(hazard=NUMBER, lasts_s=2 * H)
WITHDRAW = WithdrawHazard(hazard=NUMBER, reason="shut off")
GONE = HazardWithdrawn(hazard=NUMBER, incident="31", reason=Sealed(f"hazard:{NUMBER}", "shut off"))
OVER = marked(until=NOW)


@pytest.mark.parametrize(("ask", "given", "command", "then"), [
    (desk, [marked()], RENEW, (HazardRenewed(hazard=NUMBER, incident="31", until=NOW + 2 * H * S),)),
    (chief, [AT_PLACE], RENEW, (HazardRenewed(hazard=NUMBER, incident="31", until=NOW + 2 * H * S),)),
    (desk, [AT_PLACE], RENEW, "not_the_reviewer"),
    (chief, [AT_PLACE], RenewHazard(hazard=NUMBER, lasts_s=25 * H), "hazard_too_long"),
    (chief, [], RENEW, "hazard_unknown"),
    (chief, [OVER], RENEW, "hazard_over"),
    (chief, [marked(until=NOW + 1)], RENEW, (HazardRenewed(hazard=NUMBER, incident="31", until=NOW + 2 * H * S),)),
    (chief, [OVER, HazardRenewed(hazard=NUMBER, incident="31", until=NOW + S)], WITHDRAW, (GONE,)),
    (chief, [AT_PLACE, GONE], RENEW, "hazard_over"),
    (desk, [marked()], WITHDRAW, (GONE,)),
    (desk, [AT_PLACE], WITHDRAW, "not_the_reviewer"),
    (partial(desk, by="desk 1"), [AT_PLACE], WITHDRAW, (GONE,)),
    (chief, [AT_PLACE], WITHDRAW, (GONE,)),
    (chief, [AT_PLACE, GONE], WITHDRAW, "hazard_over"),
    (chief, [OVER], WITHDRAW, "hazard_over"),
])
def test_who_renews_and_takes_back(ask: Any, given: list[Fact], command: Command, then: Any) -> None:
    assert ask(given, command) == then


def folded(*facts: Fact) -> tuple[Hazards, Incidents]:
    """The hazards beside the board, after these facts, one microsecond each."""
    board, hazards = Incidents(), Hazards()
    hazards.among({"incident": board})
    for position, fact in enumerate(facts, 1):
        for picture in (board, hazards):
            picture.fold(kept(position, fact))
    return hazards, board


def shown(*facts: Fact) -> dict[str, tuple[str, ...]]:
    return {row.id: row.incidents for row in folded(*facts)[0].rows.values() if isinstance(row, HazardRow)}


def opened(number: str, place: Place) -> IncidentOpened:
    return msgspec.structs.replace(OPENED, incident=number, place=place)


def test_a_place_warns_every_incident_within_its_radius_also_one_opened_later_and_an_incident_warns_itself() -> None:
    near, far = opened("32", Place(lon=corner(1, 1).lon + 0.003, lat=corner(1, 1).lat)), opened("33", corner(2, 1))
    assert shown(OPENED, near, far, AT_PLACE) == {NUMBER: ("31", "32")}, "166 m off, and 443"
    assert shown(OPENED, AT_PLACE, near, far) == {NUMBER: ("31", "32")}
    assert shown(OPENED, near, marked()) == {NUMBER: ("31",)}
    assert shown(OPENED, AT_PLACE, CLOSED, near) == {NUMBER: ("32",)}, "a place's hazard outlives the incident that it was marked at"
    assert shown(OPENED, marked(), CLOSED) == {}
    assert shown(OPENED, AT_PLACE, GONE) == {}


def test_a_joined_incident_brings_its_hazards_along_and_takes_them_back() -> None:
    far, own = opened("33", corner(4, 4)), marked(hazard="own")
    joined = IncidentJoined(incident="31", into="33", score=-1.0)
    assert shown(OPENED, far, own, AT_PLACE, joined) == {"own": ("33",), NUMBER: ("33",)}
    assert shown(OPENED, far, own, AT_PLACE, joined, IncidentSeparated(incident="31", out_of="33")) == {"own": ("31",), NUMBER: ("31",)}
    assert shown(OPENED, far, own, AT_PLACE, joined, IncidentClosed(incident="33", disposition="resolved"),
                 IncidentClosed(incident="31", disposition="resolved", closed_with="33")) == {NUMBER: ()}


def test_what_is_over_is_let_go_and_what_came_too_late_never_stood_there() -> None:
    assert shown(OPENED, marked(until=NOW + 3), marked(hazard="next")) == {"next": ("31",)}, "the third fact is known three microseconds later"
    assert shown(OPENED, marked(until=NOW + 4), marked(hazard="next")) == {NUMBER: ("31",), "next": ("31",)}
    assert shown(OPENED, marked(until=NOW + 2)) == {}
    assert shown(OPENED, marked(until=NOW + 3), HazardRenewed(hazard=NUMBER, incident="31", until=NOW + 9), opened("32", corner(3, 3))) == {NUMBER: ("31",)}


def test_no_kind_tells_of_a_person_and_none_stands_for_ever() -> None:
    assert list(hazard_faults(HAZARDS)) == []
    for en, zh, word in (("violent resident", "宠物", "violen"), ("patient with seizures", "宠物", "patient"), ("animal", "精神病人", "精神"), ("known offender", "x", "offender")):
        wrong = msgspec.structs.replace(HAZARDS, kinds={"x": HazardKind(en, zh, 4, 1)})
        assert list(hazard_faults(wrong)) == [f"kind x: {word} tells of a person; hazards are of places and incidents"], en
    assert list(hazard_faults(msgspec.structs.replace(HAZARDS, kinds={"armed_man": HazardKind("x", "x", 4, 1)})))
    for fine in ("open manhole", "gunpowder store", "racecourse rails"):
        assert list(hazard_faults(msgspec.structs.replace(HAZARDS, kinds={"x": HazardKind(fine, "井口", 4, 1)}))) == []
    late = msgspec.structs.replace(HAZARDS, kinds={"x": HazardKind("x", "x", 9000, 1), "y": HazardKind("y", "y", 4, 5), "z": HazardKind("z", "z", 4, 1, 9000)}, sources={})
    assert len(list(hazard_faults(late))) == 4


TICK, UNTICK = (one(incident="31", unit="E7", shift=DAY, list="fire", item="water") for one in (TickItem, UntickItem))
TICKED, UNTICKED = (one(incident="31", unit="E7", shift=DAY, list="fire", item="water", version=CHECKLISTS.version) for one in (ItemTicked, ItemUnticked))


@pytest.mark.parametrize(("given", "command", "then"), [
    (SENT_OUT, TICK, (TICKED,)),
    ([*SENT_OUT, on("crew 1")], TICK, (TICKED,)),
    ([*SENT_OUT, CLOSED], TICK, (TICKED,)),
    ([*SENT_OUT, TICKED], TICK, "item_ticked"),
    ([*SENT_OUT, TICKED], UNTICK, (UNTICKED,)),
    ([*SENT_OUT, TICKED, UNTICKED], TICK, (TICKED,)),
    ([*SENT_OUT, TICKED, UNTICKED], UNTICK, "item_not_ticked"),
    ([*SENT_OUT, msgspec.structs.replace(TICKED, unit="E8")], TICK, (TICKED,)),
    ([*SENT_OUT, msgspec.structs.replace(TICKED, unit="E8")], UNTICK, "item_not_ticked"),
    (SENT_OUT, msgspec.structs.replace(TICK, list="medical", item="airway"), (msgspec.structs.replace(TICKED, list="medical", item="airway"),)),
    (SENT_OUT, msgspec.structs.replace(TICK, item="airway"), "item_unknown"),
    (SENT_OUT, msgspec.structs.replace(TICK, list="dragon"), "item_unknown"),
    ([OPENED, started()], TICK, "unit_not_on_incident"),
    ([*SENT_OUT, on("crew 2")], TICK, "not_your_unit"),
    ([], TICK, "incident_unknown"),
])
def test_each_unit_ticks_for_itself(given: list[Fact], command: Command, then: Any) -> None:
    assert crew(given, command) == then


def test_the_row_has_what_stands_ticked_by_which_unit_and_the_story_one_line_of_all() -> None:
    picture, other = Checklists(), msgspec.structs.replace(TICKED, unit="E8")
    gas, gas_back = (msgspec.structs.replace(one, item="gas_off") for one in (TICKED, UNTICKED))
    facts = [kept(position, fact) for position, fact in enumerate((TICKED, other, gas, gas_back), 1)]
    for one in facts:
        picture.fold(one)
    row = picture.rows["31"]
    assert isinstance(row, ChecklistRow)
    assert [(one.item, one.unit, one.at - NOW) for one in row.ticks] == [("water", "E7", 1), ("water", "E8", 2)]
    line = of_items(CHECKLISTS, facts)
    assert line == (facts[-1], Words("Checklist: water supply found (E7, E8); taken back: gas and power shut off (E7).", "检查清单：已落实水源（E7、E8）；已取消：已切断燃气和电源（E7）。"))
    assert of_items(ChecklistTable(), facts[:1]) == (facts[0], Words("Checklist: water (E7).", "检查清单：water（E7）。")), "the table of today may not have it any more"
    picture.fold(kept(9, CLOSED))
    assert picture.rows == {}
    assert of_items(CHECKLISTS, []) is None


def test_a_list_is_for_kinds_that_the_plan_has_once_each() -> None:
    assert list(checklist_faults(CHECKLISTS, PLAN.kinds)) == []
    fire = CHECKLISTS.lists["fire"]
    wrong = msgspec.structs.replace(CHECKLISTS, lists={"fire": fire, "again": msgspec.structs.replace(fire, kinds=("fire", "dragon"), items={})})
    assert list(checklist_faults(wrong, PLAN.kinds)) == ["list again: it has 1 to 30 items", "list again: the kind fire has the list fire already", "list again: the plan has no kind dragon"]
