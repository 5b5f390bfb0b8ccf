"""Hazards, arrivals and checklists over the running edge: marked, shown with their words, gone by the clock alone, and who may do what."""

import json
from collections.abc import Iterator

import pytest

from tests.edges.web.running import Running, running
from tests.floor import CHIEF, DESK, corner, on_duty
from tocsin.facts.access import RecordShown
from tocsin.house.envelope import disclose
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AssignUnit, CloseIncident, StandDown
from tocsin.rooms.fleet.commands import ReportState

SECRET, H = "Zarf's cellar door", 3_600


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("hazards")) as served:
        yield served


def incident(floor: Running, column: int, row: int, kind: str = "fire") -> str:
    return floor.house.do(TakeCall(place=corner(column, row), kind=kind, priority=1), DESK).subject.removeprefix("call:")


def test_a_hazard_is_marked_shown_renewed_and_is_gone_at_its_end_with_nothing_kept(floor: Running) -> None:
    number = incident(floor, 1, 1)
    taker, crew, chief, desk = (floor.as_(role) for role in ("call_taker", "responder", "supervisor", "dispatcher"))
    body = {"kind": "gas", "source": "told", "lasts_s": H, "incident": number, "radius_m": 200, "words": SECRET, "key": "m1"}
    answer = taker.post("/api/hazards", json=body).json()
    assert answer["kept"] == ["dispatch.hazard-marked"]
    assert taker.post("/api/hazards", json=body).json()["repeated"]
    hazard = next(iter(floor.house.rows("hazard")))
    later = incident(floor, 1, 1, "medical")
    for one in (number, later):
        seen = crew.get(f"/api/incidents/{one}/hazards").json()
        assert [(line["hazard"], line["kind"], line["words"], line["until"] - seen["at"]) for line in seen["hazards"]] == [(hazard, "gas", SECRET, H * 1_000_000)]
    assert json.dumps(SECRET).encode() not in b"".join(entry.body for _, entry in floor.house.ledger.read()), "its words are sealed"
    assert any(isinstance(kept.fact, RecordShown) and kept.fact.record == f"hazard:{hazard}" and kept.entry.by == "responder" for kept in disclose(floor.house.ledger.read()))
    assert SECRET not in str(floor.house.frame()), "no row has them"

    renew = f"/api/hazards/{hazard}/renew"
    floor.clock.pass_s(H - 60)
    assert desk.post(renew, json={"lasts_s": H}).json()["code"] == "not_the_reviewer"
    assert chief.post(renew, json={"lasts_s": 25 * H}).json()["code"] == "hazard_too_long"
    assert chief.post(renew, json={"lasts_s": 2 * H}).json()["kept"] == ["dispatch.hazard-renewed"]
    floor.clock.pass_s(2 * H - 1)
    assert len(crew.get(f"/api/incidents/{later}/hazards").json()["hazards"]) == 1
    before = floor.house.ledger.head()
    floor.clock.pass_s(1)
    assert crew.get(f"/api/incidents/{later}/hazards").json()["hazards"] == []
    assert floor.house.ledger.head() == before, "nothing was kept for it to end, and nothing was shown"
    assert chief.post(renew, json={"lasts_s": H}).json()["code"] == "hazard_over"

    assert [line["says"]["en"] for line in taker.get(f"/api/incidents/{number}/story").json()["lines"] if "hazard" in line["fact"]] == [
        f"Hazard, gas or vapour, 200 m round {corner(1, 1).text}, shown for 60 min (told by the caller). {SECRET}",
        "Hazard looked at and shown for another 2 h."]
    assert floor.as_("auditor").post("/api/hazards", json=body).status_code == 403


def test_one_is_taken_back_with_a_reason_and_a_crew_marks_at_its_incident(floor: Running) -> None:
    number, crew, desk = incident(floor, 4, 4), floor.as_("responder"), floor.as_("dispatcher")
    shift = on_duty(floor.house, "E3", "engine", corner(3, 4))
    body = {"kind": "collapse", "source": "seen", "lasts_s": H, "incident": number, "unit": "E3", "shift": shift}
    assert crew.post("/api/hazards", json=body).json()["code"] == "unit_not_on_incident"
    floor.house.do(AssignUnit(incident=number, unit="E3", shift=shift), DESK)
    assert crew.post("/api/hazards", json=body).json()["kept"] == ["dispatch.hazard-marked"]
    seen, = crew.get(f"/api/incidents/{number}/hazards").json()["hazards"]
    assert (seen["unit"], seen["radius_m"], seen["words"]) == ("E3", 0, None)
    withdraw = f"/api/hazards/{seen['hazard']}/withdraw"
    assert crew.post(withdraw, json={"reason": "shored up"}).status_code == 403
    assert desk.post(withdraw, json={"reason": "shored up"}).json()["kept"] == ["dispatch.hazard-withdrawn"]
    assert crew.get(f"/api/incidents/{number}/hazards").json()["hazards"] == []
    story = desk.get(f"/api/incidents/{number}/story").json()["lines"]
    assert [line["says"]["en"] for line in story if "hazard" in line["fact"]] == ["E3: hazard, danger of collapse, shown for 60 min (seen by a crew).", "Hazard taken back: shored up."]
    kinds = crew.get("/api/hazard-kinds").json()
    assert (kinds["sample"], kinds["kinds"][0]["code"], kinds["kinds"][0]["longest_s"]) == (True, "gas", 24 * H)


def test_arrivals_are_told_from_where_each_unit_is_with_or_without_an_offer(floor: Running) -> None:
    number, crew = incident(floor, 0, 5), floor.as_("responder")
    shifts = {unit: on_duty(floor.house, unit, "engine", place) for unit, place in (("E4", corner(0, 4)), ("E5", corner(5, 0)), ("E6", corner(0, 5)))}
    at = f"/api/incidents/{number}/arrivals"
    assert crew.get(at).json()["units"] == []
    for unit, shift in shifts.items():
        floor.house.do(AssignUnit(incident=number, unit=unit, shift=shift), DESK)
    for state in ("en_route", "at_scene"):
        floor.house.do(ReportState(unit="E6", shift=shifts["E6"], state=state), DESK)
    units = crew.get(at).json()["units"]
    assert [one["unit"] for one in units] == ["E4", "E5"], "who is there is on its way no more"
    assert 0 < units[0]["eta_s"] < units[1]["eta_s"]
    assert crew.get("/api/incidents/nought/arrivals").json()["code"] == "incident_unknown"


def test_items_are_ticked_and_told_in_one_line_of_the_story(floor: Running) -> None:
    number, crew, shift = incident(floor, 2, 2), floor.as_("responder"), on_duty(floor.house, "E2", "engine", corner(2, 3))
    floor.house.do(AssignUnit(incident=number, unit="E2", shift=shift), DESK)
    fire = next(one for one in crew.get("/api/checklists").json()["lists"] if "fire" in one["kinds"])
    assert fire["items"][1] == {"code": "water", "says": {"en": "water supply found", "zh": "已落实水源"}}
    at, body = f"/api/incidents/{number}", {"unit": "E2", "shift": shift, "list": "fire", "item": "water"}
    assert crew.post(f"{at}/tick", json=body).json()["kept"] == ["dispatch.item-ticked"]
    assert crew.post(f"{at}/tick", json=body).json()["code"] == "item_ticked"
    assert crew.post(f"{at}/untick", json=body).json()["kept"] == ["dispatch.item-unticked"]
    crew.post(f"{at}/tick", json=body)
    crew.post(f"{at}/tick", json={**body, "item": "way_back"})
    lines = [line for line in floor.as_("dispatcher").get(f"{at}/story").json()["lines"] if "item" in line["fact"]]
    assert [line["says"]["zh"] for line in lines] == ["检查清单：已落实水源（E2）、退路畅通（E2）。"]
    assert [one.item for one in floor.house.rows("checklist")[number].ticks] == ["water", "way_back"]  # type: ignore[attr-defined]  # a ChecklistRow
    floor.house.do(StandDown(incident=number, unit="E2", shift=shift), CHIEF)
    floor.house.do(CloseIncident(incident=number, disposition="resolved"), CHIEF)
    assert number not in floor.house.rows("checklist")
