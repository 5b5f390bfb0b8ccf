"""Drives to incidents as the ledger tells them: from setting out to being there, with lights and siren, on units' own shifts."""

import pytest

from tocsin.facts.calls import Place
from tocsin.facts.dispatch import IncidentClosed, IncidentOpened, KindChanged, PriorityChanged, UnitAssigned, UnitStoodDown
from tocsin.facts.fleet import ShiftEnded, UnitStateChanged
from tocsin.house.drives import NO_LIGHTS, NOT_KNOWN, NOT_SET_OUT, NOT_THERE, PARTLY, Way, ways_of
from tocsin.kernel import Entry, Fact, Kept

DAY = "2026-03-04D"
HERE = Place(lon=24.9, lat=60.15, text="", source="map")


def opened(incident: str, priority: int) -> IncidentOpened:
    return IncidentOpened(incident=incident, place=HERE, kind="fire", priority=priority, needs=(), plan="p", called_at=0)


def state(now: str, unit: str = "E1", incident: str = "1") -> UnitStateChanged:
    return UnitStateChanged(unit=unit, shift=DAY, state=now, was="", incident=incident)


def sent(incident: str = "1", unit: str = "E1") -> UnitAssigned:
    return UnitAssigned(incident=incident, unit=unit, shift=DAY)


def ways(*facts: Fact) -> list[Way]:
    """The ways in facts that happen at 10, 20, 30 …"""
    return list(ways_of(Kept(place, Entry(kind=fact.fact_kind, body=b"", tags=(), happened_at=10 * place, known_at=0, by="desk 1"), fact)
                        for place, fact in enumerate(facts, 1)))


URGENT, CALM = opened("1", 2), opened("1", 3)
GO, THERE, FREE = state("en_route"), state("at_scene"), state("available")
MORE, LESS = PriorityChanged(incident="1", priority=1, needs=()), PriorityChanged(incident="1", priority=3, needs=())
CASES: dict[str, tuple[tuple[Fact, ...], list[Way]]] = {
    "a drive": ((URGENT, sent(), GO, THERE, FREE), [Way("E1", 30, 40)]),
    "two, one after the other": ((URGENT, sent(), GO, THERE, FREE, sent(), GO, THERE), [Way("E1", 30, 40), Way("E1", 70, 80)]),
    "two at once": ((URGENT, sent(), sent(unit="M1"), GO, state("en_route", "M1"), state("at_scene", "M1"), THERE), [Way("M1", 50, 60), Way("E1", 40, 70)]),
    "a calm one": ((CALM, sent(), GO, THERE), [Way("E1", 30, 40, NO_LIGHTS)]),
    "more pressing before it set out": ((CALM, MORE, sent(), GO, THERE), [Way("E1", 40, 50)]),
    "more pressing on the way": ((CALM, sent(), GO, MORE, THERE), [Way("E1", 30, 50, PARTLY)]),
    "less pressing on the way": ((URGENT, sent(), GO, LESS, THERE), [Way("E1", 30, 50, PARTLY)]),
    "another kind, as pressing": ((URGENT, sent(), GO, KindChanged(incident="1", kind="gas", priority=1, needs=(), plan="p"), THERE), [Way("E1", 30, 50)]),
    "stood down": ((URGENT, sent(), GO, UnitStoodDown(incident="1", unit="E1", shift=DAY), THERE), [Way("E1", 30, 40, NOT_THERE), Way("E1", 50, 50, NOT_SET_OUT)]),
    "sent elsewhere": ((URGENT, opened("2", 1), sent(), GO, sent("2"), state("en_route", incident="2"), state("at_scene", incident="2")), [Way("E1", 40, 50, NOT_THERE), Way("E1", 60, 70)]),
    "gave up": ((URGENT, sent(), GO, FREE), [Way("E1", 30, 40, NOT_THERE)]),
    "went off duty": ((URGENT, sent(), GO, ShiftEnded(unit="E1", shift=DAY, month="2026-03"), THERE), [Way("E1", 30, 40, NOT_THERE), Way("E1", 50, 50, NOT_SET_OUT)]),
    "never said that it set out": ((URGENT, sent(), THERE), [Way("E1", 30, 30, NOT_SET_OUT)]),
    "opened before what is read": ((sent(), GO, THERE), [Way("E1", 20, 30, NOT_KNOWN)]),
    "another was closed": ((URGENT, opened("2", 4), sent(), GO, IncidentClosed(incident="2", disposition="x"), THERE), [Way("E1", 40, 60)]),
    "on its way still": ((URGENT, sent(), GO), []),
}


@pytest.mark.parametrize(("facts", "found"), CASES.values(), ids=CASES.keys())
def test_ways_are_cut_as_the_ledger_tells_them(facts: tuple[Fact, ...], found: list[Way]) -> None:
    assert ways(*facts) == found
