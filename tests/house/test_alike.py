"""Same incident on a real house: found by road, joined with the call in one append, told in one story, separated, closed; over a restart."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.floor import DESK, StillClock, asker, corner, small_city, small_house
from tocsin.city.calibration import Calibration
from tocsin.city.live import LiveRoads
from tocsin.facts.access import RecordShown
from tocsin.facts.calls import Place
from tocsin.house import House
from tocsin.kernel import Refused
from tocsin.rooms.calls.commands import AnswerQuestion, TakeCall
from tocsin.rooms.dispatch.commands import (
    AddNote,
    CloseIncident,
    FindAlike,
    JoinIncident,
    LookAtDifference,
    ReadStory,
    SeparateIncident,
)
from tocsin.rooms.dispatch.views import IncidentRow, SameIncidents, Story


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def house(tmp_path: Path, clock: StillClock) -> Iterator[House]:
    with small_house(tmp_path, clock) as running:
        yield running


def take(house: House, place: Place, kind: str, **more: object) -> str:
    """A call; the number of its incident."""
    command = TakeCall(place=place, kind=kind, **more)  # type: ignore[arg-type]  # fields by name, checked by the struct
    return house.do(command, DESK).subject.removeprefix("call:")


def alike(house: House, **ask: object) -> SameIncidents:
    """What the desk would be shown."""
    found = house.see(FindAlike(**ask), DESK)  # type: ignore[arg-type]  # fields by name, checked by the struct
    assert isinstance(found, SameIncidents)
    return found


def rows(house: House) -> dict[str, IncidentRow]:
    return {number: row for number, row in house.rows("incident").items() if isinstance(row, IncidentRow)}


def story(house: House, incident: str) -> str:
    """An incident's story, its sentences in both languages."""
    found = house.see(ReadStory(incident=incident), DESK)
    assert isinstance(found, Story)
    return "\n".join(f"{line.says.en} {line.says.zh}" for line in found.lines)


def test_the_likest_stand_first_by_road_time_kind_and_words(house: House, clock: StillClock) -> None:
    old = take(house, corner(2, 2), "crash")
    clock.pass_s(1800)
    near = take(house, corner(2, 2), "crash")
    beside, far = take(house, corner(3, 2), "crash"), take(house, corner(5, 5), "medical")
    clock.pass_s(60)
    at = corner(2, 2)
    found = alike(house, lon=at.lon, lat=at.lat, kind="crash", words=at.text)
    order = [one.incident for one in found.incidents]
    assert order[0] == near
    assert far not in order
    assert found.compared == 4, "whatever is not listed was compared, and stands on the board"
    assert set(rows(house)) == {old, near, beside, far}
    first = found.incidents[0]
    assert first.proposed and first.dist_m == 0 and first.ago_s == 60
    assert "0 m by road, 1:00 apart, same kind" in first.says.en
    assert "路程 0 m，相隔 1:00，同类警情" in first.says.zh
    by_id = {one.incident: one for one in found.incidents}
    assert all(by_id[number].chance < first.chance for number in (old, beside) if number in by_id)


def test_an_open_incident_is_compared_with_the_others_and_not_itself(house: House, clock: StillClock) -> None:
    one = take(house, corner(1, 1), "crash")
    clock.pass_s(90)
    other = take(house, corner(1, 1), "crash")
    assert [line.incident for line in alike(house, incident=one).incidents] == [other]
    assert alike(house, incident=one).incidents[0].ago_s == 90
    with pytest.raises(Refused, match="alike_without_place"):
        alike(house, incident="none")


def test_nothing_sealed_is_opened_to_find_what_is_alike(house: House) -> None:
    take(house, corner(1, 1), "crash", notes="two cars", caller="A caller", number="555")
    before = house.frame().id
    found = alike(house, lon=corner(1, 1).lon, lat=corner(1, 1).lat, kind="crash")
    assert found.incidents
    assert house.frame().id == before, "nothing was shown that would have to be kept"
    auditor = asker("auditor 1", "auditor")
    with pytest.raises(Refused, match="role_missing"):
        house.see(FindAlike(lon=0, lat=0), auditor)


def test_a_call_joined_as_it_is_taken_is_kept_in_one_append_and_comes_apart_again(house: House, clock: StillClock, tmp_path: Path) -> None:
    first = take(house, corner(1, 1), "crash")
    clock.pass_s(60)
    second = take(house, corner(1, 1), "fire", joins=first, likeness=0.8, notes="the second car is on fire")
    main = rows(house)[first]
    assert set(rows(house)) == {first}
    assert (main.calls, main.joined[0].incident, main.joined[0].differs) == (2, second, ("fire",))
    kept = [(position, entry.kind) for position, entry in house.ledger.read_tags((f"incident:{second}",))]
    assert [kind for _, kind in kept] == ["dispatch.incident-opened", "dispatch.incident-joined"]
    assert kept[1][0] == kept[0][0] + 1
    told = story(house, first)
    assert f"{second} joined into {first} by desk 1 (80% shown). It tells of something else: fire." in told
    assert "the second car is on fire" in told
    shown = [entry for _, entry in house.ledger.read_tags((f"call:{second}",)) if entry.kind == RecordShown.fact_kind]
    assert shown, "reading the joined call's notes is kept as a reading of that call"

    with pytest.raises(Refused, match="difference_unseen"):
        house.do(CloseIncident(incident=first, disposition="resolved"), DESK)
    house.do(AddNote(incident=second, note="smell of gas"), DESK)
    assert rows(house)[first].joined[0].differs == ("fire", "hazard")
    house.do(LookAtDifference(incident=first, joined=second), DESK)
    assert rows(house)[first].joined[0].differs == ()

    house.snapshot()
    house.close()
    with small_house(tmp_path, clock) as again:
        assert rows(again)[first].calls == 2
        again.do(SeparateIncident(incident=second, out_of=first), DESK)
        assert set(rows(again)) == {first, second}
        assert rows(again)[second].notes == 1
        assert "separated" in story(again, second)
        again.do(JoinIncident(incident=second, into=first), DESK)
        again.do(LookAtDifference(incident=first, joined=second), DESK)
        again.do(CloseIncident(incident=first, disposition="resolved"), DESK)
        assert rows(again) == {}
        assert f"Closed with {first}" in story(again, second)


def test_what_a_joined_caller_answers_later_is_seen_on_the_main_incident(house: House) -> None:
    main = take(house, corner(1, 1), "crash", priority=3)
    second = take(house, corner(1, 1), "crash", priority=3, joins=main, likeness=0.8)
    house.do(AnswerQuestion(call=second, tree="crash", question="hurt", answer="badly"), DESK)
    row = rows(house)[main]
    assert (row.priority, row.joined[0].priority, row.joined[0].differs) == (3, 1, ("priority",))
    assert f"The answers of {second} tell of something that {main} does not: more pressing." in story(house, main)
    with pytest.raises(Refused, match="nobody has looked"):
        house.do(CloseIncident(incident=main, disposition="resolved"), DESK)
    house.do(SeparateIncident(incident=second, out_of=main), DESK)
    assert (rows(house)[second].priority, rows(house)[main].joined) == (1, ())


def test_a_third_caller_is_held_against_the_joined_calls_too(house: House, clock: StillClock) -> None:
    first = take(house, corner(1, 1), "crash")
    clock.pass_s(1200)
    second = take(house, corner(2, 1), "crash", joins=first)
    clock.pass_s(30)
    at = corner(2, 1)
    found = alike(house, lon=at.lon, lat=at.lat, kind="crash", words=at.text).incidents[0]
    assert (found.incident, found.nearest, found.ago_s, found.calls) == (first, second, 30, 2)


def test_a_call_about_an_incident_that_has_just_ended_opens_by_itself(house: House) -> None:
    first = take(house, corner(1, 1), "crash")
    house.do(CloseIncident(incident=first, disposition="resolved"), DESK)
    second = take(house, corner(1, 1), "crash", joins=first)
    third = take(house, corner(1, 1), "crash", joins="nothing")
    assert set(rows(house)) == {second, third}
    assert rows(house)[second].linked == (first,)


def test_distance_is_by_road_the_shorter_way_round() -> None:
    roads = LiveRoads(small_city(), Calibration.default())
    a, b = corner(0, 0), corner(1, 1)
    straight_east, straight_north = 443.0, 444.8  # two blocks of longitude, one of latitude
    there = float(roads.apart_m([a.lon], [a.lat], (b.lon, b.lat))[0])
    assert there == pytest.approx(straight_east + straight_north, rel=0.02), "round the corner, not across the block"
    assert float(roads.apart_m([b.lon], [b.lat], (a.lon, a.lat))[0]) == pytest.approx(there, abs=1)
    oneway, up = corner(2, 3), corner(2, 4)
    assert float(roads.apart_m([up.lon], [up.lat], (oneway.lon, oneway.lat))[0]) == pytest.approx(444.8, rel=0.02), "against a one-way street as with it"
    assert roads.apart_m([a.lon + 1], [a.lat], (b.lon, b.lat)).tolist() == [float("inf")]
    assert roads.apart_m([], [], (b.lon, b.lat)).shape == (0,)
