"""A binary heap of packed keys, for searches: the least key first, what is nearest standing above the number of the place."""
# Numba ships no types, so its decorator is untyped and what it returns is Any.
# mypy: disable-error-code="misc,untyped-decorator,no-any-return"

import numpy as np
import numpy.typing as npt
from numba import njit

from tocsin.engines.roads.network import Int

Longs = npt.NDArray[np.int64]


@njit(cache=True, nogil=True)
def push(heap: Longs, size: Int, key: Int) -> None:
    """Add a key to a binary heap of `size` keys."""
    hole = size
    while hole > 0:
        above = (hole - 1) >> 1
        if heap[above] <= key:
            break
        heap[hole] = heap[above]
        hole = above
    heap[hole] = key


@njit(cache=True, nogil=True)
def pop(heap: Longs, size: Int) -> None:
    """Take the least key off a binary heap that then has `size` keys; the caller has read it at the top."""
    key = heap[size]
    hole = 0
    while 2 * hole + 1 < size:
        below = 2 * hole + 1
        if below + 1 < size and heap[below + 1] < heap[below]:
            below += 1
        if heap[below] >= key:
            break
        heap[hole] = heap[below]
        hole = below
    heap[hole] = key
