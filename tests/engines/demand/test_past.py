"""What intervals learn from their past: after a storm that ends they are soon as narrow as they should be, and a right forecast's cover stays exact."""

import numpy as np
import pytest

from tocsin.engines.demand import LEVELS, Past, covered, ends
from tocsin.engines.demand.past import EVERY_KIND, stretch
from tocsin.engines.demand.spread import NOMINAL, passed

KEY = (LEVELS[5], EVERY_KIND, 1)
MEAN, DRAWN = 400.0, 40


def covers(stray: np.ndarray, storms: tuple[int, ...] = (), seed: int = 1) -> np.ndarray:
    """Days of a city (seven a week, each straying by the gamma variance of its week, threefold on the storms' days), told week after week by
    what weeks before taught: the share within 80 and 95 per cent, float64[weeks, 2], over many drawings."""
    rng, out = np.random.default_rng(seed), np.zeros((len(stray), 2))
    for _ in range(DRAWN):
        past = Past()
        for week, variance in enumerate(stray):
            factor = rng.gamma(1 / variance, variance, 7) if variance else np.ones(7)
            factor[0] *= 3.0 if week in storms else 1.0
            count, mean = rng.poisson(MEAN * factor).astype(float), np.full(7, MEAN)
            excess, look_at = past.at(KEY, 7 * week)
            lower, upper = ends(count, mean, excess)
            out[week] += [covered(lower, upper, look_at[1], look_at[3]), covered(lower, upper, look_at[0], look_at[4])]
            past.add(KEY, 7 * week + 7, count, mean, passed(lower, upper, look_at) if past.looks(KEY, 7 * week) >= 6 else None)
    return out / (7 * DRAWN)


def test_after_a_storm_that_ends_intervals_are_soon_as_narrow_as_they_say() -> None:
    """Three days of a storm are in what is learnt from: in the weeks in which they are still remembered 80 per cent do not cover 94, nor 95 all."""
    found = covers(np.full(16, 0.012), storms=(3, 4, 6))
    assert found[8:15].mean(axis=0) == pytest.approx([0.80, 0.95], abs=0.06) and found[8:15, 1].mean() < 0.995
    assert found[10:15, 0].mean() == pytest.approx(0.80, abs=0.05)


def test_after_a_wild_winter_intervals_are_narrower_weeks_before_it_is_forgotten() -> None:
    """Fourteen weeks whose days stray by a third, then calm ones by a tenth, for which a memory of twelve weeks alone needs all of these: from the sixth week to the twelfth."""
    found = covers(np.where(np.arange(26) < 14, 0.1, 0.012))
    assert found[14, 0] > 0.95, "the first calm week is told by the winter"
    assert found[19:26, 0].mean() == pytest.approx(0.80, abs=0.06)
    assert found[19:26, 1].mean() == pytest.approx(0.95, abs=0.03)


def test_a_wild_spell_that_begins_is_learnt_in_a_month() -> None:
    """The other way round: from the fifth week on, where memory alone would cover 70 per cent in those weeks."""
    found = covers(np.where(np.arange(26) < 14, 0.012, 0.1))
    assert found[14, 0] < 0.5 and found[18:26].mean(axis=0) == pytest.approx([0.80, 0.95], abs=0.06)


def test_where_nothing_changes_cover_stays_what_it_says() -> None:
    """Calm days, and days that are nothing but chance: learning from misses adds no bias, only what so few counts cost."""
    for stray in (0.0, 0.02):
        found = covers(np.full(40, stray), seed=3)[10:].mean(axis=0)
        assert found == pytest.approx([0.80, 0.95], abs=0.015), stray


def test_of_any_sequence_whatever_the_misses_are_off_by_no_more_than_the_way_that_was_gone() -> None:
    """An adversary who sees the factor and lets all lie outside whenever it is small: what is missed in all is bounded by how far the logarithm went."""
    fell: list[np.ndarray] = []
    for _ in range(400):
        outside = stretch(fell) < 1.3
        fell.append(np.array([0.5, 0.5, 0.5, 0.5, 0.5]) if outside else np.array([0.0, 0.0, 0.5, 1.0, 1.0]))
    missed = np.array([[one[0] + 1 - one[4], one[1] + 1 - one[3]] for one in fell])
    assert 0 < (missed[:, 0] == 1).mean() < 1
    assert abs((missed - [0.05, 0.20]).sum(axis=1).mean()) <= np.log(1.3) / 0.15 / 400 + 2 / 400
    assert stretch([NOMINAL] * 50) == pytest.approx(1.0), "what is right stays as it is"
    assert np.exp(-2) <= stretch([np.array([0.0, 0.0, 0.5, 1.0, 1.0])] * 500) and stretch([np.full(5, 0.5)] * 500) <= np.exp(2) + 1e-9
