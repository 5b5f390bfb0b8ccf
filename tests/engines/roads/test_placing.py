"""Places along a way are smoothed as the model says, against solving it whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.engines.roads.matching.placing import ACCELERATION, FIRST_MPS, smooth


def solved(done: np.ndarray, t_s: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """The likeliest places and speeds as one least-squares problem over all of them: float64[n, 2]."""
    size = len(done)
    rows, values = [], []

    def say(places: dict[int, float], value: float, deviation: float) -> None:
        row = np.zeros(2 * size)
        for place, factor in places.items():
            row[place] = factor / deviation
        rows.append(row)
        values.append(value / deviation)

    say({0: 1.0}, done[0], sigma[0])
    say({1: 1.0}, 0.0, FIRST_MPS)
    for i in range(1, size):
        step = t_s[i] - t_s[i - 1]
        say({2 * i: 1.0}, done[i], sigma[i])
        # one random acceleration moves place and speed together: the place's part follows from the speed's exactly
        say({2 * i + 1: 1.0, 2 * i - 1: -1.0}, 0.0, ACCELERATION * step)
        say({2 * i: 1.0, 2 * i - 2: -1.0, 2 * i - 1: -step / 2.0, 2 * i + 1: -step / 2.0}, 0.0, 1e-5)
    return np.linalg.lstsq(np.array(rows), np.array(values), rcond=None)[0].reshape(-1, 2)


@given(st.lists(st.tuples(st.floats(0.5, 20.0), st.floats(-5.0, 25.0), st.floats(4.0, 60.0)), min_size=1, max_size=12))
@settings(max_examples=100, deadline=None)
def test_smoothing_is_the_likeliest_drive(steps: list[tuple[float, float, float]]) -> None:
    lasted, speed, sigma = (np.array(column) for column in zip(*steps, strict=True))
    t_s, done = np.cumsum(lasted), np.cumsum(lasted * speed)
    place, pace = smooth(done, t_s, sigma)
    expected = solved(done, t_s, sigma)
    np.testing.assert_allclose(place, expected[:, 0], atol=0.05)
    np.testing.assert_allclose(pace, expected[:, 1], atol=0.05)


def test_noise_is_taken_off_where_positions_are_close_and_left_where_they_are_far_apart() -> None:
    rng = np.random.default_rng(2)
    errors = {}
    for step in (1.0, 30.0):
        t_s = np.arange(0.0, 200.0 * step, step)
        noise = rng.normal(0.0, 10.0, len(t_s))
        place, _ = smooth(12.0 * t_s + noise, t_s, np.full(len(t_s), 10.0))
        errors[step] = float(np.std(place - 12.0 * t_s) / np.std(noise))
    assert errors[1.0] < 0.6
    assert errors[30.0] == pytest.approx(1.0, abs=0.05)
