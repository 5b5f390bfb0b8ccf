"""Figures of a floor from its ledger alone, exact and by true times; tools/figures.py computes the same without this code."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from math import ceil
from pathlib import Path

import msgspec

from tocsin.facts.calls import CallTaken
from tocsin.facts.dispatch import IncidentClosed, IncidentOpened, UnitAssigned, UnitStoodDown
from tocsin.facts.fleet import UnitStateChanged
from tocsin.house.envelope import disclose
from tocsin.kernel import Clock, Instant, Kept
from tocsin.ledger import Ledger
from tocsin.ledger.line import decode
from tocsin.ledger.saved import Source

VERSION = "tocsin-1"
_SECOND = 1_000_000


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """Exact percentiles (nearest rank) of an interval in seconds, over `n` samples; None where there is no sample.

    `odd` counts samples left out because the later instant was said to be before the earlier.
    """

    n: int
    odd: int
    p50_s: float | None
    p90_s: float | None
    p95_s: float | None


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What the ledger says of a floor's work. Intervals run between the instants at which things happened, as said.

    `called_to_sent`: from the call to the first unit sent, an incident each. `sent_to_moving`: from being sent to
    driving, a sending each (NFPA 1710: turnout). `sent_to_there`: first unit sent to first unit at the scene, and
    `called_to_there`: call to first unit at the scene, an incident each. `clashes` counts sendings of a unit that was
    on another incident; it is 0 or the ledger is not one that this house kept.
    """

    version: str
    facts: int
    calls: int
    incidents: int
    closed: int
    sendings: int
    stood_down: int
    clashes: int
    called_to_sent: dict[str, Interval]
    sent_to_moving: Interval
    sent_to_there: Interval
    called_to_there: dict[str, Interval]
    kinds: dict[str, int]


def figures(data: Path, clock: Clock, *, name: str) -> Figures:
    """The figures of the records in a folder; raises LedgerFault where it holds none."""
    with Ledger.open(data / "ledger", clock, name=name) as ledger:
        return compute(kept for line in ledger.read() for kept in disclose([line]))


def figures_at(folder: Path, size: int, *, name: str) -> tuple[Figures, bytes]:
    """The figures and the root of the first so many entries of a ledger's folder, which may be in use."""
    with Source.opened(folder, name) as source:
        return compute(kept for line in source.lines(1, size) for kept in disclose([decode(line)])), source.root_at(size)


def compute(history: Iterable[Kept]) -> Figures:
    """The figures of a whole history, in order."""
    kinds = Counter[str]()
    opened: dict[str, IncidentOpened] = {}
    sent: dict[str, list[Instant]] = defaultdict(list)
    there: dict[str, list[Instant]] = defaultdict(list)
    moving: list[Instant] = []
    on: dict[str, tuple[str, Instant]] = {}
    clashes = 0
    for kept in history:
        fact, at = kept.fact, kept.entry.happened_at
        kinds[kept.entry.kind] += 1
        match fact:
            case IncidentOpened():
                opened[fact.incident] = fact
            case UnitAssigned():
                clashes += f"{fact.unit}@{fact.shift}" in on
                on[f"{fact.unit}@{fact.shift}"] = (fact.incident, at)
                sent[fact.incident].append(at)
            case UnitStoodDown():
                on.pop(f"{fact.unit}@{fact.shift}", None)
            case UnitStateChanged():
                who = f"{fact.unit}@{fact.shift}"
                if fact.state == "en_route" and who in on:
                    moving.append(at - on[who][1])
                elif fact.state == "at_scene" and who in on:
                    there[on[who][0]].append(at)
                if fact.state in ("available", "out_of_service"):
                    on.pop(who, None)
    first_sent = {number: min(times) for number, times in sent.items()}
    first_there = {number: min(times) for number, times in there.items()}
    by = {str(level): [number for number, one in opened.items() if one.priority == level] for level in (1, 2, 3, 4)}
    return Figures(
        version=VERSION, facts=kinds.total(), calls=kinds[CallTaken.fact_kind], incidents=len(opened), closed=kinds[IncidentClosed.fact_kind],
        sendings=kinds[UnitAssigned.fact_kind], stood_down=kinds[UnitStoodDown.fact_kind], clashes=clashes,
        called_to_sent={level: _interval([first_sent[n] - opened[n].called_at for n in numbers if n in first_sent]) for level, numbers in by.items()},
        sent_to_moving=_interval(moving),
        sent_to_there=_interval([first_there[n] - first_sent[n] for n in opened if n in first_there]),
        called_to_there={level: _interval([first_there[n] - opened[n].called_at for n in numbers if n in first_there]) for level, numbers in by.items()},
        kinds=dict(sorted(kinds.items())))


def _interval(samples: list[Instant]) -> Interval:
    ordered = sorted(sample for sample in samples if sample >= 0)

    def at(percent: int) -> float | None:
        return round(ordered[ceil(percent * len(ordered) / 100) - 1] / _SECOND, 3) if ordered else None

    return Interval(n=len(ordered), odd=len(samples) - len(ordered), p50_s=at(50), p90_s=at(90), p95_s=at(95))
