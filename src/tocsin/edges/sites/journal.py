"""What a site did by itself, in its fork: found, opened, and brought to the floor in order, each once, however often the line breaks."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from tocsin.edges.sites.wire import Conflicted, Done, Join, Told
from tocsin.edges.web.private import write_privately
from tocsin.house import House
from tocsin.house.apart import done_apart

FORKS = "forks"
"""The folder in a site's records with its forks, by number; each stays as the site's own record of what it did."""
_AT = "joined.json"


class Joined(msgspec.Struct, frozen=True):
    """How far a fork has been brought to the floor; `over` once all of it is there."""

    upto: int = 0
    position: int = 0
    """The floor's last position that any of it was kept at: its picture has to come so far before the fork is left."""
    conflicts: int = 0
    over: bool = False


class Journal:
    """The commands of one fork that the floor does not have yet. `at` is where the fork begins."""

    def __init__(self, folder: Path, number: int, at: int) -> None:
        self._folder, self.number, self._at = folder, number, at
        try:
            self.joined = msgspec.json.decode((folder / _AT).read_bytes(), type=Joined)
        except FileNotFoundError:
            self.joined = Joined()

    def left(self, house: House) -> Iterator[Join]:
        """What is still to be brought, in order."""
        for position, fact, said, done_at in done_apart(house.ledger, max(self._at, self.joined.upto)):
            yield Join(self.number, position, fact.person, fact.roles, fact.door, fact.key, said.encode(), done_at, fact.purpose)

    def told(self, join: Join, answer: Told) -> bool:
        """Note the floor's answer, durably; False where it is none that settles anything."""
        if isinstance(answer, Done | Conflicted):
            more = isinstance(answer, Conflicted)
            self._note(Joined(join.number, max(answer.position, self.joined.position), self.joined.conflicts + more))
            return True
        return False

    def end(self) -> None:
        """All of it is at the floor."""
        self._note(msgspec.structs.replace(self.joined, over=True))

    def _note(self, joined: Joined) -> None:
        write_privately(self._folder / _AT, msgspec.json.encode(joined))
        self.joined = joined


def newest(data: Path) -> int:
    """The number of the newest fork; 0 where there never was one."""
    found = [int(one.name) for one in (data / FORKS).glob("*") if one.name.isdecimal()]
    return max(found, default=0)

