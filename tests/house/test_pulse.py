"""The house's own pulse: a clock that is put is a fact once, a made clock is left alone, and a database that goes away is known and named."""

import asyncio
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from tests.cut import line
from tests.floor import DESK, JumpingClock, StillClock, asker, corner, on_duty, small_city, small_house
from tocsin.edges.web.duty import DutyLines
from tocsin.edges.web.health import Part, Watched
from tocsin.edges.web.live import Live
from tocsin.edges.web.menu import Asked
from tocsin.edges.web.requests import Requests
from tocsin.facts.running import ClockJumped
from tocsin.house import House
from tocsin.house.envelope import disclose
from tocsin.house.pulse import Pulse
from tocsin.kernel import Kept, Refused
from tocsin.rooms.calls.commands import TakeCall
from tocsin.trail import Fix


class Steady:
    """A clock that cannot be put, moved by hand."""

    def __init__(self) -> None:
        self.at_s = 100.0

    def __call__(self) -> float:
        return self.at_s


def beats(house: House, clock: StillClock, steady: Steady, seconds: int, put_s: float = 0.0) -> None:
    """So many seconds go by; in the first the clock is put besides."""
    for n in range(seconds):
        steady.at_s += 1
        clock.pass_s(1 + (put_s if n == 0 else 0))
        house.pulse.beat()


def jumps(house: House) -> list[Kept]:
    return [kept for kept in disclose(house.ledger.read()) if isinstance(kept.fact, ClockJumped)]


def part(house: House, data: Path, name: str) -> Part:
    return next(one for one in Watched(house, data, small_city().path).look().parts if one.name == name)


def from_outside(house: House, data: Path) -> int:
    """The status that a load balancer sees."""
    async def nothing(scope: object, receive: object, send: object) -> None:
        raise AssertionError("nobody asks")

    lines = DutyLines(house, data, small_city().path, Live(house), Requests(nothing))
    return int(asyncio.run(lines.outside(Asked(None, {}, (), b"", "", False))).status_code)


@pytest.mark.parametrize("put_s", [-3_600, 3_600, 2.5])
def test_a_clock_that_is_put_is_one_fact_and_stands_in_health_for_a_while(tmp_path: Path, put_s: float) -> None:
    clock, steady = StillClock(), Steady()
    with small_house(tmp_path, clock, steady=steady) as house:
        beats(house, clock, steady, 5)
        assert part(house, tmp_path, "clock").state == "ok"
        beats(house, clock, steady, 5, put_s)
        kept, = jumps(house)
        assert isinstance(kept.fact, ClockJumped)
        assert (kept.fact.node, round(kept.fact.by_us / 1e6, 3)) == ("here", put_s)
        assert kept.entry.known_at == kept.fact.at == clock.at - 4_000_000, "known by what the clock said then; the position says in which order"
        said = part(house, tmp_path, "clock")
        assert said.state == "low" and said.says and said.works
        assert ("back" in said.says.en, "拨回" in said.says.zh) == (put_s < 0, put_s < 0)
        assert [one.position for one in house.history(*house.pulse.tags)] == [kept.position], "found again by its month, after a restart too"
        beats(house, clock, steady, 900)
        assert part(house, tmp_path, "clock").state == "ok"
        assert len(jumps(house)) == 1


def test_a_clock_that_is_set_right_by_and_by_is_no_jump_and_a_made_one_is_not_held_to_time(tmp_path: Path) -> None:
    clock, steady = StillClock(), Steady()
    with small_house(tmp_path / "a", clock, steady=steady) as house:
        for _ in range(60):
            steady.at_s += 1
            clock.pass_s(1.4)
            house.pulse.beat()
        assert not jumps(house)
        steady.at_s += 7_200  # the machine was busy, or nobody called: both clocks went on
        clock.pass_s(7_200)
        house.pulse.beat()
        assert not jumps(house)
    with small_house(tmp_path / "b", clock, speed=60) as house:
        beats(house, clock, steady, 3, 3_600)
        assert not jumps(house)
        assert part(house, tmp_path, "clock").state == "ok"


def test_jumps_are_looked_for_in_two_months(tmp_path: Path) -> None:
    with small_house(tmp_path) as house:
        assert house.pulse.tags == ("clock:2026-03", "clock:2026-02")
        january = StillClock(house.clock.now() - 45 * 86_400_000_000)
        assert Pulse(house.ledger, january, None).tags == ("clock:2026-01", "clock:2025-12")


def test_positions_of_before_a_clock_was_put_back_do_not_pass_for_fresh(tmp_path: Path) -> None:
    clock = StillClock()
    with small_house(tmp_path, clock) as house:
        on_duty(house, "E7", "engine", corner(1, 1))
        assert house.report([Fix(unit="E7", lon=24.93, lat=60.16, device_at=clock.at, heard_at=clock.at)], asker("t", "device")) == [""]
        clock.pass_s(-60)
        assert [one.age_s for one in house.look("units")] == [0], "a device may be two minutes ahead"
        clock.pass_s(-3_540)
        assert [one.age_s for one in house.look("units")] == [3_600], "nobody knows how old it is: not fresh, at least"
        assert part(house, tmp_path, "positions").state == "failed"
        assert house.report([Fix(unit="E7", lon=24.93, lat=60.16, device_at=clock.at, heard_at=clock.at)], asker("t", "device")) == [""]


def test_a_database_that_goes_away_is_named_and_a_jump_meanwhile_is_kept_when_it_is_back(postgres: str, tmp_path: Path) -> None:
    folder = parse_qs(urlsplit(postgres).query)["host"][0]
    socket = f"{folder}/.s.PGSQL.5432"
    clock, steady = JumpingClock(), Steady()
    with line(tmp_path / "line", socket, ".s.PGSQL.5432") as cable, \
            small_house(tmp_path / "house", clock, database=postgres.replace(folder, str(tmp_path / "line")), steady=steady) as house:  # type: ignore[arg-type]  # a JumpingClock
        watched = Watched(house, tmp_path, small_city().path)
        house.pulse.beat()
        assert house.pulse.reads and house.pulse.ahead_s is not None and abs(house.pulse.ahead_s) < 1
        assert {one.name: one.state for one in watched.look().parts}["database"] == "ok"
        house.do(TakeCall(place=corner(1, 1), kind="medical"), DESK)

        cable.closed = True
        cable.cut()
        house.pulse.ask()
        assert not house.pulse.reads
        said = next(one for one in watched.look().parts if one.name == "database")
        assert said.state == "failed" and said.says and said.works and "paper" in said.works.en and "纸单" in said.works.zh
        outside = watched.outside()
        assert (outside.ok, outside.reads, outside.keeps) == (False, False, False)
        assert from_outside(house, tmp_path) == 503
        assert house.frame(None).whole, "the board goes on from memory"
        with pytest.raises(Refused, match=r"ledger\.(unreadable|uncertain)"):
            house.do(TakeCall(place=corner(2, 1), kind="medical"), DESK)
        clock.shift_s = 3_600
        house.pulse.beat()
        house.pulse.beat()

        cable.closed = False
        house.pulse.ask()
        assert house.pulse.reads
        house.do(TakeCall(place=corner(2, 1), kind="medical", happened_at=clock.now() - 5_000_000), DESK)
        house.pulse.beat()
        assert [msgspec.structs.asdict(one.fact)["by_us"] // 60_000_000 for one in jumps(house)] == [60]
        assert house.pulse.ahead_s is not None and house.pulse.ahead_s < -3_500
        said = next(one for one in watched.look().parts if one.name == "clock")
        assert said.state == "failed" and said.says and "ahead of the database" in said.says.en
        assert watched.outside().reads
        assert from_outside(house, tmp_path) == 200, "a node whose clock is wrong still serves"
