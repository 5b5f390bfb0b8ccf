"""The records that a run begins with: units on duty, machines that may ask, and one member of staff for the streams."""

from pathlib import Path

from tests.floor import CHIEF, COMMAND, INTAKE, PLAN, TABLE, corner, small_city

from tocsin.city.calibration import Calibration
from tocsin.cli import main
from tocsin.cli.settings import SystemClock
from tocsin.edges.web.people import People
from tocsin.house import build
from tocsin.kernel import Role
from tocsin.rooms.fleet.commands import StartShift

SHIFT = "faults"
PASSWORD = "a password for faults"
MAY: tuple[Role, ...] = ("call_taker", "dispatcher", "supervisor")


def begin(data: Path, address: str, callers: int, units: int) -> list[str]:
    """Lay everything down in the database; the keys of the callers."""
    house = build(data, small_city(), Calibration.default(), PLAN, TABLE, SystemClock(), intake=INTAKE, command_table=COMMAND, database=address)
    with house:
        for unit in range(units):
            house.do(StartShift(unit=f"E{unit}", shift=SHIFT, unit_kind="engine", station="S", home=corner(unit % 6, unit // 6 % 6), crew=3), CHIEF)
        people = People(data, SystemClock(), house.ledger.papers)
        people.add("watch", ("dispatcher",), PASSWORD, alone=True)
        return [people.add_device(f"caller-{number}", MAY) for number in range(callers)]


def carry(data: Path, to: Path) -> None:
    """What a further node needs, as an operator lays it."""
    if main(["node", "keys", "--data", str(data), "--to", str(to)]):
        raise RuntimeError("tocsin node keys did not work")
