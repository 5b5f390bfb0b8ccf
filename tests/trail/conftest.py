"""The places that the contract of the trail is held against, one after the other."""

import pytest

from tests.trail import given
from tests.trail.given import Hand


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture(params=["files", "postgres"])
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each test that asks for it is run over each place; it opens its trails with `given.opened`."""
    if request.param == "postgres":
        monkeypatch.setattr(given, "DATABASE", request.getfixturevalue("postgres"))
    return str(request.param)
