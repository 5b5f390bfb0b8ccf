"""The audit finds whatever somebody who can write the files may have done, and says where."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from tests.ledger.given import Ticking, entry, opened
from tocsin.ledger import Ledger, LedgerFault, audit
from tocsin.ledger.keys import load_signing_key
from tocsin.ledger.line import decode, encode
from tocsin.ledger.note import BadNote, Checkpoint, read_verifier, sign
from tocsin.ledger.tree import Growth, hash_leaf

SIZE = 60


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed ledger of 60 entries, with checkpoints at 1 (the first is written at once), 20, 40 and 60."""
    folder = tmp_path_factory.mktemp("sound")
    with opened(folder) as ledger:
        for start in (0, 20, 40):
            for number in range(start, start + 20):
                ledger.append([entry(f"fact {number}".encode(), f"incident:{number // 3}", "all")], key=f"k{number}")
            ledger.checkpoint()
    return folder


def edit(folder: Path, *statements: str) -> None:
    """Do to the file what its triggers refuse, and leave the triggers as they were."""
    connection = apsw.Connection(str(folder / "ledger.sqlite"))
    triggers = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    for _, sql in triggers:
        connection.execute(str(sql))
    connection.close()


def audited(folder: Path) -> audit.Report:
    return audit.verify(folder, (folder / "verifier").read_text())


def found(folder: Path) -> set[tuple[str, int]]:
    return {(finding.code, finding.position) for finding in audited(folder).findings}


def test_a_sound_ledger_is_sound_and_is_not_touched(sound: Path) -> None:
    before = {path.name: path.read_bytes() for path in sound.iterdir() if path.is_file()}
    report = audited(sound)
    assert (report.sound, report.size, report.signed, report.checkpoints) == (True, SIZE, SIZE, 4)
    assert report.sentences()[0].startswith("Sound: 60 entries")
    assert {path.name: path.read_bytes() for path in sound.iterdir() if path.is_file()} == before


def test_a_ledger_in_use_can_be_audited(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.append([entry()])
        ledger.checkpoint()
        ledger.append([entry()])
        report = audited(tmp_path)
        assert (report.sound, report.size) == (True, 2)
        assert report.signed >= 1


def test_an_auditors_read_only_copy_can_be_audited(sound: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(sound, tmp_path / "copy")
    shutil.rmtree(copy / "keys")
    (copy / "ledger.sqlite").chmod(0o444)
    copy.chmod(0o555)
    assert audited(copy).sound
    copy.chmod(0o755)


def line_at(folder: Path, position: int, change: Callable[[bytes], bytes]) -> str:
    connection = apsw.Connection(str(folder / "ledger.sqlite"))
    line = connection.execute("SELECT line FROM entries WHERE position = ?", (position,)).get
    connection.close()
    assert isinstance(line, bytes)
    return f"UPDATE entries SET line = x'{change(line).hex()}' WHERE position = {position}"


def test_an_edited_entry_is_found_in_its_place(sound: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(sound, tmp_path / "copy")
    edit(copy, line_at(copy, 33, lambda line: line.replace(b"fact 32", b"fact 99")))
    assert found(copy) == {("changed", 33), ("not-as-signed", 21)}
    assert any("between 21 and 40" in sentence for sentence in audited(copy).sentences())


@pytest.mark.parametrize("field", ["kind", "body", "tags", "happened_at", "known_at", "by", "purpose", "cause", "key"])
def test_a_change_in_any_field_of_an_entry_is_found(sound: Path, tmp_path: Path, field: str) -> None:
    changed: dict[str, object] = {
        "kind": "x", "body": b"x", "tags": ("x",), "happened_at": 9, "known_at": 9, "by": "x", "purpose": "x",
        "cause": 9, "key": "x"}

    def change(line: bytes) -> bytes:
        position, kept = decode(line)
        fields = {name: getattr(kept, name) for name in kept.__struct_fields__} | {field: changed[field]}
        return encode(position, type(kept)(**fields))

    copy = shutil.copytree(sound, tmp_path / "copy")
    edit(copy, line_at(copy, 7, change))
    assert ("changed", 7) in found(copy)


def test_an_edit_with_the_whole_tree_computed_again_is_found_by_the_checkpoints(sound: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(sound, tmp_path / "copy")
    edit(copy, line_at(copy, 33, lambda line: line.replace(b"fact 32", b"fact 99")))
    lines = list(audit.raw_lines(copy))
    growth = Growth()
    edit(copy, *(f"UPDATE entries SET nodes = x'{growth.add(hash_leaf(line)).hex()}' WHERE position = {position}"
                 for position, line in enumerate(lines, 1)))
    assert found(copy) == {("not-as-signed", 21)}
    with pytest.raises(LedgerFault, match=r"ledger\.not-as-signed"):
        Ledger.open(copy, Ticking(), name="test")


def test_a_forger_with_the_signing_key_is_found_by_a_witness(sound: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(sound, tmp_path / "copy")
    origin, _ = read_verifier((copy / "verifier").read_text())
    key = load_signing_key(copy, create=False)
    with opened(tmp_path / "forged") as forged:
        for _ in range(SIZE):
            forged.append([entry(b"forged")])
        root = forged.root()
    (tmp_path / "forged" / "ledger.sqlite").replace(copy / "ledger.sqlite")
    (copy / "checkpoint").write_text(sign(Checkpoint(origin, SIZE, root), key))
    (copy / "checkpoints").unlink()
    public = (copy / "verifier").read_text()
    assert audit.verify(copy, public).sound, "nothing in the folder can tell"
    report = audit.verify(copy, public, [(sound / "checkpoint").read_text()])
    assert {finding.code for finding in report.findings} == {"not-as-signed"}


@pytest.mark.parametrize(("statements", "expected"), [
    (["DELETE FROM entries WHERE position = 12"], ("removed", 12)),
    (["DELETE FROM entries WHERE position BETWEEN 30 AND 35"], ("removed", 30)),
    (["DELETE FROM entries WHERE position > 50", "DELETE FROM marks WHERE position > 50",
      "DELETE FROM keys WHERE first > 50",
      "DELETE FROM tags WHERE name IN ('incident:17', 'incident:18', 'incident:19')"],
     ("cut-short", 51)),
    (["UPDATE entries SET position = 999 WHERE position = 5", "UPDATE entries SET position = 5 WHERE position = 6",
      "UPDATE entries SET position = 6 WHERE position = 999"], ("moved", 5)),
    (["UPDATE entries SET nodes = zeroblob(length(nodes)) WHERE position = 8"], ("changed", 8)),
    (["DELETE FROM marks WHERE position = 9 AND tag = 2"], ("index", 9)),
    (["INSERT INTO marks VALUES (1, 999)"], ("index", 999)),
    (["UPDATE tags SET name = 'incident:hidden' WHERE name = 'incident:4'"], ("index", 13)),
    (["DELETE FROM keys WHERE key = 'k10'"], ("index", 11)),
    (["UPDATE keys SET last = 60 WHERE key = 'k10'"], ("index", 11)),
    (["CREATE TABLE more (x)", "DROP TABLE more", "PRAGMA writable_schema = 1",
      "UPDATE sqlite_schema SET sql = sql || ' ' WHERE name = 'entries'"], ("schema", 0)),
])
def test_what_was_removed_moved_or_hidden_is_found(sound: Path, tmp_path: Path, statements: list[str],
                                                   expected: tuple[str, int]) -> None:
    copy = shutil.copytree(sound, tmp_path / "copy")
    edit(copy, *statements)
    assert expected in found(copy)


def test_a_missing_trigger_is_found(sound: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(sound, tmp_path / "copy")
    connection = apsw.Connection(str(copy / "ledger.sqlite"))
    connection.execute("DROP TRIGGER entries_no_delete")
    connection.close()
    assert found(copy) == {("schema", 0)}


def test_any_single_flipped_bit_is_found_or_means_nothing(sound: Path, tmp_path: Path) -> None:
    """Bits in free space and in counters of the file's header change no entry; then the ledger must read as before."""
    pristine = (sound / "ledger.sqlite").read_bytes()
    expected = read_whole(sound)
    chance = random.Random(20261123)
    noticed = 0
    for _ in range(150):
        flipped = bytearray(pristine)
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        copy = tmp_path / "copy"
        shutil.copytree(sound, copy)
        (copy / "ledger.sqlite").write_bytes(flipped)
        if audited(copy).sound:
            assert read_whole(copy) == expected
        else:
            noticed += 1
        shutil.rmtree(copy)
    assert noticed > 30


def read_whole(folder: Path) -> list[list[tuple[object, ...]]]:
    connection = apsw.Connection(str(folder / "ledger.sqlite"))
    tables = [connection.execute(f"SELECT * FROM {name}").fetchall() for name in ("entries", "tags", "marks", "keys")]
    connection.close()
    return [list(table) for table in tables]


def test_a_file_cut_off_in_the_middle_is_found(sound: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(sound, tmp_path / "copy")
    content = (copy / "ledger.sqlite").read_bytes()
    (copy / "ledger.sqlite").write_bytes(content[:len(content) // 2])
    assert not audited(copy).sound


def test_checkpoints_of_another_key_or_altered_ones_do_not_count(sound: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(sound, tmp_path / "copy")
    with opened(tmp_path / "other") as other:
        other.append([entry()])
        foreign = other.checkpoint()
        public = other.verifier
    history = (copy / "checkpoints").read_text()
    (copy / "checkpoints").write_text(history.replace("\n40\n", "\n41\n") + foreign)
    report = audited(copy)
    assert {finding.code for finding in report.findings} == {"bad-checkpoint"}
    assert report.checkpoints == 3
    assert {finding.code for finding in audit.verify(copy, public).findings} == {"bad-checkpoint", "not-as-signed"}
    with pytest.raises(BadNote):
        audit.verify(copy, "no key at all")


def test_entries_that_nobody_signed_are_not_called_sound(sound: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(sound, tmp_path / "copy")
    (copy / "checkpoint").unlink()
    (copy / "checkpoints").unlink()
    assert found(copy) == {("unsigned", 0)}


def test_a_folder_without_a_ledger_is_a_finding(tmp_path: Path, sound: Path) -> None:
    report = audit.verify(tmp_path, (sound / "verifier").read_text())
    assert not report.sound
    assert not (tmp_path / "ledger.sqlite").exists()
