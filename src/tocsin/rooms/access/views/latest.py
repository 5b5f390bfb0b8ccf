"""A picture of the latest things of one sort: each changes as it goes on, and what is settled makes room for what is not."""

from typing import ClassVar

import msgspec

from tocsin.kernel import Picture, Row


class Latest(Picture):
    """Rows by number; where there are more than `most`, the oldest settled ones go, and are found by their number all the same."""

    most: ClassVar[int] = 500

    def settled(self, row: Row) -> bool:
        """Whether nobody waits for anything of it any more."""
        raise NotImplementedError

    def put(self, row: Row) -> tuple[str, ...]:
        """Take in a new row; the ids of those that changed or went."""
        self.rows[row.id] = row
        gone = [one.id for one in self.rows.values() if self.settled(one)][:max(0, len(self.rows) - self.most)]
        for number in gone:
            del self.rows[number]
        return (row.id, *gone)

    def change(self, number: str, **held: object) -> tuple[str, ...]:
        """The same row with something of it different; nothing where it went already."""
        row = self.rows.get(number)
        if row is None:
            return ()
        self.rows[number] = msgspec.structs.replace(row, **held)
        return (number,)
