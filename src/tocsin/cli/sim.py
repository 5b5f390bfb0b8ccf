"""`tocsin sim`: play a scenario on the house, and hold the simulation against a city's own record."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import get_args

import msgspec

from tocsin.city import City
from tocsin.city.calibration import load_calibration
from tocsin.city.record import Record, read_record
from tocsin.city.record_mapping import read_mapping
from tocsin.cli.reading import read_fleet, read_plan
from tocsin.cli.settings import SAMPLES, Commands, Stop, leaf
from tocsin.sim.scenarios import figures
from tocsin.sim.scenarios.outcome import Outcome
from tocsin.sim.scenarios.playing import On
from tocsin.sim.scenarios.preparing import Ground
from tocsin.sim.scenarios.running import Impossible, replications
from tocsin.sim.scenarios.scenario import Scenario, read_scenario
from tocsin.sim.scenarios.spread import Lost
from tocsin.sim.scenarios.validate import Validation, lines, load, save, validate, validation_ground, verdict

MOST_WORKERS = 256
SPEAK_S = 5.0
"""How often progress is told."""


def words(commands: "Commands[argparse.ArgumentParser]") -> None:
    """What may be said."""
    sim = commands.add_parser("sim", help="play scenarios on the house; is the simulation true?").add_subparsers(required=True, metavar="ACTION")
    command = leaf(sim, "run", "play a scenario on the real house and say how soon help came, with intervals", _run)
    command.add_argument("scenario", type=Path, metavar="SCENARIO", help="the scenario's TOML file (docs/examples)")
    command.add_argument("--calls", type=Path, help="the record of past calls that it draws from: a CSV, .csv.gz or .zip")
    command.add_argument("--map", type=Path, help="the TOML mapping of that record (docs/examples)")
    command.add_argument("--out", type=Path, help="a folder for the result and each replication, by which a stopped run goes on (default: beside the scenario)")
    _ground_words(command)
    command = leaf(sim, "validate", "learn from one half of a record, play the other half, and say how far off it is; kept in the city's folder", _validate)
    command.add_argument("calls", type=Path, metavar="CALLS", help="the record: a CSV, .csv.gz or .zip of eight days or more")
    command.add_argument("--map", type=Path, required=True, help="the TOML mapping of the record (docs/examples)")
    command.add_argument("--replications", type=int, default=5, help="how often the second half is played (default 5)")
    command.add_argument("--seed", type=int, default=1, help="the seed (default 1)")
    command.add_argument("--by", choices=("record", "plan"), default="record", help="send the kinds of unit that the record sent, or what the plan says (default: record)")
    command.add_argument("--out", type=Path, help="a folder for each replication, by which a stopped run goes on")
    _ground_words(command)


def _ground_words(command: argparse.ArgumentParser) -> None:
    command.add_argument("--city", type=Path, required=True, help="the city folder that `tocsin city build` wrote")
    command.add_argument("--on", choices=get_args(On), default="house", help="play on the real house, which keeps every fact, or in arrays, which decide as it does and are quicker (default: house)")
    command.add_argument("--workers", type=int, default=os.cpu_count() or 1, metavar="N", help="how many replications are played at once, each in a process of its own (default: as many as there are processors)")
    command.add_argument("--dask", default=os.environ.get("TOCSIN_DASK", ""), metavar="ADDRESS",
                         help="play them on a Dask cluster, whose workers see the city's folder by the same path: tcp://HOST:8786 (TOCSIN_DASK; needs tocsin[dask]; default: this machine)")
    command.add_argument("--stations", type=Path, help="a file of stations, in place of the mapping's")
    command.add_argument("--plan", type=Path, default=SAMPLES / "plan.toml", help="the response plan (default: the sample)")
    command.add_argument("--fleet", type=Path, default=SAMPLES / "fleet.toml", help="the table of unit kinds (default: the sample)")


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What `sim run` writes: the scenario, each figure with its interval, and what was refused or had to wait."""

    scenario: Scenario
    city: str
    calibration: str
    replications: int
    validated: str
    """How near simulations of this city come to its record, in one sentence; empty where nobody looked."""
    figures: dict[str, figures.Figure]
    waited: int
    never: int
    refused: dict[str, int]
    digests: tuple[str, ...]
    """Of each replication, over all that the house kept; over its decisions where it was played in arrays."""


def _run(arguments: argparse.Namespace) -> int:
    scenario, city = read_scenario(arguments.scenario), City.open(arguments.city)
    ground = Ground(scenario, city, load_calibration(city.calibration_path), read_plan(arguments.plan, city), read_fleet(arguments.fleet), _record(arguments))
    out = arguments.out or arguments.scenario.with_suffix(".out")
    with _stoppable() as stopped:
        outcomes = _played(ground, out, stopped, arguments)
    if not outcomes:
        raise Stop("stopped before one replication was played")
    found = figures.figures(outcomes, ground.zone, scenario.in_time_s)
    known = load(city)
    result = _result(ground, outcomes, found, known)
    path = out / "result.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n")
    print("\n".join(figures.lines(found)))
    for code, count in result.refused.items():
        print(f"refused {code}: {count} (for example {outcomes[0].examples.get(code, '')})")
    print(f"{result.waited} sendings waited for a free unit, {result.never} to the end")
    print(result.validated or "Nobody has looked yet how near simulations of this city come to its record: tocsin sim validate.")
    missing = scenario.replications - len(outcomes)
    print(f"{len(outcomes)} replications, {path}" + (f"; {missing} more were asked for: say the same again to go on" if missing else ""))
    return 0 if not missing else 1


def _result(ground: Ground, outcomes: list[Outcome], found: dict[str, figures.Figure], known: Validation | None) -> Result:
    refused: dict[str, int] = {}
    for outcome in outcomes:
        for code, count in outcome.refused.items():
            refused[code] = refused.get(code, 0) + count
    return Result(scenario=ground.scenario, city=ground.city.version, calibration=ground.timing.version, replications=len(outcomes),
                  validated=verdict(known) if known is not None else "", figures=found, waited=sum(one.waited for one in outcomes),
                  never=sum(one.never for one in outcomes), refused=refused, digests=tuple(one.digest or one.decisions for one in outcomes))


def _validate(arguments: argparse.Namespace) -> int:
    city, record = City.open(arguments.city), _record(arguments)
    assert record is not None, "the command line asks for one"
    if not 1 <= arguments.replications <= 1000:
        raise Stop("--replications: from 1 to 1000")
    _say("learning from the first half")
    ground, cut = validation_ground(record, city, read_plan(arguments.plan, city), read_fleet(arguments.fleet), replications=arguments.replications,
                                    seed=arguments.seed, by=arguments.by)
    with _stoppable() as stopped:
        try:
            found = validate(ground, cut, arguments.out, stopped, _progress(arguments.replications), on=arguments.on, workers=_workers(arguments), dask=arguments.dask)
        except Impossible as no:
            raise _cannot(no) from no
        except Lost as no:
            raise Stop(str(no)) from no
    if found is None:
        raise Stop("stopped; nothing was kept in the city's folder")
    save(found, city)
    print("\n".join([*lines(found), f"Kept as {city.validation_path}."]))
    return 0 if found.validated else 1


def _played(ground: Ground, out: Path, stopped: Event, arguments: argparse.Namespace) -> list[Outcome]:
    try:
        return replications(ground, out, stopped, _progress(ground.scenario.replications), on=arguments.on, workers=_workers(arguments), dask=arguments.dask)
    except Impossible as no:
        raise _cannot(no) from no
    except Lost as no:
        raise Stop(str(no)) from no


def _workers(arguments: argparse.Namespace) -> int:
    if not 1 <= arguments.workers <= MOST_WORKERS:
        raise Stop(f"--workers: from 1 to {MOST_WORKERS}")
    return int(arguments.workers)


def _cannot(no: Impossible) -> Stop:
    return Stop("this cannot be played:\n" + "\n".join(f"  {reason.words.en} [{reason.code}]" for reason in no.reasons))


def _record(arguments: argparse.Namespace) -> Record | None:
    if arguments.calls is None:
        return None
    if arguments.map is None:
        raise Stop("--calls needs --map: how the record is to be read")
    return read_record(arguments.calls, read_mapping(arguments.map), stations=arguments.stations)


def _progress(count: int) -> Callable[[int, float], None]:
    told = [0.0]

    def progress(number: int, part: float) -> None:
        now = time.monotonic()
        if part >= 1.0 or now - told[0] >= SPEAK_S:
            told[0] = now
            _say(f"replication {number + 1} of {count}: {max(0.0, min(1.0, part)):.0%}")

    return progress


@contextmanager
def _stoppable() -> Iterator[Event]:
    """An event that the first Ctrl-C sets; the second stops at once."""
    stopped = Event()

    def stop(number: int, frame: object) -> None:
        if stopped.is_set():
            raise KeyboardInterrupt
        stopped.set()
        _say("stopping; once more stops at once")

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, before)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
