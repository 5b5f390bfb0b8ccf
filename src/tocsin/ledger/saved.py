"""What a backup takes of a ledger: lines by position and wrapped keys by group, while the house runs and wherever they lie; and their way back.

Nothing here needs or sees a master key. The order makes any backup whole: what was signed before entries, so that no note signs more than
there is; entries before keys and files, since each of these is durable before the entry that needs it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import Any, LiteralString

import apsw
import msgspec

from tocsin.ledger import master
from tocsin.ledger.boxes import FILES, PART, SETTLED, BoxFolder
from tocsin.ledger.copying import lay
from tocsin.ledger.faults import LedgerFault
from tocsin.ledger.papers import PaperTable
from tocsin.ledger.place import store_of
from tocsin.ledger.postgres import PostgresStore
from tocsin.ledger.postgres_side import Side
from tocsin.ledger.sqlite import FILE, SqliteStore
from tocsin.ledger.store import Reading, Store, StoreFailed, with_nodes
from tocsin.ledger.tree import root_at
from tocsin.ledger.vault import form_of_epoch
from tocsin.ledger.wrapped_sqlite import VAULT, WrappedFile

SPANS = (16_384, 1_024, 1)
"""Into which spans of entries a ledger is cut: as it grows, all but the last few stay as they are, so that they are saved once."""
_PAGE = 1_000
_GROUPED = 6
"""A record's group: its kind and the first characters of its number, `call:` and `26031`; of most records that is ten days."""
Row = tuple[str, bytes | None]
_META: tuple[LiteralString, LiteralString] = ("SELECT name, value FROM meta", "SELECT name, value FROM {s}.vault_meta")
_KEYS: tuple[LiteralString, LiteralString] = ("SELECT record, wrapped FROM keys WHERE record > ? ORDER BY record LIMIT ?",
                                              "SELECT record, wrapped FROM {s}.vault_keys WHERE record > %s ORDER BY record LIMIT %s")
"""Asked of a file and of the database."""
_ROWS = msgspec.msgpack.Decoder(list[Row])


class Source:
    """The rows of one ledger as they were when this was made. What a store does not do is said by the fault `ledger.unreadable`."""

    def __init__(self, folder: Path, store: Store, reading: Reading) -> None:
        self._folder, self._store, self._reading = folder, store, reading
        self._side = Side(store) if isinstance(store, PostgresStore) else None
        """Where keys, files and papers lie in the database with the entries; None where they are files of the folder."""
        self.size = reading.head()
        self.root = self.root_at(self.size)

    @classmethod
    @contextmanager
    def opened(cls, folder: Path, name: str) -> Iterator["Source"]:
        """The ledger of a folder, which may be in use; no lock is taken."""
        try:
            store = store_of(folder, name)
            with closing(store.reading()) as reading:
                source = cls(folder, store, reading)
                try:
                    yield source
                finally:
                    if source._side is not None:
                        source._side.close()
        except StoreFailed as error:
            raise LedgerFault("ledger.unreadable", f"the entries cannot be read ({error}); make sure of the disk or the database, and do it again.") from error

    def root_at(self, size: int) -> bytes:
        """The Merkle root over the first `size` entries."""
        return with_nodes(self._reading, lambda node: root_at(size, node))

    def wrapped_meta(self) -> dict[str, int]:
        """What the vault says of itself: its rotation, its number, how far it carried out the ledger. Refused in the middle of a rotation."""
        with self._wrapped() as ask:
            meta = {str(name): int(value) for name, value in ask(_META)}
        if (self._folder / "keys" / master.NEXT).exists():
            raise rotating()
        return meta

    def wrapped_groups(self, epoch: int) -> Iterator[tuple[str, list[Row]]]:
        """The vault's rows, still wrapped, group by group. Refused where one is of another rotation: no one master key would open them all."""
        form = form_of_epoch(epoch)
        for group, rows in groupby(self._rows(), key=lambda row: row[0][:row[0].find(":") + _GROUPED]):
            held = list(rows)
            if any(wrapped is not None and not wrapped.startswith(form) for _, wrapped in held):
                raise rotating()
            yield group, held

    def files(self) -> Iterator[tuple[str, bool, int]]:
        """The numbers of sealed files, whether each is still a part, and their lengths, in order."""
        if self._side is not None:
            for number, part, size in self._side.ask("SELECT number, part, length(box) FROM {s}.files ORDER BY number, part"):
                yield str(number), bool(part), int(size)
            return
        found = ((path.stem, path.suffix == PART, path.stat().st_size) for path in (self._folder / FILES).glob("*/*") if path.suffix in (PART, SETTLED))
        yield from sorted(found)

    def file(self, number: str) -> tuple[bool, bytes] | None:
        """The sealed bytes of a file and whether it is still a part; None where it was forgotten meanwhile."""
        if self._side is not None:
            rows = self._side.ask("SELECT part, box FROM {s}.files WHERE number = %s ORDER BY part LIMIT 1", number)
            return (bool(rows[0][0]), bytes(rows[0][1])) if rows else None
        settled = BoxFolder(self._folder / FILES).path(number)
        for path in (settled, settled.with_suffix(PART), settled):  # a part may be settled between two looks
            with suppress(FileNotFoundError):
                return path.suffix == PART, path.read_bytes()
        return None

    def paper(self, name: str) -> bytes | None:
        """A paper of the house, wherever it lies: a file of the data folder, or sealed in the database."""
        if isinstance(self._store, PostgresStore):
            with closing(PaperTable(self._store, self._folder, lambda: False)) as papers:
                found = papers.read(name)
            if found is not None:
                return found[1]
        path = self._folder.parent / name
        return path.read_bytes() if path.is_file() else None

    def _rows(self) -> Iterator[Row]:
        """All rows in the order of their names, a page at a time: no page of a key that is destroyed meanwhile is held back by this reader."""
        after = ""
        with self._wrapped() as ask:
            while page := [(str(record), None if wrapped is None else bytes(wrapped)) for record, wrapped in ask(_KEYS, after, _PAGE)]:
                yield from page
                after = page[-1][0]

    @contextmanager
    def _wrapped(self) -> Iterator[Callable[..., Iterable[tuple[Any, ...]]]]:
        """Something to ask of the wrapped keys, wherever they lie."""
        side = self._side
        if side is not None:
            yield lambda text, *given: side.ask(text[1], *given)
            return
        path = self._folder / VAULT
        if not path.is_file():
            raise LedgerFault("vault.missing", f"{path} is gone; what is sealed could not be read again from such a backup.")
        vault = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            vault.set_busy_timeout(5_000)
            vault.pragma("query_only", True)
            yield lambda text, *given: vault.execute(text[0], given).fetchall()
        except apsw.Error as error:
            raise LedgerFault("vault.unreadable", f"{path} cannot be read ({error}).") from error
        finally:
            vault.close()

    def lines(self, first: int, last: int) -> Iterator[bytes]:
        """The lines from one position to another, both among them."""
        after = first - 1
        while after < last:
            page = self._reading.lines(after, min(_PAGE, last - after))
            if not page:
                raise LedgerFault("ledger.damaged", f"entry {after + 1:,} is missing; run `tocsin audit verify`.")
            yield from page
            after += len(page)


def spans(size: int) -> Iterator[tuple[int, int]]:
    """The first and last positions of the spans that a ledger of so many entries is cut into."""
    first = 1
    for length in SPANS[:-1]:
        while size - first + 1 >= length:
            yield first, first + length - 1
            first += length
    if first <= size:
        yield first, size


def rotating() -> LedgerFault:
    """The refusal while the master key is being changed."""
    return LedgerFault("vault.rotating", "the master key is being rotated; try again in a minute.")


def row_frames(rows: Sequence[Row]) -> Iterator[bytes]:
    """Rows in frames of bounded length."""
    for start in range(0, len(rows), _PAGE):
        yield msgspec.msgpack.encode(rows[start:start + _PAGE])


def lay_lines(folder: Path, name: str, size: int, lines: Iterable[bytes]) -> bytes:
    """Lay entries into a folder where no ledger is; the root of what was laid. StoreFailed where the disk does not take it."""
    return lay(lines, size, SqliteStore(folder / FILE), name)


def lay_wrapped(folder: Path, meta: Mapping[str, int], frames: Iterable[bytes]) -> None:
    """Lay wrapped keys into a folder where no vault is."""
    place = WrappedFile(folder / VAULT)
    place.begin(create=True, number=0)
    with closing(place), place.connection as into:
        into.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
        for frame in frames:
            into.executemany("INSERT INTO keys VALUES (?, ?)", _ROWS.decode(frame))
