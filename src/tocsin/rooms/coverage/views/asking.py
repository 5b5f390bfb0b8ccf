"""A floor as a policy of waiting sees it: who is free and where each waits, where each might go, what each cell counts; and what the policy then says."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from tocsin.engines.standby import Aim, Budget, Ground, Seen, Tuning, policy, suggest
from tocsin.facts.calls import Place
from tocsin.facts.fleet import Standby
from tocsin.kernel import Instant
from tocsin.rooms.coverage.model import StandbyTable, lately
from tocsin.rooms.coverage.views.cover import Ground as Streets
from tocsin.rooms.coverage.views.cover import Standing
from tocsin.rooms.coverage.views.standbys import StandbyRow

_SECOND = 1_000_000
_AWAY = ("available", "out_of_service", "lent")
"""States of a unit that serves nobody; who is available and not known to be anywhere is neither free nor busy."""
NEED_TUNED = ("outlook",)
"""Policies that are nothing without a study's numbers."""


class OnDuty(Protocol):
    """A unit's row as the fleet has it; only what standing by turns on."""

    id: str
    shift: str
    unit_kind: str
    skills: tuple[str, ...]
    station: str
    home: Place
    lender: str
    standby: Standby | None


class Spot(NamedTuple):
    """A place where units wait: its name, where it is, and whose station it is; empty: a post."""

    name: str
    place: Place
    station: str

    @property
    def at(self) -> tuple[float, float]:
        return self.place.lon, self.place.lat


class Asked(NamedTuple):
    """What one answer is computed by: closures, the hour of the week, the target, what each cell counts, and the busy share."""

    closed: tuple[int, ...]
    hour: int
    within_s: int
    weight: Any
    busy: float


class Floor:
    """The units with one skill: the free ones first, each with the place where it waits or drives to; the places, and every time from these to the cells."""

    def __init__(self, ground: Streets, table: StandbyTable, units: Sequence[Standing], free: Sequence[Standing], rows: Mapping[str, OnDuty], skill: str, asked: Asked,
                 cells_s: Callable[..., Any]) -> None:
        self.ground, self.table, self.free, self.asked = ground, table, free, asked
        self.rows = [rows[one.unit] for one in free]
        self.busy = [one for one in units if one.unit in rows and skill in one.skills and one.state not in _AWAY and not one.lender]
        self.busy_rows = [rows[one.unit] for one in self.busy]
        able = [row for row in rows.values() if skill in row.skills and not row.lender]
        stations = {spot.name: spot for spot in map(station_of, able)}
        posts = [Spot(post.name, Place(lon=post.lon, lat=post.lat, text=post.name, source="post"), "") for post in table.posts
                 if not post.skills or skill in post.skills]
        self.places = [*posts, *stations.values()]
        self.waits = [_waits(one, row) for one, row in zip(free, self.rows, strict=True)]
        first: dict[tuple[float, float], Spot] = {}
        for spot in (*self.places, *self.waits):
            first.setdefault(spot.at, spot)
        self.spots, self.row_of = list(first.values()), {at: row for row, at in enumerate(first)}
        self.drive_s = cells_s(tuple(first), asked.closed, asked.hour)
        self.way = [self.row_of[spot.at] for spot in self.waits]
        self.waits_s = np.array([self.from_s(k, self.waits[k]) for k in range(len(free))], np.float32).reshape(len(free), len(asked.weight))
        self.alike = Counter((row.unit_kind, row.station) for row in able or self.rows)

    def from_s(self, k: int, spot: Spot) -> Any:
        """Seconds float[c] from being sent until a unit that waits there could be in each cell."""
        row = self.rows[k]
        return self.drive_s[self.row_of[spot.at]] + np.float32(self.ground.added_s(row.unit_kind, spot.station or row.station, self.asked.hour, not spot.station))

    def _reach_s(self) -> Any:
        """float32[s, c]: the same for a unit of this skill, as they are on average; a policy takes them to be alike."""
        added, whole = self.ground.added_s, self.alike.total()
        beside = [sum(count * added(kind, spot.station or station, self.asked.hour, not spot.station) for (kind, station), count in self.alike.items()) / whole
                  for spot in self.spots]
        return np.ascontiguousarray(self.drive_s + np.array(beside, np.float32)[:, None], np.float32)

    def _ways_s(self) -> Any:
        """float32[s, k]: seconds without lights from where each free unit is to each place."""
        points = [(one.lon, one.lat, np.nan if one.heading_deg is None else one.heading_deg) for one in self.free]
        lon, lat, heading = np.array(points + [(*spot.at, np.nan) for spot in self.spots], float).T
        arcs, alongs, directed = self.ground.spots(lon, lat, heading, lights=False)
        k = len(self.free)
        return np.ascontiguousarray(self.ground.between_s(arcs[:k], alongs[:k], directed[:k], (arcs[k:], alongs[k:]), lights=False, hour=self.asked.hour,
                                                          closed=self.asked.closed).T)

    def asking(self, said: Mapping[str, StandbyRow], now: Instant) -> Iterator[tuple[int, Spot, int]]:
        """The moves that the table's policy asks for, each judged alone, at most one for a unit: a free unit, its goal, and how often it was moved lately.

        Nobody is asked to go where the table bars it: too far, declined lately, moved too often, or lent; home is never barred by moves.
        """
        table, tuned, units, k = self.table, self.table.tuned, [*self.free, *self.busy], len(self.free)
        if not k or table.policy in ("nearest", "preparedness") or (tuned is None and table.policy in NEED_TUNED):
            return
        ways_s = self._ways_s()
        made = [_made(row, said, now) for row in self.rows]
        home = np.array([self._home(row, at) for row, at in zip(self.rows + self.busy_rows, [*self.way, *[-1] * len(self.busy)], strict=True)], np.int32)
        allowed = [dict(self._allowed(i, made[i], said, now)) for i in range(k)]
        for i in range(k):
            barred = [row for row in range(len(self.spots)) if row != self.way[i] and (row not in allowed[i] or ways_s[row, i] > table.most_drive_s)]
            ways_s[barred, i] = np.inf
        numbers = Tuning(busy=self.asked.busy, price=table.least_gain, horizon_s=float(table.most_drive_s) if table.policy == "table" else 1.0, budget=Budget(-1))
        if tuned is not None and table.policy in ("marginal", "outlook"):
            numbers = numbers._replace(horizon_s=tuned.horizon_s, soon=tuned.soon, near=tuned.near, tail=tuned.tail, thin=tuned.thin, rise=tuned.rise, per_s=tuned.per_s)
        share = np.asarray(self.asked.weight, np.float64)
        asked = policy(table.policy, Ground(self._reach_s(), share / share.sum(), (Aim(float(self.asked.within_s), 1.0),), len(units)), numbers)
        near = [one.state in table.nearly_free for one in units]
        seen = Seen(np.array([i < k for i in range(len(units))], np.uint8), np.array([*self.way, *home[k:]], np.int32), np.array([min(i, k - 1) for i in range(len(units))], np.int32),
                    np.zeros(len(units)), np.array([i < k and bool(allowed[i]) for i in range(len(units))], np.uint8), np.array(near, np.uint8),
                    np.array([min(1.0, one / max(1, table.most_moves)) for one in made] + [0.0] * len(self.busy)))
        freed = [i for i in range(k) if seen.may[i] and self.rows[i].standby is None and not self.free[i].at_home] if table.policy == "dmexclp" else [-1]
        for one in freed:
            while (told := suggest(asked, ways_s, home, seen, one, self.asked.busy)) is not None:
                i, row = told
                yield i, allowed[i][row], made[i]
                seen.may[i] = 0

    def _allowed(self, k: int, made: int, said: Mapping[str, StandbyRow], now: Instant) -> Iterator[tuple[int, Spot]]:
        """The places to which a free unit may be sent, by their rows; of two on one spot its own station."""
        row, own = self.rows[k], station_of(self.rows[k])
        if row.lender:
            return
        for spot in (*self.places, own):
            home = spot.station != "" and spot.name == own.name
            barred = row.standby is None if home else made >= self.table.most_moves or (spot.station != "" and not self.table.stations)
            if not barred and self.row_of.get(spot.at, -1) not in (-1, self.way[k]) and not _declined(said.get(row.id), row, spot.name, now, self.table):
                yield self.row_of[spot.at], spot

    def _home(self, row: OnDuty, otherwise: int) -> int:
        """The row of a unit's own station; where it has none here, of where it waits."""
        return self.row_of.get(station_of(row).at, otherwise)


def station_of(row: OnDuty) -> Spot:
    """A unit's own station; one without a name is called by the unit."""
    return Spot(row.station or row.id, row.home, row.station or row.id)


def _waits(one: Standing, row: OnDuty) -> Spot:
    """Where a free unit waits or drives to. A borrowed one has no station here: it counts where it is."""
    if row.standby is not None:
        return Spot(row.standby.name, row.standby.place, "")
    return Spot(row.id, Place(lon=one.lon, lat=one.lat), "") if row.lender else station_of(row)


def _made(row: OnDuty, said: Mapping[str, StandbyRow], now: Instant) -> int:
    was = said.get(row.id)
    return lately(was.ordered, now) if was is not None and was.shift == row.shift else 0


def _declined(was: StandbyRow | None, row: OnDuty, post: str, now: Instant, table: StandbyTable) -> bool:
    return was is not None and was.shift == row.shift and post in was.declined and now - was.declined[post] < table.declined_s * _SECOND
