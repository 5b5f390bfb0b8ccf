"""A fork: what a house keeps by itself upon a copy of another's ledger, while the line to that one is cut. The copy is only read.

Positions go on from the copy's: in the fork's own file entry 1 is the first after the copy's `at`, so that the file's rules (no gap,
no edit) hold as they stand. What is kept here is never moved into the copy; it stays as this house's own record of what it did.
"""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from tocsin.ledger.durable import replace_text
from tocsin.ledger.faults import LedgerFault
from tocsin.ledger.line import read_line
from tocsin.ledger.sqlite import FILE, SqliteReading, SqliteStore, SqliteWriting, faults
from tocsin.ledger.store import ALL, Rows

AT = "forked-at"
"""The file in a fork's folder that says after which entry of the copy it begins."""


def begin_fork(folder: Path, at: int) -> None:
    """Lay the folder of a fork that begins after entry `at`; one that is there already stays as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / AT).exists():
        replace_text(folder / AT, f"{at}\n")


def forked_at(folder: Path) -> int:
    """After which entry of the copy a fork begins; LedgerFault where its folder does not say."""
    try:
        return int((folder / AT).read_text())
    except (OSError, ValueError) as error:
        raise LedgerFault("ledger.no-fork", f"{folder} does not say where it begins ({error}).") from error


class ForkStore:
    """The rows of a fork: the copy's up to `at`, its own after that."""

    apart = False

    def __init__(self, folder: Path, copy: Path) -> None:
        """`copy` is the folder of the copied ledger on which it stands."""
        self._over, self._under, self.at = SqliteStore(folder / FILE), SqliteStore(copy / FILE), forked_at(folder)

    @property
    def words(self) -> str:
        return self._over.words

    def exists(self) -> bool:
        return self._over.exists()

    def prepare(self, name: str) -> None:
        self._over.prepare(name)

    def signed_by(self, verifier: str, former: Collection[str]) -> bool:
        return True

    def reading(self) -> "ForkReading":
        return ForkReading(self._under.reading(), self._over.reading(), self.at)

    def writing(self) -> "ForkWriting":
        return ForkWriting(self._under.reading(), self._over.writing(), self.at)


class ForkReading:
    """One connection to each of the two files."""

    def __init__(self, under: SqliteReading, over: SqliteReading, at: int) -> None:
        self._under, self._over, self._at = under, over, at

    def head(self) -> int:
        return self._at + self._over.head()

    def nodes(self, positions: Collection[int]) -> Mapping[int, bytes]:
        own = self._over.nodes([one - self._at for one in positions if one > self._at])
        return {**self._under.nodes([one for one in positions if one <= self._at]), **{self._at + one: found for one, found in own.items()}}

    def lines(self, after: int, limit: int) -> list[bytes]:
        below = max(self._at - after, 0)
        found = self._under.lines(after, below if limit == ALL else min(limit, below)) if below else []
        left = ALL if limit == ALL else limit - len(found)
        return found + self._over.lines(max(after - self._at, 0), left) if left else found

    def tagged(self, tags: Sequence[str], after: int, limit: int) -> list[bytes]:
        found = [line for line in self._under.tagged(tags, after, limit) if read_line(line).position <= self._at] if after < self._at else []
        left = ALL if limit == ALL else limit - len(found)
        return found + self._over.tagged(tags, max(after - self._at, 0), left) if left else found

    def keys(self, keys: Sequence[str]) -> dict[str, tuple[int, int]]:
        copied = {key: found for key, found in self._under.keys(keys).items() if found[1] <= self._at}
        return copied | {key: (self._at + first, self._at + last) for key, (first, last) in self._over.keys(keys).items()}

    def instant(self) -> int | None:
        """A file has no time of its own."""
        return None

    def close(self) -> None:
        self._under.close()
        self._over.close()


class ForkWriting(ForkReading):
    """The one that writes, into the fork's own file."""

    epoch = 0

    def __init__(self, under: SqliteReading, over: SqliteWriting, at: int) -> None:
        super().__init__(under, over, at)
        self._writes = over

    def beat(self) -> None:
        """Nobody else can ever write."""

    def tags(self, names: Sequence[str]) -> dict[str, tuple[int, int]]:
        """A tag that only the copy carries has no id yet in the fork's file; 0 says so."""
        found = {name: (number, self._at + last) for name, (number, last) in self._writes.tags(names).items()}
        with faults():
            for name in names:
                copied = None if name in found else self._under.connection.execute(_LAST, (name, self._at)).get
                if copied is not None:
                    found[name] = (0, int(copied))
        return found

    def last_tag(self) -> int:
        return self._writes.last_tag()

    def keep(self, rows: Rows) -> None:
        at = self._at
        self._writes.keep(Rows([(position - at, nodes, line) for position, nodes, line in rows.entries], rows.tags,
                               [(tag, position - at) for tag, position in rows.marks], [(key, first - at, last - at) for key, first, last in rows.keys]))


_LAST = "SELECT max(position) FROM marks WHERE tag = (SELECT id FROM tags WHERE name = ?) AND position <= ?"
