"""How busy a fleet will be: against Erlang's formulas, the balance equations solved plainly, and Larson and Odoni's published case."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.engines.workload import Fleet, correction, erlang_b, erlang_c, exact, near, numbers_busy


def drawn(seed: int, units: int, load: float, waits: bool, alike: bool = True, places: int = 20) -> Fleet:
    """A fleet in a made city, offered `load` of what it can do."""
    rng = np.random.default_rng(seed)
    busy_h = np.full(units, 0.75) if alike else rng.uniform(0.4, 1.2, units)
    calls = rng.random(places)
    return Fleet(calls / calls.sum() * load * float((1 / busy_h).sum()), busy_h, rng.uniform(60, 1_200, (units, places)), waits)


def plainly(fleet: Fleet) -> tuple[np.ndarray, float]:
    """How busy each unit is and the share that is held, by the generator of the chain with a long line, solved as it stands."""
    units, order = len(fleet.busy_h), fleet.ordered()
    line = 400 if fleet.waits else 0
    full = 2**units - 1
    flow = np.zeros((full + 1 + line, full + 1 + line))
    for state in range(full):
        for place, calls in enumerate(fleet.calls_per_h):
            unit = next(one for one in order[place] if not state >> one & 1)
            flow[state, state | 1 << unit] += calls
    for state in range(full + 1):
        for unit in range(units):
            if state >> unit & 1:
                flow[state, state ^ 1 << unit] += 1 / fleet.busy_h[unit]
    for length in range(line):
        flow[full + length, full + length + 1] += fleet.calls
        flow[full + length + 1, full + length] += (1 / fleet.busy_h).sum()
    np.fill_diagonal(flow, -flow.sum(axis=1))
    share = np.linalg.lstsq(np.vstack([flow.T, np.ones(len(flow))]), np.append(np.zeros(len(flow)), 1.0), rcond=None)[0]
    tail = share[full:].sum()
    return np.array([share[:full][np.arange(full) >> unit & 1 == 1].sum() + tail for unit in range(units)]), float(tail)


def test_erlangs_formulas_give_the_figures_of_the_tables() -> None:
    """Blocking of 10 Erlang on 15 lines is 3.65 %; M/M/1 waits as often as it is busy; M/M/2 at 1 Erlang waits for a third of calls."""
    assert erlang_b(10, 15) == pytest.approx(0.0365, abs=5e-5)
    assert erlang_c(0.7, 1) == pytest.approx(0.7)
    assert erlang_c(1.0, 2) == pytest.approx(1 / 3)
    assert erlang_c(3.0, 2) == 1.0
    assert numbers_busy(400.0, 500, False)[-1] == pytest.approx(erlang_b(400.0, 500), rel=1e-9)
    assert numbers_busy(400.0, 500, True)[-1] == pytest.approx(erlang_c(400.0, 500), rel=1e-9)
    assert numbers_busy(0.0, 3, True).tolist() == [1, 0, 0, 0]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 999), units=st.integers(1, 6), load=st.floats(0.05, 0.9), waits=st.booleans())
def test_units_that_are_alike_lose_and_wait_as_erlang_says(seed: int, units: int, load: float, waits: bool) -> None:
    fleet = drawn(seed, units, load, waits)
    offered = load * units
    for found in (exact(fleet), near(fleet)):
        assert found.held == pytest.approx((erlang_c if waits else erlang_b)(offered, units), rel=1e-6)
        assert found.busy.sum() == pytest.approx(offered * (1 if waits else 1 - found.held), rel=1e-6)
        assert found.sent.sum() == pytest.approx(1.0)
        assert found.wait_s == pytest.approx(found.held * 0.75 * 3_600 / units / (1 - load) if waits else 0.0, rel=1e-6)
        assert found.response_s == pytest.approx(float((found.sent * fleet.time_s).sum()) + found.wait_s)


@pytest.mark.parametrize("waits", [False, True])
@pytest.mark.parametrize(("units", "load"), [(1, 0.5), (2, 0.3), (3, 0.8), (4, 0.6)])
def test_the_exact_model_solves_the_balance_equations(units: int, load: float, waits: bool) -> None:
    fleet = drawn(units, units, load, waits, alike=False)
    busy, held = plainly(fleet)
    found = exact(fleet)
    np.testing.assert_allclose(found.busy, busy, atol=1e-8)
    assert found.held == pytest.approx(held, abs=1e-8)


@pytest.mark.parametrize("waits", [False, True])
def test_two_units_are_as_carter_chaiken_and_ignall_derived(waits: bool) -> None:
    """Carter, Chaiken, Ignall 1972, Oper Res 20, 571–594: how much busier one is goes by the calls of its own area alone.

    With one call an hour's work each, ρ1 - ρ2 = (λ1 - λ2) P0 / (1 + λ).
    """
    own = np.array([0.9, 0.3])
    found = exact(Fleet(own, np.ones(2), np.array([[60.0, 300.0], [300.0, 60.0]]), waits))
    assert found.busy[0] - found.busy[1] == pytest.approx((own[0] - own[1]) * numbers_busy(1.2, 2, waits)[0] / 2.2, abs=1e-9)


def test_the_published_case_of_three_units() -> None:
    """Larson and Odoni 1981, Urban Operations Research, 5.4.3 and 5.5.3: three units, λ = 1.5, half of it in the first one's area.

    The workloads, Q and the approximation are printed there, the second choices in words. The split of rates (0.5 and 0.25 of the
    first area, 0.35, 0.40) stands in a figure; it is the one in steps of 0.05 that gives the printed exact workloads.
    """
    order = np.array([[0, 1, 2], [0, 2, 1], [1, 0, 2], [2, 0, 1]])
    fleet = Fleet(np.array([0.5, 0.25, 0.35, 0.40]), np.ones(3), np.zeros((3, 4)), True, order)
    np.testing.assert_allclose(exact(fleet).busy, [0.5574, 0.4734, 0.4693], atol=5.1e-5)
    np.testing.assert_allclose(correction(numbers_busy(1.5, 3, True)), [1, 0.73684, 0.63158], atol=5e-6)
    np.testing.assert_allclose(near(fleet).busy, [0.5627, 0.4716, 0.4657], atol=1.5e-4)


def test_a_city_that_is_the_same_from_everywhere_works_all_alike() -> None:
    """Four units on a ring, each place with its neighbours as next: nobody is busier, and each serves its own place most."""
    order = np.array([[0, 1, 2, 3], [1, 2, 3, 0], [2, 3, 0, 1], [3, 0, 1, 2]])
    fleet = Fleet(np.full(4, 0.6), np.ones(4), np.full((4, 4), 100.0), False, order)
    for found in (exact(fleet), near(fleet)):
        np.testing.assert_allclose(found.busy, found.busy[0])
        assert (found.sent.argmax(axis=0) == np.arange(4)).all()


@pytest.mark.parametrize("waits", [False, True])
@pytest.mark.parametrize("load", [0.2, 0.5, 0.8])
def test_the_approximation_is_near_the_exact_model(load: float, waits: bool) -> None:
    for seed in range(3):
        fleet = drawn(seed, 9, load, waits, places=30)
        right, quick = exact(fleet), near(fleet)
        assert np.abs(right.busy - quick.busy).max() < 0.03
        assert quick.response_s == pytest.approx(right.response_s, rel=0.03)
        assert np.abs(right.sent - quick.sent).sum() / 2 < 0.04


def test_two_hundred_units_are_answered_and_add_up() -> None:
    found = near(drawn(4, 200, 0.6, False, alike=False, places=300))
    assert (found.busy > 0).all() and (found.busy < 1).all()
    assert found.sent.sum() == pytest.approx(1.0)


def test_what_cannot_be_asked_is_refused() -> None:
    times = np.zeros((2, 3))
    with pytest.raises(ValueError, match="for ever"):
        Fleet(np.ones(3), np.ones(2), times, True)
    with pytest.raises(ValueError, match="some do come"):
        Fleet(np.zeros(3), np.ones(2), times, False)
    with pytest.raises(ValueError, match="once for each place"):
        Fleet(np.ones(3), np.ones(2), times, False, np.zeros((3, 2), np.int32))
    with pytest.raises(ValueError, match="18 units at most"):
        exact(drawn(0, 19, 0.5, False))
