"""Where patients can go: every receiving hospital by road time, with its diversions and what it said it can take."""

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec
import numpy as np

from tocsin.facts.command import CapacityReported, DiversionBegun, DiversionEnded, PatientsSent
from tocsin.kernel import Kept
from tocsin.rooms.command.model.table import CommandTable, Facility


class Ground(Protocol):
    """What this room needs of the city's roads; arrays are parallel, times in seconds."""

    def spots(self, lon: Any, lat: Any, heading: Any, *, lights: bool) -> tuple[Any, Any, Any]:
        """Snap points to drivable arcs: (arc int32[k], along float32[k], directed bool[k]); a NaN heading is undirected."""
        ...

    def spread_s(self, origin: tuple[int, float], arcs: Any, alongs: Any, *, lights: bool, hour: int, closed: tuple[int, ...]) -> Any:
        """Driving seconds float32[k] from one spot to each of these; inf where there is no way."""
        ...

    def hour_of_week(self, at: int) -> int:
        """0 for the hour after Monday's midnight in the city's own zone … 167."""
        ...


class Diversion(msgspec.Struct, frozen=True, kw_only=True):
    """A diversion that was begun and not ended; past `until` (where it is not 0) it counts no more."""

    diversion: str
    reason: str
    categories: tuple[str, ...]
    until: int
    since: int


class FacilityNow(msgspec.Struct, frozen=True, kw_only=True):
    """What a hospital said, and how many were sent there since: `places` less `sent` is what is left."""

    facility: str
    name: str
    places: dict[str, int] = {}
    sent: dict[str, int] = {}
    reported_at: int = 0
    until: int = 0
    diversions: tuple[Diversion, ...] = ()


def facility_after(now: FacilityNow | None, kept: Kept) -> FacilityNow | None:
    """A hospital after one more fact; a new report makes the count of those sent begin again."""
    fact, at = kept.fact, kept.entry.happened_at
    if not isinstance(fact, CapacityReported | DiversionBegun | DiversionEnded | PatientsSent):
        return now
    now = now or FacilityNow(facility=fact.facility, name=getattr(fact, "name", fact.facility))
    match fact:
        case CapacityReported():
            return msgspec.structs.replace(now, places=fact.places, sent={}, reported_at=at, until=fact.until)
        case DiversionBegun():
            begun = Diversion(diversion=fact.diversion, reason=fact.reason, categories=fact.categories, until=fact.until, since=at)
            return msgspec.structs.replace(now, diversions=(*now.diversions, begun))
        case DiversionEnded():
            return msgspec.structs.replace(now, diversions=tuple(one for one in now.diversions if one.diversion != fact.diversion))
        case PatientsSent():
            sums = {name: now.sent.get(name, 0) + fact.counts.get(name, 0) for name in {**now.sent, **fact.counts}}
            return msgspec.structs.replace(now, sent=sums)


def in_force(now: FacilityNow, category: str, at: int) -> tuple[Diversion, ...]:
    """The diversions that keep patients of a category (empty: any) away at an instant."""
    return tuple(one for one in now.diversions if (not one.until or one.until > at)
                 and (not one.categories or not category or category in one.categories))


def left(now: FacilityNow, category: str, at: int) -> int | None:
    """How many of a category (empty: of all) it can still take; None where it did not say, or what it said is too old."""
    if not now.reported_at or (now.until and now.until <= at):
        return None
    if category:
        return max(0, now.places[category] - now.sent.get(category, 0)) if category in now.places else None
    return sum(max(0, places - now.sent.get(name, 0)) for name, places in now.places.items())


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One hospital for one category: `lacks` is empty where it can be driven to and takes patients."""

    code: str
    facility: Facility
    now: FacilityNow
    eta_s: int
    left: int | None
    diversions: tuple[Diversion, ...]
    lacks: str


_ORDER = {"": 0, "full": 1, "diverted": 2, "not_taken": 3, "unreachable": 4}


def choices(ground: Ground, table: CommandTable, nows: Mapping[str, FacilityNow], place: tuple[float, float], category: str, *,
            lights: bool, at: int, closed: tuple[int, ...]) -> list[Choice]:
    """Every hospital, those that take patients first, each group by road time from the place."""
    codes = list(table.facilities)
    if not codes:
        return []
    points = [place, *((table.facilities[code].lon, table.facilities[code].lat) for code in codes)]
    arcs, alongs, _ = ground.spots(np.array([lon for lon, _ in points]), np.array([lat for _, lat in points]), np.full(len(points), np.nan), lights=lights)
    drive = ground.spread_s((int(arcs[0]), float(alongs[0])), arcs[1:], alongs[1:], lights=lights, hour=ground.hour_of_week(at), closed=closed)
    found = []
    for code, seconds in zip(codes, drive, strict=True):
        facility = table.facilities[code]
        now = nows.get(code, FacilityNow(facility=code, name=facility.name))
        free, away = left(now, category, at), in_force(now, category, at)
        lacks = ("unreachable" if not np.isfinite(seconds) else "not_taken" if category and facility.categories and category not in facility.categories
                 else "diverted" if _shut(away, category, table) else "full" if free == 0 else "")
        found.append(Choice(code=code, facility=facility, now=now, eta_s=round(float(seconds)) if np.isfinite(seconds) else -1,
                            left=free, diversions=away, lacks=lacks))
    return sorted(found, key=lambda one: (_ORDER[one.lacks], one.eta_s, one.code))


def _shut(away: tuple[Diversion, ...], category: str, table: CommandTable) -> bool:
    """Whether nothing of what is asked for goes there: for one category any diversion of it, for any all of them together."""
    if category or not away:
        return bool(away)
    return any(not one.categories for one in away) or set(table.categories) <= {name for one in away for name in one.categories}
