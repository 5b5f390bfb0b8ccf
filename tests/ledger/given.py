"""What the ledger's tests are given: a clock that ticks, an empty ledger, and entries."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tocsin.kernel import Entry, Instant
from tocsin.ledger import Ledger


class Ticking:
    """A clock that moves a millisecond on at each look, so that nothing in a test depends on the hour."""

    def __init__(self, at: Instant = 1_700_000_000_000_000) -> None:
        self.at = at

    def now(self) -> Instant:
        self.at += 1_000
        return self.at


def entry(body: bytes = b"{}", *tags: str, **fields: object) -> Entry:
    """An entry with only what the test speaks of."""
    given: dict[str, object] = {"kind": "test.noted", "body": body, "tags": tags, "happened_at": 1, "known_at": 2,
                                "by": "dispatcher 4", "purpose": "dispatch"} | fields
    return Entry(**given)  # type: ignore[arg-type] -- each test gives the types that its fields have


DATABASE = ""
"""Where ledgers are opened: in their folder, or in the database that the fixture `store` puts here."""


def open_in(folder: Path, name: str = "test", **asked: bool) -> Ledger:
    """The ledger of a folder, in the store of this test."""
    return Ledger.open(folder, Ticking(), name=name, database=DATABASE, **asked)


@contextmanager
def opened(folder: Path, name: str = "test") -> Iterator[Ledger]:
    """The ledger of a folder, closed at the end whatever happens."""
    ledger = open_in(folder, name)
    try:
        yield ledger
    finally:
        ledger.close()
