"""What the trail's tests are given: a clock that stands, fixes, and a trail in the place that the test is run over."""

from contextlib import AbstractContextManager
from hashlib import sha256
from itertools import count
from pathlib import Path

from tocsin.kernel import Instant
from tocsin.trail import Fix, Trail
from tocsin.trail.place import DAY_US
from tocsin.trail.postgres import PostgresDays

NOON = 20_000 * DAY_US + DAY_US // 2
SECOND = 1_000_000
EPOCHS = count(1)
FAR_S = 3_600.0
DATABASE = ""
"""Where trails are opened: in their folder, or in the database that the fixture `place` puts here."""


class Hand:
    """A clock that stands until it is moved by hand."""

    def __init__(self, at: Instant = NOON) -> None:
        self.at = at

    def now(self) -> Instant:
        return self.at


def fix(unit: str, at: Instant, lon: float = 24.9, lat: float = 60.2, **more: float | None) -> Fix:
    """A fix that was heard a second after it was taken."""
    return Fix(unit, lon, lat, at, at + SECOND, **more)


def named(folder: Path) -> str:
    """The name of the ledger beside which the trail of a folder lies, where it lies in a database."""
    return sha256(bytes(folder)).hexdigest()[:8]


def opened(folder: Path, clock: Hand, keep_days: int = 7) -> AbstractContextManager[Trail]:
    """A folder's trail in the place of this test, leading."""
    trail = Trail.open(folder, clock, keep_days=keep_days, database=DATABASE, name=named(folder))
    if DATABASE:
        trail.lead(next(EPOCHS))
        assert not trail.follows
    return trail


def still(folder: Path, clock: Hand, keep_days: int = 7) -> Trail:
    """The same in a database, and its thread does nothing by itself."""
    trail = Trail(PostgresDays(DATABASE, named(folder)), clock, keep_days, FAR_S)
    trail.lead(next(EPOCHS))
    return trail
