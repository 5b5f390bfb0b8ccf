"""Few counts are pulled towards what is expected of them: gamma-Poisson factors whose strength is read from the counts themselves."""

from collections.abc import Sequence

import numpy as np

from tocsin.engines.demand.calls import Floats, Ints


def factors(counted: Floats, expected: Floats) -> Floats:
    """How far each count truly is from what was expected of it, as a factor: float64 of the same shape, 1 where nothing was expected.

    Counts are taken as Poisson around expected · factor, factors as gamma around 1. Their variance is estimated by moments (Clayton and
    Kaldor 1987, 'Empirical Bayes estimates of age-standardized relative risks', Biometrics 43, 671-681), and the factor is the
    posterior mean (counted + a) / (expected + a).
    """
    square = float((expected ** 2).sum())
    beyond = float(((counted - expected) ** 2 - counted).sum())
    if square <= 0 or beyond <= 0:
        return np.ones_like(expected)
    strength = square / beyond
    return np.asarray((counted + strength) / (expected + strength))


def refined(counted: Floats, prior: Floats, groupings: Sequence[Ints]) -> Floats:
    """A prior expectation float64[n] refined by the factors of one grouping after another (int32[n], a group for each entry), coarse first.

    Each grouping sees what the ones before it have explained, so that a fine one only adds what the counts insist on.
    """
    out = prior * (counted.sum() / max(prior.sum(), 1e-300))
    for group in groupings:
        size = int(group.max()) + 1
        seen, due = (np.bincount(group, what, size).astype(np.float64) for what in (counted, out))
        out = out * factors(seen, due)[group]
    return np.asarray(out)
