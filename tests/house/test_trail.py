"""The person's own view round one real house: a code that ends, one no for everything wrong, what is shown of whom, and delays by two."""

import threading
from pathlib import Path

import msgspec
import pytest

from tests.floor import CHIEF, DESK, StillClock, asker, corner, small_house
from tests.ledger.faulty import faulty_disk
from tocsin.facts.access import DisclosureDelayGranted, TrailCodeGiven, TrailRead
from tocsin.house import Asker, House
from tocsin.house.proving import Proof, check
from tocsin.house.trail import CodeGiven, Trails
from tocsin.kernel import Command, Refused
from tocsin.rooms.access.commands import (
    AskDelay,
    BreakGlass,
    EndDelay,
    GrantDelay,
    ReadDelay,
    ReadDelays,
    RefuseDelay,
    RevokeTrailCodes,
)
from tocsin.rooms.access.model.own_trail import MOST_READS
from tocsin.rooms.access.model.trail import MOST_CODES
from tocsin.rooms.access.views import DelaysView, DelayView, OwnTrail
from tocsin.rooms.calls.commands import HandOverCall, TakeCall
from tocsin.rooms.dispatch.commands import AddNote, ReadStory

SECOND, AUDITOR, PLANNER = asker("chief 2", "supervisor"), asker("auditor 1", "auditor"), asker("planner 1", "planner")
DAY_S = 86_400
REASON = "police investigation 2026/77, district court's order"


def called(house: House) -> str:
    receipt = house.do(TakeCall(kind="fire", place=corner(1, 1), caller="Aino Example", number="+358 50 555 0101", notes="smoke"), DESK)
    return receipt.subject.removeprefix("call:")


def refused(work, *words: object) -> str:  # type: ignore[no-untyped-def]  # any of several
    with pytest.raises(Refused) as no:
        work(*words)
    return no.value.code


def delayed(house: House, call: str, *positions: int, days: int = 10, record: str = "") -> str:
    asked = house.do(AskDelay(call=call, positions=positions, days=days, reason=REASON, record=record), CHIEF)
    return asked.subject.removeprefix("delay:")


def hows(trail: OwnTrail) -> list[str]:
    return [line.how for line in trail.lines]


def test_who_was_shown_it_as_what_for_what_and_where_it_went_and_no_name(house: House, clock: StillClock) -> None:
    call = called(house)
    clock.pass_s(60)
    house.see(ReadStory(incident=call), CHIEF)
    house.do(AddNote(incident=call, note="the caller waits at the gate"), DESK)
    house.see(ReadStory(incident=call), AUDITOR)
    house.do(BreakGlass(reason="asked by the hospital at once", about=call), PLANNER)
    house.see(ReadStory(incident=call), PLANNER)
    house.do(HandOverCall(call=call, to="neighbour"), DESK)
    trails = Trails(house)
    shown = trails.read(call, trails.give(call, DESK).code)
    first = shown.lines[0]
    assert (first.how, first.roles, first.purpose, first.fields, first.at) == ("shown", ("supervisor",), "response", ("caller", "number", "words"), clock.at)
    assert first.says is not None
    assert first.says.en == "Responding to an incident"
    assert [line.to for line in shown.lines if line.how == "handed_over"] == ["neighbour"]
    assert {line.roles for line in shown.lines if line.glass} == {("planner",)}
    assert ("auditor",) in [line.roles for line in shown.lines]
    assert shown.lines[-1].how == "read"
    assert shown.total == len(shown.lines)
    said = msgspec.json.encode(shown).decode()
    assert not any(name in said for name in ("chief 1", "auditor 1", "planner 1", "desk 1", "Aino", "555 0101", "gate"))


def test_a_code_is_kept_nowhere_and_is_read_as_people_write_it(house: House) -> None:
    call = called(house)
    trails = Trails(house)
    given = trails.give(call, DESK)
    plain = given.code.replace("-", "")
    assert len(plain) == 12
    assert not any(plain.encode() in entry.body or given.code.encode() in entry.body for _, entry in house.ledger.read())
    assert trails.read(call, f" {plain.lower()} ").call == call
    assert trails.read(call, given.code.replace("0", "o").replace("1", "l")).call == call


def test_every_wrong_way_is_one_and_the_same_no(house: House, clock: StillClock) -> None:
    call, other = called(house), called(house)
    trails = Trails(house)
    first = trails.give(call, DESK)
    elsewhere = trails.give(other, DESK)
    second = trails.give(call, DESK)
    none = called(house)

    def said(number: str, code: str) -> tuple[str, str, str, int, str | None]:
        before = house.ledger.head()
        with pytest.raises(Refused) as no:
            trails.read(number, code)
        assert house.ledger.head() == before
        return no.value.code, no.value.words.en, no.value.words.zh, no.value.status, no.value.field

    alike = {said(*pair) for pair in (("260304-9999", second.code), ("", ""), ("nobody's", "x"), (none, second.code), (call, elsewhere.code),
                                      (call, first.code), (call, second.code[:-1]))}
    assert trails.read(call, second.code).call == call
    house.do(RevokeTrailCodes(call=call), DESK)
    alike.add(said(call, second.code))
    assert refused(house.do, RevokeTrailCodes(call=call), DESK) == "trail_no_code"
    clock.pass_s(89 * DAY_S)
    assert trails.read(other, elsewhere.code).call == other
    clock.pass_s(DAY_S)
    alike.add(said(other, elsewhere.code))
    assert len(alike) == 1
    assert next(iter(alike))[0] == "trail_code_wrong"


def test_who_may_give_a_code_how_many_and_for_what(house: House) -> None:
    call = called(house)
    trails = Trails(house)
    assert refused(trails.give, call, AUDITOR) == "role_missing"
    assert refused(trails.give, "260304-9999", DESK) == "call_unknown"
    for _ in range(MOST_CODES):
        given: CodeGiven = trails.give(call, DESK)
    assert refused(trails.give, call, DESK) == "trail_codes_many"
    assert trails.read(call, given.code)
    assert len([kept for kept in house.history(f"trail:{call}") if isinstance(kept.fact, TrailCodeGiven)]) == MOST_CODES


def test_reading_is_kept_first_and_not_without_end(house: House, clock: StillClock) -> None:
    call = called(house)
    trails = Trails(house)
    code = trails.give(call, DESK).code
    for _ in range(MOST_READS):
        clock.pass_s(1)
        trails.read(call, code)
    assert refused(trails.read, call, code) == "trail_often"
    assert refused(trails.proof, call, code) == "trail_often"
    clock.pass_s(3_600)
    assert hows(trails.read(call, code)).count("read") == MOST_READS + 1
    reads = [kept for kept in house.history(f"trail:{call}") if isinstance(kept.fact, TrailRead)]
    assert {kept.entry.by for kept in reads} == {"the code's holder"}


def test_no_log_no_data(tmp_path: Path, clock: StillClock) -> None:
    with faulty_disk() as disk, small_house(tmp_path, clock) as house:
        call = called(house)
        trails = Trails(house)
        code = trails.give(call, DESK).code
        disk.full = True
        for work in (trails.read, trails.proof):
            with pytest.raises(Refused, match=r"ledger\.full"):
                work(call, code)
        disk.full = False


def test_the_proof_holds_every_place_and_nobodys_name(house: House, clock: StillClock) -> None:
    call = called(house)
    house.see(ReadStory(incident=call), CHIEF)
    trails = Trails(house)
    code = trails.give(call, DESK).code
    shown = trails.read(call, code)
    proof = msgspec.json.decode(msgspec.json.encode(trails.proof(call, code)), type=Proof)
    found = check(proof, house.ledger.verifier)
    assert not any(one.entries for one in found)
    places = {position for one in found for position in one.positions}
    assert {line.position for line in shown.lines if line.how != "read"} <= places
    assert b"chief" not in b"".join(given.line for history in proof.histories for given in history.entries) + proof.rooted.line
    before = {one.tag: one.positions for one in found}
    delay = delayed(house, call, shown.lines[0].position)
    house.do(GrantDelay(delay=delay), SECOND)
    clock.pass_s(120)
    after = {one.tag: one.positions for one in check(trails.proof(call, code), house.ledger.verifier)}
    assert after == before, "a delay changes nothing of what the proof tells"


def test_what_is_kept_back_is_told_of_when_it_is_over_and_meanwhile_nothing_differs(house: House, clock: StillClock) -> None:
    call, plain = called(house), called(house)
    for one in (call, plain):
        house.see(ReadStory(incident=one), CHIEF)
    trails = Trails(house)
    code, other = trails.give(call, DESK).code, trails.give(plain, DESK).code
    position = trails.read(call, code).lines[0].position
    delay = delayed(house, call, position)
    assert position in [line.position for line in trails.read(call, code).lines], "asked alone keeps nothing back"
    assert refused(house.do, GrantDelay(delay=delay), CHIEF) == "delay_own"
    house.do(GrantDelay(delay=delay), SECOND)
    assert refused(house.do, GrantDelay(delay=delay), AUDITOR) == "delay_decided"
    hidden, open_ = trails.read(call, code), trails.read(plain, other)
    assert position not in [line.position for line in hidden.lines]
    assert hidden.withheld_until == open_.withheld_until, "every record says the same"
    assert not any(line.delayed for line in hidden.lines)
    until = next(kept.fact.until for kept in house.history(f"delay:{delay}") if isinstance(kept.fact, DisclosureDelayGranted))
    assert clock.at < until <= hidden.withheld_until
    clock.pass_s(10 * DAY_S - 1)
    assert position not in [line.position for line in trails.read(call, code).lines]
    clock.pass_s(1)
    line = next(line for line in trails.read(call, code).lines if line.position == position)
    [told] = line.delayed
    assert (told.until, told.roles, told.reason) == (until, ("supervisor",), REASON)
    again = delayed(house, call, position, days=30)
    house.do(GrantDelay(delay=again), AUDITOR)
    assert position not in [line.position for line in trails.read(call, code).lines], "renewed by the same two steps"
    clock.pass_s(DAY_S)
    house.do(EndDelay(delay=again), CHIEF)
    line = next(line for line in trails.read(call, code).lines if line.position == position)
    assert [told.until for told in line.delayed] == [until, clock.at]
    assert refused(house.do, EndDelay(delay=again), CHIEF) == "delay_over"


def test_a_refused_delay_keeps_nothing_back_and_what_is_not_there_cannot_be_delayed(house: House) -> None:
    call = called(house)
    house.do(AddNote(incident=call, note="a note"), DESK)
    house.see(ReadStory(incident=call), CHIEF)
    trails = Trails(house)
    code = trails.give(call, DESK).code
    lines = trails.read(call, code).lines
    note = next(line.position for line in lines if line.fields == ("words",))
    own = next(line.position for line in lines if "number" in line.fields)
    assert refused(house.do, AskDelay(call=call, positions=(1,), days=3, reason=REASON), CHIEF) == "delay_not_there"
    other = called(house)
    house.see(ReadStory(incident=other), CHIEF)
    elsewhere = trails.read(other, trails.give(other, DESK).code).lines[0].position
    assert refused(house.do, AskDelay(call=call, positions=(note, elsewhere), days=3, reason=REASON), CHIEF) == "delay_not_there"
    assert refused(house.do, AskDelay(call="260304-9999", positions=(own,), days=3, reason=REASON), CHIEF) == "call_unknown"
    for days in (0, 31):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({"call": call, "positions": [own], "days": days, "reason": REASON}, AskDelay)
    delay = delayed(house, call, note, own)
    assert refused(house.do, GrantDelay(delay=delay), DESK) == "role_missing"
    house.do(RefuseDelay(delay=delay, reason="no order was shown"), SECOND)
    assert refused(house.do, GrantDelay(delay=delay), AUDITOR) == "delay_decided"
    assert {note, own} <= {line.position for line in trails.read(call, code).lines}
    view = house.see(ReadDelay(delay=delay), AUDITOR)
    assert isinstance(view, DelayView)
    assert (view.state, view.reason, view.refused, [step.what for step in view.steps]) == ("refused", REASON, "no order was shown", ["asked", "refused"])
    listed = house.see(ReadDelays(call=call), AUDITOR)
    assert isinstance(listed, DelaysView)
    assert [(one.delay, one.state, one.asked_by) for one in listed.delays] == [(delay, "refused", "chief 1")]
    assert {note, own} <= {one.position for one in listed.showings}, "all that can be delayed, of the call and of its incident"
    assert refused(house.see, ReadDelays(call="260304-0099"), AUDITOR) == "call_unknown"
    assert refused(house.see, ReadDelay(delay="260304-0099"), AUDITOR) == "delay_unknown"


def test_everybody_sees_that_there_is_a_delay_and_how_often_renewed_and_nobody_of_which_call(house: House, clock: StillClock) -> None:
    call, other = called(house), called(house)
    for one in (call, call, other):
        house.see(ReadStory(incident=one), CHIEF)
    trails = Trails(house)
    position, again = (line.position for line in trails.read(call, trails.give(call, DESK).code).lines[:2])
    elsewhere = trails.read(other, trails.give(other, DESK).code).lines[0].position
    first = delayed(house, call, position, days=2)
    house.do(GrantDelay(delay=first), SECOND)
    second = delayed(house, call, position, again)
    third = delayed(house, call, position)
    house.do(EndDelay(delay=second), CHIEF)
    fourth = delayed(house, other, elsewhere)
    rows = house.rows("delay")
    assert [rows[one].renewed for one in (first, second, third, fourth)] == [0, 1, 1, 0], "only what was granted is renewed"  # type: ignore[attr-defined]  # rows of delays
    said = msgspec.json.decode(msgspec.json.encode(rows[first]))
    assert said == {"row": "delay", "id": first, "state": "granted", "since": clock.at, "until": clock.at + 2 * DAY_S * 1_000_000, "days": 2,
                    "asked_by": "chief 1", "decided_by": "chief 2", "ended_by": "", "renewed": 0}
    assert [rows[one].state for one in (second, third)] == ["ended", "asked"]  # type: ignore[attr-defined]  # rows of delays


def test_of_two_decisions_at_once_one_is_kept(house: House) -> None:
    call = called(house)
    house.see(ReadStory(incident=call), CHIEF)
    trails = Trails(house)
    position = trails.read(call, trails.give(call, DESK).code).lines[0].position
    for _ in range(8):
        delay = delayed(house, call, position)
        said: list[str] = []
        gate = threading.Barrier(3)
        threads = [threading.Thread(target=_decide, args=(house, gate, said, *pair)) for pair in
                   ((GrantDelay(delay=delay), SECOND), (GrantDelay(delay=delay), AUDITOR), (RefuseDelay(delay=delay, reason="no order"), SECOND))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert sorted(said) == ["delay_decided", "delay_decided", "kept"]


def _decide(house: House, gate: threading.Barrier, said: list[str], command: Command, by: Asker) -> None:
    gate.wait()
    try:
        house.do(command, by)
        said.append("kept")
    except Refused as no:
        said.append(no.code)
