"""Quotas: how much one session or one machine's key may ask in each lane, so that nobody's reading is felt by another's call."""

from collections import OrderedDict

import msgspec

from tocsin.edges.web.gate import Known
from tocsin.edges.web.menu import Line
from tocsin.house.lanes import FIRST
from tocsin.kernel import Clock, Instant, Pace, Refused

_MOST_KEPT = 20_000
_S = 1_000_000


class Allowance(msgspec.Struct, frozen=True):
    """A token bucket: so many at once, and so many a second in the long run."""

    burst: int
    per_s: int


ALLOWED: dict[Pace, Allowance] = {"quick": Allowance(6_000, 600), "weighty": Allowance(600, 60), "look": Allowance(900, 90), "later": Allowance(300, 10)}
"""By lane. Emergency commands have by far the most: one key may report the positions of a whole fleet, one request each."""


class Quotas:
    """One bucket for each asker and lane, on the edge's own clock; bounded, the one that asked longest ago is forgotten first and
    begins full again. A clock that goes back takes nothing away, and one that leaps ahead fills a bucket once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: OrderedDict[tuple[str, Pace], tuple[float, Instant]] = OrderedDict()

    def take(self, known: Known | None, line: Line) -> None:
        """One request of this asker at this line; refused with `quota_spent` where nothing is left in its lane. Open lines are not counted."""
        if known is None or line.roles is None:
            return
        pace, now = lane_of(line), self._clock.now()
        allowed, who = ALLOWED[pace], (known.counted_as, lane_of(line))
        left, since = self._buckets.pop(who, (float(allowed.burst), now))
        left = min(allowed.burst, left + max(0, now - since) * allowed.per_s / _S)
        self._buckets[who] = (left - 1 if left >= 1 else left, now)
        if len(self._buckets) > _MOST_KEPT:
            self._buckets.popitem(last=False)
        if left < 1:
            raise Refused("quota_spent", "You ask faster than one may here; wait a second and ask again. Nothing was done.",
                          "请求过于频繁，本次未执行；请等待一秒后重试。", status=429)

    def __len__(self) -> int:
        return len(self._buckets)


def lane_of(line: Line) -> Pace:
    """The lane whose allowance a line draws on: its door's own, else by purpose and verb; a file is as weighty as a ranking."""
    if line.pace is not None:
        return line.pace
    if line.raw:
        return "weighty"
    if line.purpose not in FIRST:
        return "later"
    return "quick" if line.verb == "POST" else "look"
