"""Simulated crews on the radio: a message to a unit is received, read and answered, and a welfare check gets its word."""

from pathlib import Path

import msgspec

from tests.floor import DESK, TIMERS, corner, small_city, small_house
from tests.sim.test_player import START
from tocsin.city.calibration import Calibration
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import AssignUnit
from tocsin.rooms.dispatch.views import TimerRow
from tocsin.rooms.fleet.commands import ReportState
from tocsin.rooms.fleet.views import UnitRow
from tocsin.rooms.messages.commands import SendMessage
from tocsin.rooms.messages.views import MessageRow
from tocsin.sim.clock import StepClock
from tocsin.sim.player import Player


def test_crews_hear_answer_and_say_that_they_are_well(tmp_path: Path) -> None:
    clock = StepClock(START)
    quick = msgspec.structs.replace(TIMERS.rules["welfare"], after_s={"1": 30, "2": 30, "3": 30, "4": 30})
    with small_house(tmp_path, clock, timers=msgspec.structs.replace(TIMERS, rules={"welfare": quick})) as house:
        player = Player(house, small_city(), Calibration.default(), 7, stand_in=False, calls=False)
        player.step()
        unit = next(row for row in house.rows("unit").values() if isinstance(row, UnitRow) and row.unit_kind == "engine")
        number = house.do(TakeCall(place=corner(1, 1), kind="fire"), DESK).subject.removeprefix("call:")
        house.do(AssignUnit(incident=number, unit=unit.id, shift=unit.shift), DESK)
        house.do(ReportState(unit=unit.id, shift=unit.shift, state="at_scene"), DESK)
        message = house.do(SendMessage(to_kind="unit", to=unit.id, text="how many?", answer_by_s=60), DESK).subject.removeprefix("message:")
        seen = []
        for _ in range(18):
            player.step()
            row, timer = house.rows("message")[message], house.rows("timer").get(f"welfare:{unit.id}@{unit.shift}")
            assert isinstance(row, MessageRow)
            assert isinstance(timer, TimerRow)
            seen.append((len(row.delivered), len(row.read), len(row.answered), timer.step))
            clock.advance(5)
    assert seen[0] == (1, 0, 0, 0)
    assert (1, 1, 0, 0) in seen
    assert (1, 1, 1, 0) in seen
    assert (1, 1, 1, 1) in seen, "the answer was a word too, half a minute ago"
    assert seen[-1] == (1, 1, 1, 0)
    assert not player.crews_desk.refused, player.crews_desk.examples
