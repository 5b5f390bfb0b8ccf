"""An hour of real calls worked at a real browser: told again, handed over, a power cut in the middle; then proved from the files alone."""

from bench.bench_shift import SPEED
from bench.shift import record
from bench.shift.play import play
from playwright.sync_api import Browser

from tests.shared import ROOT, needs_data


@needs_data("calls", record.CALLS.name)
@needs_data("roads", record.STREETS.name)
def test_real_calls_are_worked_through_a_power_cut_and_the_figures_are_counted_by_an_outsider(browser: Browser) -> None:
    done = play(browser, (17, 18), SPEED, ROOT / ".tools" / "shift-city", most=24)
    shift = done.shift
    assert len(shift.incident_of) >= 22, shift.hands.tally.misses
    assert (shift.told_again, shift.joined, shift.handed_over, shift.alarms) == (1, 1, 1, 1), shift.hands.tally.misses
    assert len(done.restarts_s) == 1
    assert shift.closed > 0, shift.hands.tally.misses
    assert done.proof.sound, done.proof.said
    assert done.proof.agree, done.proof.said
    assert done.proof.figures["calls"] >= 24, done.proof.figures
    assert done.proof.figures["clashes"] == 0
