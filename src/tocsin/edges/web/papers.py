"""Where the edge's own papers lie (who may come in, who is signed in, which links stand), and how one who reads keeps up with one who writes."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from tocsin.edges.web.private import write_privately
from tocsin.kernel import Clock, Refused

_MOST_LOOKS = 50
"""Looks a second that unknown keys and cookies may cause; whoever sends more of them is answered from what was seen last."""


class Papers(Protocol):
    """Papers by name: a folder of private files, or the database of the house, where every node reads and the one that leads writes."""

    @property
    def shared(self) -> bool:
        """Whether others may write what we have read."""

    @property
    def leads(self) -> bool:
        """Whether this node is the one that writes."""

    def must_lead(self) -> None:
        """Refused, where another node is the one that writes."""

    def read(self, name: str) -> tuple[int, bytes] | None:
        """The version and content of a paper; None where there is none."""

    def write(self, name: str, content: bytes) -> int:
        """Put a paper in the place of the one before it, durably; its version."""

    def version(self, name: str) -> int:
        """The version of a paper now."""

    def look(self) -> None:
        """See how new the papers are; asked once a second, beside the loop."""

    def looked(self, name: str) -> int:
        """The version of a paper as last seen."""

    def saw(self, times: Mapping[str, int]) -> dict[str, int]:
        """Note when sessions were last seen here; when they were at any node."""

    def forget_seen(self, before: int) -> None:
        """Let go of what was noted of sessions that nobody was seen in since then."""


class PaperFolder:
    """Papers as private files of the data folder. Nobody else writes them while a house runs."""

    shared, leads = False, True

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def must_lead(self) -> None:
        """There is no other node."""

    def read(self, name: str) -> tuple[int, bytes] | None:
        path = self._folder / name
        return (0, path.read_bytes()) if path.exists() else None

    def write(self, name: str, content: bytes) -> int:
        write_privately(self._folder / name, content)
        return 0

    def version(self, name: str) -> int:
        return 0

    def look(self) -> None:
        """Nothing changes but by us."""

    def looked(self, name: str) -> int:
        return 0

    def saw(self, times: Mapping[str, int]) -> dict[str, int]:
        return {}

    def forget_seen(self, before: int) -> None:
        """Nothing was noted."""


class Paper:
    """One paper as one reader has it."""

    def __init__(self, papers: Papers, name: str, clock: Clock, take: Callable[[], None]) -> None:
        """`take` reads it again into whatever its reader makes of it."""
        self.papers, self._name, self._clock, self._take = papers, name, clock, take
        self._version = 0
        self._looks, self._second = 0, 0

    def read(self) -> bytes | None:
        """Its content, as new as it is."""
        found = self.papers.read(self._name)
        self._version = found[0] if found else 0
        return found[1] if found else None

    def write(self, content: bytes) -> None:
        """Its content from now on. Where it is refused, whoever changed what they hold already reads again what stands."""
        try:
            self._version = self.papers.write(self._name, content)
        except Refused:
            self._version = -1
            raise

    def keep_up(self) -> None:
        """At a node that follows: take what the one that leads wrote, as far as was seen within the last second; as it was, where that cannot be
        read now. Nothing is asked where nothing is new."""
        if self.papers.looked(self._name) > self._version:
            with suppress(Refused):
                self._take()

    def missed(self) -> bool:
        """Whether somebody wrote it since: asked at once, where something is not in it that may have just come in. Where that cannot be asked,
        or is asked too often, it is as it was."""
        if not self.papers.shared:
            return False
        second = self._clock.now() // 1_000_000
        self._looks, self._second = (self._looks + 1 if second == self._second else 1), second
        if self._looks > _MOST_LOOKS:
            return False
        with suppress(Refused):
            return self.papers.version(self._name) > self._version
        return False

    def begin(self) -> None:
        """Before it is changed: this node is the one that changes it, or it is Refused; and it knows all that was changed before."""
        self.papers.must_lead()
        if self.papers.shared and self.papers.version(self._name) > self._version:
            self._take()
