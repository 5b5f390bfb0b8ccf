"""What was done on paper: true times are kept, impossible ones are refused by code, and each form comes back once."""

from pathlib import Path
from typing import Any

import pytest

from tests.floor import CHIEF, DESK, MORNING, TIMERS, StillClock, corner, on_duty, small_house
from tocsin.house import Asker, House
from tocsin.kernel import Command, Refused
from tocsin.rooms.calls.commands import GivePaperBlock, ReadPaperBlock, TakeCall, VoidPaperForm
from tocsin.rooms.calls.views import PaperBlock
from tocsin.rooms.dispatch.commands import AssignUnit, CloseIncident, ReadStory
from tocsin.rooms.dispatch.views import IncidentRow, Story
from tocsin.rooms.fleet.commands import ReportState

_S = 1_000_000


class Floor:
    """A house at noon of a morning that was spent on paper, with two units on duty since eight."""

    def __init__(self, house: House, clock: StillClock) -> None:
        self.house, self.clock = house, clock
        self.shift = on_duty(house, "E7", "engine", corner(1, 1))
        on_duty(house, "A4", "ambulance", corner(2, 1))
        self.block = house.do(GivePaperBlock(forms=12), DESK).subject.removeprefix("paper:")
        clock.pass_s(4 * 3600)

    def at(self, minutes: float) -> int:
        """So many minutes after eight."""
        return MORNING + round(minutes * 60) * _S

    def form(self, number: int) -> str:
        return f"{self.block}/{number:02d}"

    def call(self, number: int, minutes: float) -> str:
        taken = TakeCall(place=corner(2, 2), kind="medical", paper=self.form(number), happened_at=self.at(minutes))
        return self.house.do(taken, DESK).subject.removeprefix("call:")

    def on(self, incident: str, number: int, sent: float, there: float, free: float) -> None:
        self.do(AssignUnit, number, sent, incident=incident, unit="E7", shift=self.shift)
        self.do(ReportState, number, there, unit="E7", shift=self.shift, state="at_scene")
        self.do(ReportState, number, free, unit="E7", shift=self.shift, state="available")

    def do(self, asks: type[Command], number: int, minutes: float, by: Asker = DESK, **words: Any) -> None:
        self.house.do(asks(happened_at=self.at(minutes), paper=self.form(number), **words), by)

    def refused(self, asks: type[Command], number: int, minutes: float, **words: Any) -> str:
        with pytest.raises(Refused) as no:
            self.do(asks, number, minutes, **words)
        assert no.value.words.zh
        return no.value.code


@pytest.fixture
def floor(tmp_path: Path) -> Any:
    clock = StillClock()
    with small_house(tmp_path, clock) as house:
        yield Floor(house, clock)


def test_forms_typed_in_any_order_keep_their_true_times_and_say_so(floor: Floor) -> None:
    later = floor.call(2, 60)
    floor.on(later, 2, 61, 70, 90)
    earlier = floor.call(1, 10)
    floor.on(earlier, 1, 11, 15, 40)
    row = floor.house.rows("incident")[earlier]
    assert isinstance(row, IncidentRow)
    assert (row.paper, row.called_at, row.first_sent_at, row.first_there_at) == (True, floor.at(10), floor.at(11), floor.at(15))
    assert getattr(floor.house.rows("unit")["E7"], "since") == floor.at(90), "the unit is free since the later form"  # noqa: B009 - a row of any kind
    story = floor.house.see(ReadStory(incident=earlier), DESK)
    assert isinstance(story, Story)
    assert all(line.paper for line in story.lines)
    floor.do(CloseIncident, 1, 45, incident=earlier, disposition="treated")


def test_what_cannot_have_been_is_refused(floor: Floor) -> None:
    first = floor.call(1, 10)
    unit = {"unit": "E7", "shift": floor.shift}
    assert floor.refused(AssignUnit, 1, 9, incident=first, **unit) == "time_before_call"
    floor.do(AssignUnit, 1, 11, incident=first, **unit)
    assert floor.refused(ReportState, 1, 10.5, **unit, state="at_scene") == "time_out_of_order"
    assert floor.refused(ReportState, 1, 600, **unit, state="at_scene") == "happened_in_future"
    floor.do(ReportState, 1, 15, **unit, state="at_scene")
    floor.do(ReportState, 1, 40, **unit, state="available")
    assert floor.refused(CloseIncident, 1, 30, incident=first, disposition="treated") == "time_out_of_order"
    second = floor.call(2, 5)
    assert floor.refused(AssignUnit, 2, 20, incident=second, **unit) == "unit_elsewhere_then"
    floor.do(AssignUnit, 2, 6, incident=second, **unit)
    assert floor.refused(ReportState, 2, 50, **unit, state="available") == "unit_elsewhere_then", "from 6 to 50 it was at the other one from 11 to 40"
    floor.do(ReportState, 2, 10, **unit, state="available")


def test_each_form_comes_back_once_and_missing_ones_are_named(floor: Floor) -> None:
    floor.call(2, 10)
    floor.call(4, 12)
    again = {"place": corner(1, 1), "kind": "medical"}
    assert floor.refused(TakeCall, 2, 13, **again) == "paper_form_used"
    assert floor.refused(TakeCall, 13, 13, **again) == "paper_form_unknown"
    with pytest.raises(Refused) as no:
        floor.house.do(TakeCall(place=corner(1, 1), kind="medical", paper=floor.form(5)), DESK)
    assert no.value.code == "paper_without_time"
    floor.house.do(VoidPaperForm(block=floor.block, form=floor.form(1), reason="spoiled"), DESK)
    block = floor.house.see(ReadPaperBlock(block=floor.block), CHIEF)
    assert isinstance(block, PaperBlock)
    assert (block.forms, block.holder, block.missing) == (12, "desk 1", (floor.form(3),))
    assert floor.house.do(GivePaperBlock(), DESK).subject != f"paper:{floor.block}", "no two desks have the same numbers"


def test_clocks_of_what_comes_from_paper_begin_as_it_is_entered_and_do_not_stand_in_the_way_of_its_end(tmp_path: Path) -> None:
    clock = StillClock()
    with small_house(tmp_path, clock, timers=TIMERS) as house:
        floor = Floor(house, clock)
        incident = floor.call(1, 10)

        def told() -> bool:
            return any(one.entry.kind == "dispatch.timer-escalated" for one in house.history(f"incident:{incident}"))

        house.tick()
        assert not told(), "the form is still being typed"
        clock.pass_s(600)
        house.tick()
        assert told(), "entered and left alone: now somebody must look"
        floor.on(incident, 1, 11, 15, 40)
        floor.do(CloseIncident, 1, 41, incident=incident, disposition="treated")
        assert incident not in house.rows("incident")
