"""Positions packed for the disk: 36 bytes each, as arrays of one unit or, in a log, of many."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from tocsin.kernel import Instant
from tocsin.trail.fix import Fix

_DEGREE = 1e7
"""Degrees are kept as whole ten-millionths, a centimetre."""
_FIELDS = [("device_at", "<i8"), ("heard_at", "<i8"), ("lon", "<i4"), ("lat", "<i4"), ("accuracy_m", "<f4"),
           ("speed_mps", "<f4"), ("heading_deg", "<f4")]
POINT = np.dtype(_FIELDS)
LOGGED = np.dtype([("unit", "<u4"), *_FIELDS])

Points = NDArray[np.void]


def pack(fixes: Iterable[Fix], units: Sequence[int]) -> Points:
    """The fixes as one LOGGED array; `units` gives each one's number. Absent values become NaN."""
    absent = float("nan")
    return np.array([
        (unit, fix.device_at, fix.heard_at, round(fix.lon * _DEGREE), round(fix.lat * _DEGREE),
         absent if fix.accuracy_m is None else fix.accuracy_m, absent if fix.speed_mps is None else fix.speed_mps,
         absent if fix.heading_deg is None else fix.heading_deg)
        for fix, unit in zip(fixes, units, strict=True)], dtype=LOGGED)


def unpack(unit: str, points: Points) -> list[Fix]:
    """The fixes of one unit; the inverse of `pack` to a centimetre and four bytes of float."""
    return [Fix(unit, lon / _DEGREE, lat / _DEGREE, device_at, heard_at, _known(accuracy), _known(speed),
                _known(heading))
            for device_at, heard_at, lon, lat, accuracy, speed, heading in points[list(POINT.names or ())].tolist()]


def split(logged: Points) -> list[tuple[int, Points]]:
    """A log's points as one POINT array per unit, each in order of device time."""
    if not len(logged):
        return []
    ordered = logged[np.lexsort((logged["device_at"], logged["unit"]))]
    bare = np.empty(len(ordered), POINT)
    for name in POINT.names or ():
        bare[name] = ordered[name]
    starts = np.flatnonzero(np.diff(ordered["unit"], prepend=np.uint32(0xFFFFFFFF)))
    return [(int(ordered["unit"][start]), part) for start, part in zip(starts, np.split(bare, starts[1:]), strict=True)]


def merge(parts: Sequence[Points], since: Instant, until: Instant) -> Points:
    """One unit's points from several arrays with `since` <= device time < `until`, in order, each instant once."""
    if not parts:
        return np.empty(0, POINT)
    together = np.concatenate(parts)
    together = together[(together["device_at"] >= since) & (together["device_at"] < until)]
    _, first = np.unique(together["device_at"], return_index=True)
    return together[first]


def thin(points: Points, every_us: int) -> Points:
    """The first point of each interval of `every_us`; the points are in order of device time."""
    kept = np.flatnonzero(np.diff(points["device_at"] // every_us, prepend=-(1 << 62)))
    return points[kept]


def _known(value: float) -> float | None:
    return None if value != value else value
