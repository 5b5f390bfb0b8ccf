"""A working shift of real calls, San Francisco 2020-04-09, 08:00-20:00: a scripted dispatcher at a real browser, a power cut in the middle."""

from collections.abc import Callable
from statistics import quantiles

from tests.console.desk import chromium
from tests.shared import ROOT

from bench.shift.play import play

HOURS = (8, 20)
SPEED = 45.0
"""House seconds in one wall second: the shift's 12 hours are worked in 16 minutes."""


def run(report: Callable[..., None]) -> None:
    """Work it, and say what the desk saw and what two programs counted from the files."""
    with chromium() as browser:
        done = play(browser, HOURS, SPEED, ROOT / ".tools" / "shift-city")
    shift, tally = done.shift, done.shift.hands.tally
    data = f"{done.calls} real calls of SF 2020-04-09 {HOURS[0]}-{HOURS[1]} h at x{SPEED:g}, one desk, {shift.told_again} told again"

    def line(name: str, value: float, unit: str) -> None:
        report(name=f"shift: {name}", value=value, unit=unit, data=data)

    for what, took_s in sorted(tally.took_s.items()):
        if len(took_s) > 1:
            line(f"{what}, keys to answer, p95", quantiles(took_s, n=20)[-1] * 1000, "ms")
        line(f"{what}, times", len(took_s), "times")
    line("calls told again that were joined", shift.joined, "calls")
    line("units diverted for a gain", shift.diverted, "units")
    line("calls handed over", shift.handed_over, "calls")
    line("second alarms", shift.alarms, "alarms")
    line("incidents closed", shift.closed, "incidents")
    line("keys without the answer they should have had", len(tally.misses), "times")
    line("restart after the power cut until it serves", max(done.restarts_s), "s")
    line("ledger verified by tocsin audit (1 = sound)", float(done.proof.sound), "")
    line("figures counted alike by tools/figures.py (1 = alike)", float(done.proof.agree), "")
