"""A trail that follows its ledger into a database or back into its folder: day by day, each whole or not at all, and nothing is left where it was."""

from itertools import chain
from pathlib import Path

from tocsin.trail.files import Files
from tocsin.trail.latest import Board
from tocsin.trail.postgres import PostgresDays


def settle(folder: Path, database: str, name: str) -> int:
    """Bring what lies in the folder into the database, where the ledger lies; how many days that were. Where it broke off, the next time
    goes on: a day that is there already came whole."""
    if not folder.exists():
        return 0
    files = Files(folder)
    try:
        days = files.days()
        if not days and not files.has_board():
            return 0
        place = PostgresDays(database, name)
        try:
            place.begin()
            there = set(place.days())
            for day in days:
                if day not in there:
                    place.take_over(day, *files.hand_over(day))
            board = Board()
            files.load(board)
            place.put_board(board)
        finally:
            place.close()
        files.clear()
    finally:
        files.close()
    return len(days)


def withdraw(folder: Path, database: str, name: str) -> int:
    """Bring what lies in the database into the folder, before the ledger goes there, and take the schema away; how many days that were.
    Room that was made for a day to come stays behind."""
    place, files = PostgresDays(database, name), Files(folder)
    try:
        if not place.begun():
            return 0  # nothing was ever there, or all of it is in the folder since this was cut off
        files.clear()
        moved = 0
        for day in place.days():
            thinned, units = place.hand_over(day)
            first = next(units, None)
            if first is not None or thinned:
                files.take_over(day, thinned, units if first is None else chain([first], units))
                moved += 1
        board = Board()
        place.load(board)
        files.save(board.snapshot(), board.seq)
        place.drop()
    finally:
        place.close()
        files.close()
    return moved
