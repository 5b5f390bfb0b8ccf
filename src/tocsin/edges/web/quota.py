"""Quotas: how much one session or one machine's key may ask in each lane, so that nobody's reading is felt by another's call."""

from collections import OrderedDict
from collections.abc import Callable

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


class Buckets:
    """One bucket for each asker, on whoever's clock in microseconds; bounded, the one that asked longest ago is forgotten first and
    begins full again. A clock that goes back takes nothing away, and one that leaps ahead fills a bucket once."""

    def __init__(self, now: Callable[[], Instant]) -> None:
        self._now = now
        self._held: OrderedDict[tuple[str, str], tuple[float, Instant]] = OrderedDict()

    def take(self, who: tuple[str, str], allowed: Allowance) -> bool:
        """Take one, where there is one."""
        left, now = self.left(who, allowed), self._now()
        self._held.pop(who, None)
        self._held[who] = (left - 1 if left >= 1 else left, now)
        if len(self._held) > _MOST_KEPT:
            self._held.popitem(last=False)
        return left >= 1

    def left(self, who: tuple[str, str], allowed: Allowance) -> float:
        """What is in it now; nothing is taken."""
        left, since = self._held.get(who, (float(allowed.burst), self._now()))
        return min(allowed.burst, left + max(0, self._now() - since) * allowed.per_s / _S)

    def __len__(self) -> int:
        return len(self._held)


class Quotas:
    """One bucket for each asker and lane, on the edge's own clock."""

    def __init__(self, clock: Clock) -> None:
        self._buckets = Buckets(clock.now)

    def take(self, known: Known | None, line: Line) -> None:
        """One request of this asker at this line; refused with `quota_spent` where nothing is left in its lane. Open lines are not counted."""
        if known is None or line.roles is None:
            return
        pace = lane_of(line)
        if not self._buckets.take((known.counted_as, pace), ALLOWED[pace]):
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
