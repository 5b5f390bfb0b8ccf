"""Distances on the small piece of ground that one city covers."""

import math

import numpy as np
from numpy.typing import NDArray

M_PER_DEGREE = 111_195.0
"""Metres in a degree of latitude on a sphere of the Earth's mean radius, 6,371,009 m."""


def metres(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """The equirectangular distance; within 0.1 % of the great circle across any city."""
    east = ((lon - other_lon + 180) % 360 - 180) * math.cos(math.radians((lat + other_lat) / 2))
    return math.hypot(east, lat - other_lat) * M_PER_DEGREE


def flat(lon: NDArray[np.float64], lat: NDArray[np.float64], at_lat: float) -> NDArray[np.float64]:
    """float64[n, 2] metres on a plane that is true at latitude `at_lat`."""
    return np.column_stack((lon * math.cos(math.radians(at_lat)), lat)) * M_PER_DEGREE


def along(lon: NDArray[np.float64], lat: NDArray[np.float64], share: float) -> tuple[float, float, float]:
    """(lon, lat, length in metres): the point at `share` (0 to 1) of a line's length, and how long the line is."""
    xy = flat(lon, lat, float(lat[0]))
    run = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))))
    at = share * run[-1]
    return float(np.interp(at, run, lon)), float(np.interp(at, run, lat)), float(run[-1])
