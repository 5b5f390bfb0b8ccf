"""The server that bench_map looks at, in its own process: a real house whose units all drive and say so once a second."""

import math
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from tests.floor import CHIEF, PLAN, TABLE, asker

from tocsin.city import City
from tocsin.city.calibration import Calibration
from tocsin.cli.settings import SystemClock
from tocsin.edges.web.app import app
from tocsin.edges.web.people import People
from tocsin.edges.web.serving import listen, server
from tocsin.facts.calls import Place
from tocsin.house import House, build
from tocsin.rooms.calls.commands import TakeCall
from tocsin.rooms.fleet.commands import StartShift
from tocsin.trail import Fix

_KINDS = ("engine", "medic", "police", "ambulance", "truck")
_CREWS = asker("trackers", "device")
_BATCHES, _MPS, _M_PER_DEGREE = 10, 12.0, 111_320.0
_CALLS = 60


def _staffed(data: Path, city: City, units: int) -> tuple[House, np.ndarray, np.ndarray]:
    house = build(data, city, Calibration.default(), PLAN, TABLE, SystemClock())
    rng = np.random.default_rng(7)
    network = city.network
    spots = rng.integers(0, len(network.lon), units)
    lon, lat = network.lon[spots].astype(float), network.lat[spots].astype(float)

    def start(n: int) -> None:
        home = Place(lon=float(lon[n]), lat=float(lat[n]), text="", source="bench")
        house.do(StartShift(unit=f"{'EMPAT'[n % 5]}{n}", shift="bench", unit_kind=_KINDS[n % 5], station="S", home=home, crew=3), CHIEF)

    with ThreadPoolExecutor(32) as hands:
        list(hands.map(start, range(units)))
    for n in range(_CALLS):
        place = Place(lon=float(lon[n * 7 % units]), lat=float(lat[n * 7 % units]), text=f"Place {n}", source="bench")
        house.do(TakeCall(place=place, kind=list(PLAN.kinds)[n % len(PLAN.kinds)]), asker("desk", "call_taker"))
    return house, lon, lat


def _drive(house: House, lon: np.ndarray, lat: np.ndarray, ended: threading.Event) -> None:
    """A tenth of the units says where it is every tenth of a second: each once a second, 12 m further on a slow curve."""
    units, turn = len(lon), 0
    heading = np.random.default_rng(8).uniform(0, 360, units)
    begun = time.monotonic()
    while not ended.is_set():
        own = np.arange(turn % _BATCHES, units, _BATCHES)
        heading[own] = (heading[own] + 9) % 360
        lat[own] += _MPS * np.cos(np.radians(heading[own])) / _M_PER_DEGREE
        lon[own] += _MPS * np.sin(np.radians(heading[own])) / (_M_PER_DEGREE * math.cos(math.radians(float(lat[0]))))
        now = time.time_ns() // 1_000
        house.report([Fix(unit=f"{'EMPAT'[n % 5]}{n}", lon=float(lon[n]), lat=float(lat[n]), device_at=now, heard_at=now, accuracy_m=8.0, speed_mps=_MPS,
                          heading_deg=float(heading[n])) for n in own.tolist()], _CREWS)
        turn += 1
        ended.wait(max(0.0, begun + turn / _BATCHES - time.monotonic()))


def main(data: Path, city: Path, console: Path, units: int) -> None:
    """Serve until told to stop; the port on one line."""
    opened = City.open(city)
    house, lon, lat = _staffed(data / "house", opened, units)
    people = People(data, SystemClock())
    people.add("dispatcher", ("dispatcher", "call_taker"), "pass word dispatcher", alone=True)
    edge = app(house, people=people, console=console, city_folder=opened.path, demo=False)
    running, listener = server(edge), listen("127.0.0.1", 0)
    ended = threading.Event()
    threading.Thread(target=_drive, args=(house, lon, lat, ended), daemon=True).start()
    print(listener.getsockname()[1], flush=True)
    try:
        running.run(sockets=[listener])
    finally:
        ended.set()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
