"""Made records of calls whose truth is known: rates by hour of the week, cell and kind, days that stray, and silences."""

from typing import Any

import numpy as np

from tocsin.engines.demand import HOUR_US, Calendar, Counted, admit, count

CELLS, KINDS = 12, ("fire", "medical", "traffic")
DISTRICT = np.arange(CELLS, dtype=np.int32) // 4


def calendar(days: int, told: Any = None) -> Calendar:
    """Days of 24 hours from a Monday on."""
    hour = np.arange(24 * days, dtype=np.int32)
    return Calendar(0, hour % 168, hour // 24, np.zeros((days, 0)) if told is None else told, () if told is None else ("holiday",))


def rates(seed: int, per_h: float) -> np.ndarray:
    """Calls an hour: float64[168, C, K], of about `per_h` in all."""
    rng = np.random.default_rng(seed)
    hour = np.arange(168)
    shape = np.stack([1 + 0.6 * np.sin((hour % 24 - phase) / 24 * 2 * np.pi) * np.where(hour >= 120, 0.5, 1.0) for phase in (3, 8, 10)], axis=1)
    share = rng.dirichlet(np.full(CELLS, 0.8), 3).T
    out = shape[:, None, :] * share[None] * np.array([0.2, 0.5, 0.3])
    return np.asarray(out * per_h * 168 / out.sum())


def drawn(seed: int, days: int, per_h: float = 12.0, stray: float = 0.0, factor: np.ndarray | None = None, after: int = 28, told: Any = None) -> Counted:
    """A record of so many days: `factor` float64[days] on each day, and each day's own gamma factor of the variance `stray`."""
    rng = np.random.default_rng([seed, 1])
    day = np.ones(days) if factor is None else factor
    if stray:
        day = day * rng.gamma(1 / stray, stray, days)
    mean = np.tile(rates(seed, per_h), (days // 7 + 1, 1, 1))[:24 * days] * np.repeat(day, 24)[:, None, None]
    return of_table(rng.poisson(mean), calendar(days + after, told))


def of_table(table: np.ndarray, on: Calendar) -> Counted:
    """Counts int[H, C, K] as a record; the last hour always has a call, which tells where it breaks off."""
    hour, cell, kind = (np.repeat(index, table[table > 0]) for index in np.nonzero(table))
    columns = {"cell": np.append(cell, 0), "at": np.append(hour, len(table)) * HOUR_US, "kind": [KINDS[one] for one in (*kind.tolist(), 0)]}
    calls = admit(columns)
    return count(calls, on, np.arange(CELLS, dtype=np.uint64), DISTRICT, len(table) * HOUR_US)
