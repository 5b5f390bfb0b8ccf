"""Routine review: a day's sample is drawn once when it is over, an auditor draws the same again, and another than the viewer reviews it."""

from pathlib import Path

import msgspec
import pytest

from tests.floor import CHIEF, DESK, StillClock, asker, small_house
from tests.house.test_watching import calls, look_at
from tocsin.engines.own_use import DAY_US
from tocsin.facts.access import FindingRaised, RecordShown, SampleDrawn
from tocsin.house import House
from tocsin.house.envelope import disclose, enclose
from tocsin.house.sampling import sample_faults
from tocsin.kernel import Refused
from tocsin.rooms.access.commands import ReadSample, ReviewSample
from tocsin.rooms.access.views import FindingRow, SampleRow, SampleView

AUDITOR = asker("auditor 1", "auditor")


def days_pass(house: House, clock: StillClock, days: int = 1) -> None:
    clock.pass_s(days * 86_400)
    for _ in range(3):
        house.tick()


def drawn(house: House) -> list[SampleDrawn]:
    return [kept.fact for kept in disclose(house.ledger.read()) if isinstance(kept.fact, SampleDrawn)]


def test_a_day_is_drawn_once_when_it_is_over_and_everybody_is_in_it(house: House, clock: StillClock) -> None:
    incidents = calls(house, 9)
    for by in (DESK, CHIEF):
        look_at(house, incidents, by)
    house.tick()
    assert not drawn(house), "a day is drawn when it is over"
    size = house.ledger.head()
    days_pass(house, clock)
    found = drawn(house)
    assert {one.staff for one in found} == {DESK.name, CHIEF.name}
    assert all(one.root == house.ledger.root(one.size).hex() and one.size <= size + 1 for one in found)
    for one in found:
        assert len(one.positions) >= 3
        for position in one.positions:
            _, entry = next(iter(house.ledger.read(position - 1, 1)))
            assert (entry.kind, entry.by) == (RecordShown.fact_kind, one.staff)
    days_pass(house, clock)
    assert len(drawn(house)) == 2, "the same day is not drawn again, and nothing was shown on the next"


def test_it_is_drawn_after_a_standstill_and_not_again_after_a_restart(tmp_path: Path, clock: StillClock) -> None:
    with small_house(tmp_path / "data", clock) as house:
        look_at(house, calls(house, 4), CHIEF)
    clock.pass_s(4 * 86_400)
    for _ in range(2):
        with small_house(tmp_path / "data", clock) as house:
            house.tick()
            assert [one.staff for one in drawn(house)] == [CHIEF.name]


def test_an_auditor_draws_the_same_again_and_sees_what_was_put_in_its_place(tmp_path: Path, clock: StillClock) -> None:
    with small_house(tmp_path / "data", clock) as house:
        day = clock.now() // DAY_US
        look_at(house, calls(house, 12), CHIEF)
        look_at(house, calls(house, 12), DESK)
        assert sample_faults(house.ledger, day) == ("nothing was drawn, and there were showings",)
        days_pass(house, clock)
        assert sample_faults(house.ledger, day) == ()
        true = drawn(house)[0]
        for false in (msgspec.structs.replace(true, sample="x", staff="nobody"), msgspec.structs.replace(true, positions=true.positions[:-1])):
            now = clock.now()
            house.ledger.append(enclose([false], house.ledger.vault, happened_at=now, known_at=now, by="room:access", purpose="time", cause=0, key=""))
            assert sample_faults(house.ledger, day)


def test_another_than_the_viewer_reviews_it_once(house: House, clock: StillClock) -> None:
    look_at(house, calls(house, 4), CHIEF)
    days_pass(house, clock)
    number = next(iter(house.rows("sample")))
    assert "chief" not in str(house.rows("sample")[number]), "the floor is not told of whom"
    with pytest.raises(Refused, match="review_own"):
        house.see(ReadSample(sample=number), CHIEF)
    with pytest.raises(Refused, match="review_own"):
        house.do(ReviewSample(sample=number, outcome="ordinary"), CHIEF)
    with pytest.raises(Refused, match="role_missing"):
        house.do(ReviewSample(sample=number, outcome="ordinary"), DESK)
    view = house.see(ReadSample(sample=number), AUDITOR)
    assert isinstance(view, SampleView)
    assert (view.staff, tuple(one.position for one in view.showings)) == (CHIEF.name, drawn(house)[0].positions)
    house.do(ReviewSample(sample=number, outcome="ordinary"), AUDITOR)
    with pytest.raises(Refused, match="sample_reviewed"):
        house.do(ReviewSample(sample=number, outcome="questioned"), AUDITOR)
    row = house.rows("sample")[number]
    assert isinstance(row, SampleRow)
    assert (row.outcome, row.reviewed_by) == ("ordinary", "auditor 1")


def test_what_is_questioned_is_a_finding_with_its_showings(house: House, clock: StillClock) -> None:
    look_at(house, calls(house, 4), CHIEF)
    days_pass(house, clock)
    number = next(iter(house.rows("sample")))
    house.do(ReviewSample(sample=number, outcome="questioned"), AUDITOR)
    raised = next(kept.fact for kept in house.history(f"finding:{number}-questioned"))
    assert isinstance(raised, FindingRaised)
    assert (raised.pattern, raised.staff, raised.positions) == ("sample_questioned", CHIEF.name, drawn(house)[0].positions)


def test_what_nobody_reviews_within_a_week_is_a_finding_once(house: House, clock: StillClock) -> None:
    look_at(house, calls(house, 4), CHIEF)
    days_pass(house, clock)
    days_pass(house, clock, 6)
    assert not [row for row in house.rows("finding").values() if isinstance(row, FindingRow) and row.pattern == "sample_unreviewed"]
    for _ in range(3):
        days_pass(house, clock, 1)
    assert [row.pattern for row in house.rows("finding").values() if isinstance(row, FindingRow)].count("sample_unreviewed") == 1
