"""Days of a city drawn with storms and shifts, for choosing how fast intervals learn from their own misses without looking at any real week.

Eight sorts of 37 weeks: nothing happens; a winter with three to seven storms of one to three days; such storms late in the record; days that stray
much at first and little later, and the other way round; two steps of the level; one great storm; days with heavy tails. In all of them the level
walks a little each day. Means are followed as the forecast follows them.
"""

import numpy as np

from tocsin.engines.demand import LEVELS, Past, covered, ends
from tocsin.engines.demand.level import level
from tocsin.engines.demand.past import EVERY_KIND
from tocsin.engines.demand.spread import passed, quantile

SORTS = ("still", "winter", "late", "calmer", "wilder", "steps", "one", "heavy")
_DAYS, _A_DAY, _WEEK = 259, 384.0, (1.03, 1.04, 1.04, 1.04, 1.06, 0.95, 0.84)
_LEARN, _SETTLE = 8, 6


def factors(sort: str, rng: np.random.Generator) -> np.ndarray:
    """What each day is of the usual: float64[days]."""
    variance = np.full(_DAYS, 0.012)
    if sort == "calmer":
        variance[:_DAYS // 3] = 0.05
    if sort == "wilder":
        variance[int(_DAYS * 0.6):] = 0.05
    out = rng.gamma(1 / variance, variance) if sort != "heavy" else np.exp(0.08 * rng.standard_t(3, _DAYS))
    out = out * np.exp(np.cumsum(rng.normal(0, 0.006, _DAYS)))
    begin, end, storms = {"winter": (14, 100, int(rng.integers(3, 8))), "late": (130, 200, int(rng.integers(3, 8))), "one": (40, 200, 1)}.get(sort, (0, 1, 0))
    for _ in range(storms):
        at, days = rng.integers(begin, end), 2 if sort == "one" else rng.integers(1, 4)
        out[at:at + days] *= rng.uniform(2.0, 4.0) if sort == "one" else rng.uniform(1.4, 3.0)
    for at in rng.integers(60, 240, 2) if sort == "steps" else ():
        out[at:] *= rng.choice([0.75, 1.3])
    return np.asarray(out)


def tried(sort: str, seed: int, step: float) -> np.ndarray:
    """Sums over the days of all weeks that a back-test would score, one to four weeks ahead: how many, within 80 and 95 %, score of 80 and 95 %."""
    rng = np.random.default_rng([seed, SORTS.index(sort)])
    usual = _A_DAY * np.tile(_WEEK, _DAYS // 7)
    day = rng.poisson(usual * factors(sort, rng)).astype(float)
    past, out = Past(step), np.zeros(5)
    for origin in range(7 * _LEARN, _DAYS - 6, 7):
        now = level(day[:origin], usual[:origin])
        for ahead in range(1, 5):
            begin = origin + 7 * (ahead - 1)
            if begin + 7 > _DAYS:
                break
            key, count, mean = (LEVELS[5], EVERY_KIND, ahead), day[begin:begin + 7], now * usual[begin:begin + 7]
            fell = None
            if past.looks(key, origin) >= _SETTLE:
                excess, look_at = past.at(key, origin)
                lower, upper = ends(count, mean, excess)
                low_95, low_80, _, high_80, high_95 = (quantile(float(one), mean, excess) for one in look_at)
                out += [7, covered(lower, upper, look_at[1], look_at[3]), covered(lower, upper, look_at[0], look_at[4]),
                        _score(count, low_80, high_80, 0.2), _score(count, low_95, high_95, 0.05)]
                fell = passed(lower, upper, look_at)
            past.add(key, begin + 7, count, mean, fell)
    return out


def _score(count: np.ndarray, low: np.ndarray, high: np.ndarray, outside: float) -> float:
    return float((high - low + 2 / outside * (np.maximum(low - count, 0) + np.maximum(count - high, 0))).sum())
