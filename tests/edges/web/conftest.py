"""One served house for all tests of the web edge that do not harm it."""

from collections.abc import Iterator

import pytest

from tests.edges.web.running import Running, running


@pytest.fixture(scope="session")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("floor")) as served:
        yield served
