"""Our free units for a neighbour's incident, by road: over one network where both cities have the same, round what is shut in either."""

from typing import Any, Protocol

import numpy as np

from tocsin.facts.aid import AppealHeard
from tocsin.kernel import Refused, Sight, View
from tocsin.rooms.aid.commands import ReadCandidates

_PRESSING = 2
"""Up to this priority a unit drives with lights, as in its own city."""


class Ground(Protocol):
    """What this room needs of the roads; `tocsin.city.Ground` is the real one."""

    city: str

    def spots(self, lon: Any, lat: Any, heading: Any, *, lights: bool) -> tuple[Any, Any, Any]:
        """Snap points to drivable arcs."""
        ...

    def drive_s(self, arcs: Any, alongs: Any, directed: Any, target: tuple[int, float], *, lights: bool, hour: int, closed: tuple[int, ...]) -> Any:
        """Driving seconds from each spot to the target; inf where there is no way."""
        ...

    def added_s(self, unit_kind: str, station: str, hour: int, on_road: bool) -> float:
        """Seconds beside driving."""
        ...

    def hour_of_week(self, at: int) -> int:
        """The hour of the city's own week."""
        ...


class Candidate(View, frozen=True, kw_only=True):
    """A unit that is free and has one of the skills; `eta_s` counts from being sent, None where it cannot be told."""

    unit: str
    shift: str
    unit_kind: str
    skills: tuple[str, ...]
    eta_s: int | None


class Candidates(View, frozen=True, kw_only=True):
    """The soonest first. `joint` says that both cities have one network; else only what our own roads reach has a time, and their closures are not in it."""

    appeal: str
    joint: bool
    candidates: tuple[Candidate, ...]


def read_candidates(ground: Ground, bounds: tuple[float, float, float, float], ask: ReadCandidates, sight: Sight) -> Candidates:
    """The candidates for an appeal."""
    heard = next((kept.fact for kept in sight.history(f"appeal:{ask.appeal}") if isinstance(kept.fact, AppealHeard)), None)
    if heard is None:
        raise Refused("appeal_unknown", f"no neighbour asked for help under {ask.appeal}", f"没有编号为 {ask.appeal} 的来援请求", field="appeal", status=404)
    wanted = {need.skill for need in heard.needs}
    seen = [unit for unit in sight.look("units") if unit.state == "available" and not unit.lender and wanted & set(unit.skills)]
    joint = bool(heard.city) and heard.city == ground.city
    west, south, east, north = bounds
    reached = joint or (west <= heard.place.lon <= east and south <= heard.place.lat <= north)
    times = _eta_s(ground, seen, heard, tuple(sorted({*sight.look("closed"), *(heard.closed if joint else ())})), sight.now()) if seen and reached else [None] * len(seen)
    found = [Candidate(unit=unit.unit, shift=unit.shift, unit_kind=unit.unit_kind, skills=unit.skills, eta_s=eta) for unit, eta in zip(seen, times, strict=True)]
    return Candidates(appeal=ask.appeal, joint=joint, candidates=tuple(sorted(found, key=lambda one: (one.eta_s is None, one.eta_s, one.unit))))


def _eta_s(ground: Ground, seen: list[Any], heard: AppealHeard, closed: tuple[int, ...], at: int) -> list[int | None]:
    lights, hour = heard.priority <= _PRESSING, ground.hour_of_week(at)
    arc, along, _ = ground.spots(np.array([heard.place.lon]), np.array([heard.place.lat]), np.array([np.nan]), lights=lights)
    arcs, alongs, directed = ground.spots(np.array([unit.lon for unit in seen], float), np.array([unit.lat for unit in seen], float),
                                          np.array([np.nan if unit.heading_deg is None else unit.heading_deg for unit in seen], float), lights=lights)
    drive = ground.drive_s(np.asarray(arcs, np.int32), np.asarray(np.round(alongs.astype(float), 6), np.float32), np.asarray(directed, np.bool_),
                           (int(arc[0]), round(float(along[0]), 6)), lights=lights, hour=hour, closed=closed)
    added = [ground.added_s(unit.unit_kind, unit.station, hour, bool(rolling) or not unit.at_home) for unit, rolling in zip(seen, directed, strict=True)]
    whole = np.rint(np.asarray(drive, np.float64) + added)
    return [int(one) if np.isfinite(one) else None for one in whole]
