"""The made towns' indexes, built once, and San Francisco's where its data are on this machine."""

from pathlib import Path

import pytest
from bench.sf_places import load

from tests.engines.places.towns import lahtela, xincheng
from tests.shared import DATA
from tocsin.engines.places import Places
from tocsin.engines.places.compile import build_index


@pytest.fixture(scope="session")
def chinese(tmp_path_factory: pytest.TempPathFactory) -> Places:
    return _built(tmp_path_factory.mktemp("xincheng"), *xincheng())


@pytest.fixture(scope="session")
def finnish(tmp_path_factory: pytest.TempPathFactory) -> Places:
    return _built(tmp_path_factory.mktemp("lahtela"), *lahtela())


@pytest.fixture(scope="session")
def san_francisco(tmp_path_factory: pytest.TempPathFactory) -> Places:
    return _built(tmp_path_factory.mktemp("sf"), *load(DATA / "roads" / "san_francisco"))


def _built(folder: Path, *city: object) -> Places:
    streets, entries, *shapes = city
    build_index(streets, entries, str(folder), *shapes)  # type: ignore[arg-type]  # the parts of a city, in its order
    return Places.open(str(folder))
