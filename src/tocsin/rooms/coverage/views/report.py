"""What came of the moves: how many, by day and by unit, how far, why not, and how much sooner help came from a post than it would have from the station."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from statistics import median
from typing import Any

import numpy as np

from tocsin.facts.calls import Place
from tocsin.facts.coverage import Figured, MoveDeclined, StandbyEnded, StandbyFact, StandbyOrdered
from tocsin.facts.dispatch import IncidentOpened, UnitAssigned
from tocsin.facts.fleet import UnitNow, unit_after
from tocsin.kernel import Instant, Kept, Refused, Sight, View
from tocsin.rooms.coverage.commands import ReadMoveReport, day_of
from tocsin.rooms.coverage.model import OVER_H
from tocsin.rooms.coverage.views.cover import Ground

_SECOND = 1_000_000
_DAY_US = 86_400 * _SECOND
MOST_DAYS = 31
_PRESSING = 2
"""Up to this priority a unit drives with lights."""


class MoveLine(View, frozen=True, kw_only=True):
    """One day's moves, or one unit's (`of`). `dist_m` sums the ways as they were forecast, of the `measured` moves that had one.

    `served` calls found the unit at its post; of those with a time both ways (`compared`) the unit was due `sooner_s` sooner in the middle than
    from its own station, below 0 where later, and `later` of them later. `on_way` calls found it still driving there, and are not compared.
    """

    of: str
    moves: int = 0
    overridden: int = 0
    measured: int = 0
    dist_m: int = 0
    declined: int = 0
    sent_home: int = 0
    most_in_12h: int = 0
    served: int = 0
    on_way: int = 0
    compared: int = 0
    sooner_s: int | None = None
    later: int = 0


class MoveReport(View, frozen=True, kw_only=True):
    """What came of moves between two instants, whole days of UTC. Suggestions that nobody took or declined are not kept, so they are not counted.

    Times are by this house's roads at the hour of the sending, with nothing shut.
    """

    since: Instant
    until: Instant
    whole: MoveLine
    days: tuple[MoveLine, ...]
    units: tuple[MoveLine, ...]
    declined: dict[str, int]


class _Tally:
    """The counting of one line."""

    def __init__(self) -> None:
        self.counts, self.sooner_s, self.at = Counter[str](), list[int](), defaultdict[str, list[Instant]](list)

    def line(self, of: str) -> MoveLine:
        most = max((_most_within(sorted(times)) for times in self.at.values()), default=0)
        return MoveLine(of=of, **self.counts, most_in_12h=most, compared=len(self.sooner_s), later=sum(1 for one in self.sooner_s if one < 0),
                        sooner_s=round(median(self.sooner_s)) if self.sooner_s else None)


def read_report(ground: Ground, ask: ReadMoveReport, sight: Sight) -> MoveReport:
    """The report, read from the histories of its days and of the shifts that were moved in them."""
    if not 0 <= ask.until - ask.since <= MOST_DAYS * _DAY_US:
        raise Refused("span_too_long", f"A report of moves covers {MOST_DAYS} days at most, the first before the last.", f"调动报告最多涵盖 {MOST_DAYS} 天，且起始须早于结束。",
                      field="until", status=422)
    first, last = ask.since // _DAY_US, ask.until // _DAY_US
    tags = [f"moves:{day_of(day * _DAY_US)}" for day in range(first, last + 1)]
    kept = [one for one in sight.history(*tags) if isinstance(one.fact, StandbyFact)]
    tallies: dict[tuple[str, str], _Tally] = defaultdict(_Tally)
    reasons = Counter[str]()
    for one in kept:
        fact = one.fact
        assert isinstance(fact, StandbyFact)
        _count((tallies["whole", ""], tallies["day", fact.day], tallies["unit", fact.unit]), one, fact)
        if isinstance(fact, MoveDeclined):
            reasons[fact.reason] += 1
    shifts = sorted({(one.fact.unit, one.fact.shift) for one in kept if isinstance(one.fact, StandbyOrdered)})
    for unit, shift in shifts:
        for at, order, came in _served(ground, sight.history(f"unit:{unit}@{shift}"), sight):
            if first <= at // _DAY_US <= last:
                for tally in (tallies["whole", ""], tallies["day", day_of(at)], tallies["unit", unit]):
                    tally.counts["on_way" if order else "served"] += 1
                    tally.sooner_s += [] if order or came is None else [came]
    lines = {what: tuple(tally.line(of) for (kind, of), tally in sorted(tallies.items()) if kind == what) for what in ("day", "unit")}
    return MoveReport(since=ask.since, until=ask.until, whole=tallies["whole", ""].line(""), days=lines["day"], units=lines["unit"], declined=dict(reasons.most_common()))


def _count(tallies: Iterable[_Tally], kept: Kept, fact: StandbyFact) -> None:
    for tally in tallies:
        match fact:
            case StandbyOrdered():
                tally.counts["moves"] += 1
                tally.counts["overridden"] += fact.override != ""
                tally.at[f"{fact.unit}@{fact.shift}"].append(kept.entry.happened_at)
            case MoveDeclined():
                tally.counts["declined"] += 1
            case StandbyEnded():
                tally.counts["sent_home"] += 1
        if isinstance(fact, Figured) and not isinstance(fact, MoveDeclined) and fact.dist_m >= 0:
            tally.counts["measured"] += 1
            tally.counts["dist_m"] += fact.dist_m


def _most_within(times: list[Instant]) -> int:
    """The most of these in order that lie within the hours over which moves are counted."""
    return max((sum(1 for other in times if 0 <= at - other < OVER_H * 3_600 * _SECOND) for at in times), default=0)


def _served(ground: Ground, history: Iterable[Kept], sight: Sight) -> Iterable[tuple[Instant, bool, int | None]]:
    """Each sending of a unit that was told to wait: when, whether it was still driving to its post, and by how much sooner it was due from there."""
    unit: UnitNow | None = None
    ordered: tuple[Instant, StandbyOrdered] | None = None
    for kept in history:
        fact, at = kept.fact, kept.entry.happened_at
        if isinstance(fact, UnitAssigned) and unit is not None and unit.standby is not None and ordered is not None:
            on_way = at - ordered[0] < max(0, ordered[1].drive_s) * _SECOND
            yield at, on_way, None if on_way else _sooner_s(ground, unit, unit.standby.place, _opened(sight, fact.incident), at)
        if isinstance(fact, StandbyOrdered):
            ordered = (at, fact)
        unit = unit_after(unit, fact)


def _opened(sight: Sight, incident: str) -> IncidentOpened | None:
    return next((kept.fact for kept in sight.history(f"incident:{incident}") if isinstance(kept.fact, IncidentOpened)), None)


def _sooner_s(ground: Ground, unit: UnitNow, post: Place, incident: IncidentOpened | None, at: Instant) -> int | None:
    """Seconds by which the unit was due sooner from its post than from its station; None where either has no way."""
    if incident is None:
        return None
    hour, lights = ground.hour_of_week(at), incident.priority <= _PRESSING
    places = (post, unit.home, incident.place)
    arcs, alongs, directed = ground.spots(np.array([one.lon for one in places]), np.array([one.lat for one in places]), np.full(3, np.nan), lights=lights)
    drive: Any = ground.drive_s(arcs[:2], alongs[:2], directed[:2], (int(arcs[2]), float(alongs[2])), lights=lights, hour=hour, closed=())
    there, home = (float(drive[i]) + ground.added_s(unit.unit_kind, unit.station, hour, on_road) for i, on_road in enumerate((True, False)))
    return round(home - there) if np.isfinite(there) and np.isfinite(home) else None
