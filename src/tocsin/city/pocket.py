"""A city's roads in one small file, by which a phone reckons the way with no network.

It stands here and not with the engine of roads, since it is made of three things: the arrays, the calibration's seconds and the writing of whole numbers
that the file of places has (`engines/places/pocket.py`). The bytes are gzip over `TPR1`, the length of the head (uint32, little endian), the head (JSON) and
the columns. A street's segment keeps the city's own number, which closures name; its shape is drawn within two metres, and forbidden turns are all there.
Seconds are those with lights and siren in an hour of factor 1; an ordinary drive is `ordinary` times as long. Left out are the classes and tagged speeds,
of which the seconds are made, and the factor of the hour.
"""

import gzip
import struct

import msgspec
import numpy as np
import numpy.typing as npt
import shapely

from tocsin.city.calibration import Calibration
from tocsin.city.live import LiveRoads
from tocsin.city.opening import City
from tocsin.engines.places.pocket import grouped, step, whole

MARK = b"TPR1"
MOST_BYTES = 24 * 1024 * 1024
"""Of a city beyond this no file is given, and the phone says that it has none."""
WITHIN_M = 2.0
_M_PER_DEGREE = 111_195.0
_EMERGENCY, _ORDINARY, _EMERGENCY_STOP, _ORDINARY_STOP = 1, 2, 4, 8
"""What an arc is for: being driven, and being where a way may begin and end, by each profile."""

Wide = npt.NDArray[np.int64]


def packed(city: City, timing: Calibration) -> bytes:
    """The file for this city by this calibration; empty where it would be larger than a phone keeps."""
    columns = _columns(city, timing)
    written = {name: grouped(column) for name, column in columns.items()}
    head = msgspec.json.encode({
        "format": 1, "city": city.version, "calibration": timing.version, "ordinary": timing.ordinary_factor, "streets": [one.name for one in city.streets],
        "columns": [[name, len(columns[name]), len(some)] for name, some in written.items()],
    })  # fmt: skip
    data = gzip.compress(b"".join((MARK, struct.pack("<I", len(head)), head, *written.values())), compresslevel=6, mtime=0)
    return data if len(data) <= MOST_BYTES else b""


def _columns(city: City, timing: Calibration) -> dict[str, Wide]:
    """One row a segment, along its shape (`on`) and against it (`back`); a direction that nobody may drive has no uses and no time."""
    network = city.network
    segments = len(network.shape_at) - 1
    live = LiveRoads(city, timing)
    uses = (city.usable("emergency") * _EMERGENCY + city.usable("ordinary") * _ORDINARY
            + live.stops(lights=True) * _EMERGENCY_STOP + live.stops(lights=False) * _ORDINARY_STOP)  # fmt: skip
    time = np.clip(np.round(timing.free_s(city).astype(np.float64) * 10), 1, 2**30)
    two = np.zeros((2, 2, segments), dtype=np.int64)  # uses and tenths of a second, on and back
    ends = np.zeros((2, segments), dtype=np.int64)
    far, name = np.zeros(segments, dtype=np.int64), np.full(segments, -1, dtype=np.int64)
    side = np.where(network.forward, 0, 1)
    two[0, side, network.segment], two[1, side, network.segment] = uses, np.where(uses > 0, time, 0)
    ends[:, network.segment] = np.where(network.forward, (network.tail, network.head), (network.head, network.tail))
    far[network.segment], name[network.segment] = np.round(network.dist_m.astype(np.float64) * 10), network.name
    kept = np.flatnonzero(two[0].any(axis=0))
    row = np.full(segments, -1, dtype=np.int64)
    row[kept] = np.arange(len(kept))
    bans = row[network.segment[np.stack((network.ban_from, network.ban_to))]] * 2 + side[np.stack((network.ban_from, network.ban_to))]
    bans = bans[:, (bans >= 0).all(axis=0)]
    bans = bans[:, np.lexsort((bans[1], bans[0]))]
    bends, lon, lat = _shapes(city, kept)
    return {
        "node_lon": step(whole(np.asarray(network.lon))), "node_lat": step(whole(np.asarray(network.lat))),
        "segment": step(kept), "from": step(ends[0, kept]), "to": ends[1, kept] - ends[0, kept], "name": step(name[kept]), "far_dm": far[kept],
        "on_use": two[0, 0, kept], "back_use": two[0, 1, kept], "on_ds": two[1, 0, kept], "back_ds": two[1, 1, kept] - two[1, 0, kept],
        "bends": bends, "bend_lon": step(lon), "bend_lat": step(lat), "ban_from": step(bans[0]), "ban_to": bans[1] - bans[0],
    }  # fmt: skip


def _shapes(city: City, kept: Wide) -> tuple[Wide, Wide, Wide]:
    """How many points lie between the ends of each kept segment, and these points: as few as stay within two metres of the line."""
    network = city.network
    lon, lat, at = np.asarray(network.shape_lon), np.asarray(network.shape_lat), np.asarray(network.shape_at)
    flat = float(np.cos(np.radians(lat.mean()))) if len(lat) else 1.0
    of_point = np.repeat(np.arange(len(at) - 1), np.diff(at))
    lines = np.atleast_1d(np.asarray(shapely.linestrings(np.column_stack((lon * flat, lat)), indices=of_point), dtype=object))[kept]
    points, of_line = shapely.get_coordinates(shapely.simplify(lines, WITHIN_M / _M_PER_DEGREE), return_index=True)
    inner = np.ones(len(points), dtype=np.bool_)
    first = np.searchsorted(of_line, np.arange(len(kept)))
    inner[first] = False
    inner[np.append(first[1:], len(points))[: len(first)] - 1] = False
    return np.bincount(of_line[inner], minlength=len(kept)).astype(np.int64), whole(points[inner, 0] / flat), whole(points[inner, 1])
