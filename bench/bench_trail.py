"""The trail under 10,000 units that report every five seconds: what it costs, and how quickly it answers."""

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from tocsin.kernel import Instant
from tocsin.trail import Fix, Trail

UNITS = 10_000
PER_S = 2_000
LASTING_S = 6


class Machine:
    """The machine's own clock."""

    def now(self) -> Instant:
        """Microseconds of UTC."""
        return time.time_ns() // 1_000


def run(report: Callable[..., None]) -> None:
    """Every figure of the trail."""
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as home, \
            Trail.open(Path(home), Machine(), keep_days=7) as trail:
        spent_s = under_load(trail)
        report(name="trail: CPU at 2,000 positions a second", value=100 * spent_s / LASTING_S, unit="% of a core",
               runs=1, data=f"10,000 units, {LASTING_S} s, taking in and writing")
        changes, whole, one = [], [], []
        now = Machine().now()
        for number in range(200):
            at = trail.head()
            trail.report([Fix(f"U{unit}", 24.9, 60.2, now + number, now) for unit in range(500)])
            changes.append(timed_us(partial(trail.since, at)))
            whole.append(timed_us(lambda: trail.since(0)))
        for unit in range(50):
            one.append(timed_us(partial(trail.history, f"U{unit}", 0, now + 1_000)))
        report(name="trail: 500 changed rows since a number", value=median(changes), unit="us", runs=200, data="10,000 units")
        report(name="trail: all rows", value=median(whole), unit="us", runs=200, data="10,000 units")
        report(name="trail: one unit's history", value=median(one), unit="us", runs=50, data="not yet packed")


def under_load(trail: Trail) -> float:
    """Seconds of CPU for so many seconds of reports, the making of them taken off."""
    begun, making, told = time.perf_counter(), 0.0, 0
    before = time.process_time()
    while time.perf_counter() - begun < LASTING_S:
        mark = time.thread_time()
        now = Machine().now()
        fixes = [Fix(f"U{(told + place) % UNITS}", 24.9 + place / 1e4, 60.1, now, now, 5.0, 10.0, 90.0)
                 for place in range(PER_S // 10)]
        making += time.thread_time() - mark
        trail.report(fixes)
        told += len(fixes)
        time.sleep(max(0.0, begun + told / PER_S - time.perf_counter()))
    return time.process_time() - before - making


def timed_us(work: Callable[[], object]) -> float:
    """How long one call takes, in microseconds."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1e6
