"""The stores that the contract of the ledger is held against, one after the other."""

from collections.abc import Iterator

import pytest

from tests.ledger import given
from tests.postgres import emptied, server


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A database of this worker's own."""
    with server() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Each test that asks for it is run over each store; it opens its ledgers with `given.opened`."""
    if request.param == "postgres":
        address = request.getfixturevalue("postgres")
        monkeypatch.setattr(given, "DATABASE", address)
        yield "postgres"
        emptied(address)
    else:
        yield "sqlite"
