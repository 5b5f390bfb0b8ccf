"""How tests are dealt to workers: a file stays whole, all that need a browser go to one of them, and what takes long goes first; and a real PostgreSQL."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from tests.postgres import emptied, server

BROWSER = "tests/console"
LONG = (BROWSER, "tests/edges/sites/test_sites.py", "tests/edges/sites/test_faults.py", "tests/test_faults.py", "tests/house/test_house.py", "tests/cli/test_samples.py",
        "tests/edges/web/test_openapi.py", "tests/test_operate.py", "tests/test_floor_sequences.py")
"""What takes more than twenty seconds, the longest first: dealt last, as a file of one test would be, it is waited for when all others are done."""


class OneBrowser(LoadFileScheduling):
    """Two browsers that draw in software starve one another; one beside tests that need none does not."""

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(f"{BROWSER}/") else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneBrowser | None:
    """Only where files are to stay whole; any other way of dealing is what the caller asked for. They are dealt as workers have collected them."""
    if config.getoption("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return OneBrowser(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a worker: what takes long first, then files by how many tests they have; within a file nothing changes places."""
    if hasattr(config, "workerinput"):
        tests = Counter(_file(item) for item in items)
        places = {_file(item): at for at, item in reversed(list(enumerate(items)))}
        items.sort(key=lambda item: (_turn(_file(item)), -tests[_file(item)], places[_file(item)]))


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def _turn(file: str) -> int:
    return next((turn for turn, long in enumerate(LONG) if file.startswith(long)), len(LONG))


@pytest.fixture(scope="session")
def _postgres() -> Iterator[str]:
    with server() as address:
        yield address


@pytest.fixture
def postgres(_postgres: str) -> Iterator[str]:
    """The address of a database without a ledger in it; the server is started once a worker, where one is asked for."""
    yield _postgres
    emptied(_postgres)


settings.register_profile("still", deadline=None)  # how long an example takes says nothing on a machine that does other things too
settings.load_profile("still")
