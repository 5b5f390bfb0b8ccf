"""A house that goes on by itself while the line to its floor is cut: who did what is noted with it, so that it can be brought to the floor.

Also what the edge needs of a copy: where a fork begins, and what is wrong with lines that came.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tocsin.facts.sites import DoneApart
from tocsin.house.asker import Asker
from tocsin.house.envelope import disclose, opened
from tocsin.kernel import Command, Instant, Sealed
from tocsin.ledger import Ledger
from tocsin.ledger.forked import begin_fork
from tocsin.ledger.mirroring import Gap, NotTheirs
from tocsin.ledger.note import BadNote, read_verifier
from tocsin.ledger.store import StoreFailed

__all__ = ["Apart", "BadNote", "Gap", "NotTheirs", "StoreFailed", "begin_fork", "carry_caches", "done_apart", "of_site", "read_verifier"]


def of_site(name: str, site: str) -> str:
    """How the floor writes somebody who works at a site."""
    return f"{name}@{site}"


def done_apart(ledger: Ledger, after: int) -> Iterator[tuple[int, DoneApart, str, Instant]]:
    """What was done in a fork after a position, in order: where it stands, what is kept of it, the command as JSON, and when it was done."""
    for position, entry in ledger.read(after):
        if entry.kind == DoneApart.fact_kind:
            fact = disclose([(position, entry)])[0].fact
            assert isinstance(fact, DoneApart), "a kind has one class"
            yield position, fact, opened(fact.command, ledger.vault) or "", entry.happened_at


def carry_caches(copy: Path, fork: Path) -> None:
    """Lay what was folded from the copy into the fork's folder, so that its pictures need not be folded from the first line; losing it loses nothing."""
    if (copy / "cache").is_dir() and not (fork / "cache").exists():
        shutil.copytree(copy / "cache", fork / "cache")


class Apart:
    """What is otherwise in the house upon a fork. `mark` stands in every number that it gives, so that none is ever one of the floor's."""

    def __init__(self, site: str, fork: int) -> None:
        self.site, self.fork = site, fork
        self.mark = f"{site}.{fork}"

    def taken(self, command: Command, by: Asker) -> tuple[Command, Asker]:
        """The command with a key, under which the floor will keep it once, and its asker as the floor will write them."""
        whose = by if by.name.endswith(f"@{self.site}") else msgspec.structs.replace(by, name=of_site(by.name, self.site))
        return command if command.key else msgspec.structs.replace(command, key=os.urandom(12).hex()), whose

    def fact(self, path: str, by: Asker, command: Command, ready: Command) -> DoneApart:
        """What is kept with what the command did: the command itself, with the numbers that it was given where it is still of its door's type."""
        said = msgspec.json.encode(ready if type(ready) is type(command) else command).decode()
        return DoneApart(door=path, person=by.name.removesuffix(f"@{self.site}"), roles=tuple(sorted(by.roles)), key=command.key, purpose=by.purpose,
                         command=Sealed(f"apart:{self.mark}-{command.key}", said))
