"""Two cities help one another over a real line: what is asked, consented to, used and given back is kept in both ledgers, each once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cities import LEAD, SHIFT, CityHouse, cities, contradictions
from tests.floor import corner
from tocsin.edges.web.keys import new_key
from tocsin.facts.dispatch import Need
from tocsin.kernel import Refused
from tocsin.rooms.aid.commands import AskAid, DeclineAppeal, EndAid, GiveBack, LendUnit, ReadCandidates, RecallUnit
from tocsin.rooms.dispatch.commands import AssignUnit, CloseIncident, CloseRoad, OfferCandidates, ReadOffer, ReadStory
from tocsin.rooms.fleet.commands import EndShift, ReportState

Region = dict[str, CityHouse]
ENGINES = (Need(skill="fire", count=1),)


@pytest.fixture
def region(tmp_path: Path) -> Iterator[Region]:
    with cities(tmp_path, stays={"engine": 1}) as made:
        yield made


def asked(region: Region) -> tuple[str, str, str]:
    """A asks B, and B has heard: the incident, the asking, the appeal."""
    a, b = region["A"], region["B"]
    incident = a.incident()
    a.house.do(AskAid(incident=incident, of="B", needs=ENGINES), LEAD)
    assert a.courier.carry("B")
    aid = next(iter(a.asks()))
    assert list(b.asks()) == [f"A.{aid}"]
    return incident, aid, f"A.{aid}"


def test_a_unit_is_asked_for_lent_used_and_given_back(region: Region) -> None:
    a, b = region["A"], region["B"]
    for unit in ("E7", "E8"):
        b.on_duty(unit)
    incident, aid, appeal = asked(region)
    b.house.do(LendUnit(appeal=appeal, unit="E7", shift=SHIFT, eta_s=420), LEAD)
    assert b.house.rows("unit")["E7"].state == "lent"
    assert not contradictions(region, settled=False)
    assert b.courier.carry("A")
    row = a.house.rows("unit")["B.E7"]
    assert (row.state, row.lender, row.skills, row.crew) == ("available", "B", b.house.rows("unit")["E7"].skills, 3)
    loan = row.shift
    a.house.do(AssignUnit(incident=incident, unit="B.E7", shift=loan), LEAD)
    for state in ("en_route", "at_scene"):
        a.house.do(ReportState(unit="B.E7", shift=loan, state=state), LEAD)
    assert a.courier.carry("B")
    assert b.loans()[loan.removeprefix("B.")].state == "at_scene"
    assert b.house.rows("unit")["E7"].state == "lent"
    assert not contradictions(region, settled=True)
    with pytest.raises(Refused, match="unit_on_incident"):
        a.house.do(GiveBack(unit="B.E7", shift=loan), LEAD)
    a.house.do(ReportState(unit="B.E7", shift=loan, state="available"), LEAD)
    a.house.do(GiveBack(unit="B.E7", shift=loan), LEAD)
    a.house.do(EndAid(aid=aid), LEAD)
    assert a.courier.carry("B")
    assert b.house.rows("unit")["E7"].state == "available"
    assert not a.asks() and not b.asks() and not a.loans() and not b.loans()
    told = [line.says.en for line in a.house.see(ReadStory(incident=incident), LEAD).lines]
    for words in ("B asked for help: 1 × fire.", "B.E7 lent by B, 7:00 away.", "B.E7 given back to B.", "No more help is wanted of B."):
        assert words in told, told
    assert not contradictions(region, settled=True)


def test_the_time_across_the_border_is_that_of_one_network_with_both_cities_closures(region: Region) -> None:
    a, b = region["A"], region["B"]
    incident = a.incident(column=5, row=0)
    shut = [(corner(1, 0), corner(2, 0)), (corner(3, 1), corner(4, 1)), (corner(3, 0), corner(4, 0))]
    halfway = [((one.lon + other.lon) / 2, one.lat) for one, other in shut]
    for house, (lon, lat) in zip((a.house, b.house, a.house), halfway, strict=True):
        house.do(CloseRoad(lon=lon, lat=lat, text="shut"), LEAD)
    b.on_duty("E7")
    b.on_duty("M1", "works")
    a.house.do(AskAid(incident=incident, of="B", needs=ENGINES), LEAD)
    assert a.courier.carry("B")
    appeal = next(iter(b.asks()))
    found = b.house.see(ReadCandidates(appeal=appeal), LEAD)
    assert found.joint and [one.unit for one in found.candidates] == ["E7"]
    a.on_duty("E7")  # the same unit at the same place, in a city that knows every closure
    alone = _offered(a, incident)
    a.house.do(CloseRoad(lon=halfway[1][0], lat=halfway[1][1], text="shut"), LEAD)
    assert found.candidates[0].eta_s == _offered(a, incident) > alone


def _offered(city: CityHouse, incident: str) -> int:
    number = city.house.do(OfferCandidates(incident=incident), LEAD).subject.partition(":")[2]
    return next(one.eta_s for one in city.house.see(ReadOffer(offer=number), LEAD).candidates if one.unit == "E7")


def test_nobody_sends_or_ends_what_is_anothers(region: Region) -> None:
    a, b = region["A"], region["B"]
    for unit in ("E7", "E8"):
        b.on_duty(unit)
    _, aid, appeal = asked(region)
    own = b.incident()
    b.house.do(LendUnit(appeal=appeal, unit="E7", shift=SHIFT), LEAD)
    for code, command in (("unit_not_available", AssignUnit(incident=own, unit="E7", shift=SHIFT)), ("unit_not_available", LendUnit(appeal=appeal, unit="E7", shift=SHIFT)),
                          ("unit_lent", EndShift(unit="E7", shift=SHIFT)), ("unit_lent", ReportState(unit="E7", shift=SHIFT, state="out_of_service")),
                          ("aid_least_stays", LendUnit(appeal=appeal, unit="E8", shift=SHIFT))):
        with pytest.raises(Refused, match=code):
            b.house.do(command, LEAD)
    assert b.courier.carry("A")
    loan = a.house.rows("unit")["B.E7"].shift
    with pytest.raises(Refused, match="unit_borrowed"):
        a.house.do(EndShift(unit="B.E7", shift=loan), LEAD)
    b.house.do(AskAid(incident=own, of="A", needs=ENGINES), LEAD)
    assert b.courier.carry("A")
    back = next(key for key, row in a.asks().items() if not row.ours)
    with pytest.raises(Refused, match="unit_borrowed"):
        a.house.do(LendUnit(appeal=back, unit="B.E7", shift=loan), LEAD)
    a.house.do(EndAid(aid=aid), LEAD)
    a.house.tick()
    assert "B.E7" not in a.house.rows("unit"), "what is free when its asking has ended goes home by itself"


def test_what_is_declined_comes_too_late_or_is_wanted_back(region: Region) -> None:
    a, b = region["A"], region["B"]
    for unit in ("E7", "E8", "E9"):
        b.on_duty(unit)
    incident, aid, appeal = asked(region)
    b.house.do(LendUnit(appeal=appeal, unit="E7", shift=SHIFT), LEAD)
    b.house.do(DeclineAppeal(appeal=appeal, reason="least_stays"), LEAD)
    with pytest.raises(Refused, match="appeal_over"):
        b.house.do(LendUnit(appeal=appeal, unit="E8", shift=SHIFT), LEAD)
    b.house.do(RecallUnit(unit="E7", shift=SHIFT), LEAD)
    assert b.courier.carry("A")
    assert (a.asks()[aid].state, a.asks()[aid].reason) == ("declined", "least_stays")
    loan = next(iter(a.loans().values()))
    assert loan.recalled and loan.unit == "B.E7"
    a.house.do(GiveBack(unit="B.E7", shift=loan.shift), LEAD)
    incident, aid, appeal = _again(region)
    b.house.do(LendUnit(appeal=appeal, unit="E8", shift=SHIFT), LEAD)
    a.house.do(CloseIncident(incident=incident, disposition="resolved"), LEAD)
    a.house.tick()
    assert a.asks()[aid].state == "ended" if aid in a.asks() else True
    assert b.courier.carry("A") and a.courier.carry("B")
    assert not a.loans() and not b.loans() and b.house.rows("unit")["E8"].state == "available"
    turned = [kept.fact for kept in b.house.history(f"unit:E8@{SHIFT}") if kept.entry.kind == "aid.unit-came-back"]
    assert [fact.code for fact in turned] == ["aid_over"]
    assert not contradictions(region, settled=True)


def _again(region: Region) -> tuple[str, str, str]:
    a = region["A"]
    incident = a.incident()
    a.house.do(AskAid(incident=incident, of="B", needs=ENGINES), LEAD)
    assert a.courier.carry("B")
    aid = next(key for key, row in a.asks().items() if row.incident == incident)
    return incident, aid, f"A.{aid}"


def test_no_word_of_a_person_crosses_the_border(region: Region) -> None:
    b = region["B"]
    _, _, appeal = asked(region)
    (heard,) = list(b.house.history(f"appeal:{appeal}"))
    assert b"words that no other city" not in heard.entry.body and heard.fact.place.located_at == 0
    assert set(heard.fact.__struct_fields__) == {"appeal", "by_city", "aid", "place", "kind", "priority", "needs", "until", "city", "closed"}


def test_a_letter_that_is_brought_again_is_kept_once_and_another_citys_key_speaks_for_itself_alone(region: Region) -> None:
    a, b = region["A"], region["B"]
    b.on_duty("E7")
    b.on_duty("E8")
    _incident, aid, appeal = asked(region)
    b.house.do(LendUnit(appeal=appeal, unit="E7", shift=SHIFT), LEAD)
    (row,) = b.letters().values()
    import_body = {"key": row.id, "letter": {"what": "lent", "aid": aid, "theirs": {"loan": "260304-0001", "unit": "E7", "shift": SHIFT}, "unit_kind": "engine",
                                             "skills": ["fire"], "station": "", "home": {"lon": 24.9, "lat": 60.15}, "crew": 3, "eta_s": 9}}
    with a.floor.client(bearer=b.keys["A"]) as line:
        first = line.post("/api/aid/letters", json=import_body)
        again = line.post("/api/aid/letters", json=import_body)
        assert (first.status_code, again.status_code) == (200, 200), first.text
        assert again.json()["repeated"] and not first.json()["repeated"]
        assert [one.id for one in a.house.rows("unit").values()] == ["B.E7"]
        assert line.post("/api/incidents/1/aid", json={}).status_code == 403
        assert line.get("/api/board").status_code == 403
        strange = line.post("/api/aid/letters", json={"key": "x", "letter": {"what": "over", "theirs": {"loan": "1", "unit": "E7", "shift": SHIFT}}})
        assert (strange.status_code, strange.json()["code"]) == (404, "loan_unknown")
    device, key = new_key("C", ("neighbour",), (), 9, a.floor.people.clock.now())
    a.floor.people.keep_device(device)
    with a.floor.client(bearer=key) as stranger:
        no = stranger.post("/api/aid/letters", json={"key": "y", "letter": {"what": "declined", "aid": aid, "reason": "busy"}})
        assert (no.status_code, no.json()["code"]) == (403, "neighbour_unknown")


def test_lent_units_are_seen_where_they_are_and_no_others(region: Region) -> None:
    a, b = region["A"], region["B"]
    for unit in ("E7", "E8"):
        b.on_duty(unit)
    _, _, appeal = asked(region)
    b.house.do(LendUnit(appeal=appeal, unit="E7", shift=SHIFT), LEAD)
    key = b.floor.people.add_device("tracker")
    fixes = [{"unit": unit, "lon": 24.91, "lat": 60.16, "device_at": b.floor.clock.now()} for unit in ("E7", "E8")]
    with b.floor.client(bearer=key) as tracker:
        assert tracker.post("/api/positions", json={"fixes": fixes}).json()["taken"] == 2
    assert b.courier.carry("A")
    assert list(a.house.positions()) == ["B.E7"]
    with a.floor.client(bearer=b.keys["A"]) as line:
        said = line.post("/api/aid/positions", json={"fixes": [fixes[1]]}).json()
    assert said == {"taken": 0, "refused": [{"index": 0, "code": "unit_not_on_shift"}]}
