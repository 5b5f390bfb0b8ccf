"""The clocks of simulation: fast, exact, and never going back."""

from threading import Event

from hypothesis import given
from hypothesis import strategies as st

from tocsin.sim.clock import SECOND, FastClock, StepClock


def test_a_fast_clock_runs_at_its_speed_from_its_start() -> None:
    wall = [100.0]
    clock = FastClock(5 * SECOND, 60.0, lambda: wall[0])
    assert clock.now() == 5 * SECOND
    wall[0] = 101.5
    assert clock.now() == 95 * SECOND


def test_a_fast_clock_does_not_wait_for_what_has_passed_and_hears_a_stop() -> None:
    wall = [0.0]
    clock = FastClock(0, 60.0, lambda: wall[0])
    wall[0] = 2.0
    stopped = Event()
    assert clock.reach(60 * SECOND, stopped)
    stopped.set()
    assert not clock.reach(60 * SECOND, stopped)
    assert not clock.reach(3600 * SECOND, stopped)


@given(st.lists(st.one_of(st.floats(0, 1e6), st.integers(0, 10**13)), max_size=20))
def test_a_step_clock_goes_where_it_is_told_and_never_back(steps: list[float]) -> None:
    clock, before = StepClock(10**12), 10**12
    for step in steps:
        if isinstance(step, int):
            assert clock.reach(step, Event())
            assert clock.now() == max(before, step)
        else:
            clock.advance(step)
            assert clock.now() == before + round(step * SECOND)
        before = clock.now()
