"""A call for help on a real house: raised by the clock once where nobody confirms it, over a restart, and only a phone's own hour is told."""

from pathlib import Path

from tests.floor import CHIEF, DESK, StillClock, asker, corner, on_duty, small_house
from tocsin.facts.field import HelpEscalated
from tocsin.house import House
from tocsin.house.envelope import disclose
from tocsin.rooms.fleet.commands import CallForHelp, ConfirmHelp, EndHelp
from tocsin.rooms.fleet.views import HelpRow

S = 1_000_000
CREW = asker("crew 1", "responder")


def raised(house: House) -> list[tuple[str, str, str]]:
    return [(kept.fact.unit, kept.fact.to, kept.entry.by) for kept in disclose(house.ledger.read()) if isinstance(kept.fact, HelpEscalated)]


def row(house: House) -> HelpRow:
    found = house.rows("help")["E7"]
    assert isinstance(found, HelpRow)
    return found


def test_nobody_confirms_it_and_it_is_raised_once_over_a_restart(tmp_path: Path) -> None:
    clock = StillClock()
    with small_house(tmp_path, clock) as house:
        shift = on_duty(house, "E7", "engine", corner(0, 0))
        clock.pass_s(60)
        house.do(CallForHelp(unit="E7", shift=shift, happened_at=clock.at - 40 * S), CREW)
        assert (row(house).since, row(house).heard_at) == (clock.at - 40 * S, clock.at), "nobody could have confirmed it before it was heard"
        clock.pass_s(29)
        house.tick()
        assert raised(house) == []
    clock.pass_s(1)
    with small_house(tmp_path, clock) as house:
        house.tick()
        house.tick()
        assert raised(house) == [("E7", "supervisor", "room:fleet")]
        assert row(house).raised_to == "supervisor"
        house.do(ConfirmHelp(unit="E7", shift=shift), DESK)
        house.do(EndHelp(unit="E7", shift=shift, outcome="handled"), CHIEF)
        assert "E7" not in house.rows("help")


def test_what_was_confirmed_in_time_is_not_raised(tmp_path: Path) -> None:
    clock = StillClock()
    with small_house(tmp_path, clock) as house:
        shift = on_duty(house, "E7", "engine", corner(0, 0))
        house.do(CallForHelp(unit="E7", shift=shift), CREW)
        assert house.do(CallForHelp(unit="E7", shift=shift), CREW).kept == ()
        house.do(ConfirmHelp(unit="E7", shift=shift), DESK)
        clock.pass_s(300)
        house.tick()
        assert raised(house) == []
        assert row(house).confirmed_by == "desk 1"
