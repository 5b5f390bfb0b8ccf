"""The forecast on made records whose truth is known: it adds up, knows nothing of later days, learns what is there, and covers what it says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.demand.made import CELLS, DISTRICT, calendar, drawn, of_table, rates
from tocsin.engines.demand import LEVELS, Calendar, Level, Past, Tried, admit, back_test, count, fit, forecast
from tocsin.engines.demand.level import effects, level
from tocsin.engines.demand.levels import by_day, means
from tocsin.engines.demand.model import part_of
from tocsin.engines.demand.shrinking import factors, refined
from tocsin.kernel import Refused


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 999), days=st.integers(10, 60), per_h=st.floats(0.5, 20.0))
def test_a_forecast_adds_up(seed: int, days: int, per_h: float) -> None:
    """Cells to districts to the city, kinds to all, hours to days; and every interval holds its own mean's neighbourhood in order."""
    found = forecast(drawn(seed, days, per_h), Past(), 2).at
    for time in ("hour", "day"):
        city, kinds, district, both, cell = (found[Level(time, place, each)].mean for place, each in (
            ("city", False), ("city", True), ("district", False), ("district", True), ("cell", False)))
        assert kinds.sum(axis=1) == pytest.approx(city[:, 0])
        assert both.reshape(len(city), -1, 3).sum(axis=1) == pytest.approx(kinds)
        assert both.reshape(len(city), -1, 3).sum(axis=2) == pytest.approx(district)
        assert np.stack([cell[:, one == DISTRICT].sum(axis=1) for one in range(3)], axis=1) == pytest.approx(district)
    for place, each in (("city", False), ("district", True), ("cell", False)):
        assert found[Level("hour", place, each)].mean.reshape(14, 24, -1).sum(axis=1) == pytest.approx(found[Level("day", place, each)].mean)
    for one in found.values():
        assert (one.low_95 <= one.low_80).all() and (one.low_80 <= one.high_80).all() and (one.high_80 <= one.high_95).all()
        assert (one.low_95 >= 0).all() and np.isfinite(one.mean).all() and (one.mean > 0).all()


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 999))
def test_what_comes_after_changes_nothing(seed: int) -> None:
    """Two records that are alike up to a day teach the same up to that day."""
    rng = np.random.default_rng(seed)
    one = rng.poisson(np.tile(rates(seed, 10.0), (6, 1, 1)))
    other = one.copy()
    other[24 * 28:] = rng.poisson(1.4 * np.tile(rates(seed, 10.0), (2, 1, 1)))
    first, second = (fit(of_table(table, calendar(70)), 28) for table in (one, other))
    assert (first.rate == second.rate).all() and (first.share == second.share).all()


def test_the_truth_is_found_in_a_year() -> None:
    """Rates and shares of a long record without surprises come out as they were put in."""
    record = drawn(5, 364, 30.0)
    model, true = fit(record, 364), rates(5, 30.0)
    by_kind = true.sum(axis=1)
    assert np.abs(model.rate / by_kind - 1).mean() < 0.06
    assert model.rate.sum() == pytest.approx(by_kind.sum(), rel=0.03)
    for part in range(10):
        own = true[part_of(np.arange(168)) == part].sum(axis=0)
        assert np.abs(model.share[part] - own / own.sum(axis=0)).max() < 0.02


def tried(stray: float) -> Tried:
    return back_test(drawn(7, 7 * 60, 15.0, stray), 1)


@pytest.mark.parametrize("stray", [0.0, 0.04])
def test_intervals_cover_what_they_say_and_no_last_weeks_mean_is_better(stray: float) -> None:
    """Sixty made weeks whose days stray, or not: every level covers 80 ± 1.5 and 95 ± 1 % but for two standard errors of so few weeks; errors are at the floor where nothing strays."""
    found = tried(stray)
    assert found.origins == 46
    for one, score in found.scores.items():
        told = score.told()
        days = one.time == "day" and one.place == "city"        # a few hundred counts
        assert told["cover_80"] == pytest.approx(0.80, abs=0.015 + 2 * told["cover_80_se"]), one.name
        assert told["cover_95"] == pytest.approx(0.95, abs=0.010 + 2 * told["cover_95_se"]), one.name
        assert told["whole_80"] >= told["cover_80"] - 1e-9 and told["whole_95"] >= told["cover_95"] - 1e-9
        for weeks in (1, 4, 8):
            assert told["deviance"] <= told[f"deviance_last_{weeks}"] and told["absolute"] <= told[f"absolute_last_{weeks}"] * 1.001, one.name
        if not stray:
            assert told["deviance"] == pytest.approx(told["deviance_floor"], rel=0.12 if days else 0.06), one.name


def test_what_was_not_recorded_is_no_zero() -> None:
    """Two silent days in a city that is never silent: they are not known, and the rate is that of the days that were recorded."""
    rng = np.random.default_rng(1)
    table = rng.poisson(np.tile(rates(1, 10.0), (8, 1, 1)))
    table[24 * 20:24 * 22] = 0
    record = of_table(table, calendar(84))
    assert not record.known[24 * 20:24 * 22].any() and record.known[24 * 22:24 * 56].all() and record.known[1:24 * 20].all()
    assert not record.known[0] and not record.known[24 * 56:].any()
    assert fit(record, 56).rate.sum() == pytest.approx(10.0 * 168, rel=0.05)
    lonely = of_table(rng.poisson(np.tile(rates(1, 0.2), (8, 1, 1))), calendar(84))
    assert lonely.known[1 + int(lonely.hour.min()):24 * 56].all(), "a quiet village is quiet, not unrecorded"


def test_a_level_that_moves_is_followed_and_a_storm_is_not() -> None:
    expected = np.full(200, 50.0)
    rng = np.random.default_rng(6)
    step = rng.poisson(np.where(np.arange(200) < 150, 50.0, 75.0)).astype(float)
    assert level(step, expected) == pytest.approx(1.5, abs=0.15)
    storm = rng.poisson(expected).astype(float)
    storm[198:] = 300.0
    assert level(storm, expected) < 1.35
    gap = np.where(np.arange(200) % 7 < 5, expected, 0.0)
    assert level(np.where(gap > 0, step, 0.0), gap) == pytest.approx(1.5, abs=0.15)


def test_a_holiday_is_learnt_and_pulled_towards_none() -> None:
    rng = np.random.default_rng(8)
    holiday = np.zeros((364, 1))
    holiday[rng.choice(364, 20, replace=False)] = 1.0
    daily = rng.poisson(400.0 * np.where(holiday[:, 0] > 0, 0.7, 1.0)).astype(float)
    assert np.exp(effects(daily, np.full(364, 400.0), holiday))[0] == pytest.approx(0.7, abs=0.03)
    few = rng.poisson(1.0 * np.where(holiday[:, 0] > 0, 0.5, 1.0)).astype(float)
    assert 0.7 < np.exp(effects(few, np.ones(364), holiday))[0] < 1.1
    assert effects(daily, np.full(364, 400.0), np.full((364, 2), np.nan)).tolist() == [0.0, 0.0]
    record = drawn(9, 364, 15.0, factor=np.where(holiday[:, 0] > 0, 0.6, 1.0), told=np.vstack([holiday, np.ones((1, 1)), np.zeros((27, 1))]))
    found = forecast(record, Past(), 2).at[Level("day", "city", False)].mean[:, 0]
    assert found[0] / found[7] == pytest.approx(0.6, abs=0.06)


@settings(max_examples=50, deadline=None)
@given(counted=st.lists(st.integers(0, 40), min_size=2, max_size=30), scale=st.floats(0.1, 20.0))
def test_factors_lie_between_what_was_expected_and_what_was_counted(counted: list[int], scale: float) -> None:
    seen, expected = np.array(counted, float), np.full(len(counted), scale)
    found, raw = factors(seen, expected), seen / expected
    assert ((found >= np.minimum(raw, 1) - 1e-9) & (found <= np.maximum(raw, 1) + 1e-9)).all()


def test_counts_that_chance_explains_are_pulled_all_the_way() -> None:
    rng = np.random.default_rng(10)
    assert np.abs(factors(rng.poisson(3.0, 20_000).astype(float), np.full(20_000, 3.0)) - 1).max() < 0.3
    true = rng.gamma(4, 1 / 4, 20_000)
    found = factors(rng.poisson(10 * true).astype(float), np.full(20_000, 10.0))
    assert ((found - true) ** 2).mean() < 0.8 * ((rng.poisson(10 * true) / 10 - true) ** 2).mean()
    groups = [np.repeat(np.arange(4), 25).astype(np.int32), np.arange(100, dtype=np.int32)]
    table = rng.poisson(np.repeat([1.0, 5.0, 20.0, 80.0], 25)).astype(float)
    assert refined(table, np.ones(100), groups).reshape(4, 25).mean(axis=1) == pytest.approx([1, 5, 20, 80], rel=0.25)


def test_days_of_the_change_of_clocks_and_ends_of_the_calendar() -> None:
    """A day of 23 hours: its hour that is not there stands nowhere, and days still add up."""
    hour = np.delete(np.arange(24 * 14), 24 * 6 + 2)
    on = Calendar(0, (hour % 168).astype(np.int32), (hour // 24).astype(np.int32), np.zeros((14, 0)))
    at = on.hours_of()
    assert at[6, 2] == -1 and at[6, 3] == 24 * 6 + 2 and (at[np.arange(14) != 6] >= 0).all()
    assert by_day(np.ones((len(hour), 1)), on.day)[:, 0].tolist() == [24.0] * 6 + [23.0] + [24.0] * 7
    record = drawn(11, 30, after=7)
    with pytest.raises(Refused, match="calendar-ends"):
        forecast(record, Past(), 2)
    with pytest.raises(Refused, match="too-short"):
        back_test(record)
    with pytest.raises(Refused, match="too-short"):
        count(admit({"cell": [1, 1], "at": [0, 10], "kind": ["a", "a"]}), calendar(20), np.array([1], np.uint64), np.zeros(1, np.int32), 10)
    of = means(record, fit(record, 30), np.arange(24, dtype=np.int32))
    assert {of(one).shape[1] for one in LEVELS} == {1, 3, 9, CELLS}
