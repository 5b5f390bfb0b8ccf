"""Every wire of the house on one page: which room gets what from outside, and which records they stand round."""

from pathlib import Path

from tocsin.city import City
from tocsin.city.calibration import Calibration
from tocsin.city.live import LiveRoads
from tocsin.engines.places import Places
from tocsin.house.ground import WatchedRoads
from tocsin.house.house import House
from tocsin.kernel import Clock
from tocsin.ledger import Ledger
from tocsin.rooms import calls, dispatch, fleet
from tocsin.rooms.dispatch.model import Plan
from tocsin.rooms.fleet.model import FleetTable
from tocsin.trail import Trail


def build(data: Path, city: City, timing: Calibration, plan: Plan, table: FleetTable, clock: Clock, *, name: str = "floor",
          speed: float = 1.0) -> House:
    """A house on the records in `data` (made where there are none), for one city, plan and fleet; raises LedgerFault."""
    ground = WatchedRoads(LiveRoads(city, timing))
    places = Places.open(str(city.places_path))
    ledger = Ledger.open(data / "ledger", clock, name=name)
    trail = Trail.open(data / "trail", clock)
    rooms = (
        calls.room(kinds={code: kind.priority for code, kind in plan.kinds.items()}, places=places),
        dispatch.room(plan=plan, states=table.states, ground=ground),
        fleet.room(table),
    )
    return House(rooms, ledger, trail, clock, city=city, speed=speed, roadless=lambda: ground.failed)
