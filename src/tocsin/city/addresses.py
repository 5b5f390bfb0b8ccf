"""House numbers: written lists split, interpolation ways filled in, and nameless numbers given to the nearest named
street.
"""

import re

import numpy as np
import numpy.typing as npt
import shapely

from tocsin.city.cutting import DEGREE_M
from tocsin.city.faults import Odd
from tocsin.city.survey import Segments

_FARTHEST_M = 120.0
_MOST_FILLED = 500
_STEPS = {"all": 1, "even": 2, "odd": 2}
_LEADING = re.compile(r"\s*(\d{1,6})")


def split_numbers(written: str) -> list[str]:
    """Split '12;14, 16' into its numbers; a dash is left alone, since 12-14 is one house more often than a range."""
    return [part for part in (piece.strip() for piece in re.split(r"[;,]", written)) if part][:20]


def spread(points: npt.NDArray[np.float64], rule: str, low: str, high: str) -> list[tuple[str, float, float]] | None:
    """Return the numbers strictly between two, evenly spread along a line of lon/lat points; None where they cannot be
    counted.
    """
    first, last = _LEADING.match(low), _LEADING.match(high)
    step = _STEPS.get(rule) or (int(rule) if rule.isascii() and rule.isdigit() and 0 < int(rule) < 100 else None)
    if first is None or last is None or step is None:
        return None
    begin, end = int(first[1]), int(last[1])
    if abs(end - begin) // step > _MOST_FILLED:
        return None
    wanted = np.arange(begin + step, end, step) if end > begin else np.arange(begin - step, end, -step)
    if len(wanted) == 0:
        return []
    moved = np.hypot(np.diff(points[:, 0]) * np.cos(np.radians(points[0, 1])), np.diff(points[:, 1]))
    run = np.concatenate([[0.0], np.cumsum(moved)])
    at = run[-1] * (wanted - begin) / (end - begin)
    return [
        (str(number), float(lon), float(lat))
        for number, lon, lat in zip(
            wanted.tolist(), np.interp(at, run, points[:, 0]), np.interp(at, run, points[:, 1]), strict=True
        )
    ]


def place_unnamed(segments: Segments, unnamed: list[tuple[str, float, float]], odd: Odd) -> list[tuple[str, int, float, float]]:
    """Give house numbers without a street the name of the nearest named segment, within 120 m; the
    others are counted.
    """
    if not unnamed:
        return []
    named = np.flatnonzero(segments.street >= 0)
    if len(named) == 0:
        odd.note("address_without_street", unnamed[0][0], len(unnamed))
        return []
    shrink = np.cos(np.radians(float(segments.shape_lat.mean())))
    owner = np.repeat(np.arange(segments.count), np.diff(segments.shape_at))
    lines = np.asarray(shapely.linestrings(np.column_stack([segments.shape_lon * shrink, segments.shape_lat]), indices=owner))[
        named
    ]
    where = shapely.points(np.array([(lon * shrink, lat) for _, lon, lat in unnamed]))
    found, nearest = shapely.STRtree(lines).query_nearest(where, max_distance=_FARTHEST_M / DEGREE_M, all_matches=False)
    segment_of = dict(zip(found.tolist(), named[nearest].tolist(), strict=True))
    placed = []
    for at, (number, lon, lat) in enumerate(unnamed):
        if at in segment_of:
            odd.note("address_given_nearest_street", number)
            placed.append((number, int(segments.street[segment_of[at]]), lon, lat))
        else:
            odd.note("address_without_street", f"{number} at {lon:.5f}, {lat:.5f}")
    return placed
