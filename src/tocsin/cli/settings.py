"""Settings and files that several commands read: the environment, the plan, the fleet table, the machine's clock."""

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

import tocsin
from tocsin.city import City
from tocsin.city.calibration import load_calibration
from tocsin.edges.paper.contents import Contacts
from tocsin.engines.likeness import Likeness
from tocsin.house import House, build
from tocsin.house.build import LIKENESS
from tocsin.kernel import Clock, Instant
from tocsin.rooms.dispatch.model import Plan, TimerTable, timer_faults
from tocsin.rooms.dispatch.model import faults as plan_faults
from tocsin.rooms.fleet.model import FleetTable
from tocsin.rooms.fleet.model import faults as fleet_faults

T = TypeVar("T")
Commands = argparse._SubParsersAction  # argparse has no public name for what add_subparsers gives

PACKAGE = Path(tocsin.__file__).parent
SAMPLES = PACKAGE / "samples"
CONSOLE = PACKAGE / "edges" / "web" / "console"

DATA = Path(os.environ.get("TOCSIN_DATA", "data"))
PORT = os.environ.get("PORT", "8110")


class Stop(Exception):
    """A command cannot go on: one clear line for whoever typed it, and exit status 2."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> Instant:
        """Microseconds of UTC."""
        return time.time_ns() // 1_000


def leaf(into: "Commands[argparse.ArgumentParser]", name: str, says: str, act: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
    """A command that does something, with the sentence that help and docs show."""
    command = into.add_parser(name, help=says, description=says[0].upper() + says[1:] + ".")
    command.set_defaults(act=act)
    return command


def house_words(command: argparse.ArgumentParser, *, data: bool = True) -> None:
    """The words by which a command line describes a house."""
    command.add_argument("--city", type=Path, required=True, help="the city folder that `tocsin city build` wrote")
    if data:
        command.add_argument("--data", type=Path, default=DATA, help="where the records are kept (TOCSIN_DATA; default ./data)")
    table_words(command)


def table_words(command: argparse.ArgumentParser) -> None:
    """The words that name the plan, the fleet table and the ledger."""
    command.add_argument("--plan", type=Path, default=SAMPLES / "plan.toml", help="the response plan (default: the sample)")
    command.add_argument("--fleet", type=Path, default=SAMPLES / "fleet.toml", help="the table of unit kinds (default: the sample)")
    command.add_argument("--contacts", type=Path, default=SAMPLES / "contacts.toml", help="the contacts of the paper pack (default: the sample)")
    command.add_argument("--likeness", type=Path, default=LIKENESS, help="what makes two calls alike (default: the shipped model)")
    command.add_argument("--timers", type=Path, default=SAMPLES / "timers.toml", help="the table of timers (default: the sample)")
    command.add_argument("--name", default="floor", help="the name of this floor's ledger, part of what it signs (default: floor)")


def port_words(command: argparse.ArgumentParser) -> None:
    """Where to listen."""
    command.add_argument("--host", default="127.0.0.1", help="the address to listen on (default 127.0.0.1)")
    command.add_argument("--port", type=int, default=PORT, help="the port (PORT; default 8110)")


def read_plan(path: Path) -> Plan:
    """A response plan from its file, checked; Stop with the first fault."""
    plan = _toml(path, Plan)
    for fault in plan_faults(plan):
        raise Stop(f"{path}: {fault}")
    return plan


def read_fleet(path: Path) -> FleetTable:
    """A table of unit kinds from its file, checked; Stop with the first fault."""
    table = _toml(path, FleetTable)
    for fault in fleet_faults(table):
        raise Stop(f"{path}: {fault}")
    return table


def read_contacts(path: Path) -> Contacts:
    """The contacts that are printed into the paper pack; Stop where the file is not as it should be."""
    return _toml(path, Contacts)


def read_timers(path: Path) -> TimerTable:
    """A table of timers from its file, checked; Stop with the first fault."""
    table = _toml(path, TimerTable)
    for fault in timer_faults(table):
        raise Stop(f"{path}: {fault}")
    return table


def open_house(arguments: argparse.Namespace, data: Path, city: City, clock: Clock, speed: float = 1.0) -> House:
    """The house that the words of a command line describe, on the records in `data`."""
    plan, table = read_plan(arguments.plan), read_fleet(arguments.fleet)
    return build(data, city, load_calibration(city.calibration_path), plan, table, clock, name=arguments.name, speed=speed,
                 likeness=_toml(arguments.likeness, Likeness), timers=read_timers(arguments.timers))


def _toml(path: Path, into: type[T]) -> T:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=into)
    except (OSError, msgspec.DecodeError) as error:
        raise Stop(f"{path}: {error}") from error
