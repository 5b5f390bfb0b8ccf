"""A trail in files: one for each day, and one for the board. One house has them for itself."""

import logging
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import apsw
import msgspec
import numpy as np

from tocsin.kernel import Instant, from_instant
from tocsin.trail.day import Day, last_of_day, read_day
from tocsin.trail.fix import Fix
from tocsin.trail.latest import Board, Step
from tocsin.trail.place import DAY_US, Batch, PlaceFailed
from tocsin.trail.points import Points, unpack

MAX_OPEN = 3
THIN_AT_ONCE = 200
_HEAL_FLUSHES = 15
_LOG = logging.getLogger("tocsin.trail")


class Files:
    """Days as files in a folder, and the board as one more beside them."""

    flush_s = 0.8
    shared = False

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._board = folder, folder / "latest"
        self._days: dict[int, Day] = {}

    def load(self, board: Board) -> None:
        """After a crash the board's snapshot may be some seconds old; the last flushes make up for it."""
        if self._board.exists():
            try:
                board.load(self._board.read_bytes(), exact=False)
            except msgspec.DecodeError:  # it is a cache: the board begins empty
                _LOG.warning("%s could not be read; the board begins empty", self._board)
                self._board.replace(self._board.with_suffix(".bad"))
        for day in self.days()[-2:]:
            _move_to(board, *self._day(day).last_logged(_HEAL_FLUSHES))

    def catch_up(self) -> Sequence[Step] | None:
        return ()

    def lead(self, epoch: int) -> None:
        """One process has the folder: the house holds its lock."""

    def write(self, batch: Batch) -> Batch | None:
        left: list[Fix] = []
        for day, fixes in by_day(batch.fixes):
            try:
                self._day(day).write(fixes)
            except apsw.Error as error:
                _LOG.warning("%d positions wait for the disk: %s", len(fixes), error)
                left += fixes
        return Batch(left, batch.step) if left else None

    def save(self, board: bytes, head: int) -> None:
        draft = self._board.with_suffix(".new")
        with _failing():
            with draft.open("wb") as file:
                file.write(board)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._board)

    def days(self) -> list[int]:
        return [int(np.datetime64(path.stem, "D").astype(int)) for path in sorted(self._folder.glob("????-??-??.sqlite"))]

    def read(self, day: int, unit: str, since: Instant, until: Instant) -> Points:
        with _failing():
            return read_day(self._path(day), unit, since, until)

    def last(self, day: int, wanted: Mapping[str, Instant], at: Instant) -> tuple[dict[str, Points], bool]:
        with _failing():
            return last_of_day(self._path(day), wanted, at)

    def make(self, day: int) -> None:
        """A file is made with its first fix."""

    def thin_some(self, day: int, every_us: int) -> bool:
        with _failing():
            return self._day(day).thin_some(every_us, THIN_AT_ONCE)

    def forget(self, day: int) -> None:
        held = self._days.pop(day, None)
        if held is not None:
            held.close()
        path = self._path(day)
        with _failing():
            for end in ("", "-wal", "-shm"):
                path.with_name(path.name + end).unlink(missing_ok=True)

    def has_board(self) -> bool:
        """Whether a board was ever kept here."""
        return self._board.exists()

    def hand_over(self, day: int) -> tuple[bool, Iterator[tuple[str, Points]]]:
        """Whether a day is thinned, and each unit with all of its points of it."""
        with _failing():
            return self._day(day).units()

    def take_over(self, day: int, thinned: bool, units: Iterable[tuple[str, Points]]) -> None:
        """Have a day from another place, all of it or nothing."""
        path = self._path(day)
        draft = path.with_suffix(".coming")
        with _failing():
            draft.unlink(missing_ok=True)
            coming = Day(draft)
            coming.put(units, thinned=thinned)
            coming.close()
            draft.replace(path)

    def clear(self) -> None:
        """Let everything go."""
        for day in self.days():
            self.forget(day)
        self._board.unlink(missing_ok=True)

    def close(self) -> None:
        for day in self._days.values():
            day.close()
        self._days.clear()

    def _path(self, day: int) -> Path:
        return self._folder / f"{from_instant(day * DAY_US).date().isoformat()}.sqlite"

    def _day(self, number: int) -> Day:
        day = self._days.pop(number, None) or _open_day(self._path(number))
        self._days[number] = day
        while len(self._days) > MAX_OPEN:
            self._days.pop(next(iter(self._days))).close()
        return day


def by_day(fixes: Sequence[Fix]) -> list[tuple[int, list[Fix]]]:
    """The fixes of each day, by its number, in the order in which they were heard."""
    ordered = sorted(fixes, key=lambda fix: fix.device_at // DAY_US)
    edges = [0, *(place for place, (one, two) in enumerate(pairwise(ordered), 1)
                  if one.device_at // DAY_US != two.device_at // DAY_US), len(ordered)]
    return [(ordered[start].device_at // DAY_US, ordered[start:end]) for start, end in pairwise(edges) if end > start]


def _move_to(board: Board, points: Points, names: dict[int, str]) -> None:
    ordered = points[np.argsort(points["device_at"], kind="stable")]
    last = {int(unit): place for place, unit in enumerate(ordered["unit"])}
    for number, place in last.items():
        fix = unpack(names[number], ordered[place:place + 1])[0]
        newest = board.newest(fix.unit)
        if newest is None or fix.device_at > newest:
            board.put(fix.unit, fix)


def _open_day(path: Path) -> Day:
    """The day's file; one that is damaged is put aside, since the positions of today matter more than those in it."""
    try:
        return Day(path)
    except (apsw.CorruptError, apsw.NotADBError):
        _LOG.warning("%s is damaged and was put aside", path)
        path.replace(path.with_suffix(".bad"))
        return Day(path)


@contextmanager
def _failing() -> Iterator[None]:
    try:
        yield
    except (apsw.Error, OSError) as error:
        raise PlaceFailed(str(error)) from error
