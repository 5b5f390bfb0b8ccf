"""The audit of more entries than one block, its passes in one process and in two: whatever one bit changes is found where it is."""

import shutil
from pathlib import Path

import apsw
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.ledger.given import Ticking, entry, opened
from tests.ledger.test_audit import edit
from tocsin.ledger import Ledger, Witnessing, audit, tiles
from tocsin.ledger.keys import load_signing_key
from tocsin.ledger.note import Checkpoint, read_verifier, sign
from tocsin.ledger.tree import Growth, hash_leaf, levels_over

SIZE = 2_500


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed ledger of 2,500 entries: two whole blocks and a part, with checkpoints within and between."""
    folder = tmp_path_factory.mktemp("blocks")
    with opened(folder) as ledger:
        for start in range(0, SIZE, 100):
            ledger.append([entry(f"fact {number}".encode(), f"incident:{number // 3}", "all") for number in range(start, start + 100)], key=f"k{start}")
            ledger.checkpoint()
    return folder


def found(folder: Path) -> set[tuple[str, int]]:
    return {(finding.code, finding.position) for finding in audit.verify(folder, (folder / "verifier").read_text()).findings}


@pytest.mark.parametrize("large", [0, 1 << 40])
def test_both_ways_of_auditing_say_the_same(sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: int) -> None:
    monkeypatch.setattr("tocsin.ledger.audit._LARGE_BYTES", large)
    report = audit.verify(sound, (sound / "verifier").read_text())
    assert (report.sound, report.size, report.signed, report.checkpoints) == (True, SIZE, SIZE, 25)
    copy = shutil.copytree(sound, tmp_path / "copy")
    edit(copy, "DELETE FROM marks WHERE position = 1500 AND tag = 2", "UPDATE entries SET nodes = zeroblob(length(nodes)) WHERE position = 2048")
    assert {("index", 1500), ("changed", 2048)} <= found(copy)


@given(position=st.integers(1, SIZE), column=st.sampled_from(["line", "nodes"]), at=st.integers(0, 1 << 16), bit=st.integers(0, 7))
@settings(max_examples=20, deadline=None, phases=[Phase.explicit, Phase.generate])
def test_a_flipped_bit_in_any_entry_is_found_in_its_place(sound: Path, tmp_path_factory: pytest.TempPathFactory, position: int, column: str, at: int, bit: int) -> None:
    copy = shutil.copytree(sound, tmp_path_factory.mktemp("flipped") / "copy")
    connection = apsw.Connection(str(copy / "ledger.sqlite"))
    content = bytearray(connection.execute(f"SELECT {column} FROM entries WHERE position = ?", (position,)).get)
    connection.close()
    content[at % len(content)] ^= 1 << bit
    edit(copy, f"UPDATE entries SET {column} = x'{content.hex()}' WHERE position = {position}")
    findings = found(copy)
    assert ("changed", position) in findings
    assert min(where for code, where in findings if code == "changed") == position, "a stored leaf hash differs from those above it too, further on"
    shutil.rmtree(copy)


def test_a_root_that_was_signed_within_a_block_and_is_not_the_trees_is_found(sound: Path, tmp_path: Path) -> None:
    """A checkpoint of another tree, of a size that lies in the middle of a block whose own hashes all agree."""
    copy = shutil.copytree(sound, tmp_path / "copy")
    origin, _ = read_verifier((copy / "verifier").read_text())
    with opened(tmp_path / "other") as other:
        other.append([entry(b"another")] * 700)
        root = other.root()
    stolen = load_signing_key(copy, create=False)
    report = audit.verify(copy, (copy / "verifier").read_text(), [sign(Checkpoint(origin, 700, root), stolen)])
    assert [(finding.code, finding.position) for finding in report.findings] == [("not-as-signed", 601)]


@given(before=st.integers(0, 6), height=st.integers(0, 4))
def test_a_block_grows_the_tree_as_its_leaves_do_one_by_one(before: int, height: int) -> None:
    size, leaves = before << height, [hash_leaf(bytes([number])) for number in range(1 << height)]
    one, whole = Growth(), Growth()
    for number in range(size):
        leaf = hash_leaf(number.to_bytes(4, "big"))
        one.add(leaf)
        whole.add(leaf)
    levels = levels_over(leaves)
    roots = [whole.root_within(levels, count) for count in range(1, len(leaves) + 1)]
    done = whole.add_block(levels)
    for number, leaf in enumerate(leaves):
        assert one.add(leaf) == done[number]
        assert one.root() == roots[number]
    assert (one.size, one.root()) == (whole.size, whole.root())


def test_the_report_says_who_witnessed_what(tmp_path: Path) -> None:
    """Named witnesses: how far each has seen. None: that nobody outside vouches."""
    with opened(tmp_path / "ledger") as ledger:
        ledger.append([entry()] * 3)
        witness = Witnessing(tmp_path / "east", "east", ledger.verifier, Ticking())
        note = witness.look(lambda path: ledger.checkpoint().encode() if "checkpoint" in path else _tile(ledger, path)).note
        ledger.append([entry()] * 2)
        verifier = ledger.verifier
    (tmp_path / "ledger" / "witnessed").write_text(note)
    other = Witnessing(tmp_path / "west", "west", verifier, Ticking()).witness
    said = audit.verify(tmp_path / "ledger", verifier, witnesses=[witness.witness.line, other.line]).sentences()
    assert any(sentence.startswith("east cosigned the first 3 entries at 2023-11-14") for sentence in said), said
    assert "west has cosigned nothing that is here." in said
    assert "No witness is named, so nobody outside vouches for these entries." in audit.verify(tmp_path / "ledger", verifier).sentences()


def _tile(ledger: Ledger, path: str) -> bytes:
    place = tiles.read_tile(path.removeprefix("tile/"))
    assert place is not None
    return ledger.tile(*place)

