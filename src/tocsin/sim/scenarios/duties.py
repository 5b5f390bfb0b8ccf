"""Who is on duty when, and where each unit waits: as a record shows its units, or as a scenario's table says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from statistics import fmean
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from tocsin.city.record import Record
from tocsin.facts.calls import Place
from tocsin.kernel import Instant, from_instant
from tocsin.sim.clock import SECOND
from tocsin.sim.happenings import script
from tocsin.sim.replay import homes
from tocsin.sim.scenarios.asked import DAY, local_instant, local_midnight
from tocsin.sim.scenarios.scenario import UnitLine
from tocsin.sim.travel import Point, metres

OWN_AREA = 0.7
"""A unit whose calls lie, on average, within so much of the mean distance of all calls from their middle works an area of its own."""
FEWEST_SENDS = 8
MOST_CALLS = 2_000
OVERTIME: Instant = 12 * 3600 * SECOND


@dataclass(frozen=True, slots=True)
class Duty:
    """One unit on duty from one instant to another, waiting at `home`."""

    unit: str
    unit_kind: str
    station: str
    home: Place
    on: Instant
    off: Instant
    shift: str


def from_table(lines: Sequence[UnitLine], begin: Instant, end: Instant, zone: ZoneInfo) -> list[Duty]:
    """The duties of a table, day by day; whoever is on duty at the end stays for what is still open."""
    found = []
    midnight = local_midnight(begin, zone) - DAY
    while midnight < end:
        day = from_instant(midnight + DAY // 4).astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        for number, line in enumerate(lines):
            first, last = line.hours
            on, off = (local_instant(day + timedelta(hours=hour), zone) for hour in (first, last if last > first else last + 24))
            if off > begin and on < end:
                home = Place(lon=line.lon, lat=line.lat, text=line.station, source="scenario")
                found.append(Duty(line.unit, line.kind, line.station, home, max(on, begin), off if off < end else end + OVERTIME, f"{day:%y%m%d}.{number}"))
        midnight = local_midnight(midnight + DAY + DAY // 4, zone)
    return found


def from_record(played: Record, taught: Record) -> list[Duty]:
    """The duties of the units of a record: with a station throughout, others while they are sent out (sim/happenings.py).

    A unit waits at its station. One without a station whose calls lie together, like a battalion chief's, waits at the station
    nearest to their middle. For the rest, ambulances mostly, no record says where they wait: each that comes on duty takes,
    of the stations in the order in which they bring the taught calls nearest (`posts`), the first with the fewest of its kind.
    """
    runs = {run.unit: run for call in played.calls for run in call.runs}
    middle, own = homes(played) | homes(taught), _own_area(taught)
    stations: list[Point] = [(one.lon, one.lat) for one in played.stations.values()]
    order = [stations[i] for i in posts(_places(taught), stations)]
    happenings = script(played).happenings
    ends = {(one.unit, one.shift): one.at for one in happenings if one.what == "end_shift"}
    standing: dict[str, dict[str, Point]] = {}
    until: dict[str, Instant] = {}
    found = []
    for one in happenings:
        if one.what != "start_shift":
            continue
        run, off = runs[one.unit], ends[one.unit, one.shift]
        here = standing.setdefault(run.unit_kind, {})
        if run.station:
            home = (played.stations[run.station].lon, played.stations[run.station].lat)
        elif one.unit in own or not order:
            home = middle[one.unit]
        elif until.get(one.unit) == one.at:
            home = here[one.unit]  # a relief moves nobody
        else:
            taken = [place for other, place in here.items() if other != one.unit and until[other] > one.at]
            home = min(order, key=taken.count)
        here[one.unit], until[one.unit] = home, off
        text = f"Station {run.station}" if run.station else ""
        found.append(Duty(one.unit, run.unit_kind, run.station, Place(lon=home[0], lat=home[1], text=text, source="record"), one.at, off, one.shift))
    return found


def _own_area(record: Record) -> frozenset[str]:
    sent: dict[str, list[Point]] = {}
    for call in record.calls:
        for run in call.runs:
            if call.lon is not None and call.lat is not None:
                sent.setdefault(run.unit, []).append((call.lon, call.lat))
    everywhere = [place for places in sent.values() for place in places]
    wide = _mean_off(everywhere)
    return frozenset(unit for unit, places in sent.items() if len(places) >= FEWEST_SENDS and _mean_off(places) < OWN_AREA * wide)


def _mean_off(places: Sequence[Point]) -> float:
    if not places:
        return 0.0
    middle = (fmean(lon for lon, _ in places), fmean(lat for _, lat in places))
    return fmean(map(partial(metres, middle), places))


def _places(record: Record) -> list[Point]:
    places = [(call.lon, call.lat) for call in record.calls if call.lon is not None and call.lat is not None]
    return places[:: max(1, len(places) // MOST_CALLS)]


def posts(calls: Sequence[Point], stations: Sequence[Point]) -> list[int]:
    """The stations' indices in the order in which each next one brings the calls' mean straight distance to the nearest down most.

    The greedy heuristic for p-medians (Kuehn and Hamburger, Management Science 9, 1963): its first k are near the best k.
    """
    if not calls or not stations:
        return list(range(len(stations)))
    apart: npt.NDArray[np.float64] = np.array([[metres(call, station) for call in calls] for station in stations])
    order: list[int] = []
    nearest = np.full(len(calls), np.inf)
    while len(order) < len(stations):
        left = [i for i in range(len(stations)) if i not in order]
        best = min(left, key=lambda i: (float(np.minimum(nearest, apart[i]).sum()), i))
        order.append(best)
        nearest = np.minimum(nearest, apart[best])
    return order
