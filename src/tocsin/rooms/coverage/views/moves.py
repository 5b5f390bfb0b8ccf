"""What share of the demand is expected to be reached in time now, and the moves that would raise it, each with its gain, its cost and who is left."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, cast

import msgspec
import numpy as np

from tocsin.engines.standby import expected_share
from tocsin.facts.calls import Place
from tocsin.kernel import Instant, Sight, View, Words
from tocsin.rooms.coverage.commands import ReadMoves
from tocsin.rooms.coverage.model import StandbyTable
from tocsin.rooms.coverage.views.asking import NEED_TUNED, Asked, Floor, OnDuty, Spot, station_of
from tocsin.rooms.coverage.views.busy import BusyRow, busy_share
from tocsin.rooms.coverage.views.calls import CallsRow, calls_by_cell
from tocsin.rooms.coverage.views.cover import FRESH_US, Ground, Standing, able, known_skill, times_s, version
from tocsin.rooms.coverage.views.standbys import StandbyRow

_SECOND = 1_000_000
_MOST_SHOWN = 3
_HELD_US = 15 * _SECOND


class Move(View, frozen=True, kw_only=True):
    """One move, to be taken by a person. `gain` is what `share` would grow by, below 0 where it would shrink: a policy may look further than to the units that
    are free now. `home` says that the place is the unit's own station.

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
    """Expected cover for one skill, and the moves that the table's policy asks for, the most first; none where nothing pays.

    `now` is the share reached within `within_s` from where the free units are this moment, `share` once all stand where they drive to; `busy` the share of
    its time that such a unit is on an incident, counted over `counted_h` hours of duty beside what the table believes. `why` says why nothing is suggested:
    `policy` (it moves nobody), `tuning` (it needs numbers that the table does not give), `nobody` (no unit is free), `pays` (no move does); empty where one does.
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
    policy: str
    most_moves: int
    moves: tuple[Move, ...]
    why: str


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
        fresh = self._fresh(ask.skill, free, sight.look("units"), rows, lately_said, sight, closed=closed, hour=hour)
        self._last[ask.skill] = ((stand, where), fresh)
        return fresh

    def _fresh(self, skill: str, free: list[Standing], units: Sequence[Standing], rows: Mapping[str, OnDuty], said: Mapping[str, StandbyRow], sight: Sight, *,
               closed: tuple[int, ...], hour: int) -> MovesView:
        ground, table, now = self._ground, self._table, sight.now()
        within_s = table.target_s(skill)
        weight, weighed = self._weight(sight)
        busy, counted_h = busy_share(cast("BusyRow | None", sight.rows("busy").get(skill)), now, table.busy, table.busy_h)
        floor = Floor(ground, table, units, free, rows, skill, Asked(closed, hour, within_s, weight, busy), partial(self._cells_s, skill))
        share = expected_share(floor.waits_s, weight, within_s=within_s, busy=busy)
        present = expected_share(times_s(ground, free, closed=closed, hour=hour), weight, within_s=within_s, busy=busy)
        found = tuple(islice(_told(floor, share, said, now), _MOST_SHOWN))
        why = "" if found else "policy" if table.policy in ("nearest", "preparedness") else "tuning" if table.policy in NEED_TUNED and table.tuned is None else "pays" if free else "nobody"
        return MovesView(version=version(ground), skill=skill, at=now, within_s=within_s, now=round(present, 4), share=round(share, 4), busy=round(busy, 4),
                         counted_h=round(counted_h, 1), weight=weighed, policy=table.policy, most_moves=table.most_moves, moves=found, why=why)

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


def _told(floor: Floor, share: float, said: Mapping[str, StandbyRow], now: Instant) -> Iterator[Move]:
    """The moves that the policy asks for, with their figures; one without a way is left out."""
    for k, spot, made in floor.asking(said, now):
        way = _way(floor, k, spot)
        if way is not None:
            yield _move(floor, k, spot, share, way, made)


def _way(floor: Floor, k: int, spot: Spot) -> Any:
    """The way from where the unit is now, without lights; None where there is none."""
    one, ground, asked = floor.free[k], floor.ground, floor.asked
    heading = np.nan if one.heading_deg is None else one.heading_deg
    arcs, alongs, directed = ground.spots(np.array([one.lon, spot.place.lon]), np.array([one.lat, spot.place.lat]), np.array([heading, np.nan]), lights=False)
    return ground.route((int(arcs[0]), float(alongs[0]), bool(directed[0])), (int(arcs[1]), float(alongs[1])), lights=False, hour=asked.hour, closed=asked.closed)


def _move(floor: Floor, k: int, spot: Spot, share: float, way: Any, made: int) -> Move:
    row, left, cells, asked, within_s = floor.rows[k], floor.waits[k], floor.ground.cells, floor.asked, floor.asked.within_s
    then_s = floor.waits_s.copy()
    then_s[k] = floor.from_s(k, spot)
    gain = expected_share(then_s, asked.weight, within_s=within_s, busy=asked.busy) - share
    here, there = floor.waits_s[k] <= within_s, then_s[k] <= within_s
    others = np.delete(np.arange(len(floor.free)), k)
    at = int(np.argmin(((cells.lon - left.place.lon) * np.cos(np.radians(left.place.lat))) ** 2 + (cells.lat - left.place.lat) ** 2))
    next_unit, next_s = _soonest(floor.free, others, then_s[others, at])
    lost = np.flatnonzero(here & ~there)
    taken = np.asarray(asked.weight)[lost] * np.power(asked.busy, (floor.waits_s[:, lost] <= within_s).sum(axis=0) - 1)
    worst = int(lost[np.argmax(taken)]) if len(lost) else -1
    worst_s = -1 if worst < 0 or not np.isfinite(then_s[:, worst]).any() else round(float(then_s[:, worst].min()))
    home = spot.station != "" and spot.name == station_of(row).name
    drive_s, dist_m = round(float(way.eta_s)), round(float(way.dist_m))
    return Move(unit=row.id, shift=row.shift, post=spot.name, place=msgspec.structs.replace(spot.place, text=spot.name), home=home, left=left.name, gain=round(gain, 4),
                drive_s=drive_s, dist_m=dist_m, next_unit=next_unit, next_s=next_s, won=tuple(np.flatnonzero(there & ~here).tolist()), lost=tuple(lost.tolist()),
                worst=worst, worst_s=worst_s, moves=made, says=_says(row.id, spot.name, home, left.name, gain, within_s, drive_s, dist_m, next_unit, next_s))


def _soonest(free: Sequence[Standing], others: Any, seconds: Any) -> tuple[str, int]:
    if not len(others) or not np.isfinite(seconds).any():
        return "", -1
    first = int(np.argmin(seconds))
    return free[int(others[first])].unit, round(float(seconds[first]))


def _says(unit: str, post: str, home: bool, left: str, gain: float, within_s: int, drive_s: int, dist_m: int, next_unit: str, next_s: int) -> Words:
    points, km = f"{abs(gain) * 100:.1f}", f"{dist_m / 1000:.1f}"
    more, more_zh = ("more", "提高") if gain >= 0 else ("fewer", "降低")
    leaves = f"leaves {left} to {next_unit}, {clock(next_s)} away" if next_unit else f"leaves {left} to nobody"
    leaves_zh = f"{left} 改由 {next_unit} 兼顾（{clock(next_s)}）" if next_unit else f"{left} 将无单位可及"
    where, where_zh = (f"home to {post}", f"返回 {post}") if home else (f"to {post}", f"前往 {post} 备勤")
    return Words(f"{unit} {where}: {points} points {more} within {clock(within_s)}; {clock(drive_s)}, {km} km; {leaves}.",
                 f"{unit} {where_zh}：{clock(within_s)} 内到场率预计{more_zh} {points} 个百分点；行驶 {clock(drive_s)}、{km} 公里；{leaves_zh}。")


def clock(seconds: int) -> str:
    """Seconds as minutes and seconds."""
    return f"{seconds // 60}:{seconds % 60:02d}"
