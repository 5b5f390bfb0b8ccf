"""The engine's face: one network with its order, and every question that dispatch asks of it."""

import numpy as np
import numpy.typing as npt

from tocsin.engines.roads import metric as pouring
from tocsin.engines.roads import near, route, snap, sweep
from tocsin.engines.roads.matching import Matcher
from tocsin.engines.roads.metric import CLOSED_MS, Metric, whole_ms
from tocsin.engines.roads.network import Bools, Ints, Network, check, opposites
from tocsin.engines.roads.route import Route, gate_used
from tocsin.engines.roads.spots import Gates, Spots, Streets, direct, entries, exits, lower_by_direct
from tocsin.engines.roads.topology import Reverse, Topology, Under, frozen
from tocsin.kernel import Refused

Seconds = npt.NDArray[np.float32]

SPARE_SCRATCH = 4           # working arrays kept for the next search; more readers at once get fresh ones
SETTLE_SHARE = 1 / 64       # of all ranks may a search for the nearest settle; by then a sweep would have been as quick
SETTLE_LEAST = 2_048
MOST_CELLS = 25_000_000     # of a matrix: 100 MB


class Roads:
    """Travel times on one network. All methods may be called from several threads at once, each with its own metric.

    Everywhere, times are float32 seconds that include the part-way offsets of both ends, and `inf` means that there is no
    way (an answer, not an error). A target or source is a `Spots` of length 1 (`spots.at(i)`).
    """

    def __init__(self, network: Network, topology: Topology) -> None:
        check(network)
        made_for = (int(topology.head[1]), int(topology.head[2]))
        assert made_for == (len(network.lon), len(network.tail)), "the topology is of another network"
        self.network, self.topology = network, topology
        self._hierarchy = topology.hierarchy
        self._under = Under(topology.under_key, topology.under_arc)
        self._reverse = Reverse(topology.into_at, topology.into_tail)
        self._streets = Streets(
            frozen(network.tail, np.int32), frozen(network.head, np.int32), frozen(opposites(network), np.int32),
            topology.main_rank, topology.exit_rank, topology.enter_at, topology.enter_rank,
            topology.stand_at, topology.stand_rank)
        self._drawing = route.Drawing(
            frozen(network.segment, np.int32), frozen(network.forward, np.bool_), frozen(network.shape_at, np.int64),
            frozen(network.shape_lon, np.float64), frozen(network.shape_lat, np.float64))
        self._grid = snap.grid(network)
        by_arc = np.argsort(topology.under_arc, kind="stable").astype(np.int32)
        self._places = topology.under_key[by_arc] >> 1          # hierarchy arcs, grouped by the network arc on them
        self._places_at = np.searchsorted(topology.under_arc[by_arc], np.arange(len(network.tail) + 1))
        self._into = np.argsort(topology.into_arc, kind="stable").astype(np.int32)      # backward arcs, likewise
        self._into_at = np.searchsorted(topology.into_arc[self._into], np.arange(len(network.tail) + 1))
        self._settle = max(SETTLE_LEAST, int(SETTLE_SHARE * len(topology.parent)))
        self._spare: list[sweep.Scratch] = []
        self._spare_near: list[near.NearScratch] = []

    def customise(self, drive_s: npt.ArrayLike) -> Metric:
        """A metric of drive times in seconds per arc (m); `inf` closes an arc. Times are kept to the millisecond."""
        arc_ms = whole_ms(drive_s)
        assert len(arc_ms) == len(self.network.tail), "one drive time per arc"
        return pouring.customise(self._hierarchy, self._under, self.topology.into_arc, arc_ms)

    def recustomise(self, metric: Metric, arcs: npt.ArrayLike, drive_s: npt.ArrayLike) -> Metric:
        """A metric that differs from `metric` in the times of `arcs` alone; equals `customise` of the whole, sooner for few."""
        changed = np.asarray(arcs, np.int32).reshape(-1)
        arc_ms = metric.arc_ms.copy()
        arc_ms[changed] = whole_ms(drive_s)
        changed = np.unique(changed[arc_ms[changed] != metric.arc_ms[changed]])
        places = _members(self._places, self._places_at, changed)
        into = _members(self._into, self._into_at, changed)
        return pouring.recustomise(self._hierarchy, self._under, places, into, self.topology.into_arc, metric, arc_ms)

    def snap(self, lon: npt.ArrayLike, lat: npt.ArrayLike, usable: npt.ArrayLike,
             heading_deg: npt.ArrayLike | None = None) -> Spots:
        """The nearest place on a street with an arc in `usable` (bool[m]) for each point in WGS84 degrees.

        A point that is not a number, or a network without usable arcs, gives arc -1 and gap_m inf. A point with a heading
        (degrees clockwise from north, NaN: none) is a driving unit: it is `directed` along an arc that goes its way, and of
        two streets as near the one that does is chosen.
        """
        lons = frozen(np.atleast_1d(np.asarray(lon, np.float64)), np.float64)
        lats = frozen(np.atleast_1d(np.asarray(lat, np.float64)), np.float64)
        mask: Bools = frozen(usable, np.bool_)
        assert len(lons) == len(lats), "each point has a longitude and a latitude"
        assert len(mask) == len(self.network.tail), "one usable mark per arc"
        told = np.full(len(lons), np.nan) if heading_deg is None else np.atleast_1d(np.asarray(heading_deg, np.float64))
        heading = np.where(np.isfinite(told), np.radians(told), np.nan)
        assert len(heading) == len(lons), "each point has a heading, or none has"
        arc, along, gap_m = snap.snap(self._grid, lons, lats, frozen(heading, np.float64), mask)
        return Spots(frozen(arc, np.int32), frozen(along, np.float32), frozen(gap_m, np.float32),
                     frozen(np.isfinite(heading) & (arc >= 0), np.bool_))

    def matcher(self, usable: npt.ArrayLike, seldom: npt.ArrayLike | None = None) -> Matcher:
        """A matcher of positions to the streets with an arc in `usable` (bool[m]); one for each thread that matches.

        Arcs in `seldom` (bool[m]) are believed where positions insist: bus lanes and footways beside the road that cars drive.
        """
        return Matcher(self.network, self.topology, self._grid, usable, seldom)

    def to_one(self, metric: Metric, spots: Spots, target: Spots) -> Seconds:
        """Seconds from each of k spots to the target: float32[k]."""
        return _seconds(self._to_one_ms(metric, spots, target))

    def from_one(self, metric: Metric, source: Spots, spots: Spots) -> Seconds:
        """Seconds from the source to each of k spots: float32[k]."""
        assert len(source) == 1, "one source"
        scratch = self._take()
        starts, goals = self._exits(metric, source), self._entries(metric, spots)
        ms = sweep.to_many(self._hierarchy, metric.up_ms, metric.down_ms, starts, goals, scratch)
        self._give(scratch)
        return _seconds(self._straight(metric, source, spots, ms.reshape(1, -1))[0])

    def nearest(self, metric: Metric, spots: Spots, target: Spots, k: int) -> tuple[Ints, Seconds]:
        """The at most k spots from which the target is reached soonest: their indices and seconds, best first.

        Spots without a way are left out; equal times stand in index order. A search from the target finds them where spots
        are dense; where they are not, all are swept and sorted, to the same answer.
        """
        assert k >= 1, "at least one of the nearest"
        assert len(target) == 1, "one target"
        k = min(k, len(spots))
        if k == 0:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        straight = np.full((len(spots), 1), CLOSED_MS, np.int32)
        self._straight(metric, spots, target, straight)
        try:
            scratch = self._spare_near.pop()
        except IndexError:
            scratch = near.near_scratch(len(self._hierarchy.parent), len(self._reverse.tail) + len(self._streets.stand_rank))
        enough, best = near.nearest(self._reverse, metric.into_ms, self._entries(metric, target), self._exits(metric, spots),
                                    straight[:, 0], k, self._settle, scratch)
        if len(self._spare_near) < SPARE_SCRATCH:
            self._spare_near.append(scratch)
        if enough:
            return (best & near.LOW).astype(np.int32), _seconds((best >> 32).astype(np.int32))
        ms = self._to_one_ms(metric, spots, target)
        index = np.argsort(ms, kind="stable")[:k].astype(np.int32)
        index = index[ms[index] < CLOSED_MS]
        return index, _seconds(ms[index])

    def matrix(self, metric: Metric, sources: Spots, targets: Spots) -> Seconds:
        """Seconds from each of N sources to each of M targets: float32[N, M]; refuses more than 25 million cells."""
        if len(sources) * len(targets) > MOST_CELLS:
            raise Refused("matrix-too-large", f"A table of {len(sources)} × {len(targets)} travel times is too large.",
                          f"{len(sources)} × {len(targets)} 的行程时间表过大。", status=422)
        starts, goals = self._exits(metric, sources), self._entries(metric, targets)
        scratch = self._take()
        if len(targets) <= len(sources):
            ms = sweep.table(self._hierarchy, metric.down_ms, metric.up_ms, goals, starts, scratch)
        else:
            ms = sweep.table(self._hierarchy, metric.up_ms, metric.down_ms, starts, goals, scratch).T.copy()
        self._give(scratch)
        return _seconds(self._straight(metric, sources, targets, ms))

    def route(self, metric: Metric, source: Spots, target: Spots) -> Route | None:
        """The quickest way from source to target with its line and street names; None if there is none."""
        assert len(source) == len(target) == 1, "one source and one target"
        scratch = self._take()
        starts, goals = self._exits(metric, source), self._entries(metric, target)
        best, way = route.meet(self._hierarchy, metric.up_ms, metric.down_ms, starts, goals, scratch)
        self._give(scratch)
        arc, goal = int(source.arc[0]), int(target.arc[0])
        here, there = float(source.along[0]), float(target.along[0])
        straight, on = direct(self._streets, metric.arc_ms, arc, here, bool(source.directed[0]), goal, there)
        if straight < CLOSED_MS and straight <= best:
            start, end = (here if on == arc else 1.0 - here), (there if on == goal else 1.0 - there)
            return route.describe(self._drawing, self.network, np.array([on], np.int32), start, end, int(straight))
        if best >= CLOSED_MS:
            return None
        arcs = route.unpack(self._hierarchy, self._under, metric.up_ms, metric.down_ms, metric.arc_ms, way)
        way_in = gate_used(starts, int(way[0]))
        way_out = gate_used(goals, int(way[-1]))
        first, start = self._first_part(source, way_in)
        last, end = self._last_part(target, way_out)
        ends = [np.array([part], np.int32) if part >= 0 else np.empty(0, np.int32) for part in (first, last)]
        whole = np.concatenate([ends[0], arcs, ends[1]])
        if not len(whole):
            node = int(self.network.tail[arc] if here <= 0.0 else self.network.head[arc])
            return Route(whole, self.network.lon[[node]], self.network.lat[[node]], 0.0, 0.0, [])
        return route.describe(self._drawing, self.network, whole, start, end, int(best))

    def _first_part(self, source: Spots, gate: int) -> tuple[int, float]:
        """The arc on which the source is left through its gate and the share where that begins; -1 at a junction."""
        arc, share = int(source.arc[0]), float(source.along[0])
        if share >= 1.0 or (share <= 0.0 and not source.directed[0]):
            return -1, 0.0
        return (arc, max(share, 0.0)) if gate == 0 else (int(self._streets.opposite[arc]), 1.0 - share)

    def _last_part(self, target: Spots, gate: int) -> tuple[int, float]:
        """The arc on which the target is reached through its gate and the share where that ends; -1 at a junction."""
        arc, share = int(target.arc[0]), float(target.along[0])
        if share >= 1.0 or share <= 0.0:
            return -1, 1.0
        own = int(self._streets.enter_at[arc + 1] - self._streets.enter_at[arc])
        return (arc, share) if gate < own else (int(self._streets.opposite[arc]), 1.0 - share)

    def _to_one_ms(self, metric: Metric, spots: Spots, target: Spots) -> Ints:
        """The milliseconds of `to_one`."""
        assert len(target) == 1, "one target"
        scratch = self._take()
        goals, starts = self._entries(metric, target), self._exits(metric, spots)
        ms = sweep.to_many(self._hierarchy, metric.down_ms, metric.up_ms, goals, starts, scratch)
        self._give(scratch)
        return self._straight(metric, spots, target, ms.reshape(-1, 1))[:, 0]

    def _exits(self, metric: Metric, spots: Spots) -> Gates:
        """Where the spots join the searched graph as starts."""
        gates: Gates = exits(self._streets, metric.arc_ms, spots.arc, spots.along, spots.directed)
        return gates

    def _entries(self, metric: Metric, spots: Spots) -> Gates:
        """Where the spots join the searched graph as goals."""
        gates: Gates = entries(self._streets, metric.arc_ms, spots.arc, spots.along)
        return gates

    def _straight(self, metric: Metric, sources: Spots, targets: Spots, ms: Ints) -> Ints:
        """The table with direct ways along one street taken where they are quicker."""
        lower_by_direct(self._streets, metric.arc_ms, sources.arc, sources.along, sources.directed,
                        targets.arc, targets.along, ms)
        return ms

    def _take(self) -> sweep.Scratch:
        """Working arrays for one search; taking from a list is atomic, so that threads never share one."""
        try:
            return self._spare.pop()
        except IndexError:
            return sweep.scratch(len(self._hierarchy.parent))

    def _give(self, scratch: sweep.Scratch) -> None:
        """Keep clean working arrays for the next search; those of a search that failed are dropped."""
        if len(self._spare) < SPARE_SCRATCH:
            self._spare.append(scratch)


def _members(members: Ints, at: npt.NDArray[np.intp], groups: Ints) -> Ints:
    """The members of some groups, where group g is members[at[g]:at[g + 1]]."""
    return np.concatenate([np.empty(0, np.int32), *(members[at[g] : at[g + 1]] for g in groups.tolist())])


def _seconds(ms: Ints) -> Seconds:
    """Milliseconds as seconds, closed as infinite."""
    seconds: Seconds = np.where(ms >= CLOSED_MS, np.float32(np.inf), ms / np.float32(1000.0)).astype(np.float32)
    return seconds
