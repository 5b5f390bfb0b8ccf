"""San Francisco's ambulances as a world of the fast path: its streets with times learnt from its own record, and days drawn anew from that record's calls.

Of every call of the fortnight that an ambulance reached and told all its times of, a drawn day takes places, priorities, and times at the scene and at the
hospital, each at random and apart from the others, as the bound asks; they come at the hours of the day at which they came. Where ambulances wait is in no record; here all may wait at the fire stations.
"""

import csv
import gzip
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree
from tests.shared import DATA, ROOT

from tocsin.city import City
from tocsin.city.building import build
from tocsin.city.calibrate import calibrate
from tocsin.city.record import read_record
from tocsin.city.record_mapping import read_mapping
from tocsin.engines.standby import Calls, Fleet, World

STREETS, EXAMPLES = DATA / "roads" / "san_francisco", ROOT / "docs" / "examples"
RECORD = DATA / "calls" / "sf_fire_calls_2020-04-07_2020-04-20.csv.gz"
DAY_S, HOUR, UNITS = 86_400.0, 38, 18
"""`UNITS`: about so many were sent anywhere in four hours of the night; by day up to 42 were. `HOUR`: Tuesday afternoon's traffic."""
LIMITS_S = (480.0, 1_200.0)
"""From the call on, of those that are driven to with lights and of the others: those of the Auckland model, so that cities compare; not this city's own goals."""
HOSPITALS = {("POTRERO AVE", 1001), ("PARNASSUS AVE", 505), ("HYDE ST", 900), ("STANYAN ST", 450), ("GEARY BLVD", 2425), ("CASTRO ST", 45), ("CESAR CHAVEZ ST", 3555),
             ("JACKSON ST", 845), ("04TH ST", 1975), ("VAN NESS AVE", 1101)}
"""Emergency departments by street address; the record names none. Their places are those of the city's address file."""


class Record(NamedTuple):
    """The fortnight's ambulance calls, one entry each; seconds."""

    junction: npt.NDArray[np.int32]
    priority: npt.NDArray[np.uint8]
    scene_s: npt.NDArray[np.float32]
    transports: npt.NDArray[np.uint8]
    handover_s: npt.NDArray[np.float32]
    by_hour: npt.NDArray[np.float64]
    """The share of all calls in each hour of the day."""
    per_day: float
    delay_s: float
    """From the call to its being dispatched, in the middle."""


class Ambulances(NamedTuple):
    """The city, and its calls as they may be drawn."""

    world: World
    weight: npt.NDArray[np.float64]
    fleet: Fleet
    record: Record


def city() -> Ambulances:
    """Build the streets, learn their times, and read the record; a minute or two."""
    with tempfile.TemporaryDirectory() as folder:
        build([STREETS], Path(folder) / "city", mapping=EXAMPLES / "san-francisco.toml")
        streets, mapping = City.open(Path(folder) / "city"), read_mapping(EXAMPLES / "san-francisco-calls.toml")
        timing = calibrate(streets, read_record(RECORD, mapping))
        network = streets.network
        ends = np.asarray(network.tail), np.asarray(network.head)
        seconds = [np.asarray(timing.drive_s(streets, profile, HOUR), np.float64) for profile in ("emergency", "ordinary")]
        metres, place = np.asarray(network.dist_m, np.float64), np.column_stack((network.lon, network.lat)).astype(float)
    rows = _rows()
    n = len(place)
    lights, normal, length = (_matrix(n, ends, cost, seconds[1]) for cost in (*seconds, metres))
    joined = connected_components(normal, connection="strong")[1]
    main = np.flatnonzero(joined == np.bincount(joined).argmax())
    near: Any = cKDTree(_plane(place[main]))
    called, stations, hospitals = (main[near.query(_plane(np.array(at)))[1]] for at in ([row[0] for row in rows], _stations(), _hospitals()))
    used = np.unique(np.concatenate((called, stations, hospitals)))
    number = np.full(n, -1)
    number[used] = np.arange(len(used))
    turnout = np.array([timing.added_s("medic", "", HOUR, on_road) for on_road in (False, True)], np.float32)
    world = _world(lights, normal, length, used, number[stations], number[hospitals])
    junction = number[called].astype(np.int32)
    told = np.array([row[1:] for row in rows])
    record = Record(junction, told[:, 0].astype(np.uint8), told[:, 1].astype(np.float32), told[:, 2].astype(np.uint8), told[:, 3].astype(np.float32),
                    np.bincount(told[:, 5].astype(int), minlength=24) / len(rows), len(rows) / 14, float(np.median(told[:, 4])))
    fleet = Fleet((np.arange(UNITS) % len(stations)).astype(np.int32), turnout)
    return Ambulances(world, np.bincount(junction, minlength=len(used)) / len(rows), fleet, record)


def draw(where: Ambulances, seed: int, days: float, load: float = 1.0) -> Calls:
    """Calls of so many days, at `load` times the record's rate, by the hour of the day."""
    rng, told = np.random.default_rng(seed), where.record
    count = int(rng.poisson(told.per_day * load * days))
    whole = rng.integers(0, int(np.ceil(days)), 2 * count + 100) * DAY_S + (rng.choice(24, 2 * count + 100, p=told.by_hour) + rng.random(2 * count + 100)) * 3_600.0
    called = np.sort(whole[whole < days * DAY_S][:count])
    place, urgent, row = rng.integers(0, len(told.junction), (3, len(called)))
    return Calls(called, called + told.delay_s, told.junction[place], told.priority[urgent], told.scene_s[row], told.transports[row], told.handover_s[row])


def _world(lights: Any, normal: Any, length: Any, used: Any, station: Any, hospital: Any) -> World:
    """Tables between the used junctions alone; a way to a station is followed from one of them to the next."""
    lights_s = dijkstra(lights, indices=used)[:, used].astype(np.float32)
    back: Any = dijkstra(normal.T.tocsr(), indices=used[station], return_predecessors=True)
    station_s, ahead = back
    of = np.full(lights.shape[0], -1)
    of[used] = np.arange(len(used))
    hop, metres = np.empty((len(station), len(used)), np.int32), np.zeros((len(station), len(used)))
    for s, row in enumerate(station):
        goal = used[row]
        following, far = np.full(lights.shape[0], row), np.zeros(lights.shape[0])
        for node in np.argsort(station_s[s]):
            on = ahead[s, node]
            if node != goal and on >= 0:
                following[node] = of[on] if of[on] >= 0 else following[on]
                far[node] = far[on] + length[node, on]
        hop[s], metres[s] = following[used], far[used]
    nearest = hospital[lights_s[:, hospital].argmin(axis=1)]
    return World(lights_s, np.ascontiguousarray(station_s[:, used], np.float32), metres.astype(np.float32), hop, station.astype(np.int32), nearest.astype(np.int32),
                 lights_s[np.arange(len(used)), nearest])


def _matrix(n: int, ends: tuple[Any, Any], cost: Any, by: Any) -> Any:
    """Junctions by junctions: of several arcs between two the quickest in ordinary traffic; without ways that no car may go."""
    tail, head = ends
    order = np.lexsort((by, head, tail))
    keep = order[np.isfinite(by[order]) & np.isfinite(cost[order]) & (tail[order] != head[order])]
    _, first = np.unique(tail[keep].astype(np.int64) * n + head[keep], return_index=True)
    keep = keep[first]
    return csr_matrix((np.maximum(cost[keep], 1e-3), (tail[keep], head[keep])), shape=(n, n))


def _rows() -> list[tuple[tuple[float, float], int, float, bool, float, float, int]]:
    """Of each call whose first ambulance told all its times: place, whether it was not urgent, seconds at the scene, whether somebody was carried, seconds at the
    hospital, seconds until it was sent; and the hour of the day."""
    found = []
    for call in read_record(RECORD, read_mapping(EXAMPLES / "san-francisco-calls.toml")).calls:
        run = next((run for run in call.runs if run.unit_kind in ("medic", "ambulance") and run.on_scene_at is not None), None)
        if run is None or call.lon is None or call.lat is None or run.dispatch_at is None or run.available_at is None or run.on_scene_at is None:
            continue
        carried = run.transport_at is not None
        scene = ((run.transport_at if run.transport_at is not None else run.available_at) - run.on_scene_at) / 1e6
        stay = (run.available_at - run.hospital_at) / 1e6 if carried and run.hospital_at is not None else 0.0
        if scene > 0 and (stay > 0 or not carried):
            found.append(((call.lon, call.lat), int(not call.lights), scene, carried, stay, (run.dispatch_at - call.received_at) / 1e6, int(call.received_at / 3.6e9 - 7) % 24))
    return found


def _stations() -> list[tuple[float, float]]:
    with (STREETS / "sf_fire_stations.csv").open() as lines:
        return [(float(row["lon"]), float(row["lat"])) for row in csv.DictReader(lines)]


def _hospitals() -> list[tuple[float, float]]:
    with gzip.open(STREETS / "sf_addresses_eas_2025.csv.gz", "rt") as lines:
        return list({(row["street"], row["number"]): (float(row["lon"]), float(row["lat"])) for row in csv.DictReader(lines)
                     if row["number"].isdigit() and (row["street"], int(row["number"])) in HOSPITALS}.values())


def _plane(at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.column_stack((at[:, 0] * np.cos(np.radians(at[:, 1].mean())), at[:, 1]))
