"""A generated day: seeded, clearly generated, on the streets, and as many calls as its rates say."""

from collections import Counter

import numpy as np
import pytest

from tests.floor import PLAN, small_city
from tocsin.kernel import from_instant
from tocsin.rooms.dispatch.views import PlanView
from tocsin.rooms.dispatch.views.plan import plan_view
from tocsin.sim.clock import SECOND
from tocsin.sim.demand import HOUR, CallPlaces, Demand
from tocsin.sim.profile import HOURLY, KINDS, OTHER
from tocsin.sim.travel import METRES_PER_DEGREE

DAY = 24 * HOUR
START = 1_772_582_400 * SECOND


@pytest.fixture(scope="module")
def places() -> CallPlaces:
    return CallPlaces(small_city())


@pytest.fixture(scope="module")
def plan() -> PlanView:
    return plan_view(PLAN)


def demand(places: CallPlaces, plan: PlanView, seed: int = 1, per_day: float = 400) -> Demand:
    return Demand(places, plan.kinds, "Europe/Helsinki", seed, per_day=per_day)


def test_the_same_seed_gives_the_same_calls_whichever_hour_is_asked_first(places: CallPlaces, plan: PlanView) -> None:
    first, second = demand(places, plan), demand(places, plan)
    later = second.hour(START + 5 * HOUR)
    assert second.hour(START) == first.hour(START)
    assert first.hour(START + 5 * HOUR) == later
    assert demand(places, plan, seed=2).hour(START) != first.hour(START)


def test_cutting_a_day_anywhere_changes_no_call(places: CallPlaces, plan: PlanView) -> None:
    one = demand(places, plan)
    cut = START + 7 * HOUR + 1234 * SECOND
    assert one.between(START, START + DAY) == one.between(START, cut) + one.between(cut, START + DAY)


def test_a_month_has_the_expected_number_of_calls_kinds_and_hours(places: CallPlaces, plan: PlanView) -> None:
    one = demand(places, plan)
    calls = one.between(START, START + 30 * DAY)
    expected = 400 * 30
    assert abs(len(calls) - expected) < 4 * expected**0.5
    kinds = Counter(call.command.kind for call in calls)
    medical = expected * KINDS["medical"].share / sum(KINDS.get(kind.code, OTHER).share for kind in plan.kinds)
    assert abs(kinds["medical"] - medical) < 4 * medical**0.5
    night = sum(from_instant(call.at).hour in (1, 2) for call in calls)
    noon = sum(from_instant(call.at).hour in (10, 11) for call in calls)
    assert noon > 1.8 * night, "Helsinki's small hours are quiet"


def test_a_call_says_that_it_is_generated_and_names_nobody(places: CallPlaces, plan: PlanView) -> None:
    for call in demand(places, plan).between(START, START + DAY):
        command = call.command
        assert command.channel == "generated"
        assert command.place.source == "generated"
        assert command.caller == ""
        assert command.number.startswith("555-01")
        assert len(command.number) == 8
        assert len(command.notes.splitlines()) == 2
        assert 1 <= command.priority <= 4


def test_calls_come_from_the_streets_by_their_length(places: CallPlaces) -> None:
    city = small_city()
    rng = np.random.default_rng(3)
    drawn = [places.draw(rng) for _ in range(400)]
    west, south, east, north = city.manifest.bounds
    assert all(west - 1e-3 <= place.lon <= east + 1e-3 and south - 1e-3 <= place.lat <= north + 1e-3 for place in drawn)
    lons = np.unique(np.round(city.network.lon, 6))
    lats = np.unique(np.round(city.network.lat, 6))
    off_m = [min(np.abs(lons - place.lon).min() * 0.5, np.abs(lats - place.lat).min()) * METRES_PER_DEGREE for place in drawn]
    assert max(off_m) < 1, "each lies on a drawn street"
    assert {place.text for place in drawn} >= {"中山路", "Mission Street", "1st Street"}


def test_every_table_of_hours_is_whole() -> None:
    assert all(len(table) == 24 and min(table) > 0 for table in HOURLY.values())
    assert {kind.family for kind in KINDS.values()} <= HOURLY.keys()
    assert all(kind.words for kind in KINDS.values())
