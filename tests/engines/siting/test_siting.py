"""What siting tells: published optima, conflicts in words, limits that are kept, and a search that can be watched and stopped."""

import numpy as np
import pytest

from tests.engines.siting.published import pmed, stores
from tests.shared import needs_data
from tocsin.engines.siting import (
    Conflict,
    District,
    Effort,
    Problem,
    Watch,
    de_maio,
    larsen,
    lscp,
    mclp,
    mexclp,
    p_center,
    p_median,
    survival,
)

LINE = np.abs(np.subtract.outer(np.arange(6), np.arange(6))).astype(np.float32) * 100   # six places in a row, a site at each


def line(**more: object) -> Problem:
    return Problem(LINE, np.ones(6), 100.0, **more)


@needs_data("benchmarks", "facility_sf_spopt")
def test_the_published_stores_of_san_francisco() -> None:
    """The optima that spopt's own data have, in its units: people times metres, metres, stores and people."""
    metres, people = stores()
    problem = Problem(metres.astype(np.float32), people, 5_000.0, 4)
    median, center, cover = p_median(problem), p_center(problem), mclp(problem)
    assert (median.how, center.how, cover.how) == ("exact", "exact", "exact")
    assert median.value == pytest.approx(2_848_268_129.71, rel=1e-6)
    assert median.sites == (1, 7, 8, 11)    # the stores named 2, 11, 12 and 15: the file has none named 8 to 10
    assert center.value == pytest.approx(7_403.0638, abs=0.01)
    assert cover.value == 875_247
    assert lscp(Problem(metres.astype(np.float32), people, 5_000.0)).value == 8


@needs_data("benchmarks", "pmedian_orlib")
@pytest.mark.parametrize("number", [1, 2, 5, 10])
def test_published_p_medians_are_solved(number: int) -> None:
    length, count, optimum = pmed(number)
    answer = p_median(Problem(length, np.ones(len(length)), count=count))
    assert (answer.how, answer.value) == ("exact", optimum)


def test_what_is_kept_barred_and_paid_for() -> None:
    assert p_median(line(count=2)).sites == (1, 4)
    held = p_median(line(count=2, keep=(0,)))
    assert (held.sites[0], held.value) == (0, 500.0)
    assert 4 not in p_median(line(count=2, bar=(4,))).sites
    dear = np.array([1.0, 9.0, 1.0, 1.0, 9.0, 1.0])
    assert mclp(line(count=6, budget=2.0, cost=dear)).value == 5.0
    assert lscp(line(cost=dear, budget=100.0)).value == 3.0
    assert mexclp(line(count=4), 0.5).value == pytest.approx(6 * 0.75)


def test_a_district_gets_its_share() -> None:
    weight = np.array([9.0, 9, 9, 1, 1, 1])
    east = District("the east", np.array([3, 4, 5], np.int32), 1.0)
    assert mclp(Problem(LINE, weight, 100.0, 1)).sites == (1,)
    assert mclp(Problem(LINE, weight, 100.0, 1, districts=(east,))).sites == (4,)
    assert p_median(Problem(LINE, weight, 100.0, 1, districts=(east,))).sites == (4,)


def test_a_conflict_names_what_cannot_hold_together_and_nothing_else() -> None:
    """Two districts at the ends cannot both have all within reach of one unit; the budget and the kept site have no part in it."""
    west, east = (District(name, np.array(places, np.int32), 1.0) for name, places in (("the west", [0, 1]), ("the east", [4, 5])))
    for ask in (mclp, p_median, lambda p: survival(p, de_maio)):
        with pytest.raises(Conflict) as told:
            ask(line(count=1, keep=(1,), bar=(3,), cost=np.ones(6), budget=5.0, districts=(west, east)))
        kinds = [(part.kind, part.which) for part in told.value.parts]
        assert kinds in ([("district", 0), ("district", 1), ("count", -1)], [("keep", 1), ("district", 1), ("count", -1)])
        words = told.value.words()
        assert "at least 100% of the east within 100 s" in words.en and "at most 1 units" in words.en
        assert "the east 至少 100% 在 100 秒内可达" in words.zh and "最多 1 个单位" in words.zh
    with pytest.raises(Conflict) as told:
        mclp(line(count=2, keep=(2,), bar=(2, 3)))
    assert told.value.words([f"S{number}" for number in range(6)]).en.startswith("These cannot hold together: site S2 is barred; site S2 is kept.")
    assert told.value.words().zh == "以下要求无法同时满足：禁用站点 3；保留站点 3。请放弃或修改其中一项。"
    with pytest.raises(Conflict) as told:
        lscp(line(count=1))
    assert [part.kind for part in told.value.parts] == ["count", "everyone"]
    with pytest.raises(Conflict) as told:
        mclp(line(keep=(0, 1), cost=np.ones(6), budget=1.0))
    assert [part.kind for part in told.value.parts] == ["keep", "keep", "budget"]


def test_a_search_can_be_watched_and_stopped_and_still_certifies() -> None:
    rng = np.random.default_rng(2)
    ends = rng.random((80, 2)), rng.random((120, 2))
    time_s = (3_000 * np.linalg.norm(ends[0][:, None] - ends[1][None], axis=2)).astype(np.float32)
    problem = Problem(time_s, rng.random(120), count=7)
    seen: list[tuple[str, float, float]] = []

    def stop() -> bool:
        return len(seen) >= 5

    stopped = p_median(problem, watch=Watch(stop, lambda *step: seen.append(step)))
    full = p_median(problem)
    assert len(seen) == 5
    assert stopped.how == "interchange" and full.how == "exact"
    assert stopped.bound <= full.value <= stopped.value
    assert p_median(problem) == full


def test_the_curves_are_those_of_their_papers() -> None:
    minutes = np.array([0.0, 1.0, 5.0, 12.0, np.inf])
    assert larsen(minutes)[:4] == pytest.approx([0.594, 0.539, 0.319, 0.0])
    assert larsen(minutes)[4] == 0.0 == de_maio(minutes)[4]
    assert de_maio(minutes)[:3] == pytest.approx([0.33648, 0.28069, 0.12036], abs=1e-5)


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(ValueError, match="together"):
        line(budget=3.0)
    with pytest.raises(ValueError, match="name sites"):
        line(keep=(6,))
    with pytest.raises(ValueError, match="weight"):
        Problem(LINE, np.full(6, -1.0))
    with pytest.raises(ValueError, match="busy"):
        mexclp(line(count=2), 1.0)
    with pytest.raises(ValueError, match="chances"):
        survival(line(count=2), lambda minutes: 2 + minutes)
    with pytest.raises(ValueError, match="times"):
        Problem(-LINE, np.ones(6))


@pytest.mark.parametrize("seed", range(1, 4))
def test_an_uneven_city_is_certified_in_few_rounds(seed: int) -> None:
    """Weights that differ by thousands: the gap that was asked for is that of the seconds told, and sixty rounds of prices reach it alone."""
    rng = np.random.default_rng(seed)
    at = rng.random((250, 2))
    time_s = np.sqrt(((at[:, None] - at[None]) ** 2).sum(axis=2)) * 3_600
    answer = p_median(Problem(time_s.astype(np.float32), np.exp(rng.normal(0, 2.5, 250)), count=8), Effort(enough=0.005, cells=0, rounds=60))
    assert answer.bound <= answer.value and answer.gap == pytest.approx((answer.value - answer.bound) / answer.value)
    assert answer.gap <= 0.005
