"""The San Francisco fortnight replayed whole on a fresh house, and how fast a generated day plays on the same city."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

from tests.floor import PLAN, TABLE
from tests.sim import san_francisco

from tocsin.city.calibration import Calibration
from tocsin.engines.roads import warm
from tocsin.house import House
from tocsin.house import build as build_house
from tocsin.kernel import Clock
from tocsin.sim.clock import StepClock
from tocsin.sim.player import Player
from tocsin.sim.replay import replay

PLAYED_H = 2


def run(report: Callable[..., None]) -> None:
    """Replay the whole record once, then play two generated hours of 400 calls a day."""
    if not san_francisco.CALLS.exists():
        print("the San Francisco record is not on this machine")
        return
    record, city, timing = san_francisco.record(), san_francisco.city(), Calibration.default()
    with tempfile.TemporaryDirectory() as folder:
        warm()

        def house(name: str, clock: Clock) -> House:
            return build_house(Path(folder) / name, city, timing, PLAN, TABLE, clock)

        made: list[House] = []

        def first(clock: Clock) -> House:
            made.append(house("replay", clock))
            return made[0]

        busy_s = process_time()
        summary = replay(record, city, timing, first, 0, lambda line: None, wall=perf_counter)
        busy_s = process_time() - busy_s
        made[0].close()
        print("\n".join(summary.lines()))
        data = f"San Francisco, {summary.calls:,} calls, {summary.runs:,} units sent"
        report(name="replay: the whole fortnight", value=summary.took_s, unit="s", limit=300, data=data)
        report(name="replay: the whole fortnight, processor time", value=busy_s, unit="s", data=data)
        report(name="replay: facts kept a second", value=summary.facts / summary.took_s, unit="/s", data=data)
        report(name="replay: rows neither sent nor explained",
               value=summary.runs - summary.runs_sent - summary.refused.get("unit_busy", 0), unit="rows", limit=0, data=data)

        clock = StepClock(min(call.received_at for call in record.calls))
        with house("player", clock) as played:
            player = Player(played, city, timing, 1, per_day=400)
            began = perf_counter()
            for _ in range(PLAYED_H * 720):
                player.step()
                clock.advance(5)
            took_s = perf_counter() - began
        report(name="player: generated house time per second", value=PLAYED_H * 3600 / took_s, unit="s/s", limit=60,
               data=f"San Francisco, 400 calls a day, {len(player.floor.units())} units, positions every 5 s")
