"""The house of a shift in a process of its own, with crews that drive; killed and started again it goes on where it was."""

import argparse
import time
from pathlib import Path

from tests.floor import COMMAND, INTAKE, PLAN, TABLE, TIMERS

from bench.shift import record as past
from tocsin.city.calibration import load_calibration
from tocsin.cli.settings import CONSOLE, SystemClock
from tocsin.edges.web.app import app
from tocsin.edges.web.people import People
from tocsin.edges.web.serving import serve
from tocsin.house import build
from tocsin.kernel import Instant
from tocsin.sim.player import Player


class Running:
    """House time that ran from `begin` when the wall clock stood at `wall`; a process that starts again finds it further on."""

    def __init__(self, begin: Instant, wall: float, speed: float) -> None:
        self._begin, self._wall, self._speed = begin, wall, speed

    def now(self) -> Instant:
        """Microseconds of UTC."""
        return self._begin + int((time.time() - self._wall) * self._speed * 1_000_000)


def main() -> None:
    """Serve until killed; prints `ready` when the first page may be asked for."""
    words = argparse.ArgumentParser()
    words.add_argument("--data", type=Path, required=True)
    words.add_argument("--city", type=Path, required=True)
    words.add_argument("--port", type=int, required=True)
    words.add_argument("--begin", type=int, required=True, help="house time, microseconds, when the wall clock stood at --wall")
    words.add_argument("--wall", type=float, required=True)
    words.add_argument("--speed", type=float, required=True)
    words.add_argument("--hours", type=int, nargs=2, required=True)
    given = words.parse_args()
    record = past.read()
    calls = past.hours(past.busiest(record), record.zone, *given.hours)
    city = past.city(given.city)
    timing = load_calibration(city.calibration_path)
    clock = Running(given.begin, given.wall, given.speed)
    house = build(given.data / "records", city, timing, PLAN, TABLE, clock, speed=given.speed, timers=TIMERS, command_table=COMMAND,
                  intake=INTAKE)
    player = Player(house, city, timing, 3, calls=False, stand_in=False, fleet=past.fleet(record, calls))
    people = People(given.data, SystemClock())
    if not len(people):
        for role in ("dispatcher", "supervisor"):
            people.add(role, (role, "call_taker", "dispatcher"), f"pass word {role}", alone=True)
    edge = app(house, people=people, console=CONSOLE, city_folder=city.path, demo=True)
    edge.litestar.on_shutdown.insert(0, lambda: player.stop())
    player.open()
    player.start()
    serve(edge, "127.0.0.1", given.port, ready=lambda port: print("ready", flush=True))


if __name__ == "__main__":
    main()
