"""The records of a house that is alone, in files of its own: what a run asks of a database, asked of one folder, by SQLite's own reader."""

import sqlite3
from contextlib import closing
from pathlib import Path


class File:
    """Where the ledger of one house lies, and how far it reaches."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "n1"
        """The data folder of the house."""

    @property
    def where(self) -> str:
        """The file in which the entries lie."""
        return str(self.data / "ledger" / "ledger.sqlite")

    @property
    def leads(self) -> str:
        """The name of the one house."""
        return "n1"

    def head(self) -> int:
        """The last position that is kept."""
        with closing(sqlite3.connect(self.where, timeout=30)) as connection:
            return int(connection.execute("SELECT coalesce(max(position), 0) FROM entries").fetchone()[0])

    def answers(self) -> None:
        """A file is there."""

    def close(self) -> None:
        """Nothing runs."""
