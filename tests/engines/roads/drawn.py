"""Street maps drawn as text and answers written as a table, so that a test of the engine can be read like a plan.

A map has junctions (capitals), streets of `-` and `|` (a `>`, `<`, `^` or `v` in one makes it one-way, an `x` closes it) and
spots (digits) on them. Each step of one character is 100 m and takes 10 s. A table has one line per question:

    1 2  40  A B        from spot 1 to spot 2 takes 40 s, by the junctions A and B (left out: any way)
    1>B C  -            unit 1, driving towards B, cannot reach the junction C

`bans` are turns by junctions: "ABC" forbids coming from A through B to C.
"""

from dataclasses import dataclass

import numpy as np

from tests.engines.roads.towns import network_of
from tocsin.engines.roads import Metric, Roads, Spots, order

STEP_S, STEP_M, STEP_DEGREES = 10.0, 100.0, 0.001
RIGHT, DOWN = ("-><x", 1, 0), ("|^vx", 0, 1)


@dataclass(frozen=True, slots=True)
class Town:
    """A drawn map, ready to be asked."""

    roads: Roads
    metric: Metric
    spots: dict[str, tuple[int, float]]
    junctions: dict[str, int]

    def spot(self, word: str) -> Spots:
        """The junction `A`, the spot `1`, or the unit `1>B` that drives towards B."""
        network = self.roads.network
        if word in self.junctions:
            node = self.junctions[word]
            leaving, coming = np.flatnonzero(network.tail == node), np.flatnonzero(network.head == node)
            return Spots.of(leaving[0], 0.0) if len(leaving) else Spots.of(coming[0], 1.0)
        segment, share = self.spots[word[0]]
        for arc in np.flatnonzero(network.segment == segment).tolist():
            towards = len(word) == 1 or network.head[arc] == self.junctions[word[2]]
            if towards:
                return Spots.of(arc, share if network.forward[arc] else 1.0 - share, len(word) > 1)
        raise ValueError(f"no way to drive {word}")

    def answer(self, source: str, target: str) -> tuple[str, list[str]]:
        """The seconds ('-' if none) and the junctions passed, by the route, which must agree with the times."""
        start, goal = self.spot(source), self.spot(target)
        route = self.roads.route(self.metric, start, goal)
        eta_s = float(self.roads.to_one(self.metric, start, goal)[0])
        if route is None:
            assert np.isinf(eta_s)
            return "-", []
        assert abs(eta_s - route.eta_s) < 1e-3
        names = {node: name for name, node in self.junctions.items()}
        network = self.roads.network
        nodes = [int(network.tail[route.arcs[0]])] if len(route.arcs) else []
        nodes += [int(network.head[arc]) for arc in route.arcs]
        inner = nodes[0 if source in self.junctions else 1 : len(nodes) if target in self.junctions else -1]
        return f"{route.eta_s:g}", [names[node] for node in inner]


def town(drawing: str, bans: str = "") -> Town:
    """Read a drawn map."""
    rows = drawing.splitlines()
    cells = {(x, y): sign for y, row in enumerate(rows) for x, sign in enumerate(row) if sign != " "}
    junctions = {sign: number for number, (_, sign) in enumerate((p, s) for p, s in cells.items() if s.isupper())}
    places = {sign: place for place, sign in cells.items() if sign.isupper()}
    streets: list[tuple[int, int, str]] = []
    lengths: list[int] = []
    closed: list[bool] = []
    spots: dict[str, tuple[int, float]] = {}
    for name, (x, y) in places.items():
        for signs, dx, dy in (RIGHT, DOWN):
            run = ""
            while (sign := cells.get((x + dx * (len(run) + 1), y + dy * (len(run) + 1)), " ")) in signs or sign.isdigit():
                run += sign
            if not run or not sign.isupper():
                continue
            ways = "on" if {">", "v"} & set(run) else "back" if {"<", "^"} & set(run) else "both"
            spots |= {s: (len(streets), (at + 1) / (len(run) + 1)) for at, s in enumerate(run) if s.isdigit()}
            streets.append((junctions[name], junctions[sign], ways))
            lengths.append(len(run) + 1)
            closed.append("x" in run)
    lon = [places[name][0] * STEP_DEGREES for name in junctions]
    lat = [-places[name][1] * STEP_DEGREES for name in junctions]
    metres = [length * STEP_M for length in lengths]
    free = network_of(lon, lat, streets, [], metres)
    arc_of = {(int(tail), int(head)): arc for arc, (tail, head) in enumerate(zip(free.tail, free.head, strict=True))}
    pairs = [tuple(arc_of[junctions[a], junctions[b]] for a, b in (turn[:2], turn[1:])) for turn in bans.split()]
    network = network_of(lon, lat, streets, [(a, b) for a, b in pairs], metres)
    drive_s = np.where(np.array(closed)[network.segment], np.inf, np.array(lengths)[network.segment] * STEP_S)
    roads = Roads(network, order(network))
    return Town(roads, roads.customise(drive_s), spots, junctions)


def check(drawing: str, table: str, bans: str = "") -> None:
    """Assert that a drawn map gives the answers of the table."""
    drawn = town(drawing, bans)
    for line in table.strip().splitlines():
        source, target, seconds, *by = line.split()
        time, passed = drawn.answer(source, target)
        assert time == seconds, f"{line.strip()}: took {time} by {passed}"
        assert not by or passed == by, f"{line.strip()}: went by {passed}"
