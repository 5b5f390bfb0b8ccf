"""A tag's whole history in few hashes: what is proved is what is there, and nothing that is not there can be proved."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ledger.given import entry
from tocsin.ledger.histories import EMPTY, Histories, Path, blind_of, commit, hash_leaf, hash_node, holds, place_of
from tocsin.ledger.line import encode

TAGS = st.lists(st.lists(st.integers(0, 60).map(lambda number: f"record:{number}"), max_size=4), max_size=60)


def lines_with(tags: list[list[str]]) -> list[bytes]:
    return [encode(position, entry(b"{}", *dict.fromkeys(names)), position.to_bytes(16, "big")) for position, names in enumerate(tags, 1)]


def naive_root(lines: list[bytes], tags: list[list[str]]) -> bytes:
    """The same tree from its definition alone."""
    positions: dict[str, list[int]] = {}
    for position, names in enumerate(tags, 1):
        for name in dict.fromkeys(names):
            positions.setdefault(name, []).append(position)
    leaves = {format(int.from_bytes(place_of(tag), "big"), "0256b"): hash_leaf(place_of(tag), commit(blind_of(lines[told[0] - 1]), told))
              for tag, told in positions.items()}

    def over(prefix: str) -> bytes:
        under = [bits for bits in leaves if bits.startswith(prefix)]
        if len(under) < 2:
            return leaves[under[0]] if under else EMPTY
        return hash_node(over(prefix + "0"), over(prefix + "1"))

    return over("")


@given(tags=TAGS, cuts=st.lists(st.integers(0, 60), max_size=4))
@settings(max_examples=60)
def test_grown_in_any_steps_it_is_the_tree_of_its_definition(tags: list[list[str]], cuts: list[int]) -> None:
    lines, grown = lines_with(tags), Histories()
    for start, end in pairwise([0, *sorted(cut for cut in cuts if cut <= len(lines)), len(lines)]):
        grown.add(lines[start:end])
        grown.root()
    assert grown.root() == naive_root(lines, tags)


@given(tags=TAGS, asked=st.integers(0, 90), data=st.data())
@settings(max_examples=150)
def test_a_whole_history_is_proved_and_no_part_of_it_nor_more_than_it(tags: list[list[str]], asked: int, data: st.DataObject) -> None:
    grown = Histories()
    grown.add(lines_with(tags))
    root, tag = grown.root(), f"record:{asked}"
    blind, positions, path = grown.prove(tag)
    assert positions == [at for at, names in enumerate(tags, 1) if tag in names]
    assert holds(root, tag, blind, positions, path)
    if positions:
        gone = data.draw(st.sampled_from(positions))
        assert not holds(root, tag, blind, [at for at in positions if at != gone], path)
        assert not holds(root, tag, blind, [], path)
        assert not holds(root, tag, blind, [], Path(path.steps, (place_of(tag), commit(blind, positions))))
    assert not holds(root, tag, blind, [*positions, 10_000], path)
    assert not holds(root, tag, b"another", positions, path) or not positions
    if path.steps:
        at = data.draw(st.integers(0, len(path.steps) - 1))
        assert not holds(root, tag, blind, positions, Path((*path.steps[:at], bytes(32 * [7]), *path.steps[at + 1:]), path.other))
        assert not holds(root, tag, blind, positions, Path(path.steps[1:], path.other))


def test_that_a_tag_has_no_history_is_not_proved_by_a_tag_that_is_elsewhere() -> None:
    """A subtree's one tag proves that another is not there only where both would stand in that subtree."""
    grown = Histories()
    grown.add(lines_with([[f"record:{number}"] for number in range(40)]))
    root = grown.root()
    blind, positions, path = grown.prove("record:7")
    elsewhere = next(number for number in range(1_000) if place_of(f"x:{number}")[0] >> 7 != place_of("record:7")[0] >> 7)
    told = (place_of("record:7"), commit(blind, positions))
    assert not holds(root, f"x:{elsewhere}", b"", [], Path(path.steps, told))
