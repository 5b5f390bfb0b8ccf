"""The reference: Dijkstra over arcs just driven, in plain Python, so that restrictions and part-ways need no tricks."""

import heapq

import numpy as np

from tocsin.engines.roads import Network, Spots
from tocsin.engines.roads.network import opposites

CLOSED = 2**30 - 1


class Plain:
    """Answers of the engine in whole milliseconds, by the definition and slowly; None where there is no way."""

    def __init__(self, network: Network, drive_s: np.ndarray) -> None:
        self.network = network
        self.ms = [CLOSED if np.isinf(s) else round(float(s) * 1000) for s in drive_s]
        self.opposite = opposites(network).tolist()
        self.tail, self.head = network.tail.tolist(), network.head.tolist()
        self.out: dict[int, list[int]] = {}
        for arc, tail in enumerate(self.tail):
            self.out.setdefault(tail, []).append(arc)
        self.bans = set(zip(network.ban_from.tolist(), network.ban_to.tolist(), strict=True))

    def part(self, arc: int, share: float) -> int:
        return CLOSED if self.ms[arc] >= CLOSED else int(self.ms[arc] * share + 0.5)

    def ends(self, spots: Spots) -> list[int]:
        """Least time from the one spot to the end of each arc, the arc driven last."""
        arc, share, directed = int(spots.arc[0]), float(spots.along[0]), bool(spots.directed[0])
        start: list[tuple[int, int]] = []
        if not directed and share in (0.0, 1.0):
            start = [(self.ms[b], b) for b in self.out.get(self.tail[arc] if share == 0.0 else self.head[arc], [])]
        elif share == 1.0:
            start = [(0, arc)]
        else:
            start = [(self.part(arc, 1.0 - share), arc)]
            if not directed and self.opposite[arc] >= 0:
                start.append((self.part(self.opposite[arc], share), self.opposite[arc]))
        best = [CLOSED] * len(self.ms)
        heap = [item for item in start if item[0] < CLOSED]
        heapq.heapify(heap)
        while heap:
            time, here = heapq.heappop(heap)
            if time >= best[here]:
                continue
            best[here] = time
            for onward in self.out.get(self.head[here], []):
                if (here, onward) not in self.bans and time + self.ms[onward] < CLOSED:
                    heapq.heappush(heap, (time + self.ms[onward], onward))
        return best

    def times(self, source: Spots, targets: Spots) -> list[int | None]:
        best = self.ends(source)
        found = (self._reach(source, best, targets.at(i)) for i in range(len(targets)))
        return [None if time >= CLOSED else time for time in found]

    def _reach(self, source: Spots, best: list[int], target: Spots) -> int:
        arc, share = int(target.arc[0]), float(target.along[0])
        stands = self._stands(source)
        if share in (0.0, 1.0):
            node = self.tail[arc] if share == 0.0 else self.head[arc]
            return min([time for a, time in enumerate(best) if self.head[a] == node] + [0 if stands == node else CLOSED])
        found = [CLOSED]
        for way, part in ((arc, share), (self.opposite[arc], 1.0 - share)):
            if way < 0:
                continue
            cost = self.part(way, part)
            found += [time + cost for a, time in enumerate(best) if self.head[a] == self.tail[way] and (a, way) not in self.bans]
            if stands == self.tail[way]:
                found.append(cost)
            found.append(self._straight(source, way, part))
        return min(found)

    def _stands(self, source: Spots) -> int:
        arc, share = int(source.arc[0]), float(source.along[0])
        if source.directed[0] or share not in (0.0, 1.0):
            return -1
        return self.tail[arc] if share == 0.0 else self.head[arc]

    def _straight(self, source: Spots, way: int, part: float) -> int:
        arc, share = int(source.arc[0]), float(source.along[0])
        if arc == way and part >= share:
            return self.part(way, part - share)
        if self.opposite[arc] == way and not source.directed[0] and part >= 1.0 - share:
            return self.part(way, part - (1.0 - share))
        return CLOSED
