"""Ledgers of an older schema: refused in one line, rehearsed without a trace, migrated in one step with the same root."""

from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.ledger import given
from tests.ledger.given import entry, opened
from tocsin.cli import main
from tocsin.ledger import Appended, LedgerFault, Vault
from tocsin.ledger.master import masters
from tocsin.ledger.postgres import PostgresStore
from tocsin.ledger.postgres_schema import VERSION, lay
from tocsin.ledger.wrapped_sqlite import WrappedFile

TABLES = "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'tocsin_test' ORDER BY 1, 2"
SETTLED = "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'tocsin_test'::regnamespace ORDER BY proname"


@pytest.fixture
def address(postgres: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(given, "DATABASE", postgres)
    return postgres


def of_version_1(address: str, folder: Path) -> bytes:
    """A ledger as the first version laid it down, with entries, and its vault in the folder; its root."""
    with opened(folder) as ledger:
        for number in range(5):
            ledger.append([entry(str(number).encode(), "t"), entry(b"", f"t{number}")], key=f"k{number}")
        root = ledger.root()
        held = masters(folder, create=False)
    with closing(Vault(WrappedFile(folder / "vault.sqlite"), held)) as vault:
        (folder / "box").write_bytes(vault.seal("call:1", "sealed in the folder"))
        vault.flush()
    with psycopg.connect(address) as connection:
        connection.execute("ALTER SCHEMA tocsin_test RENAME TO tocsin_newer")
        lay(connection, "tocsin_test", "test", 1)
        for table in ("entries", "tags", "marks", "keys"):
            connection.execute(f"INSERT INTO tocsin_test.{table} SELECT * FROM tocsin_newer.{table}")  # type: ignore[arg-type]  # the test's own words
        connection.execute("UPDATE tocsin_test.leader SET (epoch, head, pid) = (SELECT epoch, head, pid FROM tocsin_newer.leader)")
        connection.execute("DROP SCHEMA tocsin_newer CASCADE")
    return root


def laid(address: str) -> list[tuple[object, ...]]:
    with psycopg.connect(address) as connection:
        return [*connection.execute(TABLES).fetchall(), *connection.execute(SETTLED).fetchall()]


def test_a_ledger_of_version_1_is_refused_rehearsed_and_migrated(address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root, folder = of_version_1(address, tmp_path / "ledger"), tmp_path / "ledger"
    words = ["ledger", "migrate", "--data", str(tmp_path), "--name", "test"]
    before = laid(address)
    with pytest.raises(LedgerFault, match=r"ledger\.old-schema.*tocsin ledger migrate"):
        given.open_in(folder)
    assert main([*words, "--rehearse"]) == 0
    said = capsys.readouterr().out
    assert "version 1 would become 2; nothing was changed" in said
    assert " ms  CREATE TABLE papers" in said
    assert (folder / "vault.sqlite").exists()
    assert laid(address) == before
    with pytest.raises(LedgerFault, match=r"ledger\.old-schema"):
        given.open_in(folder)
    assert main(words) == 0
    assert "version 1 is now 2" in capsys.readouterr().out
    migrated = laid(address)
    with opened(folder) as ledger:
        assert (ledger.root(), ledger.head(), ledger.append([entry(b"", "t")], key="k1")) == (root, 10, Appended(3, 4, repeated=True))
        assert ledger.append([entry(b"after", "t")]).first == 11
        assert ledger.vault.open("call:1", (folder / "box").read_bytes()) == "sealed in the folder"
    assert sorted(path.name for path in folder.glob("vault*")) == ["vault.sqlite.copied"]
    assert main(words) == 0
    assert "nothing to do" in capsys.readouterr().out
    with psycopg.connect(address) as connection:
        with pytest.raises(psycopg.errors.RestrictViolation, match="only grows"):
            connection.execute("UPDATE tocsin_test.meta SET value = 'x'")
        connection.rollback()
        connection.execute("DROP SCHEMA tocsin_test CASCADE")
    PostgresStore(address, "test").prepare("test")
    assert laid(address) == migrated, "one that is begun today is the same"


def test_a_migration_that_breaks_off_leaves_the_older_version_whole(address: str, tmp_path: Path) -> None:
    of_version_1(address, tmp_path)
    before, steps = laid(address), list[str]()

    class Stopped(Exception):
        pass

    def stop(words: str, took_s: float) -> None:
        steps.append(words)
        if len(steps) == 6:
            raise Stopped

    with pytest.raises(Stopped):
        PostgresStore(address, "test").migrate(rehearse=False, told=stop)
    assert laid(address) == before
    assert PostgresStore(address, "test").migrate(rehearse=False, told=lambda words, took_s: None) == (1, VERSION)


def test_what_cannot_be_migrated_is_said_in_one_line(address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["ledger", "migrate", "--data", str(tmp_path), "--name", "test"]
    assert main(words) == 2
    assert "ledger.no-database" in capsys.readouterr().err
    with opened(tmp_path / "ledger"):
        assert main(words) == 2
    assert "ledger.in-use" in capsys.readouterr().err
    with psycopg.connect(address) as connection:
        connection.execute("ALTER TABLE tocsin_test.meta DISABLE TRIGGER meta_only_grows")
        connection.execute("UPDATE tocsin_test.meta SET value = '99' WHERE name = 'version'")
    assert main(words) == 2
    assert "ledger.other-version" in capsys.readouterr().err
    with pytest.raises(LedgerFault, match=r"ledger\.other-version"):
        given.open_in(tmp_path / "ledger")
