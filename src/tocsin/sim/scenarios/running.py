"""A scenario's replications, one after another or side by side; what was played is kept, so that a run can be stopped and gone on with."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from threading import Event

import msgspec

from tocsin.kernel import Refused
from tocsin.sim.scenarios.outcome import Outcome
from tocsin.sim.scenarios.playing import On, play_number, source
from tocsin.sim.scenarios.preparing import Ground, cannot
from tocsin.sim.scenarios.spread import Told, over_dask, over_processes

FORMAT = 2

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


def fingerprint(ground: Ground, on: On = "house") -> str:
    """A hash over everything that the outcome of a replication turns on, the program's own source included."""
    taught = ground.taught.calls if ground.taught is not None else ()  # a stretch of the record: its ends say which
    parts = (source(), FORMAT, on, msgspec.to_builtins(msgspec.structs.replace(ground.scenario, replications=1)), ground.city.version,
             ground.timing.version, ground.record.sha256 if ground.record is not None else "", (len(taught), taught[0].call, taught[-1].call) if taught else (),
             ground.plan.version, msgspec.to_builtins(ground.plan), msgspec.to_builtins(ground.table))
    return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()


def replications(ground: Ground, out: Path | None, stopped: Event, progress: Progress, *, on: On = "house", workers: int = 1, dask: str = "") -> list[Outcome]:
    """Every replication that is asked for, in order; those that `out` holds already are not played again. Fewer where it was stopped.

    They are played one after another, in so many processes of this machine, or on the Dask cluster whose scheduler is at `dask`: the
    same, bit for bit. Impossible where the scenario cannot be, before anything is played.
    """
    of = fingerprint(ground, on)
    found: dict[int, Outcome] = {}
    for number in range(ground.scenario.replications):
        kept = None if out is None else _kept(_file(out, number), of)
        if kept is not None:
            found[number] = kept
            progress(number, 1.0)
    missing = [number for number in range(ground.scenario.replications) if number not in found]
    if missing and not found:
        reasons = cannot(ground, ground.play(missing[0]))
        if reasons:
            raise Impossible(reasons)
    for one in _played(ground, missing, stopped, progress, on, workers, dask):
        if one.outcome is not None:
            found[one.number] = one.outcome
            if out is not None:
                _keep(_file(out, one.number), Kept(format=FORMAT, of=of, replication=one.number, outcome=one.outcome))
        progress(one.number, one.part)
    return [found[number] for number in sorted(found)]


def _played(ground: Ground, missing: Sequence[int], stopped: Event, progress: Progress, on: On, workers: int, dask: str) -> Iterator[Told]:
    if dask and missing:
        yield from over_dask(ground, missing, on, dask, stopped)
    elif workers > 1 and len(missing) > 1:
        yield from over_processes(ground, missing, on, workers, stopped)
    else:
        for number in missing:
            outcome = play_number(ground, number, on, stopped, partial(progress, number))
            if outcome is None:
                return
            yield Told(number, 1.0, outcome)


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
