"""Breaks lie within their window and their duty, one after another."""

from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tests.floor import MORNING
from tests.sim.scenarios.worlds import place
from tocsin.sim.clock import SECOND
from tocsin.sim.scenarios.duties import Duty
from tocsin.sim.scenarios.rest import rests
from tocsin.sim.scenarios.scenario import Resting

HOUR = 3600 * SECOND
HELSINKI = ZoneInfo("Europe/Helsinki")
spans = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 30), st.sampled_from(["medic", "engine"])), max_size=12)


@given(spans, st.floats(1, 240), st.floats(0, 12), st.floats(4, 12))
def test_every_break_fits_into_its_window_and_its_duty(on: list[tuple[int, int, str]], minutes: float, first: float, length: float) -> None:
    duties = [Duty(f"U{n}", kind, "", place(0, 0), MORNING + begin * HOUR, MORNING + (begin + length_h) * HOUR, "d") for n, (begin, length_h, kind) in enumerate(on)]
    found = rests([Resting(minutes=minutes, hours=(first, first + length), kinds=("medic",))], duties, MORNING, MORNING + 48 * HOUR, HELSINKI)
    for rest in found:
        duty = next(duty for duty in duties if duty.unit == rest.unit)
        assert duty.unit_kind == "medic"
        assert duty.on <= rest.since
        assert rest.since + round(rest.lasts_s) * SECOND <= rest.until <= duty.off


def test_a_kinds_breaks_begin_one_after_another_and_again_the_next_day() -> None:
    duties = [Duty(f"M{n}", "medic", "", place(0, 0), MORNING, MORNING + 48 * HOUR, "d") for n in range(4)]
    found = rests([Resting(minutes=30, hours=(11, 13.5))], duties, MORNING, MORNING + 48 * HOUR, HELSINKI)
    assert [(rest.unit, (rest.since - MORNING) / HOUR) for rest in found] == [
        (f"M{n}", 1 + 24 * day + 0.5 * n) for day in range(2) for n in range(4)]  # the morning is ten o'clock there
