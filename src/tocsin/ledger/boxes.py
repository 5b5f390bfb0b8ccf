"""The two places of sealed files: a folder with one folder a day in it, and a table of the ledger's database."""

import os
from pathlib import Path

from tocsin.ledger.faults import disk_faults
from tocsin.ledger.files import NUMBER
from tocsin.ledger.keys import sync_folder
from tocsin.ledger.postgres import PostgresStore
from tocsin.ledger.postgres_side import Side, Writes

FILES = "files"
PART, SETTLED = ".part", ".sealed"


class BoxFolder:
    """Files as files: a part is one by its name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def words(self) -> str:
        return str(self._folder)

    def put(self, number: str, box: bytes) -> None:
        path = self.path(number)
        with disk_faults():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(path.with_suffix(PART), os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(box)
                file.flush()
                os.fsync(file.fileno())
            sync_folder(path.parent)

    def settle(self, number: str) -> None:
        path = self.path(number)
        with disk_faults():
            path.with_suffix(PART).rename(path)

    def drop(self, number: str) -> None:
        with disk_faults():
            self.path(number).with_suffix(PART).unlink(missing_ok=True)

    def forget(self, number: str) -> None:
        path = self.path(number)
        with disk_faults():
            path.unlink(missing_ok=True)
            path.with_suffix(PART).unlink(missing_ok=True)

    def parts(self) -> list[str]:
        return [path.stem for path in sorted(self._folder.glob(f"*/*{PART}")) if NUMBER.fullmatch(path.stem)]

    def read(self, number: str) -> bytes | None:
        path = self.path(number)
        return next((one.read_bytes() for one in (path, path.with_suffix(PART)) if one.exists()), None)

    def close(self) -> None:
        """Nothing is held."""

    def path(self, number: str) -> Path:
        """Where a settled file lies."""
        return self._folder / number[:6] / f"{number}{SETTLED}"


class BoxTable:
    """Files as rows, for every node."""

    def __init__(self, store: PostgresStore) -> None:
        self._side = Side(store)

    @property
    def words(self) -> str:
        return self._side.store.words

    def put(self, number: str, box: bytes) -> None:
        self._side.send("INSERT INTO {s}.files VALUES (%s, true, %s) ON CONFLICT (number, part) DO UPDATE SET box = excluded.box", number, box)

    def settle(self, number: str) -> None:
        def settled(writes: Writes) -> None:
            writes.do("DELETE FROM {s}.files AS old WHERE number = %s AND NOT part AND EXISTS (SELECT 1 FROM {s}.files AS new WHERE new.number = old.number AND new.part)", number)
            writes.do("UPDATE {s}.files SET part = false WHERE number = %s AND part", number)

        self._side.write(settled)

    def drop(self, number: str) -> None:
        self._side.send("DELETE FROM {s}.files WHERE number = %s AND part", number)

    def forget(self, number: str) -> None:
        self._side.send("DELETE FROM {s}.files WHERE number = %s", number)

    def parts(self) -> list[str]:
        return [row[0] for row in self._side.ask("SELECT number FROM {s}.files WHERE part ORDER BY number")]

    def read(self, number: str) -> bytes | None:
        found = self._side.ask("SELECT box FROM {s}.files WHERE number = %s ORDER BY part LIMIT 1", number)
        return found[0][0] if found else None

    def close(self) -> None:
        self._side.close()
