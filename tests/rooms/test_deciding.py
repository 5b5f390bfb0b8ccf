"""Further alarms, diverting, stacking and swapping: what follows from each, what is refused, and what the board shows."""

from functools import partial
from typing import Any, cast

import msgspec
import pytest

from tests.floor import PLAN, corner
from tests.rooms.story import NOW, kept, when
from tests.rooms.test_fleet import DAY, fleet, started, state
from tocsin.facts.dispatch import (
    AlarmRaised,
    IncidentClosed,
    IncidentJoined,
    IncidentOpened,
    IncidentStacked,
    IncidentUnstacked,
    Need,
    PriorityChanged,
    UnitAssigned,
    UnitStoodDown,
)
from tocsin.facts.fleet import ShiftEnded, UnitStateChanged
from tocsin.kernel import Command, Fact
from tocsin.rooms.dispatch.commands import (
    ChangePriority,
    CloseIncident,
    DivertUnit,
    JoinIncident,
    OpenIncident,
    RaiseAlarm,
    SendStacked,
    StackIncident,
    StandDown,
    SwapUnits,
    UnstackIncident,
)
from tocsin.rooms.dispatch.model import Rules, State, decider, evolve
from tocsin.rooms.dispatch.model.plan import Area, Other
from tocsin.rooms.dispatch.reactions import send_stacked
from tocsin.rooms.dispatch.views import IncidentRow, Incidents
from tocsin.rooms.fleet.commands import ReportState
from tocsin.rooms.fleet.views import UnitRow, Units

WEST = Area(en="west", outline=((24.89, 60.14), (24.905, 60.14), (24.905, 60.19), (24.89, 60.19)),
            kinds={"fire": Other(needs={"3": (Need(skill="fire"), Need(skill="ladder"))}, alarms={"2": (Need(skill="police"),)})})
TOWN = msgspec.structs.replace(PLAN, areas={"west": WEST})
dispatch = partial(when, state=State, evolve=evolve, decide=decider(Rules(plan=TOWN, ground=cast(Any, None))))


def opened(incident: str = "31", priority: int = 1, kind: str = "fire", alarm: int = 1) -> IncidentOpened:
    return IncidentOpened(incident=incident, place=corner(3, 3), kind=kind, priority=priority, needs=TOWN.needs(kind, priority), plan=TOWN.version,
                          called_at=NOW, alarm=alarm)


def sent(incident: str = "31", unit: str = "E7") -> UnitAssigned:
    return UnitAssigned(incident=incident, unit=unit, shift=DAY)


def on(now: str, incident: str = "30") -> list[Fact]:
    """E7 on an incident, in this state."""
    return [started(), sent(incident), *([] if now == "assigned" else [state(now, "assigned", incident)])]


LESS, MORE = opened("30", 3), opened("31", 2)
DIVERT = DivertUnit(incident="30", to="31", unit="E7", shift=DAY, eta_s=60, gain_s=180)
STACK = StackIncident(incident="31", unit="E7", shift=DAY, gain_s=90)
STACKED = IncidentStacked(incident="31", unit="E7", shift=DAY)
SECOND = AlarmRaised(incident="31", alarm=2, needs=TOWN.needs("fire", 1, "", 2), plan=TOWN.version)


def diverted(how: str) -> tuple[Fact, ...]:
    return (UnitStoodDown(incident="30", unit="E7", shift=DAY),
            UnitAssigned(incident="31", unit="E7", shift=DAY, eta_s=60, how=how, gain_s=180))


@pytest.mark.parametrize(("given", "command", "then"), [
    ([], OpenIncident(incident="31", place=corner(0, 0), kind="fire", priority=3, called_at=NOW),
     (IncidentOpened(incident="31", place=corner(0, 0), kind="fire", priority=3, needs=(Need(skill="fire"), Need(skill="ladder")),
                     plan=TOWN.version, called_at=NOW, area="west"),)),
    ([opened()], RaiseAlarm(incident="31"), (SECOND,)),
    ([opened()], RaiseAlarm(incident="31", alarm=3, reason="spreading"),
     (AlarmRaised(incident="31", alarm=3, needs=TOWN.needs("fire", 1, "", 3), plan=TOWN.version, reason="spreading"),)),
    ([opened(), SECOND], ChangePriority(incident="31", priority=2),
     (PriorityChanged(incident="31", priority=2, needs=TOWN.needs("fire", 2, "", 2)),)),
    ([LESS, MORE, *on("assigned")], DIVERT, diverted("divert")),
    ([LESS, MORE, *on("en_route")], DIVERT, diverted("divert")),
    ([opened("30", 4), MORE, *on("at_scene")], DIVERT, diverted("preempt")),
    ([LESS, MORE, *on("clearing")], STACK, (IncidentStacked(incident="31", unit="E7", shift=DAY, gain_s=90),)),
    ([LESS, MORE, *on("clearing"), STACKED], UnstackIncident(incident="31", unit="E7", shift=DAY),
     (IncidentUnstacked(incident="31", unit="E7", shift=DAY),)),
    ([MORE, started(), STACKED], SendStacked(incident="31", unit="E7", shift=DAY),
     (UnitAssigned(incident="31", unit="E7", shift=DAY, how="stacked"),)),
    ([MORE, STACKED], CloseIncident(incident="31", disposition="resolved"),
     (IncidentUnstacked(incident="31", unit="E7", shift=DAY, reason="closed"), IncidentClosed(incident="31", disposition="resolved"))),
    ([LESS, MORE, STACKED], JoinIncident(incident="31", into="30"),
     (IncidentUnstacked(incident="31", unit="E7", shift=DAY, reason="joined"),
      IncidentJoined(incident="31", into="30", into_kind="fire", differs=("priority",)))),
    ([LESS, MORE, *on("en_route"), STACKED], StandDown(incident="30", unit="E7", shift=DAY),
     (UnitStoodDown(incident="30", unit="E7", shift=DAY, next="31"),)),
    ([MORE, *on("assigned", "31"), started("E8")], SwapUnits(incident="31", unit="E7", shift=DAY, to_unit="E8", to_shift=DAY, gain_s=70),
     (UnitStoodDown(incident="31", unit="E7", shift=DAY), UnitAssigned(incident="31", unit="E8", shift=DAY, how="swap", gain_s=70))),
])
def test_what_follows(given: list[Fact], command: Command, then: tuple[Fact, ...]) -> None:
    assert dispatch(given, command) == then


@pytest.mark.parametrize(("given", "command", "code"), [
    ([], RaiseAlarm(incident="31"), "incident_unknown"),
    ([opened(), SECOND], RaiseAlarm(incident="31", alarm=2), "alarm_not_higher"),
    ([opened()], RaiseAlarm(incident="31", alarm=4), "alarm_not_in_plan"),
    ([opened(kind="burglary")], RaiseAlarm(incident="31"), "alarm_not_in_plan"),
    ([LESS, opened(), IncidentJoined(incident="31", into="30", into_kind="fire")], RaiseAlarm(incident="31"), "incident_joined"),
    ([LESS, MORE, IncidentJoined(incident="31", into="30", into_kind="fire"), *on("clearing")], STACK, "incident_joined"),
    ([LESS, MORE, *on("transporting")], DIVERT, "unit_beyond_recall"),
    ([LESS, MORE, *on("at_scene")], DIVERT, "divert_not_more_pressing"),
    ([opened("30", 2), MORE, *on("en_route")], DIVERT, "divert_not_more_pressing"),
    ([LESS, MORE, started()], DIVERT, "unit_not_on_incident"),
    ([LESS, MORE, IncidentClosed(incident="31", disposition="resolved"), *on("en_route")], DIVERT, "incident_closed"),
    ([LESS, MORE, started()], STACK, "unit_is_free"),
    ([MORE, *on("en_route", "31")], STACK, "unit_already_on"),
    ([LESS, MORE, *on("clearing"), STACKED], STACK, "stacked_already"),
    ([MORE, started(), state("out_of_service", "available", "")], STACK, "unit_not_available"),
    ([MORE, *on("clearing"), *(IncidentStacked(incident=f"{n}", unit="E7", shift=DAY) for n in range(5))], STACK, "stack_full"),
    ([MORE], STACK, "unit_not_on_shift"),
    ([MORE], UnstackIncident(incident="31", unit="E7", shift=DAY), "not_stacked"),
    ([MORE, started()], SendStacked(incident="31", unit="E7", shift=DAY), "not_stacked"),
    ([LESS, MORE, *on("en_route"), STACKED], SendStacked(incident="31", unit="E7", shift=DAY), "unit_busy"),
])
def test_what_is_refused(given: list[Fact], command: Command, code: str) -> None:
    assert dispatch(given, command) == code


def test_a_unit_that_becomes_available_names_what_waits_and_is_sent_there() -> None:
    given = [*on("clearing"), STACKED, IncidentStacked(incident="32", unit="E7", shift=DAY)]
    told = fleet(given, ReportState(unit="E7", shift=DAY, state="available"))
    assert told == (UnitStateChanged(unit="E7", shift=DAY, state="available", was="clearing", incident="30", next="31"),)
    asked = list(send_stacked(kept(9, told[0])))  # type: ignore[arg-type]  # it is no refusal, as the line above holds
    assert [(one.incident, one.unit) for one in asked if isinstance(one, SendStacked)] == [("31", "E7")]
    assert list(send_stacked(kept(9, state("available", "clearing")))) == []
    units = Units()
    for n, fact in enumerate([*given, *told, sent("31")], 1):
        units.fold(kept(n, cast(Fact, fact)))
    row = units.rows["E7"]
    assert isinstance(row, UnitRow)
    assert (row.incident, row.stacked) == ("31", ("32",))


def test_waiting_does_not_touch_since_when_a_unit_does_what_it_does() -> None:
    units = Units()
    for n, fact in enumerate([*on("clearing"), STACKED], 1):
        units.fold(kept(n, fact))
    row = units.rows["E7"]
    assert isinstance(row, UnitRow)
    assert (row.since, row.stacked) == (NOW + 3, ("31",))


def test_the_board_shows_the_alarm_what_it_adds_and_who_is_waited_for() -> None:
    board = Incidents()
    facts: list[Fact] = [started(), opened(priority=3), AlarmRaised(incident="31", alarm=2, needs=TOWN.needs("fire", 3, "", 2), plan="p"),
                         sent(), IncidentStacked(incident="31", unit="M2", shift=DAY), IncidentStacked(incident="31", unit="T1", shift=DAY)]
    for n, fact in enumerate(facts, 1):
        board.fold(kept(n, fact))
    row = board.rows["31"]
    assert isinstance(row, IncidentRow)
    assert (row.alarm, row.stacked, row.units) == (2, ("M2", "T1"), ("E7",))
    assert row.unmet == (Need(skill="fire", count=2), Need(skill="ladder"), Need(skill="rescue")), "one engine fills one slot"
    assert board.fold(kept(7, ShiftEnded(unit="T1", shift=DAY, month="2026-03"))) == ("31",)
    board.fold(kept(8, sent(unit="M2")))
    row = board.rows["31"]
    assert isinstance(row, IncidentRow)
    assert (row.stacked, row.units) == ((), ("E7", "M2"))
