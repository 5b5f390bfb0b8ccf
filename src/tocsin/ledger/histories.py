"""A tree over all tags, by which somebody outside can be shown a tag's whole history in few hashes, or that it has none.

Each tag has one place in a binary tree, found by the bits of its SHA-256; there stands a commitment to all positions that
carry it. A subtree of one tag is that tag's leaf, an empty one is `EMPTY`, so a path is about log2(tags) hashes long. It is
a prefix tree in the manner of the sparse Merkle trees of Laurie and Kasper, *Revocation Transparency* (2012).
"""

from array import array
from collections.abc import Iterable, Sequence
from hashlib import sha256

import msgspec

from tocsin.ledger.line import read_line
from tocsin.ledger.tree import HASH

EMPTY = bytes(HASH)
BITS = 8 * HASH
MOST_STEPS = 128
_NODE, _LEAF, _PLACE, _TOLD, _BLIND = (bytes([number]) for number in range(0x20, 0x25))
_BUCKET_BITS = 12


def place_of(tag: str) -> bytes:
    """Where a tag stands in the tree: 256 bits, taken from the first on."""
    return sha256(_PLACE + tag.encode()).digest()


def commit(blind: bytes, positions: Sequence[int]) -> bytes:
    """What stands at a tag's place. Without the blind, nobody who sees it beside another tag's path can try out positions."""
    return sha256(_TOLD + blind + len(positions).to_bytes(8, "big") + b"".join(position.to_bytes(8, "big") for position in positions)).digest()


def blind_of(line: bytes) -> bytes:
    """A tag's blind, from the first line that carries it: whoever holds the entries can compute it, and nobody else."""
    return sha256(_BLIND + line).digest()


def hash_leaf(place: bytes, told: bytes) -> bytes:
    """The hash of a subtree that holds one tag."""
    return sha256(_LEAF + place + told).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """The hash of a subtree that holds several tags."""
    return sha256(_NODE + left + right).digest()


class Path(msgspec.Struct, frozen=True):
    """The way from the root to where a tag's place leads. `steps` are the other halves, the root's first."""

    steps: tuple[bytes, ...]
    other: tuple[bytes, bytes] | None = None
    """Of a tag that has no history: the place and commitment of the only tag there is on its way; None where there is none."""


def holds(root: bytes, tag: str, blind: bytes, positions: Sequence[int], path: Path) -> bool:
    """Whether these are all positions of the tag; with none, whether it has no history at all."""
    place, steps = place_of(tag), path.steps
    if len(steps) > MOST_STEPS or any(len(step) != HASH for step in steps):
        return False
    if positions:
        if path.other is not None or list(positions) != sorted(set(positions)) or not 0 < positions[0] <= positions[-1] < 1 << 62:
            return False
        node = hash_leaf(place, commit(blind, positions))
    elif path.other is None:
        node = EMPTY
    else:
        other, told = path.other
        if len(other) != HASH or len(told) != HASH or other == place or _head(other, len(steps)) != _head(place, len(steps)):
            return False
        node = hash_leaf(other, told)
    for depth in reversed(range(len(steps))):
        node = hash_node(steps[depth], node) if _bit(place, depth) else hash_node(node, steps[depth])
    return node == root


class Histories:
    """The tree over the tags of a log's first entries, grown line by line; a branch that did not change is not hashed again."""

    def __init__(self) -> None:
        self.size = 0
        self.tags = 0
        self._held: dict[bytes, tuple[bytes, array[int]]] = {}
        self._buckets: list[list[bytes]] = [[] for _ in range(1 << _BUCKET_BITS)]
        self._roots: list[list[bytes]] = [[EMPTY] * (1 << level) for level in range(_BUCKET_BITS + 1)]
        self._ones: list[list[int]] = [[0] * (1 << level) for level in range(_BUCKET_BITS + 1)]
        self._stale: set[int] = set()

    def add(self, lines: Iterable[bytes]) -> None:
        """Take in the lines that come next."""
        for line in lines:
            self.size += 1
            for tag in dict.fromkeys(read_line(line).tags):
                place = place_of(tag)
                held = self._held.get(place)
                bucket = int.from_bytes(place[:2], "big") >> 16 - _BUCKET_BITS
                self._stale.add(bucket)
                if held is None:
                    self._held[place] = (blind_of(line), array("q", (self.size,)))
                    self._buckets[bucket].append(place)
                    self.tags += 1
                else:
                    held[1].append(self.size)

    def root(self) -> bytes:
        """The root over all tags so far."""
        for bucket in self._stale:
            self._buckets[bucket].sort()
            self._ones[-1][bucket] = len(self._buckets[bucket])
            self._roots[-1][bucket] = self._over(self._buckets[bucket], _BUCKET_BITS)
        stale, self._stale = self._stale, set()
        for level in reversed(range(_BUCKET_BITS)):
            stale = {number >> 1 for number in stale}
            for number in stale:
                ones = self._ones[level][number] = self._ones[level + 1][2 * number] + self._ones[level + 1][2 * number + 1]
                left, right = self._roots[level + 1][2 * number], self._roots[level + 1][2 * number + 1]
                # One tag alone is its leaf, however deep it would stand.
                self._roots[level][number] = EMPTY if not ones else (right if left == EMPTY else left) if ones == 1 else hash_node(left, right)
        return self._roots[0][0]

    def prove(self, tag: str) -> tuple[bytes, list[int], Path]:
        """The tag's blind, all its positions and the way to them; an empty blind and no positions where it has none."""
        self.root()
        place, steps = place_of(tag), []
        depth = number = 0
        while depth < _BUCKET_BITS and self._ones[depth][number] > 1:
            depth, number = depth + 1, 2 * number + _bit(place, depth)
            steps.append(self._roots[depth][number ^ 1])
        below = self._below(depth, number)
        while len(below) > 1:
            halves: tuple[list[bytes], list[bytes]] = ([], [])
            for found in below:
                halves[_bit(found, depth)].append(found)
            turn = _bit(place, depth)
            depth += 1
            steps.append(self._over(halves[1 - turn], depth))
            below = halves[turn]
        blind, positions = self._held.get(place, (b"", array("q")))
        other = (below[0], commit(*self._held[below[0]])) if below and below[0] != place else None
        return blind, list(positions), Path(tuple(steps), other)

    def _below(self, depth: int, number: int) -> list[bytes]:
        first = number << _BUCKET_BITS - depth
        return [place for bucket in range(first, first + (1 << _BUCKET_BITS - depth)) for place in self._buckets[bucket]]

    def _over(self, places: list[bytes], depth: int) -> bytes:
        """The hash of the subtree at this depth that holds these tags."""
        if not places:
            return EMPTY
        if len(places) == 1:
            return hash_leaf(places[0], commit(*self._held[places[0]]))
        left = [place for place in places if not _bit(place, depth)]
        right = [place for place in places if _bit(place, depth)]
        return hash_node(self._over(left, depth + 1), self._over(right, depth + 1))


def _bit(place: bytes, depth: int) -> int:
    return place[depth >> 3] >> 7 - (depth & 7) & 1


def _head(place: bytes, bits: int) -> int:
    return int.from_bytes(place, "big") >> BITS - bits
