"""The matcher's face: one network, tracks in, streets and driven ways out."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from tocsin.engines.roads.matching.decoding import decode
from tocsin.engines.roads.matching.driving import Driven, drive, foot
from tocsin.engines.roads.matching.layering import ACCURACY_SIGMA, LEAST_SIGMA_M, gather, layer
from tocsin.engines.roads.matching.lengths import seeking, ways
from tocsin.engines.roads.matching.tracks import USUAL_M, Cuts, Tracks
from tocsin.engines.roads.network import Bools, Floats, Ints, Network
from tocsin.engines.roads.snap import Grid
from tocsin.engines.roads.topology import Topology, frozen


@dataclass(frozen=True, slots=True)
class Matched:
    """What was driven. The points are those of the tracks; a point that fits no way has arc -1 and an infinite gap.

    Ways follow one another in `way_*`, one row for each street that was driven, from the share `way_low` to `way_high` of it:
    row r belongs to the track `way_track[r]` and to its part `way_part[r]`, since a way breaks off where nothing joins two
    positions and another part begins. `way_enter_s`, `way_leave_s` are the track's seconds, `way_stay_s` the longest stay there.
    """

    arc: Ints
    along: Floats
    gap_m: Floats
    way_track: Ints
    way_part: Ints
    way_arc: Ints
    way_low: Floats
    way_high: Floats
    way_enter_s: Floats
    way_leave_s: Floats
    way_stay_s: Floats


class Matcher:
    """Finds the streets behind positions. One at a time may use it; more threads make one each."""

    def __init__(self, network: Network, topology: Topology, grid: Grid, usable: npt.ArrayLike,
                 seldom: npt.ArrayLike | None = None) -> None:
        self._usable: Bools = frozen(usable, np.bool_)
        self._seldom: Bools = frozen(np.zeros(len(network.tail)) if seldom is None else seldom, np.bool_)
        assert len(self._usable) == len(self._seldom) == len(network.tail), "one mark per arc"
        self._grid = grid
        self._segment = frozen(network.segment, np.int32)
        self._shape_at: Cuts = frozen(network.shape_at, np.int64)
        self._ways = ways(network, topology, grid, self._usable)
        self._seeking = seeking(self._ways)

    def match(self, tracks: Tracks) -> Matched:
        """Match each track by itself; see `decode` for the model and what it costs."""
        box = self._grid.box
        x, y = (tracks.lon - box[0]) * box[2], (tracks.lat - box[1]) * box[3]
        told = np.where(np.isfinite(tracks.accuracy_m), tracks.accuracy_m, USUAL_M)
        sigma, heading = np.maximum(told / ACCURACY_SIGMA, LEAST_SIGMA_M), np.radians(tracks.heading_deg)
        arc, along = np.full(len(x), -1, np.int32), np.zeros(len(x))
        gap_m = np.full(len(x), np.inf)
        parts: list[Driven] = []
        for track in range(len(tracks)):
            cut = slice(int(tracks.at[track]), int(tracks.at[track + 1]))
            member, rows = gather(x[cut], y[cut], tracks.t_s[cut], sigma[cut])
            layers = layer(self._grid, self._usable, self._seldom, heading[cut], member, rows)
            driven = drive(self._ways, layers, *decode(self._ways, layers, self._seeking), self._seeking)
            _place(self._grid, self._segment, self._shape_at, x[cut], y[cut], member, driven, arc[cut], along[cut], gap_m[cut])
            parts.append(driven)
        owner = np.repeat(np.arange(len(parts), dtype=np.int32), [len(driven.arc) for driven in parts])
        columns = (np.concatenate([np.zeros(0), *(driven[column] for driven in parts)]) for column in range(7))
        way_arc, low, high, enter, leave, stay, part = columns
        return Matched(arc, along, gap_m, owner, part.astype(np.int32), way_arc.astype(np.int32), low, high, enter, leave, stay)


@njit(cache=True, nogil=True)
def _place(g: Grid, segment: Ints, shape_at: Cuts, x: Floats, y: Floats, member: Ints, d: Driven, arc: Ints, along: Floats,
           gap_m: Floats) -> None:
    """Put each position at the nearest place of the way between the decoded position it goes with and the ones beside that."""
    for i in range(len(x)):
        here = d.place[member[i]] if member[i] >= 0 else -1
        if here == -1:
            continue
        first, last = _beside(d, member[i])
        for row in range(first, last + 1):
            share, gap = foot(g, shape_at, d.arc[row], segment[d.arc[row]], d.low[row], d.high[row], x[i], y[i])
            if gap < gap_m[i]:
                arc[i], along[i], gap_m[i] = d.arc[row], share, gap


@njit(cache=True, nogil=True)
def _beside(d: Driven, t: int) -> tuple[int, int]:
    """The rows of the way from the decoded position before t to the one after it, within the same part."""
    first = last = d.place[t]
    for k in range(t - 1, -1, -1):
        if d.place[k] >= 0:
            first = d.place[k]
            break
    for k in range(t + 1, len(d.place)):
        if d.place[k] >= 0:
            last = d.place[k]
            break
    while d.part[first] != d.part[d.place[t]]:
        first += 1
    while d.part[last] != d.part[d.place[t]]:
        last -= 1
    return first, last
