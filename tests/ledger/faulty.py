"""A disk that fails when told to: SQLite's own file layer with faults put in."""

from collections.abc import Iterator
from contextlib import contextmanager

import apsw


class Disk:
    """What is wrong with the disk at the moment."""

    def __init__(self) -> None:
        self.failing_syncs = 0
        self.failing_vault_syncs = 0
        self.full = False
        self.vault_full = False
        self.unreadable = False


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: "str | apsw.URIFilename | None", flags: list[int]) -> None:
        self._disk = disk
        path = str(name.filename() if isinstance(name, apsw.URIFilename) else name)
        self._ours, self._vault = "ledger.sqlite" in path, "vault.sqlite" in path
        super().__init__("unix", name, flags)

    def xSync(self, flags: int) -> None:
        if self._vault and self._disk.failing_vault_syncs:
            self._disk.failing_vault_syncs -= 1
            raise _fault(apsw.IOError, apsw.SQLITE_IOERR_FSYNC)
        if self._ours and self._disk.failing_syncs:
            self._disk.failing_syncs -= 1
            raise _fault(apsw.IOError, apsw.SQLITE_IOERR_FSYNC)
        super().xSync(flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        if (self._ours and self._disk.full) or (self._vault and self._disk.vault_full):
            raise _fault(apsw.FullError, apsw.SQLITE_FULL)
        super().xWrite(data, offset)

    def xRead(self, amount: int, offset: int) -> bytes:
        if self._ours and self._disk.unreadable:
            raise _fault(apsw.IOError, apsw.SQLITE_IOERR_READ)
        return super().xRead(amount, offset)


class _Layer(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        super().__init__("faulty", "unix", makedefault=True)

    def xOpen(self, name: "str | apsw.URIFilename | None", flags: list[int]) -> _File:
        return _File(self._disk, name, flags)


@contextmanager
def faulty_disk() -> Iterator[Disk]:
    """Every file that SQLite opens meanwhile is on this disk."""
    disk = Disk()
    layer = _Layer(disk)
    try:
        yield disk
    finally:
        apsw.set_default_vfs("unix")
        layer.unregister()


def _fault(kind: type[apsw.Error], code: int) -> apsw.Error:
    fault = kind("put in by the test")
    fault.extendedresult = code
    return fault
