"""The vault: sealed text opens until its key is destroyed, and then nothing on the disk can bring it back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ledger import given as given_store
from tests.ledger.given import entry, opened
from tocsin.kernel import Refused
from tocsin.ledger import LedgerFault, Vault
from tocsin.ledger.master import masters
from tocsin.ledger.postgres import PostgresStore
from tocsin.ledger.vault import MAX_CACHED, MAX_TEXT
from tocsin.ledger.wrapped import Wrapped
from tocsin.ledger.wrapped_postgres import WrappedTables
from tocsin.ledger.wrapped_sqlite import WrappedFile

Place = Callable[[], Wrapped]

MASTER = {1: bytes(range(32))}


def test_what_is_sealed_opens_again_after_a_restart_and_looks_like_nothing(place: Place) -> None:
    vault = Vault(place(), MASTER)
    box, again = vault.seal("incident:31", "王 0401 234 567"), vault.seal("incident:31", "王 0401 234 567")
    vault.flush()
    assert box != again
    assert b"0401" not in box
    vault.close()
    vault = Vault(place(), MASTER)
    assert vault.open("incident:31", box) == vault.open("incident:31", again) == "王 0401 234 567"
    vault.close()


def test_several_are_sealed_with_one_question_and_open_as_one_by_one(place: Place) -> None:
    vault = Vault(place(), MASTER)
    vault.seal("incident:31", "there before")
    vault.flush()
    vault._cache.clear()
    texts = [("incident:31", "caller"), ("incident:32", "来电人"), ("incident:31", "place"), ("incident:33", "")]
    boxes = vault.seal_all(texts)
    vault.flush()
    vault.close()
    vault = Vault(place(), MASTER)
    assert [(record, vault.open(record, box)) for (record, _), box in zip(texts, boxes, strict=True)] == texts
    assert vault.count() == 3
    assert vault.seal_all([]) == []
    vault.close()


def test_one_record_whose_key_is_gone_refuses_all_that_are_sealed_with_it(place: Place) -> None:
    vault = Vault(place(), MASTER)
    vault.seal("incident:31", "caller")
    vault.destroy("incident:31")
    with pytest.raises(Refused) as refused:
        vault.seal_all([("incident:32", "caller"), ("incident:31", "caller")])
    assert refused.value.code == "vault.destroyed"
    vault.close()


def test_destroying_the_key_is_the_deletion(place: Place, tmp_path: Path) -> None:
    vault = Vault(place(), MASTER)
    box, other = vault.seal("incident:31", "caller"), vault.seal("incident:32", "caller")
    vault.flush()
    wrapped = _wrapped(vault, "incident:31")
    assert vault.destroy("incident:31")
    assert not vault.destroy("incident:31")
    assert not vault.destroy("incident:99")
    assert vault.open("incident:31", box) is None
    assert vault.open("incident:32", other) == "caller"
    with pytest.raises(Refused, match=r"vault\.destroyed"):
        vault.seal("incident:31", "more")
    for path in tmp_path.iterdir():
        assert wrapped not in path.read_bytes(), f"the key is still in {path.name}"
    vault.close()
    vault = Vault(place(), MASTER)
    assert vault.open("incident:31", box) is None
    vault.close()


def test_a_key_that_was_destroyed_before_it_was_ever_written_stays_destroyed(place: Place) -> None:
    vault = Vault(place(), MASTER)
    box = vault.seal("r", "text")
    assert vault.destroy("r")
    assert vault.open("r", box) is None
    vault.close()


def test_how_far_the_ledger_was_carried_out_only_grows_and_what_is_owed_adds_up(place: Place) -> None:
    vault = Vault(place(), MASTER)
    for number in range(3):
        vault.seal(f"r{number}", "text")
    assert (vault.forgotten_to, vault.owes_rotation, vault.destroy_all((), upto=7)) == (0, False, 0)
    assert (vault.forgotten_to, vault.owes_rotation, vault.destroy_all(("r0", "r1", "never"), upto=5)) == (7, False, 2)
    assert (vault.forgotten_to, vault.owes_rotation, vault.count()) == (7, True, 1)
    assert (vault.living(["r0", "r2"]), vault.living([])) == (frozenset({"r2"}), frozenset())
    with pytest.raises(Refused, match=r"vault\.destroyed"):
        vault.seal("never", "no key is made for it again")
    vault.close()


def test_a_box_that_was_altered_moved_or_of_a_lost_key_is_a_fault(place: Place) -> None:
    vault = Vault(place(), MASTER)
    box = vault.seal("a", "text")
    vault.seal("b", "text")
    vault.flush()
    for record, wrong in (("a", box[:-1] + bytes([box[-1] ^ 1])), ("b", box), ("a", b"\2" + box[1:]), ("a", b"")):
        with pytest.raises(LedgerFault, match=r"vault\.bad-box"):
            vault.open(record, wrong)
    with pytest.raises(LedgerFault, match=r"vault\.no-key"):
        vault.open("c", box)
    vault.close()
    with pytest.raises(LedgerFault, match=r"vault\.bad-key"):
        Vault(place(), {1: bytes(32)})


def test_texts_and_caches_are_bounded(place: Place) -> None:
    vault = Vault(place(), MASTER)
    with pytest.raises(Refused, match=r"vault\.too-long"):
        vault.seal("r", "x" * (MAX_TEXT + 1))
    boxes = [vault.seal(f"r{number}", str(number)) for number in range(MAX_CACHED + 10)]
    vault.flush()
    assert vault.open("r0", boxes[0]) == "0"
    assert len(vault._cache) == MAX_CACHED
    vault.close()


@settings(deadline=None)
@given(text=st.text(max_size=100))
def test_every_text_comes_back(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    vault = Vault(WrappedFile(tmp_path_factory.getbasetemp() / "any.sqlite"), MASTER)
    assert vault.open("r", vault.seal("r", text)) == text
    vault.close()


def test_a_key_is_durable_before_the_entry_that_needs_it(store: str, tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        box = ledger.vault.seal("incident:31", "caller")
        ledger.append([entry(box)])
        there = WrappedFile(tmp_path / "vault.sqlite") if store == "sqlite" else WrappedTables(PostgresStore(given_store.DATABASE, "test"))
        bystander = Vault(there, masters(tmp_path, create=False))
        assert bystander.open("incident:31", box) == "caller"
        bystander.close()


def _wrapped(vault: Vault, record: str) -> bytes:
    found = vault._place.find([record])[record]
    assert found.wrapped is not None
    return found.wrapped
