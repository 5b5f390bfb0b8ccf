"""A ledger's files as they lie, for reading alone: no keys, no vault, no lock, and nothing laid beside them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tocsin.kernel import Entry
from tocsin.ledger import tree
from tocsin.ledger.indexes import open_still
from tocsin.ledger.line import decode
from tocsin.ledger.sqlite import FILE, SqliteReading
from tocsin.ledger.store import with_nodes


class Still:
    """What `Ledger` reads, of a copy that an auditor holds or of one in use, as it was at one moment. Made by `opened`."""

    def __init__(self, reading: SqliteReading) -> None:
        self._reading = reading
        self._head = reading.head()

    @classmethod
    @contextmanager
    def opened(cls, folder: Path) -> Iterator["Still"]:
        """The ledger in a folder, within one read transaction; whether it is what was signed, the audit says."""
        connection = open_still(folder / FILE)
        try:
            with connection:
                yield cls(SqliteReading(connection))
        finally:
            connection.close()

    def head(self) -> int:
        """The last position."""
        return self._head

    def read(self, after: int = 0, limit: int | None = None) -> Iterator[tuple[int, Entry]]:
        """Positions and entries after `after`, in order."""
        for line in self._reading.every(after, limit):
            yield decode(line)

    def read_tags(self, tags: Sequence[str], after: int = 0) -> Iterator[tuple[int, Entry]]:
        """The entries that carry any of the tags, each once, in order of position."""
        for line in self._reading.every_tagged(tags, after):
            yield decode(line)

    def root(self, size: int | None = None) -> bytes:
        """The Merkle root over the first `size` entries (all, left out)."""
        held = self._head if size is None else size
        return with_nodes(self._reading, lambda node: tree.root_at(held, node))
