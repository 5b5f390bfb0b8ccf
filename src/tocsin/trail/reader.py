"""A trail read beside the house that writes it: one unit's positions, and which days are still held whole. Nothing is locked, written or made."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from tocsin.kernel import Instant
from tocsin.trail.files import Files
from tocsin.trail.fix import Fix
from tocsin.trail.place import DAY_US, Place
from tocsin.trail.points import unpack
from tocsin.trail.postgres import PostgresDays


class Reader:
    """What is held of the days of one trail. Every question may raise PlaceFailed."""

    def __init__(self, place: Place | None) -> None:
        self._place = place

    @classmethod
    @contextmanager
    def opened(cls, folder: Path, *, database: str = "", name: str = "floor") -> Iterator[Self]:
        """The trail in a folder, or beside the ledger `name` in a database, whoever writes it; an empty one where there is none."""
        place: Place | None = PostgresDays(database, name) if database else Files(folder) if folder.is_dir() else None
        try:
            yield cls(place)
        finally:
            if place is not None:
                place.close()

    def days(self) -> list[int]:
        """The days that are held, oldest first, by their number since 1970 in UTC, by the devices' time."""
        return [] if self._place is None else self._place.days()

    def thinned(self, day: int) -> bool:
        """Whether only one position in ten seconds is left of a day, or nothing."""
        return self._place is None or self._place.last(day, {}, 0)[1]

    def history(self, unit: str, since: Instant, until: Instant) -> list[Fix]:
        """A unit's positions with `since` <= device time < `until`, oldest first, as far as they are held."""
        if self._place is None:
            return []
        held = set(self._place.days())
        days = [day for day in range(since // DAY_US, (until - 1) // DAY_US + 1) if day in held]
        return [fix for day in days for fix in unpack(unit, self._place.read(day, unit, since, until))]
