"""The newest position of every unit in memory, numbered by change; and what of it is kept, so that it outlives the process and stands on every node."""

from collections.abc import Sequence

import msgspec

from tocsin.kernel import Instant
from tocsin.trail.fix import Fix, Latest

MAX_UNITS = 100_000
RESERVED = 1_000_000
"""Numbers set aside ahead of use, so that none is ever given twice even when the last snapshot is old."""
REIGN = 1 << 30
"""How far a new leader's numbers begin above the last that was written: days of numbers that a database stayed away from. A page counts exactly up to
2^53, which is eight million reigns."""
MAX_GAPS = 64
_BEGINNING = -(1 << 62)


class Moved(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One change of the board: the unit's new fix as a tuple, or None and the instant of the end of its shift."""

    unit: str
    seq: int
    fix: tuple[str, float, float, Instant, Instant, float | None, float | None, float | None] | None
    ended_at: Instant = 0
    jumped: bool = False


class Step(msgspec.Struct, frozen=True, array_like=True):
    """The changes after number `before` up to `head`, of each unit the last. One whose `before` lies above the last step's head begins a reign."""

    before: int
    head: int
    rows: Sequence[Moved]


class _Snapshot(msgspec.Struct):
    ceiling: int
    rows: list[Latest]
    ended: dict[str, Instant]
    gaps: list[tuple[int, int]] = []
    seq: int = 0


class Board:
    """Who is where. The rows stand in the order of their numbers, so what changed since one is read from the end."""

    def __init__(self) -> None:
        self.rows: dict[str, Latest] = {}
        self._ended: dict[str, Instant] = {}
        self._gaps: list[tuple[int, int]] = []
        """Numbers between the two may have been given to readers for what was never kept: nobody goes on from there."""
        self.seq = self._ceiling = 0
        self.changed = True

    def load(self, snapshot: bytes, *, exact: bool) -> None:
        """Stand as the snapshot says; where more may have been given out since it was kept, above every number that it had set aside. msgspec.DecodeError."""
        held = msgspec.msgpack.decode(snapshot, type=_Snapshot)
        self.rows, self._ended, self._gaps = {row.unit: row for row in held.rows}, held.ended, held.gaps
        self.seq = held.seq or (held.rows[-1].seq if held.rows else 0)
        if not exact:
            self.jump(held.ceiling)
        self.changed = True

    def jump(self, number: int) -> None:
        """Go on from a number above; those between are nobody's."""
        if number > self.seq:
            self._gaps.append((self.seq, number))
            while len(self._gaps) > MAX_GAPS:
                self._gaps[:2] = [(self._gaps[0][0], self._gaps[1][1])]
            self.seq = number

    def stands(self, seen: int) -> bool:
        """Whether a reader that saw everything up to a number saw what this board shows up to it."""
        return seen <= self.seq and not any(after < seen < upto for after, upto in self._gaps)

    def newest(self, unit: str) -> Instant | None:
        """The device time that a fix of this unit must be beyond in order to move it; None for an unknown unit."""
        row = self.rows.get(unit)
        if row is None:
            return None
        return self._ended.get(unit, _BEGINNING) if row.fix is None else row.fix.device_at

    def put(self, unit: str, fix: Fix | None, ended_at: Instant = 0) -> None:
        """Move the unit to `fix`, or take it off the board as of `ended_at`."""
        self.seq += 1
        self._set(Latest(unit, self.seq, fix), ended_at)

    def since(self, seq: int) -> list[Latest]:
        """The rows that changed after `seq`, in the order of their change."""
        found = []
        for row in reversed(self.rows.values()):
            if row.seq <= seq:
                break
            found.append(row)
        found.reverse()
        return found

    def step(self, before: int) -> Step:
        """What changed after a number, for other nodes' boards."""
        return Step(before, self.seq, [
            Moved(row.unit, row.seq, None, self._ended[row.unit]) if row.fix is None else _moved(row.unit, row.seq, row.fix)
            for row in self.since(before)])

    def take(self, step: Step) -> None:
        """Take in the next step of the leader's board, with the leader's own numbers."""
        self.jump(step.before)
        for moved in step.rows:
            self._set(Latest(moved.unit, moved.seq, None if moved.fix is None else Fix(*moved.fix, jumped=moved.jumped)), moved.ended_at)
        self.seq = step.head

    def near_ceiling(self) -> bool:
        """Whether numbers run out soon and a snapshot must set more aside."""
        return self.seq + RESERVED // 2 > self._ceiling

    def snapshot(self) -> bytes:
        """Everything as bytes, to be kept outside of any lock."""
        self._ceiling = self.seq + RESERVED
        self.changed = False
        return msgspec.msgpack.encode(_Snapshot(self._ceiling, list(self.rows.values()), self._ended, self._gaps, self.seq))

    def _set(self, row: Latest, ended_at: Instant) -> None:
        self.rows.pop(row.unit, None)
        self.rows[row.unit] = row
        if row.fix is None:
            self._ended[row.unit] = ended_at
        else:
            self._ended.pop(row.unit, None)
        self.changed = True


def _moved(unit: str, seq: int, fix: Fix) -> Moved:
    return Moved(unit, seq, (fix.unit, fix.lon, fix.lat, fix.device_at, fix.heard_at, fix.accuracy_m, fix.speed_mps, fix.heading_deg), jumped=fix.jumped)
