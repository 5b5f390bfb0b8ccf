"""Carrollton, Texas: the reporting areas of Wheeler 2019 with their calls, work, borders and today's beats, and times on the city's own streets."""

import csv
import gzip
import sqlite3
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapefile
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from tests.shared import DATA

ROOT = DATA / "patrol"
FEET_A_MINUTE = 25 * 5_280 / 60
"""25 miles an hour, for a street that does not say how many minutes it takes, and for the way from an area's middle to its nearest corner."""


class Carrollton(NamedTuple):
    """325 areas: `work_s` and `calls` float64[n], `time_s` float32[n, n], `neighbours` int32[e, 2], today's `beat` int32[n], `at` feet float64[n, 2]."""

    work_s: np.ndarray
    calls: np.ndarray
    time_s: np.ndarray
    neighbours: np.ndarray
    beat: np.ndarray
    at: np.ndarray
    published: np.ndarray
    """The division of the paper, int32[n]: 12 beats, even in calls."""


def carrollton() -> Carrollton:
    """Read it. An area without a beat, today or in the paper (water and fields), is of the beat that most of its neighbours are of."""
    with (ROOT / "RA_Centroids.csv").open() as file:
        rows = list(csv.DictReader(file))
    number = {int(float(row["NumberId"])): place for place, row in enumerate(rows)}
    at = np.array([[float(row["XFeet"]), float(row["YFeet"])] for row in rows])
    with (ROOT / "RA_ContMat.dbf").open("rb") as dbf, shapefile.Reader(dbf=dbf) as reader:
        pairs = np.array([(number[int(row["NUMBERID"])], number[int(row["NID"])]) for row in reader.records()], np.int32)
    time_s = times(at)
    for alone in np.setdiff1d(np.arange(len(rows)), pairs):     # one area borders on none in the list: it goes with the one that is soonest reached
        pairs = np.append(pairs, [[alone, np.argsort(time_s[alone])[1]]], axis=0).astype(np.int32)
    today = np.array([int(float(row["BEATNUMBER"])) for row in rows])
    with (ROOT / "PMed_Results1.csv").open() as file:
        assigned = {number[int(row["dest"])]: int(row["source"]) for row in csv.DictReader(file)}
    centres = sorted(set(assigned.values()))
    published = np.array([centres.index(assigned[place]) + 1 if place in assigned else 0 for place in range(len(rows))])
    return Carrollton(np.array([60 * float(row["Sum_Minu_1"]) for row in rows]), np.array([float(row["Cnt_ra"]) for row in rows]), time_s, pairs,
                      _filled(today, pairs), at, _filled(published, pairs))


def _filled(beat: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Beats numbered from 0 on, a zone of beat 0 given to the one that most of its neighbours are of: int32[n]."""
    beat = beat.copy()
    while (beat == 0).any():
        for place in np.flatnonzero(beat == 0):
            near = beat[np.concatenate([pairs[pairs[:, 0] == place, 1], pairs[pairs[:, 1] == place, 0]])]
            if near.any():
                beat[place] = np.bincount(near[near > 0]).argmax()
    return np.asarray(np.unique(beat, return_inverse=True)[1], np.int32)


def times(at: np.ndarray) -> np.ndarray:
    """Seconds between the areas' middles along the streets, both ways alike (the file has no one-ways): float32[n, n]."""
    corner: dict[tuple[int, int], int] = {}
    tail, head, minutes = [], [], []
    for line, told in _streets():
        ends = [corner.setdefault((round(x), round(y)), len(corner)) for x, y in (line.coords[0], line.coords[-1])]
        tail.append(ends[0])
        head.append(ends[1])
        minutes.append(told if told and told > 0 else max(line.length, 1.0) / FEET_A_MINUTE)
    size = len(corner)
    network = csr_matrix((minutes, (tail, head)), shape=(size, size))     # of parallel streets the sum, which is rare and only slower
    network = network.maximum(network.T)
    part = connected_components(network, directed=False)[1]
    whole = np.flatnonzero(part == np.bincount(part).argmax())
    place = np.array(list(corner), float)[whole]
    tree: Any = cKDTree(place)
    off, nearest = tree.query(at)
    reached = dijkstra(network[whole][:, whole], indices=nearest)[:, nearest]
    out = 60 * (reached + (off[:, None] + off[None]) / FEET_A_MINUTE)
    np.fill_diagonal(out, 0)
    return np.asarray(out, np.float32)


def _streets() -> list[tuple[Any, float | None]]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "streets.gpkg"
        file.write_bytes(gzip.decompress((ROOT / "StreetCenterlines.gpkg.gz").read_bytes()))
        connection = sqlite3.connect(file)
        found = connection.execute('SELECT geom, "Minutes" FROM "StreetCenterlines" WHERE geom IS NOT NULL').fetchall()
        connection.close()
    out = []
    for blob, minutes in found:
        envelope = (0, 32, 48, 48, 64)[blob[3] >> 1 & 7]      # GeoPackage 1.3, 2.1.3: a header, then the geometry as WKB
        out += [(line, minutes if len(shape.geoms) == 1 else None) for shape in [shapely.from_wkb(blob[8 + envelope:])] for line in shape.geoms]
    return out
