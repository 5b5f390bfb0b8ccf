"""How tests are dealt to workers: a file stays whole, and all that need a browser go to one of them, one after another; and a real PostgreSQL."""

from collections.abc import Iterator
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

from tests.postgres import emptied, server

BROWSER = "tests/console"


class OneBrowser(LoadFileScheduling):
    """Two browsers that draw in software starve one another; one beside tests that need none does not."""

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(f"{BROWSER}/") else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneBrowser | None:
    """Only where files are to stay whole; any other way of dealing is what the caller asked for."""
    return OneBrowser(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def _postgres() -> Iterator[str]:
    with server() as address:
        yield address


@pytest.fixture
def postgres(_postgres: str) -> Iterator[str]:
    """The address of a database without a ledger in it; the server is started once a worker, where one is asked for."""
    yield _postgres
    emptied(_postgres)
