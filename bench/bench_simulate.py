"""San Francisco's second week played on the real house from what the first taught, beside what happened."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Event
from time import perf_counter

import msgspec
import numpy as np
from tests.shared import DATA, ROOT

from tocsin.city import City
from tocsin.city.building import build
from tocsin.city.record import read_record
from tocsin.city.record_mapping import read_mapping
from tocsin.engines.roads import warm
from tocsin.rooms.dispatch.model import Plan
from tocsin.rooms.fleet.model import FleetTable
from tocsin.sim.scenarios.running import replications
from tocsin.sim.scenarios.validate import lines, validate, validation_ground

CALLS = DATA / "calls" / "sf_fire_calls_2020-04-07_2020-04-20.csv.gz"
STREETS = DATA / "roads" / "san_francisco"
SAMPLES = ROOT / "src" / "tocsin" / "samples"
EXAMPLES = ROOT / "docs" / "examples"
REPLICATIONS = 2


def run(report: Callable[..., None]) -> None:
    """Calibrate and learn on the first week, play the second twice, and report how far off it is and how long it takes."""
    if not CALLS.exists():
        print("the San Francisco record is not on this machine")
        return
    plan = msgspec.toml.decode((SAMPLES / "plan.toml").read_bytes(), type=Plan)
    table = msgspec.toml.decode((SAMPLES / "fleet.toml").read_bytes(), type=FleetTable)
    record = read_record(CALLS, read_mapping(EXAMPLES / "san-francisco-calls.toml"))
    with tempfile.TemporaryDirectory() as folder:
        build([STREETS], Path(folder) / "city", mapping=EXAMPLES / "san-francisco.toml")
        city = City.open(Path(folder) / "city")
        warm()
        ground, cut = validation_ground(record, city, plan, table, replications=REPLICATIONS, seed=1)
        out = Path(folder) / "out"
        began = perf_counter()
        outcomes = replications(ground, out, Event(), lambda number, part: None)
        took_s = (perf_counter() - began) / REPLICATIONS
        found = validate(ground, cut, out, Event(), lambda number, part: None)  # what was played is not played again
        assert found is not None, "nobody stopped it"
        data = f"San Francisco, {len(outcomes[0].calls):,} calls, {sum(unit.sent for unit in outcomes[0].units.values()):,} units sent"
        report(name="simulate: a week on the real house", value=took_s, unit="s", limit=600, runs=REPLICATIONS, data=data)
        report(name="simulate: facts kept a second", value=outcomes[0].facts / took_s, unit="/s", runs=REPLICATIONS, data=data)
        print("\n".join(lines(found)))
        for name in ("p50_s/all", "p90_s/all", "mean_s/all"):
            report(name=f"simulate: response {name}", value=found.simulated[name].value, unit="s", peer="observed", peer_value=found.observed[name].value,
                   runs=REPLICATIONS, data=data)
        report(name="simulate: 90 % point, off by", value=100 * abs(found.p90_off), unit="%", limit=3, runs=REPLICATIONS, data=data)
        report(name="simulate: share in time, off by", value=100 * abs(found.in_time_off), unit="points", limit=1.5, runs=REPLICATIONS, data=data)
        busy = [abs(found.simulated[name].value - found.observed[name].value) for name in found.observed if name.startswith("busy/") and name in found.simulated]
        report(name="simulate: units' busy share, mean off by", value=100 * float(np.mean(busy)), unit="points", runs=REPLICATIONS, data=data)
