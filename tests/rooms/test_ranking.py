"""Ranking on a drawn town: nearest by road, what speaks against each unit, the whole need filled, the same answer later."""

from typing import Any, cast

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.floor import PLAN, TABLE, corner, small_city
from tocsin.city.calibration import Calibration
from tocsin.city.live import LiveRoads
from tocsin.facts.calls import Place
from tocsin.facts.dispatch import CandidatesOffered, Need
from tocsin.ledger.line import MAX_BODY
from tocsin.rooms.dispatch.commands import Seen
from tocsin.rooms.dispatch.model.ranking import MOST_RANKED, MOST_READY, STALE_S, Ground, fill, offer, recompute
from tocsin.rooms.dispatch.views.offer import shown

AT = 1_772_611_200_000_000


@pytest.fixture(scope="module")
def ground() -> Ground:
    return cast(Ground, LiveRoads(small_city(), Calibration.default()))


def seen(unit: str, kind: str, at: Place, *, state: str = "available", age_s: int = 0, at_home: bool = True,
         heading_deg: float | None = None) -> Seen:
    return Seen(unit=unit, shift="D", unit_kind=kind, skills=TABLE.kinds[kind].skills, state=state, lon=at.lon, lat=at.lat,
                age_s=age_s, at_home=at_home, heading_deg=heading_deg)


def ranked(ground: Ground, units: list[Seen], at: Place, *, needs: tuple[Need, ...] = (Need(skill="fire"),), priority: int = 1,
           closed: tuple[int, ...] = ()) -> CandidatesOffered:
    return offer(ground, units, incident="31", number="o1", plan=PLAN.version, priority=priority, needs=needs,
                 place=(at.lon, at.lat), closed=closed, at=AT)


def test_all_units_are_ranked_with_what_speaks_against_them(ground: Ground) -> None:
    far_away = Place(lon=24.0, lat=59.0)
    units = [seen("E1", "engine", corner(5, 0)), seen("E2", "engine", corner(1, 0)), seen("P1", "police", corner(0, 0)),
             seen("E3", "engine", corner(0, 0), state="en_route"), seen("E4", "engine", corner(0, 0), state="out_of_service"),
             seen("E5", "engine", corner(0, 0), age_s=STALE_S + 1, at_home=False), seen("E6", "engine", corner(2, 0), age_s=STALE_S + 1)]
    kept = ranked(ground, units, corner(0, 0))
    assert list(zip(kept.units, kept.lacks, strict=True)) == [
        ("E2", ""), ("E6", ""), ("E1", ""), ("E5", "stale_position"), ("E3", "busy"), ("E4", "out_of_service"), ("P1", "skill")]
    assert kept.chosen == ("E2",)
    why = {one.unit: one.why for one in shown(PLAN, ground, kept, AT).candidates}
    assert why["E2"].en.startswith("Nearest of 3 with fire suppression: ")
    assert why["E6"].en.endswith("behind E2 (fire suppression).")
    assert "closer than E2, but E3 is en route." in why["E3"].en
    assert "灭火" in why["P1"].zh
    assert ranked(ground, [], corner(0, 0)).units == ()
    assert ranked(ground, units, far_away).units  # a place outside the streets still gets an answer


def test_a_driving_unit_goes_on_along_its_road_and_is_not_mobilised(ground: Ground) -> None:
    between = Place(lon=(corner(1, 1).lon + corner(2, 1).lon) / 2, lat=corner(1, 1).lat)
    parked, towards, away = (ranked(ground, [seen("E1", "engine", between, at_home=home, heading_deg=heading)], corner(3, 1)).eta_s[0]
                             for home, heading in ((True, None), (False, 90.0), (False, 270.0)))
    default = Calibration.default()
    saved = default.added_s("engine", "", 0, on_road=False) - default.added_s("engine", "", 0, on_road=True)
    assert towards < away
    assert parked - towards == saved > 0


def test_a_closure_is_driven_round_at_once(ground: Ground) -> None:
    unit = [seen("E1", "engine", corner(0, 0))]
    free = ranked(ground, unit, corner(1, 0)).eta_s[0]
    segments, name = ground.stretch(corner(0, 0).lon + 0.004, corner(0, 0).lat)
    assert name == "Mission Street"
    assert ranked(ground, unit, corner(1, 0), closed=segments).eta_s[0] > free


def test_the_whole_need_is_filled_together(ground: Ground) -> None:
    needs = (Need(skill="medical"), Need(skill="als"))
    units = [seen("M1", "medic", corner(1, 0)), seen("E1", "engine", corner(2, 0)), seen("M2", "medic", corner(5, 0))]
    kept = ranked(ground, units, corner(0, 0), needs=needs)
    assert set(kept.chosen) == {"M1", "E1"}, "the nearest for first aid is the only near one with advanced life support"
    short = ranked(ground, units, corner(0, 0), needs=(Need(skill="police"), Need(skill="als")))
    assert short.chosen == ("M1",)
    assert shown(PLAN, ground, short, AT).unfilled == (Need(skill="police"),)


@given(st.lists(st.tuples(st.sampled_from(sorted(TABLE.kinds)), st.integers(0, 5), st.integers(0, 5),
                          st.sampled_from(("available", "en_route", "out_of_service")), st.integers(0, 2000), st.booleans()), max_size=12),
       st.sampled_from(sorted(PLAN.kinds)), st.integers(1, 4))
def test_a_kept_offer_is_computed_again_to_the_same_answer(drawn: list[Any], kind: str, priority: int) -> None:
    ground = _shared_ground()
    units = [seen(f"U{n}", unit_kind, corner(column, row), state=state, age_s=age_s, at_home=home)
             for n, (unit_kind, column, row, state, age_s, home) in enumerate(drawn)]
    kept = ranked(ground, units, corner(2, 3), needs=PLAN.needs(kind, priority), priority=priority)
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(kept), type=CandidatesOffered)
    assert recompute(ground, again) == []
    if kept.units and kept.eta_s[0] >= 0:
        wrong = msgspec.structs.replace(again, eta_s=(kept.eta_s[0] + 1, *kept.eta_s[1:]))
        assert recompute(ground, wrong) != []


def test_an_offer_of_another_city_says_so(ground: Ground) -> None:
    kept = msgspec.structs.replace(ranked(ground, [], corner(0, 0)), city="elsewhere")
    assert "was made on city elsewhere" in recompute(ground, kept)[0]


@given(st.lists(st.tuples(st.sets(st.sampled_from("abc")), st.integers(-1, 600), st.booleans()), max_size=6),
       st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 2)), max_size=3))
def test_filling_is_exact(units: list[tuple[set[str], int, bool]], wanted: list[tuple[str, int]]) -> None:
    """Against trying every choice: as many slots as can be filled, and then the least sum of times."""
    needs = tuple(Need(skill=skill, count=count) for skill, count in wanted)
    skills, eta_s = [tuple(own) for own, _, _ in units], [eta for _, eta, _ in units]
    lacks = ["" if fit else "busy" for _, _, fit in units]
    slots = [need.skill for need in needs for _ in range(need.count)]
    fit = frozenset(i for i in range(len(units)) if not lacks[i] and eta_s[i] >= 0)

    def best(slot: int, free: frozenset[int]) -> tuple[int, int]:
        if slot == len(slots):
            return (0, 0)
        options = [best(slot + 1, free)]
        for i in free:
            if slots[slot] in skills[i]:
                filled, total = best(slot + 1, free - {i})
                options.append((filled - 1, total + eta_s[i]))
        return min(options)

    filled = fill(needs, skills, eta_s, lacks)
    assert all(skill in skills[i] for i, skill in filled)
    chosen = [i for i, _ in filled]
    assert len(set(chosen)) == len(chosen)
    assert (-len(chosen), sum(eta_s[i] for i in chosen)) == best(0, fit)
    assert np.all(np.isin(chosen, list(fit)))


_GROUND: list[Ground] = []


def _shared_ground() -> Ground:
    if not _GROUND:
        _GROUND.append(cast(Ground, LiveRoads(small_city(), Calibration.default())))
    return _GROUND[0]


def test_of_very_many_units_the_near_ones_are_ranked_those_that_may_go_first_and_it_is_told_who_was_not(ground: Ground) -> None:
    at = corner(0, 0)
    free = [seen(f"E{n}", "engine", Place(lon=at.lon + n * 1e-5, lat=at.lat)) for n in range(MOST_READY + 900)]
    police = [seen(f"P{n}", "police", Place(lon=at.lon - n * 1e-5, lat=at.lat)) for n in range(MOST_READY)]
    kept = ranked(ground, police + free, at)
    assert len(kept.units) == MOST_RANKED and kept.further == len(police) + len(free) - MOST_RANKED
    assert kept.lacks.count("") + kept.lacks.count("unreachable") >= MOST_READY and {unit for unit in kept.units if unit.startswith("P")}
    of_all = {unit for unit in kept.units if unit.startswith("E")}
    assert of_all == {f"E{n}" for n in range(len(of_all))}  # the nearest ones
    assert kept.further_m == pytest.approx(len(of_all) * 1e-5 * 111_195 * np.cos(np.radians(at.lat)), abs=1)
    assert kept.chosen == ranked(ground, free[:50], at).chosen and recompute(ground, kept) == []
    assert len(msgspec.json.encode(kept)) < MAX_BODY / 4
    told = shown(PLAN, ground, kept, AT)
    assert (told.further, told.further_m) == (kept.further, kept.further_m)


def test_where_the_near_ones_are_all_busy_those_far_away_that_may_go_are_ranked(ground: Ground) -> None:
    at = corner(0, 0)
    busy = [seen(f"B{n}", "engine", at, state="at_scene") for n in range(2 * MOST_RANKED)]
    kept = ranked(ground, [*busy, seen("E1", "engine", corner(5, 1))], at)
    assert kept.chosen == ("E1",) and kept.further_m == 0 and kept.further == MOST_RANKED + 1
