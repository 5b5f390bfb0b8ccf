"""Drawn towns, calls and fleets for the tests of standby."""

import numpy as np
from scipy.sparse.csgraph import dijkstra

from tocsin.engines.standby import Calls, World


def world(seed: int, junctions: int, stations: int) -> World:
    """A ring of junctions with chords; ordinary traffic is slower than lights."""
    rng = np.random.default_rng(seed)
    lights = np.full((junctions, junctions), np.inf)
    for here in range(junctions):
        for there in ((here + 1) % junctions, (here - 1) % junctions, int(rng.integers(junctions))):
            if there != here:
                lights[here, there] = rng.integers(20, 90)
    normal = np.where(np.isfinite(lights), lights * 1.5, np.inf)
    lights_s = dijkstra(np.where(np.isfinite(lights), lights, 0))
    station = rng.choice(junctions, stations, replace=False).astype(np.int32)
    station_s, hop = dijkstra(np.where(np.isfinite(normal), normal, 0).T, indices=station, return_predecessors=True)
    hop[np.arange(stations), station] = station
    hospital = int(rng.integers(junctions))
    return World(lights_s.astype(np.float32), station_s.astype(np.float32), (10 * station_s).astype(np.float32), hop.astype(np.int32), station,
                 np.full(junctions, hospital, np.int32), lights_s[:, hospital].astype(np.float32))


def drawn(seed: int, junctions: int, count: int, every_s: float) -> Calls:
    """Calls without a pattern of time, from anywhere alike."""
    rng = np.random.default_rng(seed)
    called = np.cumsum(rng.exponential(every_s, count))
    return Calls(called, called + 50.0, rng.integers(0, junctions, count).astype(np.int32), rng.integers(0, 3, count).astype(np.uint8),
                 rng.exponential(600, count).astype(np.float32), rng.integers(0, 2, count).astype(np.uint8), rng.exponential(300, count).astype(np.float32))
