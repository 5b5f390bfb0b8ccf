"""Chances of counts: against scipy's own, sums over all numbers, and random draws; and the cover of an interval, measured as it is said."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from tocsin.engines.demand import covered, ends
from tocsin.engines.demand.spread import NOMINAL, below, curve, deviance, excess_of, floor, quantile, recalibrated, strayed

means = st.floats(0.001, 300.0)
excesses = st.sampled_from([0.0, 0.01, 0.1, 1.0, 3.0])


@settings(max_examples=60, deadline=None)
@given(mean=means, excess=excesses, count=st.integers(0, 500))
def test_chances_and_quantiles_are_those_of_the_negative_binomial(mean: float, excess: float, count: int) -> None:
    peer = poisson(mean) if excess == 0 else nbinom(1 / excess, 1 / (1 + excess * mean))
    at, about = np.array([float(count)]), np.array([mean])
    assert below(at, about, excess)[0] == pytest.approx(peer.cdf(count), abs=1e-9)
    lower, upper = ends(at, about, excess)
    assert lower[0] == pytest.approx(peer.cdf(count - 1), abs=1e-9) and upper[0] == pytest.approx(peer.cdf(count), abs=2e-9)
    for chance in (0.025, 0.1, 0.5, 0.9, 0.975):
        assert quantile(chance, about, excess)[0] == peer.ppf(chance)


@settings(max_examples=60, deadline=None)
@given(mean=means, excess=excesses, low=st.floats(0.01, 0.4), high=st.floats(0.6, 0.99))
def test_the_cover_of_a_right_forecast_is_what_it_says(mean: float, excess: float, low: float, high: float) -> None:
    """Over all numbers, each as often as it comes: exactly high - low, however few calls there are; whole numbers cover at least that."""
    peer = poisson(mean) if excess == 0 else nbinom(1 / excess, 1 / (1 + excess * mean))
    number = np.arange(peer.ppf(1 - 1e-10) + 2)
    chance = peer.pmf(number)
    first, last = peer.ppf(low), peer.ppf(high)
    part, whole = 0.0, 0.0
    for one, weight in zip(number, chance, strict=True):
        lower, upper = ends(np.array([one]), np.array([mean]), excess)
        part += weight * covered(lower, upper, low, high)
        whole += weight * (first <= one <= last)
    assert part == pytest.approx(high - low, abs=1e-6)
    assert whole >= high - low - 1e-6


def test_cover_is_the_mean_of_drawing_at_random_at_the_ends() -> None:
    rng = np.random.default_rng(1)
    mean = rng.uniform(0.05, 3, 400)
    count = rng.poisson(mean).astype(float)
    lower, upper = ends(count, mean, 0.0)
    at = lower[:, None] + rng.random((400, 4_000)) * (upper - lower)[:, None]
    assert covered(lower, upper, 0.1, 0.9) == pytest.approx(((at > 0.1) & (at < 0.9)).mean(axis=1).sum(), abs=1.0)
    grid = np.linspace(0, 1, 2_001)
    plainly = np.array([np.clip((one - lower) / (upper - lower), 0, 1).sum() for one in grid])
    assert curve(lower, upper) == pytest.approx(plainly, abs=1e-3)


@pytest.mark.parametrize("wide", [0.5, 1.0, 2.0])
def test_a_forecast_that_strays_wrongly_is_set_right_by_its_past(wide: float) -> None:
    """Counts that stray more, or less, than the forecast has them: after recalibration 80 and 95 % intervals cover 80 and 95 % of new ones."""
    rng = np.random.default_rng(2)
    mean, true, said = np.full(40_000, 20.0), 0.1, 0.1 * wide
    past, new = (rng.poisson(mean * rng.gamma(1 / true, true, len(mean))).astype(float) for _ in range(2))
    look_at = recalibrated(curve(*ends(past, mean, said)))
    lower, upper = ends(new, mean, said)
    assert covered(lower, upper, look_at[1], look_at[3]) / len(mean) == pytest.approx(0.80, abs=0.01)
    assert covered(lower, upper, look_at[0], look_at[4]) / len(mean) == pytest.approx(0.95, abs=0.006)
    assert recalibrated(np.zeros(2_001)) == pytest.approx(NOMINAL)


@pytest.mark.parametrize("true", [0.0, 0.02, 0.3])
def test_how_far_counts_stray_is_found(true: float) -> None:
    rng = np.random.default_rng(3)
    mean = np.exp(rng.uniform(-1, 4, 100_000))
    day = rng.gamma(1 / true, true, len(mean)) if true else np.ones(len(mean))
    half = [strayed(rng.poisson(part * own).astype(float), part) for part, own in zip(np.split(mean, 2), np.split(day, 2), strict=True)]
    assert excess_of(half[0] + half[1]) == pytest.approx(true, abs=0.01)


@pytest.mark.parametrize("mean", [0.004, 0.3, 2.5, 40.0, 900.0])
def test_the_floor_is_what_chance_alone_leaves(mean: float) -> None:
    rng = np.random.default_rng(4)
    count = rng.poisson(mean, 400_000).astype(float)
    about = np.full(len(count), mean)
    left, off = floor(about[:1])
    assert left == pytest.approx(deviance(count, about).mean(), rel=0.03)
    assert off == pytest.approx(np.abs(count - np.median(count)).mean(), rel=0.03)
