"""Cover as it goes out: the cells once, and for each skill the seconds to every cell with the unit that would come."""

from collections.abc import Collection, Sequence
from typing import Any, Protocol

import msgspec
import numpy as np

from tocsin.engines.coverage import soonest_s
from tocsin.kernel import Instant, Refused, Sight, View
from tocsin.rooms.coverage.commands import ReadCells, ReadCover

FRESH_US = 3_000_000
"""An answer this young is given again; the map asks every few seconds, from every desk."""

STALE_S = 900
"""A unit whose last position is older than this counts for no cover unless it stands at its station; dispatch offers none either."""


class Standing(Protocol):
    """A unit on duty as the house sees it; only what cover turns on."""

    unit: str
    unit_kind: str
    skills: tuple[str, ...]
    state: str
    station: str
    lon: float
    lat: float
    heading_deg: float | None
    age_s: int
    at_home: bool
    shift: str
    lender: str


class Ground(Protocol):
    """What this room needs of the city's roads; times in seconds."""

    city: str

    @property
    def cells(self) -> Any:
        """Parallel arrays `lon`, `lat` of the cells, and `outline(i)`."""
        ...

    def spots(self, lon: Any, lat: Any, heading: Any, *, lights: bool) -> tuple[Any, Any, Any]:
        """Snap points to drivable arcs: (arc int32[k], along float32[k], directed bool[k])."""
        ...

    def cells_s(self, arcs: Any, alongs: Any, directed: Any, *, lights: bool, hour: int, closed: tuple[int, ...]) -> Any:
        """Driving seconds float32[k, c] from each spot to each cell."""
        ...

    def between_s(self, arcs: Any, alongs: Any, directed: Any, goals: tuple[Any, Any], *, lights: bool, hour: int, closed: tuple[int, ...]) -> Any:
        """Driving seconds float32[k, m] from each spot to each of m goals (arcs and alongs); inf where there is no way."""
        ...

    def drive_s(self, arcs: Any, alongs: Any, directed: Any, target: tuple[int, float], *, lights: bool, hour: int, closed: tuple[int, ...]) -> Any:
        """Driving seconds float32[k] from each spot to the target; inf where there is no way."""
        ...

    def route(self, spot: tuple[int, float, bool], target: tuple[int, float], *, lights: bool, hour: int, closed: tuple[int, ...]) -> Any:
        """The way itself, of which `eta_s` and `dist_m` are read here; None where there is none."""
        ...

    def added_s(self, unit_kind: str, station: str, hour: int, on_road: bool) -> float:
        """Seconds beside driving from street to street."""
        ...

    def hour_of_week(self, at: int) -> int:
        """0 for the hour after Monday's midnight in the city's own zone … 167."""
        ...


class CoverCells(View, frozen=True, kw_only=True):
    """The city in cells. An outline is lon, lat, lon, lat … round a ring, the first corner again at the end; `version` names the division."""

    version: str
    lon: tuple[float, ...]
    lat: tuple[float, ...]
    outlines: tuple[tuple[float, ...], ...]


class Cover(View, frozen=True, kw_only=True):
    """How long until help, cell by cell, in the order of the cells of `version`.

    `eta_s` counts from being sent: mobilisation, driving with lights, access; -1 where nobody with the skill can come.
    `first` is the place in `units` of the one that would come, -1 for none; `ages_s` is how old each unit's position is.
    """

    version: str
    skill: str
    at: Instant
    closed: int
    units: tuple[str, ...]
    ages_s: tuple[int, ...]
    eta_s: tuple[int, ...]
    first: tuple[int, ...]


def version(ground: Ground) -> str:
    """The name of a division: a built city always gives the same one."""
    return f"{ground.city}.{len(ground.cells.lon)}"


def read_cells(ground: Ground, ask: ReadCells, sight: Sight) -> CoverCells:
    """The cells, each corner to a tenth of a metre or so."""
    cells = ground.cells
    outlines = tuple(tuple(round(degrees, 6) for corner in cells.outline(i) for degrees in corner) for i in range(len(cells.lon)))
    return CoverCells(version=version(ground), outlines=outlines, lon=tuple(np.round(cells.lon, 6).tolist()),
                      lat=tuple(np.round(cells.lat, 6).tolist()))


class Covers:
    """The last answer for each skill. It is computed again where something moved, and at most once in a few seconds."""

    def __init__(self, ground: Ground, skills: Collection[str]) -> None:
        self._ground, self._skills = ground, frozenset(skills)
        self._last: dict[str, tuple[Any, Cover]] = {}

    def read(self, ask: ReadCover, sight: Sight) -> Cover:
        """The answer for this skill, not older than FRESH_US; two askers at once may both compute it, to the same end."""
        known_skill(ask.skill, self._skills)
        now = sight.now()
        key, last = self._last.get(ask.skill, (None, None))
        if last is not None and 0 <= now - last.at < FRESH_US:
            return last
        free = able(sight.look("units"), ask.skill)
        closed, hour = tuple(sight.look("closed")), self._ground.hour_of_week(now)
        stand = (tuple((one.unit, one.lon, one.lat, one.heading_deg, one.at_home) for one in free), closed, hour)
        if last is not None and key == stand:
            fresh = msgspec.structs.replace(last, at=now, ages_s=tuple(one.age_s for one in free))
        else:
            fresh = cover(self._ground, free, skill=ask.skill, closed=closed, hour=hour, at=now)
        self._last[ask.skill] = (stand, fresh)
        return fresh


def known_skill(skill: str, skills: Collection[str]) -> None:
    """Refused for a skill that the plan does not name."""
    if skill not in skills:
        raise Refused("skill_unknown", f"No unit can have the skill {skill}; there are {', '.join(sorted(skills))}.",
                      f"没有“{skill}”这一能力。", field="skill", status=404)


def able(units: Sequence[Standing], skill: str) -> list[Standing]:
    """The units that would be sent if a call came now: free, with the skill, and where we know them to be."""
    return sorted((one for one in units if one.state == "available" and skill in one.skills and (one.at_home or one.age_s <= STALE_S)),
                  key=lambda one: one.unit)


def times_s(ground: Ground, free: Sequence[Standing], *, closed: tuple[int, ...], hour: int) -> Any:
    """Seconds float32[k, c] from being sent until each unit could be in each cell, from where it is now. Those on one spot are driven once."""
    arcs, alongs, directed = ground.spots(np.array([one.lon for one in free], float), np.array([one.lat for one in free], float),
                                          np.array([np.nan if one.heading_deg is None else one.heading_deg for one in free], float), lights=True)
    spots = list(zip(arcs.tolist(), np.round(alongs.astype(float), 6).tolist(), directed.tolist(), strict=True))
    once = list(dict.fromkeys(spots))
    drive = ground.cells_s(np.array([spot[0] for spot in once], np.int32), np.array([spot[1] for spot in once], np.float32),
                           np.array([spot[2] for spot in once], np.bool_), lights=True, hour=hour, closed=closed)
    row = {spot: at for at, spot in enumerate(once)}
    added = np.array([ground.added_s(one.unit_kind, one.station, hour, bool(spot[2]) or not one.at_home)
                      for one, spot in zip(free, spots, strict=True)], np.float32)
    return drive[[row[spot] for spot in spots]] + added[:, None] if free else np.zeros((0, len(ground.cells.lon)), np.float32)


def cover(ground: Ground, free: Sequence[Standing], *, skill: str, closed: tuple[int, ...], hour: int, at: Instant) -> Cover:
    """Cover from these units; of equals the first by callsign is named."""
    best, first = soonest_s(times_s(ground, free, closed=closed, hour=hour))
    return Cover(version=version(ground), skill=skill, at=at, closed=len(closed), units=tuple(one.unit for one in free),
                 ages_s=tuple(one.age_s for one in free), first=tuple(first.tolist()),
                 eta_s=tuple(np.where(np.isfinite(best), np.rint(np.where(np.isfinite(best), best, 0)), -1).astype(int).tolist()))
