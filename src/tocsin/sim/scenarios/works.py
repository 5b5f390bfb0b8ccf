"""What a unit does at a call, in seconds: as one past run shows it, and how such works are drawn for the units of a new call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np

from tocsin.city.record import PastCall, Run
from tocsin.sim import profile
from tocsin.sim.clock import SECOND
from tocsin.sim.crews import draw
from tocsin.sim.profile import KINDS, OTHER

K = TypeVar("K")
V = TypeVar("V")

FEWEST = 12
"""So many past calls of the same sort must there be, or one of a wider sort is drawn."""


@dataclass(frozen=True, slots=True)
class Work:
    """One unit's part in a call. A unit that never arrives is called off `free_s` after it was sent; one that does stays `scene_s`, and
    where it takes a patient drives `transport_s` (-1: it takes nobody) and is `hospital_s` there until it is free.
    `whole_s`, where it is not negative, is all of its time from being sent to being free, however long the way was.
    """

    arrives: bool
    free_s: float = 0.0
    scene_s: float = 0.0
    transport_s: float = -1.0
    hospital_s: float = 0.0
    whole_s: float = -1.0


class Works(Protocol):
    """How long dispatchers and crews take, drawn with the chance that is handed in."""

    def delay_s(self, kind: str, priority: int, unit_kinds: Sequence[str], rng: np.random.Generator) -> float:
        """From the call's receipt to the first unit being sent."""
        ...

    def together(self, kind: str, priority: int, unit_kinds: Sequence[str], rng: np.random.Generator) -> list[Work]:
        """The works of the units of one call, drawn together."""
        ...

    def turnout_s(self, unit_kind: str, usual_s: float, rng: np.random.Generator, *, priority: int, on_road: bool) -> float:
        """From being sent to driving off, where the calibration says `usual_s`."""
        ...

    def drive_s(self, unit_kind: str, usual_s: float, rng: np.random.Generator, *, priority: int, on_road: bool, shared: float) -> float:
        """From driving off to being there, where the calibration says `usual_s`; `shared` is a standard normal that all drives to one call have."""
        ...


def work_of(run: Run) -> Work | None:
    """A past run as a work; None where it does not say when it began or ended.

    A run without a time at the scene counts as one that never got there, as it does in the record's own response times. Where a
    patient was taken and the arrival at the hospital was not recorded, all of that time counts as the stay.
    """
    if run.dispatch_at is None or run.available_at is None or run.available_at < run.dispatch_at:
        return None
    if run.on_scene_at is None:
        return Work(False, free_s=(run.available_at - run.dispatch_at) / SECOND)
    there = max(run.on_scene_at, run.dispatch_at)
    end = max(run.available_at, there)
    if run.transport_at is None:
        return Work(True, scene_s=(end - there) / SECOND)
    left = min(max(run.transport_at, there), end)
    arrived = min(max(run.hospital_at, left), end) if run.hospital_at is not None else left
    return Work(True, scene_s=(left - there) / SECOND, transport_s=(arrived - left) / SECOND, hospital_s=(end - arrived) / SECOND)


_NEVER = 1 << 62


@dataclass(frozen=True, slots=True)
class _Donor:
    unit_kinds: tuple[str, ...]
    works: tuple[Work, ...]
    delay_s: float


class PastWorks:
    """Works drawn from past calls as they were, with replacement: empirical draws rather than fitted curves.

    All units of a call are drawn from one past call of the same kind, priority and units, since what they do hangs together:
    who is called off, who carries the patient, who waits for whom. Times at the scene have two humps (nothing to do; work to
    do) that no log-normal has. Where fewer than a dozen such calls are known each unit is drawn by itself: of the same kind of
    call, priority and unit, then of the same priority and unit, then of the same unit, then of any.
    """

    def __init__(self, calls: Sequence[PastCall]) -> None:
        self._whole: dict[tuple[str, int, tuple[str, ...]], list[_Donor]] = {}
        self._delays: dict[tuple[str, int, tuple[str, ...]], list[float]] = {}
        self._single: dict[tuple[str, int, str], list[Work]] = {}
        for call in calls:
            self._learn(call)

    def _learn(self, call: PastCall) -> None:
        runs = sorted((run for run in call.runs if run.dispatch_at is not None), key=lambda run: (run.dispatch_at or 0, run.unit))
        if not runs:
            return
        priority = min(max(call.priority, 1), 4)
        delay_s = max(0.0, ((runs[0].dispatch_at or 0) - call.received_at) / SECOND)
        for key in _sorts(call.kind, priority, [run.unit_kind for run in runs]):
            self._delays.setdefault(key, []).append(delay_s)
        works = [work_of(run) for run in runs]
        for run, work in zip(runs, works, strict=True):
            if work is not None:
                for single in ((call.kind, priority, run.unit_kind), ("", priority, run.unit_kind), ("", 0, run.unit_kind), ("", 0, "")):
                    self._single.setdefault(single, []).append(work)
        known = tuple(work for work in works if work is not None)
        if len(known) == len(works):
            # The nearest of a kind is sent first and is first there; who is called off are those behind it.
            order = sorted(range(len(runs)), key=lambda i: (runs[i].unit_kind, runs[i].on_scene_at or _NEVER, i))
            donor = _Donor(tuple(runs[i].unit_kind for i in order), tuple(known[i] for i in order), delay_s)
            self._whole.setdefault((call.kind, priority, donor.unit_kinds), []).append(donor)

    def delay_s(self, kind: str, priority: int, unit_kinds: Sequence[str], rng: np.random.Generator) -> float:
        """A past call's, of the same kind, priority and units where there are enough: who is sent says what sort of call it was."""
        return _pick(self._delays, _sorts(kind, priority, unit_kinds), rng)

    def together(self, kind: str, priority: int, unit_kinds: Sequence[str], rng: np.random.Generator) -> list[Work]:
        """One past call's, for each unit that of the one of its kind that was there as early among those of its kind."""
        order = sorted(range(len(unit_kinds)), key=lambda i: (unit_kinds[i], i))
        donors = self._whole.get((kind, priority, tuple(unit_kinds[i] for i in order)), [])
        if len(donors) >= FEWEST:
            donor = donors[int(rng.integers(len(donors)))]
            return [donor.works[order.index(i)] for i in range(len(unit_kinds))]
        return [_pick(self._single, ((kind, priority, unit), ("", priority, unit), ("", 0, unit), ("", 0, "")), rng) for unit in unit_kinds]


def _sorts(kind: str, priority: int, unit_kinds: Sequence[str]) -> tuple[tuple[str, int, tuple[str, ...]], ...]:
    """The sorts that a call is of, the narrowest first."""
    units = tuple(sorted(unit_kinds))
    return (kind, priority, units), ("", priority, units), (kind, priority, ("*",)), ("", priority, ("*",)), ("", 0, ("*",))


def _pick(pools: Mapping[K, list[V]], keys: Sequence[K], rng: np.random.Generator) -> V:
    pool = next((pools[key] for key in keys[:-1] if len(pools.get(key, ())) >= FEWEST), None) or pools[keys[-1]]
    return pool[int(rng.integers(len(pool)))]


class TableWorks:
    """Works by the tables of the generated day (profile.py), for a city without a record."""

    def delay_s(self, kind: str, priority: int, unit_kinds: Sequence[str], rng: np.random.Generator) -> float:
        """A minute, more or less: an assumption."""
        return float(60.0 * np.exp(0.5 * rng.standard_normal()))

    def together(self, kind: str, priority: int, unit_kinds: Sequence[str], rng: np.random.Generator) -> list[Work]:
        """Every unit arrives; one ambulance at most takes the one patient."""
        family = KINDS.get(kind, OTHER).family
        found, patient = [], family in ("medical", "traffic")
        for unit in unit_kinds:
            if patient and unit in ("medic", "ambulance") and rng.random() < profile.TRANSPORT_SHARE:
                patient = False
                found.append(Work(True, scene_s=draw(profile.BEFORE_TRANSPORT, rng), transport_s=float(600.0 * np.exp(0.4 * rng.standard_normal())),
                                  hospital_s=draw(profile.HANDOVER, rng) + draw(profile.CLEARING, rng)))
            else:
                found.append(Work(True, scene_s=draw(profile.AT_SCENE.get(family, profile.AT_SCENE["order"]), rng)))
        return found

    def turnout_s(self, unit_kind: str, usual_s: float, rng: np.random.Generator, *, priority: int, on_road: bool) -> float:
        """The usual, spread as San Francisco's engines'."""
        return usual_s * draw(profile.TURNOUT, rng)

    def drive_s(self, unit_kind: str, usual_s: float, rng: np.random.Generator, *, priority: int, on_road: bool, shared: float) -> float:
        """The usual, a little spread."""
        return usual_s * draw(profile.PACE, rng)


@dataclass(frozen=True, slots=True)
class ExponentialWorks:
    """A unit is busy for an exponential time of mean `mean_s` from being sent, and drives as the calibration says: queueing theory's world."""

    mean_s: float

    def delay_s(self, kind: str, priority: int, unit_kinds: Sequence[str], rng: np.random.Generator) -> float:
        """None: a call is sent to at once."""
        return 0.0

    def together(self, kind: str, priority: int, unit_kinds: Sequence[str], rng: np.random.Generator) -> list[Work]:
        """Each by itself."""
        return [Work(True, whole_s=float(rng.exponential(self.mean_s))) for _ in unit_kinds]

    def turnout_s(self, unit_kind: str, usual_s: float, rng: np.random.Generator, *, priority: int, on_road: bool) -> float:
        """None."""
        return 0.0

    def drive_s(self, unit_kind: str, usual_s: float, rng: np.random.Generator, *, priority: int, on_road: bool, shared: float) -> float:
        """As the calibration says."""
        return usual_s
