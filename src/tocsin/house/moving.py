"""Ledger and trail lie in one place: both are moved together, and a trail that was left behind comes after."""

from pathlib import Path

from tocsin.kernel import Clock
from tocsin.ledger import Ledger, LedgerFault
from tocsin.ledger.copying import Told, alone, move
from tocsin.ledger.place import named
from tocsin.trail import PlaceFailed, Trail, settle, withdraw

TRAIL_FOLDER = "trail"


def open_trail(data: Path, clock: Clock, ledger: Ledger, *, days: int, name: str) -> Trail:
    """The trail where the ledger lies; LedgerFault. What a move that was cut off left in the folder comes into the database first."""
    database = named(data / "ledger")
    try:
        if database and ledger.leads:
            settle(data / TRAIL_FOLDER, database, name)
        return Trail.open(data / TRAIL_FOLDER, clock, keep_days=days, database=database, name=name)
    except PlaceFailed as error:
        raise _unreadable(error) from error


def move_records(data: Path, name: str, database: str, told: Told) -> tuple[int, bytes, str, int]:
    """Move the ledger of a house into a database, or with an empty address back into its folder, and the days of its trail with it; size
    and root of the ledger, what it was in, and how many days went along. The house must not run. Cut off anywhere it can be done again,
    or the house started: nothing is lost, and nothing of the trail stays where nobody would let it expire."""
    folder, trail = data / "ledger", data / TRAIL_FOLDER
    try:
        if database:
            moved = move(folder, name, database, told)
            return *moved, settle(trail, database, name)
        with alone(folder):
            days = withdraw(trail, named(folder), name) if named(folder) else 0
        return *move(folder, name, "", told), days
    except PlaceFailed as error:
        raise _unreadable(error) from error


def _unreadable(error: PlaceFailed) -> LedgerFault:
    return LedgerFault("trail.unreadable", f"the place of the trail failed ({error}); make sure of the disk or the database, and do it again.")
