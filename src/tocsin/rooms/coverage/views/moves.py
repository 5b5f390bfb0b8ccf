"""What share of the demand is expected to be reached in time now, and the moves that would raise it, each with its gain, its cost and who is left."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, Protocol, cast

import msgspec
import numpy as np

from tocsin.engines.coverage import Worth, expected_share, moves
from tocsin.facts.calls import Place
from tocsin.facts.fleet import Standby
from tocsin.kernel import Instant, Sight, View, Words
from tocsin.rooms.coverage.commands import ReadMoves
from tocsin.rooms.coverage.model import StandbyTable, lately
from tocsin.rooms.coverage.views.busy import BusyRow, busy_share
from tocsin.rooms.coverage.views.calls import CallsRow, calls_by_cell
from tocsin.rooms.coverage.views.cover import FRESH_US, Ground, Standing, able, known_skill, times_s, version
from tocsin.rooms.coverage.views.standbys import StandbyRow

_SECOND = 1_000_000
_MOST_SHOWN = 3
_MOST_TRIED = 24
_HELD_US = 15 * _SECOND


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


class Move(View, frozen=True, kw_only=True):
    """One move, to be taken by a person. `gain` is in shares of the demand; `home` says that the place is the unit's own station.

    `left` is the place that it leaves, where `next_unit` is then the soonest, `next_s` after being sent (empty and -1: nobody). `won` and `lost` are
    the cells that it reaches in time there and not here, and here and not there; `worst` is the cell that loses most, which then waits `worst_s`
    (-1: nobody can come). `moves` is how often the unit was moved in the last twelve hours.
    """

    unit: str
    shift: str
    post: str
    place: Place
    home: bool
    left: str
    gain: float
    drive_s: int
    dist_m: int
    next_unit: str
    next_s: int
    won: tuple[int, ...]
    lost: tuple[int, ...]
    worst: int
    worst_s: int
    moves: int
    says: Words


class MovesView(View, frozen=True, kw_only=True):
    """Expected cover for one skill, and the moves that pay, the most first; none where nothing pays.

    `now` is the share reached within `within_s` from where the free units are this moment, `share` once all stand where they drive to; `busy` the share of
    its time that such a unit is on an incident, counted over `counted_h` hours of duty beside what the table believes. `why` says why nothing is suggested:
    `policy` (the table asks for none), `nobody` (no unit is free), `pays` (no move does); empty where one does.
    """

    version: str
    skill: str
    at: Instant
    within_s: int
    now: float
    share: float
    busy: float
    counted_h: float
    weight: str
    most_moves: int
    moves: tuple[Move, ...]
    why: str


class Spot(NamedTuple):
    """A place where units wait: its name, where it is, and whose station it is; empty: a post."""

    name: str
    place: Place
    station: str


class _Asked(NamedTuple):
    """What one answer is computed by: closures, the hour of the week, the target, what each cell counts, and the busy share."""

    closed: tuple[int, ...]
    hour: int
    within_s: int
    weight: Any
    busy: float


class Moves:
    """The last answer for each skill. It is computed again where a unit came, went or was moved, and otherwise at most once in a few seconds."""

    def __init__(self, ground: Ground, skills: Collection[str], table: StandbyTable) -> None:
        self._ground, self._skills, self._table = ground, frozenset(skills), table
        self._last: dict[str, tuple[Any, MovesView]] = {}
        self._driven: dict[str, tuple[Any, Any]] = {}

    def read(self, ask: ReadMoves, sight: Sight) -> MovesView:
        """The answer for this skill; two askers at once may both compute it, to the same end."""
        known_skill(ask.skill, self._skills)
        now, rows = sight.now(), cast("Mapping[str, OnDuty]", sight.rows("unit"))
        free = [one for one in able(sight.look("units"), ask.skill) if one.unit in rows]
        closed, hour = tuple(sight.look("closed")), self._ground.hour_of_week(now)
        lately_said = cast("Mapping[str, StandbyRow]", sight.rows("standby"))
        stand = (tuple((one.unit, one.shift, rows[one.unit].standby, lately_said.get(one.unit)) for one in free), closed, hour)
        where = tuple((one.lon, one.lat) for one in free)
        key, last = self._last.get(ask.skill, (None, None))
        if last is not None and key is not None and key[0] == stand and 0 <= now - last.at < (_HELD_US if key[1] == where else FRESH_US):
            return last
        fresh = self._fresh(ask.skill, free, rows, lately_said, sight, closed=closed, hour=hour)
        self._last[ask.skill] = ((stand, where), fresh)
        return fresh

    def _fresh(self, skill: str, free: list[Standing], rows: Mapping[str, OnDuty], said: Mapping[str, StandbyRow], sight: Sight, *,
               closed: tuple[int, ...], hour: int) -> MovesView:
        ground, table, now = self._ground, self._table, sight.now()
        within_s = table.target_s(skill)
        weight, weighed = self._weight(sight)
        busy, counted_h = busy_share(cast("BusyRow | None", sight.rows("busy").get(skill)), now, table.busy, table.busy_h)
        floor = _Floor(ground, table, free, rows, skill, _Asked(closed, hour, within_s, weight, busy), partial(self._cells_s, skill))
        share = expected_share(floor.waits_s, weight, within_s=within_s, busy=busy)
        present = expected_share(times_s(ground, free, closed=closed, hour=hour), weight, within_s=within_s, busy=busy)
        found: tuple[Move, ...] = ()
        if table.policy == "expected" and free:
            worth = moves(floor.waits_s, floor.place_s, floor.added_s, weight, within_s=within_s, busy=busy)
            found = tuple(floor.paying(worth, said, now))
        why = "" if found else "policy" if table.policy == "none" else "pays" if free else "nobody"
        return MovesView(version=version(ground), skill=skill, at=now, within_s=within_s, now=round(present, 4), share=round(share, 4), busy=round(busy, 4),
                         counted_h=round(counted_h, 1), weight=weighed, most_moves=table.most_moves, moves=found, why=why)

    def _weight(self, sight: Sight) -> tuple[Any, str]:
        """What each cell counts, and by what: the residents' own calls where the table says so and there are enough, else the metres of road."""
        cells, table = self._ground.cells, self._table
        if table.weight == "calls":
            counted = calls_by_cell(cast("dict[str, CallsRow]", sight.rows("square")), cells.lon, cells.lat, sight.now(), table.weeks)
            if counted.sum() >= table.least_calls:
                return counted, "calls"
        return cells.road_m, "roads"

    def _cells_s(self, skill: str, spots: tuple[tuple[float, float], ...], closed: tuple[int, ...], hour: int) -> Any:
        """Driving seconds float32[p, c] from each place with lights; the last answer is given again, since places and closures seldom change."""
        key, held = (spots, closed, hour), self._driven.get(skill)
        if held is None or held[0] != key:
            at = np.array(spots, float).reshape(-1, 2)
            arcs, alongs, directed = self._ground.spots(at[:, 0], at[:, 1], np.full(len(at), np.nan), lights=True)
            held = self._driven[skill] = (key, self._ground.cells_s(arcs, alongs, directed, lights=True, hour=hour, closed=closed))
        return held[1]


class _Floor:
    """The free units with one skill, where each waits or drives to, the places where they may wait, and every time from these to the cells."""

    def __init__(self, ground: Ground, table: StandbyTable, free: Sequence[Standing], rows: Mapping[str, OnDuty], skill: str, asked: _Asked,
                 cells_s: Any) -> None:
        self.ground, self.table, self.free, self.asked = ground, table, free, asked
        self.rows = [rows[one.unit] for one in free]
        stations = {spot.name: spot for spot in (_station(row) for row in rows.values() if skill in row.skills and not row.lender)}
        posts = [Spot(post.name, Place(lon=post.lon, lat=post.lat, text=post.name, source="post"), "") for post in table.posts
                 if not post.skills or skill in post.skills]
        self.places = [*posts, *stations.values()]
        self.waits = [_waits(one, row) for one, row in zip(free, self.rows, strict=True)]
        spots = tuple(dict.fromkeys((spot.place.lon, spot.place.lat) for spot in (*self.places, *self.waits)))
        row_of = {spot: row for row, spot in enumerate(spots)}
        drive = cells_s(spots, asked.closed, asked.hour)
        self.place_s = drive[[row_of[spot.place.lon, spot.place.lat] for spot in self.places]]
        beside = np.array([self._beside(row, spot) for row, spot in zip(self.rows, self.waits, strict=True)], np.float32)
        self.waits_s = drive[[row_of[spot.place.lon, spot.place.lat] for spot in self.waits]] + beside[:, None]
        self.added_s = np.array([[self._beside(row, spot) for spot in self.places] for row in self.rows]).reshape(len(self.rows), len(self.places))

    def _beside(self, row: OnDuty, spot: Spot) -> float:
        """Seconds beside driving for a unit that is sent from there: at a station a crew mobilises, at a post it is on the road."""
        return self.ground.added_s(row.unit_kind, spot.station or row.station, self.asked.hour, not spot.station)

    def paying(self, worth: Worth, said: Mapping[str, StandbyRow], now: Instant) -> Iterator[Move]:
        """The moves that pay, the most first, at most one for a unit: enough gained, near enough, not declined lately, and the unit not moved too often."""
        gain = worth.gain
        # What is rounded alike is alike: otherwise two columns that differ in the last bit would change places from one answer to the next.
        best = np.lexsort((np.arange(gain.size), -np.round(gain, 9).ravel()))
        moved, shown, tried = set[int](), 0, 0
        for k, p in zip(*np.unravel_index(best, gain.shape), strict=True):
            if gain[k, p] < self.table.least_gain or shown >= _MOST_SHOWN or tried >= _MOST_TRIED:
                return
            row, spot, was = self.rows[k], self.places[p], said.get(self.rows[k].id)
            was = was if was is not None and was.shift == row.shift else None
            home, made = spot.station != "" and spot.name == _station(row).name, 0 if was is None else lately(was.ordered, now)
            barred = row.standby is None if home else made >= self.table.most_moves or (spot.station != "" and not self.table.stations)
            barred = barred or row.lender != ""
            if k in moved or barred or self._there(k, spot) or _declined(was, spot.name, now, self.table):
                continue
            tried += 1
            way = self._way(k, spot)
            if way is None or way.eta_s > self.table.most_drive_s:
                continue
            moved.add(int(k))
            shown += 1
            yield self._move(int(k), int(p), float(gain[k, p]), way, made)

    def _there(self, k: int, spot: Spot) -> bool:
        """Whether the unit waits there already."""
        return (self.waits[k].place.lon, self.waits[k].place.lat) == (spot.place.lon, spot.place.lat)

    def _way(self, k: int, spot: Spot) -> Any:
        """The way from where the unit is now, without lights; None where there is none."""
        one, ground = self.free[k], self.ground
        heading = np.nan if one.heading_deg is None else one.heading_deg
        arcs, alongs, directed = ground.spots(np.array([one.lon, spot.place.lon]), np.array([one.lat, spot.place.lat]), np.array([heading, np.nan]), lights=False)
        return ground.route((int(arcs[0]), float(alongs[0]), bool(directed[0])), (int(arcs[1]), float(alongs[1])), lights=False, hour=self.asked.hour,
                            closed=self.asked.closed)

    def _move(self, k: int, p: int, gain: float, way: Any, made: int) -> Move:
        row, spot, left, cells, within_s = self.rows[k], self.places[p], self.waits[k], self.ground.cells, self.asked.within_s
        then_s = self.waits_s.copy()
        then_s[k] = self.place_s[p] + np.float32(self.added_s[k, p])
        here, there = self.waits_s[k] <= within_s, then_s[k] <= within_s
        others = np.delete(np.arange(len(self.free)), k)
        at = int(np.argmin(((cells.lon - left.place.lon) * np.cos(np.radians(left.place.lat))) ** 2 + (cells.lat - left.place.lat) ** 2))
        next_unit, next_s = _soonest(self.free, others, then_s[others, at])
        lost = np.flatnonzero(here & ~there)
        taken = np.asarray(self.asked.weight)[lost] * np.power(self.asked.busy, (self.waits_s[:, lost] <= within_s).sum(axis=0) - 1)
        worst = int(lost[np.argmax(taken)]) if len(lost) else -1
        worst_s = -1 if worst < 0 or not np.isfinite(then_s[:, worst]).any() else round(float(then_s[:, worst].min()))
        home = spot.station != "" and spot.name == _station(row).name
        drive_s, dist_m = round(float(way.eta_s)), round(float(way.dist_m))
        return Move(unit=row.id, shift=row.shift, post=spot.name, place=msgspec.structs.replace(spot.place, text=spot.name), home=home, left=left.name, gain=round(gain, 4),
                    drive_s=drive_s, dist_m=dist_m, next_unit=next_unit, next_s=next_s, won=tuple(np.flatnonzero(there & ~here).tolist()), lost=tuple(lost.tolist()),
                    worst=worst, worst_s=worst_s, moves=made, says=_says(row.id, spot.name, home, left.name, gain, within_s, drive_s, dist_m, next_unit, next_s))


def _station(row: OnDuty) -> Spot:
    """A unit's own station; one without a name is called by the unit."""
    return Spot(row.station or row.id, row.home, row.station or row.id)


def _waits(one: Standing, row: OnDuty) -> Spot:
    """Where a free unit waits or drives to. A borrowed one has no station here: it counts where it is."""
    if row.standby is not None:
        return Spot(row.standby.name, row.standby.place, "")
    return Spot(row.id, Place(lon=one.lon, lat=one.lat), "") if row.lender else _station(row)


def _soonest(free: Sequence[Standing], others: Any, seconds: Any) -> tuple[str, int]:
    if not len(others) or not np.isfinite(seconds).any():
        return "", -1
    first = int(np.argmin(seconds))
    return free[int(others[first])].unit, round(float(seconds[first]))


def _declined(was: StandbyRow | None, post: str, now: Instant, table: StandbyTable) -> bool:
    return was is not None and post in was.declined and now - was.declined[post] < table.declined_s * _SECOND


def _says(unit: str, post: str, home: bool, left: str, gain: float, within_s: int, drive_s: int, dist_m: int, next_unit: str, next_s: int) -> Words:
    points, km = f"{gain * 100:.1f}", f"{dist_m / 1000:.1f}"
    leaves = f"leaves {left} to {next_unit}, {clock(next_s)} away" if next_unit else f"leaves {left} to nobody"
    leaves_zh = f"{left} 改由 {next_unit} 兼顾（{clock(next_s)}）" if next_unit else f"{left} 将无单位可及"
    where, where_zh = (f"home to {post}", f"返回 {post}") if home else (f"to {post}", f"前往 {post} 备勤")
    return Words(f"{unit} {where}: {points} points more within {clock(within_s)}; {clock(drive_s)}, {km} km; {leaves}.",
                 f"{unit} {where_zh}：{clock(within_s)} 内到场率预计提高 {points} 个百分点；行驶 {clock(drive_s)}、{km} 公里；{leaves_zh}。")


def clock(seconds: int) -> str:
    """Seconds as minutes and seconds."""
    return f"{seconds // 60}:{seconds % 60:02d}"
