"""The stores that the contract of the ledger is held against, one after the other."""

import pytest

from tests.ledger import given


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each test that asks for it is run over each store; it opens its ledgers with `given.opened`."""
    if request.param == "postgres":
        monkeypatch.setattr(given, "DATABASE", request.getfixturevalue("postgres"))
    return str(request.param)
