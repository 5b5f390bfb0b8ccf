"""The calls of a play: replayed from a record, drawn from it with replacement, or generated; each with the units it had sent to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from tocsin.city.record import PastCall, Record
from tocsin.facts.calls import Place
from tocsin.kernel import Instant, from_instant, instant
from tocsin.sim.clock import SECOND
from tocsin.sim.demand import HOUR, Call

DAY: Instant = 86_400 * SECOND
APART: Instant = 1800 * SECOND
"""How far at most the copy of a call is moved from it, where a factor makes more of them."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One unit that the record sent: its kind, and how many seconds after the first one."""

    unit_kind: str
    after_s: float


@dataclass(frozen=True, slots=True)
class Asked:
    """One call of a play. `sends` is empty where no record says who went."""

    at: Instant
    place: Place
    kind: str
    priority: int
    sends: tuple[Sending, ...] = ()


def local_midnight(at: Instant, zone: ZoneInfo) -> Instant:
    """The local midnight before an instant."""
    return instant(from_instant(at).astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0))


def local_instant(at: datetime, zone: ZoneInfo) -> Instant:
    """A local time without a zone as an instant."""
    return instant(at.replace(tzinfo=zone))


def part_of(record: Record, begin: Instant, end: Instant) -> Record:
    """The record of the calls that were received from `begin` on and before `end`."""
    return msgspec.structs.replace(record, calls=tuple(call for call in record.calls if begin <= call.received_at < end))


def asked(call: PastCall, at: Instant) -> Asked | None:
    """A call of the record as it is asked at `at`; None for one whose place is not known."""
    if call.lon is None or call.lat is None:
        return None
    sent = sorted((run.dispatch_at, run.unit_kind) for run in call.runs if run.dispatch_at is not None)
    return Asked(at, Place(lon=call.lon, lat=call.lat, text=call.address, source="record"), call.kind, min(max(call.priority, 1), 4),
                 tuple(Sending(kind, (when - sent[0][0]) / SECOND) for when, kind in sent))


def replayed(record: Record, begin: Instant, end: Instant, factor: float, rng: np.random.Generator) -> list[Asked]:
    """The record's own calls of this time. With a factor each comes so often (a part of a time by chance), copies at most half an hour off."""
    return _placed(((call, call.received_at) for call in record.calls if begin <= call.received_at < end), begin, end, factor, rng)


def by_days(record: Record, begin: Instant, end: Instant, factor: float, rng: np.random.Generator, zone: ZoneInfo) -> list[Asked]:
    """Each day played is a day of the record of the same sort (weekday or weekend; any, where there is none), drawn with replacement."""
    days: dict[bool, list[tuple[Instant, list[PastCall]]]] = {False: [], True: []}
    whole: dict[Instant, list[PastCall]] = {}
    for call in record.calls:
        whole.setdefault(local_midnight(call.received_at, zone), []).append(call)
    for midnight, calls in sorted(whole.items()):
        days[_weekend(midnight, zone)].append((midnight, calls))
    found: list[tuple[PastCall, Instant]] = []
    midnight = local_midnight(begin, zone)
    while midnight < end:
        sort = days[_weekend(midnight, zone)] or days[not _weekend(midnight, zone)]
        drawn, calls = sort[int(rng.integers(len(sort)))]
        found += [(call, midnight + call.received_at - drawn) for call in calls]
        midnight = local_midnight(midnight + DAY + DAY // 4, zone)  # a day of 23 or 25 hours has its own next midnight
    return _placed(found, begin, end, factor, rng)


def by_calls(record: Record, begin: Instant, end: Instant, factor: float, rng: np.random.Generator, zone: ZoneInfo) -> list[Asked]:
    """Each hour has a Poisson number of calls, of the mean of that hour of the week in the record, drawn from that hour's with replacement."""
    pools: dict[int, list[PastCall]] = {}
    seen: dict[int, set[Instant]] = {}
    for call in record.calls:
        pools.setdefault(_hour_of_week(call.received_at, zone), []).append(call)
    first, last = record.calls[0].received_at, record.calls[-1].received_at
    for at in range(first - first % HOUR, last + 1, HOUR):
        seen.setdefault(_hour_of_week(at, zone), set()).add(at)
    found: list[tuple[PastCall, Instant]] = []
    for hour in range(begin - begin % HOUR, end, HOUR):
        week = _hour_of_week(hour, zone)
        pool = pools.get(week, [])
        for _ in range(int(rng.poisson(factor * len(pool) / max(1, len(seen.get(week, ())))))):
            found.append((pool[int(rng.integers(len(pool)))], hour + int(rng.random() * HOUR)))
    return _placed(found, begin, end, 1.0, rng)


def generated(calls: Iterable[Call], begin: Instant, end: Instant) -> list[Asked]:
    """The calls of a generated day, without the words and numbers of their made-up callers."""
    return [Asked(call.at, call.command.place, call.command.kind, call.command.priority or 3) for call in calls if begin <= call.at < end]


def _placed(calls: Iterable[tuple[PastCall, Instant]], begin: Instant, end: Instant, factor: float, rng: np.random.Generator) -> list[Asked]:
    found: list[Asked] = []
    for call, at in calls:
        copies = int(factor) + int(rng.random() < factor - int(factor)) if factor != 1.0 else 1
        for copy in range(copies):
            moved = at if copy == 0 else at + round((2 * rng.random() - 1) * APART)
            one = asked(call, moved)
            if one is not None and begin <= moved < end:
                found.append(one)
    return sorted(found, key=lambda one: one.at)


def _weekend(at: Instant, zone: ZoneInfo) -> bool:
    return (from_instant(at) + timedelta(hours=1)).astimezone(zone).weekday() >= 5


def _hour_of_week(at: Instant, zone: ZoneInfo) -> int:
    local = from_instant(at).astimezone(zone)
    return local.weekday() * 24 + local.hour

