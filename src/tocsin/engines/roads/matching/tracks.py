"""Positions of many units as arrays, and the limits within which they are matched."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tocsin.engines.roads.network import Floats
from tocsin.engines.roads.topology import frozen
from tocsin.kernel import Refused

MOST_POINTS = 50_000        # of one track: a shift of twelve hours with a position each second has 43,200
USUAL_M = 15.0              # the accuracy of a position whose device tells none

Cuts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tracks:
    """Positions of k tracks, one after another: track i has the points `at[i]:at[i + 1]`, in order of time.

    `t_s` are seconds from any beginning, `lon` and `lat` WGS84 degrees. `accuracy_m` is the radius within which two in three
    positions lie, as phones tell it, NaN where unknown; `heading_deg` is clockwise from north, NaN where unknown or standing.
    """

    at: Cuts
    t_s: Floats
    lon: Floats
    lat: Floats
    accuracy_m: Floats
    heading_deg: Floats

    @classmethod
    def of(cls, at: npt.ArrayLike, t_s: npt.ArrayLike, lon: npt.ArrayLike, lat: npt.ArrayLike,
           accuracy_m: npt.ArrayLike | None = None, heading_deg: npt.ArrayLike | None = None) -> "Tracks":
        """Check and freeze them; refuses a track of more than 50,000 points or one whose times do not rise."""
        cuts: Cuts = frozen(at, np.int64)
        times = frozen(t_s, np.float64)
        assert len(cuts) and cuts[0] == 0 and cuts[-1] == len(times), "at must run from 0 to the number of points"
        steps = np.diff(cuts)
        if len(steps) and int(steps.max()) > MOST_POINTS:
            raise Refused("track-too-long", f"A track of {int(steps.max())} positions is too long; {MOST_POINTS} are the most.",
                          f"轨迹有 {int(steps.max())} 个定位，过长；最多 {MOST_POINTS} 个。", status=422)
        rising = np.diff(times) > 0.0
        rising[cuts[(cuts > 0) & (cuts < len(times))] - 1] = True
        if not rising.all():
            raise Refused("track-out-of-order", "The positions of a track must stand in order of time, each instant once.",
                          "轨迹中的定位须按时间先后排列，每一时刻只有一个。", status=422)
        return cls(cuts, times, _one_each(lon, times), _one_each(lat, times), _one_each(accuracy_m, times),
                   _one_each(heading_deg, times))

    def __len__(self) -> int:
        return len(self.at) - 1


def _one_each(values: npt.ArrayLike | None, times: Floats) -> Floats:
    """One value per point; NaN everywhere where nothing is told."""
    each: Floats = frozen(np.full(len(times), np.nan) if values is None else values, np.float64)
    assert len(each) == len(times), "one value per point"
    return each
