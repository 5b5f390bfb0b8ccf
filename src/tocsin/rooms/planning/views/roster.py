"""Which units were on duty when in the last weeks, and from that the fleet as it is: each unit's waiting place and its hours of the day."""

from collections.abc import Mapping
from datetime import timedelta, tzinfo

from tocsin.facts.fleet import ShiftEnded, ShiftStarted
from tocsin.facts.planning import Post
from tocsin.kernel import Instant, Kept, Picture, Row, from_instant, instant

_SECOND = 1_000_000
_DAY_US = 86_400 * _SECOND
DAYS = 7
"""The fleet is that of the last week."""
_KEPT_US = 28 * _DAY_US
_MOST_SPANS = 60


class RosterRow(Row, frozen=True, kw_only=True, tag="roster"):
    """A unit with its last shifts, (on, off); off is 0 while it lasts. The place is that of its last shift."""

    unit_kind: str
    station: str
    lon: float
    lat: float
    spans: tuple[tuple[Instant, Instant], ...]


class Roster(Picture):
    """Our own units by callsign; one that has not been on duty for four weeks leaves within a day. Nothing of a crew is read."""

    name = "roster"
    row_type = RosterRow
    inner = True

    def fold(self, kept: Kept) -> tuple[str, ...]:
        fact, at = kept.fact, kept.entry.happened_at
        if isinstance(fact, ShiftStarted) and not fact.lender:
            row = self.rows.get(fact.unit)
            spans = row.spans if isinstance(row, RosterRow) else ()
            self.rows[fact.unit] = RosterRow(id=fact.unit, unit_kind=fact.unit_kind, station=fact.station, lon=fact.home.lon, lat=fact.home.lat,
                                             spans=(*spans, (at, 0))[-_MOST_SPANS:])
            return (fact.unit, *self._left(at))
        if isinstance(fact, ShiftEnded):
            row = self.rows.get(fact.unit)
            if isinstance(row, RosterRow) and row.spans[-1][1] == 0:
                ended = (*row.spans[:-1], (row.spans[-1][0], max(at, row.spans[-1][0] + 1)))
                self.rows[fact.unit] = RosterRow(id=row.id, unit_kind=row.unit_kind, station=row.station, lon=row.lon, lat=row.lat, spans=ended)
                return (fact.unit,)
        return ()

    def _left(self, at: Instant) -> list[str]:
        """Those who leave; looked for once a day of the record, since to look at all of a large fleet with each shift would cost its square."""
        if at - self.memo.get("looked", 0) < _DAY_US:
            return []
        self.memo["looked"] = at
        gone = [unit for unit, one in self.rows.items() if isinstance(one, RosterRow) and 0 < one.spans[-1][1] < at - _KEPT_US]
        for unit in gone:
            del self.rows[unit]
        return gone


def fleet_of(rows: Mapping[str, Row], now: Instant, zone: tzinfo) -> tuple[Post, ...]:
    """The fleet of the last week: each unit for the hours of the day at which it was on duty on half or more of the days that are known.

    Until a whole day is known, the fleet is who is on duty now, all day. A unit with hours apart has a post for each.
    """
    known = [row for row in rows.values() if isinstance(row, RosterRow)]
    first = min((row.spans[0][0] for row in known), default=now)
    hours = _halves(max(first, now - DAYS * _DAY_US), now, zone) if now - first >= _DAY_US else [[]] * 24
    found: list[Post] = []
    for row in sorted(known, key=lambda row: row.id):
        on_now = row.spans[-1][1] == 0
        on = [sum(_on(row, at) for at in hours[hour]) * 2 >= len(hours[hour]) if hours[hour] else on_now for hour in range(24)]
        found += [Post(unit=row.id, unit_kind=row.unit_kind, lon=row.lon, lat=row.lat, station=row.station, from_h=float(begin), to_h=float(end))
                  for begin, end in _stretches(on)]
    return tuple(found)


def _halves(since: Instant, now: Instant, zone: tzinfo) -> list[list[Instant]]:
    """By hour of the local day: the middle of that hour on each day between two instants."""
    found: list[list[Instant]] = [[] for _ in range(24)]
    at = from_instant(since).astimezone(zone).replace(minute=30, second=0, microsecond=0)
    end = from_instant(now)
    while at <= end:
        if instant(at) >= since:
            found[at.astimezone(zone).hour].append(instant(at))
        at = (at.astimezone(end.tzinfo) + timedelta(hours=1)).astimezone(zone)
    return found


def _on(row: RosterRow, at: Instant) -> bool:
    return any(begin <= at and (end == 0 or at < end) for begin, end in row.spans)


def _stretches(on: list[bool]) -> list[tuple[int, int]]:
    """Hours of a day that hang together, as (from, to); one over midnight has the greater number first, a whole day is (0, 24)."""
    if all(on):
        return [(0, 24)]
    begins = [hour for hour in range(24) if on[hour] and not on[hour - 1]]
    return [(begin, next(hour % 24 or 24 for hour in range(begin + 1, begin + 25) if not on[hour % 24])) for begin in begins]
