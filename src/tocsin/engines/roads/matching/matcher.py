"""The matcher's face: one network, tracks in, streets and driven ways out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tocsin.engines.roads.matching.decoding import decode
from tocsin.engines.roads.matching.driving import Driven, drive
from tocsin.engines.roads.matching.layering import ACCURACY_SIGMA, LEAST_SIGMA_M, gather, layer
from tocsin.engines.roads.matching.lengths import seeking, ways
from tocsin.engines.roads.matching.placing import project, settle
from tocsin.engines.roads.matching.tracks import USUAL_M, Cuts, Tracks
from tocsin.engines.roads.network import Bools, Floats, Ints, Network
from tocsin.engines.roads.snap import Grid
from tocsin.engines.roads.topology import Topology, frozen


@dataclass(frozen=True, slots=True)
class Matched:
    """What was driven. The points are those of the tracks, each where on its way the unit probably was then, with the gap in metres
    from what was told to the way; a point that fits no way has arc -1 and an infinite gap.

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
        times: list[tuple[Floats, Floats]] = []
        for track in range(len(tracks)):
            cut = slice(int(tracks.at[track]), int(tracks.at[track + 1]))
            member, rows = gather(x[cut], y[cut], tracks.t_s[cut], sigma[cut])
            layers = layer(self._grid, self._usable, self._seldom, heading[cut], member, rows)
            driven = drive(self._ways, layers, *decode(self._ways, layers, self._seeking), self._seeking)
            row, share, gap = project(self._grid, self._segment, self._shape_at, x[cut], y[cut], member, driven)
            times.append(settle(self._ways, driven, tracks.t_s[cut], sigma[cut], row, share))
            arc[cut], along[cut], gap_m[cut] = np.append(driven.arc, np.int32(-1))[row], share, gap
            parts.append(driven)
        owner = np.repeat(np.arange(len(parts), dtype=np.int32), [len(driven.arc) for driven in parts])
        way_arc, part = (np.concatenate([np.zeros(0, np.int32), *(getattr(driven, name) for driven in parts)]) for name in ("arc", "part"))
        low, high, stay = (np.concatenate([np.zeros(0), *(getattr(driven, name) for driven in parts)]) for name in ("low", "high", "stay_s"))
        enter, leave = (np.concatenate([np.zeros(0), *(both[side] for both in times)]) for side in (0, 1))
        return Matched(arc, along, gap_m, owner, part, way_arc, low, high, enter, leave, stay)
