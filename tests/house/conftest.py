"""What most tests of the house begin with: a clock that stands, and a house on the drawn town."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.floor import StillClock, small_house
from tocsin.house import House


@pytest.fixture
def clock() -> StillClock:
    """A clock that stands until a test moves it."""
    return StillClock()


@pytest.fixture
def house(tmp_path: Path, clock: StillClock) -> Iterator[House]:
    """A house in `data`, nobody on duty."""
    with small_house(tmp_path / "data", clock) as made:
        yield made
