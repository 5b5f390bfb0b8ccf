"""Compile every kernel once, on a tiny town, so that the first real question is answered at full speed."""

import numpy as np

from tocsin.engines.roads.matching import Tracks
from tocsin.engines.roads.network import Network
from tocsin.engines.roads.roads import Roads
from tocsin.engines.roads.topology import order


def warm() -> None:
    """Run each question of the engine on five streets; takes seconds the first time, then comes from Numba's cache."""
    town = _town()
    roads = Roads(town, order(town))
    times = np.full(len(town.tail), 10.0, np.float32)
    metric = roads.recustomise(roads.customise(times), [0, 3], [np.inf, 7.0])
    spots = roads.snap(town.lon + 0.0003, town.lat + 0.0001, np.ones(len(town.tail), np.bool_))
    target = spots.at(0)
    roads.to_one(metric, spots, target)
    roads.from_one(metric, target, spots)
    roads.nearest(metric, spots, target, 2)
    roads.matrix(metric, spots, spots)
    for place in range(len(spots)):
        roads.route(metric, spots.at(place), target)
    roads.matcher(np.ones(len(town.tail), np.bool_)).match(Tracks.of([0, 4], np.arange(4.0) * 20.0, town.lon[:4], town.lat[:4]))


def _town() -> Network:
    """Five junctions: a block with a street across and one banned turn."""
    lon, lat = np.array([0.0, 0.002, 0.002, 0.0, 0.001]), np.array([0.0, 0.0, 0.002, 0.002, 0.001])
    ends = np.array([[0, 1], [1, 2], [2, 3], [3, 0], [0, 4], [4, 2]])
    tail = np.concatenate([ends[:, 0], ends[:, 1]]).astype(np.int32)
    head = np.concatenate([ends[:, 1], ends[:, 0]]).astype(np.int32)
    count = len(ends)
    return Network(
        lon, lat, tail, head, np.full(2 * count, 200.0, np.float32), np.tile(np.arange(count, dtype=np.int32), 2),
        np.repeat([True, False], count), np.arange(count + 1, dtype=np.int64) * 2, lon[ends].ravel(), lat[ends].ravel(),
        np.array([0], np.int32), np.array([1], np.int32), np.full(2 * count, -1, np.int32), np.zeros(2 * count, np.uint8))
