"""The way to a place that a crew looked up: an ordinary drive, round every closure, for units on duty alone."""

from pathlib import Path

import pytest

from tests.floor import DESK, asker, corner, on_duty, small_house
from tocsin.house import House
from tocsin.kernel import Refused
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.dispatch.commands import CloseRoad, ReadRoute, ReadWay
from tocsin.rooms.dispatch.views import Route

CREW = asker("crew 1", "responder")


def way(house: House, unit: str = "E1") -> Route:
    shown = house.see(ReadWay(unit=unit, lon=corner(4, 1).lon, lat=corner(4, 1).lat), CREW)
    assert isinstance(shown, Route)
    return shown


def test_a_crew_is_shown_the_way_to_a_place_and_round_what_is_shut(tmp_path: Path) -> None:
    with small_house(tmp_path) as house:
        on_duty(house, "E1", "engine", corner(0, 1))
        before = way(house)
        assert before.found
        assert before.legs[0].street == corner(0, 1).text.partition(" & ")[0]
        assert before.line[-1] == pytest.approx((corner(4, 1).lon, corner(4, 1).lat), abs=1e-4)
        house.do(CloseRoad(lon=corner(1, 1).lon + 0.004, lat=corner(1, 1).lat, text="works"), DESK)
        after = way(house)
        assert after.dist_m > before.dist_m


def test_it_is_no_drive_with_lights(tmp_path: Path) -> None:
    with small_house(tmp_path) as house:
        on_duty(house, "E1", "engine", corner(0, 1))
        incident = house.do(TakeCall(place=corner(4, 1), kind="fire", priority=1), DESK).subject.removeprefix("call:")
        route = house.see(ReadRoute(incident=incident, unit="E1"), CREW)
        assert isinstance(route, Route)
        assert way(house).eta_s > route.eta_s, "the same streets, slower"


def test_who_is_not_on_duty_has_no_way(tmp_path: Path) -> None:
    with small_house(tmp_path) as house, pytest.raises(Refused) as no:
        way(house, "E9")
    assert no.value.code == "unit_not_on_shift"
