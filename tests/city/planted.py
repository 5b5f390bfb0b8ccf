"""A made town with planted speeds, stations and crews: what a calibration must find again. Everything follows from the seed."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tocsin.city.faults import Odd
from tocsin.city.record import PastCall, Record, Run, Station
from tocsin.city.speeds import CLASS_INDEX, CLASS_KPH, ROAD_CLASSES
from tocsin.engines.roads import Network, Roads, Topology, order

WIDE, APART_DEG = 24, 0.002
DAY_US = 86_400 * 10**6
START_US = 1_577_836_800 * 10**6  # 2020-01-01 00:00 UTC, a Wednesday
SECOND = 10**6

FACTOR = {"primary": 0.7, "residential": 1.3}
ACCESS_S, ROAD_ACCESS_S, MOBILISE_S, MOVING_S, WAVE = 50.0, 25.0, 90.0, 4.0, 0.2


@dataclass(frozen=True)
class Town:
    """A grid of 24 x 24 junctions, every fourth row and column a primary street; as much of a city as calibration asks for."""

    network: Network
    topology: Topology
    speed_kph: npt.NDArray[np.float32]
    version: str = "made"

    def usable(self, profile: str) -> npt.NDArray[np.bool_]:
        return np.ones(len(self.network.tail), np.bool_)


def town() -> Town:
    """Lay the town out."""
    row, column = (axis.reshape(-1) for axis in np.mgrid[0:WIDE, 0:WIDE])
    lon, lat = column * APART_DEG, row * APART_DEG
    node = np.arange(WIDE * WIDE).reshape(WIDE, WIDE)
    across = np.column_stack([node[:, :-1].reshape(-1), node[:, 1:].reshape(-1)])
    along = np.column_stack([node[:-1].reshape(-1), node[1:].reshape(-1)])
    ends = np.concatenate([across, along])
    big = np.concatenate([row[across[:, 0]] % 4 == 0, column[along[:, 0]] % 4 == 0])
    kind = np.where(big, CLASS_INDEX["primary"], CLASS_INDEX["residential"]).astype(np.uint8)
    streets = len(ends)
    metres = 111_195.0 * APART_DEG
    segment = np.repeat(np.arange(streets, dtype=np.int32), 2)
    forward = np.tile([True, False], streets)
    network = Network(
        lon=lon, lat=lat, tail=np.where(forward, ends[segment, 0], ends[segment, 1]).astype(np.int32),
        head=np.where(forward, ends[segment, 1], ends[segment, 0]).astype(np.int32),
        dist_m=np.full(2 * streets, metres, np.float32), segment=segment, forward=forward,
        shape_at=np.arange(0, 2 * streets + 1, 2, dtype=np.int64), shape_lon=lon[ends].reshape(-1), shape_lat=lat[ends].reshape(-1),
        ban_from=np.empty(0, np.int32), ban_to=np.empty(0, np.int32), name=np.full(2 * streets, -1, np.int32),
        road_class=kind[segment])
    kph = np.array([CLASS_KPH[name] for name in ROAD_CLASSES], np.float32)[network.road_class]
    return Town(network, order(network, seed=1), kph)


def past(place: Town, calls: int, noise_sd: float, seed: int, days: int = 14) -> Record:
    """Let three engines answer calls spread evenly over the days, at the planted speeds, with noisy buttons. Every tenth call is
    answered by the engine of the call before, straight from that scene."""
    chance = np.random.default_rng(seed)
    roads = Roads(place.network, place.topology)
    factors = np.array([FACTOR.get(name, 1.0) for name in ROAD_CLASSES])[place.network.road_class]
    metric = roads.customise((place.network.dist_m / (place.speed_kph / 3.6) * factors).astype(np.float32))
    homes = {str(name): (APART_DEG * (3 + 6 * name), APART_DEG * (20 - 5 * name)) for name in range(1, 4)}
    kept: list[PastCall] = []
    for number in range(calls):
        lon, lat = chance.uniform(0, APART_DEG * (WIDE - 1), 2).tolist()
        again = number % 10 == 9
        name = kept[-1].runs[0].station if again else str(1 + number % 3)
        start = (kept[-1].lon, kept[-1].lat) if again else homes[name]
        received = (kept[-1].runs[0].available_at or 0) + 30 * SECOND if again else START_US + number * (days * DAY_US // calls)
        source, target = (roads.snap([spot[0]], [spot[1]], place.usable("")) for spot in (start, (lon, lat)))
        drive_s = float(roads.to_one(metric, source, target)[0]) * hourly(received) + (ROAD_ACCESS_S if again else ACCESS_S)
        drive_s *= float(np.exp(chance.normal(0, noise_sd)))
        turnout_s = MOVING_S if again else MOBILISE_S * float(np.exp(chance.normal(0, 0.2)))
        response, scene = received + int(turnout_s * SECOND), received + int((turnout_s + drive_s) * SECOND)
        run = Run(unit=f"E{name}", unit_kind="engine", station=name, sequence=1, dispatch_at=received, response_at=response,
                  on_scene_at=scene, transport_at=None, hospital_at=None, available_at=scene + 60 * SECOND)
        kept.append(past_call(str(number), received, (lon, lat), run))
    stations = {name: Station(name=name, lon=home[0], lat=home[1], address="") for name, home in homes.items()}
    return Record(name="A made town", attribution="", zone="UTC", source="made", sha256="", rows=calls, calls=tuple(kept),
                  stations=stations, odd=Odd())


def hourly(at: int) -> float:
    """The planted wave of the day: slowest at six in the morning, quickest at six in the evening."""
    return float(np.exp(WAVE * np.sin(2 * np.pi * (at % DAY_US) / DAY_US)))


def past_call(name: str, received: int, place: tuple[float | None, float | None], *runs: Run) -> PastCall:
    """A call with only what calibration looks at."""
    return PastCall(call=name, incident="", received_at=received, entry_at=None, lon=place[0], lat=place[1], address="", kind="",
                    kind_text="", priority=1, lights=True, disposition="", disposition_text="", station_area="", runs=runs)
