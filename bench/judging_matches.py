"""Whether matched positions and ways are those that were driven: by place and direction, so that any matcher can be judged."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

DEGREE_M = 6_371_008.8 * np.pi / 180.0
ON_ROAD_M = 1.0             # a matched place this close to the true street's line lies on it
SAME_WAY = 0.5              # cosine between the bearings of the matched street and the true one
SAMPLE_M = 2.0              # a way is compared at places so far apart
NEAR_M, TURN_M = 6.0, 10.0  # and is the same within so many metres, where turning by a radian counts like the second

Floats = npt.NDArray[np.float64]
Line = tuple[Floats, Floats]    # lon, lat in driving direction


@dataclass(slots=True)
class Tally:
    """Counts over many drives: positions, and metres of the ways as Newson and Krumm count them."""

    points: int = 0
    directed: int = 0
    road: int = 0
    true_m: float = 0.0
    missed_m: float = 0.0
    added_m: float = 0.0

    @property
    def route_error(self) -> float:
        """The metres missed and the metres added, over the metres driven (their section 5)."""
        return (self.missed_m + self.added_m) / self.true_m


def plane(line: Line, lat: float) -> Floats:
    """Metres east and north: float64[n, 2]."""
    return np.column_stack([line[0] * np.cos(np.radians(lat)), line[1]]) * DEGREE_M


def nearest(line: Floats, place: Floats) -> tuple[float, Floats]:
    """How far a place is off a line in metres, and the unit vector of the line there."""
    start, step = line[:-1], np.diff(line, axis=0)
    square = np.maximum((step * step).sum(axis=1), 1e-12)
    share = np.clip(((place - start) * step).sum(axis=1) / square, 0.0, 1.0)
    off = np.hypot(*(start + share[:, None] * step - place).T)
    best = int(np.argmin(off))
    return float(off[best]), step[best] / np.sqrt(square[best])


def judge_points(tally: Tally, true: list[Line], matched: list[tuple[float, float, Line] | None]) -> None:
    """Hold each matched place, with the line of its street, against the line of the street where the drive was."""
    for street, found in zip(true, matched, strict=True):
        tally.points += 1
        if found is None:
            continue
        lat = float(street[1][0])
        place = plane((np.array([found[0]]), np.array([found[1]])), lat)[0]
        off, way = nearest(plane(street, lat), place)
        _, own = nearest(plane(found[2], lat), place)
        tally.road += off <= ON_ROAD_M
        tally.directed += off <= ON_ROAD_M and float(way @ own) > SAME_WAY


def judge_way(tally: Tally, true: list[Line], matched: list[Line]) -> None:
    """Hold the ways against each other at every other metre: what of the drive was missed, what was added to it."""
    lat = float(true[0][1][0])
    driven, found = _samples(true, lat), _samples(matched, lat)
    tally.true_m += SAMPLE_M * len(driven)
    tally.missed_m += SAMPLE_M * _apart(driven, found)
    tally.added_m += SAMPLE_M * _apart(found, driven)


def _apart(those: Floats, from_these: Floats) -> int:
    """How many of those samples have none of these near."""
    if not len(those) or not len(from_these):
        return len(those)
    return int(np.count_nonzero(cKDTree(from_these).query(those)[0] > NEAR_M))


def _samples(lines: list[Line], lat: float) -> Floats:
    """Places along lines with their bearings: float64[n, 4]."""
    rows = [np.empty((0, 4))]
    for line in lines:
        points = plane(line, lat)
        step = np.hypot(*np.diff(points, axis=0).T)
        done = np.concatenate([[0.0], np.cumsum(step)])
        at = np.arange(SAMPLE_M / 2.0, done[-1], SAMPLE_M)
        piece = np.minimum(np.searchsorted(done, at, side="right") - 1, len(step) - 1)
        way = np.diff(points, axis=0)[piece] / np.maximum(step[piece], 1e-9)[:, None]
        rows.append(np.column_stack([np.interp(at, done, points[:, 0]), np.interp(at, done, points[:, 1]), TURN_M * way]))
    return np.concatenate(rows)
