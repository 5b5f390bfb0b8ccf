"""Real road networks as the engine's arrays: cities of OpenStreetMap without speeds, and the DIMACS regions without places."""

import lzma
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tocsin.engines.roads import Network

METRES_PER_DEGREE = 111_195.0
SPEED_KPH = (30.0, 60.0)        # made speeds of both readers lie between these


def anvaka(folder: Path, city: str, corner: tuple[float, float]) -> Network:
    """A city of the anvaka set: coordinates in metres round the centre `corner` (lon, lat), every street both ways.

    The files are little-endian int32: x, y of each node, and 1-based pairs of nodes.
    """
    xy = np.fromfile(folder / f"{city}-roads.co.bin", "<i4").reshape(-1, 2).astype(np.float64)
    pairs = np.fromfile(folder / f"{city}-roads.gr.bin", "<i4").reshape(-1, 2) - 1
    lat = corner[1] + xy[:, 1] / METRES_PER_DEGREE
    lon = corner[0] + xy[:, 0] / (METRES_PER_DEGREE * np.cos(np.radians(corner[1])))
    low, high = pairs.min(axis=1), pairs.max(axis=1)
    ends = np.unique(np.stack([low, high], axis=1)[low != high], axis=0)
    return two_way(lon, lat, ends, np.maximum(np.hypot(*(xy[ends[:, 0]] - xy[ends[:, 1]]).T), 1.0))


def dimacs(path: Path, seed: int = 1) -> Network:
    """A region of the DIMACS set in PACE form (topology only): lengths are made, 20–200 m by seed, and places are not real."""
    head, rest = lzma.decompress(path.read_bytes()).split(b"\n", 1)
    nodes = int(head.split()[2])
    ends = np.sort(np.array(rest.split(), dtype=np.int64).reshape(-1, 2) - 1, axis=1)
    ends = np.unique(ends[ends[:, 0] != ends[:, 1]], axis=0)
    wide = int(np.sqrt(nodes)) + 1
    lon, lat = np.arange(nodes) % wide * 0.001, np.arange(nodes) // wide * 0.001
    return two_way(lon, lat, ends, np.random.default_rng(seed).uniform(20.0, 200.0, len(ends)))


def two_way(lon: npt.NDArray[Any], lat: npt.NDArray[Any], ends: npt.NDArray[Any],
            dist_m: npt.NDArray[Any]) -> Network:
    """A network of straight two-way streets between pairs of junctions."""
    count = len(ends)
    tail, head = np.concatenate([ends[:, 0], ends[:, 1]]), np.concatenate([ends[:, 1], ends[:, 0]])
    return Network(
        lon, lat, tail.astype(np.int32), head.astype(np.int32), np.tile(dist_m, 2).astype(np.float32),
        np.tile(np.arange(count, dtype=np.int32), 2), np.repeat([True, False], count),
        np.arange(count + 1, dtype=np.int64) * 2,
        lon[ends].ravel(), lat[ends].ravel(), np.empty(0, np.int32), np.empty(0, np.int32),
        np.full(2 * count, -1, np.int32), np.zeros(2 * count, np.uint8))


def made_drive_s(network: Network) -> npt.NDArray[np.float32]:
    """Made drive times: a speed of 30–60 km/h per arc by a hash of its number (Knuth's multiplier), without class or chance."""
    numbers = np.arange(len(network.tail), dtype=np.uint64)
    share = (numbers * np.uint64(2654435761) % np.uint64(1 << 32)).astype(np.float64) / (1 << 32)
    speed = SPEED_KPH[0] + (SPEED_KPH[1] - SPEED_KPH[0]) * share
    return np.maximum(network.dist_m / (speed / 3.6), 0.05).astype(np.float32)
