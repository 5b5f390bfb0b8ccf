"""Ranking: every unit on duty by calibrated road time, what speaks against it and what its going costs, and the set that fills the needs best."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from tocsin.engines.coverage import left_s
from tocsin.facts.dispatch import CandidatesOffered, Need
from tocsin.rooms.dispatch.commands import Seen
from tocsin.rooms.dispatch.model.filling import fill

STALE_S = 900
"""A position older than this cannot be ranked by, unless the unit stands at its station."""
MOST_RANKED, MOST_READY = 2_000, 1_500
"""How many units an offer ranks, and how many of those that may go are among them before any that may not."""
_DEGREE_M = 111_195.0


class Ground(Protocol):
    """What this room needs of the city's roads; `tocsin.city.Ground` is the real one. Arrays are parallel, times in seconds."""

    city: str
    calibration: str
    bounds: tuple[float, float, float, float]
    """West, south, east and north end of the roads."""

    @property
    def cells(self) -> Any:
        """The city in cells, of which `road_m` float64[c] is the metres of road in each."""
        ...

    def cells_s(self, arcs: Any, alongs: Any, directed: Any, *, lights: bool, hour: int, closed: tuple[int, ...]) -> Any:
        """Driving seconds float32[k, c] from each spot to each cell; inf where there is no way."""
        ...

    def spots(self, lon: Any, lat: Any, heading: Any, *, lights: bool) -> tuple[Any, Any, Any]:
        """Snap points to drivable arcs: (arc int32[k], along float32[k], directed bool[k]); a NaN heading is undirected."""
        ...

    def drive_s(self, arcs: Any, alongs: Any, directed: Any, target: tuple[int, float], *, lights: bool, hour: int,
                closed: tuple[int, ...]) -> Any:
        """Driving seconds float32[k] from each spot to the target; inf where there is no way."""
        ...

    def apart_m(self, lon: Any, lat: Any, at: tuple[float, float]) -> Any:
        """Metres by road between each point and one place, the shorter way round: float[k]; inf where there is no way."""
        ...

    def added_s(self, unit_kind: str, station: str, hour: int, on_road: bool) -> float:
        """Seconds beside driving from street to street: mobilising, pulling out, parking; fewer for a unit on the road."""
        ...

    def interval(self, eta_s: float) -> tuple[float, float]:
        """The seconds between which nine in ten arrivals of this forecast lie."""
        ...

    def stretch(self, lon: float, lat: float) -> tuple[tuple[int, ...], str]:
        """The segments of the road nearest to a point, and its name."""
        ...

    def shapes(self, segments: tuple[int, ...]) -> tuple[tuple[tuple[float, float], ...], ...]:
        """Each segment's line as (lon, lat)."""
        ...

    def route(self, spot: tuple[int, float, bool], target: tuple[int, float], *, lights: bool, hour: int,
              closed: tuple[int, ...]) -> Any:
        """The way itself: `eta_s`, `dist_m`, `line`, `legs` of (street, metres); None where there is none."""
        ...

    def hour_of_week(self, at: int) -> int:
        """0 for the hour after Monday's midnight in the city's own zone … 167."""
        ...


def point(ground: Ground, lon: float, lat: float, heading_deg: float | None, *, lights: bool) -> tuple[int, float, bool]:
    """One point as a spot on the road; a heading makes it a driving unit that goes on along its arc first."""
    arcs, alongs, directed = ground.spots(np.array([lon]), np.array([lat]), np.array([np.nan if heading_deg is None else heading_deg]),
                                          lights=lights)
    return int(arcs[0]), round(float(alongs[0]), 6), bool(directed[0])


def stand(ground: Ground, seen: Sequence[Seen], *, lights: bool) -> tuple[Any, Any, Any]:
    """Each unit as a spot on the road. A borrowed one that is beyond this city's roads has none (arc -1): from the nearest of them it would have a time
    that is too short."""
    lons, lats = np.array([unit.lon for unit in seen], float), np.array([unit.lat for unit in seen], float)
    arcs, alongs, directed = ground.spots(lons, lats, np.array([np.nan if unit.heading_deg is None else unit.heading_deg for unit in seen], float), lights=lights)
    west, south, east, north = ground.bounds
    beyond = np.array([bool(unit.lender) for unit in seen], bool) & ((lons < west) | (lons > east) | (lats < south) | (lats > north))
    return np.where(beyond, -1, arcs), alongs, directed


def lights_on(priority: int) -> bool:
    """Priorities 1 and 2 are driven with lights and sirens, by the roads an emergency vehicle may use."""
    return priority <= 2


def lack(unit: Seen, needs: tuple[Need, ...]) -> str:
    """The code of what keeps a unit from this incident before its road time is known; empty where nothing does."""
    if unit.state == "out_of_service":
        return "out_of_service"
    if unit.state != "available":
        return "busy"
    for need in needs:
        if need.skill in unit.skills:
            break
    else:
        return "skill"
    if unit.age_s > STALE_S and not unit.at_home:
        return "stale_position"
    return ""


def _no_way(eta_s: int, arc: int) -> str:
    """The code of what its road says against a unit."""
    return "" if eta_s >= 0 else "unreachable" if arc >= 0 else "beyond"


def near(seen: Sequence[Seen], needs: tuple[Need, ...], place: tuple[float, float]) -> tuple[Sequence[Seen], int, int]:
    """The units that are ranked, how many are not, and the straight metres to the nearest of those that might have gone; 0 where none might.

    Where no more are on duty than an offer ranks, that is all of them. Otherwise the nearest in a straight line: first of those that may go as
    far as is known before their road time is, then of the rest.
    """
    if len(seen) <= MOST_RANKED:
        return seen, 0, 0
    lon, lat = np.array([unit.lon for unit in seen]) - place[0], np.array([unit.lat for unit in seen]) - place[1]
    away_m = _DEGREE_M * np.hypot(lon * np.cos(np.radians(place[1])), lat)
    no = np.array([lack(unit, needs) != "" for unit in seen])
    order = np.lexsort((away_m, no))
    first, rest = order[:MOST_READY], order[MOST_READY:]
    rest = rest[np.argsort(away_m[rest], kind="stable")]
    left = rest[MOST_RANKED - MOST_READY:]
    might = away_m[left][~no[left]]
    return [seen[i] for i in sorted((*first, *rest[:MOST_RANKED - MOST_READY]))], len(left), round(float(might.min())) if len(might) else 0


def travel(ground: Ground, kinds: Sequence[str], stations: Sequence[str], at_home: Sequence[bool], arcs: Any, alongs: Any,
           directed: Any, target: tuple[int, float], *, priority: int, hour: int, closed: tuple[int, ...]) -> list[int]:
    """Whole seconds from being sent to arrival for each unit, -1 where it cannot get there: mobilisation, driving, access.

    A unit that is driving, or stands away from its station, is on the road. This is all that an offer is recomputed by.
    """
    if not len(kinds):
        return []
    drive = ground.drive_s(np.asarray(arcs, np.int32), np.asarray(alongs, np.float32), np.asarray(directed, np.bool_), target,
                           lights=lights_on(priority), hour=hour, closed=closed)
    added: dict[tuple[str, str, bool], float] = {}  # a city's units share few kinds and stations, and an offer has a thousand units
    keys = [(kind, station, rolling or not home) for kind, station, rolling, home in
            zip(kinds, stations, np.asarray(directed, np.bool_).tolist(), at_home, strict=True)]
    for key in set(keys):
        added[key] = ground.added_s(key[0], key[1], hour, key[2])
    whole = np.rint(np.asarray(drive, np.float64) + [added[key] for key in keys])
    return np.where(np.isfinite(whole), whole, -1).astype(np.int64).tolist()  # type: ignore[no-any-return]  # a list of int


def cover(ground: Ground, seen: Sequence[Seen], arcs: Any, alongs: Any, directed: Any, *, hour: int,
          closed: tuple[int, ...]) -> tuple[tuple[float, ...], tuple[str, ...]]:
    """What each unit's leaving costs the city, in seconds rounded to tenths, and the skill that it takes most from.

    Among the units that are free and known to be where they are said to be: for each skill, how much later the next one with
    it would come with lights, over all the city's roads, with mobilisation (`engines.coverage.left_s`); a unit of several
    skills costs the most that one of them does. Units that are not free keep no cover and cost none.
    """
    free = [i for i, unit in enumerate(seen) if unit.state == "available" and (unit.age_s <= STALE_S or unit.at_home) and arcs[i] >= 0]
    costs, of = [0.0] * len(seen), [""] * len(seen)
    if free:
        times = ground.cells_s(arcs[free], alongs[free], directed[free], lights=True, hour=hour, closed=closed)
        times = times + np.array([[ground.added_s(seen[i].unit_kind, seen[i].station, hour, bool(directed[i]) or not seen[i].at_home)]
                                  for i in free], np.float32)
        for skill in sorted({skill for i in free for skill in seen[i].skills}):
            having = [row for row, i in enumerate(free) if skill in seen[i].skills]
            for row, cost in zip(having, left_s(times[having], ground.cells.road_m).round(1).tolist(), strict=True):
                if cost > costs[free[row]]:
                    costs[free[row]], of[free[row]] = cost, skill
    return tuple(costs), tuple(of)


def filled(kept: CandidatesOffered) -> list[tuple[int, str]]:
    """The units that a kept offer proposes, by its own columns, each with the skill it is for."""
    return fill(wanted(kept), kept.skills, kept.eta_s, kept.lacks, dear_s(kept.weight, kept.most_s, kept.cover_s))


def wanted(kept: CandidatesOffered) -> tuple[Need, ...]:
    """The needs that an offer fills: those that were still open, or all of them where that was not told yet."""
    return kept.needs if kept.still is None else kept.still


def dear_s(weight: float, most_s: int, cover_s: Sequence[float]) -> tuple[float, ...]:
    """What each unit's going weighs beside its arrival, in seconds, at most `most_s`; nothing at all where the weight is 0."""
    return tuple(min(weight * cost, float(most_s)) for cost in cover_s) if weight else ()


def offer(ground: Ground, seen: Sequence[Seen], *, incident: str, number: str, plan: str, priority: int, needs: tuple[Need, ...],
          place: tuple[float, float], closed: tuple[int, ...], at: int, still: tuple[Need, ...] | None = None,
          weight: float = 0.0, most_s: int = 0) -> CandidatesOffered:
    """Rank the units seen for an incident (all, or the `near` ones of very many); nearest first among those that may go, then the rest, nearest first.

    `still` is what of the needs is open yet (None: all of it), `weight` what a second of cover is worth in seconds
    of arrival, and `most_s` the most that cover may weigh against one unit.
    """
    hour = ground.hour_of_week(at)
    lights = lights_on(priority)
    target = point(ground, *place, None, lights=lights)[:2]
    seen, further, further_m = near(seen, needs, place)
    arcs, alongs, directed = stand(ground, seen, lights=lights)
    alongs = np.round(alongs.astype(float), 6)
    eta_s = travel(ground, [unit.unit_kind for unit in seen], [unit.station for unit in seen], [unit.at_home for unit in seen],
                   arcs, alongs, directed, target, priority=priority, hour=hour, closed=closed)
    lacks = [lack(unit, needs) or _no_way(eta, arc) for unit, eta, arc in zip(seen, eta_s, arcs, strict=True)]
    order = sorted(range(len(seen)), key=lambda i: (lacks[i] != "", eta_s[i] < 0, eta_s[i], seen[i].unit))
    costs, of = cover(ground, seen, arcs, alongs, directed, hour=hour, closed=closed)
    chosen = fill(needs if still is None else still, [seen[i].skills for i in order], [eta_s[i] for i in order], [lacks[i] for i in order],
                  dear_s(weight, most_s, [costs[i] for i in order]))
    return CandidatesOffered(
        incident=incident, offer=number, city=ground.city, calibration=ground.calibration, plan=plan, priority=priority,
        needs=needs, closed=closed, hour=hour, target_arc=target[0], target_along=target[1],
        units=tuple(seen[i].unit for i in order), shifts=tuple(seen[i].shift for i in order),
        kinds=tuple(seen[i].unit_kind for i in order), states=tuple(seen[i].state for i in order),
        skills=tuple(seen[i].skills for i in order), stations=tuple(seen[i].station for i in order),
        arcs=tuple(int(arcs[i]) for i in order), alongs=tuple(float(alongs[i]) for i in order),
        directed=tuple(bool(directed[i]) for i in order), ages_s=tuple(seen[i].age_s for i in order),
        at_home=tuple(seen[i].at_home for i in order), eta_s=tuple(eta_s[i] for i in order),
        lacks=tuple(lacks[i] for i in order), chosen=tuple(seen[order[rank]].unit for rank, _ in chosen), still=still, weight=weight,
        most_s=most_s, cover_s=tuple(costs[i] for i in order), cover_of=tuple(of[i] for i in order), on=tuple(seen[i].incident for i in order),
        further=further, further_m=further_m)


def recompute(ground: Ground, kept: CandidatesOffered) -> list[str]:
    """Compute a kept offer again from its own columns; what differs, in sentences, empty where the answer is the same."""
    if (kept.city, kept.calibration) != (ground.city, ground.calibration):
        return [f"offer {kept.offer} was made on city {kept.city} calibrated {kept.calibration}, not on this one"]
    target = (kept.target_arc, kept.target_along)
    eta_s = travel(ground, kept.kinds, kept.stations, kept.at_home, kept.arcs, kept.alongs, kept.directed, target,
                   priority=kept.priority, hour=kept.hour, closed=kept.closed)
    seen = [Seen(unit=unit, shift=shift, unit_kind=kind, skills=skills, state=state, station=station, age_s=age_s, at_home=at_home)
            for unit, shift, kind, skills, state, station, age_s, at_home in zip(
                kept.units, kept.shifts, kept.kinds, kept.skills, kept.states, kept.stations, kept.ages_s, kept.at_home, strict=True)]
    lacks = [lack(unit, kept.needs) or _no_way(eta, arc) for unit, eta, arc in zip(seen, eta_s, kept.arcs, strict=True)]
    costs: tuple[float, ...] = ()
    columns: list[tuple[str, Sequence[Any], Sequence[Any]]] = [("time", tuple(eta_s), kept.eta_s), ("obstacle", tuple(lacks), kept.lacks)]
    if kept.cover_s:  # offers from before cover was told have no such columns, and were chosen without
        costs, of = cover(ground, seen, np.asarray(kept.arcs, np.int32), np.asarray(kept.alongs), np.asarray(kept.directed, np.bool_),
                          hour=kept.hour, closed=kept.closed)
        columns += [("cover", costs, kept.cover_s), ("cover's skill", of, kept.cover_of)]
    chosen = tuple(kept.units[i] for i, _ in fill(wanted(kept), kept.skills, eta_s, lacks, dear_s(kept.weight, kept.most_s, costs)))
    found = [f"offer {kept.offer}: {kept.units[i]}'s {name} is {new[i]!r}, was {old[i]!r}"
             for name, new, old in columns for i in range(len(kept.units)) if new[i] != old[i]]
    return found if chosen == kept.chosen else [*found, f"offer {kept.offer}: proposes {chosen}, proposed {kept.chosen}"]
