"""Travel times beside routingkit-cch and scipy on the same networks in the same run, each answer checked against theirs.

Rome (234,496 nodes) and Moscow (411,992) have real coordinates and made speeds; Florida (1,070,376) has a real structure and
made lengths, so it is not asked to snap. Ours are asked with part-way spots as dispatch asks them; the peers know junctions
only, so equality is checked on junctions. routingkit-cch is given our contraction order; its closure changes the times in
place, ours leaves those that readers hold as they are and makes a copy. The runs of ours and of a peer
alternate, so that noise of the machine falls on both. Values are medians of wall time; with each stand the spread, the
median of processor time (ours, the peer's) and the machine's load, since a shared machine waits more than it works.
"""

import os
import time
from collections.abc import Callable
from heapq import nsmallest
from typing import Any

import numpy as np
import numpy.typing as npt
import routingkit_cch
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from shapely import STRtree, linestrings, points
from tests.shared import DATA

from bench.networks import anvaka, dimacs, made_drive_s
from tocsin.engines.roads import Metric, Network, Roads, Spots, order, warm

UNITS, NEAREST, PLACES = 1_000, 5, 64
FAR = 2**31 - 1     # how routingkit-cch writes an arc that is closed (a larger weight gives it wrong distances)
ANVAKA, DIMACS = DATA / "roads" / "anvaka_osm_roads", DATA / "roads" / "dimacs9_topology_pace16"
LIMITS = {"one": 4.0, "nearest": 0.3, "matrix": 0.4, "full": 100.0, "closure": 20.0}    # promised for about 250,000 nodes


class Bench:
    """One network, ordered and customised by us and by the peer."""

    def __init__(self, report: Any, name: str, network: Network, promised: bool) -> None:
        self.report, self.name, self.network = report, name, network
        self.limits = LIMITS if promised else {}
        start = time.perf_counter()
        topology = order(network)
        built = time.perf_counter() - start
        self.roads = Roads(network, topology)
        self.drive_s = made_drive_s(network)
        self.metric = self.roads.customise(self.drive_s)
        size = sum(array.nbytes for array in topology.arrays().values())
        size_metric = sum(getattr(self.metric, part).nbytes for part in ("arc_ms", "into_ms", "up_ms", "down_ms"))
        self.row("order and shortcuts built", built, "s", 1)
        self.row("memory of the order", size / 2**20, "MiB", 1)
        self.row("memory of one set of travel times", size_metric / 2**20, "MiB", 1)
        self.tail, self.head = network.tail.tolist(), network.head.tolist()
        start = time.perf_counter()
        self.cch = routingkit_cch.CCH(np.argsort(topology.main_rank).tolist(), self.tail, self.head, False)
        self.peer = routingkit_cch.CCHMetric(self.cch, self.metric.arc_ms.tolist())
        rng = np.random.default_rng(3)
        self.arcs = rng.integers(0, len(self.tail), UNITS).astype(np.int32)
        self.units = Spots.of(self.arcs, rng.random(UNITS, np.float32))
        self.places = Spots.of(rng.integers(0, len(self.tail), PLACES), rng.random(PLACES, np.float32))

    def row(self, what: str, value: float, unit: str, runs: int, note: str = "", **more: Any) -> None:
        """One line of the report."""
        self.report(name=f"roads, {self.name}: {what}", value=value, unit=unit, runs=runs,
                    data=f"{len(self.network.lon):,} nodes{note}", **more)

    def race(self, what: str, unit: str, runs: int, ours: Callable[[int], object], limit: str = "", in_a_row: bool = False,
             **peers: Callable[[int], object]) -> None:
        """Alternate ours and the peers, or run each in a row, and report medians; the first run of each is not counted.

        Alternating is the harder test: each finds the processor's caches full of the other's arrays.
        """
        scale = {"ms": 1e3, "s": 1.0}[unit]
        racers = {"ours": ours} | peers
        wall: dict[str, list[float]] = {name: [] for name in racers}
        work: dict[str, list[float]] = {name: [] for name in racers}
        turns = [(turn, name) for turn in range(runs + 1) for name in racers]
        for turn, name in sorted(turns, key=lambda pair: list(racers).index(pair[1])) if in_a_row else turns:
            start, busy = time.perf_counter(), time.thread_time()
            racers[name](turn)
            work[name].append((time.thread_time() - busy) * scale)
            wall[name].append((time.perf_counter() - start) * scale)
        value, effort = float(np.median(wall["ours"][1:])), float(np.median(work["ours"][1:]))
        low, high = np.percentile(wall["ours"][1:], [5, 95])
        bound = {"limit": self.limits[limit]} if limit in self.limits else {}
        for name in peers:
            note = (f"; 5–95 %: {low:.3g}–{high:.3g}; processor {effort:.3g}, {name} {np.median(work[name][1:]):.3g} {unit}; "
                    f"load {os.getloadavg()[0]:.1f}")
            beside = f" (beside {name})" if len(peers) > 1 else ""
            self.row(what + beside, value, unit, runs, note, peer=name, peer_value=float(np.median(wall[name][1:])), **bound)

    def times(self) -> None:
        """The questions of dispatch."""
        roads, metric, units = self.roads, self.metric, self.units
        nodes = self.network.tail[self.arcs].tolist()
        goals = self.network.tail[self.places.arc].tolist()
        pinned, moving = routingkit_cch.CCHManyToOne(self.peer, nodes), routingkit_cch.CCHManyToOne(self.peer, nodes)
        backwards = self.graph(metric).T.tocsr()

        def repinned(turn: int) -> object:
            moving.repin_sources(nodes)
            return moving.distances_to(goals[turn % PLACES])

        self.race(f"{UNITS:,} units to one place", "ms", 40, lambda turn: roads.to_one(metric, units, self.place(turn)), "one",
                  routingkit_pinned=lambda turn: pinned.distances_to(goals[turn % PLACES]), routingkit_moved=repinned)
        self.race(f"{UNITS:,} units to one place, beside scipy", "ms", 5,
                  lambda turn: roads.to_one(metric, units, self.place(turn)), "one",
                  scipy_dijkstra=lambda turn: dijkstra(backwards, indices=goals[turn % PLACES]))
        for in_a_row in (False, True):
            self.race(f"{NEAREST} nearest of {UNITS:,}{', asked in a row' if in_a_row else ''}", "ms", 200,
                      lambda turn: roads.nearest(metric, units, self.place(turn), NEAREST), "nearest", in_a_row,
                      routingkit_sorted=lambda turn: _first(pinned.distances_to(goals[turn % PLACES])))
        self.race(f"matrix {UNITS:,} × {UNITS:,}", "s", 3, lambda turn: roads.matrix(metric, units, units), "matrix",
                  routingkit_rows=lambda turn: [pinned.distances_to(node) for node in nodes])
        query = routingkit_cch.CCHQuery(self.peer)

        def peer_route(turn: int) -> object:
            found = query.run(nodes[turn], goals[turn % PLACES])
            return found.arc_path

        self.race("one route with line and streets", "ms", 60, lambda turn: roads.route(metric, units.at(turn), self.place(turn)),
                  routingkit_arcs=peer_route)

    def weights(self) -> None:
        """Customisation, whole and partial."""
        weights = self.metric.arc_ms.tolist()
        other = routingkit_cch.CCHMetric(self.cch, weights)
        partial = routingkit_cch.CCHMetricPartialUpdater(self.cch)
        self.race("full re-weight", "ms", 7, lambda turn: self.roads.customise(self.drive_s), "full",
                  routingkit=lambda turn: other.reset(weights))
        self.race("a closure", "ms", 60, lambda turn: self.roads.recustomise(self.metric, [self.arcs[turn]], [np.inf]), "closure",
                  routingkit=lambda turn: partial.apply(other, {int(self.arcs[turn]): FAR}))

    def snapping(self) -> None:
        """From points to streets."""
        rng = np.random.default_rng(4)
        near = rng.integers(0, len(self.network.lon), UNITS)
        lon, lat = (np.asarray(side[near] + rng.normal(0, 5e-4, UNITS)) for side in (self.network.lon, self.network.lat))
        usable = np.ones(len(self.tail), np.bool_)
        scale = np.array([np.cos(np.radians(float(lat.mean()))), 1.0])
        ends = np.stack([self.network.shape_lon, self.network.shape_lat], axis=1) * scale
        lines = linestrings(ends.reshape(-1, 2, 2))
        tree = STRtree(lines)
        spots = points(np.stack([lon, lat], axis=1) * scale)    # the tree takes planar numbers

        def shapely(which: slice) -> object:
            line = tree.nearest(spots[which])
            return line, [lines[i].project(spot) for i, spot in zip(np.atleast_1d(line), spots[which], strict=True)]

        self.race("snap one point", "ms", 200, lambda turn: self.roads.snap(lon[turn : turn + 1], lat[turn : turn + 1], usable),
                  shapely_tree=lambda turn: shapely(slice(turn, turn + 1)))
        self.race(f"snap {UNITS:,} points", "ms", 10, lambda turn: self.roads.snap(lon, lat, usable),
                  shapely_tree=lambda turn: shapely(slice(0, UNITS)))

    def equality(self) -> None:
        """Count answers that differ: whole sweeps against scipy, the matrix and a closed city against routingkit-cch."""
        every = Spots.of(self.arcs, np.zeros(UNITS, np.float32))
        nodes = self.network.tail[self.arcs]
        closed = np.unique(self.arcs[:200])
        shut = self.roads.recustomise(self.metric, closed, np.full(len(closed), np.inf))
        for state, metric in (("open", self.metric), (f"{len(closed)} closed", shut)):
            graph, wrong, asked = self.graph(metric), 0, 0
            for turn in range(3):
                target = Spots.of(self.arcs[turn], 0.0)
                expected = dijkstra(graph.T.tocsr(), indices=nodes[turn])
                everywhere = Spots.of(np.arange(len(self.tail)), np.zeros(len(self.tail)))
                wrong += _differ(self.roads.to_one(metric, everywhere, target), expected[self.network.tail])
                asked += len(self.tail)
            self.row(f"answers unlike scipy's, streets {state}", wrong, "answers", asked, limit=0)
        peer = routingkit_cch.CCHManyToOne(self.peer, nodes.tolist())
        rows = np.array([[np.inf if ms is None else ms for ms in peer.distances_to(int(node))] for node in nodes[:100]], float)
        wrong = _differ(self.roads.matrix(self.metric, every, Spots.of(self.arcs[:100], np.zeros(100))).T, rows)
        self.row("answers unlike routingkit-cch's", wrong, "answers", rows.size, limit=0)

    def graph(self, metric: Metric) -> csr_array:
        """The network as scipy takes it, in milliseconds; closed arcs and the slower of two between the same nodes left out."""
        nodes, ms = len(self.network.lon), metric.arc_ms
        by_time = np.lexsort((ms, self.network.head, self.network.tail))
        tail, head = self.network.tail[by_time], self.network.head[by_time]
        keep = (ms[by_time] < 2**30 - 1) & np.r_[True, (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])]
        return csr_array((ms[by_time][keep].astype(float), (tail[keep], head[keep])), shape=(nodes, nodes))

    def place(self, turn: int) -> Spots:
        """One of the places asked for, in turn."""
        return self.places.at(turn % PLACES)


def _differ(seconds: npt.NDArray[np.float32], ms: npt.NDArray[np.float64]) -> int:
    """How many answers in seconds are not the milliseconds expected, infinite ones included."""
    return int(np.count_nonzero(seconds != (ms / 1000).astype(np.float32)))


def _first(ms: list[int | None]) -> list[int]:
    """The least few of the peer's answers."""
    known = [FAR if time is None else time for time in ms]
    return nsmallest(NEAREST, range(len(ms)), key=known.__getitem__)


def run(report: Any) -> None:
    """Every figure of the roads engine."""
    start = time.perf_counter()
    warm()
    report(name="roads: all kernels ready (compiled, or from the cache)", value=time.perf_counter() - start, unit="s")
    cities = (("Rome", "rome", (12.5, 41.9)), ("Moscow", "moscow", (37.62, 55.75)))
    for name, stem, corner in cities:
        bench = Bench(report, name, anvaka(ANVAKA, stem, corner), promised=name == "Rome")
        for part in (bench.times, bench.weights, bench.snapping, bench.equality):
            part()
    bench = Bench(report, "Florida", dimacs(DIMACS / "FLA.gr.xz"), promised=False)
    for part in (bench.times, bench.weights, bench.equality):
        part()
