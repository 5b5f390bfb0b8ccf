"""Time passing on a real house: timers come due, are raised once, and outlive restarts, lost caches, storms and set-back clocks."""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from tests.floor import CHIEF, DESK, TIMERS, StillClock, asker, corner, on_duty, small_house
from tocsin.edges.web.ticking import Ticking
from tocsin.facts.timers import MovementSeen, TimerEscalated
from tocsin.house import House
from tocsin.house.envelope import disclose
from tocsin.kernel import Kept, Refused
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AcknowledgeTimer, AssignUnit, RaiseTimers, ReadStory
from tocsin.rooms.dispatch.model import TimerTable
from tocsin.rooms.dispatch.views import Story, TimerRow
from tocsin.rooms.fleet.commands import ReportState
from tocsin.trail import Fix

S = 1_000_000
CREW = asker("crew:E7", "responder")


def floor(folder: Path, clock: StillClock, timers: TimerTable = TIMERS) -> House:
    return small_house(folder, clock, timers=timers)


def take(house: House, priority: int = 1) -> str:
    return house.do(TakeCall(place=corner(1, 1), kind="fire", priority=priority), DESK).subject.removeprefix("call:")


def raised(house: House) -> Sequence[Kept]:
    return [kept for kept in disclose(house.ledger.read()) if isinstance(kept.fact, TimerEscalated)]


def steps(house: House) -> list[tuple[str, int, str]]:
    return [(kept.fact.rule, kept.fact.step, kept.fact.to) for kept in raised(house) if isinstance(kept.fact, TimerEscalated)]


def row(house: House, timer: str) -> TimerRow:
    found = house.rows("timer")[timer]
    assert isinstance(found, TimerRow)
    return found


def test_a_tick_with_nothing_due_keeps_nothing(tmp_path: Path) -> None:
    clock = StillClock()
    with floor(tmp_path, clock) as house:
        house.tick()
        take(house)
        head = house.ledger.head()
        for _ in range(59):
            clock.pass_s(1)
            house.tick()
        assert house.ledger.head() == head
        clock.pass_s(1)
        house.tick()
        house.tick()
        assert house.ledger.head() == head + 1
        assert [(kept.entry.by, kept.entry.purpose) for kept in raised(house)] == [("room:dispatch", "time")]


@pytest.mark.parametrize("cache", ["kept", "lost"])
def test_a_restart_in_the_middle_keeps_timers_and_raises_each_step_once(tmp_path: Path, cache: str) -> None:
    clock = StillClock()
    with floor(tmp_path, clock) as house:
        number = take(house)
        clock.pass_s(30)
    began = clock.at - 30 * S
    _lose(tmp_path, cache)
    clock.pass_s(31)
    with floor(tmp_path, clock) as house:
        assert row(house, f"pending:{number}").due_at == began + 60 * S
        house.tick()
        assert steps(house) == [("pending", 1, "dispatcher")]
        house.snapshot()
    _lose(tmp_path, cache)
    with floor(tmp_path, clock) as house:
        house.tick()
        assert steps(house) == [("pending", 1, "dispatcher")], "not again after a restart"
        assert row(house, f"pending:{number}").step == 1
        clock.pass_s(120)
        house.tick()
        assert steps(house) == [("pending", 1, "dispatcher"), ("pending", 2, "supervisor")]


def test_what_came_due_while_the_house_was_down_is_kept_with_when_it_was_due(tmp_path: Path) -> None:
    clock = StillClock()
    with floor(tmp_path, clock) as house:
        number = take(house)
        began = clock.at
    clock.pass_s(3600)
    with floor(tmp_path, clock) as house:
        house.tick()
        assert [(kept.fact.due_at, kept.entry.known_at) for kept in raised(house) if isinstance(kept.fact, TimerEscalated)] == [
            (began + 60 * S, clock.at), (began + 180 * S, clock.at)]
        story = house.see(ReadStory(incident=number), DESK)
        assert isinstance(story, Story)
        assert "No unit yet for 1:00: raised to the dispatcher. It was due 59:00 before it was raised." in [line.says.en for line in story.lines]


def test_a_clock_set_back_raises_nothing_twice_and_loses_nothing(tmp_path: Path) -> None:
    clock = StillClock()
    with floor(tmp_path, clock) as house:
        take(house)
        clock.pass_s(61)
        house.tick()
        clock.pass_s(-45)
        for _ in range(200):
            house.tick()
            clock.pass_s(1)
        assert steps(house) == [("pending", 1, "dispatcher"), ("pending", 2, "supervisor")]


def test_a_storm_is_raised_whole_once_and_soon_even_by_two_at_once(tmp_path: Path) -> None:
    clock = StillClock()
    with floor(tmp_path, clock) as house:
        with ThreadPoolExecutor(8) as hands:
            numbers = set(hands.map(lambda _: take(house), range(500)))
        clock.pass_s(61)
        begun = time.perf_counter()
        with ThreadPoolExecutor(2) as two:
            list(two.map(lambda _: house.tick(), range(4)))
        took_s = time.perf_counter() - begun
        found = [kept.fact.incident for kept in raised(house) if isinstance(kept.fact, TimerEscalated)]
        assert len(found) == len(set(found)) == 500
        assert set(found) == numbers
        assert took_s < 20, f"500 timers took {took_s:.1f} s"
        print(f"\n500 timers raised in {took_s:.2f} s")


def test_a_unit_that_left_its_place_is_not_raised_as_standing(tmp_path: Path) -> None:
    clock = StillClock()
    with floor(tmp_path, clock) as house:
        shift = on_duty(house, "E7", "engine", corner(0, 0))
        other = on_duty(house, "E9", "engine", corner(5, 5))
        number = take(house)
        for unit in ("E7", "E9"):
            house.do(AssignUnit(incident=number, unit=unit, shift=shift if unit == "E7" else other), DESK)
        for second in range(0, 240, 20):
            clock.pass_s(20)
            east = second * 3e-5
            house.report([Fix(unit="E7", lon=corner(0, 0).lon + east, lat=corner(0, 0).lat, device_at=clock.at, heard_at=clock.at),
                          Fix(unit="E9", lon=corner(5, 5).lon + 2e-5, lat=corner(5, 5).lat, device_at=clock.at, heard_at=clock.at)], CREW)
        house.tick()
        seen = [kept.fact for kept in disclose(house.ledger.read()) if isinstance(kept.fact, MovementSeen)]
        assert [(fact.unit, fact.moved_m > 150) for fact in seen] == [("E7", True)]
        assert ("E9", "unmoved") in {(kept.fact.unit, kept.fact.rule) for kept in raised(house) if isinstance(kept.fact, TimerEscalated)}
        assert f"unmoved:E7@{shift}" not in house.rows("timer")


def test_a_welfare_check_is_raised_answered_and_begins_anew(tmp_path: Path) -> None:
    clock = StillClock()
    with floor(tmp_path, clock) as house:
        shift = on_duty(house, "E7", "engine", corner(1, 1))
        number = take(house)
        house.do(AssignUnit(incident=number, unit="E7", shift=shift), DESK)
        house.do(ReportState(unit="E7", shift=shift, state="at_scene"), CREW)
        timer = f"welfare:E7@{shift}"
        clock.pass_s(901)
        house.tick()
        assert row(house, timer).to == "dispatcher"
        house.do(AcknowledgeTimer(timer=timer, word="all well, two lines out"), CREW)
        assert (row(house, timer).step, row(house, timer).since) == (0, clock.at)
        clock.pass_s(899)
        house.tick()
        assert row(house, timer).step == 0
        story = house.see(ReadStory(incident=number), DESK)
        assert isinstance(story, Story)
        assert "E7 at scene without word: in hand with crew:E7. all well, two lines out" in [line.says.en for line in story.lines if line.sealed]
        assert [line.fact for line in story.lines if line.sealed] == ["dispatch.timer-acknowledged"], "what paper leaves out unless it is asked for"
        house.do(ReportState(unit="E7", shift=shift, state="available"), CREW)
        assert timer not in house.rows("timer")
        with pytest.raises(Refused, match="timer_over"):
            house.do(AcknowledgeTimer(timer=timer), CREW)


def test_another_table_is_not_read_from_the_snapshot_of_the_last(tmp_path: Path) -> None:
    clock = StillClock()
    with floor(tmp_path, clock) as house:
        number = take(house)
    quick = msgspec.structs.replace(TIMERS.rules["pending"], after_s={"1": 5, "2": 6, "3": 7, "4": 8})
    with floor(tmp_path, clock, msgspec.structs.replace(TIMERS, rules={"pending": quick})) as house:
        assert row(house, f"pending:{number}").due_at == clock.at + 5 * S
        assert set(house.rows("timer")) == {f"pending:{number}"}


async def _for_a_while(house: House) -> None:
    ticking = Ticking(house, lambda: None)
    ticking.start()
    assert ticking._task is not None
    while not raised(house):
        await asyncio.sleep(0.05)
    await ticking.stop()
    assert ticking._task.done()


def test_the_edge_ticks_by_itself(tmp_path: Path) -> None:
    clock = StillClock()
    with floor(tmp_path, clock) as house:
        take(house)
        clock.pass_s(61)
        asyncio.run(asyncio.wait_for(_for_a_while(house), 10))
        assert steps(house) == [("pending", 1, "dispatcher")]


def _lose(folder: Path, cache: str) -> None:
    if cache == "lost":
        for one in (folder / "ledger" / "cache").iterdir():
            one.unlink()


def test_nobody_else_may_raise_a_timer(tmp_path: Path) -> None:
    with floor(tmp_path, StillClock()) as house, pytest.raises(AssertionError):
        house.do(RaiseTimers(), CHIEF)
