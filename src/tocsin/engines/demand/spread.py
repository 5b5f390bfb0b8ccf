"""How far counts stray from their mean: negative binomial chances, intervals, and how often an interval of whole numbers truly covers."""

import numpy as np
from scipy.special import betainc, gammaincc, gammaln, ndtr, ndtri, xlogy

from tocsin.engines.demand.calls import Floats

NOMINAL = np.array([0.025, 0.1, 0.5, 0.9, 0.975])
"""The chances below which the ends of the 95 and 80 per cent intervals and the middle lie."""
_POISSON = 1e-9
_GRID = np.linspace(0.0, 1.0, 2_001)
_NORMAL = ndtri(_GRID)
_PRIOR, _LEAST = 20.0, 1e-6


def below(count: Floats, mean: Floats, excess: float) -> Floats:
    """The chance of at most `count` calls around `mean`, where the variance is mean + excess · mean²; 0 for a count below 0."""
    at, mean = np.broadcast_arrays(np.floor(count), np.maximum(mean, 1e-12))
    out = np.zeros(at.shape)
    some = at >= 0
    if excess < _POISSON:
        out[some] = gammaincc(at[some] + 1, mean[some])
    else:
        size = 1 / excess
        out[some] = betainc(size, at[some] + 1, size / (size + mean[some]))
    return np.asarray(out)


def quantile(chance: float, mean: Floats, excess: float) -> Floats:
    """The least whole number that is not passed with at least this chance."""
    width = np.sqrt(mean + excess * mean ** 2)
    low, high = np.full(mean.shape, -1.0), np.ceil(mean + 12 * width + 12)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        reached = below(middle, mean, excess) >= chance
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    return np.asarray(high, np.float64)


def strayed(count: Floats, mean: Floats) -> Floats:
    """Two sums from which the excess of such counts follows by `excess_of`: float64[2], to be added to those of others.

    Moments, weighted so that neither many small means nor a few large ones decide alone.
    """
    weight = 1 / (1 + mean) ** 2
    return np.array([(weight * ((count - mean) ** 2 - mean)).sum(), (weight * mean ** 2).sum()])


def excess_of(sums: Floats) -> float:
    """The excess that sums of `strayed` tell of, 0 where counts stray no more than by chance."""
    return float(np.clip(sums[0] / sums[1], 0.0, 4.0)) if sums[1] > 0 else 0.0


def ends(count: Floats, mean: Floats, excess: float) -> tuple[Floats, Floats]:
    """The chance of fewer calls than were counted, and of at most as many: what each count says of its own forecast."""
    none = (1 + excess * mean) ** (-1 / excess) if excess >= _POISSON else np.exp(-mean)
    upper, lower = np.asarray(none, np.float64).copy(), np.zeros(mean.shape)
    some = count > 0
    lower[some] = below(count[some] - 1, mean[some], excess)
    upper[some] = below(count[some], mean[some], excess)
    return lower, np.maximum(upper, lower + 1e-9)


def curve(lower: Floats, upper: Floats) -> Floats:
    """How many of these counts lie below each chance of a grid, a count that lies across it by its part: float64[2001].

    This is the mean of the randomised probability integral transform over its randomness (Czado, Gneiting, Held 2009, 'Predictive
    model assessment for count data', Biometrics 65, 1254-1261): a straight line where forecasts are right. The entry of each count is
    piecewise linear, so all are summed by where they begin and end.
    """
    steps = len(_GRID) - 1
    slope = 1 / (upper - lower)
    out = np.zeros(len(_GRID))
    for where, sign in ((lower, 1.0), (upper, -1.0)):
        bin_ = np.minimum(np.ceil(where * steps).astype(np.int64), steps)
        out += sign * (_GRID * np.cumsum(np.bincount(bin_, slope, steps + 1)) - np.cumsum(np.bincount(bin_, slope * where, steps + 1)))
    return out


def recalibrated(pooled: Floats) -> Floats:
    """Where to look in a forecast's own chances for each of `NOMINAL`, so that what was pooled from past `curve`s lay below as often as that.

    Kuleshov, Fenner, Ermon 2018 ('Accurate uncertainties for deep learning using calibrated regression'), for counts. A few counts say
    little of tails, so `_PRIOR` more are taken to have been there too, which lie as a normal curve does that is as wide as the middle 80 % of
    the past: a few days of a storm make the told chances wide, and what is added must not be as wide as those. Without a past the chances are their own.
    """
    if pooled[-1] <= 0:
        return NOMINAL
    past = np.maximum.accumulate(np.maximum(pooled, 0.0))
    low, high = ndtri(np.clip(np.interp(NOMINAL[[1, 3]], past / past[-1], _GRID), 1e-4, 1 - 1e-4))
    wide = max((high - low) / (2 * float(ndtri(NOMINAL[3]))), 1e-3) ** (pooled[-1] / (pooled[-1] + _PRIOR))
    rising = (past + _PRIOR * ndtr(_NORMAL / wide)) / (past[-1] + _PRIOR)
    return np.asarray(np.clip(np.interp(NOMINAL, rising, _GRID), _LEAST, 1 - _LEAST))


def stretched(look_at: Floats, factor: float) -> Floats:
    """The same places farther from their middle by this factor, as deviations of a normal curve."""
    at = ndtri(np.clip(look_at, _LEAST, 1 - _LEAST))
    return np.asarray(np.clip(ndtr(at[2] + factor * (at - at[2])), _LEAST, 1 - _LEAST))


def covered(lower: Floats, upper: Floats, low: float, high: float) -> float:
    """How many counts an interval between two chances covers, one that lies across an end by its part.

    An interval of whole numbers covers more than it says, the more so the fewer calls there are: [0, 1] covers 99 % where [0, 0] covers
    90 %. What is measured is therefore the randomised interval, which takes in each of its end numbers only as often as makes it exact
    for a right forecast; its expectation is this sum, and no random number is drawn.
    """
    part = (np.minimum(upper, high) - np.maximum(lower, low)) / (upper - lower)
    return float(np.clip(part, 0.0, 1.0).sum())


def passed(lower: Floats, upper: Floats, look_at: Floats) -> Floats:
    """The share of counts that lay below each of these chances, one that lies across by its part: float64 as `look_at`; of a right forecast its own chances."""
    return np.asarray(np.clip((look_at[:, None] - lower) / (upper - lower), 0.0, 1.0).mean(axis=1))


def deviance(count: Floats, mean: Floats) -> Floats:
    """Poisson deviance of each count."""
    return np.asarray(2 * (xlogy(count, count) - xlogy(count, mean) - (count - mean)))


_LOG_MEANS = np.linspace(np.log(1e-6), np.log(5_000.0), 500)


def _tables() -> tuple[Floats, Floats]:
    """What deviance and absolute error from the median are where calls are Poisson with a known mean, at each of `_LOG_MEANS`."""
    out = np.empty((2, len(_LOG_MEANS)))
    for place, mean in enumerate(np.exp(_LOG_MEANS)):
        number = np.arange(max(0.0, np.floor(mean - 12 * np.sqrt(mean))), np.ceil(mean + 12 * np.sqrt(mean) + 12))
        chance = np.exp(xlogy(number, mean) - mean - gammaln(number + 1))
        median = number[min(int(np.searchsorted(np.cumsum(chance), 0.5)), len(number) - 1)]
        out[0, place] = chance @ deviance(number, np.full(number.shape, mean))
        out[1, place] = chance @ np.abs(number - median)
    return out[0], out[1]


_DEVIANCE, _ABSOLUTE = _tables()


def floor(mean: Floats) -> tuple[float, float]:
    """The sums of deviance and absolute error that would be left if each mean were the true one and calls Poisson: nothing can be won below."""
    at = np.log(np.clip(mean, 1e-6, 5_000.0))
    return float(np.interp(at, _LOG_MEANS, _DEVIANCE).sum()), float(np.interp(at, _LOG_MEANS, _ABSOLUTE).sum())
