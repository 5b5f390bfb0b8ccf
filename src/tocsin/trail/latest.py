"""The newest position of every unit in memory, numbered by change, with a snapshot that outlives the process."""

import os
from pathlib import Path

import msgspec

from tocsin.kernel import Instant
from tocsin.trail.fix import Fix, Latest

MAX_UNITS = 100_000
RESERVED = 1_000_000
"""Numbers set aside ahead of use, so that none is ever given twice even when the last snapshot is old."""


class _Snapshot(msgspec.Struct):
    ceiling: int
    rows: list[Latest]
    ended: dict[str, Instant]


class Board:
    """Who is where. The rows stand in the order of their numbers, so what changed since one is read from the end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.rows: dict[str, Latest] = {}
        self._ended: dict[str, Instant] = {}
        self.seq = self._ceiling = 0
        if path.exists():
            snapshot = msgspec.msgpack.decode(path.read_bytes(), type=_Snapshot)
            self.rows, self._ended = {row.unit: row for row in snapshot.rows}, snapshot.ended
            self.seq = snapshot.ceiling
        self.changed = True

    def newest(self, unit: str) -> Instant | None:
        """The device time that a fix of this unit must be beyond in order to move it; None for an unknown unit."""
        row = self.rows.get(unit)
        if row is None:
            return None
        return self._ended.get(unit, -(1 << 62)) if row.fix is None else row.fix.device_at

    def put(self, unit: str, fix: Fix | None, ended_at: Instant = 0) -> None:
        """Move the unit to `fix`, or take it off the board as of `ended_at`."""
        self.seq += 1
        self.rows.pop(unit, None)
        self.rows[unit] = Latest(unit, self.seq, fix)
        if fix is None:
            self._ended[unit] = ended_at
        else:
            self._ended.pop(unit, None)
        self.changed = True

    def since(self, seq: int) -> list[Latest]:
        """The rows that changed after `seq`, in the order of their change."""
        found = []
        for row in reversed(self.rows.values()):
            if row.seq <= seq:
                break
            found.append(row)
        found.reverse()
        return found

    def near_ceiling(self) -> bool:
        """Whether numbers run out soon and a snapshot must set more aside."""
        return self.seq + RESERVED // 2 > self._ceiling

    def snapshot(self) -> bytes:
        """Everything as bytes, to be written by `save` outside of any lock."""
        self._ceiling = self.seq + RESERVED
        self.changed = False
        return msgspec.msgpack.encode(_Snapshot(self._ceiling, list(self.rows.values()), self._ended))

    def save(self, snapshot: bytes) -> None:
        """Replace the file by this snapshot, durably."""
        draft = self._path.with_suffix(".new")
        with draft.open("wb") as file:
            file.write(snapshot)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)
