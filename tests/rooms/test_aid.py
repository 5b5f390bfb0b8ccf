"""Aid between cities, decided without a house: each city's own rule, and letters that make no sense here."""

from dataclasses import dataclass

import pytest

from tests.floor import SAMPLES, corner
from tests.rooms.story import NOW, when
from tocsin.cli.reading import read_aid
from tocsin.cli.region import read_region
from tocsin.cli.settings import Stop
from tocsin.edges.region.table import RegionCity, RegionTable, RegionWords
from tocsin.edges.region.table import faults as region_faults
from tocsin.facts.aid import AppealHeard, Borrowed
from tocsin.facts.dispatch import Need
from tocsin.facts.fleet import ShiftStarted
from tocsin.kernel import Command, Fact
from tocsin.rooms.aid.commands import Asked, HearLetter, LendUnit, Lent, Told
from tocsin.rooms.aid.model import AidTable, Neighbour, State, decider, evolve, faults

NORTH = Neighbour(en="Northern city", zh="北邻市", address="https://north.example", key="k", lend=("engine",))
TABLE = AidTable(stays={"engine": 2}, consent=("supervisor",), neighbours={"N": NORTH})
NEED = (Need(skill="fire"),)
APPEAL = AppealHeard(appeal="N.1", by_city="N", aid="1", place=corner(0, 0), kind="fire", priority=1, needs=NEED, until=NOW)
THEIRS = Borrowed(loan="7", unit="E7", shift="D")


@dataclass
class Unit:
    """A unit as a look at the fleet shows it."""

    unit: str
    unit_kind: str = "engine"
    state: str = "available"
    lender: str = ""


def started(unit: str, kind: str = "engine", skills: tuple[str, ...] = ("fire",)) -> ShiftStarted:
    return ShiftStarted(unit=unit, shift="D", unit_kind=kind, skills=skills, station="", home=corner(0, 0), crew=3, month="2026-03")


def decided(given: list[Fact], command: Command, fleet: tuple[Unit, ...] = (), role: str = "supervisor", by: str = "desk 1") -> tuple[Fact, ...] | str:
    return when(given, command, state=State, evolve=evolve, decide=decider(TABLE), look=lambda what: fleet, roles=frozenset({role}), by=by)


LEND = LendUnit(appeal="N.1", unit="E1", shift="D")
FLEET = (Unit("E1"), Unit("E2"), Unit("E3"))


@pytest.mark.parametrize(("given", "fleet", "role", "code"), [
    ([started("E1"), APPEAL], FLEET, "dispatcher", "aid_consent"),
    ([started("E1")], FLEET, "supervisor", "appeal_unknown"),
    ([APPEAL], FLEET, "supervisor", "unit_not_on_shift"),
    ([started("E1", skills=("ladder",)), APPEAL], FLEET, "supervisor", "unit_skill"),
    ([started("E1", kind="truck"), APPEAL], FLEET, "supervisor", "aid_kind"),
    ([started("E1"), APPEAL], FLEET[:2], "supervisor", "aid_least_stays"),
    ([started("E1"), APPEAL], (*FLEET[:2], Unit("E3", state="lent")), "supervisor", "aid_least_stays"),
    ([started("E1"), APPEAL], (*FLEET[:2], Unit("N.E9", lender="N")), "supervisor", "aid_least_stays"),
])
def test_what_may_be_lent_is_the_citys_own_rule(given: list[Fact], fleet: tuple[Unit, ...], role: str, code: str) -> None:
    assert decided(given, LEND, fleet, role) == code


def test_a_loan_by_rule_is_kept_under_the_units_shift_and_the_day() -> None:
    (fact,) = decided([started("E1"), APPEAL], LEND, FLEET)
    assert not isinstance(fact, str)
    assert {"unit:E1@D", "appeal:N.1", "lending:2026-03-04"} <= set(fact.tags())


def test_letters_that_make_no_sense_here_are_refused_and_late_units_turned_away() -> None:
    lent = Lent(aid="1", theirs=THEIRS, unit_kind="engine", skills=("fire",), station="", home=corner(0, 0), crew=3, eta_s=60)
    assert decided([], HearLetter(letter=lent), by="N") == "aid_unknown"
    assert decided([], HearLetter(letter=Told(theirs=THEIRS, state="at_scene")), by="N") == "loan_unknown"
    asked = HearLetter(letter=Asked(aid="1", place=corner(0, 0), kind="fire", priority=1, needs=NEED, until=NOW))
    assert decided([], asked, by="nobody") == "neighbour_unknown"
    assert decided([APPEAL], asked, by="N") == ()
    assert [fact.fact_kind for fact in decided([], asked, by="N") if isinstance(fact, Fact)] == ["aid.appeal-heard"]


def test_tables_are_held_to_their_rules() -> None:
    assert not faults(read_aid(SAMPLES / "aid.toml")) and not faults(TABLE)
    bad = AidTable(stays={"engine": -1}, consent=("admin",), neighbours={"a city": Neighbour(en="", zh="", address="ftp://x")})
    assert len(faults(bad)) == 7
    with pytest.raises(Stop, match="north-live"):
        read_region(SAMPLES / "region.toml")
    named = RegionTable(cities={"N": RegionCity(en="N", zh="北", address="http://north:1", key="k")}, readers={"wall": "0" * 64}, skills={"fire": RegionWords(en="fire", zh=" ")})
    assert region_faults(named) == ["fire: no words in Chinese"]
    assert len(region_faults(RegionTable(cities={"N": RegionCity(en="N", zh="", address="north")}, readers={"wall": "short"}))) == 4
