"""San Francisco's second week played on the real house and in arrays from what the first taught, beside what happened."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event
from time import perf_counter, process_time

import numpy as np
from tests.floor import PLAN, TABLE
from tests.sim import san_francisco

from tocsin.engines.roads import warm
from tocsin.sim.scenarios.playing import play_once
from tocsin.sim.scenarios.preparing import Ground
from tocsin.sim.scenarios.validate import Validation, lines, validate, validation_ground

REPLICATIONS = 10
HOUSE_DAYS = 1.0
"""How much of the week the house plays; arrays play all of it, and this much of it too, to be held beside the house."""


def run(report: Callable[..., None]) -> None:
    """Calibrate and learn on the first week; hold a day in arrays beside the same day on the house; play the second week and report how far off it is."""
    if not san_francisco.CALLS.exists():
        print("the San Francisco record is not on this machine")
        return
    warm()
    ground, cut = validation_ground(san_francisco.record(), san_francisco.city(), PLAN, TABLE, replications=REPLICATIONS, seed=1)
    _beside_the_house(ground, report)
    with tempfile.TemporaryDirectory() as folder:
        began = perf_counter()
        found = validate(ground, cut, Path(folder), Event(), lambda number, part: None, on="arrays", workers=2)
        took_s = perf_counter() - began
    assert found is not None, "nobody stopped it"
    data = f"San Francisco, {found.observed['arrived/all'].count:,.0f} calls"
    report(name="simulate: a week in arrays, ten times, two processes", value=took_s, unit="s", runs=REPLICATIONS, data=data)
    print("\n".join(lines(found)))
    _off(found, data, report)


def _beside_the_house(ground: Ground, report: Callable[..., None]) -> None:
    """A day on the house and the same in arrays, in processor time: the machine may do other things besides."""
    end = ground.count_from + round(HOUSE_DAYS * 86_400 * 1_000_000)
    whole = ground.play(0)
    play = replace(whole, calls=[call for call in whole.calls if call.at < end], duties=[duty for duty in whole.duties if duty.on < end], until=end)
    play_once(ground, play, on="arrays")  # what is compiled is compiled
    took = {}
    for on in ("house", "arrays"):
        began, busy = perf_counter(), process_time()
        outcome = play_once(ground, play, on="house" if on == "house" else "arrays")
        assert outcome is not None, "nobody stopped it"
        took[on] = (process_time() - busy, perf_counter() - began, outcome)
    house, arrays = took["house"], took["arrays"]
    assert house[2].decisions == arrays[2].decisions, "another unit was sent"
    data = f"San Francisco, {len(play.calls):,} calls, {sum(unit.sent for unit in house[2].units.values()):,} units sent, every decision the same"
    report(name="simulate: a call in arrays, processor time", value=1000 * arrays[0] / len(play.calls), unit="ms", peer="on the house",
           peer_value=1000 * house[0] / len(play.calls), data=data)
    report(name="simulate: a day on the house", value=house[1], unit="s", limit=120, data=data)
    report(name="simulate: facts kept a second", value=house[2].facts / house[1], unit="/s", data=data)


def _off(found: Validation, data: str, report: Callable[..., None]) -> None:
    for name in ("p50_s/all", "p90_s/all", "mean_s/all"):
        report(name=f"simulate: response {name}", value=found.simulated[name].value, unit="s", peer="observed", peer_value=found.observed[name].value,
               runs=REPLICATIONS, data=data)
    report(name="simulate: 90 % point, off by", value=100 * abs(found.p90_off), unit="%", limit=3, runs=REPLICATIONS, data=data)
    report(name="simulate: share in time, off by", value=100 * abs(found.in_time_off), unit="points", limit=1.5, runs=REPLICATIONS, data=data)
    busy = [abs(found.simulated[name].value - found.observed[name].value) for name in found.observed if name.startswith("busy/") and name in found.simulated]
    report(name="simulate: units' busy share, mean off by", value=100 * float(np.mean(busy)), unit="points", runs=REPLICATIONS, data=data)
