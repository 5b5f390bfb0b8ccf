"""A scenario's replications one after another, each on a house of its own; what was played is kept, so that a run can be stopped and gone on with."""

import hashlib
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event
from typing import Literal

import msgspec

import tocsin
from tocsin.house import build
from tocsin.kernel import Instant, Refused
from tocsin.sim.clock import SECOND, StepClock
from tocsin.sim.scenarios.arrays import ArrayFloor
from tocsin.sim.scenarios.floors import HouseFloor
from tocsin.sim.scenarios.outcome import Outcome
from tocsin.sim.scenarios.play import Play
from tocsin.sim.scenarios.preparing import Ground, cannot
from tocsin.sim.scenarios.simulate import Simulation
from tocsin.sim.travel import Streets

FORMAT = 2

On = Literal["house", "arrays"]
"""What is played on: the real house, or arrays that decide as it does."""
Progress = Callable[[int, float], None]
"""Told the replication's number and how much of it is played, 0 to 1."""


class Impossible(Exception):
    """A scenario that cannot be; `reasons` has each thing that is in the way."""

    def __init__(self, reasons: list[Refused]) -> None:
        super().__init__("; ".join(no.words.en for no in reasons))
        self.reasons = reasons


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One replication as it is kept beside a result."""

    format: int
    of: str
    """What it was a replication of: a hash over the scenario and all that it stands on."""
    replication: int
    outcome: Outcome


def fingerprint(ground: Ground) -> str:
    """A hash over everything that the outcome of a replication turns on, the program's own source included."""
    taught = ground.taught.calls if ground.taught is not None else ()  # a stretch of the record: its ends say which
    parts = (_source(), FORMAT, msgspec.to_builtins(msgspec.structs.replace(ground.scenario, replications=1)), ground.city.version,
             ground.timing.version, ground.record.sha256 if ground.record is not None else "", (len(taught), taught[0].call, taught[-1].call) if taught else (),
             ground.plan.version, msgspec.to_builtins(ground.plan), msgspec.to_builtins(ground.table))
    return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()


def _source() -> str:
    """A hash of this program's source: between two releases a version says too little."""
    root, hashed = Path(tocsin.__file__).parent, hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        hashed.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return hashed.hexdigest()


def play_once(ground: Ground, play: Play, stopped: Event | None = None, progress: Callable[[Instant], None] | None = None,
              folder: Path | None = None, *, on: On = "house") -> Outcome | None:
    """Play once on a fresh house in `folder` (a temporary one, which is thrown away), or on a floor in arrays; None where it was stopped."""
    first = min(play.begin, *(duty.on for duty in play.duties), *(call.at for call in play.calls))
    clock = StepClock(first - SECOND)
    if on == "arrays":
        return Simulation(ArrayFloor(clock, ground.roads, ground.plan, ground.table), clock, Streets(ground.roads, ground.timing), play).run(stopped, progress)
    with tempfile.TemporaryDirectory(prefix="tocsin-sim-") as spare, build(
            folder or Path(spare), ground.city, ground.timing, ground.plan, ground.table, clock) as house:
        return Simulation(HouseFloor(house), clock, Streets(ground.roads, ground.timing), play).run(stopped, progress)


def replications(ground: Ground, out: Path | None, stopped: Event, progress: Progress) -> list[Outcome]:
    """Every replication that is asked for, in order; those that `out` holds already are not played again. Fewer where it was stopped.

    Impossible where the scenario cannot be, before anything is played.
    """
    of = fingerprint(ground)
    found: list[Outcome] = []
    for number in range(ground.scenario.replications):
        kept = None if out is None else _kept(_file(out, number), of)
        if kept is None:
            play = ground.play(number)
            if not found:
                reasons = cannot(ground, play)
                if reasons:
                    raise Impossible(reasons)
            kept = play_once(ground, play, stopped, partial(_told, progress, number, play))
            if kept is None:
                return found
            if out is not None:
                _keep(_file(out, number), Kept(format=FORMAT, of=of, replication=number, outcome=kept))
        progress(number, 1.0)
        found.append(kept)
    return found


def _told(progress: Progress, number: int, play: Play, at: Instant) -> None:
    progress(number, (at - play.begin) / max(1, play.until - play.begin))


def _file(out: Path, number: int) -> Path:
    return out / f"replication-{number:04d}.json"


def _kept(path: Path, of: str) -> Outcome | None:
    """A replication that was played before; None where there is none, or it was one of something else."""
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=Kept)
    except (OSError, msgspec.DecodeError):
        return None
    return kept.outcome if (kept.format, kept.of) == (FORMAT, of) else None


def _keep(path: Path, kept: Kept) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".part")
    fresh.write_bytes(msgspec.json.encode(kept) + b"\n")
    fresh.replace(path)


