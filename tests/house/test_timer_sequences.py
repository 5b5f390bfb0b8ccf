"""Random sequences of commands and seconds on the real house: the timers that run are exactly those whose condition holds."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from tests.floor import TIMERS, StillClock, small_house
from tests.test_floor_sequences import Floor
from tocsin.facts.timers import TimerEscalated
from tocsin.house.envelope import disclose
from tocsin.kernel import Command
from tocsin.rooms.dispatch.commands import AcknowledgeTimer
from tocsin.rooms.dispatch.views import IncidentRow, TimerRow
from tocsin.rooms.fleet.views import UnitRow

_MEMORY = Path("/dev/shm")
_BY_STATE = {"assigned": {"unacknowledged", "unmoved", "overdue"}, "en_route": {"unmoved", "overdue"}, "at_scene": {"welfare"}}


class Timed(Floor):
    """The floor of the other sequences, on which time passes and timers are taken in hand."""

    @initialize()
    def begin(self) -> None:
        super().begin()
        self.call("fire")

    def _try(self, command: Command, chief: bool = False) -> bool:
        self.clock.pass_s(45)
        self.house.tick()
        return super()._try(command, chief)

    @rule(seconds=st.sampled_from((200, 1000, 3000, -20)))
    def time_passes(self, seconds: int) -> None:
        self.clock.pass_s(seconds)
        self.house.tick()

    @rule(pick=st.integers(0, 5))
    def acknowledge(self, pick: int) -> None:
        running = sorted(self.house.rows("timer"))
        if running:
            assert self._try(AcknowledgeTimer(timer=running[pick % len(running)], word="seen")), "what runs can be taken in hand"

    @invariant()
    def what_runs_is_what_holds(self) -> None:
        expected = set()
        for row in self.house.rows("incident").values():
            assert isinstance(row, IncidentRow)
            if row.unmet:
                expected.add(f"{'unfilled' if row.units else 'pending'}:{row.id}")
        for unit in self.house.rows("unit").values():
            assert isinstance(unit, UnitRow)
            expected |= {f"{code}:{unit.id}@{unit.shift}" for code in (_BY_STATE.get(unit.state, ()) if unit.incident else ())}
        assert set(self.house.rows("timer")) == expected


def test_timers_are_those_whose_condition_holds() -> None:
    folder = Path(tempfile.mkdtemp(prefix="tocsin-timers-", dir=_MEMORY if _MEMORY.is_dir() else None))
    clock = StillClock()
    house = small_house(folder, clock, timers=TIMERS)

    class OnOneHouse(Timed):
        pass

    OnOneHouse.house, OnOneHouse.clock = house, clock
    case: Any = OnOneHouse.TestCase
    case.settings = settings(max_examples=60, derandomize=True, stateful_step_count=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    try:
        case("runTest").debug()
        kept = [one.fact for one in disclose(house.ledger.read()) if isinstance(one.fact, TimerEscalated)]
        assert len(kept) > 100
        assert len({(fact.timer, fact.due_at) for fact in kept}) == len(kept), "no step was raised twice"
        before = house.rows("timer")
    finally:
        house.close()
    with small_house(folder, clock, timers=TIMERS) as again:
        assert {key: row for key, row in again.rows("timer").items() if isinstance(row, TimerRow)} == before
    shutil.rmtree(folder)
