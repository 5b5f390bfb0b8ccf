"""Small worlds to play in: the drawn town with a record made by hand, and a town where queueing theory has the answer."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np

from tests.floor import MORNING, PLAN, TABLE, corner, small_city
from tests.sim.record import read, row
from tocsin.city.calibration import Calibration
from tocsin.city.live import LiveRoads
from tocsin.city.record import Record
from tocsin.facts.calls import Place
from tocsin.facts.dispatch import Need
from tocsin.house import build as build_house
from tocsin.kernel import Entry, Instant
from tocsin.rooms.dispatch.model import Plan
from tocsin.sim.clock import SECOND, StepClock
from tocsin.sim.scenarios.asked import Asked, Sending
from tocsin.sim.scenarios.duties import Duty
from tocsin.sim.scenarios.floors import HouseFloor
from tocsin.sim.scenarios.outcome import Outcome
from tocsin.sim.scenarios.play import Play
from tocsin.sim.scenarios.simulate import Simulation
from tocsin.sim.scenarios.works import ExponentialWorks
from tocsin.sim.travel import Streets

ONE_UNIT: Plan = msgspec.structs.replace(PLAN, kinds={"medical": msgspec.structs.replace(PLAN.kinds["medical"], needs={
    "1": (Need(skill="transport"),), "2": (Need(skill="transport"),)})}, cover=type(PLAN.cover)())
"""One unit a call, and whoever is soonest goes."""

DAY: Instant = 86_400 * SECOND
ROADS = LiveRoads(small_city(), Calibration.default())


class Played:
    """One play on a house in the drawn town, and all that it left."""

    def __init__(self, folder: Path, play: Play, plan: Plan = PLAN) -> None:
        clock, streets = StepClock(play.begin - SECOND), Streets(ROADS, Calibration.default())
        with build_house(folder, small_city(), Calibration.default(), plan, TABLE, clock) as house:
            simulation = Simulation(HouseFloor(house), clock, streets, play)
            outcome = simulation.run()
            assert outcome is not None
            self.outcome: Outcome = outcome
            self.decisions = simulation.decisions
            self.lines: list[tuple[int, Entry]] = list(house.ledger.read(0))
            self.left = {name: dict(house.rows(name)) for name in ("incident", "unit", "closure")}

    def facts(self, kind: str) -> list[tuple[Entry, dict[str, object]]]:
        """Every kept fact of a kind."""
        return [(entry, msgspec.msgpack.decode(entry.body)) for _, entry in self.lines if entry.kind == kind]


def duties(homes: Sequence[Place], begin: Instant, days: int, kind: str = "medic") -> list[Duty]:
    """One unit at each place, M1, M2 …, relieved every day."""
    return [Duty(f"M{number}", kind, f"Post {number}", home, begin + day * DAY, begin + (day + 1) * DAY, f"d{day}")
            for day in range(days) for number, home in enumerate(homes, 1)]


def theory(homes: Sequence[Place], places: Sequence[Place], calls: int, rate_per_h: float, mean_s: float, replication: int) -> Play:
    """Calls by Poisson from these places in turn by chance; units of exponential work wait at these homes."""
    rng = np.random.default_rng([5, replication])
    gaps = rng.exponential(3600 / rate_per_h, calls)
    at = [MORNING + round(float(seconds) * SECOND) for seconds in np.cumsum(gaps)]
    asked = [Asked(one, places[int(rng.integers(len(places)))], "medical", 1) for one in at]
    until = at[-1] + 1
    return Play(calls=asked, duties=duties(homes, MORNING, 2 + (until - MORNING) // DAY), works=ExponentialWorks(mean_s), begin=MORNING, count_from=MORNING,
                until=until, by_record=False, seed=5, replication=replication)


def day_of_calls(folder: Path, calls: int = 120) -> Record:
    """A record of one day in the drawn town: engines and medics in turn, all with the same times but for their minute."""
    start = datetime(2026, 3, 4, 0, 5)  # noqa: DTZ001 - the record's own local time
    rows = []
    for n in range(calls):
        at = start + timedelta(minutes=11 * n)
        times = [f"{at + timedelta(seconds=s):%H:%M:%S}" for s in (0, 40, 100, 300 + 7 * (n % 9))]
        end = f"{at + timedelta(seconds=1200 + 60 * (n % 5)):%H:%M:%S}"
        unit = f"E{n % 2 + 1}" if n % 3 else f"M{n % 2 + 1}"
        rows.append(row(n, unit, *times, "", "", end, kind="Fire" if n % 3 else "Medical", column=n * 5 // 3 % 6, row=n * 7 // 4 % 5))
    return read(folder, *rows)


def sendings(*kinds: str) -> tuple[Sending, ...]:
    """These kinds of unit, all at once."""
    return tuple(Sending(kind, 0.0) for kind in kinds)


def place(column: int, row: int) -> Place:
    """A crossing of the drawn town."""
    return corner(column, row)
