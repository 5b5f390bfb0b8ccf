"""A curious clerk is found from what was kept of their showings, once; another decides, and the one concerned sees it and answers."""

from pathlib import Path

import msgspec
import pytest

from tests.floor import CHIEF, DESK, StillClock, asker, corner, small_house
from tocsin.engines.own_use import Own, OwnIn
from tocsin.facts.access import FindingRaised, PostTaken, RecordShown
from tocsin.house import Asker, House
from tocsin.kernel import Refused
from tocsin.rooms.access.commands import AnswerFinding, DecideFinding, KeepSignIn, ReadFinding, ReadOwnFindings
from tocsin.rooms.access.views import FindingRow, FindingView, OwnFindings
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AddNote, ReadStory

CLERK, AUDITOR = asker("clerk 1", "dispatcher"), asker("auditor 1", "auditor")
HOUR_S = 3600


def calls(house: House, count: int) -> list[str]:
    return [house.do(TakeCall(kind="fire", place=corner(n % 5, 1 + n // 5), number="+358 50 555 0101", caller="Aino Example", notes=f"smoke {n}"),
                     DESK).subject.partition(":")[2] for n in range(count)]


def look_at(house: House, incidents: list[str], by: Asker) -> None:
    for incident in incidents:
        house.see(ReadStory(incident=incident), by)


def later(house: House, clock: StillClock, seconds: float = HOUR_S) -> None:
    clock.pass_s(seconds)
    for _ in range(3):
        house.tick()


def raised(house: House) -> list[FindingRaised]:
    found = [next(kept.fact for kept in house.history(f"finding:{number}")) for number in house.rows("finding")]
    return [fact for fact in found if isinstance(fact, FindingRaised)]


def test_a_clerk_at_no_post_who_looks_at_others_cases_is_found_once(house: House, clock: StillClock) -> None:
    incidents = calls(house, 3)
    look_at(house, incidents, CLERK)
    look_at(house, incidents, DESK)
    house.tick()
    assert not house.rows("finding"), "an hour is looked at when it is over"
    later(house, clock)
    found = raised(house)
    assert [(one.pattern, one.staff) for one in found] == [("off_post", "clerk 1")], "the desk that took the calls is at work"
    shown = {kept.position for kept in house.history(*(f"call:{one}" for one in incidents), *(f"incident:{one}" for one in incidents))
             if isinstance(kept.fact, RecordShown) and kept.entry.by == "clerk 1"}
    assert set(found[0].positions) == shown
    assert found[0].measured == {"records": 3.0, "allowed": 2.0}
    for _ in range(5):
        later(house, clock)
    assert len(raised(house)) == 1


def test_it_is_not_raised_again_after_a_restart(tmp_path: Path, clock: StillClock) -> None:
    with small_house(tmp_path / "data", clock) as house:
        look_at(house, calls(house, 3), CLERK)
        later(house, clock)
        assert len(raised(house)) == 1
    with small_house(tmp_path / "data", clock) as house:
        later(house, clock)
        assert len(raised(house)) == 1


def test_what_was_shown_before_a_standstill_is_looked_at_after_it(tmp_path: Path, clock: StillClock) -> None:
    with small_house(tmp_path / "data", clock) as house:
        look_at(house, calls(house, 3), CLERK)
    clock.pass_s(3 * 86_400)
    with small_house(tmp_path / "data", clock) as house:
        house.tick()
        assert [one.pattern for one in raised(house)] == ["off_post"]


def test_at_a_post_or_with_a_task_it_is_no_finding(house: House, clock: StillClock) -> None:
    incidents = calls(house, 4)
    seated, busy = asker("clerk 2", "dispatcher"), asker("clerk 3", "dispatcher")
    house.keep_own(KeepSignIn(facts=(PostTaken(post="desk", roles=("dispatcher",), until=clock.now() + 8 * HOUR_S * 1_000_000, session="s1"),)), seated, "access", "")
    house.do(AddNote(incident=incidents[0], note="caller rang again"), busy)
    look_at(house, incidents, seated)
    look_at(house, incidents, busy)
    look_at(house, incidents, Asker("chief 9", frozenset({"supervisor"}), "", "oversight"))
    later(house, clock)
    assert not raised(house)


def test_the_same_record_on_four_days_is_found_and_not_when_one_works_it(house: House, clock: StillClock) -> None:
    curious, worked = calls(house, 2)
    for _ in range(4):
        house.do(AddNote(incident=worked, note="looked in"), CLERK)
        look_at(house, [curious, worked], CLERK)
        later(house, clock, 86_400)
    found = raised(house)
    assert [(one.pattern, one.records) for one in found] == [("over_and_over", (f"incident:{curious}",))]
    assert found[0].measured["days"] == 4


def test_another_decides_and_the_one_concerned_sees_it_and_answers_once(house: House, clock: StillClock) -> None:
    look_at(house, calls(house, 3), CHIEF)
    later(house, clock)
    number = next(iter(house.rows("finding")))
    assert "chief" not in str(house.rows("finding")[number]), "the floor is not told about whom"

    def own(by: Asker) -> OwnFindings:
        view = house.see(ReadOwnFindings(), by)
        assert isinstance(view, OwnFindings)
        return view

    assert own(CHIEF).findings == ()
    with pytest.raises(Refused, match="finding_unknown"):
        house.do(AnswerFinding(finding=number, answer="too early"), CHIEF)
    with pytest.raises(Refused, match="review_own"):
        house.do(DecideFinding(finding=number, decision="explained", note="it is fine"), CHIEF)
    with pytest.raises(Refused, match="review_own"):
        house.see(ReadFinding(finding=number), CHIEF)
    house.do(DecideFinding(finding=number, decision="mistake", note="asked to look before the shift"), AUDITOR)
    assert [(one.finding, one.decision, one.decided_by, one.answered) for one in own(CHIEF).findings] == [(number, "mistake", "auditor 1", False)]
    assert own(CLERK).findings == ()
    with pytest.raises(Refused, match="finding_unknown"):
        house.do(AnswerFinding(finding=number, answer="not about me"), CLERK)
    assert isinstance(house.see(ReadFinding(finding=number), CHIEF), FindingView), "once it is decided they read it whole"
    house.do(AnswerFinding(finding=number, answer="I stood in for a colleague"), CHIEF)
    with pytest.raises(Refused, match="finding_answered"):
        house.do(AnswerFinding(finding=number, answer="once more"), CHIEF)
    view = house.see(ReadFinding(finding=number), AUDITOR)
    assert isinstance(view, FindingView)
    assert (view.answer, view.note) == ("I stood in for a colleague", "asked to look before the shift")
    assert b"stood in" not in b"".join(entry.body for _, entry in house.ledger.read()), "the words are sealed"
    assert isinstance(house.rows("finding")[number], FindingRow)


def with_own(name: str, own: Own) -> Asker:
    return Asker(name, frozenset({"dispatcher"}), own=OwnIn(own))


@pytest.mark.parametrize(("own", "kinds"), [
    (Own(names=("Example Aino",)), ("name",)), (Own(numbers=("050 555 0101",)), ("number",)), (Own(addresses=("Harbour Street 7",)), ("address",)),
    (Own(names=("Aino Example",), numbers=("0505550101",)), ("name", "number")), (Own(names=("Somebody Else",), numbers=("0409999999",), addresses=("Quay 1",)), ())])
def test_one_who_looks_at_a_record_of_their_own_is_found(house: House, clock: StillClock, own: Own, kinds: tuple[str, ...]) -> None:
    place = msgspec.structs.replace(corner(1, 1), text="Harbour Street 7 A 12")
    incident = house.do(TakeCall(kind="fire", place=place, number="+358 50 555 0101", caller="Aino Example", notes="smoke"), DESK).subject.partition(":")[2]
    house.see(ReadStory(incident=incident), with_own("clerk 1", own))
    house.see(ReadStory(incident=incident), CHIEF)
    shown = {kept.entry.by: kept.fact.own for kept in house.history(f"call:{incident}") if isinstance(kept.fact, RecordShown)}
    assert shown == {"clerk 1": kinds, CHIEF.name: ()}
    later(house, clock)
    assert [(one.pattern, one.staff) for one in raised(house)] == ([("own_record", "clerk 1")] if kinds else [])


def test_what_is_withheld_is_not_compared(house: House) -> None:
    incident = calls(house, 1)[0]
    chief = Asker("chief 9", frozenset({"supervisor"}), "", "oversight", OwnIn(Own(names=("Aino Example",), numbers=("0505550101",))))
    house.see(ReadStory(incident=incident), chief)
    (shown,) = [kept.fact for kept in house.history(f"call:{incident}") if isinstance(kept.fact, RecordShown)]
    assert (shown.fields, shown.own) == (("words",), ())
