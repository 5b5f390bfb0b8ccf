"""One replication: the scenario's play of that number on a fresh house, or on a floor in arrays that decides as it does."""

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import tocsin
from tocsin.house import build
from tocsin.kernel import Instant
from tocsin.sim.clock import SECOND, StepClock
from tocsin.sim.scenarios.arrays import ArrayFloor
from tocsin.sim.scenarios.floors import HouseFloor
from tocsin.sim.scenarios.outcome import Outcome
from tocsin.sim.scenarios.play import Flag, Play
from tocsin.sim.scenarios.preparing import Ground
from tocsin.sim.scenarios.simulate import Simulation
from tocsin.sim.travel import Streets

On = Literal["house", "arrays"]
"""What is played on: the real house, or arrays that decide as it does."""


def play_once(ground: Ground, play: Play, stopped: Flag | None = None, progress: Callable[[Instant], None] | None = None,
              folder: Path | None = None, *, on: On = "house") -> Outcome | None:
    """Play once, on a fresh house in `folder` (a temporary one, which is thrown away) or in arrays; None where it was stopped."""
    first = min(play.begin, *(duty.on for duty in play.duties), *(call.at for call in play.calls))
    clock, streets = StepClock(first - SECOND), Streets(ground.roads, ground.timing)
    if on == "arrays":
        return Simulation(ArrayFloor(clock, ground.roads, ground.plan, ground.table), clock, streets, play).run(stopped, progress)
    with tempfile.TemporaryDirectory(prefix="tocsin-sim-") as spare, build(
            folder or Path(spare), ground.city, ground.timing, ground.plan, ground.table, clock) as house:
        return Simulation(HouseFloor(house), clock, streets, play).run(stopped, progress)


def play_number(ground: Ground, number: int, on: On, stopped: Flag | None = None, progress: Callable[[float], None] | None = None) -> Outcome | None:
    """Play the replication of this number; `progress` is told how much of it is played, 0 to 1."""
    play = ground.play(number)
    tell = progress if progress is not None else _unheard
    return play_once(ground, play, stopped, lambda at: tell((at - play.begin) / max(1, play.until - play.begin)), on=on)


def source() -> str:
    """A hash of this program's source: between two releases a version says too little."""
    root, hashed = Path(tocsin.__file__).parent, hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        hashed.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return hashed.hexdigest()


def _unheard(part: float) -> None:
    """Nobody listens."""
