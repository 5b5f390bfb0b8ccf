"""The SQLite file of a ledger: it refuses to be edited, to be opened as another ledger, and what is none."""

from pathlib import Path

import apsw
import pytest

from tests.ledger.given import Ticking, entry, opened
from tocsin.ledger import Ledger, LedgerFault


@pytest.mark.parametrize("statement", [
    "UPDATE entries SET line = x'00'", "DELETE FROM entries", "DELETE FROM marks", "UPDATE tags SET name = 'x'",
    "DELETE FROM keys", "UPDATE meta SET value = 'x'", "UPDATE entries SET position = 9",
    "INSERT OR REPLACE INTO entries VALUES (1, x'', x'')", "INSERT INTO entries VALUES (3, x'', x'')"])
def test_the_file_itself_refuses_to_be_edited(tmp_path: Path, statement: str) -> None:
    with opened(tmp_path) as ledger:
        ledger.append([entry(b"", "t")], key="k")
    connection = apsw.Connection(str(tmp_path / "ledger.sqlite"))
    with pytest.raises(apsw.ConstraintError):
        connection.execute(statement)
    connection.close()


def test_a_ledger_is_opened_by_its_own_name_version_and_process_only(tmp_path: Path) -> None:
    with opened(tmp_path, "north"), pytest.raises(LedgerFault, match=r"ledger\.in-use.*stop that one first"):
        Ledger.open(tmp_path, Ticking(), name="north")
    with pytest.raises(LedgerFault, match=r"ledger\.other-name.*'north', not 'south'"):
        Ledger.open(tmp_path, Ticking(), name="south")
    connection = apsw.Connection(str(tmp_path / "ledger.sqlite"))
    connection.pragma("user_version", 99)
    connection.close()
    with pytest.raises(LedgerFault, match=r"ledger\.other-version.*version 99"):
        Ledger.open(tmp_path, Ticking(), name="north")


def test_a_file_that_is_no_ledger_is_named_as_such(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "ledger.sqlite").write_bytes(b"not a database, but long enough to be taken for one" * 100)
    with pytest.raises(LedgerFault, match=r"ledger\.(unreadable|no-key)"):
        Ledger.open(tmp_path / "a", Ticking(), name="test")
    with opened(tmp_path / "b"):
        pass
    other = apsw.Connection(str(tmp_path / "other.sqlite"))
    other.execute("CREATE TABLE t (x)")
    other.close()
    (tmp_path / "other.sqlite").replace(tmp_path / "b" / "ledger.sqlite")
    with pytest.raises(LedgerFault, match=r"ledger\.not-a-ledger"):
        Ledger.open(tmp_path / "b", Ticking(), name="test")
