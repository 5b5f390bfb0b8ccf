"""The regional picture: incidents by priority, units by city and state, help under way, and which cities answer."""

from collections import Counter
from collections.abc import Mapping
from threading import Lock

import msgspec

from tocsin.edges.region.rows import Aid, Change, Incident, Loan, Taken, Unit
from tocsin.edges.region.table import UNNAMED, Says
from tocsin.kernel import Clock, Instant, View, Words

MOST_INCIDENTS = 500


class CityLine(View, frozen=True, kw_only=True):
    """One city: whether it answers, since when it does or does not, and its units by state."""

    code: str
    says: Words
    answers: bool
    since: Instant
    heard_at: Instant
    """The city's own time of what is shown; 0 where nothing was ever heard."""
    incidents: int
    units: dict[str, int]


class IncidentLine(View, frozen=True, kw_only=True):
    """An open incident of a city, and how many units of which other cities are on it."""

    city: str
    incident: Incident
    borrowed: dict[str, int]


class AidLine(View, frozen=True, kw_only=True):
    """What one city asks of another, as the asking city has it."""

    city: str
    aid: Aid


class LoanLine(View, frozen=True, kw_only=True):
    """A unit that works in another city, as its own city has it."""

    city: str
    loan: Loan


class RegionView(View, frozen=True, kw_only=True):
    """The whole picture; what a city that does not answer last said stands in it, and its line says how old that is."""

    at: Instant
    cities: tuple[CityLine, ...]
    incidents: tuple[IncidentLine, ...]
    aid: tuple[AidLine, ...]
    loans: tuple[LoanLine, ...]
    kinds: dict[str, Words]
    """Kinds of incident in the region's own words, by code; and skills."""
    skills: dict[str, Words]


class _City:
    def __init__(self, says: Words, at: Instant) -> None:
        self.says, self.answers, self.since, self.heard_at, self.cursor = says, False, at, 0, ""
        self.rows: dict[tuple[str, str], Taken] = {}


class Region:
    """Rows by city. Followers write, anybody reads, under one short lock."""

    def __init__(self, cities: Mapping[str, Words], clock: Clock, says: Says = UNNAMED) -> None:
        self._clock, self._lock, self._says = clock, Lock(), says
        self._cities = {code: _City(says, clock.now()) for code, says in cities.items()}

    def cursor(self, code: str) -> str:
        """From where a city's stream goes on; empty where it begins."""
        return self._cities[code].cursor

    def took(self, code: str, change: Change) -> None:
        """Take in one frame of a city."""
        with self._lock:
            city = self._cities[code]
            if change.whole:
                city.rows = {}
            for key in change.gone:
                city.rows.pop(key, None)
            city.rows.update(change.rows)
            city.cursor, city.heard_at = change.cursor, change.at

    def answers(self, code: str, does: bool) -> None:
        """Whether a city answers, from now on."""
        with self._lock:
            city = self._cities[code]
            if city.answers != does:
                city.answers, city.since = does, self._clock.now()

    def seen(self) -> RegionView:
        """The picture as it is now: the most pressing first, then the oldest."""
        with self._lock:
            held = {code: (city, tuple(city.rows.values())) for code, city in self._cities.items()}
            cities = tuple(_line(code, city, rows) for code, (city, rows) in held.items())
        incidents, aid, loans = [], [], []
        for code, (_, rows) in held.items():
            lenders = {row.id: row.lender for row in rows if isinstance(row, Unit) and row.lender}
            for row in rows:
                match row:
                    case Incident():
                        of = Counter(lenders[unit] for unit in row.units if unit in lenders)
                        incidents.append(IncidentLine(city=code, incident=row, borrowed=dict(of)))
                    case Aid(ours=True):
                        aid.append(AidLine(city=code, aid=row))
                    case Loan(borrowed=False):
                        loans.append(LoanLine(city=code, loan=row))
        incidents.sort(key=lambda one: (one.incident.priority, one.incident.called_at, one.city))
        return RegionView(at=self._clock.now(), cities=cities, incidents=tuple(incidents[:MOST_INCIDENTS]),
                          aid=tuple(sorted(aid, key=lambda one: (one.aid.priority, one.aid.since))), loans=tuple(sorted(loans, key=lambda one: (one.city, one.loan.id))), kinds=self._says.kinds, skills=self._says.skills)


def _line(code: str, city: _City, rows: tuple[Taken, ...]) -> CityLine:
    # A borrowed unit is counted at home alone, where it stands as lent: no unit is in two cities' numbers.
    units = Counter(row.state for row in rows if isinstance(row, Unit) and not row.lender)
    return CityLine(code=code, says=city.says, answers=city.answers, since=city.since, heard_at=city.heard_at,
                    incidents=sum(isinstance(row, Incident) for row in rows), units=dict(sorted(units.items())))


def encoded(view: RegionView) -> bytes:
    """The picture as JSON."""
    return msgspec.json.encode(view)
