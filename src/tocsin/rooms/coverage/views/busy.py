"""How busy units are, by skill: the seconds on incidents and on duty, day by day, folded from the facts of their shifts."""

from typing import Any

import msgspec

from tocsin.facts.dispatch import UnitAssigned, UnitStoodDown
from tocsin.facts.fleet import ShiftEnded, ShiftStarted, UnitStateChanged
from tocsin.kernel import Fact, Instant, Kept, Picture, Row

_SECOND = 1_000_000
_DAY_US = 86_400 * _SECOND
DAYS = 14
"""The days of UTC, the present one among them, that the busy share is counted over."""


class BusyDay(msgspec.Struct, frozen=True):
    """One day of UTC, by its number since 1970: unit-seconds on duty and in service, and those of them on an incident."""

    day: int
    duty_s: float
    busy_s: float


class BusyRow(Row, frozen=True, kw_only=True, tag="busy"):
    """The units with one skill: how many are in service and on incidents since `at`, and the days before that instant, the newest last."""

    at: Instant
    duty: int = 0
    busy: int = 0
    days: tuple[BusyDay, ...] = ()


class Busy(Picture):
    """How busy the units with each skill are. A unit out of service, or lent to another city, is neither on duty here nor busy.

    Time runs with the facts' own instants and never back: what is entered late, from paper, counts from when it is entered.
    """

    name = "busy"
    row_type = BusyRow
    inner = True

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact = kept.fact
        key = f"{getattr(fact, 'unit', '')}@{getattr(fact, 'shift', '')}"
        was = self.memo.get(key)
        now = _after(was, fact)
        if now == was:
            return ()
        if now is None:
            del self.memo[key]
        else:
            self.memo[key] = now
        skills = [*(was or now or ["", []])[1]]
        before, after = _counts(was), _counts(now)
        for skill in skills:
            row = self.rows.get(skill)
            row = row if isinstance(row, BusyRow) else BusyRow(id=skill, at=kept.entry.happened_at)
            row = until(row, kept.entry.happened_at)
            self.rows[skill] = msgspec.structs.replace(row, duty=row.duty + after[0] - before[0], busy=row.busy + after[1] - before[1])
        return tuple(skills)


def _after(was: list[Any] | None, fact: Fact) -> list[Any] | None:
    """`[how, skills]` after one more fact, `how` being `free`, `busy` or `away`; plain values, since it lies in a snapshot."""
    match fact:
        case ShiftStarted():
            return ["free", list(fact.skills)]
        case ShiftEnded():
            return None
        case UnitAssigned() if was is not None:
            return ["busy", was[1]]
        case UnitStoodDown() if was is not None:
            return ["free", was[1]]
        case UnitStateChanged() if was is not None:
            return ["free" if fact.state == "available" else "away" if fact.state in ("out_of_service", "lent") else "busy", was[1]]
    return was


def _counts(unit: list[Any] | None) -> tuple[int, int]:
    how = "away" if unit is None else unit[0]
    return int(how != "away"), int(how == "busy")


def until(row: BusyRow, at: Instant) -> BusyRow:
    """The row with the time up to an instant counted, the days that are too old left out; the same row for an earlier instant."""
    days = {one.day: one for one in row.days}
    begin = max(row.at, at - (DAYS + 1) * _DAY_US)
    while begin < at:
        day = begin // _DAY_US
        end = min(at, (day + 1) * _DAY_US)
        held, seconds = days.get(day, BusyDay(day, 0.0, 0.0)), (end - begin) / _SECOND
        days[day] = BusyDay(day, held.duty_s + row.duty * seconds, held.busy_s + row.busy * seconds)
        begin = end
    oldest = max(row.at, at) // _DAY_US - DAYS
    return msgspec.structs.replace(row, at=max(row.at, at), days=tuple(days[day] for day in sorted(days) if day > oldest and days[day].duty_s > 0))


def busy_share(row: BusyRow | None, now: Instant, believed: float, believed_h: float) -> tuple[float, float]:
    """The share of its time in service that a unit with this skill is busy, 0 … 1, and the hours of duty that it was counted over.

    What is believed beforehand weighs like so many hours of duty, so that a first quiet hour does not say that nobody is ever busy.
    """
    days = () if row is None else until(row, now).days
    duty_h, busy_h = sum(one.duty_s for one in days) / 3_600, sum(one.busy_s for one in days) / 3_600
    return (busy_h + believed * believed_h) / (duty_h + believed_h), duty_h
