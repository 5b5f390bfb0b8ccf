"""Wrapped keys in a file beside the ledger. What is destroyed is overwritten there, in the write-ahead log as well."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import apsw

from tocsin.ledger.faults import DiskFailed, LedgerFault, LedgerFull
from tocsin.ledger.wrapped import Key

VAULT = "vault.sqlite"
_TABLES = ("CREATE TABLE IF NOT EXISTS keys (record TEXT PRIMARY KEY, wrapped BLOB) STRICT, WITHOUT ROWID",
           "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID")
_NOTE = "INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"


class WrappedFile:
    """A vault's file; one connection, used by one thread at a time, but for `has_older`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def words(self) -> str:
        return str(self._path)

    def begin(self, *, create: bool, number: int) -> None:
        if not create and not self._path.exists():
            raise LedgerFault("vault.missing", f"{self._path} is gone; restore a copy that is not older than the last rotation, or, where there is "
                              "none, begin a new vault with `tocsin vault begin`: what was sealed stays unreadable.")
        try:
            self.connection = apsw.Connection(str(self._path))
            self.connection.set_busy_timeout(5_000)
            self.connection.pragma("journal_mode", "wal")
            self.connection.pragma("synchronous", "full")
            self.connection.pragma("secure_delete", True)
            with self.connection:
                for table in _TABLES:
                    self.connection.execute(table)
                if number:
                    self.connection.execute(_NOTE, ("vault", number))
            self.numbers()
        except apsw.Error as error:
            raise LedgerFault("vault.unreadable", f"{self._path} is not a vault; restore a copy ({error}).") from error

    def numbers(self) -> Mapping[str, int]:
        return {str(name): int(value) for name, value in self.connection.execute("SELECT name, value FROM meta")}

    def must_lead(self) -> None:
        """Nobody else can: the folder's lock sees to that."""

    def find(self, records: Collection[str]) -> Mapping[str, Key]:
        rows = ((record, self.connection.execute("SELECT wrapped, record FROM keys WHERE record = ?", (record,)).get) for record in records)
        return {record: Key(row[0]) for record, row in rows if row is not None}

    def living(self, records: Iterable[str]) -> frozenset[str]:
        return frozenset(one for one in records if self.connection.execute("SELECT 1 FROM keys WHERE record = ? AND wrapped IS NOT NULL", (one,)).get)

    def count(self) -> int:
        return int(self.connection.execute("SELECT count(*) FROM keys WHERE wrapped IS NOT NULL").get)

    def any(self) -> tuple[str, bytes] | None:
        row = self.connection.execute("SELECT record, wrapped FROM keys WHERE wrapped IS NOT NULL LIMIT 1").get
        return None if row is None else (str(row[0]), bytes(row[1]))

    def keep(self, rows: Sequence[tuple[str, bytes]]) -> None:
        with _faults(), self.connection:
            self.connection.executemany("INSERT INTO keys VALUES (?, ?) ON CONFLICT DO NOTHING", rows)

    def destroy(self, records: Sequence[str], upto: int) -> int:
        with _faults():
            with self.connection:
                before = self.connection.total_changes()
                self.connection.executemany("UPDATE keys SET wrapped = NULL WHERE record = ? AND wrapped IS NOT NULL", [(one,) for one in records])
                changed = self.connection.total_changes() - before
                self.connection.executemany("INSERT INTO keys VALUES (?, NULL) ON CONFLICT DO NOTHING", [(one,) for one in records])
                if changed:
                    self.connection.execute("INSERT INTO meta VALUES ('owes', ?) ON CONFLICT DO UPDATE SET value = value + excluded.value", (changed,))
                if upto:
                    self.connection.execute("INSERT INTO meta VALUES ('forgotten_to', ?) ON CONFLICT DO UPDATE SET value = max(value, excluded.value)", (upto,))
            if records:
                self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # the old page must not live on in it
            return changed

    def adopt(self, epoch: int, sealed: bytes) -> None:
        with _faults(), self.connection:
            self.connection.executemany(_NOTE, (("epoch", epoch), ("owes", 0)))

    def older(self, form: bytes, after: str, limit: int) -> list[tuple[str, bytes]]:
        with _faults():
            found = self.connection.execute("SELECT record, wrapped FROM keys WHERE record > ? AND wrapped IS NOT NULL AND substr(wrapped, 1, ?) <> ? "
                                            "ORDER BY record LIMIT ?", (after, len(form), form, limit))
            return [(str(record), bytes(wrapped)) for record, wrapped in found]

    def rewrap(self, rows: Sequence[tuple[bytes, str, bytes]]) -> None:
        with _faults(), self.connection:
            self.connection.executemany("UPDATE keys SET wrapped = ? WHERE record = ? AND wrapped = ?", rows)

    def has_older(self, form: bytes) -> bool:
        with _faults():
            beside = apsw.Connection(str(self._path), flags=apsw.SQLITE_OPEN_READONLY)
            try:
                return bool(beside.execute("SELECT 1 FROM keys WHERE wrapped IS NOT NULL AND substr(wrapped, 1, ?) <> ? LIMIT 1", (len(form), form)).get)
            finally:
                beside.close()

    def settle(self, epoch: int) -> bool:
        """The write-ahead log must go too; a reader that holds its old pages keeps it from that for now."""
        with _faults():
            return not self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0][0]

    def masters(self, after: int) -> list[tuple[int, bytes]]:
        return []

    def close(self) -> None:
        self.connection.close()


@contextmanager
def _faults() -> Iterator[None]:
    """Turn what SQLite says into the ledger's refusals."""
    try:
        yield
    except apsw.FullError as error:
        raise LedgerFull from error
    except apsw.Error as error:
        raise DiskFailed from error
