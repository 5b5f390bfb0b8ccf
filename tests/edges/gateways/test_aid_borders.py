"""Times across a border between two cities with city folders of their own: what the lender's roads reach has a time, and it is the true one."""

from pathlib import Path

import pytest

from tests.cities import LEAD, SHIFT, CityHouse, cities
from tests.towns import block, draw
from tocsin.city import City
from tocsin.city.building import build
from tocsin.facts.calls import Place
from tocsin.facts.dispatch import Need
from tocsin.rooms.aid.commands import AskAid, LendUnit, ReadCandidates
from tocsin.rooms.aid.views import Candidates
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import OfferCandidates, ReadOffer
from tocsin.rooms.fleet.commands import StartShift

ROWS = range(6)

UNIT_AT, BORDER, DEEP = block(8, 2), block(4, 3), block(1, 3)
"""Where B's unit stands, an incident just before the border, and one in the middle of A."""


def network(folder: Path, name: str, columns: range) -> City:
    build([draw(columns, ROWS, folder / f"{name}.osm")], folder / name, name=name)
    return City.open(folder / name)


def incident(city: CityHouse, place: Place) -> str:
    return city.house.do(TakeCall(place=place, kind="fire"), LEAD).subject.partition(":")[2]


def on_duty(city: CityHouse, *units: str) -> None:
    for unit in units:
        city.house.do(StartShift(unit=unit, shift=SHIFT, unit_kind="engine", station="Station B", home=UNIT_AT, crew=4), LEAD)


def appeal(region: dict[str, CityHouse], place: Place) -> tuple[str, str, Candidates]:
    """A asks B for help at a place: A's incident, the appeal, and what B is offered of its own for it."""
    a, b = region["A"], region["B"]
    number, known = incident(a, place), set(b.asks())
    a.house.do(AskAid(incident=number, of="B", needs=(Need(skill="fire"),)), LEAD)
    assert a.courier.carry("B")
    (heard,) = set(b.asks()) - known
    return number, heard, b.house.see(ReadCandidates(appeal=heard), LEAD)


def offered(city: CityHouse, number: str, unit: str) -> int | None:
    offer = city.house.do(OfferCandidates(incident=number), LEAD).subject.partition(":")[2]
    return next(one.eta_s for one in city.house.see(ReadOffer(offer=offer), LEAD).candidates if one.unit == unit)


def test_folders_that_overlap_at_the_border_have_the_true_time_there_and_none_beyond(tmp_path: Path) -> None:
    networks = {"A": network(tmp_path, "west", range(10)), "B": network(tmp_path, "east", range(4, 11)), "C": network(tmp_path, "whole", range(11))}
    assert len({city.version for city in networks.values()}) == 3
    with cities(tmp_path, "ABC", networks=networks) as region:
        on_duty(region["B"], "E7", "E8")
        on_duty(region["C"], "E7")
        number, heard, found = appeal(region, BORDER)
        (first, _) = found.candidates
        assert not found.joint and first.unit == "E7" and first.eta_s is not None
        assert first.eta_s == offered(region["C"], incident(region["C"], BORDER), "E7"), "the same unit, in a city that has all the roads"
        region["B"].house.do(LendUnit(appeal=heard, unit="E7", shift=SHIFT, eta_s=first.eta_s), LEAD)
        assert region["B"].courier.carry("A")
        assert offered(region["A"], number, "B.E7") == first.eta_s, "the borrower, which has these roads too, is offered it with the same time"
        assert [one.eta_s for one in appeal(region, DEEP)[2].candidates] == [None], "beyond the lender's own roads"


@pytest.mark.parametrize("place", [BORDER, DEEP])
def test_folders_that_do_not_overlap_give_no_time_and_the_loan_is_made_all_the_same(tmp_path: Path, place: Place) -> None:
    networks = {"A": network(tmp_path, "west", range(6)), "B": network(tmp_path, "east", range(6, 11))}
    with cities(tmp_path, networks=networks) as region:
        on_duty(region["B"], "E7", "E8")
        number, heard, found = appeal(region, place)
        assert not found.joint and [(one.unit, one.eta_s) for one in found.candidates] == [("E7", None), ("E8", None)]
        region["B"].house.do(LendUnit(appeal=heard, unit="E7", shift=SHIFT), LEAD)
        assert region["B"].courier.carry("A")
        assert region["A"].loans()["B." + next(iter(region["B"].loans()))].eta_s == -1
        assert offered(region["A"], number, "B.E7") is None, "no time from the end of our roads either, which would be too short"
