"""A NATS of the tests' own for a file, and for each test a floor whose stream begins empty."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edges.sites.running import Floor, Site, floor_at, site_at
from tests.nats import Nats


@pytest.fixture
def nats() -> Iterator[Nats]:
    server = Nats()
    yield server
    server.close()


@pytest.fixture
def floor(tmp_path: Path, nats: Nats) -> Iterator[Floor]:
    with floor_at(tmp_path / "floor", nats) as made:
        yield made


@pytest.fixture
def north(tmp_path: Path, floor: Floor) -> Iterator[Site]:
    """A site with a mandate, caught up."""
    floor.grant(tmp_path / "north", "north")
    with site_at(tmp_path / "north", "north", floor.house.ledger.verifier, floor.nats) as site:
        site.caught_up(floor)
        yield site
