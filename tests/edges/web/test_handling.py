"""A handling record over the running edge: its form, its keeping, its story for those who may read it, and nothing of it in clear."""

import json
from collections.abc import Iterator

import pytest

from tests.edges.web.running import Running, running
from tests.floor import DESK, corner, on_duty
from tocsin.house.envelope import disclose
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AssignUnit, CloseIncident, StandDown

SECRET, CAUSE, TO = "Plinth Yard cellar", "a Quibble heater", "Zarf the owner"


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("handling")) as served:
        yield served


def test_a_crew_writes_its_record_by_the_form_and_the_story_tells_it(floor: Running) -> None:
    shift = on_duty(floor.house, "E1", "engine", corner(0, 0))
    incident = floor.house.do(TakeCall(place=corner(1, 1), kind="fire"), DESK).subject.removeprefix("call:")
    floor.house.do(AssignUnit(incident=incident, unit="E1", shift=shift), DESK)
    crew, at = floor.as_("responder"), f"/api/incidents/{incident}"
    form = crew.get(f"{at}/handling-form").json()
    assert (form["form"], form["sample"], form["kept"]) == ("fire", True, [])
    extent = form["fields"][0]
    assert (extent["code"], extent["kind"], extent["required"], extent["choices"][2]) == ("extent", "choice", True, {"code": "room", "says": {"en": "one room", "zh": "一间房间"}})
    body = {"unit": "E1", "shift": shift, "found": f"smoke in {SECRET}", "done": "put out", "handed_to": TO,
            "fields": {"extent": "room", "out": True, "rescued": 2, "cause": CAUSE}}
    wrong = crew.post(f"{at}/handling", json={**body, "fields": {"extent": "room"}})
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["field"]) == (422, "field_missing", "fields.out")
    assert crew.post(f"{at}/handling", json={**body, "key": "h1"}).json()["kept"] == ["dispatch.handling-kept"]
    assert crew.post(f"{at}/handling", json={**body, "key": "h1"}).json()["repeated"]
    floor.house.do(StandDown(incident=incident, unit="E1", shift=shift), DESK)
    assert floor.as_("call_taker").get(f"{at}/story").json()["tell"] is None, "it has not ended"
    floor.house.do(CloseIncident(incident=incident, disposition="resolved"), DESK)
    crew.post(f"{at}/handling", json={**body, "fields": {"extent": "building", "out": True}})
    assert crew.get(f"{at}/handling-form").json()["kept"] == [f"E1@{shift}"]

    story = floor.as_("call_taker").get(f"{at}/story").json()
    lines = [line for line in story["lines"] if line["fact"] == "dispatch.handling-kept"]
    assert [line["sealed"] for line in lines] == [True, True]
    assert lines[0]["says"]["en"] == (f"E1's handling record. Found: smoke in {SECRET}. Done: put out. Handed over to: {TO}. how far it had spread: one room. "
                                      f"fire out: yes. people brought out: 2. what it seemed to begin with: {CAUSE}.")
    assert lines[1]["says"]["en"].startswith("E1's handling record, corrected. Found:")
    assert "过火范围：超出一间房间。" in lines[1]["says"]["zh"]
    assert story["tell"]["en"] == "The fire service has been there and has finished its work (beyond one room)."
    kept = b"".join(entry.body for _, entry in floor.house.ledger.read())
    for text in (SECRET, CAUSE, TO):
        assert text.encode() not in kept, "what was written freely is sealed"
    assert any(line.entry.kind == "access.record-shown" and line.entry.by == "call_taker" for line in disclose(floor.house.ledger.read()))


def test_a_purpose_for_which_words_are_withheld_withholds_them(floor: Running) -> None:
    shift = on_duty(floor.house, "M1", "medic", corner(0, 0))
    incident = floor.house.do(TakeCall(place=corner(1, 1), kind="flooding"), DESK).subject.removeprefix("call:")
    floor.house.do(AssignUnit(incident=incident, unit="M1", shift=shift), DESK)
    answer = floor.as_("dispatcher").post(f"/api/incidents/{incident}/handling", json={"unit": "M1", "shift": shift, "found": SECRET, "done": "pumped"})
    assert answer.status_code < 300, answer.text
    seen = floor.as_("auditor").get(f"/api/incidents/{incident}/story", headers={"x-tocsin-purpose": "response"}).json()
    assert SECRET not in json.dumps(seen)
    assert "▮▮▮" in next(line["says"]["en"] for line in seen["lines"] if line["fact"] == "dispatch.handling-kept")
