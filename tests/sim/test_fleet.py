"""The sample fleet: stations of the city or spread over it, units by the fleet table, the same each time."""

import dataclasses
from itertools import combinations
from statistics import fmean

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.floor import TABLE, small_city
from tocsin.city.survey import Asset
from tocsin.kernel import Words
from tocsin.rooms.fleet.views import UnitKindLine
from tocsin.sim.fleet import SERVICES, sample_fleet, settle, spread, stations
from tocsin.sim.travel import metres

KINDS = [UnitKindLine(code=code, letter=kind.letter, says=Words(kind.en, kind.zh), skills=kind.skills, moves=TABLE.moves(code))
         for code, kind in TABLE.kinds.items()]


def test_a_city_without_stations_gets_a_fleet_of_every_service() -> None:
    fleet = sample_fleet(small_city(), KINDS, "s1")
    assert [start.unit for start in fleet] == sorted({start.unit for start in fleet}, key=[start.unit for start in fleet].index)
    assert {"engine", "medic", "police", "works", "truck", "chief"} <= {start.unit_kind for start in fleet}
    assert {start.unit for start in fleet} >= {"E1", "E2", "M1", "P1", "T1"}
    assert fleet == sample_fleet(small_city(), KINDS, "s1")


def test_a_kind_that_the_table_lacks_is_left_out() -> None:
    fleet = sample_fleet(small_city(), [kind for kind in KINDS if kind.code == "medic"], "s1")
    assert {start.unit_kind for start in fleet} == {"medic"}


def test_the_citys_own_stations_come_first_and_a_hospital_stands_in_for_a_post() -> None:
    city = small_city()
    posts = stations(city, SERVICES[1])
    assert posts[0].text == "Town Hospital"
    assert len(posts) == 3
    mapped = [Asset("fire_station", f"Station {n}", 24.9 + n * 0.001, 60.15) for n in range(5)]
    named = stations(dataclasses.replace(city, assets=mapped), SERVICES[0])
    assert {place.text for place in named} == {asset.name for asset in mapped}


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=40, unique=True), st.integers(1, 12))
def test_a_spread_is_at_most_twice_as_far_from_anybody_as_it_must_be(grid: list[tuple[int, int]], most: int) -> None:
    points = np.array(grid) / 1000 + (24.0, 60.0)
    chosen = spread(points, most)
    assert len(chosen) == len(set(chosen)) == min(most, len(grid))
    here = [tuple(points[i]) for i in chosen]
    widest = max(min(metres(tuple(point), spot) for spot in here) for point in points)
    closest = min((metres(a, b) for a, b in combinations(here, 2)), default=widest)
    assert widest <= closest * 1.01, "Gonzalez: whoever is left is nearer than any two stations are to each other"


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=8, max_size=60, unique=True), st.integers(1, 6))
def test_settling_only_brings_stations_nearer(grid: list[tuple[int, int]], most: int) -> None:
    points = np.array(grid) / 1000 + (24.0, 60.0)
    taken = points[:1]
    chosen = spread(points, most, taken)
    settled = settle(points, chosen, taken)
    assert len(set(settled)) == len(chosen)

    def mean_m(stations: list[int]) -> float:
        spots = [tuple(points[i]) for i in (0, *stations)]
        return fmean(min(metres(tuple(point), spot) for spot in spots) for point in points)

    assert mean_m(settled) <= mean_m(chosen) * 1.001
