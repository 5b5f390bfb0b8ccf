"""Checking a proof: pure functions that an auditor can run, or write again from RFC 9162, without Tocsin."""

from collections.abc import Sequence

from tocsin.ledger.tree import HASH, hash_pair

MAX_PATH = 128


def includes(root: bytes, size: int, position: int, leaf: bytes, path: Sequence[bytes]) -> bool:
    """Whether the leaf hash stands at `position` (from 1) in the tree of this size and root (RFC 9162, 2.1.3.2)."""
    index, last, found = position - 1, size - 1, leaf
    if not 0 <= index <= last or not _sane(path):
        return False
    for step in path:
        if last == 0:
            return False
        if index & 1 or index == last:
            found = hash_pair(step, found)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            found = hash_pair(found, step)
        index, last = index >> 1, last >> 1
    return last == 0 and found == root


def extends(old_root: bytes, old: int, new_root: bytes, new: int, path: Sequence[bytes]) -> bool:
    """Whether the tree of `new` leaves only adds to the tree of `old` leaves (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= new or not _sane(path):
        return False
    if old == new:
        return old_root == new_root and not path
    if old == 0:
        return not path
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    index, last = old - 1, new - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            first, second = hash_pair(step, first), hash_pair(step, second)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            second = hash_pair(second, step)
        index, last = index >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def _sane(path: Sequence[bytes]) -> bool:
    return len(path) <= MAX_PATH and all(len(step) == HASH for step in path)
