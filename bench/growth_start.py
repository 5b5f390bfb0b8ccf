"""A start of a house in a process of its own, for bench_growth: from opening its records to its first answer, and what it holds then."""

import json
import os
import sys
import time
from pathlib import Path

from tests.floor import PLAN, TABLE, StillClock

from tocsin.city import City
from tocsin.city.calibration import Calibration
from tocsin.house import build

NEVER = 1 << 60
"""Facts between two keyframes of the past, where none are wanted."""


def start(data: Path, city: Path, at: int, database: str) -> None:
    """Open, look at the whole board once, say how long that took and the memory that is resident, close."""
    begun = time.perf_counter()
    house = build(data, City.open(city), Calibration.default(), PLAN, TABLE, StillClock(at), keyframe_every=NEVER, database=database)
    rows = len(house.frame(None).rows)
    took_s = time.perf_counter() - begun
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    print(json.dumps({"took_s": took_s, "resident_mb": pages * os.sysconf("SC_PAGE_SIZE") / 1e6, "rows": rows}), flush=True)
    house.close()


if __name__ == "__main__":
    start(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
