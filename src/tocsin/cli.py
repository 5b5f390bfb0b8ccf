"""The front door: `tocsin` and its commands. Settings are read once, here, and handed down."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

import tocsin
from tocsin.city import City, CityFault, build
from tocsin.city.calibration import Calibration
from tocsin.edges import web
from tocsin.edges.web.people import STAFF
from tocsin.engines.roads import warm
from tocsin.house import House
from tocsin.house import build as build_house
from tocsin.house.audit import public_key, recompute_offers, verify
from tocsin.kernel import Clock, Instant, Refused
from tocsin.rooms.dispatch.model import Plan
from tocsin.rooms.dispatch.model import faults as plan_faults
from tocsin.rooms.fleet.model import FleetTable
from tocsin.rooms.fleet.model import faults as fleet_faults

T = TypeVar("T")

PACKAGE = Path(tocsin.__file__).parent
SAMPLES = PACKAGE / "samples"
CONSOLE = PACKAGE / "edges" / "web" / "console"


class Stop(Exception):
    """A command cannot go on: one clear line for whoever typed it, and exit status 2."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> Instant:
        return time.time_ns() // 1_000


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 the audit found something, 2 it could not be done (one line says why)."""
    arguments = parser().parse_args(words)
    try:
        done: int = arguments.act(arguments)
        return done
    except (Stop, CityFault) as fault:
        print(f"tocsin: {fault}", file=sys.stderr)
    except Refused as no:
        print(f"tocsin: {no.words.en} [{no.code}]", file=sys.stderr)
    except KeyboardInterrupt:
        print("tocsin: stopped", file=sys.stderr)
    return 2


def parser() -> argparse.ArgumentParser:
    """The whole command line; a test holds docs/commands.md to it."""
    top = argparse.ArgumentParser(prog="tocsin", description="The open emergency-response platform of a city.")
    top.add_argument("--version", action="version", version=f"tocsin {tocsin.__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    _serve_words(commands)
    _city_words(commands)
    _audit_words(commands)
    _people_words(commands)
    _leaf(commands, "warm", "compile the road engine's machine code, so that the first start is quick", _warm)
    return top


def _leaf(into: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, says: str,
          act: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
    command = into.add_parser(name, help=says, description=says[0].upper() + says[1:] + ".")
    command.set_defaults(act=act)
    return command


def _house_words(command: argparse.ArgumentParser) -> None:
    command.add_argument("--city", type=Path, required=True, help="the city folder that `tocsin city build` wrote")
    command.add_argument("--data", type=Path, default=Path(os.environ.get("TOCSIN_DATA", "data")),
                         help="where the records are kept (TOCSIN_DATA; default ./data)")
    command.add_argument("--plan", type=Path, default=SAMPLES / "plan.toml", help="the response plan (default: the sample)")
    command.add_argument("--fleet", type=Path, default=SAMPLES / "fleet.toml", help="the table of unit kinds (default: the sample)")
    command.add_argument("--name", default="floor", help="the name of this floor's ledger, part of what it signs")


def _serve_words(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = _leaf(commands, "serve", "serve the console and the doors of a floor", _serve)
    _house_words(command)
    command.add_argument("--host", default="127.0.0.1", help="the address to listen on (default 127.0.0.1)")
    command.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8110")), help="the port (PORT; default 8110)")
    command.add_argument("--answer-to", action="append", default=[], metavar="HOST", help="a host name beside localhost that it answers to")


def _city_words(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    city = commands.add_parser("city", help="compile, sketch, show a city").add_subparsers(required=True, metavar="ACTION")
    command = _leaf(city, "build", "compile a city folder from an OSM extract or a city's own files", _build)
    command.add_argument("sources", type=Path, nargs="+", metavar="SOURCE", help=".osm.pbf, .osm.gz, .osm.bz2, or the files a mapping names")
    command.add_argument("--out", type=Path, required=True, help="the folder to write; replaced as a whole at the end")
    command.add_argument("--map", type=Path, help="a TOML mapping, for a city's own files (docs/examples)")
    command.add_argument("--name", help="the city's name (default: from the source)")
    command = _leaf(city, "show", "say what a city folder holds, and what was odd in its sources", _show)
    command.add_argument("city", type=Path)


def _audit_words(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    audit = commands.add_parser("audit", help="check a floor's records").add_subparsers(required=True, metavar="ACTION")
    command = _leaf(audit, "verify", "compute a ledger's tree again from its files and compare it with what was signed", _verify)
    command.add_argument("ledger", type=Path, metavar="DIR", help="the ledger's folder (DATA/ledger)")
    command.add_argument("--key", required=True, help="the public key: the verifier line, or a file that holds it")
    command.add_argument("--checkpoint", type=Path, action="append", default=[], help="a checkpoint that you kept yourself")
    command = _leaf(audit, "key", "print the verifier line to give to an auditor", _key)
    command.add_argument("ledger", type=Path, metavar="DIR")
    command.add_argument("--name", default="floor")
    command = _leaf(audit, "offers", "compute every kept recommendation again and say which differ", _offers)
    _house_words(command)


def _people_words(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    people = commands.add_parser("people", help="who may come in").add_subparsers(required=True, metavar="ACTION")
    command = _leaf(people, "add", "let somebody in, with the password that standard input gives", _add_person)
    command.add_argument("person", metavar="NAME")
    command.add_argument("--role", action="append", required=True, choices=STAFF)
    command.add_argument("--data", type=Path, default=Path(os.environ.get("TOCSIN_DATA", "data")))
    command = _leaf(people, "add-device", "let a machine in and print its key, once", _add_device)
    command.add_argument("device", metavar="NAME")
    command.add_argument("--data", type=Path, default=Path(os.environ.get("TOCSIN_DATA", "data")))


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


def _toml(path: Path, into: type[T]) -> T:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=into)
    except (OSError, msgspec.DecodeError) as error:
        raise Stop(f"{path}: {error}") from error


def open_house(arguments: argparse.Namespace, city: City, clock: Clock, speed: float = 1.0) -> House:
    """The house that the words of a command line describe."""
    plan, table = read_plan(arguments.plan), read_fleet(arguments.fleet)
    return build_house(arguments.data, city, Calibration.default(), plan, table, clock, name=arguments.name, speed=speed)


def _serve(arguments: argparse.Namespace) -> int:
    clock, city = SystemClock(), City.open(arguments.city)
    house = open_house(arguments, city, clock)
    people = web.People(arguments.data, clock)
    if not len(people):
        print("tocsin: nobody may sign in yet; add people with `tocsin people add`", file=sys.stderr)
    edge = web.app(house, people=people, console=CONSOLE, city_folder=city.path, demo=False, hosts=arguments.answer_to)
    print(f"tocsin: http://{arguments.host}:{arguments.port}/", flush=True)
    web.serve(edge, arguments.host, arguments.port)
    return 0


def _build(arguments: argparse.Namespace) -> int:
    manifest = build(arguments.sources, arguments.out, mapping=arguments.map, name=arguments.name, say=lambda line: print(line, flush=True))
    print(f"{arguments.out}: {manifest.name}, version {manifest.version}")
    return 0


def _show(arguments: argparse.Namespace) -> int:
    manifest = City.open(arguments.city).manifest
    print(msgspec.json.format(msgspec.json.encode({name: getattr(manifest, name) for name in (
        "name", "made", "version", "attribution", "timezone", "bounds", "counts", "odd", "sources")}), indent=1).decode())
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    key = Path(arguments.key).read_text() if Path(arguments.key).is_file() else arguments.key
    report = verify(arguments.ledger, key.strip(), [path.read_text() for path in arguments.checkpoint])
    print("\n".join(report.sentences()))
    return 0 if report.sound else 1


def _key(arguments: argparse.Namespace) -> int:
    print(public_key(arguments.ledger, SystemClock(), name=arguments.name))
    return 0


def _offers(arguments: argparse.Namespace) -> int:
    differ = count = 0
    for number, sentences in recompute_offers(arguments.data, City.open(arguments.city), Calibration.default(), SystemClock(), name=arguments.name):
        count += 1
        differ += bool(sentences)
        print("\n".join(sentences[:5]) if sentences else f"offer {number}: the same")
    print(f"{count} offers computed again, {differ} differ")
    return 1 if differ else 0


def _add_person(arguments: argparse.Namespace) -> int:
    password = sys.stdin.readline().rstrip("\n")
    if len(password) < 12:
        raise Stop("give a password of at least 12 characters on standard input")
    arguments.data.mkdir(parents=True, exist_ok=True)
    web.People(arguments.data, SystemClock()).add(arguments.person, tuple(arguments.role), password)
    return 0


def _add_device(arguments: argparse.Namespace) -> int:
    arguments.data.mkdir(parents=True, exist_ok=True)
    print(web.People(arguments.data, SystemClock()).add_device(arguments.device))
    return 0


def _warm(arguments: argparse.Namespace) -> int:
    warm()
    return 0


if __name__ == "__main__":
    sys.exit(main())
