"""Cover from a table of times: against the definition, one cell at a time."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tocsin.engines.coverage import left_s, soonest_s
from tocsin.engines.coverage.cover import NOBODY_S

TABLES = st.tuples(st.integers(1, 7), st.integers(1, 9)).flatmap(
    lambda shape: arrays(np.float32, shape, elements=st.sampled_from([0.0, 30.0, 60.0, 61.5, 300.0, 5_000.0, np.inf])))


def test_the_soonest_and_nobody() -> None:
    times = np.array([[60, np.inf, 20], [30, np.inf, 90]], np.float32)
    best, who = soonest_s(times)
    assert best.tolist() == [30.0, np.inf, 20.0]
    assert who.tolist() == [1, -1, 0]
    nobody, none = soonest_s(np.empty((0, 3), np.float32))
    assert np.isinf(nobody).all()
    assert none.tolist() == [-1, -1, -1]


@given(TABLES)
def test_what_leaving_costs_is_how_much_later_the_others_are(times: np.ndarray) -> None:
    weight = np.arange(1, times.shape[1] + 1)
    capped = np.minimum(np.nan_to_num(times.astype(float), posinf=NOBODY_S), NOBODY_S)
    with_all = capped.min(axis=0)
    for unit, found in enumerate(left_s(times, weight)):
        rest = np.delete(capped, unit, axis=0)
        without = rest.min(axis=0) if len(rest) else np.full(times.shape[1], NOBODY_S)
        assert np.isclose(found, ((without - with_all) * weight).sum() / weight.sum())
