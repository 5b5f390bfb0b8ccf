"""What tests anywhere may ask for: a real PostgreSQL, started once a worker and only where one is asked for."""

from collections.abc import Iterator

import pytest

from tests.postgres import emptied, server


@pytest.fixture(scope="session")
def _postgres() -> Iterator[str]:
    with server() as address:
        yield address


@pytest.fixture
def postgres(_postgres: str) -> Iterator[str]:
    """The address of a database without a ledger in it."""
    yield _postgres
    emptied(_postgres)
