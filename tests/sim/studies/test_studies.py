"""Studies in the drawn town: the same days under both plans, gains that are those of the streets, and who pays said first."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.floor import MORNING, corner, small_city
from tests.sim.scenarios.worlds import day_of_calls
from tests.sim.studies.given import EAST, WEST, order, post
from tocsin.city.calibration import Calibration
from tocsin.city.live import LiveRoads
from tocsin.facts.planning import MoreCalls, StationCloses, StreetShut, UnitLess
from tocsin.kernel import Refused
from tocsin.sim.clock import SECOND
from tocsin.sim.scenarios.asked import Asked
from tocsin.sim.scenarios.outcome import CallFigures, Outcome
from tocsin.sim.scenarios.play import Play
from tocsin.sim.scenarios.works import TableWorks
from tocsin.sim.studies.answering import FEWEST_IN_CELL, answer
from tocsin.sim.studies.order import Order, read_order, write_order
from tocsin.sim.studies.places import cells_of, districts
from tocsin.sim.studies.playing import Pair, cannot_be, keep, kept, mark, paired, play_pair
from tocsin.sim.studies.question import grounds, scenarios

ROADS = LiveRoads(small_city(), Calibration.default())


def played(one: Order) -> list[Pair]:
    two = grounds(one, None)
    return [play_pair(two, number, mark(two), lambda part: None) for number in range(one.asked.replications)]


@pytest.fixture(scope="module")
def east() -> tuple[Order, list[Pair]]:
    many = tuple(post(f"M{number}", 0, 2, "West") for number in range(12))  # so many that no call ever waits: nothing but the way is left
    one = order(*[EAST] * 5, fleet=many)
    return one, played(one)


def way_s(column: int, row: int, lon: list[float], lat: list[float]) -> np.ndarray:
    """Driving seconds from a crossing to each place by the streets alone."""
    arcs, alongs, _ = ROADS.spots([corner(column, row).lon, *lon], [corner(column, row).lat, *lat], [np.nan] * (1 + len(lon)), lights=True)
    return np.asarray(ROADS.spread_s((int(arcs[0]), float(alongs[0])), arcs[1:], alongs[1:], lights=True, hour=12, closed=()), float)


def test_a_second_station_gains_what_the_streets_say(east: tuple[Order, list[Pair]]) -> None:
    for pair in east[1]:
        was, now = np.array(pair.before_s), np.array(pair.after_s)
        west, other = way_s(0, 2, pair.lon, pair.lat), way_s(5, 2, pair.lon, pair.lat)
        gain = west - np.minimum(west, other)
        near = gain == 0
        assert near.sum() >= 5 and (~near).sum() >= 5
        assert np.median(np.abs(was - now)[near]) < 1.0, "who lives by the old station is served as before, by the same chance"
        assert (was - now)[~near].sum() == pytest.approx(gain[~near].sum(), rel=0.25), "crews' pace scatters about the streets' time"
        assert np.mean(now) < np.mean(was)


def test_the_answer_says_who_gains_and_who_pays_with_intervals_and_what_it_is(east: tuple[Order, list[Pair]]) -> None:
    one, pairs = east
    found = answer(one, grounds(one, None), pairs)
    calls = sum(len(pair.at) for pair in pairs)
    was, now = (np.concatenate([getattr(pair, name) for pair in pairs]) for name in ("before_s", "after_s"))
    assert (found.calls, found.whole.calls, found.replications, found.sample, found.validated) == (calls, calls, 2, True, None)
    assert found.whole.mean_s.value == pytest.approx(np.mean(now - was), abs=0.1)
    assert found.whole.before.p90_s == pytest.approx(np.quantile(was, 0.9), abs=0.1)
    assert found.whole.before.late == pytest.approx(np.mean(was > 420), abs=1e-3) or found.whole.before.late < np.mean(was > 420), "pressing calls have the shorter limit"
    assert 0 <= found.promise.late.low <= found.promise.late.value <= found.promise.late.high <= 1
    assert found.p90_s.low <= found.p90_s.value <= found.p90_s.high
    assert found.p90_s.value == pytest.approx(np.quantile(now, 0.9) - np.quantile(was, 0.9), abs=0.1)
    assert found.promise.mean_s.value == pytest.approx(np.mean(now), abs=0.1)
    assert "average" in found.first_line.en and "平均" in found.first_line.zh
    assert found.validity.en.startswith("Not validated")
    assert any("generated" in said.en for said in found.not_modelled)
    assert sum(line.calls for line in found.districts) == sum(line.calls for line in found.hours) == calls
    assert len(found.cells.calls) == len(ROADS.cells)
    assert all((n >= FEWEST_IN_CELL) == (s >= 0) for n, s in zip(found.cells.calls, found.cells.before_s, strict=True)), "where few called from, nothing is told"
    assert found.km.before > 0
    assert found.sent.before == pytest.approx(found.sent.after, rel=0.2)
    assert found.computed["played"] == pairs[0].of


def test_the_same_order_is_played_the_same_and_another_is_not(east: tuple[Order, list[Pair]], tmp_path: Path) -> None:
    one, pairs = east
    two = grounds(one, None)
    assert play_pair(two, 1, mark(two), lambda part: None) == pairs[1]
    keep(tmp_path, pairs[1])
    assert kept(tmp_path, 1, mark(two)) == pairs[1]
    assert kept(tmp_path, 0, mark(two)) is None
    assert kept(tmp_path, 1, mark(grounds(order(UnitLess(unit="M3")), None))) is None, "what was played of another question is not taken for this one's"


def test_a_place_that_pays_is_named_first() -> None:
    fleet = tuple(post(f"M{number}", 5 * (number % 2), 2, ("West", "East")[number % 2]) for number in range(12))
    one = order(StationCloses(station="East"), fleet=fleet, per_day=60.0)
    found = answer(one, grounds(one, None), played(one))
    line = next(line for line in found.districts if line.name == "East")
    assert line.mean_s.value > 30
    assert line.surely or line.perhaps
    assert found.whole.mean_s.value > 0
    assert "later" in found.first_line.en.lower() or "longer" in found.first_line.en
    if line.surely:
        assert "East" in found.first_line.en


def test_a_street_that_is_shut_is_driven_round_and_more_calls_are_the_same_calls_and_others() -> None:
    shut = StreetShut(street="Harbour Road", segments=small_city().segments_of("Harbour Road"))
    before, after = (scenario for scenario in scenarios(order(shut), None, "Europe/Helsinki"))
    assert not before.closures
    assert after.closures[0].segments == shut.segments
    two = grounds(order(MoreCalls(factor=2.0)), None)
    was, more = (len(ground.play(0).calls) for ground in two)
    assert 1.4 * was < more < 2.8 * was


def test_with_a_record_the_same_calls_are_in_both_and_only_copies_are_added(tmp_path: Path) -> None:
    record = day_of_calls(tmp_path)
    one = order(MoreCalls(factor=1.5), demand="own", per_day=0.0, fleet=(*WEST, msgspec.structs.replace(WEST[0], unit="E1", unit_kind="engine")))
    one = msgspec.structs.replace(one, plan=msgspec.structs.replace(one.plan, kinds={**one.plan.kinds, "outside_fire": one.plan.kinds["medical"]}))
    two = grounds(one, record)
    calls = [{(call.at, call.place.lon, call.kind) for call in ground.play(0).calls} for ground in two]
    assert calls[0] < calls[1]
    assert two[0].scenario.work.law == two[1].scenario.work.law == "record", "habits are learnt where enough is known"
    few = msgspec.structs.replace(record, calls=record.calls[:50])
    assert scenarios(one, few, "Europe/Helsinki")[0].work.law == "tables"


def test_what_cannot_be_played_is_explained_before_it_runs() -> None:
    assert not cannot_be(grounds(order(), None))
    gone = order(UnitLess(unit="M3"), UnitLess(unit="M2"), fleet=WEST)
    assert not cannot_be(grounds(gone, None)), "one is left"
    assert {no.code for no in cannot_be(grounds(order(UnitLess(unit="M1"), fleet=(WEST[0], msgspec.structs.replace(WEST[1], unit_kind="engine"))), None))} == {"plan_never_filled"}


def test_a_plan_does_not_gain_by_answering_nobody() -> None:
    """Four calls: reached in both; nobody ever sent under the second; called off under the second; nobody sent in either."""
    calls = [Asked(MORNING + number * SECOND, corner(number, 1), "medical", 2) for number in range(4)]
    until = MORNING + 1_000 * SECOND
    play = Play(calls=calls, duties=[], works=TableWorks(), begin=MORNING, count_from=MORNING, until=until, by_record=False)

    def outcome(*figures: tuple[float, float]) -> Outcome:
        return Outcome(begin=MORNING, end=until, driven_m=5_000.0, calls=[CallFigures(call.at, "medical", 2, *one) for call, one in zip(calls, figures, strict=True)])

    pair = paired(0, "x", (play, outcome((30, 300), (30, 400), (30, 500), (-1, -1))), (play, outcome((30, 250), (-1, -1), (30, -1), (-1, -1))))
    assert (pair.before_s, pair.after_s) == ([300, 400], [250, 999]), "it waits to the end of play; who was called off is compared with nobody"
    whole = 86_400 / 1_000
    assert (pair.before.single, pair.after.single) == (pytest.approx(2 * whole), 0)
    assert pair.before.km == pytest.approx(5 * whole)


def test_an_answer_needs_two_replications_with_arrivals(east: tuple[Order, list[Pair]]) -> None:
    one, pairs = east
    with pytest.raises(Refused) as no:
        answer(one, grounds(one, None), [pairs[0], msgspec.structs.replace(pairs[1], at=[])])
    assert no.value.code == "too_few_arrivals"


def test_an_order_is_laid_down_and_read_whole(tmp_path: Path) -> None:
    record = day_of_calls(tmp_path)
    one = order(EAST, UnitLess(unit="M1"))
    write_order(tmp_path / "study", one, record)
    assert read_order(tmp_path / "study") == (one, record)


def test_places_lie_in_the_nearest_stations_district_where_the_city_names_none_and_in_the_nearest_cell() -> None:
    lon, lat = (np.array([getattr(corner(column, 2), axis) for column in (0, 1, 5)]) for axis in ("lon", "lat"))
    which, names = districts(small_city(), (*WEST, post("M4", 5, 2, "East")), lon, lat)
    assert [names[one] for one in which] == ["West", "West", "East"]
    cells = cells_of(ROADS, ROADS.cells.lon, ROADS.cells.lat)
    assert cells.tolist() == list(range(len(ROADS.cells)))
