"""Studies decided without a house: what cannot be is refused before it runs, each is answered once, and two different people adopt a plan."""

from datetime import UTC
from typing import Any

import msgspec
import pytest

from tests.floor import PLAN, SAMPLES, TABLE
from tests.rooms.story import NOW, kept, when
from tocsin.cli.reading import read_planning
from tocsin.facts.calls import CallTaken, Place
from tocsin.facts.dispatch import IncidentJoined, Need, PriorityChanged
from tocsin.facts.fleet import ShiftEnded, ShiftStarted, UnitStateChanged
from tocsin.facts.planning import (
    AdoptionDeclined,
    AdoptionProposed,
    Answer,
    Between,
    CellTimes,
    Line,
    MoreCalls,
    Past,
    PlanAdopted,
    PlanEnded,
    Post,
    Promise,
    Service,
    StationCloses,
    StreetShut,
    StudyAnswered,
    StudyAsked,
    StudyFailed,
    StudyStopped,
    Tenth,
    Two,
    UnitLess,
    UnitMore,
)
from tocsin.kernel import Command, Fact, Kept, Refused, Words
from tocsin.rooms.planning.commands import (
    AdoptPlan,
    AskStudy,
    DeclineAdoption,
    EndPlan,
    Floor,
    KeepAnswer,
    KeepFailure,
    ProposeAdoption,
    StopStudy,
)
from tocsin.rooms.planning.model import PlanningTable, Rules, State, altered, decider, evolve
from tocsin.rooms.planning.views.roster import Roster, fleet_of
from tocsin.rooms.planning.views.served import DAY_US, Served, ServedRow, days_of, service

TOWN = PlanningTable(least_calls=100, least_days=3, most_waiting=2, most_calls=2_000)
WEST = Post(unit="M1", unit_kind="medic", lon=24.90, lat=60.15, station="West")
FLEET = (WEST, Post(unit="M2", unit_kind="medic", lon=24.94, lat=60.15, station="East", from_h=8, to_h=20), Post(unit="E1", unit_kind="engine", lon=24.98, lat=60.15, station="Far"))
OPEN = Floor(fleet=FLEET, calls=300, days=10)
ID = "260304-study"


def streets(street: str, segments: Any) -> tuple[int, ...]:
    if not segments and street != "Bridge Street":
        raise Refused("street_unknown", "no such street", "没有", status=422)
    return tuple(segments) or (4, 5)


RULES = Rules(table=TOWN, kinds={code: Words(kind.en, kind.zh) for code, kind in TABLE.kinds.items()}, bounds=(24.8, 60.1, 25.0, 60.2), streets=streets)
MORE = UnitMore(unit_kind="medic", lon=24.95, lat=60.16)


def asked(command: Command, floor: Floor = OPEN, given: tuple[Fact, ...] = (), by: str = "desk 1") -> tuple[Fact, ...] | str:
    return when(given, command, state=State, evolve=evolve, decide=decider(RULES), look=lambda what: (floor,) if what == "planning" else (), by=by)


def ask(*changes: Any, **words: Any) -> AskStudy:
    return AskStudy(changes=changes or (MORE,), **({"days": 1, "replications": 2} | words))


def between(value: float = 0.0) -> Between:
    return Between(value=value, low=value - 1, high=value + 1)


SERVED = Service(mean_s=400.0, p90_s=700.0, late=0.2)
ANSWER = Answer(first_line=Words("a", "甲"), tenth_line=Words("b", "乙"), validity=Words("c", "丙"), validated=None, sample=False, calls=100, replications=2, days=1.0,
                record=Past(calls=300, days=10), whole=Line(name="", calls=100, before=SERVED, after=SERVED, mean_s=between(), late=between()), districts=(), hours=(),
                p90_s=between(), promise=Promise(mean_s=between(400), p90_s=between(700), late=Between(value=0.2, low=0.15, high=0.25)), tenth=Tenth(before_s=900, after_s=800),
                km=Two(before=1, after=1), sent=Two(before=1, after=1), waited=Two(before=0, after=0), never=Two(before=0, after=0), single=Two(before=0, after=0),
                cells=CellTimes(before_s=(), after_s=(), calls=()), not_modelled=())
ASKED = StudyAsked(study=ID, name=Words("x", "某"), changes=(MORE,), fleet=FLEET, days=1, replications=2, demand="own", seed=1, factor=1.0, weeks=26)
ANSWERED = StudyAnswered(study=ID, answer=ANSWER)
PROPOSED = AdoptionProposed(study=ID, because="the east waits", since=NOW)


def test_a_question_is_kept_with_the_fleet_as_it_is_and_in_words() -> None:
    (fact,) = asked(ask(MORE, StationCloses(station="West"), StreetShut(street="Bridge Street"), UnitLess(unit="E1"), MoreCalls(factor=1.5)))
    assert isinstance(fact, StudyAsked)
    assert fact.tags() == (f"study:{ID}",)
    assert (fact.fleet, fact.demand, fact.per_day) == (FLEET, "own", 0.0)
    assert fact.name.en == "One more advanced ambulance; West closes; Bridge Street is shut; Without E1; 1.5 times as many calls"
    assert fact.name.zh == "增加一个高级救护车；关闭 West；封闭Bridge Street；减少 E1；警情量为 1.5 倍"
    assert fact.changes[2] == StreetShut(street="Bridge Street", segments=(4, 5)), "the street's segments are kept, so that a later map changes nothing"


@pytest.mark.parametrize(("command", "code"), [
    (ask(UnitMore(unit_kind="zeppelin", lon=24.95, lat=60.16)), "unit_kind_unknown"), (ask(UnitMore(unit_kind="medic", lon=2.0, lat=60.16)), "place_outside"),
    (ask(UnitLess(unit="M9")), "unit_unknown"), (ask(StationCloses(station="North")), "station_unknown"), (ask(StationCloses(station="West", to="North")), "station_unknown"),
    (ask(StationCloses(station="West", to="West")), "no_other_station"), (ask(StationCloses(station="West"), StationCloses(station="East"), StationCloses(station="Far")), "no_other_station"),
    (ask(UnitLess(unit="M1"), UnitLess(unit="M2"), UnitLess(unit="E1")), "no_fleet"), (ask(StreetShut(street="No Street")), "street_unknown"),
    (ask(days=28, replications=10), "study_too_large"), (ask(MoreCalls(factor=5), days=7, replications=2), "study_too_large")])
def test_what_cannot_be_is_refused_before_it_runs(command: AskStudy, code: str) -> None:
    assert asked(command) == code


def test_a_floor_without_a_past_asks_with_generated_calls() -> None:
    young = Floor(fleet=FLEET, calls=99, days=10)
    assert asked(ask(), young) == "record_too_short"
    assert asked(ask(), Floor(fleet=FLEET, calls=300, days=2)) == "record_too_short"
    (fact,) = asked(ask(demand="generated"), young)
    assert isinstance(fact, StudyAsked)
    assert (fact.demand, fact.per_day) == ("generated", 9.9)
    (fact,) = asked(ask(demand="generated"), Floor(fleet=FLEET))
    assert isinstance(fact, StudyAsked)
    assert fact.per_day == 24.0, "eight for each unit"
    assert asked(ask(demand="generated"), Floor()) == "no_fleet"


def test_no_more_wait_than_the_table_allows() -> None:
    assert asked(ask(), msgspec.structs.replace(OPEN, waiting=2)) == "studies_waiting"
    assert isinstance(asked(ask(), msgspec.structs.replace(OPEN, waiting=1)), tuple)


def test_a_study_is_answered_fails_or_is_stopped_once() -> None:
    for command, fact in ((KeepAnswer(study=ID, answer=ANSWER), ANSWERED), (StopStudy(study=ID), StudyStopped(study=ID)),
                          (KeepFailure(study=ID, code="no_demand", says=Words("a", "甲")), StudyFailed(study=ID, code="no_demand", says=Words("a", "甲")))):
        assert asked(command) == "study_unknown"
        assert asked(command, given=(ASKED,)) == (fact,)
        for end in (ANSWERED, StudyStopped(study=ID), StudyFailed(study=ID, code="x", says=Words("a", "甲"))):
            assert asked(command, given=(ASKED, end)) == "study_not_waiting"


def test_a_plan_is_adopted_by_another_person_than_who_proposed_it() -> None:
    propose = ProposeAdoption(study=ID, because="the east waits")
    assert asked(propose, given=(ASKED,)) == "study_not_answered"
    assert asked(propose, given=(ASKED, ANSWERED)) == (PROPOSED,), "from now on, where no other instant is named"
    assert asked(propose, given=(ASKED, ANSWERED, PROPOSED)) == "study_not_answered"
    proposed = (ASKED, ANSWERED, PROPOSED)  # by desk 1, as every given fact is
    assert asked(AdoptPlan(study=ID), given=(ASKED, ANSWERED)) == "plan_not_proposed"
    assert asked(AdoptPlan(study=ID), given=proposed, by="desk 1") == "own_proposal"
    assert asked(AdoptPlan(study=ID), given=proposed, by="chief") == (PlanAdopted(study=ID),)
    assert asked(AdoptPlan(study=ID), given=(*proposed, PlanAdopted(study=ID)), by="chief") == "plan_not_proposed"


def test_a_proposal_is_declined_or_taken_back_and_may_come_again_and_a_plan_ends_with_a_reason() -> None:
    proposed = (ASKED, ANSWERED, PROPOSED)
    no = DeclineAdoption(study=ID, because="no money")
    assert asked(no, given=proposed) == (AdoptionDeclined(study=ID, because="no money"),)
    assert asked(no, given=(ASKED, ANSWERED)) == "plan_not_proposed"
    again = (*proposed, AdoptionDeclined(study=ID, because="no money"))
    assert isinstance(asked(ProposeAdoption(study=ID, because="there is money"), given=again), tuple)
    end = EndPlan(study=ID, because="the bridge is open")
    assert asked(end, given=proposed) == "plan_not_adopted"
    assert asked(end, given=(*proposed, PlanAdopted(study=ID))) == (PlanEnded(study=ID, because="the bridge is open"),)


def test_a_closed_stations_units_go_to_the_nearest_or_to_the_named_one() -> None:
    nearest = altered(FLEET, (StationCloses(station="West"),))
    assert [(post.unit, post.station, post.lon) for post in nearest] == [("M1", "East", 24.94), ("M2", "East", 24.94), ("E1", "Far", 24.98)]
    named = altered(FLEET, (StationCloses(station="West", to="Far"), UnitLess(unit="M2"), MORE, MORE))
    assert [(post.unit, post.station) for post in named] == [("M1", "Far"), ("E1", "Far"), ("+1", ""), ("+2", "")]


def test_the_sample_table_is_read_and_an_unknown_word_is_not() -> None:
    table = read_planning(SAMPLES / "planning.toml")
    assert table.sample
    assert (table.limit_s(1), table.limit_s(9)) == (480, 600)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"least_cals": 5}, PlanningTable)


def fold(picture: Roster | Served, at: int, fact: Fact) -> tuple[str, ...]:
    one = kept(1, fact)
    return picture.fold(Kept(at, msgspec.structs.replace(one.entry, happened_at=at), fact))


HOUR = 3_600_000_000
MIDNIGHT = NOW - 8 * HOUR


def test_the_fleet_is_who_was_on_duty_at_each_hour_of_most_days_of_the_last_week() -> None:
    roster = Roster()
    start = {"unit_kind": "medic", "skills": ("als",), "crew": 2, "month": "2026-03"}
    fold(roster, MIDNIGHT - 6 * 24 * HOUR, ShiftStarted(unit="A", shift="a", station="West", home=Place(lon=1, lat=2), **start))
    for day in range(-6, 0):
        begin = MIDNIGHT + day * 24 * HOUR
        fold(roster, begin + 22 * HOUR, ShiftStarted(unit="N", shift=f"n{day}", station="East", home=Place(lon=3, lat=4), **start))
        fold(roster, begin + 30 * HOUR, ShiftEnded(unit="N", shift=f"n{day}", month="2026-03"))
    fold(roster, MIDNIGHT - 24 * HOUR, ShiftStarted(unit="X", shift="x", station="", home=Place(lon=5, lat=6), **start))
    fold(roster, MIDNIGHT - 20 * HOUR, ShiftEnded(unit="X", shift="x", month="2026-03"))
    fold(roster, MIDNIGHT, ShiftStarted(unit="L", shift="l", station="", home=Place(lon=5, lat=6), lender="north", **start))
    assert fleet_of(roster.rows, NOW, UTC) == (Post(unit="A", unit_kind="medic", lon=1, lat=2, station="West"),
                                               Post(unit="N", unit_kind="medic", lon=3, lat=4, station="East", from_h=22, to_h=6)), "one day of seven is no habit; a loan is not ours"


def test_a_fleet_of_the_first_hour_is_who_is_on_duty_now() -> None:
    roster = Roster()
    fold(roster, NOW - HOUR // 2, ShiftStarted(unit="A", shift="a", station="West", home=Place(lon=1, lat=2), unit_kind="medic", skills=(), crew=2, month="2026-03"))
    fold(roster, NOW - HOUR // 2, ShiftStarted(unit="B", shift="b", station="West", home=Place(lon=1, lat=2), unit_kind="medic", skills=(), crew=2, month="2026-03"))
    fold(roster, NOW - HOUR // 4, ShiftEnded(unit="B", shift="b", month="2026-03"))
    assert [(post.unit, post.from_h, post.to_h) for post in fleet_of(roster.rows, NOW, UTC)] == [("A", 0, 24)]


def test_a_unit_leaves_the_roster_within_a_day_of_its_four_weeks_and_one_on_duty_never() -> None:
    roster, day = Roster(), 24 * HOUR
    start = {"unit_kind": "medic", "skills": (), "crew": 2, "month": "2026-03", "station": "", "home": Place(lon=1, lat=2)}
    for unit in ("gone", "stays"):
        fold(roster, NOW, ShiftStarted(unit=unit, shift=unit, **start))
    fold(roster, NOW + HOUR, ShiftEnded(unit="gone", shift="gone", month="2026-03"))
    for later in range(1, 30):
        changed = fold(roster, NOW + later * day + 2 * HOUR, ShiftStarted(unit="other", shift=f"o{later}", **start))
        fold(roster, NOW + later * day + 3 * HOUR, ShiftEnded(unit="other", shift=f"o{later}", month="2026-03"))
        assert ("gone" in roster.rows) == (later < 28), later
        assert ("gone" in changed) == (later == 28)
    assert set(roster.rows) == {"stays", "other"}


def call(served: Served, number: int, at: int, waited_s: int, *, channel: str = "voice", priority: int = 2, kind: str = "medical") -> None:
    fold(served, at, CallTaken(call=str(number), channel=channel, place=Place(lon=1, lat=2), kind=kind, priority=priority))
    if waited_s >= 0:
        fold(served, at + waited_s * 1_000_000, UnitStateChanged(unit="A", shift="a", state="at_scene", was="en_route", incident=str(number)))


def test_only_residents_own_calls_are_counted_each_once_and_joined_ones_not() -> None:
    served = Served()
    call(served, 1, NOW, 605)
    fold(served, NOW, UnitStateChanged(unit="B", shift="b", state="at_scene", was="en_route", incident="1"))
    call(served, 2, NOW, 100, channel="radio")
    call(served, 3, NOW, -1)
    fold(served, NOW, IncidentJoined(incident="3", into="1"))
    call(served, 4, NOW, -1)
    fold(served, NOW, PriorityChanged(incident="4", priority=1, needs=(Need(skill="als"),)))
    fold(served, NOW + 90_000_000, UnitStateChanged(unit="A", shift="a", state="at_scene", was="en_route", incident="4"))
    (row,) = served.rows.values()
    assert isinstance(row, ServedRow)
    assert (row.calls, row.waits) == (2, {"2": {60: 1}, "1": {9: 1}})
    assert set(PLAN.kinds) & {"medical"}


def test_what_came_is_the_mean_of_days_with_an_interval_that_days_alone_make() -> None:
    served = Served()
    for day in range(4):
        for nth in range(50):
            call(served, day * 100 + nth, day * DAY_US + nth * 60_000_000, 301 + 400 * (nth % 5 == 0))
    days = days_of(served.rows, 0, 4 * DAY_US)
    found = service(days, PlanningTable())
    assert found is not None
    calls, mean_s, p90_s, late = found
    assert (calls, late.value, late.low, late.high) == (200, 0.2, 0.2, 0.2), "every day is the same, so nothing is left to chance"
    assert mean_s.value == pytest.approx(0.8 * 305 + 0.2 * 705)
    assert p90_s.value == 705
    assert service(days[:1], PlanningTable()) is None, "one day says nothing of chance"
    assert len(days_of(served.rows, 1, 4 * DAY_US)) == 3, "the first day is not whole"


def test_an_interval_of_a_share_stays_a_share() -> None:
    served = Served()
    for nth, took_s in enumerate((301, 301, 301, 901)):  # one late call in two days: an interval about it would begin below 0
        call(served, nth, nth % 2 * DAY_US + nth * 60_000_000, took_s)
    found = service(days_of(served.rows, 0, 2 * DAY_US), PlanningTable())
    assert found is not None
    _, _, _, late = found
    assert late.value == 0.25 and late.low == 0.0 and late.high == 1.0
