"""The Merkle tree of RFC 6962: how it grows leaf by leaf, its root at any size, and the paths that prove it."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from operator import add

HASH = 32
EMPTY_ROOT = sha256().digest()

Node = Callable[[int, int], bytes]
"""`node(level, index)`: the hash of the full subtree over leaves [index << level, (index + 1) << level)."""


def hash_leaf(line: bytes) -> bytes:
    """The leaf hash of RFC 6962 section 2.1: SHA-256 of 0x00 and the bytes."""
    return sha256(b"\0" + line).digest()


def hash_pair(left: bytes, right: bytes) -> bytes:
    """The inner hash of RFC 6962 section 2.1: SHA-256 of 0x01 and both children."""
    return sha256(b"\1" + left + right).digest()


class Growth:
    """The right edge of a growing tree: one hash for each bit of the size, and nothing else in memory.

    `add` gives the hashes of every full subtree that the new leaf completes, leaf first, then its parent and so on, as
    one string of bytes. Stored beside the leaf, these strings are the whole tree: the subtree (level, index) is in the
    string of leaf ((index + 1) << level) - 1 at offset 32 * level, so each proof reads O(log n) rows and nothing is
    hashed twice.
    """

    def __init__(self, size: int = 0, edge: list[bytes] | None = None) -> None:
        self.size = size
        self._edge = edge or []
        assert len(self._edge) == size.bit_count(), "an edge has one hash for each bit of the size"

    @classmethod
    def resume(cls, size: int, node: Node) -> "Growth":
        """The growth of a stored tree of `size` leaves; reads at most 64 nodes."""
        return cls(size, [node(level, index) for level, index in _edge_of(size)])

    def copy(self) -> "Growth":
        """A growth that can be thrown away when what was added to it is not kept."""
        return Growth(self.size, list(self._edge))

    def add(self, leaf: bytes) -> bytes:
        """Grow by one leaf hash; returns the hashes of the subtrees that it completes."""
        done, node, size = [leaf], leaf, self.size
        while size & 1:
            node = hash_pair(self._edge.pop(), node)
            done.append(node)
            size >>= 1
        self._edge.append(node)
        self.size += 1
        return b"".join(done)

    def add_block(self, levels: Sequence[list[bytes]]) -> list[bytes]:
        """`add` for a whole block of leaves at once, from its `levels_over`; their number is a power of two that divides the size."""
        height = len(levels) - 1
        assert len(levels[0]) == 1 << height and not self.size & (1 << height) - 1, "a block that is not aligned"
        done = list(levels[0])
        for level in range(1, height + 1):
            step = 1 << level
            done[step - 1::step] = map(add, done[step - 1::step], levels[level])
        node, above, last = levels[-1][0], self.size >> height, [done[-1]]
        while above & 1:
            node = hash_pair(self._edge.pop(), node)
            last.append(node)
            above >>= 1
        self._edge.append(node)
        self.size += 1 << height
        done[-1] = b"".join(last)
        return done

    def root_within(self, levels: Sequence[list[bytes]], count: int) -> bytes:
        """The root after the first `count` leaves of a block that was not added yet."""
        return _fold_edge([*self._edge, *(levels[level][index] for level, index in _edge_of(count))])

    def root(self) -> bytes:
        """The root over all leaves so far."""
        return _fold_edge(self._edge)


def levels_over(leaves: list[bytes]) -> list[list[bytes]]:
    """All levels of the tree over a block of 2 ** h leaves, leaves first: the same hashes as one by one, with less about them."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        joined = b"".join(levels[-1])
        levels.append([sha256(b"\1" + joined[at:at + 2 * HASH]).digest() for at in range(0, len(joined), 2 * HASH)])
    return levels


def place_of(level: int, index: int) -> int:
    """The position (from 1) of the leaf whose row holds the subtree (level, index)."""
    return (index + 1) << level


def root_at(size: int, node: Node) -> bytes:
    """The root when the tree had `size` leaves; O(log n) nodes."""
    return _fold_edge([node(level, index) for level, index in _edge_of(size)])


def inclusion_path(index: int, size: int, node: Node) -> list[bytes]:
    """PATH(index, D[size]) of RFC 6962 section 2.1.1, leaf side first; `index` counts from 0."""
    assert 0 <= index < size, "a leaf outside the tree"
    return _path(index, 0, size, node)


def consistency_path(old: int, new: int, node: Node) -> list[bytes]:
    """PROOF(old, D[new]) of RFC 6962 section 2.1.2: the tree of `new` leaves begins with the tree of `old` leaves."""
    assert 0 <= old <= new, "a tree that shrinks"
    return [] if old in (0, new) else _subproof(old, 0, new, node, whole=True)


def _edge_of(size: int) -> list[tuple[int, int]]:
    """The full subtrees, largest first, that together cover the first `size` leaves."""
    edge, start = [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            edge.append((level, start >> level))
            start += 1 << level
    return edge


def _fold_edge(edge: list[bytes]) -> bytes:
    if not edge:
        return EMPTY_ROOT
    root = edge[-1]
    for left in reversed(edge[:-1]):
        root = hash_pair(left, root)
    return root


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _range_root(start: int, size: int, node: Node) -> bytes:
    """The hash of `size` leaves from `start`, where `start` is a multiple of a power of two not below `size`."""
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return node(level, start >> level)
    left = _split(size)
    return hash_pair(_range_root(start, left, node), _range_root(start + left, size - left, node))


def _path(index: int, start: int, size: int, node: Node) -> list[bytes]:
    if size == 1:
        return []
    left = _split(size)
    if index < left:
        return [*_path(index, start, left, node), _range_root(start + left, size - left, node)]
    return [*_path(index - left, start + left, size - left, node), _range_root(start, left, node)]


def _subproof(old: int, start: int, size: int, node: Node, *, whole: bool) -> list[bytes]:
    if old == size:
        return [] if whole else [_range_root(start, size, node)]
    left = _split(size)
    if old <= left:
        return [*_subproof(old, start, left, node, whole=whole), _range_root(start + left, size - left, node)]
    return [*_subproof(old - left, start + left, size - left, node, whole=False), _range_root(start, left, node)]
