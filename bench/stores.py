"""Both stores, for what is measured over each."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.postgres import emptied, server


@contextmanager
def stores() -> Iterator[Iterator[tuple[str, str]]]:
    """Each store's name with the address of its database, empty; none for SQLite."""
    with server() as address:
        emptied(address)
        try:
            yield iter((("SQLite", ""), ("PostgreSQL", address)))
        finally:
            emptied(address)
