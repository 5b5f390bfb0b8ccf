"""The pictures of all rooms, folded from one record: which rows changed when, snapshots, and running numbers."""

import logging
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from threading import RLock
from typing import Any

import msgspec

from tocsin.kernel import Instant, Kept, Picture, Row, from_instant

_RECENT = 20_000
"""How many row changes are remembered; a reader further behind than that gets the whole picture."""

_LOG = logging.getLogger(__name__)
_NUMBER = re.compile(r"^(\w+):(\d{6})-(?:([a-z][a-z0-9]*\.\d+)-)?(\d{4,})$")


class Pictures:
    """Every picture of the house. One writer folds; any thread reads, under one short lock."""

    def __init__(self, pictures: Sequence[Picture], zone: tzinfo, mark: str = "") -> None:
        """`mark` stands in the numbers that are given here, of a house that must give none that another gives too."""
        self._zone, self._mark = zone, mark
        self.by_name = {picture.name: picture for picture in pictures}
        for picture in pictures:
            picture.among(self.by_name)
        self.lock = RLock()
        self.position = 0
        self.missed: dict[str, int] = {}
        """Pictures that could not take in a fact -> the first such fact's position; while there are any, nothing is cached."""
        self._floor = 0
        self._changed_at: list[int] = []
        self._changed: list[tuple[str, str]] = []
        self._numbers: dict[str, tuple[str, int]] = {}

    def beside(self, *more: Picture) -> "Pictures":
        """The same pictures and some more, empty, for folding another stretch of the ledger while these go on."""
        return Pictures([*(picture.empty() for picture in self.by_name.values()), *more], self._zone)

    def fold(self, batch: Iterable[Kept]) -> None:
        """Take in kept facts, in order."""
        with self.lock:
            for kept in batch:
                assert kept.position == self.position + 1, f"fact {kept.position} after {self.position}"
                for tag in kept.entry.tags:
                    self._count(tag)
                for name, picture in self.by_name.items():
                    for row in self._taken(name, picture, kept):
                        if not picture.inner:
                            self._changed_at.append(kept.position)
                            self._changed.append((name, row))
                self.position = kept.position
            if len(self._changed) > 2 * _RECENT:
                cut = len(self._changed) - _RECENT
                self._floor = self._changed_at[cut - 1]
                del self._changed_at[:cut], self._changed[:cut]

    def _taken(self, name: str, picture: Picture, kept: Kept) -> tuple[str, ...]:
        """The rows that a fact changes. A picture's bug costs that picture this fact: it must not stop the others, nor the next fact."""
        try:
            return tuple(picture.fold(kept))
        except Exception:  # noqa: BLE001 -- it is logged as the bug it is, and stands on every console until it is mended
            _LOG.exception("picture %s could not take in fact %d, %s", name, kept.position, kept.entry.kind)
            self.missed.setdefault(name, kept.position)
            return ()

    def rows(self, name: str) -> Mapping[str, Row]:
        """A copy of one picture's rows, so that folding on does not change it under its reader."""
        with self.lock:
            return dict(self.by_name[name].rows)

    def row(self, name: str, key: str) -> Row | None:
        """One row of one picture; None where there is none. Where thousands a second ask for one row, a copy of all would cost more than all else."""
        with self.lock:
            return self.by_name[name].rows.get(key)

    def since(self, position: int) -> tuple[int, bool, list[Row], list[tuple[str, str]]]:
        """(position now, whole, rows, gone): what changed since a position; everything, where that is not remembered."""
        with self.lock:
            if not self._floor <= position <= self.position:
                return self.position, True, [row for picture in self.by_name.values() if not picture.inner for row in picture.rows.values()], []
            rows: list[Row] = []
            gone: list[tuple[str, str]] = []
            for name, key in dict.fromkeys(self._changed[bisect_right(self._changed_at, position):]):
                row = self.by_name[name].rows.get(key)
                if row is None:
                    gone.append((name, key))
                else:
                    rows.append(row)
            return self.position, False, rows, gone

    def number(self, series: str, at: Instant) -> str:
        """The next running number of a series on the city's own day, `yymmdd-nnnn`, or with this house's mark between the two; never given twice by one house."""
        day = f"{from_instant(at).astimezone(self._zone):%y%m%d}"
        with self.lock:
            last_day, last = self._numbers.get(series, ("", 0))
            number = last + 1 if last_day >= day else 1
            day = max(day, last_day)  # a clock that was set back goes on with the later day rather than give a number twice
            self._numbers[series] = (day, number)
        return f"{day}-{self._mark}-{number:04d}" if self._mark else f"{day}-{number:04d}"

    def _count(self, tag: str) -> None:
        found = _NUMBER.match(tag)
        if found and (found[3] or "") == self._mark:
            series, day, number = found[1], found[2], int(found[4])
            if (day, number) > self._numbers.get(series, ("", 0)):
                self._numbers[series] = (day, number)

    def dump(self) -> tuple[int, bytes]:
        """A snapshot of everything folded so far and its position; a cache, of which losing it loses nothing."""
        with self.lock:
            content = {"shape": self.shape(), "numbers": self._numbers, "pictures": {
                name: {"rows": picture.rows, "memo": picture.memo} for name, picture in self.by_name.items()}}
            return self.position, msgspec.msgpack.encode(content)

    def load(self, position: int, content: bytes) -> bool:
        """Take a snapshot up; False, and nothing taken, where it was made by pictures of another shape."""
        try:
            found = msgspec.msgpack.decode(content, type=dict[str, msgspec.Raw])
            if msgspec.msgpack.decode(found["shape"], type=str) != self.shape():
                return False
            numbers = msgspec.msgpack.decode(found["numbers"], type=dict[str, tuple[str, int]])
            held = msgspec.msgpack.decode(found["pictures"], type=dict[str, dict[str, msgspec.Raw]])
            rows = {name: msgspec.msgpack.decode(held[name]["rows"], type=dict[str, picture.row_type])  # type: ignore[name-defined]  # a type made at run time
                    for name, picture in self.by_name.items()}
            memos = {name: msgspec.msgpack.decode(held[name]["memo"], type=dict[str, Any]) for name in self.by_name}
        except (msgspec.DecodeError, KeyError):
            return False
        with self.lock:
            for name, picture in self.by_name.items():
                picture.rows, picture.memo = dict(rows[name]), memos[name]
            self.position = self._floor = position
            self._numbers = numbers
        return True

    def shape(self) -> str:
        """What the rows are made of; a snapshot of another shape is of no use."""
        parts = [f"{name}@{picture.version}:{','.join(field.name for field in msgspec.structs.fields(picture.row_type))}"
                 for name, picture in self.by_name.items()]
        return ";".join(parts)
