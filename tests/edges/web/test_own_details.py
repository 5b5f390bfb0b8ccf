"""Own details of the staff over HTTP: given by an administrator, shown to nobody, found in what their person looks at, gone with their access."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edges.web.running import Running, running
from tests.floor import corner
from tocsin.facts.access import OwnDetailsGiven, RecordShown
from tocsin.house import Asker
from tocsin.house.envelope import disclose
from tocsin.rooms.calls.commands import TakeCall

OWN = {"names": ["Aino Example"], "numbers": ["+358 50 555 0101"], "addresses": ["Quay Lane 77"]}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Running]:
    """A house of its own: somebody's access ends in it."""
    with running(tmp_path) as floor:
        yield floor


def test_who_looks_at_a_record_of_their_own_is_told_apart_and_the_details_stay_unseen(house: Running) -> None:
    call = house.house.do(TakeCall(kind="fire", place=corner(1, 1), number="050 555 0101", caller="Aino Example", notes="smoke"),
                          Asker("desk 1", frozenset({"call_taker"}))).subject.partition(":")[2]
    admin, desk = house.as_("admin"), house.as_("dispatcher")
    assert desk.get(f"/api/incidents/{call}/story").status_code == 200
    assert admin.post("/api/people/own", json={"name": "dispatcher", "own": OWN}).status_code == 200
    assert desk.get(f"/api/incidents/{call}/story").status_code == 200
    assert house.as_("supervisor").get(f"/api/incidents/{call}/story").status_code == 200
    shown = [(kept.entry.by, kept.fact.own) for kept in disclose(house.house.ledger.read(0)) if isinstance(kept.fact, RecordShown)]
    assert [own for by, own in shown if by == "dispatcher"][:2] == [(), ("name", "number")]
    assert {own for by, own in shown if by == "supervisor"} == {()}
    people = admin.get("/api/people").text
    assert [one["own"] for one in admin.get("/api/people").json()["people"] if one["name"] == "dispatcher"] == [["name", "number", "address"]]
    assert desk.get("/api/account").json()["own"] == ["name", "number", "address"], "the one concerned knows that it is so"
    everything = people + (house.data / "people.json").read_text() + "".join(map(repr, house.house.ledger.lines(0, 1_000)))
    assert not [word for word in ("Aino", "5550101", "555 0101", "Quay Lane", "quay") if word in everything]


def test_what_is_too_short_is_refused_and_nobody_else_gives_them(house: Running) -> None:
    admin = house.as_("admin")
    refused = admin.post("/api/people/own", json={"name": "dispatcher", "own": {"names": ["Li"]}}).json()
    assert (refused["code"], refused["field"]) == ("own_too_short", "own.names")
    assert admin.post("/api/people/own", json={"name": "nobody here", "own": OWN}).json()["code"] == "person_unknown"
    assert admin.post("/api/people/own", json={"name": "dispatcher", "own": {"names": ["A B"] * 6}}).json()["code"] == "field_wrong"
    for role in ("dispatcher", "supervisor", "auditor"):
        assert house.as_(role).post("/api/people/own", json={"name": "dispatcher", "own": OWN}).json()["code"] == "role_missing"
    assert house.people.own("dispatcher") is None


def test_they_are_taken_away_with_nothing_and_with_the_access(house: Running) -> None:
    admin = house.as_("admin")
    for own in (OWN, {}):
        admin.post("/api/people/own", json={"name": "dispatcher", "own": own})
    assert house.people.own("dispatcher") is None and house.people.find("dispatcher").own == ""  # type: ignore[union-attr]  # a person
    admin.post("/api/people/own", json={"name": "planner", "own": OWN})
    assert house.people.own("planner") is not None
    admin.post("/api/people/end", json={"name": "planner"})
    assert [person.own for person in house.people.all() if person.name == "planner"] == [""]
    given = [(kept.fact.person, kept.fact.kinds) for kept in disclose(house.house.ledger.read(0)) if isinstance(kept.fact, OwnDetailsGiven)]
    assert given == [("dispatcher", ("name", "number", "address")), ("dispatcher", ()), ("planner", ("name", "number", "address"))]
