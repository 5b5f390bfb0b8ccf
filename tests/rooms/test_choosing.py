"""The whole need at once, cover weighed in: exact against trying everything, kept with its reasons, and computed again to the same answer."""

from functools import partial
from itertools import permutations
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.floor import PLAN, TABLE, corner, small_city
from tests.rooms.story import NOW, when
from tests.rooms.test_fleet import DAY, started
from tests.rooms.test_ranking import AT, ranked, seen
from tocsin.city.calibration import Calibration
from tocsin.city.live import LiveRoads
from tocsin.facts.dispatch import CandidatesOffered, IncidentOpened, Need, UnitAssigned
from tocsin.facts.fleet import UnitStateChanged
from tocsin.rooms.dispatch.commands import RankUnits, Seen
from tocsin.rooms.dispatch.model import Rules, State, decider, evolve
from tocsin.rooms.dispatch.model.filling import fill, left_open
from tocsin.rooms.dispatch.model.ranking import Ground, offer, recompute
from tocsin.rooms.dispatch.views.offer import shown

ENGINE = (Need(skill="fire"),)


@pytest.fixture(scope="module")
def ground() -> Ground:
    return cast(Ground, LiveRoads(small_city(), Calibration.default()))


def weighed(ground: Ground, units: list[Seen], weight: float, most_s: int = 600, needs: tuple[Need, ...] = ENGINE,
            still: tuple[Need, ...] | None = None) -> CandidatesOffered:
    at = corner(2, 1)
    return offer(ground, units, incident="31", number="o1", plan="p", priority=3, needs=needs, place=(at.lon, at.lat), closed=(), at=AT,
                 weight=weight, most_s=most_s, still=still)


def spread() -> list[Seen]:
    """E1 alone in the south-west, where the incident is; E2 and E3 side by side, a little further from it."""
    return [seen("E1", "engine", corner(1, 0)), seen("E2", "engine", corner(4, 2)), seen("E3", "engine", corner(4, 3))]


def free(was: str) -> UnitStateChanged:
    """E1 leaves the incident."""
    return UnitStateChanged(unit="E1", shift=DAY, state="available", was=was, incident="31")


@given(st.lists(st.tuples(st.sets(st.sampled_from("abc")), st.integers(-1, 600), st.integers(0, 200), st.booleans()), max_size=6),
       st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 3)), max_size=3))
def test_filling_with_cover_weighed_in_is_exact(units: list[tuple[set[str], int, int, bool]], wanted: list[tuple[str, int]]) -> None:
    """Against every way of putting units into slots: as many slots as can be, and then the least arrival plus cover."""
    needs = tuple(Need(skill=skill, count=count) for skill, count in wanted)
    skills, eta_s, dear_s = [tuple(sorted(own)) for own, *_ in units], [eta for _, eta, _, _ in units], [cost / 2 for _, _, cost, _ in units]
    lacks = ["" if fit else "busy" for *_, fit in units]
    slots = [need.skill for need in needs for _ in range(need.count)]
    able: list[int | None] = [i for i in range(len(units)) if not lacks[i] and eta_s[i] >= 0]

    def best(slot: int, free: frozenset[int]) -> tuple[int, float]:
        if slot == len(slots):
            return (0, 0.0)
        options = [best(slot + 1, free)]
        for i in free:
            if slots[slot] in skills[i]:
                filled, total = best(slot + 1, free - {i})
                options.append((filled - 1, total + eta_s[i] + dear_s[i]))
        return min(options)

    found = fill(needs, skills, eta_s, lacks, dear_s)
    assert all(skill in skills[i] for i, skill in found)
    chosen = [i for i, _ in found]
    assert len(set(chosen)) == len(chosen), "a unit fills one slot, whatever it can do"
    assert (-len(chosen), sum(eta_s[i] + dear_s[i] for i in chosen)) == pytest.approx(best(0, frozenset(i for i in able if i is not None)))


@given(st.lists(st.sets(st.sampled_from("abc")), max_size=5), st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 2)), max_size=3))
def test_what_is_left_open_is_the_least_that_can_be(units: list[set[str]], wanted: list[tuple[str, int]]) -> None:
    needs = [Need(skill=skill, count=count) for skill, count in wanted]
    slots = [need.skill for need in needs for _ in range(need.count)]
    places: list[str] = [*slots, *["" for _ in units]]
    most = max((sum(slot != "" and slot in own for own, slot in zip(units, order, strict=False))
                for order in set(permutations(places, len(units)))), default=0)
    skills = [tuple(sorted(own)) for own in units]
    assert sum(need.count for need in left_open(needs, skills)) == len(slots) - most


def test_two_skills_of_one_unit_do_not_fill_two_needs() -> None:
    needs = (Need(skill="als"), Need(skill="transport"))
    assert left_open(needs, [("als", "transport")]) == (Need(skill="transport"),)
    assert left_open(needs, [("als", "transport"), ("als",)]) == ()


def test_the_lone_unit_is_kept_for_the_cover_it_gives(ground: Ground) -> None:
    soonest, covered = weighed(ground, spread(), 0.0), weighed(ground, spread(), 20.0)
    assert (soonest.chosen, covered.chosen) == (("E1",), ("E2",))
    assert (covered.weight, covered.most_s, soonest.cover_s) == (20.0, 600, covered.cover_s)
    cost = dict(zip(covered.units, covered.cover_s, strict=True))
    assert cost["E1"] > cost["E2"] > 0
    why = {one.unit: one for one in shown(PLAN, ground, covered, AT).candidates}
    slower = covered.eta_s[1] - covered.eta_s[0]
    assert why["E2"].why.en == (f"{slower // 60}:{slower % 60:02d} slower than E1, but without E1 the next {PLAN.skills[why['E1'].cover_of].en} "
                                f"comes {cost['E1']:.1f} s later on average.")
    assert "平均晚到" in why["E2"].why.zh
    assert why["E1"].why.en.endswith("ahead of E2 (fire suppression), but kept for the cover it gives.")
    takes = why["E3"].takes
    assert takes is not None
    assert takes.en == f"Its going leaves {PLAN.skills[why['E3'].cover_of].en} {cost['E3']:.1f} s later on average."


def test_nobody_waits_longer_for_cover_than_the_plan_lets_them(ground: Ground) -> None:
    slower = weighed(ground, spread(), 20.0, 600)
    assert slower.chosen == ("E2",)
    behind = slower.eta_s[1] - slower.eta_s[0]
    assert weighed(ground, spread(), 20.0, behind - 1).chosen == ("E1",)


def test_units_that_are_busy_or_lost_keep_no_cover(ground: Ground) -> None:
    units = [seen("E1", "engine", corner(1, 0)), seen("E2", "engine", corner(4, 2), state="en_route"),
             seen("E3", "engine", corner(4, 3), age_s=9999, at_home=False)]
    kept = weighed(ground, units, 5.0)
    assert kept.cover_s[1:] == (0.0, 0.0)
    assert kept.cover_s[0] > 1200, "it is the only one that is free"
    takes = shown(PLAN, ground, kept, AT).candidates[0].takes
    assert takes is not None
    assert takes.en.startswith("The last free with ")


def test_a_busy_unit_says_what_its_going_would_leave(ground: Ground) -> None:
    driving = msgspec.structs.replace(seen("E2", "engine", corner(2, 0), state="en_route"), incident="260304-0030")
    kept = weighed(ground, [seen("E1", "engine", corner(5, 5)), driving], 0.0)
    one = next(one for one in shown(PLAN, ground, kept, AT).candidates if one.unit == "E2")
    assert (one.on, one.why.en.endswith("but E2 is en route on 30.")) == ("260304-0030", True)
    assert one.takes is not None
    assert one.takes.en.startswith("It would leave incident 30, and be here in ")


@given(st.lists(st.tuples(st.sampled_from(sorted(TABLE.kinds)), st.integers(0, 5), st.integers(0, 5),
                          st.sampled_from(("available", "en_route")), st.integers(0, 2000)), max_size=10),
       st.sampled_from(sorted(PLAN.kinds)), st.floats(0, 100), st.integers(0, 300), st.booleans())
def test_a_weighed_offer_is_computed_again_to_the_same_answer(drawn: list[Any], kind: str, weight: float, most_s: int, part: bool) -> None:
    ground = _ground()
    units = [seen(f"U{n}", unit_kind, corner(column, row), state=state, age_s=age_s) for n, (unit_kind, column, row, state, age_s) in enumerate(drawn)]
    needs = PLAN.needs(kind, 1, "", PLAN.last_alarm(kind))
    kept = weighed(ground, units, weight, most_s, needs, needs[:1] if part else None)
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(kept), type=CandidatesOffered)
    assert recompute(ground, again) == []
    if kept.units:
        wrong = msgspec.structs.replace(again, cover_s=(kept.cover_s[0] + 1, *kept.cover_s[1:]))
        assert recompute(ground, wrong) != []


def test_an_offer_from_before_cover_was_told_is_computed_as_it_was_then(ground: Ground) -> None:
    now = ranked(ground, spread(), corner(2, 1))
    old = msgspec.to_builtins(now)
    for name in ("still", "weight", "most_s", "cover_s", "cover_of", "on"):
        old.pop(name, None)
    before = msgspec.convert(old, CandidatesOffered)
    assert before.cover_s == ()
    assert recompute(ground, before) == []
    assert shown(PLAN, ground, before, AT).candidates[0].takes is None


def test_only_what_is_still_open_is_proposed(ground: Ground) -> None:
    rank = partial(when, state=State, evolve=evolve, decide=decider(Rules(plan=PLAN, ground=ground)))
    given_ = [IncidentOpened(incident="31", place=corner(2, 1), kind="fire", priority=2, needs=PLAN.needs("fire", 2), plan="p", called_at=NOW),
              started("E1"), UnitAssigned(incident="31", unit="E1", shift=DAY)]
    units = [msgspec.structs.replace(one, shift=DAY) for one in spread()]
    units[0] = msgspec.structs.replace(units[0], state="assigned", incident="31")
    command = RankUnits(incident="31", offer="o1", at=AT, seen=(*units, seen("T1", "truck", corner(0, 0))), closed=())
    first = rank(given_[:1], command)[0]
    assert isinstance(first, CandidatesOffered)
    assert first.still == PLAN.needs("fire", 2)
    facts = rank(given_, command)
    assert isinstance(facts[0], CandidatesOffered)
    assert (facts[0].still, sorted(facts[0].chosen)) == ((Need(skill="fire"), Need(skill="ladder")), ["E2", "T1"])
    assert shown(PLAN, ground, facts[0], AT).unfilled == ()
    turned_back = rank([*given_, free("en_route")], command)[0]
    assert isinstance(turned_back, CandidatesOffered)
    assert turned_back.still == PLAN.needs("fire", 2), "a unit that never was there has filled nothing"
    done = rank([*given_, free("at_scene")], command)[0]
    assert isinstance(done, CandidatesOffered)
    assert done.still == (Need(skill="fire"), Need(skill="ladder"))


_GROUNDS: list[Ground] = []


def _ground() -> Ground:
    if not _GROUNDS:
        _GROUNDS.append(cast(Ground, LiveRoads(small_city(), Calibration.default())))
    return _GROUNDS[0]
