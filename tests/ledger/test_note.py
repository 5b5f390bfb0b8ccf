"""Signed notes: the published form, and nothing accepted that was not signed just so."""

import base64
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ledger.given import entry, opened
from tocsin.ledger.note import BadNote, Checkpoint, read, read_verifier, sign, verifier_key

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
SAID = Checkpoint("tocsin/test", 20852163, sha256(b"root").digest())


def test_a_note_has_the_lines_that_the_form_asks_for() -> None:
    text, _, signature = sign(SAID, KEY).partition("\n\n")
    assert text.split("\n") == ["tocsin/test", "20852163", base64.b64encode(SAID.root).decode()]
    dash, name, encoded = signature.removesuffix("\n").split(" ")
    assert (dash, name) == ("\u2014", "tocsin/test")
    raw = base64.b64decode(encoded)
    public = KEY.public_key().public_bytes_raw()
    assert raw[:4] == sha256(b"tocsin/test\n\x01" + public).digest()[:4]
    KEY.public_key().verify(raw[4:], text.encode() + b"\n")


def test_the_verifier_line_of_the_published_example_is_read() -> None:
    """The key of the Go checksum database, as its clients carry it."""
    line = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
    origin, key = read_verifier(line)
    assert origin == "sum.golang.org"
    assert verifier_key(origin, key) == line


def test_a_note_is_read_back_by_its_key_also_beside_a_witness() -> None:
    note = sign(SAID, KEY)
    assert read(note, "tocsin/test", KEY.public_key()) == SAID
    witness = sign(SAID, OTHER).partition("\n\n")[2]
    assert read(note + witness, "tocsin/test", KEY.public_key()) == SAID
    assert read(note, *read_verifier(verifier_key("tocsin/test", KEY.public_key()))) == SAID


@pytest.mark.parametrize("note", [
    "", "tocsin/test\n5\n", sign(SAID, OTHER), sign(SAID, KEY).replace("20852163", "20852164"),
    sign(Checkpoint("tocsin/other", 5, SAID.root), KEY), sign(Checkpoint("tocsin/test", -5, SAID.root), KEY),
    sign(Checkpoint("tocsin/test", 5, b"short"), KEY), sign(SAID, KEY) + "x" * 5_000])
def test_anything_else_is_a_bad_note(note: str) -> None:
    with pytest.raises(BadNote):
        read(note, "tocsin/test", KEY.public_key())


@settings(deadline=None)
@given(st.integers(0, 10_000), st.characters())
def test_a_note_with_one_character_changed_says_the_same_or_is_bad(where: int, character: str) -> None:
    note = sign(SAID, KEY)
    where %= len(note)
    with suppress(BadNote):
        assert read(note[:where] + character + note[where + 1:], "tocsin/test", KEY.public_key()) == SAID


@pytest.mark.parametrize("line", ["", "a", "a+b", "tocsin/test+00000000+AQ==", "tocsin/test+zz+%%%",
                                  verifier_key("tocsin/test", KEY.public_key()).replace("tocsin", "toxin")])
def test_a_verifier_line_whose_parts_do_not_belong_together_is_refused(line: str) -> None:
    with pytest.raises(BadNote):
        read_verifier(line)


def test_the_ledger_signs_what_it_holds(tmp_path: Path) -> None:
    with opened(tmp_path, "city") as ledger:
        ledger.append([entry(b"1"), entry(b"2")])
        origin, key = read_verifier(ledger.verifier)
        assert read(ledger.checkpoint(), origin, key) == Checkpoint("tocsin/city", 2, ledger.root())
        assert (tmp_path / "checkpoint").read_text() == ledger.checkpoint()
        assert (tmp_path / "verifier").read_text() == ledger.verifier + "\n"
