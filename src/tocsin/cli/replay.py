"""`tocsin replay`: historical calls through the same commands as people use, beside what would have been recommended."""

import argparse
import tempfile
import time
from pathlib import Path
from threading import Thread

from tocsin.city import City
from tocsin.city.calibration import load_calibration
from tocsin.city.record import read_record
from tocsin.city.record_mapping import read_mapping
from tocsin.cli.reading import open_house
from tocsin.cli.settings import CONSOLE, Commands, Stop, SystemClock, house_words, leaf, port_words
from tocsin.edges import journal
from tocsin.edges.web.app import app
from tocsin.edges.web.people import People
from tocsin.edges.web.serving import serve
from tocsin.house import House
from tocsin.sim.clock import Pace
from tocsin.sim.replay import replay


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    command = leaf(commands, "replay", "replay a record of past calls, with what was done beside what would have been recommended", _replay)
    command.add_argument("calls", type=Path, metavar="CALLS", help="the record: a CSV, .csv.gz or .zip")
    command.add_argument("--map", type=Path, required=True, help="the TOML mapping of the record (docs/examples)")
    command.add_argument("--stations", type=Path, help="a file of stations, in place of the mapping's")
    command.add_argument("--speed", type=float, default=60.0, help="how fast: 60 plays an hour in a minute, 0 as fast as it goes (default 60)")
    command.add_argument("--data", type=Path, help="an empty folder to keep the records in (default: a temporary one)")
    command.add_argument("--quiet", action="store_true", help="print the summary alone")
    command.add_argument("--console", action="store_true", help="serve the console meanwhile, with one-time sign-ins")
    port_words(command)
    house_words(command, data=False)


def _replay(arguments: argparse.Namespace) -> int:
    if arguments.data is not None and arguments.data.exists() and any(arguments.data.iterdir()):
        raise Stop(f"{arguments.data} is not empty: a replay begins on records of its own")
    city = City.open(arguments.city)
    record = read_record(arguments.calls, read_mapping(arguments.map), stations=arguments.stations)
    if not record.calls:
        raise Stop(f"{arguments.calls} holds no call that could be read")
    timing = load_calibration(city.calibration_path)
    with tempfile.TemporaryDirectory(prefix="tocsin-replay-") as spare:
        data = arguments.data or Path(spare)
        houses: list[House] = []

        def begin(clock: Pace) -> House:
            houses.append(open_house(arguments, data, city, clock, arguments.speed or 1.0))
            if arguments.console:
                _serve(arguments, houses[0], city, data)
            return houses[0]

        summary = replay(record, city, timing, begin, arguments.speed, _nothing if arguments.quiet else _say, wall=time.monotonic)
        print("\n".join(summary.lines()))
        houses[0].close()
    return 0


def _serve(arguments: argparse.Namespace, house: House, city: City, data: Path) -> None:
    journal.begin(arguments.log)
    people, passwords = People.demo(data, SystemClock())
    edge = app(house, people=people, console=CONSOLE, city_folder=city.path, demo=True)
    Thread(target=serve, args=(edge, arguments.host, arguments.port), daemon=True).start()
    _say(f"http://localhost:{arguments.port}/")
    for name, password in passwords:
        _say(f"    {name:12s} {password}")


def _say(line: str) -> None:
    print(line, flush=True)


def _nothing(line: str) -> None:
    """Say nothing."""
