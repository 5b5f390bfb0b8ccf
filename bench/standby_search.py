"""A search for the numbers of a policy of waiting: many drawn at once round a middle, all played on the same days, and the middle moved to the best of them.

The days are fresh in every round, so that no number can be fitted to them; that one round's luck is not the next one's is what makes a mean of many better than the best of one.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

Point = npt.NDArray[np.float64]


def search(value: Callable[[Sequence[Point], int], Sequence[float]], numbers: int, rounds: int, drawn: int, seed: int) -> Point:
    """The middle after so many rounds, beginning at 0 with a spread of 1 in each number; less is better.

    The covariance is adapted as in Hansen 2016, 'The CMA evolution strategy: a tutorial'. `value` is asked for `drawn` points and the round. Points come in pairs on
    both sides of the middle.
    """
    rng, half = np.random.default_rng(seed), drawn // 2
    weight = np.log(half + 0.5) - np.log(np.arange(1, half + 1))
    weight /= weight.sum()
    mass = 1 / float(weight @ weight)
    slow = (mass + 2) / (numbers + mass + 5)
    calm = 1 + slow + 2 * max(0.0, np.sqrt((mass - 1) / (numbers + 1)) - 1)
    along = (4 + mass / numbers) / (numbers + 4 + 2 * mass / numbers)
    by_path = 2 / ((numbers + 1.3) ** 2 + mass)
    by_best = min(1 - by_path, 2 * (mass - 2 + 1 / mass) / ((numbers + 2) ** 2 + mass))
    usual = np.sqrt(numbers) * (1 - 1 / (4 * numbers) + 1 / (21 * numbers**2))
    middle, spread, shape = np.zeros(numbers), 1.0, np.eye(numbers)
    way, path = np.zeros(numbers), np.zeros(numbers)
    for step in range(rounds):
        lengths, axes = np.linalg.eigh(shape)
        lengths = np.sqrt(np.maximum(lengths, 1e-12))
        sides = rng.standard_normal((half, numbers))
        tried = np.concatenate((sides, -sides)) * lengths @ axes.T
        best = tried[np.argsort(value(list(middle + spread * tried), step), kind="stable")[:half]]
        pull = weight @ best
        middle = middle + spread * pull
        way = (1 - slow) * way + np.sqrt(slow * (2 - slow) * mass) * (axes @ ((axes.T @ pull) / lengths))
        short = np.linalg.norm(way) / np.sqrt(1 - (1 - slow) ** (2 * step + 2)) < (1.4 + 2 / (numbers + 1)) * usual
        path = (1 - along) * path + short * np.sqrt(along * (2 - along) * mass) * pull
        shape = (1 - by_path - by_best) * shape + by_path * np.outer(path, path) + by_best * (best.T * weight) @ best
        spread *= float(np.exp(min(1.0, slow / calm * (np.linalg.norm(way) / usual - 1))))
    return middle
