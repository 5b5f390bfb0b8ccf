"""How residents' own calls were answered, day by day: how many came and how long each priority waited for the first unit."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from tocsin.engines.demand import began_themselves
from tocsin.facts.calls import RESIDENTS, CallTaken
from tocsin.facts.dispatch import IncidentClosed, IncidentJoined, PriorityChanged
from tocsin.facts.fleet import UnitStateChanged
from tocsin.facts.planning import Between
from tocsin.kernel import Instant, Kept, Picture, Row
from tocsin.rooms.planning.model import WEEKS, PlanningTable

_SECOND = 1_000_000
DAY_US = 86_400 * _SECOND
STEP_S = 10
"""Waits are kept in steps of ten seconds up to two hours; nothing of any single call is."""
_LONGEST_S = 7_200
MOST_DAYS = 400
Floats = npt.NDArray[np.float64]


class ServedRow(Row, frozen=True, kw_only=True, tag="served"):
    """One day of UTC, by its number since 1970: how many calls came; by priority, how many waited so many steps; and the first fact's position."""

    position: int
    calls: int
    waits: dict[str, dict[int, int]]


class Served(Picture):
    """Residents' own calls of the last 400 days. One that was joined to another counts no more; one that staff began never did."""

    name = "served"
    row_type = ServedRow
    inner = True

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact, at = kept.fact, kept.entry.happened_at
        match fact:
            case CallTaken() if fact.channel in RESIDENTS and not began_themselves(fact.kind) and not fact.joins:
                self.memo[fact.call] = [at, fact.priority]
                return self._count(at, 1, "", 0, kept.position)
            case PriorityChanged() if fact.incident in self.memo:
                self.memo[fact.incident] = [self.memo[fact.incident][0], fact.priority]
            case UnitStateChanged() if fact.state == "at_scene" and fact.incident in self.memo:
                called_at, priority = self.memo.pop(fact.incident)
                return self._count(called_at, 0, str(priority), min(max(0, at - called_at) // _SECOND, _LONGEST_S) // STEP_S, kept.position)
            case IncidentJoined() if fact.incident in self.memo:
                return self._count(self.memo.pop(fact.incident)[0], -1, "", 0, kept.position)
            case IncidentClosed():
                self.memo.pop(fact.incident, None)
        return ()

    def _count(self, called_at: Instant, calls: int, priority: str, step: int, position: int) -> tuple[str, ...]:
        day = str(called_at // DAY_US)
        row = self.rows.get(day)
        row = row if isinstance(row, ServedRow) else ServedRow(id=day, position=position, calls=0, waits={})
        waits = row.waits
        if priority:
            mine = waits.get(priority, {})
            waits = {**waits, priority: {**mine, step: mine.get(step, 0) + 1}}
        self.rows[day] = ServedRow(id=day, position=row.position, calls=row.calls + calls, waits=waits)
        old = [other for other in self.rows if int(other) <= int(day) - MOST_DAYS]
        for other in old:
            del self.rows[other]
        return (day, *old)


def days_of(rows: Mapping[str, Row], since: Instant, until: Instant) -> list[ServedRow]:
    """The whole days between two instants, in order."""
    first, last = -(-since // DAY_US), until // DAY_US
    return sorted((row for row in rows.values() if isinstance(row, ServedRow) and first <= int(row.id) < last), key=lambda row: int(row.id))


def past_calls(rows: Mapping[str, Row], now: Instant) -> tuple[int, int]:
    """Residents' own calls of the last weeks, and the whole days from the first of them on."""
    days = days_of(rows, now - WEEKS * 7 * DAY_US, now)
    return sum(row.calls for row in days), (int(days[-1].id) - int(days[0].id) + 1 if days else 0)


def service(days: Sequence[ServedRow], table: PlanningTable) -> tuple[int, Between, Between, Between] | None:
    """How many calls came in these days, and of those that a unit reached the mean, the 90 % point and the share late; None where fewer than two days have any.

    Intervals are those of a ratio over days (Cochran 1977, Sampling Techniques, section 6.3), that of the 90 % point by inverting the share that waited
    longer (Woodruff 1952).
    """
    held = [row for row in days if any(row.waits.values())]
    if len(held) < 2:
        return None
    steps = range(_LONGEST_S // STEP_S + 1)
    counts = np.array([[sum(row.waits[priority].get(step, 0) for priority in row.waits) for step in steps] for row in held], np.float64)
    middle = np.array([(step + 0.5) * STEP_S for step in steps])
    late = np.array([sum(count for priority, waits in row.waits.items() for step, count in waits.items() if step * STEP_S >= table.limit_s(int(priority))) for row in held], np.float64)
    each = counts.sum(axis=1)
    share = _ratio(late, each)
    return (sum(row.calls for row in days), _ratio(counts @ middle, each), _ninety(counts, each),
            Between(value=share.value, low=max(0.0, share.low), high=min(1.0, share.high)))


def _ratio(total: Floats, each: Floats) -> Between:
    value, half = float(total.sum() / each.sum()), _half(total, each)
    return Between(value=value, low=value - half, high=value + half)


def _half(total: Floats, each: Floats) -> float:
    days, ratio = len(each), float(total.sum() / each.sum())
    spread = float(np.sqrt(((total - ratio * each) ** 2).sum() * days / (days - 1)) / each.sum())
    return spread * float(stdtrit(days - 1, 0.975))


def _ninety(counts: Floats, each: Floats) -> Between:
    below = np.cumsum(counts.sum(axis=0)) / each.sum()
    at = int(np.searchsorted(below, 0.9))
    half = _half(np.cumsum(counts, axis=1)[:, at], each)
    low, high = (min(bisect_left(below.tolist(), share), len(below) - 1) for share in (0.9 - half, min(0.9 + half, 1.0)))
    return Between(value=(at + 0.5) * STEP_S, low=(low + 0.5) * STEP_S, high=(high + 0.5) * STEP_S)
