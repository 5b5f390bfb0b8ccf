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


@contextmanager
def opened(folder: Path, name: str = "test") -> Iterator[Ledger]:
    """The ledger of a folder, closed at the end whatever happens."""
    ledger = Ledger.open(folder, Ticking(), name=name)
    try:
        yield ledger
    finally:
        ledger.close()
