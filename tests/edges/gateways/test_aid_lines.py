"""Whatever the line between two cities does, no unit is in both, nothing is lost, nothing is kept twice, and once it holds they agree."""

import random
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cities import LEAD, SHIFT, CityHouse, cities, contradictions
from tocsin.facts.dispatch import Need
from tocsin.house.envelope import disclose
from tocsin.kernel import Command, Refused
from tocsin.rooms.aid.commands import AskAid, DeclineAppeal, EndAid, GiveBack, LendUnit, RecallUnit
from tocsin.rooms.dispatch.commands import AssignUnit, StandDown
from tocsin.rooms.fleet.commands import ReportState

NEEDS = (Need(skill="fire", count=2),)
STEPS = 80
Region = dict[str, CityHouse]


def _other(code: str) -> str:
    return "B" if code == "A" else "A"


def _commands(city: CityHouse, chance: random.Random) -> list[Command]:
    """What people of a city might do now, sensible or not: refusals are part of it."""
    incidents, units = list(city.house.rows("incident")), list(city.house.rows("unit").values())
    found: list[Command] = []
    if incidents:
        incident = chance.choice(incidents)
        found.append(AskAid(incident=incident, of=_other(city.code), needs=NEEDS))
        for row in units:
            found += [AssignUnit(incident=incident, unit=row.id, shift=row.shift), StandDown(incident=row.incident or incident, unit=row.id, shift=row.shift),
                      ReportState(unit=row.id, shift=row.shift, state=chance.choice(("en_route", "at_scene", "available"))),
                      GiveBack(unit=row.id, shift=row.shift)]
    for row in city.asks().values():
        if row.ours:
            found.append(EndAid(aid=row.id))
        else:
            found += [LendUnit(appeal=row.id, unit=unit, shift=SHIFT) for unit in ("E1", "E2", "E3")]
            found.append(DeclineAppeal(appeal=row.id, reason="busy"))
    found += [RecallUnit(unit=row.unit, shift=row.shift) for row in city.loans().values() if not row.borrowed]
    return found


@pytest.mark.parametrize("seed", range(2))
def test_two_ledgers_never_contradict_one_another_whatever_the_line_does(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    with cities(tmp_path, stays={"engine": 1}, lines=True) as region:
        for city in region.values():
            city.incident()
            for unit in ("E1", "E2", "E3"):
                city.on_duty(unit)
        done: Counter[str] = Counter()
        for _ in range(STEPS):
            city = region[chance.choice("AB")]
            what = chance.random()
            if what < 0.12:
                assert city.line is not None
                city.line.closed, city.line.deaf = chance.choice(((True, False), (False, True), (False, False), (False, False)))
                city.line.cut()
            elif what < 0.4:
                done["carried" if city.courier.carry(_other(city.code)) else "not carried"] += 1
            elif (able := _commands(city, chance)):
                kind = chance.choice(sorted({type(one).__name__ for one in able}) + ["LendUnit"] * 4 * any(isinstance(one, LendUnit) for one in able))
                command = chance.choice([one for one in able if type(one).__name__ == kind])
                with suppress(Refused):
                    city.house.do(command, LEAD)
                    done[type(command).__name__] += 1
            assert not contradictions(region, settled=False), seed
        _mend(region)
        assert not contradictions(region, settled=True), (seed, done)
        _kept_once(region)
        assert done["LendUnit"] and done["carried"], done


def _mend(region: Region) -> None:
    for city in region.values():
        assert city.line is not None
        city.line.closed = city.line.deaf = False
        city.line.cut()
    for _ in range(6):
        for city in region.values():
            city.house.tick()
            city.courier.carry(_other(city.code))


def _kept_once(region: Region) -> None:
    """Each loan came on duty or was turned away in the other city exactly once, and came home at most once."""
    facts = {code: [kept.fact for kept in disclose(city.house.ledger.read())] for code, city in region.items()}
    for code, city in region.items():
        lent = [fact.loan for fact in facts[code] if fact.fact_kind == "aid.unit-lent"]
        taken = [fact.theirs.loan for fact in facts[_other(code)] if fact.fact_kind in ("aid.unit-borrowed", "aid.loan-turned-away")]
        home = [fact.loan for fact in facts[code] if fact.fact_kind == "aid.unit-came-back"]
        assert sorted(lent) == sorted(taken) and len(set(lent)) == len(lent)
        assert len(set(home)) == len(home) and set(home) <= set(lent)
        assert not city.letters()


def test_a_neighbour_that_is_down_for_an_hour_loses_nothing_and_the_floor_sees_it(tmp_path: Path) -> None:
    with cities(tmp_path, lines=True) as region:
        a, b = region["A"], region["B"]
        assert b.line is not None
        b.line.closed = True
        incident = a.incident()
        a.house.do(AskAid(incident=incident, of="B", needs=NEEDS), LEAD)
        assert not a.courier.carry("B")
        a.floor.clock.pass_s(3_600)
        b.floor.clock.pass_s(3_600)
        assert not a.courier.carry("B")
        (letter,) = a.letters().values()
        assert a.floor.clock.now() - letter.since >= 3_600_000_000 and not letter.code
        b.line.closed = False
        assert a.courier.carry("B")
        assert len(b.asks()) == 1 and not a.letters()
