"""The stores that the contract of the ledger is held against, one after the other."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.ledger import given
from tocsin.ledger.boxes import BoxFolder, BoxTable
from tocsin.ledger.files import Boxes
from tocsin.ledger.postgres import PostgresStore
from tocsin.ledger.wrapped import Wrapped
from tocsin.ledger.wrapped_postgres import WrappedTables
from tocsin.ledger.wrapped_sqlite import WrappedFile


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each test that asks for it is run over each store; it opens its ledgers with `given.opened`."""
    if request.param == "postgres":
        monkeypatch.setattr(given, "DATABASE", request.getfixturevalue("postgres"))
    return str(request.param)


@pytest.fixture
def led(request: pytest.FixtureRequest, store: str) -> Iterator[PostgresStore | None]:
    """The database's store, which this test leads; None over files."""
    if store == "sqlite":
        yield None
        return
    made = PostgresStore(given.DATABASE, "test")
    made.prepare("test")
    writing = made.writing()
    yield made
    writing.close()


@pytest.fixture
def place(led: PostgresStore | None, tmp_path: Path) -> Callable[[], Wrapped]:
    """Opens the one place of wrapped keys of this test, as often as it likes."""
    return lambda: WrappedFile(tmp_path / "vault.sqlite") if led is None else WrappedTables(led)


@pytest.fixture
def boxes(led: PostgresStore | None, tmp_path: Path) -> Boxes:
    """The place of sealed files of this test."""
    return BoxFolder(tmp_path / "files") if led is None else BoxTable(led)
