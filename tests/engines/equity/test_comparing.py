"""Two plans on the same calls: against sums by hand, against chance alone, and that nobody is given up in silence."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.engines.equity import compare, first_line, tenth_line, worst_served

NAMES = ("North", "Harbour", "Mill", "Fields")


def drawn(seed: int, shift_s: dict[int, float], blocks: int = 30, calls: int = 200) -> dict[str, np.ndarray]:
    """Calls of so many days in four districts, each day with a mood of its own, and a plan that is sooner or later by so much in each of them."""
    rng = np.random.default_rng(seed)
    block = np.repeat(np.arange(blocks), calls)
    district = rng.choice(4, blocks * calls, p=(0.4, 0.3, 0.2, 0.1))
    wait = 300 + 80 * (district == 3) + rng.gamma(2, 60, blocks * calls) + rng.normal(0, 40, blocks)[block]
    before, after = wait + rng.normal(0, 40, (2, blocks * calls)) + rng.normal(0, 4, (2, blocks))[:, block]
    after = after + np.array([shift_s.get(one, 0.0) for one in range(4)])[district]
    return {"before_s": before.clip(0), "after_s": after.clip(0), "district": district, "hour": rng.integers(0, 24, blocks * calls), "block": block}


def test_every_figure_is_what_a_sum_by_hand_gives() -> None:
    found = compare([100, 200, 300, 400], [90, 260, 300, 350], district=[0, 1, 1, 0], hour=[3, 3, 4, 4], block=[0, 0, 1, 1], limit_s=250)
    assert found.whole.before == (250.0, 370.0, 0.5) and found.whole.after.mean_s == 250.0 and found.whole.after.late == 0.75
    north, harbour = found.districts
    assert (north.which, north.calls, north.mean_s.value, north.late.value) == (0, 2, -30.0, 0.0)
    assert (harbour.which, harbour.mean_s.value, harbour.late.value) == (1, 30.0, 0.5)
    assert [one.which for one in found.hours] == [3, 4] and found.hours[0].mean_s.value == 25.0
    assert (found.tenth_before_s, found.tenth_after_s) == (250.0, 280.0)
    # blocks' sums of differences 50 and -50 about a mean of 0, 4 calls, 2 blocks: sqrt((50² + 50²) · 2 / 1) / 4 = 25
    assert found.whole.mean_s.high == pytest.approx(25 * 12.7062, rel=1e-4)


def test_a_plan_that_helps_the_mean_by_giving_somebody_up_says_so_first() -> None:
    found = compare(**drawn(1, {0: -60.0, 1: -40.0, 3: 90.0}), limit_s=480)
    assert found.whole.mean_s.high < 0
    assert [one.which for one in found.left] == [3]
    assert found.tenth_after_s > found.tenth_before_s + 60
    line, tenth = first_line(found, NAMES), tenth_line(found)
    assert line.en.startswith("Sooner by ") and "1 district waits longer for it: Fields +" in line.en
    assert line.zh.startswith("平均提前 ") and "有 1 个片区因此变慢：Fields +" in line.zh
    assert f"waits {found.tenth_after_s:.0f} s" in tenth.en and f"此前为 {found.tenth_before_s:.0f} 秒" in tenth.zh


def test_what_chance_does_is_called_nothing_more() -> None:
    called = sum(bool(compare(**drawn(seed, {0: 15.0}), limit_s=900).left) for seed in range(200))
    assert called <= 10, "of two hundred plans that make nobody worse by what counts, one in twenty may be called so"
    found = compare(**drawn(3, {}), limit_s=480)
    assert first_line(found).en.startswith("No difference on average that these calls would show (")


def test_what_the_calls_leave_open_is_said_to_be_open() -> None:
    found = compare(**drawn(7, {3: 40.0}, blocks=3, calls=40), limit_s=480)
    fields = found.districts[3]
    assert fields.calls < 30 and fields.mean_s.low > 15, "eleven calls happen to agree"
    assert not found.left and fields.perhaps
    assert "which these calls do not settle" in first_line(found).en and "尚不能定论" in first_line(found).zh


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    inside = [one.low <= -20.0 <= one.high for one in
              (compare(**drawn(seed, dict.fromkeys(range(4), -20.0)), limit_s=480).whole.mean_s for seed in range(300))]
    assert 0.91 <= float(np.mean(inside)) <= 0.985


@given(st.lists(st.tuples(st.floats(0, 5_000), st.integers(1, 500)), min_size=1, max_size=30), st.floats(0.01, 1.0))
def test_the_worst_served_share_lies_between_the_mean_and_the_worst(places: list[tuple[float, int]], share: float) -> None:
    mean_s, calls = [one for one, _ in places], [count for _, count in places]
    mean = float(np.average(mean_s, weights=calls))
    found = worst_served(mean_s, calls, share)
    assert mean - 1e-6 <= found <= max(mean_s) + 1e-6
    assert worst_served(mean_s, calls, 1.0) == pytest.approx(mean)
    each = np.sort(np.repeat(mean_s, calls))[::-1]
    whole = int(share * len(each))
    if whole:
        assert worst_served(mean_s, calls, whole / len(each)) == pytest.approx(float(each[:whole].mean()), abs=1e-6)


@pytest.mark.parametrize(("change", "words"), [
    ({"block": [0, 0]}, "two or more"), ({"hour": [0, 24]}, "0 to 23"), ({"district": [-1, 0]}, "from 0"), ({"after_s": [1.0, np.inf]}, "answered under both"),
    ({"after_s": [1.0]}, "one time before"),
])
def test_what_does_not_belong_together_is_refused(change: dict[str, list[float]], words: str) -> None:
    given_: dict[str, list[float]] = {"before_s": [1.0, 2.0], "after_s": [1.0, 2.0], "district": [0, 1], "hour": [0, 23], "block": [0, 1]}
    with pytest.raises(ValueError, match=words):
        compare(**(given_ | change), limit_s=10)
