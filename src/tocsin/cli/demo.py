"""`tocsin demo`: a real city, a generated day of calls with simulated crews, and a sign-in for every role."""

import argparse
import hashlib
import shutil
import time
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tocsin.city import City
from tocsin.city.building import build
from tocsin.city.calibration import load_calibration
from tocsin.cli.reading import open_house, read_contacts, read_handbook, read_posts
from tocsin.cli.settings import CONSOLE, Commands, Stop, SystemClock, leaf, port_words, table_words
from tocsin.cli.studying import studies_of
from tocsin.edges import journal
from tocsin.edges.web.app import app
from tocsin.edges.web.people import People
from tocsin.edges.web.serving import listen, serve
from tocsin.kernel import Instant, from_instant, instant
from tocsin.sim.clock import FastClock, StepClock
from tocsin.sim.player import Player

_BEGINS = 15.0
"""The local hour at which the demo's day begins: calls come often then."""
_BEFORE_S, _STEP_S = 3_000, 5
"""How much of it is played before the visitor comes, so that the floor is at work, and in which steps."""


_PATIENCE_S = 45.0
"""How long, by the visitor's own watch, the stand-in dispatcher leaves an incident to the visitor."""


class _DemoClock:
    """Steps through the hour before the visitor comes, as fast as the machine can, and then runs."""

    def __init__(self, start: Instant) -> None:
        self.pace = StepClock(start)
        self._running: FastClock | None = None

    def now(self) -> Instant:
        """The house's time."""
        return self.pace.now() if self._running is None else self._running.now()

    def run(self, speed: float) -> None:
        """Run from now on."""
        self._running = FastClock(self.pace.now(), speed, time.monotonic)


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    command = leaf(commands, "demo", "serve a real city with a generated day of calls, simulated crews and one-time sign-ins", _demo)
    command.add_argument("--source", type=Path, required=True, help="an OSM extract, or a city folder that is built already")
    command.add_argument("--folder", type=Path, default=Path(".demo"), help="where the demo keeps its city and records (default .demo)")
    command.add_argument("--seed", type=int, default=1, help="the seed of the generated day (default 1)")
    command.add_argument("--speed", type=float, default=6.0, help="how fast the demo's clock runs (default 6)")
    command.add_argument("--per-day", type=float, help="expected calls a day (default: as many as the fleet can work)")
    port_words(command)
    table_words(command)


def _demo(arguments: argparse.Namespace) -> int:
    journal.begin(arguments.log)
    city = _city(arguments.source, arguments.folder)
    data = arguments.folder / "records"
    _free(arguments.host, arguments.port)
    shutil.rmtree(data, ignore_errors=True)
    clock = _DemoClock(_afternoon(city))
    house = open_house(arguments, data, city, clock, arguments.speed)
    player = Player(house, city, load_calibration(city.calibration_path), arguments.seed, per_day=arguments.per_day,
                    wait_s=_PATIENCE_S * arguments.speed)
    people, passwords = People.demo(data, SystemClock())
    edge = app(house, people=people, console=CONSOLE, city_folder=city.path, demo=True, contacts=read_contacts(arguments.contacts), posts=read_posts(arguments.posts),
               pages=read_handbook(arguments))
    edge.litestar.on_shutdown.insert(0, lambda: player.stop())  # before the house closes, or the last simulated words meet a closed ledger
    for _ in range(_BEFORE_S // _STEP_S):
        player.step()
        clock.pace.advance(_STEP_S)
    clock.run(arguments.speed)
    player.start()

    studies = studies_of(arguments, house, data)
    edge.litestar.on_shutdown.insert(0, studies.stop)
    studies.start()

    def ready(port: int) -> None:
        print(f"\nTocsin demo: {city.manifest.name}. Calls are generated and crews simulated; the clock runs {arguments.speed:g} times as fast.")
        print(f"\n    http://localhost:{port}/\n\nSign in as one of these; each password works once and is made anew at every start:")
        for name, password in passwords:
            print(f"    {name:12s} {password}")
        print("\nStop with Ctrl-C.", flush=True)

    serve(edge, arguments.host, arguments.port, ready=ready)
    return 0


def _free(host: str, port: int) -> None:
    """Stop before anything is thrown away, where something (perhaps another demo) listens on the port already."""
    try:
        listen(host, port).close()
    except OSError as error:
        raise Stop(f"port {port} on {host} cannot be used ({error.strerror}): stop what uses it, or give another: make demo PORT=8111") from error


def _city(source: Path, folder: Path) -> City:
    """The demo's city, compiled when the source is not the one it was compiled from."""
    if (source / "manifest.json").is_file():
        return City.open(source)
    mark = hashlib.sha256(source.read_bytes()).hexdigest()
    built, note = folder / "city", folder / "city.source"
    if not (built.is_dir() and note.is_file() and note.read_text() == mark):
        print(f"tocsin: compiling {source.name}", flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        build([source], built, name=source.name.split(".")[0].capitalize(), say=lambda line: print(f"  {line}", flush=True))
        note.write_text(mark)
    return City.open(built)


def _afternoon(city: City) -> Instant:
    """When the demo's day begins, today, in the city's own zone."""
    local = from_instant(SystemClock().now()).astimezone(ZoneInfo(city.manifest.timezone))
    return instant(local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(hours=_BEGINS))
