"""A study in the drawn town, small enough to be played within a test: ambulances alone, one to a call."""

from typing import Any

import msgspec

from tests.floor import MORNING, TABLE, corner, small_city
from tests.sim.scenarios.worlds import ONE_UNIT
from tocsin.facts.planning import AnyChange, Post, StudyAsked, UnitMore
from tocsin.kernel import Words
from tocsin.rooms.planning.model import PlanningTable
from tocsin.sim.studies.order import Order

PLANNING = PlanningTable(processes=1, in_time_s={"1": 420, "2": 420})
EAST = UnitMore(unit_kind="medic", lon=corner(5, 2).lon, lat=corner(5, 2).lat, station="East")


def post(unit: str, column: int, row: int, station: str = "", **hours: float) -> Post:
    """An ambulance at a crossing."""
    return Post(unit=unit, unit_kind="medic", lon=corner(column, row).lon, lat=corner(column, row).lat, station=station, **hours)


WEST = (post("M1", 0, 2, "West"), post("M2", 0, 2, "West"), post("M3", 0, 2, "West"))


def order(*changes: AnyChange, fleet: tuple[Post, ...] = WEST, **words: Any) -> Order:
    """An order of two replications of a day with thirty generated calls."""
    asked = StudyAsked(**({"study": "260304-0001", "name": Words("x", "某"), "changes": changes or (EAST,), "fleet": fleet, "days": 1, "replications": 2, "demand": "generated", "seed": 1,
                           "per_day": 30.0} | words))
    return Order(asked=asked, asked_at=MORNING, city=str(small_city().path), plan=msgspec.structs.replace(ONE_UNIT, areas={}), fleet=TABLE, table=PLANNING)
