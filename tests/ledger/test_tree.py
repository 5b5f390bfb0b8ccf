"""The Merkle tree against the published vectors, an independent implementation, and its own proofs at every size."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from tocsin.ledger.proof import extends, includes
from tocsin.ledger.tree import EMPTY_ROOT, HASH, Growth, consistency_path, hash_leaf, inclusion_path, place_of, root_at

LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]
"""The leaves and roots that certificate-transparency implementations share as test vectors for RFC 6962."""
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


class Stored:
    """A tree as the ledger stores it: beside each leaf, the hashes that it completed."""

    def __init__(self) -> None:
        self.rows: list[bytes] = []
        self.growth = Growth()

    def add(self, data: bytes) -> None:
        self.rows.append(self.growth.add(hash_leaf(data)))

    def node(self, level: int, index: int) -> bytes:
        return self.rows[place_of(level, index) - 1][HASH * level:HASH * (level + 1)]


def grown(count: int) -> Stored:
    tree = Stored()
    for number in range(count):
        tree.add(str(number).encode())
    return tree


@pytest.mark.parametrize("size", range(1, 9))
def test_the_published_roots(size: int) -> None:
    tree = Stored()
    for leaf in LEAVES[:size]:
        tree.add(leaf)
    assert tree.growth.root().hex() == root_at(size, tree.node).hex() == ROOTS[size - 1]


def test_an_empty_tree_has_the_hash_of_nothing() -> None:
    assert Growth().root() == EMPTY_ROOT == sha256(b"").digest()


def test_every_root_and_inclusion_path_agrees_with_an_independent_tree() -> None:
    tree, oracle = Stored(), InmemoryTree(algorithm="sha256")
    for size in range(1, 66):
        tree.add(str(size).encode())
        oracle.append_entry(str(size).encode())
        assert tree.growth.root() == root_at(size, tree.node) == oracle.get_root()
        for index in range(size):
            path = oracle.prove_inclusion(index + 1, size).serialize()["path"]
            ours = [step.hex() for step in inclusion_path(index, size, tree.node)]
            assert sorted(path) == sorted([*ours, tree.node(0, index).hex()])


def test_growth_resumes_from_what_is_stored() -> None:
    for size in range(40):
        tree = grown(size)
        resumed = Growth.resume(size, tree.node)
        assert resumed.add(hash_leaf(b"next")) == tree.growth.add(hash_leaf(b"next"))
        assert resumed.root() == tree.growth.root()


def test_every_proof_up_to_forty_leaves_holds_and_fails_for_anything_else() -> None:
    tree = grown(40)
    roots = [root_at(size, tree.node) for size in range(41)]
    for new in range(1, 41):
        for index in range(new):
            path, leaf = inclusion_path(index, new, tree.node), tree.node(0, index)
            assert includes(roots[new], new, index + 1, leaf, path)
            assert not includes(roots[new - 1], new, index + 1, leaf, path)
            assert not includes(roots[new], new, index + 2, leaf, path)
            assert not includes(roots[new], new, index + 1, tree.node(0, index + 1 if index + 1 < 40 else 0), path)
        for old in range(new + 1):
            path = consistency_path(old, new, tree.node)
            assert extends(roots[old], old, roots[new], new, path)
            if 0 < old < new:
                assert not extends(roots[old - 1], old, roots[new], new, path)
                assert not extends(roots[old], old, roots[new - 1], new, path)


@settings(deadline=None)
@given(st.integers(1, 300), st.data())
def test_a_proof_with_one_bit_wrong_never_holds(size: int, data: st.DataObject) -> None:
    tree = grown(size)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    path, root = inclusion_path(index, size, tree.node), root_at(size, tree.node)
    assert len(path) <= size.bit_length()
    steps = consistency_path(old, size, tree.node)
    assert len(steps) <= size.bit_length() + 1
    bit = data.draw(st.integers(0, 255))
    if path:
        wrong = _flipped(path, data.draw(st.integers(0, 99)), bit)
        assert not includes(root, size, index + 1, tree.node(0, index), wrong)
    assert not includes(root, size, index + 1, tree.node(0, index), [*path, b"\0" * HASH])
    if steps:
        wrong = _flipped(steps, data.draw(st.integers(0, 99)), bit)
        assert not extends(root_at(old, tree.node), old, root, size, wrong)
        assert not extends(root_at(old, tree.node), old, root, size, steps[:-1])


@settings(deadline=None)
@given(st.lists(st.binary(min_size=32, max_size=32), max_size=200), st.integers(-1, 1 << 70), st.integers(-1, 1 << 70))
def test_hostile_proofs_are_false_and_never_an_error(path: list[bytes], size: int, position: int) -> None:
    assert not includes(b"\0" * HASH, size, position, b"\1" * HASH, path)
    assert not extends(b"\0" * HASH, max(position, 1), b"\1" * HASH, size, path)


def _flipped(path: list[bytes], which: int, bit: int) -> list[bytes]:
    wrong = list(path)
    step = bytearray(wrong[which % len(path)])
    step[bit // 8] ^= 1 << bit % 8
    wrong[which % len(path)] = bytes(step)
    return wrong
